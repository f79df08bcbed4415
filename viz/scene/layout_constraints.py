"""Guide the layout: constraints for Graphviz beyond the edges of the graph."""

from __future__ import annotations

from .boxes import Scene

#: from this many parts side by side, edges between columns are drawn thin and get more space
FEW = 5


def behind(scene: Scene) -> list[tuple[str, str]]:
    """Return which leaves of a group follow which boxes of other groups, so that layers are drawn in order.

    A weight has no operands. Without this constraint it would share a column with the inputs.
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
    """Return the folded parts of which many lie side by side, such as the neurons of a layer, with their positions.

    They have the same operands. Graphviz lists them in the given order if their operands are of another kind, and in
    reverse order in later columns.
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
