"""Draw initial weights: distributions, variances and sources.

The variance of a weight determines whether activations and gradients keep their size from layer to layer. With
``fan_in`` inputs and ``fan_out`` units:

=====================  ==========================================  ====================================
name                   distribution                                source
=====================  ==========================================  ====================================
``uniform``            U(-1, 1), variance 1/3                      micrograd
``glorot_uniform``     U(-r, r), r = √(6/(fan_in+fan_out))         Glorot and Bengio, AISTATS 2010
``glorot_normal``      N(0, 2/(fan_in+fan_out))                    the same
``he_uniform``         U(-r, r), r = √(6/fan_in)                   He, Zhang, Ren and Sun, ICCV 2015
``he_normal``          N(0, 2/fan_in)                              the same
``lecun_uniform``      U(-r, r), r = √(3/fan_in)                   LeCun et al., Efficient BackProp, 1998
``lecun_normal``       N(0, 1/fan_in)                              the same
``fan_in_uniform``     U(-r, r), r = √(1/fan_in)                   the default of PyTorch's ``Linear``
``zeros``              0                                           shows why symmetry must be broken
=====================  ==========================================  ====================================

>>> initializer("glorot_uniform").variance(2, 3)
0.4
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import OperandError, OptionError, ShapeError, unknown

__all__ = ["INITIALIZERS", "Initializer", "constant", "generator", "initializer", "normal", "uniform"]

Floats = NDArray[np.float64]
#: Accepted values of ``rng=``: None for Python's own ``random`` module (as in micrograd), a seed, or a generator.
Rng = int | random.Random | np.random.Generator | None


class Source:
    """Draws numbers from Python's ``random`` or from NumPy, in row-major order."""

    def __init__(self, rng: Any) -> None:
        self._rng = rng
        self._numpy = isinstance(rng, np.random.Generator)

    def uniform(self, low: float, high: float, shape: tuple[int, ...]) -> Floats:
        """Return numbers drawn uniformly from [low, high)."""
        if self._numpy:
            return np.asarray(self._rng.uniform(low, high, shape))
        return np.array([self._rng.uniform(low, high) for _ in range(math.prod(shape))]).reshape(shape)

    def normal(self, mean: float, deviation: float, shape: tuple[int, ...]) -> Floats:
        """Return numbers drawn from a normal distribution."""
        if self._numpy:
            return np.asarray(self._rng.normal(mean, deviation, shape))
        return np.array([self._rng.gauss(mean, deviation) for _ in range(math.prod(shape))]).reshape(shape)


def source(rng: Any) -> Source:
    """Return the source of random numbers.

    A seed is used as in ``random.Random``: a network with ``rng=1337`` starts like micrograd's after
    ``random.seed(1337)``.

    Raises
    ------
    OperandError
        If it is not None, a seed or a generator.
    """
    if isinstance(rng, Source):
        return rng
    if rng is None:
        return Source(random)
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool):
        return Source(random.Random(int(rng)))
    if isinstance(rng, (random.Random, np.random.Generator)):
        return Source(rng)
    raise OperandError(
        f"rng is a seed such as 1337, a random.Random or a numpy.random.Generator, not {type(rng).__name__} {rng!r}."
    )


def generator(rng: Any) -> np.random.Generator:
    """Return a NumPy generator for a seed; a generator is returned unchanged.

    Raises
    ------
    OperandError
        For None, because a seed must be given explicitly here.

    Examples
    --------
    >>> generator(0).uniform()
    0.6369616873214543
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool) and rng >= 0:
        return np.random.default_rng(int(rng))
    raise OperandError(
        f"A seed is an integer from 0 upwards, or a numpy.random.Generator, not {type(rng).__name__} {rng!r}. "
        "Write one, rng=0: the same seed gives the same numbers on every machine."
    )


@dataclass(frozen=True)
class Initializer:
    """A distribution of initial weights.

    Attributes
    ----------
    name : str
        Its name.
    draw : callable
        ``draw(source, shape, fan_in, fan_out)`` returns an array of that shape.
    variance : callable
        ``variance(fan_in, fan_out)``, the variance of one weight.
    reference : str
        The source.
    """

    name: str
    draw: Callable[[Source, tuple[int, ...], int, int], Floats]
    variance: Callable[[int, int], float]
    reference: str = ""

    def __call__(self, rng: Any, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Floats:
        """Return initial weights of a shape, float64."""
        return self.draw(source(rng), shape, fan_in, fan_out)


def uniform(low: float = -1.0, high: float = 1.0) -> Initializer:
    """Return U(low, high), for all fans; its variance is (high - low)²/12.

    >>> uniform(-1.0, 1.0).variance(10, 10)
    0.3333333333333333
    """
    if not low <= high:
        raise OptionError(f"uniform(low, high) needs low <= high, not low={low!r} and high={high!r}.")
    return Initializer(
        "uniform",
        lambda s, shape, i, o: s.uniform(low, high, shape),
        lambda i, o: (high - low) ** 2 / 12.0,
        "micrograd",
    )


def normal(deviation: float = 1.0, mean: float = 0.0) -> Initializer:
    """Return N(mean, deviation²), for all fans.

    >>> normal(0.1).variance(10, 10)
    0.010000000000000002
    """
    if not deviation >= 0.0:
        raise OptionError(f"A standard deviation is not negative, but normal() got {deviation!r}.")
    return Initializer("normal", lambda s, shape, i, o: s.normal(mean, deviation, shape), lambda i, o: deviation**2)


def constant(value: float) -> Initializer:
    """Return the same weight everywhere: all units of a layer then stay equal forever.

    >>> constant(0.5)(None, (2,), 2, 1)
    array([0.5, 0.5])
    """
    number = float(value)
    return Initializer("constant", lambda s, shape, i, o: np.full(shape, number), lambda i, o: 0.0)


def _scaled(name: str, size: Callable[[int, int], float], reference: str) -> list[Initializer]:
    """Return the uniform and the normal distribution of one variance."""

    def draw_uniform(s: Source, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Floats:
        r = math.sqrt(3.0 * size(fan_in, fan_out))  # the variance of U(-r, r) is r²/3
        return s.uniform(-r, r, shape)

    def draw_normal(s: Source, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Floats:
        return s.normal(0.0, math.sqrt(size(fan_in, fan_out)), shape)

    return [
        Initializer(f"{name}_uniform", draw_uniform, size, reference),
        Initializer(f"{name}_normal", draw_normal, size, reference),
    ]


#: Every initializer by its name.
INITIALIZERS: dict[str, Initializer] = {
    i.name: i
    for i in (
        uniform(),
        *_scaled("glorot", lambda i, o: 2.0 / (i + o), "Glorot and Bengio, AISTATS 2010"),
        *_scaled("he", lambda i, o: 2.0 / i, "He, Zhang, Ren and Sun, ICCV 2015"),
        *_scaled("lecun", lambda i, o: 1.0 / i, "LeCun, Bottou, Orr and Müller, Efficient BackProp, 1998"),
        _scaled("fan_in", lambda i, o: 1.0 / (3.0 * i), "the default of PyTorch's Linear")[0],
        Initializer("zeros", lambda s, shape, i, o: np.zeros(shape), lambda i, o: 0.0),
    )
}
_ALIASES = {"xavier_uniform": "glorot_uniform", "xavier_normal": "glorot_normal",
            "kaiming_uniform": "he_uniform", "kaiming_normal": "he_normal"}  # fmt: skip


def initializer(spec: str | Initializer | ArrayLike) -> Initializer:
    """Return the initializer for a name, or for given weights.

    Parameters
    ----------
    spec : str, Initializer or array_like
        A name of the table above (``xavier_*`` and ``kaiming_*`` are other names of ``glorot_*`` and ``he_*``), or the
        weights in the shape of the layer: (units, inputs), or (inputs,) for one neuron.

    Raises
    ------
    OptionError
        For an unknown name.
    ShapeError
        When it is used, for weights of another shape than the layer's.

    Examples
    --------
    >>> initializer("he_normal").reference
    'He, Zhang, Ren and Sun, ICCV 2015'
    >>> initializer([[1, 1], [-1, 1]])(None, (2, 2), 2, 2)
    array([[ 1.,  1.],
           [-1.,  1.]])
    """
    if isinstance(spec, Initializer):
        return spec
    if isinstance(spec, str):
        name = _ALIASES.get(spec, spec)
        if name not in INITIALIZERS:
            raise unknown("initializer", spec, INITIALIZERS)
        return INITIALIZERS[name]
    return _given(spec)


def _given(weights: ArrayLike) -> Initializer:
    """Return the initializer that returns the given numbers."""
    try:
        numbers = np.asarray(weights)
    except ValueError:  # rows of different lengths
        numbers = np.array(None)
    if numbers.dtype.kind not in "iuf":
        raise OperandError(
            "init is a name such as 'glorot_uniform', an Initializer, or the weights as numbers, one row a unit; "
            f"not {weights!r}."
        )

    def draw(s: Source, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Floats:
        if numbers.shape != shape:
            raise ShapeError(
                f"The initial weights have shape {numbers.shape}, but the layer takes {fan_in} inputs to {fan_out} "
                f"units, so they must have shape {shape}: one row a unit, one column an input."
            )
        return numbers.astype(np.float64)

    return Initializer("given", draw, lambda i, o: float(np.var(numbers)))
