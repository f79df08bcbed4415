"""Choose which parts of a graph are folded: drawn as one box each.

The scopes of a graph, such as ``mlp.layer0.neuron2``, name its parts. A level folds all parts of one kind, a number all
parts at that depth, and a callback the parts it selects. "auto" folds just enough to stay below a number of boxes, and
reports it.

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

#: from fine to coarse
LEVELS = ("op", "neuron", "layer", "model")
#: separates the path of a part from the number of a repeated block; no path contains it
BLOCK = "\0"
#: the key of the oldest nodes, where only the newest are drawn
EARLIER = BLOCK + "earlier"

_LAYER = re.compile(r"layer\d*")

Collapse = str | int | Callable[[str], Any] | None
#: takes the key of every node and returns keys in which repeated blocks share one key
Merge = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Folding:
    """The result of folding a graph.

    Attributes
    ----------
    keys : tuple of str
        For every node, oldest first, the key of the box that hides it; "" for a visible node. The key of a part is its
        path.
    note : str
        What was folded and how to unfold it; "" if nothing was folded.
    """

    keys: tuple[str, ...]
    note: str = ""

    @property
    def boxes(self) -> int:
        """Return the number of boxes that are drawn."""
        return _count(self.keys)


def path_of(key: str) -> str:
    """Return the path of the part that a key folds, or that contains the repeated block."""
    return key.partition(BLOCK)[0]


def levels(paths: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the function of each level: it maps a node's path to the path of the part that hides it.

    A neuron is a part without parts. A model is an outermost part. A layer is a direct part of a model, or is called
    so. A level is left out if it would fold the same parts as the level before it.

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
    """Fold a graph.

    Parameters
    ----------
    paths : sequence of str
        The scope of every node, oldest first.
    collapse : {"auto", "op", "neuron", "layer", "model"}, int, callable or None
        "auto" takes the finest level with at most ``most`` boxes. If there is none, only the newest nodes are drawn. A
        number folds all parts at that depth, 1 being the outermost. A callable takes the path of a part and returns
        whether to fold it, outer parts first. None and "op" fold nothing.
    most : int or None
        The number of boxes above which repeated blocks are folded too, and "auto" takes a coarser level.
    merge : callable, optional
        The function that finds repeated blocks.

    Raises
    ------
    OptionError
        If ``collapse`` is none of these.
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
    """Return the keys of the folded parts for the user's choice, and the same in words."""
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
    """Yield the foldings that "auto" tries. Blocks inside parts are merged last, because whole parts say more."""
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
    """Fold the oldest nodes too; the nodes nearest to the output stay visible."""
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
