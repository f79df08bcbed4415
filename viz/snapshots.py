"""What a playground's page is told: the state of a session as plain data, computed by the engine.

>>> told = snapshot(Session(layers=(2,)))
>>> len(told["weights"]), told["epoch"], [badge["name"] for badge in told["badges"]]
(6, 0, [])
"""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

from nn.optimizer import has_gradient

from . import diagram_svg
from .film_data import SIDE, SMALL, as_bytes, names_of, of_shown, plane_of, thinned
from .models import read
from .networks import diagram_of
from .session import EXPLODING, VANISHING, Session
from .theme import LIGHT

__all__ = ["snapshot"]


def snapshot(session: Session, drawn: int = -1) -> dict[str, Any]:
    """Return what a page shows of a session; the picture of the network only if it has drawn another revision."""
    net = read(session.model)
    diagram = diagram_of(session.model, max_units=12)
    units = [unit for unit in diagram.units if unit.kind != "more"]
    plane = plane_of(session.X)
    assert plane is not None
    small = of_shown(net.outputs(plane["small"]), diagram)
    made = net.outputs(session.X)
    sample = of_shown([column[session.ringed : session.ringed + 1] for column in made], diagram)[:, 0]
    (c, u), *_ = net.final
    score = net.outputs(plane["large"])[c][:, u]
    answers = made[c][:, u]
    told: dict[str, Any] = {
        "revision": session.revision,
        "settings": vars(session.settings) | {"own": session.own_model is not None},
        "playing": session.playing,
        "epoch": session.epoch,
        "updates": session.updates,
        "losses": thinned(session.losses),
        "right": int(((answers > 0.0) == (session.y > 0.0)).sum()),
        "x": session.X.tolist(),
        "class": [int(t > 0.0) for t in session.y],
        "ringed": session.ringed,
        "weights": _plain([link.weight for link in diagram.links]),
        "biases": _plain([unit.bias for unit in units if unit.bias is not None]),
        "values": _plain(sample.tolist()),
        "links": [link.id for link in diagram.links],
        "biased": [unit.id for unit in units if unit.bias is not None],
        "units": [unit.id for unit in units],
        "outputs": [unit.id for unit in units if unit.kind == "output"],
        "dead": _dead(session, diagram),
        "named": names_of(diagram),
        "places": {unit.id: list(diagram.places[unit.id]) for unit in units},
        "largest": max(1.0, diagram.largest()),
        "thickness": diagram.thickness,
        "bounds": plane["bounds"],
        "side": SIDE,
        "sides": [SMALL, SMALL],
        "field": _packed(as_bytes(score, axis=None)),
        "maps": _packed(as_bytes(small, axis=1)),
        "badges": _badges(session),
        "notice": session.notice,
        "card": session.card,
    }
    if drawn != session.revision:
        told["svg"] = diagram_svg.to_svg(diagram, LIGHT, "The network", largest=told["largest"], maps=True)
    return told


def _packed(array: Any) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")


def _plain(numbers: list[Any]) -> list[float | None]:
    """Return numbers as JSON knows them, which has no nan and no infinity."""
    return [x if x is not None and math.isfinite(x) else None for x in numbers]


def _dead(session: Session, diagram: Any) -> list[int]:
    """Return for every unit whether it is hidden and 0 for all samples."""
    zero = of_shown(
        [(column == 0.0).all(axis=0, keepdims=True) for column in read(session.model).outputs(session.X)], diagram
    )[:, 0]
    hidden = [unit.kind == "hidden" for unit in diagram.units if unit.kind != "more"]
    return [int(bool(z) and h) for z, h in zip(zero, hidden, strict=True)]


def _badges(session: Session) -> list[dict[str, str]]:
    """Return what is wrong with the network or its gradients, each with what helps."""
    found = []
    dead = sum(_dead(session, diagram_of(session.model, max_units=12)))
    if dead:
        plural = "s are" if dead > 1 else " is"
        found.append({
            "name": "dead units",
            "text": f"{dead} unit{plural} 0 for every sample, so no gradient reaches the weights behind. A smaller "
            "rate before, another start, or leaky_relu would help.",
        })  # fmt: skip
    if any(not np.isfinite(p.data).all() for p in session.model.parameters()):
        found.append({"name": "NaN", "text": "A weight is no longer a finite number. Rewind, and take a smaller rate."})
    sized = {name: _size(part) for name, part in session.model.named_children()}
    sizes = {name: size for name, size in sized.items() if size is not None}
    small = ", ".join(name for name, size in sizes.items() if size < VANISHING)
    large = ", ".join(name for name, size in sizes.items() if not size <= EXPLODING)
    if small and min(sizes.values()) < max(sizes.values()):
        text = f"The gradient of {small} is below {VANISHING:g}: it hardly learns."
        found.append({"name": "vanishing", "text": text})
    if large:
        text = f"The gradient of {large} is above {EXPLODING:g}: lower the rate."
        found.append({"name": "exploding", "text": text})
    if "is not finite" in session.notice or "did not take place" in session.notice:
        found.append({"name": "NaN", "text": "The last update would have made a number that is not finite."})
    return found


def _size(part: Any) -> float | None:
    """Return the root mean square of the gradient of a layer, None if there is none."""
    grads = [np.ravel(p.grad) for p in part.parameters() if has_gradient(p)]
    with np.errstate(over="ignore"):  # a square beyond all floats is infinite, and so the gradient explodes
        return float(np.sqrt(np.mean(np.square(np.concatenate(grads))))) if grads else None
