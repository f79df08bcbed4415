"""Show the optimizer state: for each weight its gradient, its stored state, and its last update.

>>> from viz.playground.session import Session
>>> session = Session(layers=(2,), optimizer="Adam")
>>> session.do({"do": "step", "size": "batch"})
>>> found = state_table(session)
>>> found["columns"], len(found["rows"])
(['weight', 'gradient', 'mean', 'squares', 'update'], 9)
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.optim.optimizer import has_gradient

from ..film.data import names_of
from ..network.model_view import read
from ..network.network_drawing import diagram_of
from ..style.errors import OptionError

if TYPE_CHECKING:
    from .session import Session


def element(array: Any, index: tuple[int, ...] | None) -> float:
    """Return one number of a parameter, of its gradient, or of its state."""
    return float(array if index is None or not np.ndim(array) else np.asarray(array)[index])


def state_table(session: Session) -> dict[str, Any]:
    """Return the numbers of every drawn weight and bias, one row each, and the update rule."""
    diagram = diagram_of(session.model, max_units=12)
    names = names_of(diagram)
    place = {p: i for i, p in enumerate(session.optimizer.params)}
    remembered = list(dict.fromkeys(name for memory in session.optimizer.memory for name in memory if name != "t"))
    rows = []
    for id, p, index in shown_numbers(session, diagram):
        memory = session.optimizer.memory[place[p]]
        change = session.changes.get(p)
        numbers = [
            element(p.data, index),
            element(p.grad, index) if has_gradient(p) else None,
            *(element(memory[name], index) if name in memory else None for name in remembered),
            None if change is None else element(change, index),
        ]
        name = names[id] if id.startswith("l") else f"bias {names[id]}"
        rows.append([id, name, *(x if x is not None and math.isfinite(x) else None for x in numbers)])
    return {"columns": ["weight", "gradient", *remembered, "update"], "rows": rows, "rule": _rule(session)}


def shown_numbers(session: Session, diagram: Any) -> list[tuple[str, Any, tuple[int, ...] | None]]:
    """Return (id, parameter, index) of the links and biases of a picture, in order."""
    biased = [unit.id for unit in diagram.units if unit.kind != "more" and unit.bias is not None]
    ids = [*(link.id for link in diagram.links), *biased]
    return [(id, *found) for id, found in zip(ids, holders(session.model, ids), strict=True)]


def holders(model: Any, ids: Iterable[str]) -> list[tuple[Any, tuple[int, ...] | None]]:
    """Return the holder of the weight of each link, or of the bias of each unit, and the index in it.

    Raises
    ------
    OptionError
        For an id that is neither.
    """
    net, found = read(model), []
    for id in ids:
        place = tuple(int(part) if part.isdecimal() else -1 for part in id[1:].split("_"))
        p, index = None, None
        if min(place) < 0:
            pass
        elif id[0] == "u" and len(place) == 2 and place[0] > 0:
            p, index = net.bias(*place)
        elif id[0] == "l" and len(place) == 4 and net.links(place[0], place[2], place[1:2], place[3:]):
            p, index = net.parameter(*place)
        if p is None:
            raise OptionError(f"{id!r} has no number that can be set.")
        found.append((p, index))
    return found


def _rule(session: Session) -> list[str]:
    """Return the next update as formulas in x, its gradient g, and the stored state."""
    planned = session.optimizer.planned({session.optimizer.params[0]: _like(session.optimizer.params[0].data)})
    return [f"{term.name} ← {term.formula}" for term in planned[0].terms]


def _like(data: Any) -> Any:
    return 1.0 if isinstance(data, float) else np.ones_like(data)
