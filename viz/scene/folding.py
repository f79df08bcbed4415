"""Which parts of a graph are drawn as one box, so that a picture can be read.

The scopes of a graph, ``mlp.layer0.neuron2``, say what belongs together. A level folds all parts of one kind, a number
all parts so deep, a callback what it likes; "auto" folds just enough to stay below a number of boxes, and says so.

>>> paths = ["", "mlp.layer0.neuron0", "mlp.layer0.neuron1", "mlp.layer1.neuron0", ""]
>>> chosen = fold(paths, "layer")
>>> chosen.keys
('', 'mlp.layer0', 'mlp.layer0', 'mlp.layer1', '')
>>> chosen.note
'5 nodes shown as 4 boxes: each layer is one. Pass collapse=None to see all.'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..style.errors import OptionError

__all__ = ["EARLIER", "LEVELS", "Collapse", "Folding", "Merge", "fold", "levels", "path_of"]

#: from fine to coarse
LEVELS = ("op", "neuron", "layer", "model")
#: stands between the path of a part and the number of a block that is repeated there; no path holds it
BLOCK = "\0"
#: the key of the oldest nodes of a graph where only the newest are shown
EARLIER = BLOCK + "earlier"

_LAYER = re.compile(r"layer\d*")

Collapse = str | int | Callable[[str], Any] | None
#: given the key of every node, returns keys in which blocks that are repeated share one
Merge = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Folding:
    """What is folded.

    Attributes
    ----------
    keys : tuple of str
        For every node, oldest first, the key of the box that hides it, "" where it is shown. The key of a part is its
        path.
    note : str
        What was folded, and how to unfold it; "" if nothing was.
    """

    keys: tuple[str, ...]
    note: str = ""

    @property
    def boxes(self) -> int:
        """How many boxes are left."""
        return _count(self.keys)


def path_of(key: str) -> str:
    """Return the path of the part that a key folds, or within which it folds a repeated block."""
    return key.partition(BLOCK)[0]


def levels(paths: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return how each level folds: path of a node to the path of the part that hides it.

    A neuron is a part that has no parts; a model is an outermost part; a layer lies directly within a model, or is
    called so. A level that would fold as the one before it is left out.

    >>> {level: len(set(found.values())) for level, found in levels(["net.node3", "net.node4"]).items()}
    {'op': 0, 'neuron': 2, 'model': 1}
    """
    distinct = {path for path in paths if path}
    prefixes = {".".join(parts[: n + 1]) for parts in (p.split(".") for p in distinct) for n in range(len(parts))}
    inner = {prefix.rpartition(".")[0] for prefix in prefixes}
    found: dict[str, dict[str, str]] = {
        "op": {},
        "neuron": {path: path for path in distinct if path not in inner},
        "layer": _cut(distinct, _layer_depth(distinct)),
        "model": _cut(distinct, 1),
    }
    kept: dict[str, dict[str, str]] = {}
    for level in LEVELS:
        if level == "op" or (found[level] and found[level] not in kept.values()):
            kept[level] = found[level]
    return kept


def fold(
    paths: Sequence[str], collapse: Collapse = "auto", most: int | None = 300, merge: Merge | None = None
) -> Folding:
    """Return what is folded.

    Parameters
    ----------
    paths : sequence of str
        The scope of every node, oldest first.
    collapse : {"auto", "op", "neuron", "layer", "model"}, int, callable or None
        "auto" takes the finest level with at most ``most`` boxes; if there is none, only the newest nodes are shown. A
        number folds all parts so deep, the outermost being 1. A callable is given the path of a part and says whether
        to fold it, outer parts first. None folds nothing, as "op".
    most : int or None
        How many boxes may be left before blocks that are repeated are folded too, and before "auto" goes on.
    merge : callable, optional
        How they are found.

    Raises
    ------
    OptionError
        For a level that is none of these.
    """
    if most is not None and most < 2:
        raise OptionError(
            f"max_nodes={most} leaves no room: the output and what it came from take 2. None sets no limit."
        )
    if collapse is None or collapse == "op" or (collapse == "auto" and (most is None or len(paths) <= most)):
        return Folding(("",) * len(paths))
    if collapse == "auto" and most is not None:
        return next((found for found in _finer_first(paths, merge) if found.boxes <= most), None) or _newest(
            paths, most, merge
        )
    found, what = _parts(paths, collapse)
    folding = _folding(paths, found, what)
    if merge is not None and most is not None and folding.boxes > most:
        return _merged(folding.keys, merge, what)
    return folding


def _parts(paths: Sequence[str], collapse: Collapse) -> tuple[Mapping[str, str], str]:
    """Return how a choice of the user's folds, and that in words."""
    if callable(collapse):
        return _chosen(paths, collapse), "what the function chose is folded"
    if isinstance(collapse, int) and not isinstance(collapse, bool) and collapse > 0:
        return _cut(set(paths), collapse), f"each part {collapse} deep is one"
    if collapse not in LEVELS:
        raise OptionError(
            f"collapse={collapse!r} is no level. Write 'auto', 'neuron', 'layer', 'model', how deep the parts lie that "
            "are to be folded (1, 2, …), None to see every operation, or a function that is given the path of a part "
            "and says whether to fold it."
        )
    known = levels(paths)
    finer = [level for level in LEVELS[: LEVELS.index(str(collapse)) + 1] if level in known]
    return known[finer[-1]], f"each {collapse} is one"


def _finer_first(paths: Sequence[str], merge: Merge | None) -> Iterator[Folding]:
    """Yield what "auto" tries. Blocks within parts are merged last: whole parts say more than half of one."""
    known = levels(paths)
    for level, found in known.items():
        if level != "op":
            what = f"each {level} is one"
            folding = _folding(paths, found, what, automatic=True)
            yield folding
            if merge is not None:
                yield _merged(folding.keys, merge, what, automatic=True)
    if merge is not None:
        yield _merged(("",) * len(paths), merge, "", automatic=True)


def _folding(paths: Sequence[str], found: Mapping[str, str], what: str, automatic: bool = False) -> Folding:
    keys = tuple(found.get(path, "") for path in paths)
    return Folding(keys, _note(keys, what, automatic))


def _merged(keys: Sequence[str], merge: Merge, what: str, automatic: bool = False) -> Folding:
    merged = tuple(merge(keys))
    if len(set(merged)) != len(set(keys)):
        what = f"{what}, and " * bool(what) + "what is repeated n times is ×n"
    return Folding(merged, _note(merged, what, automatic))


def _note(keys: Sequence[str], what: str, automatic: bool) -> str:
    left = _count(keys)
    if left == len(keys):
        return ""
    unfolded = "collapse=None or max_nodes=None" if automatic else "collapse=None"
    return f"{len(keys):,} nodes shown as {left:,} boxes: {what}. Pass {unfolded} to see all."


def _newest(paths: Sequence[str], most: int, merge: Merge | None) -> Folding:
    """Fold the oldest nodes too: what is nearest to the output is looked for first."""
    coarsest = list(levels(paths).values())[-1]
    keys: Sequence[str] = [coarsest.get(path, "") for path in paths]
    keys = merge(keys) if merge is not None else keys
    shown: set[str] = set()
    boxes, first = 1, len(keys)
    while first:
        key = keys[first - 1]
        more = not key or key not in shown
        if boxes + more > most:
            break
        first, boxes = first - 1, boxes + more
        shown.add(key)
    folded = tuple(EARLIER if i < first and (not k or k not in shown) else k for i, k in enumerate(keys))
    note = (
        f"{len(keys):,} nodes shown as {_count(folded):,} boxes: the newest, and the others as one. Draw an "
        "intermediate node to see what it came from, or pass collapse=None or max_nodes=None to see all."
    )
    return Folding(folded, note)


def _chosen(paths: Sequence[str], wanted: Callable[[str], Any]) -> dict[str, str]:
    verdicts: dict[str, bool] = {}
    found: dict[str, str] = {}
    for path in dict.fromkeys(paths):
        parts = path.split(".") if path else []
        for n in range(1, len(parts) + 1):
            outer = ".".join(parts[:n])
            if outer not in verdicts:
                verdicts[outer] = bool(wanted(outer))
            if verdicts[outer]:
                found[path] = outer
                break
    return found


def _layer_depth(paths: set[str]) -> int:
    called = [i + 1 for path in paths for i, part in enumerate(path.split(".")) if _LAYER.fullmatch(part)]
    return min(called, default=2)


def _cut(paths: set[str], depth: int) -> dict[str, str]:
    return {path: ".".join(path.split(".")[:depth]) for path in paths if path and path.count(".") >= depth - 1}


def _count(keys: Sequence[str]) -> int:
    return keys.count("") + len({*keys} - {""})
