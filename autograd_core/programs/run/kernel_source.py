"""Return kernels as Python functions with readable source and bytecode.

If the engine runs compiled, they are read from the sources beside it.
"""

from __future__ import annotations

import dis
import functools
import importlib.util
from pathlib import Path
from types import FunctionType
from typing import Any

from ...records.kernels import scalar as kernels


def python_function(function: Any) -> Any:
    """Return a kernel as a Python function; a C function, such as ``math.tanh``, is returned unchanged."""
    if isinstance(function, FunctionType) or getattr(function, "__module__", "") != kernels.__name__:
        return function
    return getattr(_uncompiled(), function.__name__)


@functools.cache
def _uncompiled() -> Any:
    path = Path(str(kernels.__file__)).with_name("scalar.py")
    spec: Any = importlib.util.spec_from_file_location(kernels.__name__, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def globals_of(function: FunctionType) -> dict[str, Any]:
    """Return the global names that a function reads, with their values; builtins are left out.

    >>> from autograd_core.records.kernels import scalar as kernels
    >>> sorted(globals_of(kernels.exp2_slope))
    ['LN2', 'exp2']
    """
    read = {i.argval for i in dis.get_instructions(function) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return {name: function.__globals__[name] for name in sorted(read) if name in function.__globals__}
