"""Words and numbers: fixed formats, unique names, nothing unprintable."""

from __future__ import annotations

import random
import unicodedata

import numpy as np
import pytest

from autograd_core import Value, history
from viz.style import labels


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0.0000"),
        (-0.0, "0.0000"),
        (1.0, "1.0000"),
        (-6.0, "−6.0000"),
        (0.001, "0.0010"),
        (0.00099, "9.900e−04"),
        (5e-324, "4.941e−324"),
        (999999.0, "999999.0000"),
        (1e6, "1.000e+06"),
        (-1.7976931348623157e308, "−1.798e+308"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (float("nan"), "nan"),
        (np.float32(0.5), "0.5000"),
        (np.array(2.0), "2.0000"),
    ],
)
def test_a_number_has_one_format(x, text):
    assert labels.number(x) == text


def test_a_number_that_is_not_zero_never_looks_like_zero():
    draw = random.Random(0)
    for _ in range(2000):
        x = draw.uniform(1.0, 10.0) * 10.0 ** draw.uniform(-320, 300)
        assert x == 0.0 or float(labels.number(x).replace("−", "-").replace("∞", "inf")) != 0.0


def test_an_array_shows_its_shape_and_its_first_numbers():
    assert labels.number(np.zeros((2, 3))) == "2×3 [0.0000, 0.0000, 0.0000, …]"
    assert labels.number(np.array([1.5])) == "1 [1.5000]"
    assert labels.number(np.zeros((0, 2))) == "0×2 []"


def test_clean_text_is_printable_single_line_and_short(hostile):
    for text in hostile:
        cleaned = labels.clean(text)
        assert len(cleaned) <= labels.LONGEST
        assert cleaned == cleaned.strip()
        assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in cleaned)
        assert not any(c in cleaned for c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff")
        cleaned.encode("utf-8")


def test_clean_does_not_read_a_long_text_to_its_end():
    assert len(labels.clean("\x00" * 10_000_000)) == 0


def test_names_are_unique_and_labels_come_first():
    x = Value(1.0, label="x")
    y = Value(2.0, label="x")
    v1 = Value(3.0, label="v1")
    out = (x * y) * v1
    names = labels.name_nodes(history(out))
    assert len(set(names.values())) == len(names)
    assert [str(names[node]) for node in (x, y, v1, out)] == ["x", "x#2", "v1", "v3"]


def test_equal_labels_are_told_apart_by_as_little_of_the_scope_as_that_takes():
    w, x, y = Value(1.0, label="w"), Value(2.0, label="w"), Value(3.0, label="y")
    order = history(w * x + y)
    scopes = {w: "net.layer0.neuron0", x: "net.layer0.neuron1"}
    names = labels.name_nodes(order, [scopes.get(node, "") for node in order])
    assert (names[w], names[x], names[y]) == ("neuron0.w", "neuron1.w", "y")


def test_an_adjoint_has_a_bar():
    assert labels.Name("x1").adjoint == "x̄1"
    assert labels.Name("x1").adjoint_tex == r"\bar{x}_{1}"
    assert labels.Name("loss").adjoint == "adj(loss)"
    assert labels.width("x̄1") == 2
    assert labels.width("日本") == 4


def test_every_character_takes_as_many_columns_as_unicode_says():
    for code in range(0x3100):
        c = chr(code)
        wide = 0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        assert labels.width(c) == wide, hex(code)
    assert labels.width("v̄1 → −0.5") == 9
    assert labels.width("日本") == 4
