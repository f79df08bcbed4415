"""Every formula of every record is typeset, and nothing a user writes leaves its element."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from autograd_core import TABLE
from autograd_core.readings.symbolic import Symbol, derivative
from viz.render.mathml import mathml
from viz.style import labels

ELEMENTS = {"math", "mrow", "mi", "mo", "mn", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msup", "msub", "msubsup"}
ELEMENTS |= {"mtable", "mtr", "mtd"}


def elements_of(tex):
    return [element.tag for element in ElementTree.fromstring(mathml(tex)).iter()]


def formulas():
    for primitive in TABLE.values():
        rules = getattr(primitive, "partials", ())
        operands = [Symbol.variable(name, tex) for name, tex in (("x", "x"), ("v1", "v_{1}"), ("c", "c"))]
        operands = operands[: len(rules)]
        if not rules or len(operands) != len(rules):
            continue
        yield primitive.name, Symbol(primitive, tuple(operands)).tex
        for partial in derivative(primitive, *operands, output=Symbol.variable("y")):
            yield f"{primitive.name}'", partial.tex


@pytest.mark.parametrize(("name", "tex"), [pytest.param(n, t, id=f"{n}-{i}") for i, (n, t) in enumerate(formulas())])
def test_formulas_of_the_table_are_understood_whole(name, tex):
    made = mathml(tex)
    assert set(elements_of(tex)) <= ELEMENTS
    text = "".join(ElementTree.fromstring(made).itertext())
    assert "\\" not in text
    for command in ("frac", "sqrt", "cdot", "left", "right", "operatorname", "begin", "cases", "text"):
        assert command not in text, f"{name}: {tex}"


def test_structure():
    assert mathml(r"\frac{a}{b}") == "<math><mfrac><mi>a</mi><mi>b</mi></mfrac></math>"
    assert mathml("x_{12}^2") == "<math><msubsup><mi>x</mi><mn>12</mn><mn>2</mn></msubsup></math>"
    assert mathml(r"\sqrt[3]{x}") == "<math><mroot><mi>x</mi><mrow><mn>3</mn></mrow></mroot></math>"
    assert '<mo form="prefix">−</mo><mn>1</mn>' in mathml("x = -1")
    assert "<mo>−</mo>" in mathml("x - 1")


def test_text_keeps_its_spaces():
    assert "if\u00a0</mtext>" in mathml(r"\begin{cases} b & \text{if } a \end{cases}")


@pytest.mark.parametrize(
    "tex",
    [
        "",
        "{",
        "}",
        "\\",
        "^",
        "_",
        r"\frac",
        r"\frac{a",
        r"\left(",
        r"\sqrt[3",
        "a^b^c",
        r"\begin{cases} a",
        "x_{",
        "&",
        r"\\",
    ],
)
def test_what_is_broken_stays_well_formed(tex):
    assert set(elements_of(tex)) <= ELEMENTS


def test_what_is_nested_beyond_reading_is_shown_as_text():
    assert elements_of("{" * 100_000) == ["math", "mtext"]


def test_hostile_names_stay_inside(hostile):
    from viz.style.labels import clean, tex_name

    for text in hostile:
        assert set(elements_of(tex_name(clean(text)))) <= ELEMENTS


def test_a_bar_is_drawn_over_all_of_a_name_whatever_the_font():
    for name in ("v1", "layer0.neuron0.w0"):
        over = mathml(labels.tex_name(name, bar=True))
        assert "¯" not in over
        assert over.count("border-top") == 1
    assert "border-top" not in mathml(labels.tex_name("v1"))


def test_parentheses_are_stretched_only_around_what_is_tall():
    assert mathml(r"\left(-0.5\right)").count('stretchy="false"') == 2
    assert "stretchy" not in mathml(r"\left(\frac{a}{b}\right)")
    assert mathml("f(x)").count('stretchy="false"') == 2


def test_the_path_of_a_name_is_told_apart():
    tex = labels.tex_name("layer1.neuron5.w1")
    name = '<mtext class="path">layer1.neuron5.</mtext><mi mathvariant="normal">w1</mi>'
    assert mathml(tex) == f"<math><mrow>{name}</mrow></math>"
    assert mathml(rf"\frac{{1}}{{{tex}}}") == f"<math><mfrac><mn>1</mn><mrow>{name}</mrow></mfrac></math>"
    for other in ("loss", "2.5 cm", "[1.0, 2.0]", "v1.0 <b>", ".w"):
        assert "path" not in mathml(labels.tex_name(other))
