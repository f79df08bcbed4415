"""Record a function of Values as a tape: run it once and write down its operations.

Everything the output depends on is stored, in the order of computation; the rest is dropped. Leaves that existed before
are parameters, leaves made inside are constants.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...errors import OperandError, TraceError
from ...graph.history import history
from ...graph.modes import describe
from ...graph.node import Node, number, tick
from ...graph.scope import calls_of
from ...records.primitive import Pointwise
from ...scalar.value import Value
from ...transforms.trees import flatten
from .arguments import Argument, Block, Inputs
from .garbage_collection import uncollected
from .guards import Guard, observing
from .notes import Marks
from .tape import Ref, Tape


@dataclass(slots=True)
class Recording:
    """The result of tracing a function.

    Attributes
    ----------
    name : str
        The name of the function.
    tape : Tape
    blocks : list of Block
        The inputs of the tape in order: those of the arguments, then the parameters that the function used.
    arguments : list of Argument
    outputs : list of Ref
        The places of the outputs.
    output_structure : Structure
        Their structure.
    guards : list of Guard
    parameters : list of Value
        Leaves that the function uses and that are not among its arguments.
    examples : list of float
        The numbers of all inputs while tracing.
    marks : Marks
        Notes about the operations; empty if equal operations are shared, or if the tape was read from a file.
    """

    name: str
    tape: Tape
    blocks: list[Block]
    arguments: list[Argument]
    outputs: list[Ref]
    output_structure: Any
    guards: list[Guard]
    parameters: list[Value]
    examples: list[float]
    marks: Marks = field(default_factory=Marks)

    @property
    def labels(self) -> list[str]:
        """The names of all inputs."""
        return [label for block in self.blocks for label in block.labels]


def record(f: Callable[..., Any], examples: Sequence[Any], share: bool) -> Recording:
    """Run ``f`` on Values that stand for the examples, and record what it computed."""
    if not callable(f):
        raise TraceError(f"trace() takes a function and examples of its arguments, but {f!r} cannot be called.")
    inputs = Inputs()
    names = argument_names(f, len(examples))
    entered = [inputs.argument(name, example) for name, example in zip(names, examples, strict=True)]
    arguments, views = [a for a, _ in entered], [view for _, view in entered]
    before = [(tuple(flatten(view)[0]), view) for view in views]
    given = [x.data for x in inputs.values]
    if len(set(inputs.values)) < len(inputs.values):
        raise TraceError("The same Value is an input twice, among the arguments' parameters. Pass a model only once.")
    start = tick()
    with observing() as asked:
        result = f(*views)
    fresh = [x for b in inputs.blocks if b.kind != "model" for x in inputs.values[b.start : b.start + b.size]]
    _check_untouched(f, before, inputs.values, given, fresh)
    roots, structure = _outputs(f, result)
    compared = [x for _, a, b, *_ in asked for x in (a, b) if isinstance(x, Node)]
    order = history(*[x for x in roots if isinstance(x, Node)], *compared)[::-1]
    parameters = _parameters(order, inputs, start)
    tape = Tape(len(inputs.values), share=share)
    places: dict[Any, Ref] = {x: place for place, x in enumerate(inputs.values)}
    _write_down(order, tape, places)

    def place(x: Any) -> Ref:
        return places[x] if isinstance(x, Node) else number(x)

    guards = [Guard(relation, place(a), place(b), *rest) for relation, a, b, *rest in asked]
    return Recording(
        name=getattr(f, "__name__", type(f).__name__),
        tape=tape,
        blocks=inputs.blocks,
        arguments=arguments,
        outputs=[place(x) for x in roots],
        output_structure=structure,
        guards=[g for g in guards if isinstance(g.a, int) or isinstance(g.b, int)],
        parameters=parameters,
        examples=[x.data for x in inputs.values],
        marks=Marks() if share else Marks.of(places, tape.inputs),
    )


@uncollected()
def _write_down(order: list[Any], tape: Tape, places: dict[Any, Ref]) -> None:
    """Append recorded operations to the tape, oldest first, and store the place of each node."""
    checked: set[Any] = set()
    for node in order:
        op = node.op
        if op is not None:
            if op not in checked or type(node) is not Value:
                _check_scalar(node)
                checked.add(op)
            operands = node.operands
            if len(operands) == 2:
                a, b = operands
                places[node] = tape.pair(op, a if type(a) is float else places[a], b if type(b) is float else places[b])
            else:
                places[node] = tape.emit(op, *[x if type(x) is float else places[x] for x in operands])
        elif node not in places:
            places[node] = node.data  # made inside the function: a constant


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """Return the names of the positional parameters of a function or model; x0, x1, ... if unknown."""
    try:
        signature = inspect.signature(getattr(f, "forward", f))
        bound = [
            p.name
            for p in signature.parameters.values()
            if p.kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        ]
    except (TypeError, ValueError):
        bound = []
    return [bound[i] if i < len(bound) else f"x{i}" for i in range(count)]


def _check_untouched(f: Any, before: list[Any], values: list[Value], given: list[float], fresh: list[Value]) -> None:
    """Raise an error if the function changed its arguments, because a call of the program would not."""
    name = getattr(f, "__name__", "the function")
    for leaves, view in before:
        now = flatten(view)[0]
        if len(now) != len(leaves) or any(x is not y for x, y in zip(now, leaves, strict=True)):
            raise TraceError(
                f"{name} changed a list or dict that it was given. A program records what is computed, not what is "
                "done to the arguments: build a new list instead of assigning into this one."
            )
    for x, data in zip(values, given, strict=True):
        if x.data != data and (x.data == x.data or data == data):
            raise TraceError(
                f"{name} set the data of {x.label or 'an input'}, from {data!r} to {x.data!r}. A program records what "
                "is computed, not what is stored: return the new number, and update outside."
            )
    if any(x.swept for x in fresh):
        raise TraceError(
            f"{name} called backward() on the way. A program records what is computed, not what is stored in grad: "
            "return the output, and ask the program for value_and_grad()."
        )


def _outputs(f: Any, result: Any) -> tuple[list[Any], Any]:
    """Return the leaves of the function's result, and their structure."""
    name = getattr(f, "__name__", "the function")
    leaves: list[Any] = []
    structure = _structure(result, leaves)
    if not any(isinstance(x, Node) for x in leaves):
        shown = f"the {type(result).__name__} {result!r}" if result is not None else "None"
        raise TraceError(
            f"{name} returned {shown[:80]}, which does not say how it was computed. Return a Value that was computed "
            "from the arguments by operators and by autograd_core.functions; math.exp(x.data) or float(x) leave the "
            "record, and so does no_grad()."
        )
    return leaves, structure


def _structure(x: Any, leaves: list[Any]) -> Any:
    if isinstance(x, dict):
        return ("dict", tuple(x), tuple(_structure(child, leaves) for child in x.values()))
    if isinstance(x, (list, tuple)):
        kind = "list" if isinstance(x, list) else "tuple"
        return (kind, tuple(range(len(x))), tuple(_structure(child, leaves) for child in x))
    if isinstance(x, Node):
        _check_value(x)
    elif isinstance(x, str) or x is None:
        raise TraceError(f"The traced function returned {x!r} among its outputs. Return Values, or lists of them.")
    leaves.append(x if isinstance(x, Node) else number(x, "output"))
    return len(leaves) - 1


def _check_value(x: Any) -> None:
    if not isinstance(x, Value):
        raise TraceError(
            f"The traced function returned a {type(x).__name__}. A program is a list of operations on scalars: "
            "return Values, unstack(tensor) if need be. Tensors compute in arrays already."
        )


def _check_scalar(node: Any) -> None:
    if not isinstance(node.op, Pointwise) or not isinstance(node, Value):
        raise TraceError(
            f"{describe(node)} computes with arrays, and a program is a list of operations on scalars. Write the "
            "function in Values; Tensors compute in arrays already and gain nothing from a trace."
        )
    if node.op.name == "given":
        raise TraceError(
            "The function uses a Value that was made by hand, Value(data, parents, ...): its number is known, but not "
            "how to compute it for another input. Register the operation: register(Pointwise(...))."
        )


def _parameters(order: list[Any], inputs: Inputs, start: int) -> list[Value]:
    """Add the leaves that existed before as one more block of inputs, and return them."""
    known = set(inputs.values)
    met = [node for node in order if node.op is None and node not in known and node.index < start]
    for node in met:
        if not isinstance(node, Value):
            raise OperandError(f"The traced function uses {node!r}, but a program is made of scalars: use Values.")
    if met:
        paths = _paths(order)
        labels = tuple(paths.get(node) or node.label or f"p{i}" for i, node in enumerate(met))
        inputs.blocks.append(Block("parameters", len(inputs.values), len(met), (len(met),), labels, "model"))
        inputs.values += met
    return met


def _paths(order: list[Any]) -> dict[Any, str]:
    """Return the names of the parameters in the called models: ``layer0.neuron2.w1``.

    With the model's own name in front, ``mlp.`` or ``mlp2.``, if there is more than one.
    """
    calls = {id(part.owner): part for node in order for part in calls_of(node)}
    found: dict[Any, tuple[str, str]] = {}
    models: dict[str, int] = {}
    for part in sorted(calls.values(), key=lambda part: part.path.count(".")):
        named = getattr(part.owner, "named_parameters", None)
        fresh = [(path, p) for path, p in (named() if callable(named) else ()) if p not in found]
        if fresh:
            count = models[part.path] = models.get(part.path, 0) + 1
            found |= {p: (f"{part.path}{count if count > 1 else ''}", path) for path, p in fresh}
    several = len({model for model, _ in found.values()}) > 1
    return {p: f"{model}.{path}" if several else path for p, (model, path) in found.items()}
