"""Write pictures as an animated GIF."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..style.errors import RendererMissingError

#: the largest number of colors in a GIF
COLOURS = 256


def gif(bitmaps: Iterable[bytes], total: int, seconds: float) -> bytes:
    """Return PNG pictures of one size as an animation that repeats.

    Parameters
    ----------
    bitmaps : iterable of bytes
        PNG pictures, which may be generated lazily; tqdm, if installed, shows the progress.
    total : int
        The number of pictures.
    seconds : float
        The time for each picture, in seconds; the last one is shown four times as long.

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
        frames.append(canvas)
    palette, indices = _indexed(frames)
    frames = [Image.frombytes("P", size, index.tobytes()) for index in indices]
    for frame in frames:
        frame.putpalette(palette)
    shown = [int(1000 * seconds)] * (len(frames) - 1) + [int(4000 * seconds)]
    made = io.BytesIO()
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:], duration=shown, loop=0)
    return made.getvalue()


def _indexed(pictures: Sequence[Any]) -> tuple[bytes, Iterator[NDArray[np.uint8]]]:
    """Return the most frequent colors, and for each picture the index of the nearest color of each pixel.

    All pictures share one palette, so that colors do not flicker and unchanged areas are stored once. The palette keeps
    exact colors of surfaces; averages would change them.
    """
    found: Counter[tuple[int, int, int]] = Counter()
    for picture in pictures:
        found.update({color: count for count, color in picture.getcolors(1 << 24)})
    colors = np.array([color for color, _ in found.most_common()])
    palette = colors[:COLOURS]
    table = np.zeros(1 << 24, np.uint8)
    for some in np.array_split(colors, 1 + len(colors) // 1000):
        table[_codes(some)] = ((some[:, None] - palette) ** 2).sum(-1).argmin(-1)
    return palette.astype(np.uint8).tobytes(), (table[_codes(np.asarray(picture))] for picture in pictures)


def _codes(colors: NDArray[Any]) -> NDArray[Any]:
    """Return red, green and blue as one number."""
    red, green, blue = (colors[..., i].astype(np.int32) for i in range(3))
    return red << 16 | green << 8 | blue


def _shown(bitmaps: Iterable[bytes], total: int) -> Iterator[Any]:
    try:
        from tqdm import tqdm
    except ImportError:
        return iter(bitmaps)
    bar: Iterator[Any] = iter(tqdm(bitmaps, total=total, unit="frame", desc="animation", delay=2.0))
    return bar
