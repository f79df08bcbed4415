"""Build the compiled engine in a temporary folder, so that the checkout is not changed."""

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
BUILD_FILES = ("setup.py", "pyproject.toml", "README.md", "LICENSE")


@contextmanager
def compiled_engine() -> Iterator[dict[str, str] | None]:
    """Yield the environment variables with which Python imports a compiled engine.

    The build needs mypy and a C compiler. If it fails, print the reason and yield None.
    """
    with tempfile.TemporaryDirectory() as folder:
        for package in ("autograd_core", "nn"):
            shutil.copytree(ROOT / package, Path(folder, package), ignore=shutil.ignore_patterns("*.so", "*.pyd"))
        for name in BUILD_FILES:
            shutil.copy(ROOT / name, folder)
        environment = {**os.environ, "AUTOGRAD_CORE_COMPILED": "1", "PYTHONPATH": folder}
        command = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
        build = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if build.returncode or not list(Path(folder).glob("autograd_core__mypyc*")):
            reason = (build.stderr.strip().splitlines() or ["no message"])[-1]
            print(f"The compiled engine is left out, because it could not be built: {reason}", file=sys.stderr)
            yield None
        else:
            yield environment
