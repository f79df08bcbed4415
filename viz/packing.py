"""Long data as pages carry them: deflated, in base64. ``static/packed.js`` reads them, with what every browser brings.

A page of steps says much the same of each step, so a tenth is left of it. Nothing in base64 has to be escaped, wherever
it stands: neither in a page nor in an attribute of another one.

>>> unpacked(packed("v1 sends to a. " * 1000))[:15], len(packed("v1 sends to a. " * 1000))
('v1 sends to a. ', 96)
"""

from __future__ import annotations

import base64
import zlib

__all__ = ["packed", "unpacked"]


def packed(data: str | bytes) -> str:
    """Return text or bytes, packed."""
    found = data.encode("utf-8") if isinstance(data, str) else data
    return base64.b64encode(zlib.compress(found, 9)).decode("ascii")


def unpacked(text: str) -> str:
    """Return packed text as it was."""
    return zlib.decompress(base64.b64decode(text)).decode("utf-8")
