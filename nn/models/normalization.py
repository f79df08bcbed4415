"""Define layers that normalize, or that differ between training and prediction.

``model.train()`` and ``model.eval()`` switch between the two; ``fit`` and ``evaluate`` do this themselves.

>>> layer = BatchNorm1d(1)
>>> layer([[1.0], [3.0]]).data.ravel().round(4).tolist()
[-1.0, 1.0]
>>> layer.eval()([[0.2]]).data.round(4).tolist()
[[0.0]]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_core import Tensor, functions

from ..errors import ArchitectureError, ShapeError
from ..options import count, in_range
from .layers import TensorModule, as_batch, layer_dtype, wrong_features


class Dropout(TensorModule):
    """Set each number to 0 with probability p in training, and divide the others by 1 - p; no effect in prediction.

    Dividing in training (inverted dropout) keeps the expected sum, so prediction needs no correction.

    Parameters
    ----------
    p : float in [0, 1)
    rng : int
        The seed. The dropped numbers are a function of the seed and of the number of batches, so a resumed training
        drops the same ones.

    References
    ----------
    N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov, *Dropout*, JMLR 15, 2014.

    Examples
    --------
    >>> layer = Dropout(0.5, rng=0)
    >>> sorted(set(layer([[1.0] * 8]).data.ravel().tolist())), layer.eval()([[1.0] * 3]).data.tolist()
    ([0.0, 2.0], [[1.0, 1.0, 1.0]])
    """

    def __init__(self, p: float = 0.5, rng: int = 0) -> None:
        self.p = in_range("p", p, 0.0, 1.0)
        self.seed = count(rng, "rng", at_least=0)
        self.batches = np.zeros(1, dtype=np.int64)

    def forward(self, x: Any) -> Any:
        """Return x with some numbers dropped, or x itself in prediction."""
        x = as_batch(x)
        if not self.training or self.p == 0.0:
            return x
        draws = np.random.default_rng([self.seed, int(self.batches[0])])
        self.batches = self.batches + 1
        kept = draws.random(x.shape) >= self.p
        return x * Tensor((kept / (1.0 - self.p)).astype(x.dtype))

    def to_json(self) -> dict[str, Any]:
        """Return its description for a file."""
        return {"p": self.p, "rng": self.seed}

    def __repr__(self) -> str:
        return f"Dropout({self.p})"


class BatchNorm1d(TensorModule):
    """Normalize each feature to mean 0 and variance 1 over the batch, then scale and shift.

    Prediction uses the running statistics of training instead of the batch's.

    Parameters
    ----------
    num_features : int
    eps : float
        Added to the variance.
    momentum : float in [0, 1]
        The share of a batch in the running statistics: new = (1 - momentum)·old + momentum·batch. The running variance
        is unbiased (divided by n - 1); the batch itself is normalized with the biased variance, as in PyTorch.
    dtype : {numpy.float64, numpy.float32}

    Attributes
    ----------
    scale, shift : Tensor, shape (num_features,)
        γ and β, which PyTorch calls weight and bias.
    running_mean, running_var : array, shape (num_features,)

    Raises
    ------
    ShapeError
        For a batch of one sample in training, which has no variance.

    References
    ----------
    S. Ioffe and C. Szegedy, *Batch normalization*, ICML 2015.
    """

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1, *, dtype: Any = np.float64) -> None:
        n = count(num_features, "num_features", error=ArchitectureError)
        self.eps, self.momentum = in_range("eps", eps, 5e-324), in_range("momentum", momentum, 0.0, 1.0 + 1e-12)
        dtype = layer_dtype(dtype)
        self.scale = Tensor(np.ones(n, dtype), requires_grad=True, label="scale")
        self.shift = Tensor(np.zeros(n, dtype), requires_grad=True, label="shift")
        self.running_mean: NDArray[Any] = np.zeros(n, dtype)
        self.running_var: NDArray[Any] = np.ones(n, dtype)

    def forward(self, x: Any) -> Any:
        """Return the normalized batch, shape (batch, num_features)."""
        dtype = self.scale.dtype
        x = as_batch(x, dtype)
        if x.ndim != 2 or x.shape[1] != self.scale.size:
            raise wrong_features(self, x, self.scale.size)
        if not self.training:
            factor = self.scale / np.sqrt(self.running_var + self.eps)
            return (x - self.running_mean) * factor + self.shift
        n = x.shape[0]
        if n < 2:
            raise ShapeError(
                "BatchNorm1d normalizes by the spread of a batch, and one sample has none. Take batches of at least "
                "two (the last one of an epoch may be short), or call model.eval() to predict."
            )
        mean, var = x.mean(axis=0), x.var(axis=0)
        old, new = 1.0 - self.momentum, self.momentum
        self.running_mean = old * self.running_mean + new * mean.numbers.astype(dtype)
        self.running_var = old * self.running_var + new * var.numbers.astype(dtype) * (n / (n - 1))
        return (x - mean) / functions.sqrt(var + self.eps) * self.scale + self.shift

    def to_json(self) -> dict[str, Any]:
        """Return its description for a file."""
        return {"num_features": int(self.scale.size), "eps": self.eps, "momentum": self.momentum,
                "dtype": str(self.scale.dtype)}  # fmt: skip

    def __repr__(self) -> str:
        return f"BatchNorm1d({self.scale.size})"


class LayerNorm(TensorModule):
    """Normalize each sample over its last axes, then scale and shift (Ba, Kiros and Hinton, 2016).

    Parameters
    ----------
    normalized_shape : int or sequence of int
        The lengths of the last axes.
    eps : float
        Added to the variance.
    dtype : {numpy.float64, numpy.float32}

    Examples
    --------
    >>> LayerNorm(2, eps=1e-12)([[1.0, 3.0]]).data.round(6)
    array([[-1.,  1.]])
    """

    def __init__(self, normalized_shape: int | Sequence[int], eps: float = 1e-5, *, dtype: Any = np.float64) -> None:
        shape = (normalized_shape,) if isinstance(normalized_shape, (int, np.integer)) else tuple(normalized_shape)
        self.normalized_shape = tuple(count(n, "normalized_shape", error=ArchitectureError) for n in shape)
        self.eps = in_range("eps", eps, 5e-324)
        dtype = layer_dtype(dtype)
        self.scale = Tensor(np.ones(self.normalized_shape, dtype), requires_grad=True, label="scale")
        self.shift = Tensor(np.zeros(self.normalized_shape, dtype), requires_grad=True, label="shift")

    def forward(self, x: Any) -> Any:
        """Return the normalized samples, of the same shape."""
        x = as_batch(x, self.scale.dtype)
        k = len(self.normalized_shape)
        if x.shape[-k:] != self.normalized_shape:
            raise wrong_features(self, x, self.normalized_shape)
        axes = tuple(range(-k, 0))
        mean, var = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
        return (x - mean) / functions.sqrt(var + self.eps) * self.scale + self.shift

    def to_json(self) -> dict[str, Any]:
        """Return its description for a file."""
        return {"normalized_shape": list(self.normalized_shape), "eps": self.eps, "dtype": str(self.scale.dtype)}

    def __repr__(self) -> str:
        return f"LayerNorm({list(self.normalized_shape)})"
