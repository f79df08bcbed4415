"""Build and train neural networks of Values (one number a node) or Tensors (one array a node).

>>> from nn import MLP
>>> MLP(2, [16, 16, 1], rng=0)([0.5, -1.0]).data
0.331817879760528
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd_core.graph.source_lines import hide

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
from .files.model_files import load
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
from .models.architecture import Architecture
from .models.layers import Flatten, Linear, Nonlinearity, PReLU
from .models.module import Module
from .models.network import DAGNetwork
from .models.neurons import MLP, Layer, Neuron
from .models.normalization import BatchNorm1d, Dropout, LayerNorm
from .models.sequential import Sequential
from .optim.optimizers import SGD, Adagrad, Adam, AdamW, Momentum, Optimizer, RMSprop
from .optim.regularizers import L1, L2, Lq
from .other_names import unknown_name
from .training.callbacks import Checkpoint, EarlyStopping, ReduceLROnPlateau
from .training.ensemble import Ensemble, train_ensemble
from .training.evaluation import evaluate, predict
from .training.history import History
from .training.loop import fit, training
from .training.perceptron import Perceptron
from .training.pretraining import pretrain

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

if not TYPE_CHECKING:  # hidden from the type checker, so that it reports unknown names

    def __getattr__(name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        raise unknown_name(name, __all__)


hide(__name__)  # the source line of a node is the user's line, not one of these modules
