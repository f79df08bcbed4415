"""Define activation functions by name; no other module knows the names.

The formula and its derivative are in the engine's TABLE. Here each function gets the name that layers use, the name
that neurons print, and whether it acts on one unit or on a whole layer.

>>> activation("tanh").title
'Tanh'
>>> from autograd_core import Value
>>> activation("relu")(Value(-2.0)).data
0.0
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from autograd_core import Value, functions

from ..errors import OperandError, OptionError, unknown

__all__ = ["ACTIVATIONS", "Activation", "activation"]


@dataclass(frozen=True)
class Activation:
    """An activation function for layers.

    Attributes
    ----------
    name : str
        Its name; also its name in ``autograd_core.functions``, except for ``"linear"``.
    title : str
        The printed name of neurons that use it: ``ReLUNeuron(2)``.
    source : str
        Its source.
    elementwise : bool
        Whether a unit's output depends on its own pre-activation only; false for softmax.
    slope : float or None
        The initial value of its learned parameter, if it has one.
    custom : callable or None
        The function itself, if a user passed a function instead of a name.
    """

    name: str
    title: str
    source: str = ""
    elementwise: bool = True
    slope: float | None = None
    custom: Callable[..., Any] | None = None

    @property
    def is_linear(self) -> bool:
        """Return whether it returns its argument unchanged."""
        return self.name == "linear"

    @cached_property
    def function(self) -> Callable[..., Any]:
        """Return the function of a Value, a Tensor or a number; for softmax, of a sequence or Tensor."""
        if self.is_linear:
            return _identity
        named: Callable[..., Any] = self.custom or getattr(functions, self.name)
        return named

    @cached_property
    def unit(self) -> Callable[[Value], Value] | None:
        """Return the fastest way to apply it to one Value; None for the identity, which needs no call."""
        if self.is_linear:
            return None
        method: Callable[[Value], Value] | None = getattr(Value, self.name, None) if self.custom is None else None
        return method or self.function

    def __call__(self, x: Any) -> Any:
        """Apply it to a number, a node, or to every unit of a list."""
        if self.elementwise and isinstance(x, (list, tuple)):
            return [self.function(unit) for unit in x]
        return self.function(x)


def _identity(x: Any) -> Any:
    return x


#: Every activation function by its name.
ACTIVATIONS: dict[str, Activation] = {
    a.name: a
    for a in (
        Activation("linear", "Linear", "the identity: outputs of a regression, logits"),
        Activation("relu", "ReLU", "Nair and Hinton, ICML 2010"),
        Activation("tanh", "Tanh", "LeCun, Bottou, Orr and Müller, Efficient BackProp, 1998"),
        Activation("sigmoid", "Sigmoid", "the logistic function"),
        Activation("softmax", "Softmax", "Bridle, 1990", elementwise=False),
        Activation("leaky_relu", "LeakyReLU", "Maas, Hannun and Ng, ICML 2013; slope 0.01"),
        Activation("prelu", "PReLU", "He, Zhang, Ren and Sun, ICCV 2015; one learned slope a unit", slope=0.25),
        Activation("elu", "ELU", "Clevert, Unterthiner and Hochreiter, ICLR 2016"),
        Activation("selu", "SELU", "Klambauer, Unterthiner, Mayr and Hochreiter, NeurIPS 2017"),
        Activation("gelu", "GELU", "Hendrycks and Gimpel, 2016; the exact form"),
        Activation("silu", "SiLU", "Elfwing, Uchibe and Doya, 2018"),
        Activation("softplus", "Softplus", "Dugas et al., NeurIPS 2001"),
        Activation("softsign", "Softsign", "Bergstra et al., 2009"),
        Activation("sin", "Sin", "Sitzmann et al., NeurIPS 2020"),
        Activation("step", "Step", "McCulloch and Pitts, 1943; derivative 0, so it cannot be trained by gradients"),
    )
}


def activation(spec: Any) -> Activation:
    """Return the activation for a name or a function.

    Parameters
    ----------
    spec : str, callable, Activation or None
        A name from ``ACTIVATIONS``; a function from one Value to one Value; None for the identity.

    Raises
    ------
    OptionError
        For an unknown name; the message gives the most similar names.
    OperandError
        If it is neither a name nor a function.

    Examples
    --------
    >>> activation("relu").name, activation(None).name, activation(lambda x: x * x).title
    ('relu', 'linear', 'Custom')
    """
    if isinstance(spec, Activation):
        return spec
    if spec is None:
        return ACTIVATIONS["linear"]
    if isinstance(spec, str):
        try:
            return ACTIVATIONS[spec]
        except KeyError:
            raise unknown("activation function", spec, ACTIVATIONS) from None
    if not callable(spec):
        raise OperandError(
            f"An activation is a name such as 'tanh' or a function of one Value, not {type(spec).__name__} {spec!r}."
        )
    name = getattr(spec, "__name__", "")
    if isinstance(spec, type):
        raise OperandError(f"{name} is a class, not an activation. If a layer is meant, write {name}(...).")
    if isinstance(spec, np.ufunc):
        raise OperandError(
            f"numpy.{name} computes with arrays alone. Write 'tanh', or a function of Values or Tensors."
        )
    known = ACTIVATIONS.get(name)
    # Our function under its own name is the named activation. Another function that is called "relu" is not.
    if known is not None and (spec is getattr(Value, name, None) or spec is known.function):
        return known
    title = name.title().replace("_", "") if name.isidentifier() else "Custom"
    return Activation(name or "custom", title, custom=spec)


def named(a: Activation) -> str:
    """Return the name to write into a file.

    Raises
    ------
    OptionError
        If it is a user's function, which a file cannot contain.
    """
    if ACTIVATIONS.get(a.name) != a:
        raise OptionError(
            f"The activation {a.title} is a function of yours, and a model file holds names and numbers, never code. "
            f"Enter it under a name first, nn.activations.ACTIVATIONS[{a.name!r}] = Activation(...), "
            "or save the numbers alone: model.state_dict()."
        )
    return a.name
