"""Train ensembles: the same network from several initializations, with combined outputs.

The lecture *Feed forward Neural Networks* (Thang Vu) advises *Train several and combine*, because training ends in a
minimum that depends on the initialization. The error of the mean is at most the mean of the errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_core import functions

from ..errors import OperandError, OptionError
from ..models.module import Module
from ..optim.optimizer import Optimizer
from ..options import count
from .evaluation import checked, predict
from .history import History
from .loop import fit
from .metrics import predicted_classes


@dataclass(frozen=True)
class Ensemble:
    """Models with combined outputs.

    Attributes
    ----------
    models : list of Module
    histories : list of History
        The history of each model.
    seeds : list of int
    """

    models: list[Any]
    histories: list[History]
    seeds: list[int]

    def outputs(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the outputs of every model, shape (models, samples, …)."""
        return np.stack([predict(model, X) for model in self.models])

    def mean(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the mean of the outputs, shape (samples, …): for a regression, or for scores."""
        return np.asarray(self.outputs(X).mean(axis=0))

    def probabilities(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the mean softmax of the outputs, shape (samples, classes), for classifiers with logits."""
        return np.asarray(functions.softmax(self.outputs(X), axis=-1).mean(axis=0))

    def vote(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return the class that most models predict, the smallest class in a tie, shape (samples,)."""
        chosen = np.stack([predicted_classes(y) for y in self.outputs(X)])
        classes = int(chosen.max()) + 1
        return np.asarray(np.stack([(chosen == k).sum(axis=0) for k in range(classes)]).argmax(axis=0), dtype=np.int64)

    def spread(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the standard deviation of the outputs over the models, shape (samples, …)."""
        return np.asarray(self.outputs(X).std(axis=0))


def train_ensemble(
    build: Callable[[int], Any],
    data: tuple[Any, Any],
    loss: str | Callable[..., Any],
    optimizer: Callable[[list[Any]], Optimizer],
    *,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    parallel: Callable[[Iterable[Any]], Any] | None = None,
    **options: Any,
) -> Ensemble:
    """Train one model for each seed, sequentially or in several processes.

    Parameters
    ----------
    build : callable
        ``build(seed)`` returns the model of a seed; it must return the same model for the same seed.
    data : (X, y)
    loss : str or callable
    optimizer : callable
        Makes an optimizer from a list of parameters.
    seeds : sequence of int
        One for each model; a seed also determines the order of the samples.
    parallel : joblib.Parallel, optional
        ``Parallel(n_jobs=4)`` trains in four processes; the numbers are the same. Default: sequentially.
    **options
        Options of ``fit``: epochs, batch_size, validation, …

    Returns
    -------
    Ensemble

    Examples
    --------
    >>> from nn import MLP, SGD
    >>> from nn.data import moons
    >>> X, y = moons(20, rng=0)
    >>> team = train_ensemble(lambda seed: MLP(2, [3, 2], rng=seed), (X, y), "cross_entropy",
    ...                       lambda parameters: SGD(parameters, lr=0.1), seeds=[0, 1], epochs=2)
    >>> team.probabilities(X).shape
    (20, 2)
    """
    chosen = [count(seed, "A seed", 0) for seed in seeds]
    if not chosen or len(set(chosen)) != len(chosen):
        raise OptionError(f"An ensemble needs one seed for each of its models, all different; not {list(seeds)!r}.")
    for name in ("seed", "resume", "callbacks"):
        if name in options:
            raise OptionError(f"{name}= cannot be one for all models of an ensemble: train them one by one with fit().")
    options.setdefault("progress", False)
    checked(data, "data")
    jobs = [(build, data, loss, optimizer, seed, options) for seed in chosen]
    run = parallel or _one_after_the_other
    results = list(run((_train, job, {}) for job in jobs))  # the same as joblib.delayed(_train)(*job)
    models = []
    for seed, (state, _) in zip(chosen, results, strict=True):
        model = build(seed)
        model.load_state_dict(state)
        models.append(model)
    return Ensemble(models, [history for _, history in results], chosen)


def _train(
    build: Callable[[int], Any], data: Any, loss: Any, optimizer: Any, seed: int, options: dict[str, Any]
) -> tuple[dict[str, NDArray[Any]], History]:
    """Train one model; return numbers only, because it may run in another process."""
    model = build(seed)
    if not isinstance(model, Module):
        raise OperandError(f"build(seed) returns a model, not {type(model).__name__}.")
    history = fit(model, data, loss, optimizer(model.parameters()), seed=seed, **options)
    return model.state_dict(), history


def _one_after_the_other(jobs: Iterable[Any]) -> list[Any]:
    return [f(*arguments, **keywords) for f, arguments, keywords in jobs]
