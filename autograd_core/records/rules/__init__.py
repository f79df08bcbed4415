"""Enter the records of all operations into the TABLE, in this order; they know no graph."""

# ruff: noqa: I001 - the order of these imports is the order of the table

from __future__ import annotations

from . import (
    arithmetic,
    elementary,
    trigonometry,
    hyperbolic,
    comparisons,
    special,
    activations,
    shaping,
    linalg,
    classes,
)

__all__ = [
    "activations",
    "arithmetic",
    "classes",
    "comparisons",
    "elementary",
    "hyperbolic",
    "linalg",
    "shaping",
    "special",
    "trigonometry",
]
