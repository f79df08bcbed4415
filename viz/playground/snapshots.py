"""Serialize the session state for the browser page.

>>> told = snapshot(Session(layers=(2,)))
>>> len(told["shown"]["weight"]), told["epoch"], [badge["name"] for badge in told["badges"]]
(9, 0, [])
"""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

from nn.optim.optimizer import has_gradient

from ..film.data import as_bytes, names_of, of_shown, thinned
from ..network import diagram_svg
from ..network.model_view import read
from ..network.network_drawing import diagram_of
from ..style.theme import LIGHT
from .current_operation import working
from .diagnostics import badges, dead_units
from .optimizer_state import element, shown_numbers
from .output_maps import answers, maps, points
from .session import Session


def snapshot(session: Session, drawn: int = -1) -> dict[str, Any]:
    """Return the state of a session for the page; the picture of the network only if its revision changed."""
    net = read(session.model)
    diagram = diagram_of(session.model, max_units=12)
    units = [unit for unit in diagram.units if unit.kind != "more"]
    made = net.outputs(session.X)
    sample = of_shown([column[session.ringed : session.ringed + 1] for column in made], diagram)[:, 0]
    dead = dead_units(diagram, of_shown(made_nothing(made), diagram)[:, 0])
    field, small = maps(session, net)
    score, amount = session.task.score(answers(net, session.X), session.y)
    told: dict[str, Any] = {
        "revision": session.revision,
        "settings": vars(session.settings) | {"own": session.own_model is not None},
        "options": {"loss": list(session.task.losses)},
        "playing": session.playing,
        "epoch": session.epoch,
        "updates": session.updates,
        "loss": _plain([session.loss()])[0],
        "losses": thinned(session.losses),
        "score": [score, amount],
        "ringed": session.ringed,
        "undo": bool(session.past),
        "shown": _quantities(session, diagram),
        "values": _plain(sample.tolist()),
        "links": [link.id for link in diagram.links],
        "biased": [unit.id for unit in units if unit.bias is not None],
        "units": [unit.id for unit in units],
        "dead": dead,
        "named": names_of(diagram),
        "places": {unit.id: list(diagram.places[unit.id]) for unit in units},
        "thickness": diagram.thickness,
        "maps": _packed(as_bytes(of_shown(small, diagram), axis=1)),
        "badges": badges(session, sum(dead)),
        "notice": session.notice,
        "refused": session.refused,
        "card": session.card,
        "working": working(session, diagram),
        **points(session),
        **{name: _packed(x) if isinstance(x, np.ndarray) else x for name, x in field.items()},
    }
    if drawn != session.revision:
        largest = max(1.0, diagram.largest())
        told["svg"] = diagram_svg.to_svg(diagram, LIGHT, "The network", largest=largest, maps=True)
    return told


def made_nothing(made: list[Any]) -> list[Any]:
    """Return for each column which units are 0 for all samples, as a single row."""
    return [(column == 0.0).all(axis=0, keepdims=True) for column in made]


def _quantities(session: Session, diagram: Any) -> dict[str, list[float | None]]:
    """Return the numbers that colors can show, for links and then biases.

    While one sample is stepped through, gradients are the sums so far. An update is relative to the root mean square of
    the weights in its layer, because a single weight may be about 0.
    """
    sweep = None if session.card is None else session.stepper.gradients()  # type: ignore[union-attr]
    weights: list[float] = []
    gradients: list[float | None] = []
    changes: list[float | None] = []
    layers: list[str] = []
    for id, p, index in shown_numbers(session, diagram):
        weights.append(element(p.data, index))
        known = p.grad if sweep is None and has_gradient(p) else (sweep or {}).get(p)
        gradients.append(None if known is None else element(known, index))
        changes.append(element(session.changes[p], index) if p in session.changes else None)
        layers.append(id[1:].split("_")[2 if id.startswith("l") else 0])
    sizes = {}
    for layer in dict.fromkeys(layers):
        inside = np.array([w for w, of in zip(weights, layers, strict=True) if of == layer])
        with np.errstate(over="ignore", invalid="ignore"):
            sizes[layer] = float(np.sqrt(np.mean(inside * inside)))
    shares = [None if c is None or not sizes[of] else c / sizes[of] for c, of in zip(changes, layers, strict=True)]
    return {"weight": _plain(weights), "gradient": _plain(gradients), "update": _plain(shares)}


def _packed(array: Any) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")


def _plain(numbers: list[Any]) -> list[float | None]:
    """Return numbers for JSON, which has no nan and no infinity."""
    return [x if x is not None and math.isfinite(x) else None for x in numbers]
