"""Run Graphviz on DOT text: the system's ``dot``, else the Graphviz in the pygraphviz wheel.

Both run as separate processes, with an argument list and a time limit.
"""

from __future__ import annotations

import importlib.util
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from xml.sax.saxutils import escape

from ..style.errors import OptionError, RendererMissingError, RenderError, SizeLimitError

FORMATS = ("svg", "png", "pdf", "plain", "json0")
#: seconds
TIMEOUT = 60.0
#: cairo scales a larger bitmap down without a message, and few programs open it
MOST_PIXELS_A_SIDE = 32_000
MOST_PIXELS = 100_000_000
MOST_BYTES = 50_000_000
#: the first bytes of a PNG, and the number of PNGs that one process makes
PNG = b"\x89PNG\r\n\x1a\n"
AT_ONCE = 24

REMEDY = (
    'Either install the wheel that brings Graphviz along, pip install "autograd-core[draw]", or the program itself: '
    "apt-get install graphviz, brew install graphviz, winget install graphviz."
)
NO_LAYOUT_NEEDED = "DOT files, trace_table() and stepping in text work without."


def available() -> str | None:
    """Return which Graphviz is used: "dot", "pygraphviz", or None.

    >>> available() in ("dot", "pygraphviz", None)
    True
    """
    if shutil.which("dot"):
        return "dot"
    return "pygraphviz" if _bundled_folder() else None


def render(
    source: str,
    format: str = "svg",
    *,
    dpi: float | None = None,
    size: tuple[float, float] | None = None,
    timeout: float = TIMEOUT,
) -> bytes:
    """Return the picture of a DOT text.

    Parameters
    ----------
    source : str
        DOT text.
    format : {"svg", "png", "pdf", "plain", "json0"}
        The format; the last two are the layout as text.
    dpi : float, optional
        Pixels per inch of a PNG. Default: 144, or less for a large picture.
    size : tuple of float, optional
        Width and height of the laid-out graph in points, if known; without it a PNG is laid out twice.
    timeout : float
        Time limit in seconds.

    Raises
    ------
    OptionError
        For an unknown format.
    RendererMissingError
        If Graphviz is not installed.
    SizeLimitError
        If a PNG would be too large to open.
    RenderError
        If Graphviz failed or reached the time limit, or if no font is installed.
    """
    if format not in FORMATS:
        raise OptionError(f"Pictures are made as {', '.join(FORMATS[:3])} or DOT text, not as {format!r}.")
    if len(source) > MOST_BYTES:
        raise SizeLimitError(
            f"The picture's description has {len(source):,} characters; the limit is {MOST_BYTES:,}. Draw a part of it."
        )
    program = _program()
    with _fonts(needed=format in ("png", "pdf")) as environment:
        if format == "png":
            size = size or _size(_run(program, source, "plain", environment, timeout))
            source = _with_dpi(source, _resolution(*size, dpi))
        return _run(program, source, format, environment, timeout)


def bitmaps(sources: Iterable[str], dpi: float, size: tuple[float, float], timeout: float = TIMEOUT) -> Iterator[bytes]:
    """Yield PNG pictures of the same size; one process makes many, because starting it takes time.

    Parameters and errors are those of ``render``; the time limit is for each picture.
    """
    program = _program()
    between = "\n" if len(program) == 1 else "\0"
    waiting = iter(sources)
    while several := list(islice(waiting, AT_ONCE)):
        with _fonts(needed=True) as environment:
            text = between.join(_with_dpi(source, _resolution(*size, dpi)) for source in several)
            made = _run(program, text, "png", environment, timeout * len(several))
        yield from (PNG + bitmap for bitmap in made.split(PNG)[1:])


def _program() -> list[str]:
    """Return the command that makes pictures, without the format."""
    if dot := shutil.which("dot"):
        return [dot]
    if folder := _bundled_folder():
        return [sys.executable, "-I", "-S", str(Path(__file__).with_name("bundled_graphviz.py")), folder]
    raise RendererMissingError(
        f"There is no Graphviz to lay out the graph: no `dot` on the PATH, no pygraphviz. {REMEDY} {NO_LAYOUT_NEEDED}"
    )


def _bundled_folder() -> str:
    try:
        spec = importlib.util.find_spec("pygraphviz")
    except (ImportError, ValueError):
        return ""
    return str(Path(spec.origin).parent.parent) if spec is not None and spec.origin else ""


def _run(program: list[str], source: str, format: str, environment: dict[str, str], timeout: float) -> bytes:
    command = [*program, f"-T{format}" if len(program) == 1 else format]
    try:
        done = subprocess.run(
            command, input=source.encode("utf-8"), capture_output=True, timeout=timeout, check=False, env=environment
        )
    except subprocess.TimeoutExpired:
        raise RenderError(
            f"Graphviz did not finish within {timeout:g} seconds. Layout time grows faster than the graph: draw a part "
            "of it, or give it longer with timeout=."
        ) from None
    except OSError as error:
        raise RenderError(f"Graphviz could not be started ({error}). {REMEDY}") from error
    if done.returncode or not done.stdout:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[-300:]
        raise RenderError(f"Graphviz could not make the {format} picture and said: {said or 'nothing'}. {REMEDY}")
    return done.stdout


def _size(plain: bytes) -> tuple[float, float]:
    """Return the width and height of a laid-out graph with its margin, in points."""
    _, scale, width, height, *_ = (
        float(word) if word[:1].isdigit() else 0.0 for word in plain.split(b"\n", 1)[0].split()
    )
    return 72.0 * scale * width + 36.0, 72.0 * scale * height + 36.0


def _resolution(width: float, height: float, wanted: float | None) -> float:
    """Return the pixels per inch at which a laid-out graph becomes a bitmap that programs can open."""
    wide, high = width / 72.0, height / 72.0
    fits = min(MOST_PIXELS_A_SIDE / max(wide, high), math.sqrt(MOST_PIXELS / (wide * high)))
    if wanted is None and fits >= 72.0:
        return min(144.0, fits)
    if wanted is not None and 0.0 < wanted <= fits:
        return wanted
    dpi = 72.0 if wanted is None else wanted
    raise SizeLimitError(
        f"At {dpi:g} pixels an inch this PNG would be {wide * dpi:,.0f} × {high * dpi:,.0f} pixels; the limits are "
        f"{MOST_PIXELS_A_SIDE:,} a side and {MOST_PIXELS:,} in all. Save it as .svg or .pdf, which have no pixels, "
        f"draw a smaller part, or write dpi={max(1, int(fits))}."
    )


def _with_dpi(source: str, dpi: float) -> str:
    head, brace, rest = source.partition("{")
    return f"{head}{brace}\n\tdpi={dpi:.6g}{rest}"


@contextmanager
def _fonts(needed: bool) -> Iterator[dict[str, str]]:
    """Yield an environment in which Graphviz finds a font; without one, bitmaps show boxes for letters."""
    environment = dict(os.environ)
    if not needed or sys.platform in ("win32", "darwin") or _fonts_installed():
        yield environment
        return
    folder = _matplotlib_fonts()
    if not folder:
        raise RenderError(
            "There is no font on this machine, so a PNG or PDF would show boxes instead of text. Save it as .svg, "
            "which is shown with the fonts of its reader, or install fonts: apt-get install fonts-dejavu-core, or "
            "pip install matplotlib, whose fonts are used too."
        )
    with tempfile.TemporaryDirectory() as cache:
        config = Path(cache, "fonts.conf")
        parts = f"<dir>{escape(folder)}</dir><cachedir>{escape(cache)}</cachedir>"
        config.write_text(f"<?xml version='1.0'?><fontconfig>{parts}</fontconfig>", encoding="utf-8")
        yield {**environment, "FONTCONFIG_FILE": str(config)}


def _font_folders() -> list[Path]:
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return [Path(p).expanduser() for p in ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", f"{data}/fonts")]


def _fonts_installed() -> bool:
    if "FONTCONFIG_FILE" in os.environ or "FONTCONFIG_PATH" in os.environ:
        return True
    kinds = (".ttf", ".otf", ".ttc", ".pfb")
    return any(path.suffix.lower() in kinds for folder in _font_folders() for path in folder.rglob("*"))


def _matplotlib_fonts() -> str:
    spec = importlib.util.find_spec("matplotlib")
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" if spec is not None and spec.origin else None
    return str(folder) if folder is not None and folder.is_dir() else ""
