"""What a page may ask a playground for; every message is checked, for a page is not to be trusted.

>>> from viz.session import Session
>>> session = Session(layers=(2,))
>>> session.do({"do": "set", "name": "lr", "value": -1})
>>> session.notice
'lr is a number from 0 to 100, not -1.'
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core.errors import AutogradError

from .errors import OptionError
from .settings import code
from .stepper import Stepper

if TYPE_CHECKING:
    from .session import Session

__all__ = ["MOST_POINTS", "answer"]

MOST_POINTS = 400
#: how far and how finely the loss is measured around a weight
REACH, SLICES = 2.0, 41


def answer(session: Session, message: Mapping[str, Any]) -> dict[str, Any] | None:
    """Do what a message asks for, and return the answer if it is a question; a wrong message becomes a notice."""
    try:
        action = ACTIONS.get(str(message.get("do")))
        if action is None:
            raise OptionError(f"A playground cannot {message.get('do')!r}. It can: {', '.join(ACTIONS)}.")
        session.notice = ""
        return action(session, message)
    except AutogradError as error:
        session.playing = False
        session.notice = str(error)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        session.notice = f"That message cannot be understood: {type(error).__name__} {error}."
    return None


def _set(session: Session, message: Mapping[str, Any]) -> None:
    name, value = str(message["name"]), message["value"]
    before = session.settings
    session.settings = before.but(**{name: tuple(value) if name == "layers" else value})
    try:
        if name in ("dataset", "noise", "samples", "seed"):
            session.load_data()
        if name in ("layers", "activation", "seed"):
            session.own_model = None if name != "seed" else session.own_model
            session.build()
        elif name in ("dataset", "noise", "samples"):
            _rewind(session, {})
        elif name == "lr":
            session.optimizer.lr = session.settings.lr
        elif name in ("optimizer", "regularizer", "strength", "loss"):
            _rewind(session, {})
    except AutogradError:
        session.settings = before
        raise


def _rewind(session: Session, message: Mapping[str, Any]) -> None:
    session.model.load_state_dict(session.start)
    session.model.zero_grad()
    session.restart()


def _play(session: Session, message: Mapping[str, Any]) -> None:
    session.playing = True


def _hello(session: Session, message: Mapping[str, Any]) -> None:
    """Nothing: a page has come, and will be told how things stand."""


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


def _ring(session: Session, message: Mapping[str, Any]) -> None:
    session.ringed = range(len(session.X))[int(message["sample"])]


def _add(session: Session, message: Mapping[str, Any]) -> None:
    if len(session.X) >= MOST_POINTS:
        raise OptionError(f"There are {MOST_POINTS} samples already. Remove some first.")
    x = [_coordinate(message["x"][i]) for i in (0, 1)]
    session.X = np.vstack([session.X, [x]])
    session.y = np.append(session.y, 1.0 if message["class"] else -1.0)
    _changed(session, len(session.X) - 1)


def _move(session: Session, message: Mapping[str, Any]) -> None:
    i = range(len(session.X))[int(message["sample"])]
    x = [_coordinate(message["x"][k]) for k in (0, 1)]
    session.X = session.X.copy()
    session.X[i] = x
    _changed(session, i)


def _remove(session: Session, message: Mapping[str, Any]) -> None:
    if len(session.X) <= 2:
        raise OptionError("Two samples are the least there can be.")
    i = range(len(session.X))[int(message["sample"])]
    session.X, session.y = np.delete(session.X, i, axis=0), np.delete(session.y, i)
    _changed(session, 0)


def _changed(session: Session, ringed: int) -> None:
    session.edited = True
    session.ringed = ringed
    session.waiting = []
    session.stepper = None


def _weight(session: Session, message: Mapping[str, Any]) -> None:
    _put(*session.parameter(str(message["link"])), _coordinate(message["value"]))
    session.stepper = None


def _put(p: Any, index: tuple[int, int] | None, value: float) -> None:
    """Set a weight, which is a parameter or an element of one."""
    if index is None:
        p.data = value
    else:
        data = np.array(p.data)
        data[index] = value
        p.data = data


def _slice(session: Session, message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the loss on all samples as a function of one weight, the others as they are."""
    link = str(message["link"])
    twin = copy.copy(session)  # with a model of its own, since this one is somebody's, who may look at it meanwhile
    twin.model = copy.deepcopy(session.model)
    p, index = twin.parameter(link)
    now = float(p.data if index is None else p.data[index])
    at = [now + REACH * (2 * k / (SLICES - 1) - 1) for k in range(SLICES)]
    found = []
    for w in at:
        _put(p, index, w)
        found.append(twin.loss())
    return {"link": link, "w": at, "loss": [x if math.isfinite(x) else None for x in found], "now": now}


def _steps(session: Session, message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the page that steps through the loss of the ringed sample."""
    return {"page": Stepper(session.sample_loss(session.ringed)).to_html()}


def _code(session: Session, message: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": code(session)}


def _coordinate(x: Any) -> float:
    value = float(x)
    if not math.isfinite(value) or abs(value) > 1e6:
        raise OptionError(f"{x!r} is no number between -1e6 and 1e6.")
    return value


ACTIONS: dict[str, Callable[[Session, Mapping[str, Any]], dict[str, Any] | None]] = {
    "hello": _hello, "set": _set, "rewind": _rewind, "play": _play, "pause": _pause, "step": _step, "ring": _ring,
    "add": _add, "move": _move, "remove": _remove, "weight": _weight, "slice": _slice, "steps": _steps, "code": _code,
}  # fmt: skip
