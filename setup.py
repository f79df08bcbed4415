"""Compile the engine to machine code if AUTOGRAD_CORE_COMPILED=1 is set; pyproject.toml contains everything else.

mypyc compiles the modules that ``autograd_core.native.compiled_copy`` names, from the text that Python runs. Without a
C compiler the package is built without them, and prints the reason.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError

ROOT = Path(__file__).parent
REQUESTED = os.environ.get("AUTOGRAD_CORE_COMPILED", "0") not in ("", "0")
if REQUESTED and sysconfig.get_config_var("Py_GIL_DISABLED"):
    print("autograd-core is built as pure Python: the compiled engine needs the interpreter lock.", file=sys.stderr)
    REQUESTED = False
BUILDING = not {"bdist_wheel", "build", "build_ext", "editable_wheel", "install"}.isdisjoint(sys.argv)

spec = importlib.util.spec_from_file_location("compiled_copy", ROOT / "autograd_core" / "native" / "compiled_copy.py")
compiled_copy = importlib.util.module_from_spec(spec)
spec.loader.exec_module(compiled_copy)


def extensions() -> list[Extension]:
    """Return the extension modules that mypyc generates from the hot modules of the engine."""
    from mypyc.build import mypycify

    sources = [f"autograd_core/{name.replace('.', '/')}.py" for name in compiled_copy.MODULES]
    # Other modules are not analyzed, which keeps the build fast.
    options = ["--config-file=", f"--cache-dir={os.devnull}", "--follow-imports=skip", "--ignore-missing-imports"]
    options += ["--always-true=COMPILED"]
    compiled = mypycify(
        [*options, "autograd_core/native/mypyc_attr.py", *sources],
        only_compile_paths=sources,
        group_name="autograd_core",
        opt_level="3",
        debug_level="0",
    )
    header = str(ROOT / "autograd_core" / "native" / "native.h")
    include = [f"/FI{header}"] if sys.platform == "win32" else ["-include", header, "-Wno-error", "-fvisibility=hidden"]
    for extension in compiled:
        extension.extra_compile_args = [*extension.extra_compile_args, *include]
        extension.depends = [*extension.depends, header]
    return compiled


class BuildCompiled(build_ext):
    """Build command that compiles the engine and records hashes of its sources; without a compiler it does neither."""

    def run(self) -> None:
        """Compile first and write the record last, so that an interrupted build leaves no record."""
        try:
            super().run()
        except (BaseError, CCompilerError, OSError) as error:
            print(f"autograd-core is built as pure Python, as its engine did not compile: {error}", file=sys.stderr)
            self.extensions = []
            return
        if self.extensions:
            folder = ROOT if self.inplace or getattr(self, "editable_mode", False) else Path(self.build_lib)
            compiled_copy.write_record(ROOT / "autograd_core", folder / "autograd_core")


setup(
    setup_requires=["mypy>=2.1"] if REQUESTED and not BUILDING else [],
    ext_modules=extensions() if REQUESTED and BUILDING else [],
    cmdclass={"build_ext": BuildCompiled},
)
