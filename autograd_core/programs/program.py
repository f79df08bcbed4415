"""Record a function of Values once as a program; then read it, run it on batches, differentiate and save it.

>>> from autograd_core import functions as F
>>> program = trace(lambda w, x: F.tanh(w[0] * x[0] + w[1] * x[1]), [0.5, -1.0], [2.0, 1.0])
>>> program([0.5, -1.0], [2.0, 1.0])
0.0
>>> value, gradient = program.value_and_grad([0.5, -1.0], [[2.0, 1.0], [4.0, 2.0]])  # a batch of two samples
>>> value, gradient
(0.0, [3.0, 1.5])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..array.arguments import float_type
from ..errors import GraphError, OperandError, ShapeError
from ..scalar.value import Value
from .run.descent import Descent
from .run.runner import Runner
from .show.storage import dump, read
from .show.views import Views
from .trace.arguments import Argument, numbers_in, rebuild
from .trace.derived_programs import gradient_of, tangent_of
from .trace.tracing import Recording, record

Array = Any
ndarray = np.ndarray


def trace(
    f: Callable[..., Any],
    *examples: Any,
    share: bool = False,
    dtype: Any = "float64",
    executor: str = "auto",
    threads: int = 1,
) -> Program:
    """Record a function of Values once, and return it as a program.

    Parameters
    ----------
    f : callable
        Computes with Values. It gets each example as Values in the same structure: lists of lists for an array.
    *examples : number, list, tuple or dict of numbers, array, or model
        One for each argument: the numbers to trace with. A model is any object with ``parameters()``; the function gets
        it unchanged, and its parameters are inputs of the program.
    share : bool
        Compute equal subexpressions once. Off by default, so that the program matches the source.
    dtype : {"float64", "float32"}
        The precision of the program.
    executor : {"auto", "fast", "numpy"}
        The fast executor needs Numba (extra ``jit``); "auto" uses it if it is installed.
    threads : int
        The number of parts of a large batch that the fast executor computes at the same time. The result is the same
        for any number.

    Returns
    -------
    Program

    Raises
    ------
    TraceError
        If the function returns a plain number, changes its arguments, or computes with arrays.

    Examples
    --------
    >>> square = trace(lambda x: x * x, 3.0)
    >>> square(5.0), square([1.0, 2.0]).tolist()
    (25.0, [1.0, 4.0])
    """
    return Program(record(f, examples, share), dtype=dtype, executor=executor, threads=threads)


class Program(Views):
    """A recorded function: a list of operations with inputs, outputs and guards.

    Returned by ``trace`` or ``Program.load``.

    Attributes
    ----------
    name : str
        The name of the function.
    arguments : tuple of Argument
    parameters : tuple of Value
        The leaves that the function used without getting them as arguments. Their present ``data`` is used in every
        call.
    dtype : numpy.dtype
    """

    def __init__(self, recording: Recording, dtype: Any = "float64", executor: str = "auto", threads: int = 1) -> None:
        self.recording = recording
        self.name = recording.name
        self.dtype = _dtype(dtype)
        self.arguments: tuple[Argument, ...] = tuple(recording.arguments)
        self.parameters: tuple[Value, ...] = tuple(recording.parameters)
        self._runner = Runner(recording, self.dtype, executor, threads)
        self._simple = not self.parameters and all(isinstance(a.structure, int) for a in self.arguments)
        self._askings: dict[Any, Asking] = {}
        self._moving: dict[tuple[int, ...], Runner] = {}

    def __len__(self) -> int:
        return len(self.recording.tape.steps)

    def __repr__(self) -> str:
        inputs = ", ".join(argument.name for argument in self.arguments)
        guards = f", {len(self.recording.guards)} guards" if self.recording.guards else ""
        return f"<Program {self.name}({inputs}): {len(self)} operations{guards}, {self.dtype}>"

    def __call__(self, *inputs: Any, parameters: Any = None) -> Any:
        """Return the outputs: numbers, or arrays with one number for each sample if an input is a batch.

        ``parameters`` are numbers that replace those of ``program.parameters``.
        """
        runner = self._runner
        arrays, batched, samples = runner.read(self._given(inputs, parameters))
        plan = runner.plan(None, False, batched)
        shared, lanes = runner.run(plan, arrays, samples, 1.0)
        return rebuild(self.recording.output_structure, lambda k: plan.output(k, shared, lanes))

    def value_and_grad(
        self, *inputs: Any, argnums: Any = 0, reduce: str | None = "mean", parameters: Any = None
    ) -> tuple[Any, Any]:
        """Return the value, and its derivatives by the arguments in ``argnums``.

        Parameters
        ----------
        *inputs
            As for a call. An input with one more axis than its example is a batch; all samples share the others.
        argnums : int, "parameters", or tuple of these
            The arguments to differentiate by; ``"parameters"`` are the leaves in ``program.parameters``.
        reduce : {"mean", "sum", None}
            What to differentiate for a batch: the mean of the values, their sum, or each value separately, which gives
            one value and one gradient for each sample.
        parameters : array_like, optional
            Numbers that replace those of ``program.parameters``, in their order.

        Returns
        -------
        value : float or array
        gradient
            In the structure of the argument; a tuple of these if ``argnums`` is a tuple.
        """
        if type(argnums) is list:
            raise OperandError(f"Several arguments are named by a tuple: write argnums={tuple(argnums)}.")
        asking = self._askings.get((argnums, reduce))
        if asking is None:
            asking = self._askings[argnums, reduce] = self._asking(argnums, reduce)
        if parameters is None and asking.direct is not None:  # one sample, as in on-line training
            found = asking.direct(inputs)
            if found is not None:
                which: int = asking.only
                x = inputs[which]
                return found if type(x) is ndarray else (found[0], self._runner.blocks[which].give_back(x, found[1]))
        runner, given = self._runner, self._given(inputs, parameters)
        arrays, batched, samples = runner.read(given)
        plan = asking.plans.get(batched)
        if plan is None:
            plan = asking.add(batched, runner.plan(asking.wanted, reduce is not None, batched), self._simple)
        divisor = float(samples) if samples and reduce == "mean" else 1.0
        run = plan.run if plan.plain else partial(runner.run, plan)
        shared, lanes = run(arrays, samples, divisor)
        value = plan.output(0, shared, lanes) if reduce is None and samples else shared.item(0)

        def gradient(i: int) -> Any:
            result, x = plan.gradients[i].read(shared, lanes), given[i]
            return result if type(x) is ndarray else runner.blocks[i].give_back(x, result)

        return value, gradient(asking.only) if asking.only is not None else rebuild(asking.structure, gradient)

    def jvp(self, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        """Return the outputs, and their derivative in a direction, by forward mode.

        Parameters
        ----------
        primals : sequence
            The arguments, as for a call.
        tangents : sequence
            The direction, in the shapes of the arguments; None for an argument that does not change.

        Examples
        --------
        >>> trace(lambda x, y: x * x * y, 3.0, 2.0).jvp((3.0, 2.0), (1.0, None))
        (18.0, 12.0)
        """
        primal, tangent = self._given(primals), self._tangents(tangents)
        moving = tuple(i for i, x in enumerate(tangent) if x is not None)
        if moving not in self._moving:
            recording = tangent_of(self.recording, moving)
            self._moving[moving] = Runner(recording, self.dtype, self._runner.executor, self._runner.threads)
        runner = self._moving[moving]
        arrays, batched, samples = runner.read([*primal, *(tangent[i] for i in moving)])
        plan = runner.plan(None, False, batched)
        shared, lanes = runner.run(plan, arrays, samples, 1.0)
        both = runner.recording.output_structure
        return rebuild(both, lambda k: plan.output(k, shared, lanes))  # type: ignore[no-any-return]

    def _tangents(self, tangents: Sequence[Any]) -> list[Any]:
        if len(tangents) != len(self.arguments):
            raise ShapeError(
                f"{self.name} takes {len(self.arguments)} arguments, but {len(tangents)} tangents are given."
            )
        found: list[Any] = []
        for argument, x in zip(self.arguments, tangents, strict=True):
            count = len(list(numbers_in(argument.structure)))
            found += [None] * count if x is None else [part for _, part in argument.leaves(x)]
        return [*found, *[None] * bool(self.parameters)]

    def descent(self, start: Any, rate: float, *, argnum: int = 0, reduce: str = "mean") -> Descent:
        """Return a descent from ``start``: numbers that move against the derivative, one step for each call.

        Parameters
        ----------
        start : array_like or model
            Initial numbers of the argument that moves. They are copied, so a model does not change. The results are in
            ``descent.numbers``, in the order of ``model.parameters()``.
        rate : float
            The learning rate.
        argnum : int
            The argument that moves: one array, or the parameters of a model.
        reduce : {"mean", "sum"}
            The objective for a batch.

        Examples
        --------
        >>> bowl = trace(lambda w: w[0] ** 2 + w[1] ** 2, [0.0, 0.0])
        >>> descent = bowl.descent([1.0, 2.0], rate=0.25)
        >>> descent(), descent.numbers.tolist()
        (5.0, [0.5, 1.0])
        """
        which = self._structure(argnum)
        if not isinstance(which, int) or not self._runner.blocks[which].shape:
            raise OperandError(
                f"What moves in a descent is one array of numbers, or the parameters of a model; argnum={argnum!r} of "
                f"{self.name} is none. Trace the function with one list of numbers in its place."
            )
        if reduce not in ("mean", "sum"):
            raise OperandError(f"reduce={reduce!r} is none of 'mean' and 'sum'.")
        if not self._simple:
            raise OperandError(
                f"{self.name} takes arguments that hold others, or met parameters that are not among its arguments. "
                "For a descent trace a function of arrays, numbers and at most one model."
            )
        return Descent(self._runner, which, start, rate, reduce)

    def gradient(self, argnums: Any = 0) -> Program:
        """Return the derivative by some arguments as a program of its own, which can be differentiated again.

        Examples
        --------
        >>> cube = trace(lambda x: x**3, 2.0)
        >>> slope = cube.gradient()
        >>> slope(2.0), slope.value_and_grad(2.0)
        (12.0, (12.0, 12.0))
        """
        recording = gradient_of(self.recording, self._structure(argnums))
        return Program(recording, self.dtype, self._runner.executor, self._runner.threads)

    def save(self, path: Any) -> None:
        """Write the program to a JSON file: its operations, and the present numbers of its parameters."""
        Path(path).write_text(dump(self.recording, self.dtype.name), encoding="utf-8")

    @classmethod
    def load(cls, path: Any, executor: str = "auto", threads: int = 1) -> Program:
        """Return the program of a file. The file is checked, and nothing in it is executed.

        Raises
        ------
        ProgramFileError
            If the file contains something else.
        """
        recording, dtype = read(path)
        return cls(recording, dtype, executor, threads)

    def _asking(self, argnums: Any, reduce: Any) -> Asking:
        if reduce not in ("mean", "sum", None):
            raise OperandError(f"reduce={reduce!r} is none of 'mean', 'sum' and None.")
        return Asking(self._structure(argnums))

    def _structure(self, argnums: Any) -> Any:
        """Return the arguments to differentiate by as one structure: a tuple for a tuple."""
        if len(self.recording.outputs) != 1 or self.recording.output_structure != 0:
            raise GraphError(
                f"One number is differentiated, but {self.name} returns {len(self.recording.outputs)} of them in a "
                "list, tuple or dict. Trace a function that returns one Value."
            )
        if isinstance(argnums, tuple):
            return ("tuple", tuple(range(len(argnums))), tuple(self._structure_of(which) for which in argnums))
        return self._structure_of(argnums)

    def _structure_of(self, which: Any) -> Any:
        if which == "parameters":
            if not self.parameters:
                raise OperandError(
                    f"{self.name} met no parameters that are not among its arguments; name an argument by its number."
                )
            return len(self._runner.blocks) - 1
        count = len(self.arguments)
        if isinstance(which, bool) or not isinstance(which, int) or not -count <= which < count:
            raise OperandError(
                f"argnums={which!r} names no argument of {self.name}, which has {count}, counted from 0."
            )
        return self.arguments[which].structure

    def _given(self, inputs: Sequence[Any], parameters: Any = None) -> Sequence[Any]:
        """Return the value passed for each block of numbers."""
        if len(inputs) != len(self.arguments):
            names = ", ".join(argument.name for argument in self.arguments)
            raise ShapeError(f"{self.name} takes {len(self.arguments)} arguments ({names}), not {len(inputs)}.")
        if parameters is not None and not self.parameters:
            raise OperandError(f"{self.name} met no parameters that are not among its arguments: leave parameters out.")
        if self._simple:
            return inputs
        given = [part for a, x in zip(self.arguments, inputs, strict=True) for _, part in a.leaves(x)]
        if self.parameters:
            given.append([p.data for p in self.parameters] if parameters is None else parameters)
        return given


class Asking:
    """A request to ``value_and_grad``, prepared for repeated calls.

    Attributes
    ----------
    wanted : tuple of int
        The blocks to differentiate by.
    structure : Structure
        Their structure.
    only : int or None
        The block, if there is only one.
    plans : dict
        For each kind of call, the plan.
    direct : callable or None
        Runs calls without a batch whose arguments are one block each, if nothing else is to be done. It returns None
        for arguments that must be converted first.
    """

    __slots__ = ("direct", "only", "plans", "structure", "wanted")

    def __init__(self, structure: Any) -> None:
        self.wanted, self.structure = tuple(numbers_in(structure)), structure
        self.only: Any = structure if isinstance(structure, int) else None
        self.plans: dict[int, Any] = {}
        self.direct: Any = None

    def add(self, batched: int, plan: Any, simple: bool) -> Any:
        """Store a plan; ``simple`` if each argument is one block."""
        self.plans[batched] = plan
        if simple and self.only is not None and plan.alone is not None:
            self.direct = plan.alone(plan.gradients[self.only].part)
        return plan


def _dtype(dtype: Any) -> Any:
    found = float_type(dtype)
    if found is None:
        raise OperandError(f"A program runs in float64 or float32, not in {dtype!r}.")
    return found
