"""Translate names of other libraries: the error for an unknown name gives the name here.

>>> import nn
>>> nn.MSELoss
Traceback (most recent call last):
    ...
nn.errors.UnknownNameError: nn has no MSELoss. A loss is a function here: write nn.mse_loss(outputs, targets), ...
"""

from __future__ import annotations

import difflib
from collections.abc import Collection

from .errors import UnknownNameError
from .losses.losses import LOSSES as FUNCTIONS
from .models.activations import ACTIVATIONS

#: Classes of losses in PyTorch or Keras, and the names of the functions here.
LOSSES = {
    "MSELoss": "mse",
    "MeanSquaredError": "mse",
    "L1Loss": "l1",
    "HuberLoss": "huber",
    "NLLLoss": "nll",
    "CrossEntropyLoss": "cross_entropy",
    "CategoricalCrossentropy": "cross_entropy",
    "BCELoss": "binary_cross_entropy",
    "BinaryCrossentropy": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
}

OTHERS = {
    "Parameter": "A leaf that a module holds is its parameter: write autograd_core.Tensor(data, requires_grad=True).",
    "ModuleList": "A module finds the modules in its lists: write self.layers = [...].",
    "ModuleDict": "A module finds the modules in its dicts: write self.parts = {...}.",
    "ParameterList": "A module finds the parameters in its lists: write self.weights = [...].",
    "Dense": "A fully connected layer is nn.Linear(in_features, out_features), and its activation stands after it.",
    "Identity": "A layer that does nothing is nn.Nonlinearity('linear').",
}


def unknown_name(name: str, known: Collection[str]) -> UnknownNameError:
    """Return the error for a name that ``nn`` does not have, with what to write instead."""
    activations = {each.title: each.name for each in ACTIVATIONS.values()}
    if name in OTHERS:
        hint = OTHERS[name]
    elif name in LOSSES:
        ours = LOSSES[name]
        function = FUNCTIONS[ours].__name__
        hint = f"A loss is a function here: write nn.{function}(outputs, targets), or give fit() its name, '{ours}'."
    elif name in activations:
        hint = (
            f"An activation is named where it is used: nn.Sequential(nn.Linear(2, 8), '{activations[name]}', "
            f"nn.Linear(8, 1)), or nn.MLP(2, [8, 1], activation='{activations[name]}')."
        )
    else:
        close = difflib.get_close_matches(name, known, n=3)
        hint = f"Did you mean {' or '.join(close)}?" if close else f"It has {', '.join(sorted(known))}."
    return UnknownNameError(f"nn has no {name}. {hint}")
