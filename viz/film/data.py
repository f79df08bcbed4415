"""Compute the data of a film: a header as plain data, followed by packed numbers.

The page computes nothing about networks. For every frame it reads the weights, the unit outputs for a few samples, and
the output of each unit over the plane, as one byte for each point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..network.diagram import Diagram
from ..network.model_view import Net, read
from ..network.network_drawing import diagram_of
from ..style import labels
from ..style.errors import OptionError
from .recording import Frame, Recording

#: points along each side of the large map, and of the small maps in the circles
SIDE, SMALL = 56, 20
CURVE = 120
MARKED = 6
MOST_POINTS, MOST_LOSSES = 500, 1500


class Packed:
    """Arrays joined into one byte string, with the offset of each."""

    def __init__(self) -> None:
        self.bytes = bytearray()
        self.index: dict[str, dict[str, Any]] = {}

    def add(self, name: str, array: NDArray[Any], delta: bool = False) -> None:
        """Append an array; bytes that change little between frames are stored as differences."""
        shape = list(array.shape)
        if delta:
            array = np.diff(array, axis=0, prepend=np.zeros((1, *shape[1:]), np.uint8))  # bytes wrap around
        self.bytes += b"\0" * (-len(self.bytes) % 8)
        kind = {"f8": "f8", "f4": "f4", "u1": "u1"}[array.dtype.str[1:]]
        self.index[name] = {"at": len(self.bytes), "shape": shape, "type": kind, "delta": delta}
        self.bytes += np.ascontiguousarray(array.astype(f"<{kind}")).tobytes()


def pack(
    recording: Recording, frames: list[Frame], max_units: int, maps: bool, samples: Sequence[int] | None = None
) -> tuple[dict[str, Any], Packed, Diagram]:
    """Return the header of a film, its packed numbers, and the diagram of the network at the last frame."""
    model, (X, y) = recording.model, recording.data
    packed = Packed()
    X2 = np.asarray(X, dtype=float).reshape(len(X), -1)
    goal = _goal(np.asarray(y))
    plane = plane_of(X2)
    chosen = _chosen(recording, frames[-1], X2) if samples is None else _asked(samples, len(X2))
    weights, biases, values, dead, small = [], [], [], [], []
    large: list[NDArray[np.float64]] = []
    curve: list[NDArray[np.float64]] = []
    diagram = None
    for frame in frames:
        model.load_state_dict(frame.state)
        net = read(model)
        diagram = diagram_of(model, max_units=max_units)
        weights.append([link.weight for link in diagram.links])
        biases.append([unit.bias for unit in diagram.units if unit.bias is not None])
        values.append(of_shown(net.outputs(X2[chosen]), diagram))
        dead.append(of_shown([(made == 0.0).all(axis=0, keepdims=True) for made in net.outputs(X2)], diagram)[:, 0])
        if plane is not None and maps:
            small.append(of_shown(net.outputs(plane["small"]), diagram))
        if plane is not None:
            final = _outputs(net, plane["large"])
            (curve if X2.shape[1] == 1 else large).append(final)
    assert diagram is not None
    packed.add("weights", np.array(weights))
    packed.add("biases", np.array(biases).reshape(len(frames), -1))
    packed.add("values", np.array(values).transpose(0, 2, 1))  # frame, unit, sample -> frame, sample, unit
    hidden = np.array([unit.kind == "hidden" for unit in diagram.units if unit.kind != "more"])
    packed.add("dead", (np.array(dead, dtype=bool) & hidden).astype(np.uint8))
    if small:
        packed.add("maps", as_bytes(np.array(small), axis=(0, 2)), delta=True)
    header: dict[str, Any] = {"kind": "none", "points": _points(X2, np.asarray(y), goal, chosen)}
    if large:
        header |= _field(packed, np.array(large), goal, model) | {"bounds": plane["bounds"] if plane else []}
    if curve:
        header |= _curve(packed, np.array(curve), X2, np.asarray(y, dtype=float), plane)
    largest = float(np.abs(np.array(weights)).max(initial=0.0))
    header |= {
        "frames": [_frame(frame) for frame in frames],
        "losses": thinned(recording.history.losses),
        "norms": {name: thinned(norms) for name, norms in recording.history.norms.items()},
        "epochs": [{k: x if math.isfinite(x) else None for k, x in e.items()} for e in recording.history.epochs],
        "links": [link.id for link in diagram.links],
        "named": names_of(diagram),
        "biased": [unit.id for unit in diagram.units if unit.bias is not None],
        "units": [unit.id for unit in diagram.units if unit.kind != "more"],
        "places": {unit.id: list(diagram.places[unit.id]) for unit in diagram.units},
        "largest": largest,
        "thickness": diagram.thickness,
        "sides": [SMALL, SMALL] if X2.shape[1] == 2 else [1, 2 * SMALL],
        "arrays": packed.index,
    }
    return header, packed, diagram


def _frame(frame: Frame) -> dict[str, Any]:
    return {"step": frame.step, "epoch": frame.epoch, "loss": frame.loss, "lr": frame.lr}


def _goal(y: NDArray[Any]) -> list[float] | None:
    """Return the classes in ascending order, or None if the targets are not classes."""
    if y.ndim > 1 and y.shape[1] > 1:
        whole = bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())
        return list(range(y.shape[1])) if whole else None
    kinds = np.unique(y)
    return kinds.astype(float).tolist() if len(kinds) <= 6 and bool((kinds == np.floor(kinds)).all()) else None


def _classes(y: NDArray[Any], goal: list[float] | None) -> list[int]:
    if goal is None:
        return [0] * len(y)
    if y.ndim > 1 and y.shape[1] > 1:
        return [int(i) for i in y.argmax(axis=1)]
    return [goal.index(float(t)) for t in y.ravel()]


def plane_of(X: NDArray[np.float64]) -> dict[str, Any] | None:
    """Return the points of the maps: over the plane, or along the line of a single feature."""
    if X.shape[1] not in (1, 2):
        return None
    low, high = X.min(axis=0), X.max(axis=0)
    reach = 0.15 * np.maximum(high - low, 1e-9)
    low, high = low - reach, high + reach
    if X.shape[1] == 1:
        small, large = (np.linspace(low[0], high[0], n).reshape(-1, 1) for n in (2 * SMALL, CURVE))
        return {"small": small, "large": large, "bounds": [float(low[0]), float(high[0])]}

    def grid(side: int) -> NDArray[np.float64]:
        x1 = low[0] + (np.arange(side) + 0.5) / side * (high[0] - low[0])
        x2 = high[1] - (np.arange(side) + 0.5) / side * (high[1] - low[1])  # the first row is at the top
        return np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)

    bounds = [float(low[0]), float(high[0]), float(low[1]), float(high[1])]
    return {"small": grid(SMALL), "large": grid(SIDE), "bounds": bounds}


def _outputs(net: Net, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    made = net.outputs(rows)
    return np.column_stack([made[c][:, u] for c, u in sorted(net.final)])


def of_shown(made: list[NDArray[np.float64]], diagram: Diagram) -> NDArray[np.float64]:
    """Return the outputs of the drawn units for some rows, one row for each unit."""
    places = [map(int, unit.id[1:].split("_")) for unit in diagram.units if unit.kind != "more"]
    return np.array([made[c][:, u] for c, u in places])


def as_bytes(numbers: NDArray[np.float64], axis: Any) -> NDArray[np.uint8]:
    """Return numbers as bytes, with 0 as 128, scaled by the largest magnitude along some axes."""
    finite = np.nan_to_num(numbers, nan=0.0, posinf=0.0, neginf=0.0)
    scale = np.maximum(np.quantile(np.abs(finite), 0.99, axis=axis, keepdims=True), 1e-9)
    found: NDArray[np.uint8] = np.rint(128.0 + 127.0 * np.clip(finite / scale, -1.0, 1.0)).astype(np.uint8)
    return found


def _field(packed: Packed, made: NDArray[np.float64], goal: list[float] | None, model: Any) -> dict[str, Any]:
    """Pack the network output over the plane: a signed score for two classes, else the winning class and its lead."""
    outputs = made.shape[2]
    if goal is None or outputs <= 2:
        score = made[..., 0] if outputs == 1 else made[..., 1] - made[..., 0]
        if outputs == 1 and goal == [0.0, 1.0] and _ends_in_sigmoid(model):
            score = score - 0.5
        packed.add("field", as_bytes(score, axis=None), delta=True)
        return {"kind": "classes" if goal is not None else "plane", "side": SIDE}
    ordered = np.sort(made, axis=2)
    lead = np.tanh(ordered[..., -1] - ordered[..., -2])
    packed.add("field", np.rint(255 * np.nan_to_num(lead)).astype(np.uint8), delta=True)
    packed.add("winner", made.argmax(axis=2).astype(np.uint8), delta=True)
    return {"kind": "classes", "side": SIDE}


def _ends_in_sigmoid(model: Any) -> bool:
    last = read(model).columns[-1].activations
    return bool(last and last[0] is not None and last[0].name == "sigmoid")


def _curve(
    packed: Packed, made: NDArray[np.float64], X: NDArray[np.float64], y: NDArray[np.float64], plane: Any
) -> dict[str, Any]:
    packed.add("curve", made[..., 0].astype(np.float32))
    targets = y.ravel() if y.size == len(X) else y[:, 0]
    low, high = float(min(targets.min(), made[-1].min())), float(max(targets.max(), made[-1].max()))
    reach = 0.12 * max(high - low, 1e-9)
    return {"kind": "curve", "bounds": [*plane["bounds"], low - reach, high + reach]}


def _points(X: NDArray[np.float64], y: NDArray[Any], goal: list[float] | None, chosen: list[int]) -> dict[str, Any]:
    """Return the samples to show: the selected ones first, then others, evenly spaced if there are many."""
    others = [i for i in range(len(X)) if i not in set(chosen)]
    step = max(1, math.ceil(len(others) / MOST_POINTS))
    shown = [*chosen, *others[::step]]
    two = X[:, :2].tolist()
    classes = _classes(y, goal)
    return {
        "x": [two[i] for i in shown],
        "y": [float(np.ravel(y[i])[0]) for i in shown],
        "class": [classes[i] for i in shown],
        "names": [labels.constant(g) for g in goal or []],
        "sample": shown,
        "marked": len(chosen),
        "text": [_text(X[i], y[i]) for i in chosen],
    }


def _text(x: NDArray[np.float64], y: Any) -> str:
    few = ", ".join(labels.number(e, 2) for e in x[:4]) + (", …" if len(x) > 4 else "")
    target = labels.constant(y) if np.ndim(y) == 0 else ", ".join(map(labels.constant, np.ravel(y)))
    return f"x = ({few}), target {target}"


def _asked(samples: Sequence[int], count: int) -> list[int]:
    """Return the requested rows without repeats."""
    if isinstance(samples, int):
        raise OptionError(
            f"samples={samples!r} names no rows: write samples=[{samples}] for that one, or range({samples})."
        )
    for row in samples:
        if row not in range(count):
            raise OptionError(f"There is no sample {row!r}: it is given by its row in the data, 0 to {count - 1}.")
    if not len(samples):
        raise OptionError("samples=[] rings none. Give the rows of some samples, or leave it out.")
    return list(dict.fromkeys(int(row) for row in samples))


def _chosen(recording: Recording, last: Frame, X: NDArray[np.float64]) -> list[int]:
    """Return interesting samples: those with the largest final loss, then some spread over the data."""
    recording.model.load_state_dict(last.state)
    made = _outputs(read(recording.model), X)
    y = np.asarray(recording.data[1])
    sample_losses = []
    for i in range(min(len(X), 2000)):
        row = made[i : i + 1].tolist() if made.shape[1] > 1 else made[i].tolist()
        try:
            value = recording.loss(row, y[i : i + 1].tolist())
            sample_losses.append(float(getattr(value, "data", value)))
        except Exception:  # a user's own loss may need the whole batch; then any samples are used
            sample_losses.append(0.0)
    worst = [int(i) for i in np.argsort(-np.nan_to_num(np.array(sample_losses)), kind="stable")[: MARKED // 2]]
    spread = [int(i) for i in np.linspace(0, len(X) - 1, 4 * MARKED).astype(int) if i not in worst]
    far: list[int] = list(worst)
    while len(far) < min(MARKED, len(X)) and spread:
        distance = [min(float(np.linalg.norm(X[i] - X[j])) for j in far) for i in spread]
        far.append(spread.pop(int(np.argmax(distance))))
    return list(dict.fromkeys(far))


def names_of(diagram: Diagram) -> dict[str, str]:
    """Return the names of units and links on pages: ``x1``, ``2.3`` (column 2, unit 3), ``x1 → 1.2``."""
    units = {
        unit.id: labels.clean(unit.name, 16) or f"{unit.column}.{int(unit.id.rpartition('_')[2]) + 1}"
        for unit in diagram.units
        if unit.kind != "more"
    }
    return units | {link.id: f"{units[link.source]} → {units[link.target]}" for link in diagram.links}


def thinned(numbers: list[float]) -> list[list[float | None]]:
    """Return (update, number) pairs of a long list that keep its peaks: the minimum and maximum of each range."""
    size = max(1, math.ceil(2 * len(numbers) / MOST_LOSSES))
    kept: list[int] = []
    for start in range(0, len(numbers), size):
        stretch = range(start, min(start + size, len(numbers)))
        kept += sorted({min(stretch, key=lambda i: numbers[i]), max(stretch, key=lambda i: numbers[i])})
    return [[i + 1, numbers[i] if math.isfinite(numbers[i]) else None] for i in kept]
