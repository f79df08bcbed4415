"""The operators of a scalar node, printed by ``python -m autograd_core.codegen``: do not edit.

A constant operand leaves its slot None, and stands itself where its partial would be: nothing is ever sent to it.
"""

from __future__ import annotations

import math
from typing import Any, Self

from . import kernels as k
from . import rules as rules  # importing the records fills the table
from .modes import WATCHERS, watched
from .node import Node, apply, number, tick
from .primitive import Primitive, lookup

new = object.__new__

#: what error messages call the other operand of an infix operator
OTHER = "other operand"

ADD = lookup("add")
SUB = lookup("sub")
MUL = lookup("mul")
DIV = lookup("div")
POW = lookup("pow")
NEG = lookup("neg")
ABS = lookup("abs")
RELU = lookup("relu")
TANH = lookup("tanh")
EXP = lookup("exp")
LOG = lookup("log")
SIGMOID = lookup("sigmoid")


class ScalarOperators(Node):
    """The infix operators and elementary functions of a Value."""

    __slots__ = ("_da", "_data", "_db", "_grad")

    _data: float
    _da: float
    _db: float
    _grad: float

    def _unary(self, y: float, op: Primitive, a: Any, da: float) -> Self:
        """Record the result of an operation on one operand."""
        return self._binary(y, op, a, None, da, 0.0)

    def _binary(self, y: float, op: Primitive, a: Any, b: Any, da: float, db: float) -> Self:
        """Record the result of an operation on two operands, of which a constant is None."""
        node = new(type(self))
        node._data = y
        node.op = op
        node.index = tick()
        node._a = a
        node._b = b
        node._da = da
        node._db = db
        node._adjoint = None
        return watched(node) if WATCHERS else node

    def __add__(self, other: Any) -> Any:
        a = self._data
        if type(other) is type(self):
            b = other._data
            node = new(type(self))
            node._data = a + b
            node.op = ADD
            node.index = tick()
            node._a = self
            node._b = other
            node._da = 1.0
            node._db = 1.0
            node._adjoint = None
            return watched(node) if WATCHERS else node
        if isinstance(other, Node):
            return apply(ADD, self, other)
        b = other if type(other) is float else number(other, OTHER)
        node = new(type(self))
        node._data = a + b
        node.op = ADD
        node.index = tick()
        node._a = self
        node._b = None
        node._da = 1.0
        node._db = b
        node._adjoint = None
        return watched(node) if WATCHERS else node

    def __radd__(self, other: Any) -> Any:
        a = other if type(other) is float else number(other, OTHER)
        b = self._data
        return self._binary(a + b, ADD, None, self, a, 1.0)

    def __sub__(self, other: Any) -> Any:
        a = self._data
        if type(other) is type(self):
            b = other._data
            node = new(type(self))
            node._data = a - b
            node.op = SUB
            node.index = tick()
            node._a = self
            node._b = other
            node._da = 1.0
            node._db = -1.0
            node._adjoint = None
            return watched(node) if WATCHERS else node
        if isinstance(other, Node):
            return apply(SUB, self, other)
        b = other if type(other) is float else number(other, OTHER)
        node = new(type(self))
        node._data = a - b
        node.op = SUB
        node.index = tick()
        node._a = self
        node._b = None
        node._da = 1.0
        node._db = b
        node._adjoint = None
        return watched(node) if WATCHERS else node

    def __rsub__(self, other: Any) -> Any:
        a = other if type(other) is float else number(other, OTHER)
        b = self._data
        return self._binary(a - b, SUB, None, self, a, -1.0)

    def __mul__(self, other: Any) -> Any:
        a = self._data
        if type(other) is type(self):
            b = other._data
            node = new(type(self))
            node._data = a * b
            node.op = MUL
            node.index = tick()
            node._a = self
            node._b = other
            node._da = b
            node._db = a
            node._adjoint = None
            return watched(node) if WATCHERS else node
        if isinstance(other, Node):
            return apply(MUL, self, other)
        b = other if type(other) is float else number(other, OTHER)
        node = new(type(self))
        node._data = a * b
        node.op = MUL
        node.index = tick()
        node._a = self
        node._b = None
        node._da = b
        node._db = b
        node._adjoint = None
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
            node = new(type(self))
            node._data = a / b
            node.op = DIV
            node.index = tick()
            node._a = self
            node._b = None
            node._da = 1.0 / b
            node._db = b
            node._adjoint = None
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
                node = new(type(self))
                node._data = a ** other
                node.op = POW
                node.index = tick()
                node._a = self
                node._b = None
                node._da = other * a ** (other - 1)
                node._db = float(other)
                node._adjoint = None
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

    def __neg__(self) -> Self:
        x = self._data
        y = -x
        return self._unary(y, NEG, self, -1.0)

    def __abs__(self) -> Self:
        x = self._data
        y = abs(x)
        return self._unary(y, ABS, self, k.sign(x))

    def relu(self) -> Self:
        """Return the rectified linear unit: x where it is positive, otherwise 0."""
        x = self._data
        y = k.relu(x)
        return self._unary(y, RELU, self, k.step(x))

    def tanh(self) -> Self:
        """Return the hyperbolic tangent."""
        x = self._data
        y = math.tanh(x)
        return self._unary(y, TANH, self, k.tanh_slope(x))

    def exp(self) -> Self:
        """Return the exponential function."""
        x = self._data
        y = k.exp(x)
        return self._unary(y, EXP, self, y)

    def log(self) -> Self:
        """Return the natural logarithm."""
        x = self._data
        y = k.log(x)
        return self._unary(y, LOG, self, k.log_slope(x))

    def sigmoid(self) -> Self:
        """Return the logistic function 1 / (1 + exp(-x))."""
        x = self._data
        y = k.sigmoid(x)
        return self._unary(y, SIGMOID, self, k.sigmoid_slope(x))

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
