"""A scene in words, for terminals: a line a box, indented by the parts of the model.

>>> from autograd_core import Value
>>> from viz.reading import Reading
>>> from viz.scene import build
>>> a = Value(3.0, label="a")
>>> print(tree(build(Reading(a * a))))
Computation graph of v1: 1 given, 1 computed
a  =          3.0000  ∇ —
v1 = a * a =  9.0000  ∇ —
"""

from __future__ import annotations

from collections.abc import Iterator

from . import labels
from .boxes import Box, Scene

__all__ = ["tree"]


def tree(scene: Scene) -> str:
    """Return a scene as text; its last line says what was folded."""
    rows = list(_rows(scene))
    wide = [max((labels.width(row[i]) for row in rows if len(row) > 1), default=0) for i in range(3)]
    lines = [_line(row, wide) for row in rows]
    return "\n".join([scene.title, *lines, *([scene.note] if scene.note else [])])


def _line(row: tuple[str, ...], wide: list[int]) -> str:
    if len(row) == 1:
        return row[0]
    name, formula, value, grad = row
    columns = (labels.pad(name, wide[0]), "=", labels.pad(formula, wide[1]), labels.pad(value, wide[2], right=True))
    return f"{' '.join(columns)}  {grad}"


def _rows(scene: Scene) -> Iterator[tuple[str, ...]]:
    """Yield the name of a part by itself, and name, formula, value and gradient of each box in it."""
    inside: dict[str, list[Box | str]] = {}
    opened: set[str] = set()
    for box in scene.boxes:
        if box.kind == "constant":
            continue
        parts = box.group.split(".") if box.group else []
        for depth in range(len(parts)):
            outer, path = ".".join(parts[:depth]), ".".join(parts[: depth + 1])
            if path not in opened:
                opened.add(path)
                inside.setdefault(outer, []).append(path)
        inside.setdefault(box.group, []).append(box)
    waiting = [("", entry) for entry in reversed(inside.get("", []))]
    while waiting:
        indent, entry = waiting.pop()
        if isinstance(entry, str):
            yield (f"{indent}{entry.rpartition('.')[2]}",)
            waiting += [(indent + "  ", part) for part in reversed(inside[entry])]
            continue
        sign, name = ("‖∇‖", entry.label) if entry.kind == "fold" else ("∇", entry.name)
        formula = f"{entry.formula} = " if (entry.kind == "fold" and entry.formula) or entry.symbol else ""
        yield (
            f"{indent}{name}",
            formula,
            entry.data,
            f"{sign} {entry.grad}",
        )
