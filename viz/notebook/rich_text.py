"""Return a graph as a tree for the package rich, with colored numbers and gradients.

The user calls ``rich.print(loss)``; this module is imported only then.
"""

from __future__ import annotations

from typing import Any

from ..scene import text_outline
from ..scene.boxes import Scene
from ..style import labels


def tree(scene: Scene) -> Any:
    """Return a scene as a ``rich.tree.Tree``."""
    from rich.text import Text
    from rich.tree import Tree

    root = Tree(Text(scene.title, "bold"), guide_style="dim")
    branches = [root]
    for depth, (name, *cells) in text_outline.rows(scene):
        del branches[depth + 1 :]
        if cells:
            formula, value, grad = cells
            numbers = (value, "cyan"), (f"  {grad}", _style(grad))
            line = Text.assemble((name, "bold"), (" = ", "dim"), formula, *numbers)
        else:
            line = Text(name, "italic")
        branches.append(branches[-1].add(line))
    if scene.note:
        root.add(Text(scene.note, "dim"))
    return root


def _style(gradient: str) -> str:
    """Return the color of a gradient, as in pictures: blue for negative, orange for positive."""
    if gradient.endswith(labels.NOT_COMPUTED):
        return "dim"
    return "blue" if " −" in gradient else "dark_orange"


def colored(text: str) -> Any:
    """Return text with rich's colors for numbers and names; markup in the text has no effect."""
    from rich.highlighter import ReprHighlighter
    from rich.text import Text

    return ReprHighlighter()(Text(text))
