"""Record programs for one sample: the outputs of a model, and its loss. Each is compared before it is used.

A trace is one path through Python code. Values that the code read from nodes, drew at random or stored in an earlier
call are constants in the trace. So each program is compared with the original code, on samples of the data, with the
present parameters and with others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_core import Program, Value, no_grad, trace
from autograd_core.errors import AutogradError, GuardError, TraceError

from ...errors import DivergedError
from ...models.module import Module
from ..metrics import numbers
from ..updates import arrays_of, put_back

Array = NDArray[Any]
Numbers = Mapping[Any, float]

#: the number of samples that are compared, and the largest number of classes with their own programs
COMPARED, CLASSES = 64, 128


def refusal(model: Module, why: str, cure: str) -> TraceError:
    """Return the error for a model or loss that cannot be recorded as a program."""
    return TraceError(
        f"{type(model).__name__} cannot be trained as a program: {why} {cure} Or leave traced=True out: then it trains "
        "as it is written, only slower."
    )


def branching(model: Module, error: GuardError) -> GuardError:
    """Return the error for a model or loss that takes different branches for different samples."""
    return GuardError(
        f"{type(model).__name__} cannot be trained as a program, which is one path through the code. {error} Or leave "
        "traced=True out: then every sample takes its own path."
    )


class OutputProgram:
    """The outputs of a model for one sample, as a program.

    Parameters
    ----------
    model : Module
    X : array, shape (samples, …)
        Samples for tracing and comparison.

    Raises
    ------
    TraceError
        If the program and the model compute different outputs.
    """

    def __init__(self, model: Module, X: Array) -> None:
        self.model = model
        before = arrays_of(model.modules())
        rows = spread(len(X), 4)
        with no_grad():
            wanted = numbers([model(x) for x in X[rows].tolist()])
        self.program = _traced(model, lambda x: model(x), X[0].tolist(), model._name)
        changed = not all(
            np.array_equal(a, b) for (*_, a), (*_, b) in zip(before, arrays_of(model.modules()), strict=True)
        )
        put_back(before)
        if changed:
            raise refusal(model, "it changes its arrays while it computes.", "Change them between two trainings.")
        try:
            found = self(X)[rows]
        except GuardError as error:
            raise branching(model, error) from error
        if not same(found, wanted):
            raise refusal(
                model,
                "its trace gives other outputs than the model itself. It draws random numbers, remembers the call "
                "before, or decides by x.data what to compute.",
                "Write choices as where(condition, a, b), maximum(a, b) or relu(x), and draw nothing in forward().",
            )

    def __call__(self, X: Array, parameters: Array | None = None) -> Array:
        """Return the outputs for rows of samples: shape (samples,), or (samples, outputs)."""
        found = self.program(X, parameters=parameters)
        return np.moveaxis(_in_lanes(found, len(X)), -1, 0)


class LossPrograms:
    """The loss of one sample: one program that takes the target, or one program for each target.

    The second form is for losses that need the target as a constant, such as the index of a class.

    Parameters
    ----------
    outputs : OutputProgram
    loss : callable
        ``loss(outputs, targets)``.

    Attributes
    ----------
    is_mean : bool
        Whether the loss of a batch is the mean of its samples' losses; otherwise it is the sum.
    """

    def __init__(self, outputs: OutputProgram, loss: Callable[..., Any]) -> None:
        self.outputs, self.model, self.loss = outputs, outputs.model, loss
        self.name = str(getattr(loss, "__name__", type(loss).__name__)).strip("<>")
        self.is_mean = True
        self._with_target: Program | None = None
        self._of_target: dict[Any, Program] = {}
        self._met: set[Any] = set()

    @property
    def programs(self) -> list[Program]:
        """The programs recorded so far."""
        return [self._with_target] if self._with_target else [*self._of_target.values()]

    def calls(self, X: Array, y: Array) -> Iterator[tuple[Program, tuple[Array, ...]]]:
        """Yield the programs that together compute the losses of a batch, with their arguments."""
        keys = keys_of(y)
        if not self._met.issuperset(keys):
            self._meet(X, y, keys)
        if self._with_target:
            yield self._with_target, (X, y)
        else:
            for key, rows in _groups(keys).items():
                yield self._of_target[key], (X[rows],)

    def _meet(self, X: Array, y: Array, keys: list[Any]) -> None:
        """Record targets on first use: let the loss check them, and compare the programs with the loss."""
        fresh = [i for i, key in enumerate(keys) if key not in self._met]
        X, y, keys = X[fresh], y[fresh], [keys[i] for i in fresh]
        with no_grad():
            self.loss(_nodes(self.outputs(X).tolist()), y.tolist())  # raises the loss's own error for these targets
        kind = None if self._of_target else self._try_with_target(X, y)
        if kind is None:
            self._with_target = None
            kind = self._trace_each(X, y, _groups(keys))
        if kind not in ("mean", "sum") or (self._met and self.is_mean is not (kind == "mean")):
            raise refusal(
                self.model,
                f"its loss, {self.name}, is neither the mean nor the sum of the losses of its samples, and a program "
                "computes one sample.",
                "Write it as a mean over samples, and what concerns the whole model as a regularizer.",
            )
        self.is_mean = kind == "mean"
        self._met.update(keys)

    def _try_with_target(self, X: Array, y: Array) -> str | None:
        """Trace the loss with the target as an argument; return its reduction, or None if that fails."""

        def of_sample(x: Any, target: Any) -> Any:
            return self.loss([self.model(x)], [target])

        rows = spread(len(X), COMPARED)
        try:
            program = self._with_target or _trace(of_sample, self.name, X[0].tolist(), y[0].tolist())
            kind = self._compared(
                X[rows], y[rows], lambda theta: program(X[rows], y[rows], parameters=chosen(program, theta))
            )
        except DivergedError:
            raise
        except Exception:  # a loss may raise any error for a Value in place of a number
            return None
        self._with_target = program
        return kind

    def _trace_each(self, X: Array, y: Array, groups: dict[Any, list[int]]) -> str | None:
        """Trace the loss once for each target; return its reduction."""
        made = dict(self._of_target)
        if len(groups) + len(made) > CLASSES:
            raise refusal(
                self.model,
                f"its loss, {self.name}, cannot be traced with the target as a number, and there are more than "
                f"{CLASSES} different targets to trace it for one by one.",
                "Write the loss in operators and autograd_core.functions of outputs and targets.",
            )
        for key, rows in groups.items():
            target = y[rows[0]].tolist()
            name = f"{self.name}_of_{key}" if isinstance(key, int) else f"{self.name}_{len(made)}"
            made[key] = _traced(self.model, self._loss_at(target), X[0].tolist(), name)
        some = sorted({*(rows[0] for rows in groups.values()), *spread(len(X), COMPARED)})

        def losses(theta: Numbers) -> Array:
            found = np.empty(len(some))
            for key, rows in _groups(keys_of(y[some])).items():
                found[rows] = made[key](X[some][rows], parameters=chosen(made[key], theta))
            return found

        try:
            kind = self._compared(X[some], y[some], losses)
        except GuardError as error:
            raise branching(self.model, error) from error
        if kind is None:
            raise refusal(
                self.model,
                f"the trace of its loss, {self.name}, gives other numbers than the loss itself.",
                "Let it compute with operators and autograd_core.functions, without reading x.data or parameters.",
            )
        self._of_target = made
        return kind

    def _loss_at(self, target: Any) -> Callable[[Any], Any]:
        def of_sample(x: Any) -> Any:
            return self.loss([self.model(x)], [target])

        return of_sample

    def _compared(self, X: Array, y: Array, losses: Callable[[Numbers], Any]) -> str | None:
        """Compare programs with the loss itself at three points.

        Returns
        -------
        str or None
            The reduction of the samples' losses, "mean", "sum" or "neither"; None if program and loss differ.
        """
        outputs: list[Any] = []
        wanted: list[float] = []
        found: list[float] = []
        rng = np.random.default_rng(0)
        for size in (0.0, 0.2, 2.0):
            theta = {p: p.data * (1.0 + size * rng.normal()) + size * rng.normal() for p in self.model.parameters()}
            try:
                there = self.outputs(X, chosen(self.outputs.program, theta)).tolist()
                lanes = np.broadcast_to(losses(theta), len(X)).tolist()
                with no_grad():
                    own = [float(numbers(self.loss([o], [t]))) for o, t in zip(_nodes(there), y.tolist(), strict=True)]
            except AutogradError:
                if size == 0.0:
                    raise
                continue  # another branch, or outputs that this loss rejects, such as probabilities above 1
            if np.isfinite(own).all():
                outputs, wanted, found = outputs + there, wanted + own, found + lanes
        if not wanted:
            raise DivergedError(f"{self.name} is infinite or nan to begin with. Standardized data are the usual cure.")
        if not same(found, wanted):
            return None
        with no_grad():
            whole = numbers(self.loss(_nodes(outputs), y.tolist() * (len(outputs) // len(X))))
        return "mean" if same(whole, np.mean(wanted)) else "sum" if same(whole, np.sum(wanted)) else "neither"


def chosen(program: Program, numbers: Numbers) -> Array | None:
    """Return numbers for a program's parameters; the present ones for parameters that are not named."""
    if not program.parameters:
        return None
    return np.array([numbers.get(p, p.data) for p in program.parameters])


def keys_of(y: Array) -> list[Any]:
    """Return something hashable for each target."""
    return y.tolist() if y.ndim == 1 else [row.tobytes() for row in y]


def spread(count: int, most: int) -> list[int]:
    """Return at most this many indices, from first to last."""
    return sorted({round(i) for i in np.linspace(0, count - 1, min(count, most))})


def same(a: Any, b: Any) -> bool:
    """Return whether numbers agree up to rounding."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        return False
    scale = np.max(np.abs(b), initial=0.0, where=np.isfinite(b))
    return bool(np.allclose(a, b, rtol=1e-9, atol=1e-9 * scale, equal_nan=True))


def _groups(keys: list[Any]) -> dict[Any, list[int]]:
    groups: dict[Any, list[int]] = {}
    for i, key in enumerate(keys):
        groups.setdefault(key, []).append(i)
    return groups


def _in_lanes(found: Any, samples: int) -> Array:
    """Return nested lists of outputs as one array whose last axis runs over the samples."""
    if isinstance(found, (list, tuple)):
        return np.array([_in_lanes(x, samples) for x in found])
    return np.broadcast_to(found, samples)


def _nodes(outputs: Any) -> Any:
    return [_nodes(x) for x in outputs] if isinstance(outputs, list) else Value(outputs)


def _trace(f: Callable[..., Any], name: str, *examples: Any) -> Program:
    f.__name__ = name
    return trace(f, *examples)


def _traced(model: Module, f: Callable[[Any], Any], example: Any, name: str) -> Program:
    """Trace a function of one sample, or raise an error with the reason."""
    try:
        return _trace(f, name, example)
    except Exception as error:
        raise refusal(model, f"tracing it failed. {error}", "") from error
