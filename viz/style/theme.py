"""Define the look of pictures: colors, fonts and sizes, as data.

The colors are those of Okabe and Ito, which people with every kind of color vision can distinguish. Color is never the
only sign: kinds of nodes also differ in text and border, and gradients show their sign.

References
----------
M. Okabe and K. Ito, *Color Universal Design*, 2008.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: the first installed font is used; all have similar widths, so labels fit their boxes
FONT = "Helvetica,Arial,Liberation Sans,DejaVu Sans,sans-serif"
#: points
NODE_SIZE, EDGE_SIZE, GROUP_SIZE = 11, 9, 10


@dataclass(frozen=True)
class Paint:
    """The colors of one kind of box."""

    fill: str
    border: str


@dataclass(frozen=True)
class Theme:
    """The colors of a picture.

    Attributes
    ----------
    name : str
        The name that ``draw(root, theme=...)`` takes.
    background, text, muted, edge, accent : str
        Colors as ``#rrggbb``.
    groups : tuple of str
        The backgrounds of nested groups, outermost first; deeper groups repeat them.
    boxes : mapping
        Kind of box to its colors.
    negative, neutral, positive : str
        The two ends and the middle of the gradient color scale.
    """

    name: str
    background: str
    text: str
    muted: str
    edge: str
    accent: str
    group_border: str
    groups: tuple[str, ...]
    boxes: Mapping[str, Paint]
    negative: str
    neutral: str
    positive: str


LIGHT = Theme(
    name="light",
    background="#ffffff",
    text="#0f172a",
    muted="#52606f",
    edge="#64748b",
    accent="#c2410c",
    group_border="#b6c2d0",
    groups=("#f6f8fb", "#edf1f6"),
    boxes=MappingProxyType(
        {
            "input": Paint("#e2f1fc", "#0072b2"),
            "parameter": Paint("#dcf4ea", "#007a59"),
            "operation": Paint("#ffffff", "#8492a6"),
            "output": Paint("#fdefd2", "#a86500"),
            "constant": Paint("#f1f3f6", "#94a3b8"),
            "fold": Paint("#f1ecfb", "#7257b5"),
        }
    ),
    negative="#0877bd",
    neutral="#e8eaeb",
    positive="#f59322",
)

DARK = Theme(
    name="dark",
    background="#111827",
    text="#f3f4f6",
    muted="#a7b0be",
    edge="#8592a6",
    accent="#fb923c",
    group_border="#475569",
    groups=("#182133", "#1e293b"),
    boxes=MappingProxyType(
        {
            "input": Paint("#12354d", "#56b4e9"),
            "parameter": Paint("#0d3b31", "#2cc295"),
            "operation": Paint("#1f2937", "#8592a6"),
            "output": Paint("#46330b", "#e69f00"),
            "constant": Paint("#232d3d", "#64748b"),
            "fold": Paint("#2b2447", "#a78bfa"),
        }
    ),
    negative="#2f9fe8",
    neutral="#3a4556",
    positive="#f59322",
)

THEMES: Mapping[str, Theme] = MappingProxyType({"light": LIGHT, "dark": DARK})


def mix(a: str, b: str, share: float) -> str:
    """Return a color between two; a larger share is nearer to the second.

    >>> mix("#000000", "#ffffff", 0.5)
    '#808080'
    """
    parts = (
        round(int(a[i : i + 2], 16) + share * (int(b[i : i + 2], 16) - int(a[i : i + 2], 16)) + 1e-9) for i in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02x}" for part in parts)
