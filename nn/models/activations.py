"""Activation functions by name: the one place that knows the names.

What a function computes and its derivative stand in the engine's table; here it gets the name under which a layer
asks for it, the name its neurons are printed with, and whether it acts on one unit or on a whole layer.

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
    """An activation function, as layers know it.

    Attributes
    ----------
    name : str
        The name to ask for it by; also its name in ``autograd_core.functions``, except for ``"linear"``.
    title : str
        How neurons that use it are printed: ``ReLUNeuron(2)``.
    source : str
        Where it comes from.
    elementwise : bool
        Whether a unit's output depends on its own pre-activation alone; false for softmax.
    slope : float or None
        The initial value of its learned parameter, if it has one.
    custom : callable or None
        The function itself, where a user handed over a function instead of a name.
    """

    name: str
    title: str
    source: str = ""
    elementwise: bool = True
    slope: float | None = None
    custom: Callable[..., Any] | None = None

    @property
    def is_linear(self) -> bool:
        """Whether it returns what it is given."""
        return self.name == "linear"

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The function of a Value, a Tensor or a number; of a sequence or Tensor for softmax."""
        if self.is_linear:
            return _identity
        named: Callable[..., Any] = self.custom or getattr(functions, self.name)
        return named

    @cached_property
    def unit(self) -> Callable[[Value], Value] | None:
        """The quickest way to apply it to one Value; None for the identity, so that nothing is called at all."""
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
    """Return the activation that a name or a function stands for.

    Parameters
    ----------
    spec : str, callable, Activation or None
        A name from ``ACTIVATIONS``; a function that takes one Value and returns one; None for the identity.

    Raises
    ------
    OptionError
        For a name that is not known; the nearest ones are named.
    OperandError
        For something that is neither a name nor a function.

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
    # A function of ours under its own name is the named one; another function that happens to be called "relu" is not.
    if known is not None and (spec is getattr(Value, name, None) or spec is known.function):
        return known
    title = name.title().replace("_", "") if name.isidentifier() else "Custom"
    return Activation(name or "custom", title, custom=spec)


def named(a: Activation) -> str:
    """Return the name to write into a file.

    Raises
    ------
    OptionError
        If it is a function of the user's own, which a file cannot hold.
    """
    if ACTIVATIONS.get(a.name) != a:
        raise OptionError(
            f"The activation {a.title} is a function of yours, and a model file holds names and numbers, never code. "
            f"Enter it under a name first, nn.activations.ACTIVATIONS[{a.name!r}] = Activation(...), "
            "or save the numbers alone: model.state_dict()."
        )
    return a.name
