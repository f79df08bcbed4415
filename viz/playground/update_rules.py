"""The settings that each optimiser has of its own, read from its signature and checked by itself.

>>> option_defaults("Momentum")
{'momentum': 0.9}
>>> checked_options("Adam", 0.1, {"betas": [0.8, 0.99]})["betas"]
(0.8, 0.99)
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from inspect import signature
from typing import Any

from autograd_core import Value
from nn import optimizers

from ..style.errors import OptionError

__all__ = ["OPTIMIZERS", "checked_options", "differing", "option_defaults"]

OPTIMIZERS = ("SGD", "Momentum", "Adagrad", "RMSprop", "Adam", "AdamW")


def option_defaults(optimizer: str) -> dict[str, Any]:
    """Return the options of an optimiser besides the learning rate, and what they are if nobody says otherwise."""
    return dict(_defaults(optimizer))


@cache
def _defaults(optimizer: str) -> Mapping[str, Any]:
    known = signature(getattr(optimizers, optimizer)).parameters.values()
    return {
        p.name: float(p.default) if type(p.default) is int else p.default
        for p in known
        if p.name not in ("params", "lr")
    }


def checked_options(optimizer: str, lr: float, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all options of an optimiser, some of them given.

    Raises
    ------
    OptionError, OperandError
        For a name it does not know, or a number outside its range: what the optimiser itself says.
    """
    options = option_defaults(optimizer)
    for name, value in given.items():
        if name not in options:
            known = ", ".join(options)
            raise OptionError(f"{optimizer} has no option {name!r}. It has: {known}.")
        options[name] = _in_kind(name, value, options[name])
    getattr(optimizers, optimizer)([Value(0.0)], lr=lr, **options)
    return options


def _in_kind(name: str, value: Any, default: Any) -> Any:
    """Return what a page sent, which knows text and lists, as the default is: a number, a pair or yes and no."""
    if isinstance(default, bool):
        return bool(value)
    parts = value.replace(",", " ").split() if isinstance(value, str) else value
    try:
        if isinstance(default, tuple):
            return tuple(float(part) for part in parts)
        return float(value)
    except (TypeError, ValueError):
        sample = ", ".join(map(str, default)) if isinstance(default, tuple) else default
        raise OptionError(f"{name} is written like {sample}, not {value!r}.") from None


def differing(optimizer: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that are not what they would be anyway."""
    return {name: value for name, value in options.items() if value != option_defaults(optimizer)[name]}
