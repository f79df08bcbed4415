"""Neural networks to look into, made of Values (one number a node) or Tensors (one array a node).

>>> from nn import MLP
>>> MLP(2, [16, 16, 1], rng=0)([0.5, -1.0]).data
0.331817879760528
"""

from __future__ import annotations

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
from .files import load
from .history import History
from .layers import Flatten, Linear, Nonlinearity, PReLU
from .losses import cross_entropy, hinge, mse_loss
from .module import Module
from .network import DAGNetwork
from .neurons import MLP, Layer, Neuron
from .normalization import BatchNorm1d, Dropout, LayerNorm
from .optimizers import SGD, Optimizer
from .perceptron import Perceptron
from .sequential import Sequential
from .training import evaluate, fit, training

__all__ = [
    "MLP",
    "SGD",
    "Architecture",
    "BatchNorm1d",
    "DAGNetwork",
    "Dropout",
    "Flatten",
    "History",
    "Layer",
    "LayerNorm",
    "Linear",
    "Module",
    "Neuron",
    "Nonlinearity",
    "Optimizer",
    "PReLU",
    "Perceptron",
    "Sequential",
    "activations",
    "callbacks",
    "cross_entropy",
    "data",
    "evaluate",
    "fit",
    "hinge",
    "initializers",
    "load",
    "losses",
    "metrics",
    "monitors",
    "mse_loss",
    "optimizers",
    "regularizers",
    "schedules",
    "training",
]
