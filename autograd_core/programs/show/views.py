"""Show a program: its graph, evaluation trace, source and picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ...errors import GraphError, OperandError, ShapeError
from ...graph.display import drawing, mimebundle, renderable
from ...graph.node import is_integer
from ...scalar.value import Value
from ..run.runner import Runner
from ..trace.tracing import Recording
from .replay import replay
from .source import source
from .table import EvaluationTrace, evaluation_trace


class Views:
    """The methods of a program that show it."""

    name: str
    recording: Recording
    arguments: tuple[Any, ...]
    parameters: tuple[Value, ...]
    _runner: Runner

    def _given(self, inputs: Sequence[Any], parameters: Any = None) -> Sequence[Any]:
        raise NotImplementedError

    def _structure(self, argnums: Any) -> Any:
        raise NotImplementedError

    def replay(self, *inputs: Any, sample: int | None = None) -> list[Value]:
        """Return a Value for each input and instruction, in order, computed in double precision at one sample.

        They are new Values, except for the parameters of models. Names, parts of models and source lines are those of
        the trace.

        Parameters
        ----------
        *inputs
            As for a call. Default: the inputs of the trace.
        sample : int, optional
            The number of the sample in a batch.

        Raises
        ------
        GuardError
            If the traced function would take another branch for these inputs.

        Examples
        --------
        >>> from autograd_core import trace
        >>> program = trace(lambda x, y: x * y + x, 3.0, 2.0)
        >>> [node.data for node in program.replay([1.0, 5.0], 4.0, sample=1)]  # x, y, x * y, x * y + x
        [5.0, 4.0, 20.0, 25.0]
        """
        return replay(self.recording, self._one_sample(inputs, sample), dict(self._owners(inputs)))

    def _owners(self, inputs: Sequence[Any]) -> Iterator[tuple[int, Value]]:
        """Yield the places of inputs that are parameters, with the parameters."""
        blocks = self.recording.blocks
        for argument, given in zip(self.arguments, inputs, strict=False):
            for i, part in argument.leaves(given):
                if hasattr(part, "parameters"):
                    yield from enumerate(part.parameters(), blocks[i].start)
        if self.parameters:
            yield from enumerate(self.parameters, blocks[-1].start)

    def graph(self, *inputs: Any, sample: int | None = None) -> Value:
        """Return the one output as a Value with its history, computed eagerly, to be drawn or stepped through.

        It has the name of the function, unless it had one in the trace.

        Parameters are those of ``replay``.
        """
        output = self.recording.outputs[0]
        if len(self.recording.outputs) != 1:
            raise GraphError(
                f"{self.name} has {len(self.recording.outputs)} outputs; a graph hangs on one. Trace a function that "
                "returns one of them, or a number computed from all."
            )
        nodes = self.replay(*inputs, sample=sample)
        root = nodes[output] if isinstance(output, int) else Value(output)
        if not root.label and self.name.isidentifier():
            root.label = self.name
        return root

    def table(self, *inputs: Any, sample: int | None = None) -> EvaluationTrace:
        """Return the evaluation trace at one sample. Default: the sample of the trace.

        Parameters are those of ``replay``.

        Forward primal trace and reverse adjoint trace, as in the literature. It shows itself in a notebook; ``str()``,
        ``.markdown()``, ``.html()`` and ``.latex()`` return its text.

        Examples
        --------
        >>> from autograd_core import trace
        >>> print(trace(lambda x: x * x + x, 3.0).table())
        <lambda>
        <BLANKLINE>
        Forward primal trace
          v₀                    = 3   x
          v₁  = v₀ * v₀  = 3 * 3  = 9   mul
          v₂  = v₁ + v₀  = 9 + 3  = 12  add
        <BLANKLINE>
        Reverse adjoint trace
          v̄₂  = 1                          = 1  seed
          v̄₁  = v̄₂            = 1          = 1
          v̄₀  = v̄₂            = 1          = 1  x
          v̄₀  = v̄₀ + v̄₁ * v₀  = 1 + 1 * 3  = 4  x
          v̄₀  = v̄₀ + v̄₁ * v₀  = 4 + 1 * 3  = 7  x
        """
        return evaluation_trace(self.recording, self._one_sample(inputs, sample))

    def _one_sample(self, inputs: Sequence[Any], sample: int | None = None) -> list[float]:
        """Return the numbers of the inputs, at one sample of a batch."""
        if not inputs and self.arguments:
            if sample is not None:
                raise OperandError(f"sample={sample!r} is a place in a batch: give the inputs of {self.name} as well.")
            now = [p.data for p in self.parameters]
            return self.recording.examples[: len(self.recording.examples) - len(now)] + now
        arrays, batched, samples = self._runner.read(self._given(inputs))
        if not batched and sample is not None:
            raise ShapeError(f"sample={sample!r} is a place in a batch, but the inputs of {self.name} are one sample.")
        if batched and not (is_integer(sample) and 0 <= sample < samples):  # type: ignore[operator]
            raise ShapeError(
                f"One sample of {self.name} is shown, but a batch of {samples} was given, and sample={sample!r} is "
                f"none of them. Give one by itself, or its place in the batch: sample=0 to sample={samples - 1}."
            )
        chosen = [array[sample] if batched >> i & 1 else array for i, array in enumerate(arrays)]
        return [float(x) for array in chosen for x in np.ravel(array)]

    def source(self, argnums: Any = 0) -> str:
        """Return readable Python for the value and the gradient, which needs only ``math``.

        It gives the same bits as eager computation.

        Parameters
        ----------
        argnums : int, "parameters", tuple of these, or None
            The arguments to differentiate by; None for the value alone.

        Examples
        --------
        >>> from autograd_core import trace
        >>> print(trace(lambda x, y: x * y + x, 3.0, 2.0).source())
        \"\"\"<lambda>, as it was traced: 2 operations.\"\"\"
        <BLANKLINE>
        from __future__ import annotations
        <BLANKLINE>
        import math
        <BLANKLINE>
        <BLANKLINE>
        def value(x, y):
            v1 = x * y
            v2 = v1 + x
            return v2
        <BLANKLINE>
        <BLANKLINE>
        def value_and_grad(x, y):
            v1 = x * y
            v2 = v1 + x
            # and back, from the output to the inputs
            d_x = 1.0 + y
            return (v2, d_x)
        <BLANKLINE>
        """
        return source(self.recording, None if argnums is None else self._structure(argnums))

    def draw(self, *inputs: Any, sample: int | None = None, **options: Any) -> Any:
        """Return a picture of the graph at one sample. Default: the sample of the trace. Requires ``import viz``.

        The first parameters are those of ``replay``; options are those of ``viz.draw``.
        """
        return drawing(self.graph(*inputs, sample=sample), **options)

    _repr_mimebundle_ = mimebundle
    __rich__ = renderable
