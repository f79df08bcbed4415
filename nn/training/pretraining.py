"""Pre-train layers one after the other as autoencoders, without labels.

Each Linear layer, with the activation after it, is the encoder of an autoencoder: h = f(W x + b). A decoder V h + c
reconstructs x from h and is discarded afterward. The outputs h are the inputs of the next autoencoder.

References
----------
Y. Bengio, P. Lamblin, D. Popovici and H. Larochelle, *Greedy layer-wise training of deep networks*, NeurIPS 2006.
P. Vincent et al., *Extracting and composing robust features with denoising autoencoders*, ICML 2008.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import ArrayLike

from ..data.preparation import table
from ..errors import OperandError, OptionError
from ..models.initializers import generator
from ..models.layers import Linear
from ..models.sequential import Sequential
from ..optim.optimizer import Optimizer
from ..optim.optimizers import Adam
from ..options import count, in_range
from .evaluation import quiet
from .history import History
from .loop import fit


def pretrain(
    model: Sequential,
    X: ArrayLike,
    *,
    epochs: int = 20,
    batch_size: int | None = 32,
    optimizer: Callable[[list[Any]], Optimizer] | None = None,
    noise: float = 0.0,
    last: bool = False,
    seed: int = 0,
    progress: bool | None = False,
) -> list[History]:
    """Train the hidden layers of a model one after the other, each as an autoencoder of the outputs before it.

    Parameters
    ----------
    model : Sequential
        Changed in place; its decoders are discarded.
    X : array_like, shape (samples, features)
        Samples; no labels are needed.
    epochs, batch_size : int
        Epochs for each layer.
    optimizer : callable, optional
        Makes an optimizer from a list of parameters. Default: Adam with its defaults.
    noise : float
        Standard deviation of normal noise on the inputs, which the autoencoder must remove. Denoising helps layers that
        have as many units as inputs, or more.
    last : bool
        Whether to train the last Linear layer too; it is usually the output layer.
    seed : int
        Seed of the decoders, of the sample order and of the noise.
    progress : bool, optional
        As in ``fit``.

    Returns
    -------
    list of History
        One for each trained layer, with the reconstruction error.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(40, 3))
    >>> model = Sequential(Linear(3, 2, rng=0), "tanh", Linear(2, 1, rng=1))
    >>> [history] = pretrain(model, X, epochs=10)
    >>> history["loss"][-1] < history["loss"][0]
    True
    """
    if not isinstance(model, Sequential):
        raise OperandError(f"pretrain() takes a Sequential, not {type(model).__name__}: MLP(...).to_tensor().")
    places = [i for i, layer in enumerate(model.layers) if isinstance(layer, Linear)]
    trained = places if last else places[:-1]
    if not trained:
        raise OptionError("There is no hidden Linear layer to pre-train.")
    deviation = in_range("noise", noise, 0.0)
    draws = generator(count(seed, "seed", 0))
    flowing: Any = table(X)
    histories, done = [], 0
    for place in trained:
        flowing = _through(model, done, place, flowing)
        encoder = [model.layers[place], *_activation_after(model, place)]
        linear: Any = encoder[0]
        autoencoder = Sequential(*encoder, Linear(linear.out_features, linear.in_features, rng=draws))
        given = flowing + draws.normal(0.0, deviation, flowing.shape) if deviation else flowing
        make = optimizer or Adam
        histories.append(
            fit(autoencoder, (given, flowing), "mse", make(autoencoder.parameters()), epochs=epochs,
                batch_size=batch_size, seed=seed, progress=progress)
        )  # fmt: skip
        done = place
    return histories


def _activation_after(model: Sequential, place: int) -> list[Any]:
    """Return the layers between a Linear layer and the next: activation and normalization."""
    found = []
    for layer in model.layers[place + 1 :]:
        if isinstance(layer, Linear):
            break
        found.append(layer)
    return found


def _through(model: Sequential, first: int, last: int, X: Any) -> Any:
    """Return the outputs of a range of layers for data, in prediction mode."""
    with quiet(model):
        for layer in model.layers[first:last]:
            X = layer(X).numpy()
    return X
