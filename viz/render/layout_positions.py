"""Read the positions of a Graphviz layout, so that many pictures can share one layout."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from . import render

#: the position attributes of boxes, edges, groups and the picture
PLACING = {"objects": ("pos", "width", "height", "bb", "lp", "lwidth", "lheight"), "edges": ("pos", "lp")}


@lru_cache(maxsize=8)
def places(source: str, timeout: float = render.TIMEOUT) -> Mapping[str, Mapping[str, str]]:
    """Return the position attributes of each part of a picture by its id; "" is the picture itself.

    Parameters
    ----------
    source : str
        DOT text whose nodes, edges and groups have ids.
    timeout : float
        Time limit for Graphviz, in seconds.
    """
    laid_out: dict[str, Any] = json.loads(render.render(source, "json0", timeout=timeout))
    found: dict[str, dict[str, str]] = {"": {key: laid_out[key] for key in ("bb", "lp") if key in laid_out}}
    for part, keys in PLACING.items():
        for entry in laid_out.get(part, ()):
            if entry.get("id"):
                found[entry["id"]] = {key: entry[key] for key in keys if key in entry}
    return found
