"""What the tests of programs share: executors, and random functions to trace."""

from __future__ import annotations

import importlib.util
import math
import random

import pytest

from autograd_core import Value, functions

HAS_NUMBA = importlib.util.find_spec("numba") is not None
needs_numba = pytest.mark.skipif(not HAS_NUMBA, reason="needs Numba: pip install 'autograd-core[jit]'")
EXECUTORS = ["numpy", pytest.param("fast", marks=needs_numba)]

ARITHMETIC = ("add", "sub", "mul", "div", "neg", "abs", "relu", "maximum", "minimum", "step", "where", "identity")
SMOOTH = (
    *(
        "add",
        "sub",
        "mul",
        "add",
        "mul",
        "neg",
        "tanh",
        "sigmoid",
        "sin",
        "cos",
        "softplus",
        "atan",
        "erf",
        "gelu",
        "silu",
    ),
    *("log1p_square", "sqrt_square", "square", "cube", "power", "exp_tanh", "div_square", "relu", "maximum"),
)

COMPOSED = {
    "log1p_square": lambda x: functions.log1p(x * x),
    "sqrt_square": lambda x: functions.sqrt(1.0 + x * x),
    "square": lambda x: x**2,
    "cube": lambda x: x**3,
    "power": lambda x, y: (1.0 + x * x) ** functions.tanh(y),
    "exp_tanh": lambda x: functions.exp(functions.tanh(x)),
    "div_square": lambda x, y: x / (1.0 + y * y),
}
BINARY = {"add", "sub", "mul", "div", "maximum", "minimum", "power", "div_square"}


def random_function(seed, names=SMOOTH, inputs=3, operations=12):
    """Return a function of a list of numbers: random operations on its inputs, constants, and earlier results."""

    def f(x):
        rng = random.Random(seed)  # the same choices whenever it is called
        known = list(x)
        result = known[0]
        for _ in range(operations):
            name = rng.choice(names)
            count = 3 if name == "where" else 2 if name in BINARY else 1
            operands = [rng.choice(known) for _ in range(count)]
            if count == 2 and rng.random() < 0.2:
                operands[rng.randrange(2)] = round(rng.uniform(-2.0, 2.0), 2)
            if not any(isinstance(y, Value) for y in operands):
                operands[0] = known[0]
            operation = COMPOSED.get(name) or getattr(functions, name)
            result = operation(*operands)
            known.append(result)
        return result + known[-2] * known[rng.randrange(inputs)]

    f.__name__ = f"random_{seed}"
    return f


def same(a, b):
    """Whether two numbers are equal, nan to nan."""
    return a == b or (math.isnan(a) and math.isnan(b))
