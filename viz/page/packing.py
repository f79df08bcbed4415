"""Data as pages carry them: as JSON, and long ones deflated, in base64.

``static/packed.js`` reads them, with what every browser brings.

A page of steps says much the same of each step, so a tenth is left of it. Nothing in base64 has to be escaped, wherever
it stands: neither in a page nor in an attribute of another one.

>>> unpacked(packed("v1 sends to a. " * 1000))[:15], len(packed("v1 sends to a. " * 1000))
('v1 sends to a. ', 96)
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

__all__ = ["packed", "script_json", "unpacked"]


def script_json(data: Any) -> str:
    r"""Return JSON that cannot end the script element it stands in.

    >>> print(script_json(["</script>"]))
    ["<\/script>"]
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("</", "<\\/").replace("<!", "\\u003c!").replace("<script", "\\u003cscript")


def packed(data: str | bytes) -> str:
    """Return text or bytes, packed."""
    found = data.encode("utf-8") if isinstance(data, str) else data
    return base64.b64encode(zlib.compress(found, 9)).decode("ascii")


def unpacked(text: str) -> str:
    """Return packed text as it was."""
    return zlib.decompress(base64.b64decode(text)).decode("utf-8")
