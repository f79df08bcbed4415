"""What can be chosen in a playground, and the same as Python.

>>> Settings(lr=0.5).but(optimizer="Adam").optimizer
'Adam'
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from .errors import OptionError

__all__ = ["CHOICES", "DATASETS", "Settings", "code"]

DATASETS = ("moons", "circles", "spirals", "xor")
CHOICES: dict[str, tuple[Any, ...]] = {
    "dataset": ("", *DATASETS, "yours"),
    "activation": ("tanh", "relu", "sigmoid", "leaky_relu", "elu", "gelu", "silu", "softplus", "sin", "linear"),
    "optimizer": ("SGD", "Momentum", "Adagrad", "RMSprop", "Adam", "AdamW"),
    "regularizer": ("none", "L1", "L2"),
    "loss": ("hinge", "mse"),
}
#: least and largest
RANGES: dict[str, tuple[float, float]] = {
    "noise": (0.0, 1.0),
    "samples": (8, 200),
    "lr": (0.0, 100.0),
    "strength": (0.0, 10.0),
    "batch": (1, 200),
    "seed": (0, 1_000_000),
}
MOST_LAYERS, MOST_UNITS = 5, 10


@dataclass(frozen=True)
class Settings:
    """What is trained, on what, and how.

    Attributes
    ----------
    dataset : str
        One of ``DATASETS``, "yours" for data handed over, "" for those if there are any.
    noise : float
    samples, seed : int
    layers : tuple of int
        The units of each hidden layer.
    activation, optimizer, regularizer, loss : str
    lr, strength : float
        The learning rate; how strong the regulariser is.
    batch : int
        Samples an update.
    """

    dataset: str = ""
    noise: float = 0.1
    samples: int = 100
    seed: int = 0
    layers: tuple[int, ...] = (4, 3)
    activation: str = "tanh"
    optimizer: str = "Momentum"
    lr: float = 0.1
    regularizer: str = "none"
    strength: float = 0.001
    batch: int = 10
    loss: str = "hinge"

    def but(self, **changes: Any) -> Settings:
        """Return the settings with some changed.

        Raises
        ------
        OptionError
            For a name or a value that is none of those there are.
        """
        known = {field.name for field in fields(self)}
        for name in changes:
            if name not in known:
                raise OptionError(f"There is no setting {name!r}. There are: {', '.join(sorted(known))}.")
        return replace(self, **changes).checked()

    def checked(self) -> Settings:
        """Return the settings, their numbers in their types, or say what is wrong with one."""
        fresh: dict[str, Any] = {}
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise OptionError(f"{name}={getattr(self, name)!r} is none of the choices: {', '.join(choices[0:])}.")
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            kind = type(getattr(Settings, name))
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
                raise OptionError(f"{name} is a number from {low:g} to {high:g}, not {value!r}.")
            fresh[name] = kind(value)
        layers = self.layers
        whole = all(type(n) is int and 1 <= n <= MOST_UNITS for n in layers)
        if len(layers) > MOST_LAYERS or not whole:
            raise OptionError(
                f"layers is at most {MOST_LAYERS} numbers of units from 1 to {MOST_UNITS}, not {list(layers)!r}."
            )
        return replace(self, **fresh)


def code(session: Any) -> str:
    """Return Python that trains the same network on the same data, for as many epochs as were played.

    Played from the start in whole epochs, the playground and this code end with the same bits.
    """
    s: Settings = session.settings
    penalty = "" if s.regularizer == "none" else f"from nn.regularizers import {s.regularizer}\n"
    used = "" if s.regularizer == "none" else f", regularizer={s.regularizer}({s.strength!r})"
    if session.edited or s.dataset == "yours":
        rows = ",\n    ".join(f"[{float(a)!r}, {float(b)!r}]" for a, b in session.X)
        signs = ", ".join(f"{t:g}" for t in session.y)
        imports, data = "import numpy as np\n\n", f"X = np.array([\n    {rows},\n])\ny = np.array([{signs}.0])\n"
        source = ""
    else:
        count = s.samples // 4 if s.dataset == "xor" else s.samples
        imports, source = "", f"from nn.data import {s.dataset}\n"
        data = f"X, y = {s.dataset}({count}, noise={s.noise!r}, rng={s.seed})\ny = 2 * y - 1  # -1 and +1\n"
    if session.own_model is None:
        model = f"model = MLP(2, {[*s.layers, 1]}, activation={s.activation!r}, rng={s.seed})\n"
    else:
        state = {name: np.asarray(array).tolist() for name, array in session.start.items()}
        column = "" if hasattr(session.model, "to_tensor") else "y = y.reshape(-1, 1)\n"
        model = f"{column}# model is yours; this is where it began\nmodel.load_state_dict({state!r})\n"
    return (
        f"{imports}from nn import MLP, fit\n{source}from nn.optimizers import {s.optimizer}\n{penalty}\n{data}\n{model}"
        f"optimizer = {s.optimizer}(model.parameters(), lr={s.lr!r})\n"
        f'history = fit(model, (X, y), "{s.loss}", optimizer, epochs={max(1, session.epoch)}, '
        f"batch_size={s.batch}{used})\nprint(history)\n"
    )
