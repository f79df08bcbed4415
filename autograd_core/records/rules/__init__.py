"""The records of all operations. They know no engine: importing this package fills the table, in this order."""

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
