"""Define and check the settings of a playground.

>>> Settings(lr=0.5).but(optimizer="Adam").optimizer
'Adam'
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

from ..style.errors import OptionError

DATASETS = ("moons", "circles", "spirals", "xor", "blobs", "sine")
CHOICES: dict[str, tuple[Any, ...]] = {
    "dataset": ("", *DATASETS, "yours"),
    "activation": ("tanh", "relu", "sigmoid", "leaky_relu", "elu", "gelu", "silu", "softplus", "sin", "linear"),
    "optimizer": ("SGD", "Momentum", "Adagrad", "RMSprop", "Adam", "AdamW"),
    "regularizer": ("none", "L1", "L2"),
}
#: smallest and largest value
RANGES: dict[str, tuple[float, float]] = {
    "noise": (0.0, 1.0),
    "samples": (8, 200),
    "lr": (0.0, 100.0),
    "strength": (0.0, 10.0),
    "batch": (1, 400),
    "seed": (0, 1_000_000),
}
MOST_LAYERS, MOST_UNITS = 5, 10


@dataclass(frozen=True)
class Settings:
    """The settings: data, network and training.

    Attributes
    ----------
    dataset : str
        One of ``DATASETS``, "yours" for the user's data, "" for the user's data if there are any.
    noise : float
    samples, seed : int
    layers : tuple of int
        The units of each hidden layer.
    activation, optimizer, regularizer : str
    loss : str
        A name of ``nn.losses.LOSSES`` that fits the data; "" for the default.
    options : dict
        Options of the optimizer besides the learning rate, such as ``{"momentum": 0.8}``; others keep their defaults.
    lr, strength : float
        The learning rate; the strength of the regularizer.
    batch : int
        Samples in each update.
    axes : pair of int
        The displayed features, if there are more than two; the others are those of the selected sample.
    """

    dataset: str = ""
    noise: float = 0.1
    samples: int = 100
    seed: int = 0
    layers: tuple[int, ...] = (4, 3)
    activation: str = "tanh"
    optimizer: str = "Momentum"
    options: dict[str, Any] = field(default_factory=dict)
    lr: float = 0.1
    regularizer: str = "none"
    strength: float = 0.001
    batch: int = 10
    loss: str = ""
    axes: tuple[int, int] = (0, 1)

    def but(self, **changes: Any) -> Settings:
        """Return the settings with some changes.

        Raises
        ------
        OptionError
            For an unknown name or an invalid value.
        """
        known = {setting.name for setting in fields(self)}
        for name in changes:
            if name not in known:
                raise OptionError(f"There is no setting {name!r}. There are: {', '.join(sorted(known))}.")
        return replace(self, **changes).checked()

    def checked(self) -> Settings:
        """Return the settings with numbers of the right types; raise an error for an invalid one."""
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise OptionError(
                    f"{name}={getattr(self, name)!r} is none of the choices: {', '.join(filter(None, choices))}."
                )
        fresh = {name: self._number(name, *bounds) for name, bounds in RANGES.items()}
        return replace(self, layers=_layers(self.layers), axes=_axes(self.axes), **fresh)

    def _number(self, name: str, low: float, high: float) -> Any:
        value = getattr(self, name)
        whole = isinstance(getattr(Settings, name), int)
        if isinstance(value, str):  # text from the page
            try:
                value = float(value)
            except ValueError:
                value = str(value)
        right = isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
        if not right or (whole and value != int(value)):
            example = "10" if whole else "0.1 or 1e-3"
            kind = "a whole number" if whole else "a number"
            raise OptionError(f"{name} is {kind} from {low:g} to {high:g}, such as {example}; not {value!r}.")
        return int(value) if whole else float(value)


def _layers(given: Any) -> tuple[int, ...]:
    """Return the sizes of hidden layers; text contains numbers separated by spaces or commas."""
    parts = given.replace(",", " ").split() if isinstance(given, str) else list(given)
    layers: list[Any] = [int(part) if isinstance(part, str) and part.isdecimal() else part for part in parts]
    if len(layers) > MOST_LAYERS or not all(type(n) is int and 1 <= n <= MOST_UNITS for n in layers):
        raise OptionError(
            f"layers is at most {MOST_LAYERS} numbers of units from 1 to {MOST_UNITS}, such as 4 3 for a layer of four "
            f"and one of three, nothing for no hidden layer; not {given!r}."
        )
    return tuple(layers)


def _axes(given: Any) -> tuple[int, int]:
    """Return two different features."""
    axes = tuple(given)
    if len(axes) != 2 or not all(type(i) is int and i >= 0 for i in axes) or axes[0] == axes[1]:
        raise OptionError(f"axes is a pair of different features, counted from 0, such as (0, 1); not {given!r}.")
    return axes
