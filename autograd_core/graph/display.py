"""Show objects in notebooks: a hook for each class, which ``viz`` registers when it is imported.

The engine knows no pictures. It calls the hook, and shows the text if there is none.

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


class Display(NamedTuple):
    """How one class of objects is shown, drawn, and printed by the package rich."""

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
    """Register the display of a class and its subclasses.

    Parameters
    ----------
    kind : type or str
        A class, or its full name, ``"nn.models.module.Module"``, if importing it takes time.
    bundle : callable
        Returns the choices of a notebook: MIME type to content, ``"text/plain"`` included.
    draw : callable, optional
        ``draw(object, **options)`` returns a picture.
    rich : callable, optional
        ``rich(object)`` returns the object for ``rich.print``. Default: the text.
    """
    DISPLAYS[kind] = Display(bundle, draw, rich)


def display_of(thing: Any) -> Display | None:
    """Return the display of an object, from its nearest registered class."""
    for kind in type(thing).__mro__:
        found = DISPLAYS.get(kind) or DISPLAYS.get(f"{kind.__module__}.{kind.__qualname__}")
        if found:
            return found
    return None


def mimebundle(thing: Any, include: Any = None, exclude: Any = None) -> dict[str, Any]:
    """Return the notebook display of an object; its text if none is registered.

    It is also the method that notebooks call with MIME types to include or exclude, which may be ignored.
    """
    display = display_of(thing)
    return {"text/plain": repr(thing)} if display is None else display.bundle(thing)


def drawing(thing: Any, **options: Any) -> Any:
    """Return the picture of an object.

    Raises
    ------
    GraphError
        If no drawing function is registered.
    """
    display = display_of(thing)
    if display is None or display.draw is None:
        raise GraphError(f"A {type(thing).__name__} is drawn by the package viz: write `import viz` once, before.")
    return display.draw(thing, **options)


def renderable(thing: Any) -> Any:
    """Return the object that ``rich.print`` prints; only that package calls it.

    It is also the method that rich calls.
    """
    display = display_of(thing)
    if display is not None and display.rich is not None:
        return display.rich(thing)
    # rich is imported here, because it called; a rich text, because a string would be parsed as markup
    from rich.text import Text

    return Text(mimebundle(thing)["text/plain"])
