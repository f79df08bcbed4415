"""Read the files in ``static/``, and join hand-written ES modules into one script.

>>> "import" in joined("shared/packed.js"), "function unpack" in joined("shared/packed.js")
(False, True)
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from importlib import resources

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[\w./]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class) )", re.MULTILINE)


@cache
def static(name: str) -> str:
    """Return the text of a static file."""
    return resources.files(__package__).joinpath("static", name).read_text(encoding="utf-8")


@cache
def with_exports(name: str) -> str:
    """Return a module preceded by everything it imports, each module once; its own exports stay."""
    parts: dict[str, str] = {}
    _gather(name, parts)
    last = parts.pop(name)
    return "\n".join([_EXPORT.sub("", part) for part in parts.values()] + [last])


def joined(name: str) -> str:
    """Return the same without exports, as a classic script."""
    return _EXPORT.sub("", with_exports(name))


def _gather(name: str, parts: dict[str, str]) -> None:
    if name in parts:
        return
    text = static(name)
    for needed in _IMPORT.findall(text):
        _gather(posixpath.normpath(posixpath.join(posixpath.dirname(name), needed)), parts)
    parts[name] = _IMPORT.sub("", text)
