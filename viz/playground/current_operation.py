"""Find the parts of a network picture that take part in the current step.

>>> from viz.playground.session import Session
>>> session = Session(layers=(2,))
>>> for _ in range(8):
...     session.do({"do": "step", "size": "operation"})
>>> session.card["lines"][0][1], working(session, diagram_of(session.model))
('v8 = layer0.neuron1.w1 * x2', ['u1_1', 'l0_1_1_1'])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..network.network_drawing import diagram_of
from .optimizer_state import shown_numbers

if TYPE_CHECKING:
    from .session import Session

__all__ = ["diagram_of", "working"]


def working(session: Session, diagram: Any) -> list[str]:
    """Return the ids of the units, links and biases of the step that was taken last.

    A link takes part if its weight is an operand or receives a contribution; a unit, if its part of the model made the
    node. For a layer of Tensors, all units take part.
    """
    stepper = session.stepper
    if stepper is None or stepper.current is None:
        return []
    step = stepper.current
    part = step.scope.partition(".")[2]
    paths = {p: path for path, p in session.model.named_parameters()}
    nodes = stepper.nodes(step)
    units, numbers = [], []
    for id, p, _ in shown_numbers(session, diagram):
        inside = part and paths[p].startswith(f"{part}.")
        if inside:
            units.append(id if id.startswith("u") else "u" + "_".join(id[1:].split("_")[2:]))
        if p in nodes:
            numbers.append(f"bias {id}" if id.startswith("u") else id)
    return [*dict.fromkeys(units), *numbers]
