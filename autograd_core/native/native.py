"""What the compiled engine is told about a class, which Python itself passes over.

``mypyc_attr`` is mypyc's own decorator while it compiles; nothing but Python is needed to run the same text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["mypyc_attr"]

if TYPE_CHECKING:
    from mypy_extensions import mypyc_attr
else:

    def mypyc_attr(**_: Any) -> Any:
        """Return a decorator that returns a class as it is."""
        return lambda kind: kind
