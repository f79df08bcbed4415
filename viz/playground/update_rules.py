"""Read the options of each optimizer from its signature; the optimizer itself checks them.

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

OPTIMIZERS = ("SGD", "Momentum", "Adagrad", "RMSprop", "Adam", "AdamW")


def option_defaults(optimizer: str) -> dict[str, Any]:
    """Return the options of an optimizer besides the learning rate, with their defaults."""
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
    """Return all options of an optimizer, with some of them set.

    Raises
    ------
    OptionError, OperandError
        For an unknown name, or a number outside its range; the message is the optimizer's own.
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
    """Convert a value from the page, text or a list, to the type of the default: a number, a pair or a bool."""
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
    """Return the options that differ from their defaults."""
    return {name: value for name, value in options.items() if value != option_defaults(optimizer)[name]}
