"""Guard a program with the comparisons that decided branches while it was traced.

A tape is one path through a function. If a comparison of Values decided the path, its outcome and source line are
stored. A program checks them for every new input, and raises an error instead of computing the wrong branch.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ...errors import GuardError
from ...graph.node import OBSERVERS, number
from ...graph.source_lines import caller
from ...records.primitive import lookup
from .tape import Ref

SIGNS = {"less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=", "not_equal": "!="}


@dataclass(frozen=True, slots=True)
class Guard:
    """A comparison and its outcome.

    Attributes
    ----------
    relation : str
        The name of the comparison in the TABLE.
    a, b : Ref
        Its operands.
    outcome : bool
    file, line : str, int
        Its source line.
    """

    relation: str
    a: Ref
    b: Ref
    outcome: bool
    file: str
    line: int

    @property
    def op(self) -> Any:
        """Return the record of the comparison, which returns 1 or 0."""
        return lookup(self.relation)

    def fail(self, a: float, b: float, labels: Sequence[str], sample: int | None) -> GuardError:
        """Return the error for an input that would take the other branch; ``labels`` are those of the inputs."""
        sign = SIGNS[self.relation]
        names = [_name(x, labels) for x in (self.a, self.b)]
        where = f"{self.file}, line {self.line}" if self.file else "a line that is not known"
        whose = "this input" if sample is None else f"sample {sample}"
        return GuardError(
            f"The function that was traced asked {names[0]} {sign} {names[1]} at {where}. The answer was "
            f"{self.outcome}, and the program is the branch that followed. For {whose} it is {a!r} {sign} {b!r}, which "
            f"is {not self.outcome}: another branch, that was not recorded. Trace the function again with such an "
            "input, or write the choice without a branch: where(condition, a, b), maximum(a, b), relu(x)."
        )


def _name(x: Ref, labels: Sequence[str]) -> str:
    """Return the name of an operand: the label of an input, the number of a result, or a constant itself."""
    if not isinstance(x, int):
        return repr(x)
    return labels[x] if x < len(labels) else f"v{x - len(labels) + 1}"


@contextmanager
def observing() -> Iterator[list[Any]]:
    """Collect the comparisons of Values in this thread: (relation, a, b, outcome, file, line)."""
    asked: list[Any] = []
    seen: set[Any] = set()

    def observer(relation: str, a: Any, b: Any, outcome: bool) -> None:
        b = b if hasattr(b, "parents") else number(b)
        key = (relation, a, b)
        if key not in seen:  # a repeated comparison adds no information
            seen.add(key)
            asked.append((relation, a, b, outcome, *caller()))

    thread = threading.get_ident()
    before = OBSERVERS.get(thread)
    OBSERVERS[thread] = observer
    try:
        yield asked
    finally:
        if before is None:
            del OBSERVERS[thread]
        else:
            OBSERVERS[thread] = before
