"""Pictures in a row as one GIF, which plays wherever pictures are shown."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from .errors import RendererMissingError

__all__ = ["gif"]


def gif(bitmaps: Iterable[bytes], total: int, seconds: float) -> bytes:
    """Return PNG pictures of one size as an animation that repeats.

    Parameters
    ----------
    bitmaps : iterable of bytes
        PNG pictures, which may be made while this runs; a bar shows how far it is, if tqdm is installed.
    total : int
        How many.
    seconds : float
        How long each is shown; the last one four times as long.

    Raises
    ------
    RendererMissingError
        If Pillow is not installed.
    """
    try:
        from PIL import Image
    except ImportError:
        raise RendererMissingError(
            "A GIF is written by Pillow, which is not installed: pip install 'autograd-core[plot]' brings it. A page "
            '(save("steps.html")) needs nothing.'
        ) from None
    pictures = [Image.open(io.BytesIO(bitmap)).convert("RGB") for bitmap in _shown(bitmaps, total)]
    size = max(picture.width for picture in pictures), max(picture.height for picture in pictures)
    frames = []
    for picture in pictures:
        canvas = Image.new("RGB", size, picture.getpixel((0, 0)))
        canvas.paste(picture, (0, 0))
        frames.append(canvas.quantize(64))
    shown = [int(1000 * seconds)] * (len(frames) - 1) + [int(4000 * seconds)]
    made = io.BytesIO()
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:], duration=shown, loop=0)
    return made.getvalue()


def _shown(bitmaps: Iterable[bytes], total: int) -> Iterator[Any]:
    try:
        from tqdm import tqdm
    except ImportError:
        return iter(bitmaps)
    bar: Iterator[Any] = iter(tqdm(bitmaps, total=total, unit="frame", desc="animation", delay=2.0))
    return bar
