"""Neural networks to look into, made of Values (one number a node) or Tensors (one array a node).

>>> from nn import MLP
>>> MLP(2, [16, 16, 1], rng=0)([0.5, -1.0]).data
0.331817879760528
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd_core.origins import hide

from . import (
    activations,
    callbacks,
    data,
    initializers,
    losses,
    metrics,
    monitors,
    optimizers,
    regularizers,
    schedules,
)
from .architecture import Architecture
from .callbacks import Checkpoint, EarlyStopping, ReduceLROnPlateau
from .elsewhere import unknown_name
from .ensemble import Ensemble, train_ensemble
from .evaluation import evaluate, predict
from .files import load
from .history import History
from .layers import Flatten, Linear, Nonlinearity, PReLU
from .losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    hinge,
    huber_loss,
    l1_loss,
    mse_loss,
    nll_loss,
)
from .module import Module
from .network import DAGNetwork
from .neurons import MLP, Layer, Neuron
from .normalization import BatchNorm1d, Dropout, LayerNorm
from .optimizers import SGD, Adagrad, Adam, AdamW, Momentum, Optimizer, RMSprop
from .perceptron import Perceptron
from .pretraining import pretrain
from .regularizers import L1, L2, Lq
from .sequential import Sequential
from .training import fit, training

__all__ = [
    "L1",
    "L2",
    "MLP",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Architecture",
    "BatchNorm1d",
    "Checkpoint",
    "DAGNetwork",
    "Dropout",
    "EarlyStopping",
    "Ensemble",
    "Flatten",
    "History",
    "Layer",
    "LayerNorm",
    "Linear",
    "Lq",
    "Module",
    "Momentum",
    "Neuron",
    "Nonlinearity",
    "Optimizer",
    "PReLU",
    "Perceptron",
    "RMSprop",
    "ReduceLROnPlateau",
    "Sequential",
    "activations",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "callbacks",
    "cross_entropy",
    "data",
    "evaluate",
    "fit",
    "hinge",
    "huber_loss",
    "initializers",
    "l1_loss",
    "load",
    "losses",
    "metrics",
    "monitors",
    "mse_loss",
    "nll_loss",
    "optimizers",
    "predict",
    "pretrain",
    "regularizers",
    "schedules",
    "train_ensemble",
    "training",
]

if not TYPE_CHECKING:  # the type checker is to go on finding names that are none

    def __getattr__(name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        raise unknown_name(name, __all__)


hide(__name__)  # of what the layers compute, the line that is told is the one that called them
