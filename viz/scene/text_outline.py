"""Write a scene as text for terminals: one line for each box, indented by the parts of the model.

>>> from autograd_core import Value
>>> from viz.scene.graph_view import Reading
>>> from viz.scene.scene import build
>>> a = Value(3.0, label="a")
>>> print(tree(build(Reading(a * a))))
Computation graph of v1: 1 given, 1 computed
a  =          3.0000  ∇ —
v1 = a * a =  9.0000  ∇ —
"""

from __future__ import annotations

from collections.abc import Iterator

from ..style import labels
from .boxes import Box, Scene

#: The indentation of a line and its cells: the name of a part, or name, formula, value and gradient of a box.
Row = tuple[int, tuple[str, ...]]


def tree(scene: Scene) -> str:
    """Return a scene as text; the last line reports what was folded."""
    lines = [("  " * depth + cells[0], *cells[1:]) for depth, cells in rows(scene)]
    wide = [max((labels.width(line[i]) for line in lines if len(line) > 1), default=0) for i in range(3)]
    note = [scene.note] if scene.note else []
    return "\n".join([scene.title, *(_line(line, wide) for line in lines), *note])


def _line(line: tuple[str, ...], wide: list[int]) -> str:
    if len(line) == 1:
        return line[0]
    name, formula, value, grad = line
    columns = (labels.pad(name, wide[0]), "=", labels.pad(formula, wide[1]), labels.pad(value, wide[2], right=True))
    return f"{' '.join(columns)}  {grad}"


def rows(scene: Scene) -> Iterator[Row]:
    """Yield the name of each part, and below it its boxes with name, formula, value and gradient."""
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
    waiting = [(0, entry) for entry in reversed(inside.get("", []))]
    while waiting:
        depth, entry = waiting.pop()
        if isinstance(entry, str):
            yield depth, (entry.rpartition(".")[2],)
            waiting += [(depth + 1, part) for part in reversed(inside[entry])]
            continue
        sign, name = ("‖∇‖", entry.label) if entry.kind == "fold" else ("∇", entry.name)
        formula = f"{entry.formula} = " if (entry.kind == "fold" and entry.formula) or entry.symbol else ""
        yield depth, (name, formula, entry.data, f"{sign} {entry.grad}")
