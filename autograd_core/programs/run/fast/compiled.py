"""The kernels and the loop, compiled by Numba and kept on disk.

A kernel is compiled from the very function that eager computing calls. What keeps Numba from it is replaced while
reading: functions that it calls are compiled too, and a function that only says what IEEE 754 answers where Python
raises is the C function itself, which has that answer. Nothing is printed or evaluated as text.
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
from .. import kernel_rows, vectors
from ..kernel_source import globals_of, python_function
from . import fast_loop

__all__ = ["CannotCompileError", "kernel_address", "loop"]


class CannotCompileError(Exception):
    """Numba is missing, cannot keep what it compiles, or does not understand a kernel; the text says which."""


#: Kernels that only say what IEEE 754 answers where Python raises: compiled, the C function has that answer.
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

#: A product and a sum may be rounded together; nothing else is allowed to the compiler.
FAST = {"fastmath": {"contract"}, "error_model": "numpy", "nogil": True}
EXACT = {"error_model": "numpy"}

_lock = threading.RLock()
_functions: dict[Any, Any] = {}
_addresses: dict[Any, Any] = {}
_loops: dict[Any, Any] = {}


@functools.cache
def numba() -> Any:
    """Return the Numba package; importing it takes half a second, so it is imported when it is needed."""
    if importlib.util.find_spec("numba") is None:
        raise CannotCompileError("Numba is not installed: pip install 'autograd-core[jit]'")
    import numba as package
    from numba.extending import overload

    overload(math.cbrt)(lambda x: lambda x: np.cbrt(x))  # Numba knows it by NumPy's name alone
    return package


@functools.cache
def cache_directory() -> Path:
    """Return the directory of compiled code: the user's own, and one for each version of what is compiled.

    Loading compiled code is running it, so nobody else may be able to write there.
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
    """Return a name for what is compiled: another text, Python, NumPy or Numba has another."""
    digest = hashlib.sha256()
    for module in (kernels, fast_loop, kernel_rows, vectors, sys.modules[__name__]):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(f"{sys.version} {np.__version__} {importlib.metadata.version('numba')}".encode())
    return digest.hexdigest()[:20]


def _kept(make: Callable[[], Any]) -> Any:
    """Return what ``make`` compiles, while Numba keeps its cache in our directory."""
    config = numba().config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_directory())
    try:
        return make()
    finally:
        config.CACHE_DIR = before


def _twin(function: Any, name: str, options: dict[str, Any], **scope: Any) -> Any:
    """Return a function as Numba is to read it: what it calls is compiled, and some names mean something else."""
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
    """Return where the compiled kernel of an operation is, for rows of a dtype.

    Raises
    ------
    CannotCompileError
        If Numba does not understand the function.
    """
    key = (op, np.dtype(dtype).name)
    with _lock:
        if key not in _addresses:
            package = numba()
            own = getattr(op.scalar, "__module__", None) in (kernels.__name__, "math", "_operator", "builtins")
            number = package.types.float64 if key[1] == "float64" else package.types.float32
            pointers = package.types.CPointer(number), package.types.CPointer(package.types.int32)
            signature = package.types.void(*pointers, package.types.int64, package.types.int64)
            template = kernel_rows.BY_ARITY.get(op.arity)
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
    """Return one of the functions of the loop, compiled."""
    with _lock:
        if function not in _loops:
            twin = _twin(function, function.__name__, FAST)
            _loops[function] = _kept(lambda: numba().njit(cache=True, **FAST)(twin))
        return _loops[function]


@functools.cache
def _intrinsics() -> dict[str, Any]:
    return vectors.intrinsics(numba())
