"""Compute the network output over the plane of a playground, and the positions of the samples.

With two features, the plane shows both. With more, it is a section: two features vary, the others are those of the
selected sample. A single feature goes to the right, and the output goes up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..film.data import SIDE, SMALL, as_bytes, plane_of

if TYPE_CHECKING:
    from ..network.model_view import Net
    from .session import Session

Floats = NDArray[np.float64]


def shown(session: Session) -> list[int]:
    """Return the features on the axes."""
    return [0] if session.X.shape[1] == 1 else list(session.settings.axes)


def maps(session: Session, net: Net) -> tuple[dict[str, Any], list[Floats]]:
    """Return the map of the network output as plain data and bytes, and the outputs of every unit for small maps."""
    axes = shown(session)
    plane = plane_of(session.X[:, axes])
    assert plane is not None  # there are one or two axes
    small = net.outputs(_cut(session, axes, plane["small"]))
    outputs = answers(net, _cut(session, axes, plane["large"]))
    told: dict[str, Any] = {"bounds": plane["bounds"], "axes": [f"x{i + 1}" for i in axes]}
    if len(axes) == 1:
        return told | {"sides": [1, 2 * SMALL]} | _curves(session, outputs), small
    told |= {"side": SIDE, "sides": [SMALL, SMALL]}
    if session.task.kind == "classes":
        ordered = np.sort(np.nan_to_num(outputs), axis=1)
        lead = np.rint(255 * np.tanh(ordered[:, -1] - ordered[:, -2])).astype(np.uint8)
        return told | {"map": "winner", "field": lead, "winner": outputs.argmax(axis=1).astype(np.uint8)}, small
    if session.task.kind == "numbers":  # the map and the samples share one scale
        scale = max(float(np.abs(session.y).max()), 1e-9)
        scaled = np.clip(np.nan_to_num(outputs[:, 0]) / scale, -1.0, 1.0)
        return told | {
            "map": "signed",
            "scale": scale,
            "field": np.rint(128.0 + 127.0 * scaled).astype(np.uint8),
        }, small
    return told | {"map": "signed", "field": as_bytes(outputs[:, 0], axis=None)}, small


def _cut(session: Session, axes: list[int], places: Floats) -> Floats:
    """Return samples at points of the plane; the other features are those of the selected sample."""
    rows = np.repeat(session.X[session.ringed : session.ringed + 1], len(places), axis=0)
    rows[:, axes] = places
    return rows


def answers(net: Net, X: Floats) -> Floats:
    """Return the outputs of a network for rows of samples, (samples, outputs)."""
    made = net.outputs(X)
    return np.column_stack([made[c][:, u] for c, u in sorted(net.final)])


def _curves(session: Session, outputs: Floats) -> dict[str, Any]:
    targets = np.asarray(session.y, dtype=np.float64)
    low, high = float(targets.min()), float(targets.max())
    reach = 0.25 * max(high - low, 1.0)  # from the samples only, so that the axis does not move with the curve
    curves = np.nan_to_num(outputs, nan=0.0, posinf=1e9, neginf=-1e9).clip(-1e9, 1e9).T.round(6).tolist()
    return {"map": "curve", "curves": curves, "across": [low - reach, high + reach]}


def points(session: Session) -> dict[str, Any]:
    """Return the positions of the samples in the plane, their classes, and their targets."""
    return {
        "x": session.X[:, shown(session)].tolist(),
        "class": [session.task.class_of(t) for t in session.y.tolist()],
        "target": session.y.tolist(),
        "classes": ["−1", "+1"] if session.task.kind == "signs" else [str(k) for k in range(session.task.classes)],
        "task": session.task.kind,
        "features": session.X.shape[1],
    }
