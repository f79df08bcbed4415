"""Compute the pages of steps in a film: for each selected sample, at some moments.

Each page is the page that ``step(loss)`` writes. All pages of one graph share their common parts. Their picture is laid
out once, with space for the longest number, so that many pages fit into the space of one.

>>> from nn import MLP, SGD, fit
>>> from nn.data import xor
>>> from viz.film.recording import Recording
>>> model = MLP(2, [2, 1], activation="tanh", rng=1)
>>> history = fit(model, xor(), "mse", SGD(model.parameters(), 0.2), epochs=4, progress=False, callbacks=[Recording(5)])
>>> kept = StepPages(history.recording, history.recording.frames, [0, 3], 4)
>>> sorted(kept.own)
[(0, 0), (0, 1), (4, 0), (4, 1)]
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import islice, pairwise, product
from typing import Any

import numpy as np

from autograd_core.errors import AutogradError
from autograd_core.graph.history import history as graph_of

from ..drawing.drawing import Drawing
from ..page.packing import packed
from ..scene.boxes import Scene
from ..stepper.stepper import Stepper
from ..steps.detail_levels import Level, levels_of
from ..style.errors import RendererMissingError, RenderError
from .recording import Frame, Recording

#: the layout of a larger graph takes seconds, and nobody reads all of it
MOST_NODES = 1000
#: default total number of nodes in all graphs, which takes some seconds
ENOUGH_NODES = 5000
#: marks the position of the picture in a page
GAP = "<!-- picture -->"

_NUMBERED = re.compile(r'<g id="([ec]\d+_\d+)"')
#: where pages are cut into parts, some of which all pages share
_CUT = re.compile(r'<t[dr]|</?text|",| {4,}|\\n')
_TEXT = re.compile(r"<text[^>]*>([^<]*)</text>")


class StepPages:
    """Pages of steps at moments spread over a training, the first and the last included.

    Parameters
    ----------
    recording : Recording
        The recording of the training.
    frames : list of Frame
        The moments to choose from.
    rows : list of int
        The samples.
    pairs : int, optional
        The number of pairs of a sample and a moment. Default: as many as take some seconds.
    most_bytes : int
        The space for all pages together, in bytes.

    Attributes
    ----------
    own : dict of (int, int) to str
        For an update and a sample's position, the parts in which its page differs from the shared page, deflated.
    shared : str
        Whole pages, deflated: one for each graph shape. The own parts of other pages refer to it.
    missing : str
        Why there are no more pages; "" if there was no limit.
    """

    def __init__(
        self,
        recording: Recording,
        frames: Sequence[Frame],
        rows: Sequence[int],
        pairs: int | None = None,
        most_bytes: int = 1_200_000,
    ) -> None:
        self.own: dict[tuple[int, int], str] = {}
        self.shared = self.missing = ""
        walks = dict(self._walks(recording, frames, rows, pairs))
        if not walks:
            return
        pictures = {shape: _around_numbers(_picture(scenes)) for shape, scenes in _alike(walks.values()).items()}
        bases: dict[Any, tuple[int, list[str]]] = {}
        size = 0
        for pair, walk in walks.items():
            shape = _shape(walk.shown)
            parts = _parts(walk.to_html(step=0, plain=True).replace(GAP, _refilled(pictures[shape], walk.shown)))
            number, base = bases.setdefault((shape, len(parts)), (len(bases), parts))
            places = [i for i, (part, other) in enumerate(zip(parts, base, strict=True)) if part != other]
            gaps = [place - before for before, place in pairwise((0, *places))]
            page = _packed([number, gaps, [parts[place] for place in places]])
            size += len(page)
            if size > most_bytes:
                self.missing = (
                    "There is no room here for the steps of more samples and moments: film(max_bytes=…) makes room."
                )
                break
            self.own[pair] = page
        self.shared = _packed([base for _, base in bases.values()])

    def _walks(
        self, recording: Recording, frames: Sequence[Frame], rows: Sequence[int], pairs: int | None
    ) -> Iterator[tuple[tuple[int, int], _Walk]]:
        """Yield the steps of each sample at each moment, up to the limits."""
        if pairs == 0 or not rows:
            return
        try:
            nodes = len(graph_of(recording.loss_of(rows[0], frames[-1].step)))
            if nodes > MOST_NODES:
                self.missing = f"The graph of a sample has {nodes:,} nodes, too many to step through here."
                return
            most = max(len(rows), ENOUGH_NODES // nodes) if pairs is None else pairs
            moments = _spread(frames, max(1, most // len(rows)))
            for frame, (k, row) in islice(product(moments, enumerate(rows)), most):
                yield (frame.step, k), _Walk(recording.loss_of(row, frame.step))
        except AutogradError as error:
            self.missing = f"A sample cannot be stepped through: {error}"


class _Walk(Stepper):
    """The steps of a graph, whose page has a gap for the picture with every operation."""

    _pictures = ({"op": GAP}, "")

    @property
    def _levels(self) -> list[Level]:
        return [next(levels_of(self._reading, self.steps))]

    @property
    def shown(self) -> Scene:
        """The picture before its layout."""
        return self._scene


def _spread(frames: Sequence[Frame], count: int) -> list[Frame]:
    """Return this many moments, evenly spaced; the last and the first come first, because the space may run out."""
    places = dict.fromkeys(np.rint(np.linspace(len(frames) - 1, 0, min(count, len(frames)))).astype(int).tolist())
    chosen = [frames[i] for i in places]
    return [chosen[0], *chosen[-1:], *chosen[1:-1]] if len(chosen) > 1 else chosen


def _shape(scene: Scene) -> Any:
    """Return what determines the layout: boxes and edges, without their numbers."""
    return (*((box.id, box.kind) for box in scene.boxes), *((edge.id, edge.tail) for edge in scene.edges))


def _alike(walks: Iterable[_Walk]) -> dict[Any, list[Scene]]:
    found: dict[Any, list[Scene]] = {}
    for walk in walks:
        found.setdefault(_shape(walk.shown), []).append(walk.shown)
    return found


def _picture(scenes: list[Scene]) -> str:
    """Return one picture for scenes of one shape, with space for the longest number of any of them."""
    boxes = tuple(
        replace(rivals[0], **{part: max((getattr(box, part) for box in rivals), key=len) for part in ("data", "grad")})
        for rivals in zip(*(scene.boxes for scene in scenes), strict=True)
    )
    edges = tuple(
        max(rivals, key=lambda edge: len(edge.partial)) for rivals in zip(*(s.edges for s in scenes), strict=True)
    )
    try:
        return Drawing(replace(scenes[0], boxes=boxes, edges=edges)).svg()
    except (RendererMissingError, RenderError) as error:
        return f'<p class="missing">There is no picture of the graph. {escape(str(error))}</p>'


def _around_numbers(picture: str) -> list[str]:
    """Return a picture cut at the numbers on its edges and at its constants, each piece after the id of its number.

    The page itself writes all other numbers.
    """
    pieces = [""]
    for part in re.split(r'(?=<g id=")', picture):
        group, text = _NUMBERED.match(part), _TEXT.search(part)
        if group and text:
            pieces[-1] += part[: text.start(1)]
            pieces += [group[1], part[text.end(1) :]]
        else:
            pieces[-1] += part
    return pieces


def _refilled(pieces: list[str], scene: Scene) -> str:
    """Return a picture with the numbers of another scene on its edges and in its constants."""
    written = {box.id: box.name for box in scene.boxes if box.kind == "constant"}
    written |= {edge.id: f" {edge.partial} " for edge in scene.edges}
    return "".join(escape(written[part], quote=False) if i % 2 else part for i, part in enumerate(pieces))


def _parts(page: str) -> list[str]:
    """Return a page cut at its numbers: the cells of its table, the texts of its picture and of its data."""
    cuts = [found.end() if found[0] == '",' else found.start() for found in _CUT.finditer(page)]
    return [page[start:end] for start, end in pairwise((0, *cuts, len(page)))]


def _packed(parts: list[Any]) -> str:
    """Return JSON in the form that films use."""
    return packed(json.dumps(parts, ensure_ascii=False, separators=(",", ":")))
