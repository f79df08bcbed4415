"""Write data into pages: as JSON, deflated and base64-encoded if long.

``static/shared/packed.js`` reads them with functions of the browser.

The steps of a page are similar, so compression leaves a tenth. Base64 needs no escaping, in a page or in an attribute.

>>> unpacked(packed("v1 sends to a. " * 1000))[:15], len(packed("v1 sends to a. " * 1000))
('v1 sends to a. ', 96)
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any


def script_json(data: Any) -> str:
    r"""Return JSON that cannot end the script element around it.

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
    """Return the text that was packed."""
    return zlib.decompress(base64.b64decode(text)).decode("utf-8")
