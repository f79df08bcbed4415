"""Declare class properties for the compiled engine, which Python ignores.

``mypyc_attr`` is mypyc's own decorator during compilation; Python alone needs no extra package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["mypyc_attr"]

if TYPE_CHECKING:
    from mypy_extensions import mypyc_attr
else:

    def mypyc_attr(**_: Any) -> Any:
        """Return a decorator that returns a class unchanged."""
        return lambda kind: kind
