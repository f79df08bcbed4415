"""Mark a step in a picture: what is computed, which edge is active, what is pending.

Marks are "pending", "current" and "target" for a box, and "pending" and "active" for an edge; a box may have several.
"""

from __future__ import annotations

from ..style.theme import Theme, mix


def on_box(marks: str, theme: Theme) -> dict[str, str]:
    """Return the DOT attributes of the marks of a box; the class begins with a space, to be appended to its own.

    >>> from viz.style.theme import LIGHT
    >>> on_box("current", LIGHT)["color"] == LIGHT.accent, on_box("", LIGHT)
    (True, {})
    """
    look: dict[str, str] = {"class": f" {marks}"} if marks else {}
    if "pending" in marks:
        faint = mix(theme.background, theme.text, 0.45)
        look |= {"style": "filled,dashed", "fillcolor": theme.background, "fontcolor": faint, "penwidth": "1"}
        look["color"] = mix(theme.background, theme.edge, 0.7)
    if "target" in marks:
        look |= {"style": "filled,dashed", "color": theme.accent, "penwidth": "2.4"}
    if "current" in marks:
        look |= {"style": "filled", "color": theme.accent, "penwidth": "3.2"}
    return look


def on_edge(marks: str, theme: Theme) -> dict[str, str]:
    """Return the DOT attributes of the marks of an edge."""
    look: dict[str, str] = {"class": f" {marks}"} if marks else {}
    if "active" in marks:
        look |= {"color": theme.accent, "fontcolor": theme.accent, "penwidth": "2.6"}
    elif "pending" in marks:
        look |= {key: mix(theme.background, theme.edge, 0.4) for key in ("color", "fontcolor")}
    return look
