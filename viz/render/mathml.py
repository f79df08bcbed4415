r"""Convert TeX to MathML, which browsers show without a library; only the TeX that records write is covered.

>>> print(mathml(r"1 - \tanh^2 x"))
<math><mn>1</mn><mo>−</mo><msup><mi>tanh</mi><mn>2</mn></msup><mspace width="0.17em"/><mi>x</mi></math>
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape

_TOKEN = re.compile(r"(\s*)(\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S|$)", re.DOTALL)
_PATH = re.compile(r"((?:[^\W\d]\w*\.)+)(\w+)")
_THIN = '<mspace width="0.17em"/>'
_FUNCTIONS = frozenset(
    {"arccos", "arcsin", "arctan", "cos", "cosh", "ln", "log", "max", "min", "sin", "sinh", "tan", "tanh"}
)
_LETTERS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi - pi rho - sigma tau - phi chi psi omega"
)
_SYMBOLS = {
    **{name: chr(0x3B1 + i) for i, name in enumerate(_LETTERS.split()) if name != "-"},
    "Phi": "Φ",
    "varphi": "φ",
    "partial": "∂",
    "infty": "∞",
    "backslash": "\\",
    "sim": "~",
}
_OPERATORS = {
    "cdot": "·",
    "times": "×",
    "le": "≤",
    "ge": "≥",
    "ne": "≠",
    "leftarrow": "←",
    "lfloor": "⌊",
    "rfloor": "⌋",
    "lceil": "⌈",
    "rceil": "⌉",
    "sum": "∑",
    "top": "⊤",
    "otimes": "⊗",
    "odot": "⊙",
}


@lru_cache(maxsize=4096)
def mathml(tex: str) -> str:
    """Return a formula as a ``math`` element.

    Unknown TeX is shown as written. The text cannot end the element or add another one.
    """
    try:
        return f"<math>{_Reader(tex).row()}</math>"
    except RecursionError:  # a nesting limit beyond any readable formula
        return f"<math><mtext>{escape(tex)}</mtext></math>"


def _delimiter(token: str, tall: bool) -> str:
    if token == ".":
        return ""
    stretch = "" if tall else ' stretchy="false"'
    return f"<mo{stretch}>{escape(_OPERATORS.get(token[1:], token))}</mo>"


class _Reader:
    """Reads tokens from left to right; each method consumes what it returns."""

    def __init__(self, tex: str) -> None:
        found = _TOKEN.findall(tex)
        self.spaces: list[str] = [space for space, _ in found]
        self.tokens: list[str] = [token for _, token in found]  # the last token is "", the end
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at]

    def next(self) -> str:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def row(self, *ends: str) -> str:
        """Read up to one of the end tokens, or to the end."""
        return "".join(self.parts(*ends))

    def parts(self, *ends: str) -> list[str]:
        parts: list[str] = []
        while (token := self.peek()) and token not in ends:
            sign = token in ("-", "−") and (not parts or parts[-1].startswith("<mo"))
            parts.append(self.scripted())
            if sign:
                parts[-1] = parts[-1].replace("<mo>", '<mo form="prefix">', 1)
        return parts

    def scripted(self) -> str:
        """Read an atom with its superscript and subscript."""
        token = self.peek()
        base = self.atom()
        scripts = {}
        while self.peek() in ("^", "_") and self.peek() not in scripts:
            sign = self.next()
            scripts[sign] = self.argument()
        if "^" in scripts and "_" in scripts:
            base = f"<msubsup>{base}{scripts['_']}{scripts['^']}</msubsup>"
        elif scripts:
            kind = "msup" if "^" in scripts else "msub"
            base = f"<{kind}>{base}{''.join(scripts.values())}</{kind}>"
        function = token[1:] in _FUNCTIONS or token == "\\operatorname"
        return base + (_THIN if function and self.peek() not in ("\\left", "(", "") else "")

    def argument(self) -> str:
        """Read the argument of a command or script as one element."""
        return self.group() if self.peek() == "{" else self.atom()

    def group(self) -> str:
        """Read the content of braces as one element."""
        self.next()
        inside = self.parts("}")
        self.next()
        return inside[0] if len(inside) == 1 else f"<mrow>{''.join(inside)}</mrow>"

    def atom(self) -> str:
        token = self.next()
        if token == "{":
            self.at -= 1
            return self.group()
        if token in ("-", "−"):
            return "<mo>−</mo>"
        if token[:1].isdigit():
            return f"<mn>{token}</mn>"
        if token.startswith("\\"):
            return self.command(token[1:])
        if token in "()[]":  # inside a row, they would be spaced like a plus sign
            return f'<mo form="{"prefix" if token in "([" else "postfix"}" stretchy="false">{token}</mo>'
        return f"<mi>{escape(token)}</mi>" if token.isalpha() else f"<mo>{escape(token)}</mo>"

    def command(self, name: str) -> str:
        if name in _COMMANDS:
            return _COMMANDS[name](self)
        if name in _FUNCTIONS:
            return f"<mi>{name}</mi>"
        if name in _SYMBOLS:
            return f"<mi>{escape(_SYMBOLS[name])}</mi>"
        if name in _OPERATORS:
            return f"<mo>{_OPERATORS[name]}</mo>"
        if name in (",", " ", "!", ";"):
            return _THIN if name != "!" else ""
        return f"<mtext>{escape(name)}</mtext>"

    def words(self) -> str:
        """Read the content of braces as text."""
        if self.peek() != "{":
            return escape(self.next())
        self.next()
        words: list[str] = []
        while (token := self.peek()) not in ("}", ""):
            words.append(self.spaces[self.at])
            self.next()
            if token == "\\hat":  # the spelling of ^ in a name
                self.argument()
                words.append("^")
            else:
                words.append(_SYMBOLS.get(token[1:], token[1:]) if token.startswith("\\") else token)
        words.append(self.spaces[self.at])
        self.next()
        return escape("".join(words))

    def name(self) -> str:
        """Read a name; the path before the name of a model's parameter is separate, so that it can be smaller."""
        words = self.words()
        found = _PATH.fullmatch(words)
        if not found:
            return f'<mi mathvariant="normal">{words}</mi>'
        path, last = found.groups()
        return f'<mrow><mtext class="path">{path}</mtext><mi mathvariant="normal">{last}</mi></mrow>'

    def fraction(self) -> str:
        return f"<mfrac>{self.argument()}{self.argument()}</mfrac>"

    def root(self) -> str:
        if self.peek() != "[":
            return f"<msqrt>{self.argument()}</msqrt>"
        self.next()
        index = self.row("]")
        self.next()
        return f"<mroot>{self.argument()}<mrow>{index}</mrow></mroot>"

    def fence(self) -> str:
        opening = self.next()
        inside = self.row("\\right")
        self.next()
        # mathematical fonts leave space beside stretchable signs, so only the necessary signs stretch
        tall = any(tag in inside for tag in ("<mfrac", "<mtable", "<msqrt", "<mroot"))
        return f"<mrow>{_delimiter(opening, tall)}{inside}{_delimiter(self.next(), tall)}</mrow>"

    def bar(self) -> str:
        """Read an expression with a bar over it; the bar is drawn, because fonts put the accent through the letter."""
        return f'<mrow style="border-top:.06em solid;padding-top:.12em">{self.argument()}</mrow>'

    def cases(self) -> str:
        self.words()
        lines = []
        while self.peek() not in ("\\end", ""):
            cells = [self.row("&", "\\\\", "\\end")]
            while self.peek() == "&":
                self.next()
                cells.append(self.row("&", "\\\\", "\\end"))
            if self.peek() == "\\\\":
                self.next()
            lines.append("<mtr>" + "".join(f"<mtd>{cell}</mtd>" for cell in cells) + "</mtr>")
        self.next()
        self.words()
        return f'<mrow><mo>{{</mo><mtable columnalign="left">{"".join(lines)}</mtable></mrow>'


_COMMANDS: dict[str, Callable[[_Reader], str]] = {
    "frac": _Reader.fraction,
    "sqrt": _Reader.root,
    "left": _Reader.fence,
    "begin": _Reader.cases,
    "bar": _Reader.bar,
    "overline": _Reader.bar,
    "operatorname": lambda reader: f"<mi>{reader.words()}</mi>",
    "mathrm": _Reader.name,
    "text": lambda reader: f"<mtext>{reader.words().replace(' ', chr(0xA0))}</mtext>",
}
