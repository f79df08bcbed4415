"""What a program shows of itself: its graph, its evaluation trace, its source, its picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..display import drawing, mimebundle
from ..errors import GraphError, ShapeError
from ..value import Value
from .replay import replay
from .running import Runner
from .source import source
from .table import EvaluationTrace, evaluation_trace
from .tracing import Recording

__all__ = ["Views"]


class Views:
    """The part of a program that people look at."""

    name: str
    recording: Recording
    arguments: tuple[Any, ...]
    _runner: Runner

    def _given(self, inputs: Sequence[Any], parameters: Any = None) -> Sequence[Any]:
        raise NotImplementedError

    def _structure(self, argnums: Any) -> Any:
        raise NotImplementedError

    def graph(self, *inputs: Any) -> Value:
        """Return the one output as a Value with its history, computed eagerly: to be drawn or stepped through.

        The inputs are those of the trace if they are left out.
        """
        numbers = self._one_sample(inputs)
        output = self.recording.outputs[0]
        if len(self.recording.outputs) != 1:
            raise GraphError(f"{self.name} has {len(self.recording.outputs)} outputs; a graph hangs on one.")
        return replay(self.recording, numbers)[output] if isinstance(output, int) else Value(output)

    def table(self, *inputs: Any) -> EvaluationTrace:
        """Return the evaluation trace at one sample, that of the trace if none is given.

        Forward primal trace and reverse adjoint trace, as in the literature. It shows itself in a notebook;
        ``str()``, ``.markdown()``, ``.html()`` and ``.latex()`` give its text.

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
        return evaluation_trace(self.recording, self._one_sample(inputs))

    def _one_sample(self, inputs: Sequence[Any]) -> list[float]:
        """Return the numbers of the inputs, of which none may be batched."""
        if not inputs and self.arguments:
            return list(self.recording.examples)
        arrays, batched, _ = self._runner.read(self._given(inputs))
        if batched:
            raise ShapeError(f"This shows one sample of {self.name}, but a batch was given. Choose one of its samples.")
        return [float(x) for array in arrays for x in np.ravel(array)]

    def source(self, argnums: Any = 0) -> str:
        """Return readable Python for the value and the gradient, which needs nothing but ``math``.

        Run by itself, it gives the same bits as eager computing.

        Parameters
        ----------
        argnums : int, "parameters", tuple of these, or None
            What to differentiate by; None for the value alone.

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

    def draw(self, *inputs: Any, **options: Any) -> Any:
        """Return a picture of the graph at one sample, that of the trace if none is given; ``import viz`` before.

        Options are those of ``viz.draw``.
        """
        return drawing(self.graph(*inputs), **options)

    _repr_mimebundle_ = mimebundle
