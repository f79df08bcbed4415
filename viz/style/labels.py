"""Format the labels and numbers of pictures, tables and pages; no other module does.

Text from users is untrusted. All of it passes through ``clean`` once, and is escaped for its medium (DOT, XML, HTML)
where it is written.

>>> number(-6.0), number(1.5e-7), constant(2.0)
('−6.0000', '1.500e−07', '2')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

#: for a gradient that is not computed yet: unknown is not zero
NOT_COMPUTED = "—"
LONGEST = 80

_SPACE = re.compile(r"\s+")
#: European letters, arrows and mathematical signs, which nearly all labels use
_ONE_COLUMN_EACH = re.compile("[ -\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u22ff]*")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DROPPED = _BIDI | frozenset("\u200b\ufeff\ufffe\uffff")


def clean(text: Any, limit: int = LONGEST) -> str:
    r"""Return text for a picture: on one line, printable, at most ``limit`` characters.

    Drop control characters, lone surrogates and marks that reverse the direction of text.

    >>> clean("two\nlines\x00 and \u202emore")
    'two lines and more'
    >>> clean("x" * 100)[-3:], len(clean("x" * 100))
    ('xx…', 80)
    """
    raw = str(text)[: 20 * limit]
    kept = "".join(c for c in _SPACE.sub(" ", raw) if c not in _DROPPED and unicodedata.category(c) not in {"Cc", "Cs"})
    kept = kept.strip()
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def number(x: Any, digits: int = 4) -> str:
    """Return a number for people: fixed width, a real minus sign, and never 0.0000 for a nonzero number.

    >>> number(0.25), number(-1e9), number(float("inf")), number(float("nan"))
    ('0.2500', '−1.000e+09', '∞', 'nan')
    """
    if isinstance(x, np.ndarray) and x.ndim:
        return array(x, digits)
    x = float(x) + 0.0  # no sign on a zero, since it would suggest a small negative number
    if x != x:
        return "nan"
    if x in (float("inf"), float("-inf")):
        return "∞" if x > 0.0 else "−∞"
    plain = x == 0.0 or 1e-3 <= abs(x) < 1e6
    return (f"{x:.{digits}f}" if plain else f"{x:.{digits - 1}e}").replace("-", "−")


def number_tex(text: str) -> str:
    r"""Return a formatted number as TeX.

    >>> number_tex(number(-1.5e-7))
    '-1.500\\times 10^{-7}'
    """
    mantissa, e, exponent = text.replace("−", "-").replace("∞", r"\infty ").partition("e")
    return (
        rf"{mantissa}\times 10^{{{int(exponent)}}}"
        if e and exponent.lstrip("+-").isdigit()
        else mantissa + e + exponent
    )


def constant(x: Any) -> str:
    """Return a constant in its shortest usual spelling.

    >>> constant(2.0), constant(-0.5), constant(1 / 3)
    ('2', '−0.5', '0.333333')
    """
    if isinstance(x, np.ndarray):
        return array(x)
    try:
        return f"{float(x):.6g}".replace("-", "−").replace("inf", "∞")
    except (TypeError, ValueError):
        return clean(x, 24)  # an axis, a shape or an index of a shaping operation


def array(x: Any, digits: int = 4, shown: int = 3) -> str:
    """Return the shape of an array and its first numbers.

    >>> array(np.arange(6.0).reshape(2, 3))
    '2×3 [0.0000, 1.0000, 2.0000, …]'
    """
    if not x.ndim:
        return number(x, digits)
    shape = "×".join(str(n) for n in x.shape)
    numbers = [number(e, digits) for e in x.reshape(-1)[:shown]] + ["…"] * (x.size > shown)
    return f"{shape} [{', '.join(numbers)}]"


def operand(x: Any) -> str:
    """Return a number for a formula, or the shape of an array.

    >>> operand(2.0), operand(np.zeros((2, 3)))
    ('2.0000', '[2×3]')
    """
    return f"[{'×'.join(str(n) for n in x.shape)}]" if isinstance(x, np.ndarray) and x.ndim else number(x)


def gradient(grad: Any) -> str:
    """Return a gradient, or a dash if it is not computed.

    >>> gradient(0.5), gradient(None)
    ('0.5000', '—')
    """
    return NOT_COMPUTED if grad is None else number(grad)


def bracketed(text: str) -> str:
    """Return a factor, in parentheses if a product needs them.

    >>> bracketed("b"), bracketed("−3.0000"), bracketed("1 - b")
    ('b', '(−3.0000)', '(1 - b)')
    """
    return f"({text})" if " " in text or text.startswith(("−", "-")) else text


def bracketed_tex(tex: str) -> str:
    r"""Return a factor as TeX, in parentheses if a product needs them.

    >>> bracketed_tex(r"\frac{a + 1}{b}"), bracketed_tex("1 - a")
    ('\\frac{a + 1}{b}', '\\left(1 - a\\right)')
    """
    outside, depth = "", 0
    for c in tex.replace(r"\left(", "{").replace(r"\right)", "}"):
        depth += (c == "{") - (c == "}")
        outside += c if not depth else ""
    return rf"\left({tex}\right)" if "+" in outside or "-" in outside or "cases" in tex else tex


def width(text: str) -> int:
    """Return the terminal width of a text: a combining bar has width zero, a wide letter two."""
    if _ONE_COLUMN_EACH.fullmatch(text):
        return len(text)
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def pad(text: str, columns: int, right: bool = False) -> str:
    """Return a text padded with spaces to a width, on the left if it is right-aligned."""
    spaces = " " * (columns - width(text))
    return spaces + text if right else text + spaces


class Name(str):
    """The name of a node in formulas: its label if it has one, made unique within its graph."""

    __slots__ = ()

    @property
    def tex(self) -> str:
        """The name in TeX."""
        return tex_name(self)

    @property
    def adjoint_tex(self) -> str:
        """The name of its adjoint in TeX."""
        return tex_name(self, bar=True)

    @property
    def adjoint(self) -> str:
        """The usual name of its adjoint, with a bar: ``v̄1`` in plain text.

        >>> Name("x").adjoint, Name("loss").adjoint
        ('x̄', 'adj(loss)')
        """
        match = _INDEXED.fullmatch(self)
        if match and len(match[1]) == 1:
            return unicodedata.normalize("NFC", f"{match[1]}\u0304{match[2] or ''}")
        return f"adj({self})"


def name_nodes(order: Iterable[Any], scopes: Iterable[str] = ()) -> dict[Any, Name]:
    """Return a unique name for every node of a history: its label, else ``x1 …`` for leaves and ``v1 …`` for results.

    Nodes with the same label are distinguished by their scope, else by a number.

    >>> from autograd_core import Value, history
    >>> a = Value(2.0, label="a")
    >>> order = history(a * Value(3.0) + a)
    >>> [str(name) for name in name_nodes(order).values()]
    ['a', 'x1', 'v1', 'v2']
    """
    order = list(order)
    paths = list(scopes) or [""] * len(order)
    oldest_first = list(zip(order, [clean(node.label, 40) for node in order], paths, strict=True))[::-1]
    candidates = _qualified([(label, path) for _, label, path in oldest_first if label])
    taken: set[str] = {label for _, label, _ in oldest_first if label}
    counters = {"x": 0, "v": 0}
    names: dict[Any, Name] = {}
    for node, label, _ in oldest_first:
        chosen = next(candidates) if label else _counted("x" if node.op is None else "v", counters, taken)
        taken.add(chosen)
        names[node] = Name(chosen)
    return names


def _counted(letter: str, counters: dict[str, int], taken: set[str]) -> str:
    while True:
        counters[letter] += 1
        if (name := f"{letter}{counters[letter]}") not in taken:
            return name


def _qualified(labeled: list[tuple[str, str]]) -> Iterator[str]:
    """Distinguish equal labels by as much of their scopes as needed, or by a number."""
    rivals: dict[str, list[list[str]]] = {}
    for label, path in labeled:
        rivals.setdefault(label, []).append(clean(path).split(".") if path else [])
    depth = {}
    for label, paths in rivals.items():
        told_apart = [len({tuple(parts[-n:]) if n else () for parts in paths}) for n in range(max(map(len, paths)) + 1)]
        depth[label] = told_apart.index(max(told_apart))
    used: dict[str, int] = {}
    for label, path in labeled:
        parts = clean(path).split(".") if path and depth[label] else []
        name = ".".join((*parts[-depth[label] :], label))
        used[name] = used.get(name, 0) + 1
        yield name if used[name] == 1 else f"{name}#{used[name]}"


_INDEXED = re.compile(r"([^\W\d_]+)_?(\d*)")
_UNDERSCORED = re.compile(r"([^\W_]+)_(\w+)")
_GREEK = frozenset(
    unicodedata.name(chr(code)).rpartition(" ")[2].lower().replace("lamda", "lambda") for code in range(0x3B1, 0x3CA)
) - {"omicron", "upsilon"}
_TEX_SPECIAL = {c: f"\\{c}" for c in "#$%&_{}"} | {"\\": r"\backslash ", "^": r"\hat{}", "~": r"\sim "}
_TEX_PROSE = {c: f"\\{c}" for c in "#$%&_{}"} | {
    c: rf"\text{name}{{}}"
    for c, name in {
        "\\": "backslash", "^": "asciicircum", "~": "asciitilde", "<": "less", ">": "greater", "|": "bar",
    }.items()
}  # fmt: skip


def tex_name(name: str, bar: bool = False) -> str:
    r"""Return a node's name as TeX, with a bar for its adjoint.

    >>> tex_name("x"), tex_name("v12"), tex_name("w_ij"), tex_name("theta1"), tex_name("loss")
    ('x', 'v_{12}', 'w_{ij}', '\\theta_{1}', '\\mathrm{loss}')
    >>> tex_name("v12", bar=True), tex_name("loss", bar=True)
    ('\\bar{v}_{12}', '\\overline{\\mathrm{loss}}')
    """
    match = _INDEXED.fullmatch(name) or _UNDERSCORED.fullmatch(name)
    base, index = match.groups() if match else (name, "")
    over = "bar"
    if base.lower() in _GREEK:
        base = f"\\{base}"
    elif len(base) > 1 or not base.isalnum():
        base, over = rf"\mathrm{{{tex_text(base)}}}", "overline"
    base = rf"\{over}{{{base}}}" if bar else base
    return f"{base}_{{{tex_text(index)}}}" if index else base


def tex_text(text: str) -> str:
    """Return text for a name in a formula, with TeX characters escaped."""
    return "".join(_TEX_SPECIAL.get(c, c) for c in text)


def tex_prose(text: str) -> str:
    r"""Return text for a sentence, with TeX characters escaped.

    >>> tex_prose("a^2 < 50 %")
    'a\\textasciicircum{}2 \\textless{} 50 \\%'
    """
    return "".join(_TEX_PROSE.get(c, c) for c in text)
