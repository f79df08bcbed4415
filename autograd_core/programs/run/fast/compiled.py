"""Compile kernels and loop with Numba, and cache the machine code on disk.

A kernel is compiled from the function that eager computation calls. Functions that it calls are compiled too. A
function that only replaces a Python exception by the IEEE 754 result is compiled as the C function, which returns that
result. Nothing is printed or executed as text.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.util
import math
import operator
import os
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from ....records.kernels import scalar as kernels
from .. import rowwise_kernels, vectors
from ..kernel_source import globals_of, python_function
from . import fast_loop


class CannotCompileError(Exception):
    """Numba is missing, cannot store its cache, or cannot compile a kernel; the message says which."""


#: Kernels that only replace Python's exceptions by IEEE 754 results: the C function already returns them.
PLAIN: dict[str, Any] = {
    "div": operator.truediv,
    "power": math.pow,
    "exp": math.exp,
    "exp2": math.exp2,
    "expm1": math.expm1,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "_ldexp": math.ldexp,
}

#: The compiler may round a product and a sum together, and nothing else.
FAST = {"fastmath": {"contract"}, "error_model": "numpy", "nogil": True}
EXACT = {"error_model": "numpy"}

_lock = threading.RLock()
_functions: dict[Any, Any] = {}
_addresses: dict[Any, Any] = {}
_loops: dict[Any, Any] = {}


@functools.cache
def numba() -> Any:
    """Return the Numba package, imported on first use because that takes half a second."""
    if importlib.util.find_spec("numba") is None:
        raise CannotCompileError("Numba is not installed: pip install 'autograd-core[jit]'")
    import numba as package
    from numba.extending import overload

    overload(math.cbrt)(lambda x: lambda x: np.cbrt(x))  # Numba knows only NumPy's name for it
    return package


@functools.cache
def cache_directory() -> Path:
    """Return the cache directory: the user's own, and one for each version of the compiled code.

    Loading compiled code executes it, so no other user may be able to write there.
    """
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or str(Path.home() / ".cache")
    directory = Path(base) / "autograd-core" / _digest()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (directory, directory.parent):
            state = path.stat()
            if hasattr(os, "getuid") and (state.st_uid != os.getuid() or state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)):
                raise CannotCompileError(f"compiled code is kept in {path}, to which others than you may write")
        if not os.access(directory, os.W_OK):
            raise CannotCompileError(f"compiled code is kept in {directory}, which cannot be written to")
    except (OSError, RuntimeError) as error:
        raise CannotCompileError(f"compiled code cannot be kept in {directory}: {error}") from None
    return directory


def _digest() -> str:
    """Return a hash of everything that the compiled code depends on: sources, Python, NumPy, Numba."""
    digest = hashlib.sha256()
    for module in (kernels, fast_loop, rowwise_kernels, vectors, sys.modules[__name__]):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(f"{sys.version} {np.__version__} {importlib.metadata.version('numba')}".encode())
    return digest.hexdigest()[:20]


def _kept(make: Callable[[], Any]) -> Any:
    """Return what ``make`` compiles, with Numba's cache in our directory."""
    config = numba().config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_directory())
    try:
        return make()
    finally:
        config.CACHE_DIR = before


def _twin(function: Any, name: str, options: dict[str, Any], **scope: Any) -> Any:
    """Return a function prepared for Numba: the functions it calls are compiled, and some names are replaced."""
    names = {**function.__globals__, **scope}
    for name_read, meaning in globals_of(function).items():
        if name_read not in scope and isinstance(meaning, FunctionType):
            names[name_read] = _compiled(meaning, options)
    twin = FunctionType(function.__code__, names, name, function.__defaults__, function.__closure__)
    twin.__qualname__, twin.__module__ = name, function.__module__
    return twin


def _compiled(function: Any, options: dict[str, Any]) -> Any:
    """Return a function that compiled code can call."""
    function = python_function(function)
    if getattr(function, "__module__", "") == kernels.__name__:
        function = PLAIN.get(function.__name__, function)
    if not isinstance(function, FunctionType):
        return function
    if function.__module__ == vectors.__name__:
        return _intrinsics()[function.__name__]
    if function not in _functions:
        _functions[function] = numba().njit(**options)(_twin(function, function.__name__, options))
    return _functions[function]


def kernel_address(op: Any, dtype: Any) -> int:
    """Return the address of the compiled kernel of an operation, for rows of a dtype.

    Raises
    ------
    CannotCompileError
        If Numba cannot compile the function.
    """
    key = (op, np.dtype(dtype).name)
    with _lock:
        if key not in _addresses:
            package = numba()
            own = getattr(op.scalar, "__module__", None) in (kernels.__name__, "math", "_operator", "builtins")
            number = package.types.float64 if key[1] == "float64" else package.types.float32
            pointers = package.types.CPointer(number), package.types.CPointer(package.types.int32)
            signature = package.types.void(*pointers, package.types.int64, package.types.int64)
            template = rowwise_kernels.BY_ARITY.get(op.arity)
            if template is None:
                raise CannotCompileError(f"{op.name} has {op.arity} operands")
            twin = _twin(template, f"{op.name}_rows", EXACT, kernel=_compiled(op.scalar, EXACT), carray=package.carray)
            try:
                _addresses[key] = _kept(lambda: package.cfunc(signature, cache=own, **EXACT)(twin))
            except package.core.errors.NumbaError as error:
                reason = str(error).strip().splitlines()[-1]
                raise CannotCompileError(f"Numba does not understand the kernel of {op.name}: {reason}") from None
        return int(_addresses[key].address)


def loop(function: Any) -> Any:
    """Return one of the compiled functions of the loop."""
    with _lock:
        if function not in _loops:
            twin = _twin(function, function.__name__, FAST)
            _loops[function] = _kept(lambda: numba().njit(cache=True, **FAST)(twin))
        return _loops[function]


@functools.cache
def _intrinsics() -> dict[str, Any]:
    return vectors.intrinsics(numba())
