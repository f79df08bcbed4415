"""How things show themselves in notebooks: a hook for each kind of thing, which ``viz`` fills when it is imported.

The core knows no pictures. It asks here, and shows its text where nobody has said more.

>>> class Dial:
...     position = 3
...     _repr_mimebundle_ = mimebundle
>>> register_display(Dial, lambda dial: {"text/plain": f"at {dial.position}"})
>>> Dial()._repr_mimebundle_()
{'text/plain': 'at 3'}
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..errors import GraphError

__all__ = ["display_of", "drawing", "mimebundle", "register_display", "renderable"]


class Display(NamedTuple):
    """How one kind of thing is shown, drawn, and printed by the package rich."""

    bundle: Callable[[Any], dict[str, Any]]
    draw: Callable[..., Any] | None
    rich: Callable[[Any], Any] | None


#: By class, or by the full name of a class.
DISPLAYS: dict[type | str, Display] = {}


def register_display(
    kind: type | str,
    bundle: Callable[[Any], dict[str, Any]],
    draw: Callable[..., Any] | None = None,
    rich: Callable[[Any], Any] | None = None,
) -> None:
    """Let things of a kind, and of its subclasses, show themselves in another way.

    Parameters
    ----------
    kind : type or str
        A class, or its full name, ``"nn.models.module.Module"``, where importing it would cost something.
    bundle : callable
        Returns what a notebook may choose from: MIME type -> content, ``"text/plain"`` among them.
    draw : callable, optional
        ``draw(thing, **options)``, a picture.
    rich : callable, optional
        ``rich(thing)``, what ``rich.print`` prints; the text if left out.
    """
    DISPLAYS[kind] = Display(bundle, draw, rich)


def display_of(thing: Any) -> Display | None:
    """Return how a thing is shown: as its nearest class says."""
    for kind in type(thing).__mro__:
        found = DISPLAYS.get(kind) or DISPLAYS.get(f"{kind.__module__}.{kind.__qualname__}")
        if found:
            return found
    return None


def mimebundle(thing: Any, include: Any = None, exclude: Any = None) -> dict[str, Any]:
    """Return what a notebook may show of a thing; its text if nobody has said more.

    It is also the method that notebooks call, with MIME types to include or exclude, which need not be heeded.
    """
    display = display_of(thing)
    return {"text/plain": repr(thing)} if display is None else display.bundle(thing)


def drawing(thing: Any, **options: Any) -> Any:
    """Return the picture of a thing.

    Raises
    ------
    GraphError
        If nobody has said how to draw it.
    """
    display = display_of(thing)
    if display is None or display.draw is None:
        raise GraphError(f"A {type(thing).__name__} is drawn by the package viz: write `import viz` once, before.")
    return display.draw(thing, **options)


def renderable(thing: Any) -> Any:
    """Return what ``rich.print`` prints of a thing; that package asks for it, and nobody else.

    It is also the method that rich calls.
    """
    display = display_of(thing)
    if display is not None and display.rich is not None:
        return display.rich(thing)
    from rich.text import Text  # rich is at work, so it is there; a text, since a string would be read as markup

    return Text(mimebundle(thing)["text/plain"])
