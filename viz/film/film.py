"""Show a recorded training as one offline page: ``film(history)``.

>>> from nn import MLP, SGD, fit
>>> from nn.data import xor
>>> model = MLP(2, [4, 1], activation="tanh", rng=1)
>>> history = fit(model, xor(), "mse", SGD(model.parameters(), 0.2), epochs=20, progress=False,
...               callbacks=[Recording(frames=5)])
>>> shown = film(history, steps=0)
>>> shown
<Film of MLP: 5 moments of 20 updates, 0 pages of steps>
>>> shown.save("training.html").name
'training.html'
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from ..network import diagram_svg
from ..page.packing import packed, script_json
from ..page.scripts import joined, static
from ..stepper import html_page
from ..style import files, labels
from ..style.errors import OptionError, SizeLimitError
from ..style.theme import DARK, LIGHT
from .data import pack
from .recording import Frame, Recording
from .steps import StepPages

__all__ = ["Film", "Recording", "film"]

#: largest page in bytes, and the share that pages of steps may take
MAX_BYTES, STEPS_SHARE = 3_000_000, 0.4
HEIGHT = 760


class Film:
    """A recorded training, as a page.

    Attributes
    ----------
    frames : list of Frame
        The recorded moments.
    """

    def __init__(self, title: str, frames: list[Frame], page: Template, fallback: str, pages: int) -> None:
        self.frames = frames
        self._title, self._page, self._fallback, self._pages = title, page, fallback, pages

    def to_html(self, theme: str = "auto") -> str:
        """Return the page as HTML.

        Parameters
        ----------
        theme : {"auto", "light", "dark"}
            The initial colors; "auto" follows the reader's system.
        """
        if theme not in html_page.THEME_CHOICES:
            raise OptionError(f"theme={theme!r} is not one of {', '.join(map(repr, html_page.THEME_CHOICES))}.")
        return self._page.substitute(theme=theme)

    def save(self, path: str | os.PathLike[str], theme: str = "auto") -> Path:
        """Write the page to a file that ends in ``.html``.

        Raises
        ------
        OptionError
            For another ending.
        SaveError
            If the file cannot be written.
        """
        if Path(path).suffix.lower() not in (".html", ".htm"):
            raise OptionError(f"A film is a page: give {str(path)!r} the ending .html.")
        return files.write(path, self.to_html(theme))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the page in a notebook, and below it the content that remains if the notebook is not trusted."""
        image = base64.b64encode(self._fallback.encode("utf-8")).decode("ascii")
        shown = (
            f'<div style="position:relative;height:{HEIGHT}px;resize:vertical;overflow:hidden">'
            '<div style="height:100%;overflow:auto"><p>Trust this notebook, or run the cell again, to see the film. '
            f'This is the network at the end.</p><p><img alt="{escape(self._title)}" style="max-width:100%" '
            f'src="data:image/svg+xml;base64,{image}"></p></div>'
            f'<iframe sandbox="allow-scripts" title="{escape(self._title)}" srcdoc="{escape(self.to_html())}" '
            'style="position:absolute;inset:0;width:100%;height:100%;border:1px solid #8884;border-radius:8px;'
            'background:#fff"></iframe></div>'
        )
        return {"text/html": shown, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return (
            f"<Film of {self._title}: {len(self.frames)} moments of {self.frames[-1].step} updates, "
            f"{self._pages} pages of steps>"
        )


def film(
    history: Any,
    *,
    title: str = "",
    samples: Sequence[int] | None = None,
    steps: int | None = None,
    max_units: int = 10,
    max_bytes: int = MAX_BYTES,
) -> Film:
    """Show a recorded training as a page: network output, weights, units and loss over time.

    Parameters
    ----------
    history : History or Recording
        A history with a recording: ``fit(..., callbacks=[Recording()])``.
    title : str, optional
        The title. Default: the kind of model.
    samples : list of int, optional
        The rows of the samples that can be selected. Default: those with the largest loss, and some far apart.
    steps : int, optional
        The largest number of pairs of a selected sample and a moment for which the page contains all steps. The moments
        are spread over the training. Default: as many as take some seconds; 0 for none. A large number, with enough
        space, covers every sample and moment. The page reports the number.
    max_units : int
        The largest number of units drawn in a column.
    max_bytes : int
        The largest size of the page in bytes. Moments are left out until it fits; steps take at most two fifths.

    Returns
    -------
    Film
        Shows itself in notebooks; ``.save("training.html")`` writes a page of its own.

    Raises
    ------
    OptionError
        If nothing was recorded, the model has no layers of units, or a sample does not exist.
    SizeLimitError
        If not even two moments fit into ``max_bytes``.
    """
    recording = history if isinstance(history, Recording) else getattr(history, "recording", None)
    if not isinstance(recording, Recording) or not recording.frames:
        raise OptionError(
            "This history says how the loss went, but not which parameters the network had, so there is nothing to "
            "show. Record them: fit(model, data, loss, optimizer, callbacks=[Recording()]), then film(history)."
        )
    title = labels.clean(title) or type(recording.model).__name__
    frames = list(recording.frames)
    pages: StepPages | None = None
    maps = True
    while True:
        header, numbers, diagram = pack(recording, frames, max_units, maps, samples)
        if pages is None:
            ringed = header["points"]["sample"][: header["points"]["marked"]]
            pages = StepPages(recording, frames, ringed, steps, int(STEPS_SHARE * max_bytes))
        at = {frame.step: i for i, frame in enumerate(frames)}
        kept = {f"{at[moment]}:{sample}": page for (moment, sample), page in pages.own.items() if moment in at}
        header |= {"pages": kept, "shared": pages.shared, "no_steps": pages.missing}
        header["outputs"] = [unit.id for unit in diagram.units if unit.kind == "output"]
        network = diagram_svg.to_svg(diagram, LIGHT, f"The network: {title}", largest=header["largest"], maps=True)
        page = Template(static("film/film.html")).safe_substitute(
            title=escape(title).replace("$", "$$"),
            policy=escape(html_page.POLICY),
            light=html_page.variables(LIGHT),
            dark=html_page.variables(DARK),
            style=static("film/film.css"),
            network=network.replace("$", "$$"),
            total=str(len(frames) - 1),
            data=script_json(header).replace("$", "$$"),
            packed=packed(bytes(numbers.bytes)),
            script=joined("film/film.js").replace("$", "$$"),
        )
        if len(page) <= max_bytes:
            break
        if len(frames) <= 2:
            raise SizeLimitError(
                f"Even with 2 moments this page takes {len(page):,} bytes, and max_bytes is {max_bytes:,}. Show fewer "
                f"units, max_units={max(2, max_units // 2)}, leave out the steps, steps=0, or allow more."
            )
        if len(frames) <= 12:
            maps = False
        frames = [*frames[:-1:2], frames[-1]]
    fallback = diagram_svg.to_svg(diagram, LIGHT, f"The network at the end: {title}")
    return Film(title, frames, Template(page), fallback, len(header["pages"]))
