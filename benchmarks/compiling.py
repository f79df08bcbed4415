"""The engine as machine code, for a while: built in a folder of its own, so that the checkout stays as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["compiled_engine"]

ROOT = Path(__file__).parent.parent
NEEDED = ("setup.py", "native.h", "pyproject.toml", "README.md", "LICENSE")


@contextmanager
def compiled_engine() -> Iterator[dict[str, str] | None]:
    """Yield the environment in which Python finds a compiled engine; None, with the reason told, if there can be none.

    Needs mypy and a C compiler.
    """
    with tempfile.TemporaryDirectory() as folder:
        for package in ("autograd_core", "nn"):
            shutil.copytree(ROOT / package, Path(folder, package), ignore=shutil.ignore_patterns("*.so", "*.pyd"))
        for name in NEEDED:
            shutil.copy(ROOT / name, folder)
        environment = {**os.environ, "AUTOGRAD_CORE_COMPILED": "1", "PYTHONPATH": folder}
        build = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
        done = subprocess.run(build, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode or not list(Path(folder).glob("autograd_core__mypyc*")):
            last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
            print(f"The compiled engine is left out, as it could not be built: {last}", file=sys.stderr)
            yield None
        else:
            yield environment
