"""Describe the arguments of a program: which numbers belong where, and which arguments are batches.

An argument is a number, a regular array of numbers (a NumPy array, or lists of equal length), a part of a model (an
object with ``parameters()``), or a list, tuple or dict of these. Each regular array is one block of inputs. A block
with one more leading axis than its example is a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import OperandError, ShapeError
from ...graph.node import Node, refusal
from ...scalar.value import Value


@dataclass(frozen=True, slots=True)
class Block:
    """A regular array of inputs.

    Attributes
    ----------
    name : str
        Its expression in the caller's code: ``"x"``, ``"options['scale']"``.
    start, size : int
        Its places on the tape.
    shape : tuple of int
        Its shape for one sample; ``()`` for a number.
    labels : tuple of str
        A name for each number.
    kind : {"number", "array", "model"}
        The example; a model may be passed as itself or as the numbers of its parameters.
    """

    name: str
    start: int
    size: int
    shape: tuple[int, ...]
    labels: tuple[str, ...]
    kind: str

    def read(self, given: Any, dtype: Any) -> Any:
        """Return an input as an array of the program's dtype: of this shape, or with one more axis for a batch."""
        if hasattr(given, "parameters"):
            given = [p.data for p in given.parameters()]
        elif isinstance(given, (list, tuple)) and any(isinstance(x, Node) for x in given):
            given = [x.data if isinstance(x, Value) and self.kind == "model" else x for x in given]
        array = numbers(given, self.name, dtype)
        if array.shape != self.shape and (not array.shape or array.shape[1:] != self.shape):
            raise self.misfit(array.shape)
        return array

    def misfit(self, shape: tuple[int, ...]) -> ShapeError:
        """Return the error for an array of another shape."""
        return ShapeError(
            f"The argument {self.name} has shape {_shape(shape)}, but the program was traced with "
            f"{_shape(self.shape)}. Give one sample of that shape, or a batch of shape "
            f"{_shape(('batch', *self.shape))}; for another shape trace the function again."
        )

    def give_back(self, given: Any, result: Any) -> Any:
        """Return a gradient in the form of the input: an array for an array, lists for lists, a number for a number."""
        if isinstance(given, np.ndarray):
            return result
        return result.tolist() if result.ndim else float(result)


def _shape(shape: Sequence[Any]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def numbers(given: Any, name: str, dtype: Any) -> Any:
    """Return an array of the required dtype, or raise an error; nothing is rounded silently.

    Raises
    ------
    OperandError
        For text, objects, nodes, complex numbers, and arrays whose dtype does not fit the program's.
    ShapeError
        For rows of different lengths.
    """
    if isinstance(given, Node):
        raise OperandError(f"The argument {name} of a program is numbers, not a recorded node: pass {name}.data.")
    try:
        array = np.asarray(given)
    except ValueError:
        raise ShapeError(f"The argument {name} has rows of different lengths: {_shorten(given)}.") from None
    if array.dtype.kind not in "fiub":
        culprit = next((x for x in np.asarray(given, dtype=object).flat if not _is_number(x)), given)
        raise OperandError(f"The argument {name} of a program is numbers. {refusal(culprit, 'argument')}")
    if array.dtype == dtype:
        return array
    if isinstance(given, (np.ndarray, np.generic)) and not np.can_cast(array.dtype, dtype, "safe"):
        raise OperandError(
            f"The argument {name} has dtype {array.dtype}, which does not fit into the {np.dtype(dtype)} of this "
            f"program without rounding. Write {name}.astype({np.dtype(dtype).name!r}), or trace the function with "
            f"dtype={array.dtype.name!r}."
        )
    return array.astype(dtype)


def _is_number(x: Any) -> bool:
    return isinstance(x, (int, float, np.integer, np.floating, np.bool_))


def _shorten(x: Any) -> str:
    text = repr(x)
    return text if len(text) <= 60 else f"{text[:50]}…"


#: A leaf is the number of a block; a branch tells what contains its children.
Structure = int | tuple[str, tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of the traced function: its structure, whose leaves are block numbers."""

    name: str
    structure: Structure

    def leaves(self, given: Any) -> Iterator[tuple[int, Any]]:
        """Yield each block of this argument with its input."""
        yield from _leaves(self.structure, given, self.name)


def _leaves(structure: Structure, given: Any, name: str) -> Iterator[tuple[int, Any]]:
    if isinstance(structure, int):
        yield structure, given
        return
    kind, keys, children = structure
    if kind == "dict":
        if not isinstance(given, dict) or given.keys() != set(keys):
            got = f"the keys {list(given)}" if isinstance(given, dict) else f"a {type(given).__name__}"
            raise ShapeError(f"The argument {name} was traced as a dict with the keys {list(keys)}; this is {got}.")
        parts = [given[key] for key in keys]
    else:
        if not isinstance(given, (list, tuple)) or len(given) != len(children):
            got = f"{type(given).__name__} of {len(given)}" if hasattr(given, "__len__") else type(given).__name__
            raise ShapeError(f"The argument {name} was traced as a {kind} of {len(children)}; this is a {got}.")
        parts = list(given)
    for key, part, child in zip(keys, parts, children, strict=True):
        yield from _leaves(child, part, f"{name}[{key!r}]")


def rebuild(structure: Structure, results: Callable[[int], Any]) -> Any:
    """Return a structure with a result for each block."""
    if isinstance(structure, int):
        return results(structure)
    kind, keys, children = structure
    parts = [rebuild(child, results) for child in children]
    return dict(zip(keys, parts, strict=True)) if kind == "dict" else tuple(parts) if kind == "tuple" else parts


def numbers_in(structure: Structure) -> Iterator[int]:
    """Yield the block numbers of a structure."""
    if isinstance(structure, int):
        yield structure
    else:
        for child in structure[2]:
            yield from numbers_in(child)


class Inputs:
    """The inputs of a function during tracing: its blocks, and the Values that stand for them."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.values: list[Value] = []

    def argument(self, name: str, example: Any) -> tuple[Argument, Any]:
        """Return the description of an argument, and the object that the function gets in its place."""
        structure, view = self._enter(name, example)
        return Argument(name, structure), view

    def _enter(self, name: str, example: Any) -> tuple[Structure, Any]:
        if hasattr(example, "parameters"):
            return self._model(name, example)
        shape = _regular(example)
        if shape is not None:
            return self._array(name, example, shape)
        if isinstance(example, dict):
            kind, keys, examples = "dict", tuple(example), list(example.values())
        elif isinstance(example, (list, tuple)):
            kind, keys = ("list" if isinstance(example, list) else "tuple"), tuple(range(len(example)))
            examples = list(example)
        else:
            raise OperandError(
                f"The example for the argument {name} is {_shorten(example)}. {refusal(example, 'argument')} What is "
                "no number does not belong to the arguments: bind it, trace(lambda x: f(x, option), example)."
            )
        if not examples:
            raise _nothing(name)
        parts = [self._enter(f"{name}[{key!r}]", x) for key, x in zip(keys, examples, strict=True)]
        structures, views = tuple(p[0] for p in parts), [p[1] for p in parts]
        view: Any = dict(zip(keys, views, strict=True)) if kind == "dict" else views
        if hasattr(example, "_fields"):
            view = type(example)(*views)
        return (kind, keys, structures), tuple(view) if kind == "tuple" and not hasattr(example, "_fields") else view

    def _array(self, name: str, example: Any, shape: tuple[int, ...]) -> tuple[int, Any]:
        plain = example.tolist() if isinstance(example, np.ndarray) else example
        labels: list[str] = []
        values: list[Value] = []

        def view(x: Any, label: str) -> Any:
            if isinstance(x, (list, tuple)):
                children = [view(child, f"{label}[{i}]") for i, child in enumerate(x)]
                return tuple(children) if isinstance(x, tuple) else children
            labels.append(label)
            values.append(Value(x.data if isinstance(x, Value) else x, label=label))
            return values[-1]

        seen = view(plain, name)
        return self._add(name, shape, labels, values, "array" if shape else "number"), seen

    def _model(self, name: str, example: Any) -> tuple[int, Any]:
        named = getattr(example, "named_parameters", None)
        if callable(named):
            found = named()
            labels, values = [path for path, _ in found], [p for _, p in found]
        else:
            values = list(example.parameters())
            labels = [f"{name}[{i}]" for i in range(len(values))]
        if not all(isinstance(p, Value) and p.op is None for p in values):
            raise OperandError(
                f"The parameters of the argument {name} are not all Values that were given. A program is made of "
                "scalars; a model of Tensors computes in arrays already and needs no trace."
            )
        return self._add(name, (len(values),), labels, values, "model"), example

    def _add(self, name: str, shape: tuple[int, ...], labels: list[str], values: list[Value], kind: str) -> int:
        if not values:
            raise _nothing(name)
        self.blocks.append(Block(name, len(self.values), len(values), shape, tuple(labels), kind))
        self.values += values
        return len(self.blocks) - 1


def _nothing(name: str) -> ShapeError:
    return ShapeError(f"The example for the argument {name} is empty. Give as many numbers as calls will have.")


def _regular(x: Any) -> tuple[int, ...] | None:
    """Return the shape of a number or a regular nest of numbers; None for anything else."""
    if isinstance(x, Value) or _is_number(x):
        return ()
    if isinstance(x, np.ndarray):
        return x.shape if x.dtype.kind in "fiub" else None
    if isinstance(x, (list, tuple)) and not hasattr(x, "_fields"):
        shapes = {_regular(child) for child in x}
        if len(shapes) == 1 and (inner := shapes.pop()) is not None:
            return (len(x), *inner)
    return None
