"""What Graphviz is told about where boxes stand, beyond the edges of the graph."""

from __future__ import annotations

from .boxes import Scene

__all__ = ["among", "behind"]

#: from so many parts side by side on, the edges between columns are drawn as threads, with room for them
FEW = 5


def behind(scene: Scene) -> list[tuple[str, str]]:
    """Return which leaves of a group stand behind which boxes of others, so that layers follow one another.

    A weight has no operands, so nothing but this keeps it from the column of the inputs, under what it multiplies.
    """
    boxes = {box.id: box for box in scene.boxes}
    operands: dict[str, list[str]] = {}
    for edge in scene.edges:
        operands.setdefault(edge.head, []).append(edge.tail)
    pairs: dict[tuple[str, str], None] = {}
    for head, tails in operands.items():
        group = boxes[head].group
        own = [tail for tail in tails if boxes[tail].kind == "parameter" and boxes[tail].group == group]
        others = [tail for tail in tails if boxes[tail].group != group]
        pairs.update({(other, leaf): None for other in others for leaf in own})
    return list(pairs)


def among(scene: Scene) -> dict[str, int]:
    """Return the folded parts of which many stand side by side, as the neurons of a layer do, with their places.

    They have the same operands. Graphviz begins with them in the order in which they are listed if their operands are
    of another kind, and backwards in the columns behind.
    """
    operands: dict[str, set[str]] = {}
    for edge in scene.edges:
        operands.setdefault(edge.head, set()).add(edge.tail)
    rows: dict[tuple[str, frozenset[str]], list[str]] = {}
    for box in scene.boxes:
        if box.kind == "fold" and box.id in operands:
            rows.setdefault((box.group, frozenset(operands[box.id])), []).append(box.id)
    found = {row[i]: i for row in rows.values() if len(row) > FEW for i in range(len(row))}
    behind = {part for part in found if not operands[part].isdisjoint(found)}
    return {part: -i if part in behind else i for part, i in found.items()}
