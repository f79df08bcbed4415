"""Handle the requests of the page; every message is checked, because a page is not trusted.

>>> from viz.playground.session import Session
>>> session = Session(layers=(2,))
>>> session.do({"do": "set", "name": "lr", "value": -1})
>>> session.notice
'lr is a number from 0 to 100, such as 0.1 or 1e-3; not -1.'
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core.errors import AutogradError

from ..stepper.stepper import Stepper
from ..style.errors import OptionError
from .as_python import code, line_of_data, line_of_weight
from .optimizer_state import holders, state_table
from .task import MOST_POINTS

if TYPE_CHECKING:
    from .session import Session

#: range and resolution of the loss around a weight
REACH, SLICES = 2.0, 41
#: number of sample changes that can be undone
MOST_PAST = 100


def answer(session: Session, message: Mapping[str, Any]) -> dict[str, Any] | None:
    """Handle a message and return the answer to a question; an invalid message becomes a notice."""
    before = dict(vars(session))
    try:
        action = ACTIONS.get(str(message.get("do")))
        if action is None:
            raise OptionError(f"A playground cannot {message.get('do')!r}. It can: {', '.join(ACTIONS)}.")
        if message["do"] not in QUESTIONS:
            session.notice = session.refused = ""
        return action(session, message)
    except AutogradError as error:
        notice = str(error)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        notice = f"That message cannot be understood: {type(error).__name__} {error}."
    except Exception as error:  # errors of a user's own model must not lose the training
        notice = f"{type(error).__name__}: {error}"
    if message.get("do") == "set":  # an invalid setting changes nothing
        vars(session).update(before)
        session.refused = str(message.get("name"))
    session.playing = False
    session.notice = notice
    return None


# Settings


def _set(session: Session, message: Mapping[str, Any]) -> None:
    name, value = str(message["name"]), message["value"]
    changes = {name: value} | ({"options": {}} if name == "optimizer" else {})
    session.settings = session.settings.but(**changes)
    if name in ("dataset", "noise", "samples", "seed"):
        _take_data(session)
    elif name in ("layers", "activation"):
        session.own_model = None
        session.build()
    elif name == "axes":
        session.check_fit()
    elif name == "lr":
        session.optimizer.lr = session.settings.lr
        session.journal.write("lr", f"optimizer.lr = {session.settings.lr!r}")
    elif name != "batch":
        _begin_again(session)


def _take_data(session: Session) -> None:
    """Use other samples, with a loss and a network that fit them."""
    session.load_data()
    if session.settings.loss not in session.task.losses:
        session.settings = session.settings.but(loss=session.task.losses[0])
    if max(session.settings.axes) >= session.X.shape[1]:
        session.settings = session.settings.but(axes=(0, 1))
    if session.own_model is None:
        session.build()
    else:
        session.check_fit()
        _begin_again(session)


def _begin_again(session: Session) -> None:
    session.restart()  # raises before the model changes
    session.model.load_state_dict(session.start)
    session.model.zero_grad()


def _rewind(session: Session, message: Mapping[str, Any]) -> None:
    _begin_again(session)


# Training


def _play(session: Session, message: Mapping[str, Any]) -> None:
    session.playing = True


def _hello(session: Session, message: Mapping[str, Any]) -> None:
    """Do nothing: a page was opened and will receive the state."""


def _pause(session: Session, message: Mapping[str, Any]) -> None:
    session.playing = False


def _step(session: Session, message: Mapping[str, Any]) -> None:
    session.playing = False
    size = message["size"]
    if size == "operation":
        session.operation()
    elif size == "sample":
        session.update(1)
    elif size == "batch":
        session.update(session.settings.batch)
    elif size == "epoch":
        done = session.epoch
        while session.epoch == done:
            session.update(session.settings.batch)
    else:
        raise OptionError(f"A step is one 'operation', 'sample', 'batch' or 'epoch', not {size!r}.")


# Samples


def _ring(session: Session, message: Mapping[str, Any]) -> None:
    session.ringed = range(len(session.X))[int(message["sample"])]


def _add(session: Session, message: Mapping[str, Any]) -> None:
    if len(session.X) >= MOST_POINTS:
        raise OptionError(f"There are {MOST_POINTS} samples already. Remove some first.")
    row, target = _placed(session, session.ringed, message), session.task.target(message["target"])
    X = np.vstack([session.X, row])
    _changed(session, X, np.append(session.y, np.array(target, session.y.dtype)), len(X) - 1)


def _move(session: Session, message: Mapping[str, Any]) -> None:
    i = range(len(session.X))[int(message["sample"])]
    X, y = session.X.copy(), session.y.copy()
    X[i] = _placed(session, i, message)
    if "target" in message:
        y[i] = session.task.target(message["target"])
    _changed(session, X, y, i)


def _relabel(session: Session, message: Mapping[str, Any]) -> None:
    """Change the class or the number of a sample."""
    i = range(len(session.X))[int(message["sample"])]
    y = session.y.copy()
    y[i] = session.task.target(message["target"])
    _changed(session, session.X, y, i)


def _remove(session: Session, message: Mapping[str, Any]) -> None:
    if len(session.X) <= 2:
        raise OptionError("Two samples are the least there can be. Add another one before removing this one.")
    i = range(len(session.X))[int(message["sample"])]
    _changed(session, np.delete(session.X, i, axis=0), np.delete(session.y, i), min(i, len(session.X) - 2))


def _undo(session: Session, message: Mapping[str, Any]) -> None:
    """Undo the last change of a sample."""
    if not session.past:
        raise OptionError("No sample was added, moved or removed since the data were taken.")
    past = session.past
    X, y, edited, ringed = past.pop()
    _changed(session, X, y, ringed, edited)
    session.past = past


def _placed(session: Session, i: int, message: Mapping[str, Any]) -> Any:
    """Return sample i with the displayed features from a message."""
    row = session.X[i].copy()
    shown = session.settings.axes if len(row) > 1 else (0,)
    row[list(shown)] = [_coordinate(message["x"][k]) for k in range(len(shown))]
    return row


def _changed(session: Session, X: Any, y: Any, ringed: int, edited: bool = True) -> None:
    session.past = [*session.past[1 - MOST_PAST :], (session.X, session.y, session.edited, session.ringed)]
    session.X, session.y, session.edited, session.ringed = X, y, edited, ringed
    session.waiting, session.stepper = [], None
    if session.updates:
        session.journal.write("data", line_of_data(session))
    else:
        session.begun = (X, y, edited, session.begun[3])


# Weights


def _weight(session: Session, message: Mapping[str, Any]) -> None:
    ((p, index),) = holders(session.model, [str(message["link"])])
    value = _coordinate(message["value"])
    _put(p, index, value)
    session.stepper = None
    path = next(path for path, parameter in session.model.named_parameters() if parameter is p)
    session.journal.write(f"{path}{index}", line_of_weight(path, index, value))


def _put(p: Any, index: tuple[int, ...] | None, value: float) -> None:
    """Set a weight: a parameter or an element of one."""
    if index is None:
        p.data = value
    else:
        data = np.array(p.data)
        data[index] = value
        p.data = data


# Questions


def _slice(session: Session, message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the loss on all samples as a function of one weight, with the others fixed."""
    link = str(message["link"])
    twin = copy.copy(session)  # with a copy of the model, because other threads may read the original
    twin.model = copy.deepcopy(session.model)
    ((p, index),) = holders(twin.model, [link])
    now = float(p.data if index is None else p.data[index])
    at = [now + REACH * (2 * k / (SLICES - 1) - 1) for k in range(SLICES)]
    found = []
    for w in at:
        _put(p, index, w)
        found.append(twin.loss())
    return {"link": link, "w": at, "loss": [x if math.isfinite(x) else None for x in found], "now": now}


def _steps(session: Session, message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the page that steps through the loss of the selected sample."""
    return {"page": Stepper(session.sample_loss(session.ringed)).to_html()}


def _code(session: Session, message: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": code(session)}


def _table(session: Session, message: Mapping[str, Any]) -> dict[str, Any]:
    return state_table(session)


def _coordinate(x: Any) -> float:
    try:
        value = float(x)
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value) or abs(value) > 1e6:
        raise OptionError(f"{x!r} is no number between -1e6 and 1e6.")
    return value


QUESTIONS = ("slice", "steps", "code", "table")
ACTIONS: dict[str, Callable[[Session, Mapping[str, Any]], dict[str, Any] | None]] = {
    "hello": _hello, "set": _set, "rewind": _rewind, "play": _play, "pause": _pause, "step": _step, "ring": _ring,
    "add": _add, "move": _move, "relabel": _relabel, "remove": _remove, "undo": _undo, "weight": _weight,
    "slice": _slice, "steps": _steps, "code": _code, "table": _table,
}  # fmt: skip
