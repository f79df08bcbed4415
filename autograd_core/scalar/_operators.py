"""The operators of a scalar node, printed by ``python -m autograd_core.readings.codegen``: do not edit."""

from __future__ import annotations

import math
from typing import Any, Final

from ..graph.modes import watched
from ..graph.node import WATCHERS, Node, apply, number, tick
from ..native.mypyc_attr import mypyc_attr
from ..records import rules as rules  # importing the records fills the table
from ..records.kernels import scalar as k
from ..records.primitive import lookup
from .storage import ScalarNode, blank

#: what error messages call the other operand of an infix operator
OTHER: Final = "other operand"

ADD: Final = lookup("add")
SUB: Final = lookup("sub")
MUL: Final = lookup("mul")
DIV: Final = lookup("div")
POW: Final = lookup("pow")
NEG: Final = lookup("neg")
ABS: Final = lookup("abs")
RELU: Final = lookup("relu")
TANH: Final = lookup("tanh")
EXP: Final = lookup("exp")
LOG: Final = lookup("log")
SIGMOID: Final = lookup("sigmoid")


@mypyc_attr(acyclic=True, allow_interpreted_subclasses=True)
class ScalarOperators(ScalarNode):
    """The infix operators and elementary functions of a Value."""

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        a = self._data
        if type(other) is type(self):
            b = other._data
            node = blank(type(self))
            node._data = a + b
            node.op = ADD
            node.index = tick()
            node._a = self
            node._b = other
            node._da = 1.0
            node._db = 1.0
            node._marked = False
            node._swept = False
            node._notes = None
            return watched(node) if WATCHERS else node
        if isinstance(other, Node):
            return apply(ADD, self, other)
        b = other if type(other) is float else number(other, OTHER)
        node = blank(type(self))
        node._data = a + b
        node.op = ADD
        node.index = tick()
        node._a = self
        node._b = None
        node._da = 1.0
        node._db = b
        node._marked = False
        node._swept = False
        node._notes = None
        return watched(node) if WATCHERS else node

    def __radd__(self, other: Any) -> Any:
        a = other if type(other) is float else number(other, OTHER)
        b = self._data
        return self._binary(a + b, ADD, None, self, a, 1.0)

    def __sub__(self, other: Any) -> Any:
        a = self._data
        if type(other) is type(self):
            b = other._data
            node = blank(type(self))
            node._data = a - b
            node.op = SUB
            node.index = tick()
            node._a = self
            node._b = other
            node._da = 1.0
            node._db = -1.0
            node._marked = False
            node._swept = False
            node._notes = None
            return watched(node) if WATCHERS else node
        if isinstance(other, Node):
            return apply(SUB, self, other)
        b = other if type(other) is float else number(other, OTHER)
        node = blank(type(self))
        node._data = a - b
        node.op = SUB
        node.index = tick()
        node._a = self
        node._b = None
        node._da = 1.0
        node._db = b
        node._marked = False
        node._swept = False
        node._notes = None
        return watched(node) if WATCHERS else node

    def __rsub__(self, other: Any) -> Any:
        a = other if type(other) is float else number(other, OTHER)
        b = self._data
        return self._binary(a - b, SUB, None, self, a, -1.0)

    def __mul__(self, other: Any) -> Any:
        a = self._data
        if type(other) is type(self):
            b = other._data
            node = blank(type(self))
            node._data = a * b
            node.op = MUL
            node.index = tick()
            node._a = self
            node._b = other
            node._da = b
            node._db = a
            node._marked = False
            node._swept = False
            node._notes = None
            return watched(node) if WATCHERS else node
        if isinstance(other, Node):
            return apply(MUL, self, other)
        b = other if type(other) is float else number(other, OTHER)
        node = blank(type(self))
        node._data = a * b
        node.op = MUL
        node.index = tick()
        node._a = self
        node._b = None
        node._da = b
        node._db = b
        node._marked = False
        node._swept = False
        node._notes = None
        return watched(node) if WATCHERS else node

    def __rmul__(self, other: Any) -> Any:
        a = other if type(other) is float else number(other, OTHER)
        b = self._data
        return self._binary(a * b, MUL, None, self, a, a)

    def __truediv__(self, other: Any) -> Any:
        a = self._data
        if type(other) is type(self):
            b = other._data
            if b != 0.0:
                y = a / b
                return self._binary(y, DIV, self, other, 1.0 / b, -y / b)
            y = k.div(a, b)
            return self._binary(y, DIV, self, other, k.div(1.0, b), k.div(-y, b))
        if isinstance(other, Node):
            return apply(DIV, self, other)
        b = other if type(other) is float else number(other, OTHER)
        if b != 0.0:
            node = blank(type(self))
            node._data = a / b
            node.op = DIV
            node.index = tick()
            node._a = self
            node._b = None
            node._da = 1.0 / b
            node._db = b
            node._marked = False
            node._swept = False
            node._notes = None
            return watched(node) if WATCHERS else node
        return self._binary(k.div(a, b), DIV, self, None, k.div(1.0, b), b)

    def __rtruediv__(self, other: Any) -> Any:
        a = other if type(other) is float else number(other, OTHER)
        b = self._data
        if b != 0.0:
            y = a / b
            return self._binary(y, DIV, None, self, a, -y / b)
        y = k.div(a, b)
        return self._binary(y, DIV, None, self, a, k.div(-y, b))

    def __pow__(self, other: Any) -> Any:
        a = self._data
        if type(other) is type(self):
            b = other._data
            return self._binary(k.power(a, b), POW, self, other, k.power_slope(a, b), k.power_log(a, b, 1.0))
        if type(other) is int and other > 0:
            try:
                node = blank(type(self))
                node._data = a ** other
                node.op = POW
                node.index = tick()
                node._a = self
                node._b = None
                node._da = other * a ** (other - 1)
                node._db = float(other)
                node._marked = False
                node._swept = False
                node._notes = None
                return watched(node) if WATCHERS else node
            except OverflowError:
                pass  # the kernel says inf, with the right sign
        if isinstance(other, Node):
            return apply(POW, self, other)
        b = other if type(other) is float else number(other, OTHER)
        return self._binary(k.power(a, b), POW, self, None, k.power_slope(a, b), b)

    def __rpow__(self, other: Any) -> Any:
        a = other if type(other) is float else number(other, OTHER)
        b = self._data
        return self._binary(k.power(a, b), POW, None, self, a, k.power_log(a, b, 1.0))

    def __neg__(self) -> Any:
        x = self._data
        y = -x
        return self._binary(y, NEG, self, None, -1.0, 0.0)

    def __abs__(self) -> Any:
        x = self._data
        y = abs(x)
        return self._binary(y, ABS, self, None, k.sign(x), 0.0)

    def relu(self) -> Any:
        """Return the rectified linear unit: x where it is positive, otherwise 0."""
        x = self._data
        y = 0.0 if x <= 0.0 else x
        return self._binary(y, RELU, self, None, 1.0 if x > 0.0 else 0.0 if x <= 0.0 else x, 0.0)

    def tanh(self) -> Any:
        """Return the hyperbolic tangent."""
        x = self._data
        y = math.tanh(x)
        return self._binary(y, TANH, self, None, k.tanh_slope(x), 0.0)

    def exp(self) -> Any:
        """Return the exponential function."""
        x = self._data
        y = k.exp(x)
        return self._binary(y, EXP, self, None, y, 0.0)

    def log(self) -> Any:
        """Return the natural logarithm."""
        x = self._data
        y = k.log(x)
        return self._binary(y, LOG, self, None, k.log_slope(x), 0.0)

    def sigmoid(self) -> Any:
        """Return the logistic function 1 / (1 + exp(-x))."""
        x = self._data
        y = k.sigmoid(x)
        return self._binary(y, SIGMOID, self, None, k.sigmoid_slope(x), 0.0)

    def sign(self) -> Any:
        """Return 1, -1 or 0 as the number is positive, negative or zero."""
        return apply(lookup("sign"), self)

    def floor(self) -> Any:
        """Return the greatest integer that is not above the number."""
        return apply(lookup("floor"), self)

    def ceil(self) -> Any:
        """Return the least integer that is not below the number."""
        return apply(lookup("ceil"), self)

    def round(self) -> Any:
        """Return the nearest integer, the even one of two equally near."""
        return apply(lookup("round"), self)

    def trunc(self) -> Any:
        """Return the number without its fraction."""
        return apply(lookup("trunc"), self)

    def exp2(self) -> Any:
        """Return two raised to a power."""
        return apply(lookup("exp2"), self)

    def expm1(self) -> Any:
        """Return exp(x) - 1, accurate near 0."""
        return apply(lookup("expm1"), self)

    def log2(self) -> Any:
        """Return the logarithm to base 2."""
        return apply(lookup("log2"), self)

    def log10(self) -> Any:
        """Return the logarithm to base 10."""
        return apply(lookup("log10"), self)

    def log1p(self) -> Any:
        """Return log(1 + x), accurate near 0."""
        return apply(lookup("log1p"), self)

    def sqrt(self) -> Any:
        """Return the square root."""
        return apply(lookup("sqrt"), self)

    def cbrt(self) -> Any:
        """Return the cube root, also of negative numbers."""
        return apply(lookup("cbrt"), self)

    def sin(self) -> Any:
        """Return the sine."""
        return apply(lookup("sin"), self)

    def cos(self) -> Any:
        """Return the cosine."""
        return apply(lookup("cos"), self)

    def tan(self) -> Any:
        """Return the tangent."""
        return apply(lookup("tan"), self)

    def asin(self) -> Any:
        """Return the arc sine."""
        return apply(lookup("asin"), self)

    def acos(self) -> Any:
        """Return the arc cosine."""
        return apply(lookup("acos"), self)

    def atan(self) -> Any:
        """Return the arc tangent."""
        return apply(lookup("atan"), self)

    def sinh(self) -> Any:
        """Return the hyperbolic sine."""
        return apply(lookup("sinh"), self)

    def cosh(self) -> Any:
        """Return the hyperbolic cosine."""
        return apply(lookup("cosh"), self)

    def asinh(self) -> Any:
        """Return the inverse hyperbolic sine."""
        return apply(lookup("asinh"), self)

    def acosh(self) -> Any:
        """Return the inverse hyperbolic cosine."""
        return apply(lookup("acosh"), self)

    def atanh(self) -> Any:
        """Return the inverse hyperbolic tangent."""
        return apply(lookup("atanh"), self)

    def step(self) -> Any:
        """Return 1 for x > 0, 0 for x <= 0."""
        return apply(lookup("step"), self)

    def erf(self) -> Any:
        """Return the error function."""
        return apply(lookup("erf"), self)

    def erfc(self) -> Any:
        """Return the complementary error function, 1 - erf(x) without cancellation."""
        return apply(lookup("erfc"), self)

    def log_sigmoid(self) -> Any:
        """Return log(sigmoid(x)), finite where the sigmoid is 0 in floating point."""
        return apply(lookup("log_sigmoid"), self)

    def softplus(self) -> Any:
        """Return log(1 + exp(x)), without a threshold."""
        return apply(lookup("softplus"), self)

    def selu(self) -> Any:
        """Return the scaled exponential linear unit, which keeps mean 0 and variance 1 from layer to layer."""
        return apply(lookup("selu"), self)

    def silu(self) -> Any:
        """Return the sigmoid-weighted linear unit x · sigmoid(x), also called swish."""
        return apply(lookup("silu"), self)

    def gelu(self) -> Any:
        """Return the Gaussian error linear unit x · Φ(x), exact: not the approximation by tanh."""
        return apply(lookup("gelu"), self)

    def softsign(self) -> Any:
        """Return x / (1 + |x|)."""
        return apply(lookup("softsign"), self)
