"""Report problems of a network, its gradients or its samples in words, each with a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn.optim.optimizer import has_gradient

if TYPE_CHECKING:
    from .session import Session

#: root mean square of a layer's gradient: below the first it learns very slowly, above the second a step is too large
VANISHING, EXPLODING = 1e-6, 1e3


def dead_units(diagram: Any, nothing: Any) -> list[int]:
    """Return for every drawn unit whether it is hidden and 0 for all samples."""
    hidden = [unit.kind == "hidden" for unit in diagram.units if unit.kind != "more"]
    return [int(bool(z) and h) for z, h in zip(nothing, hidden, strict=True)]


def badges(session: Session, dead: int) -> list[dict[str, str]]:
    """Return the problems as names and texts, given the number of dead units."""
    return [{"name": name, "text": text} for name, text in (*_network(session, dead), *_samples(session))]


def _network(session: Session, dead: int) -> list[tuple[str, str]]:
    found = []
    if dead:
        text = "s are" if dead > 1 else " is"
        found.append((
            "dead units",
            f"{dead} unit{text} 0 for every sample, so no gradient reaches the weights behind. A smaller rate before, "
            "another start, or leaky_relu would help.",
        ))  # fmt: skip
    if any(not np.isfinite(p.data).all() for p in session.model.parameters()):
        found.append(("NaN", "A weight is no longer a finite number. Reset, and use a smaller learning rate."))
    elif "is not finite" in session.notice or "did not take place" in session.notice:
        found.append(("NaN", "The last update would have made a number that is not finite."))
    sized = {name: _size(part) for name, part in session.model.named_children()}
    sizes = {name: size for name, size in sized.items() if size is not None}
    small = ", ".join(name for name, size in sizes.items() if size < VANISHING)
    large = ", ".join(name for name, size in sizes.items() if not size <= EXPLODING)
    if small and min(sizes.values()) < max(sizes.values()):
        cure = "Another activation, fewer layers or larger weights at the start would help."
        found.append(("vanishing", f"The gradient of {small} is below {VANISHING:g}: it hardly learns. {cure}"))
    if large:
        found.append(
            ("exploding", f"The gradient of {large} is above {EXPLODING:g}: reset, and lower the learning rate.")
        )
    return found


def _samples(session: Session) -> list[tuple[str, str]]:
    if session.task.kind == "numbers" or len(np.unique(session.y)) > 1:
        return []
    text = "All samples are of one class, so the network learns to say it everywhere. Add some of another class."
    return [("one class", text)]


def _size(part: Any) -> float | None:
    """Return the root mean square of the gradient of a layer; None without a gradient."""
    grads = [np.ravel(p.grad) for p in part.parameters() if has_gradient(p)]
    with np.errstate(over="ignore"):  # a square that overflows is infinite: the gradient explodes
        return float(np.sqrt(np.mean(np.square(np.concatenate(grads))))) if grads else None
