"""What pyproject.toml cannot say: the engine is built as machine code too, if AUTOGRAD_CORE_COMPILED=1 asks for it.

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
ASKED = os.environ.get("AUTOGRAD_CORE_COMPILED", "0") not in ("", "0")
if ASKED and sysconfig.get_config_var("Py_GIL_DISABLED"):
    print("autograd-core is built as pure Python: its compiled engine needs the interpreter lock.", file=sys.stderr)
    ASKED = False
BUILDING = not {"bdist_wheel", "build", "build_ext", "editable_wheel", "install"}.isdisjoint(sys.argv)

spec = importlib.util.spec_from_file_location("compiled_copy", ROOT / "autograd_core" / "native" / "compiled_copy.py")
compiled_copy = importlib.util.module_from_spec(spec)
spec.loader.exec_module(compiled_copy)


def extensions() -> list[Extension]:
    """Return the extension modules that mypyc makes of the engine's hot modules."""
    from mypyc.build import mypycify

    sources = [f"autograd_core/{name.replace('.', '/')}.py" for name in compiled_copy.MODULES]
    # Of other modules it need not know more than that they are there, which makes it quick.
    options = ["--config-file=", f"--cache-dir={os.devnull}", "--follow-imports=skip", "--ignore-missing-imports"]
    options += ["--always-true=COMPILED"]
    made = mypycify(
        [*options, "autograd_core/native/native.py", *sources],
        only_compile_paths=sources,
        group_name="autograd_core",
        opt_level="3",
        debug_level="0",
    )
    header = str(ROOT / "autograd_core" / "native" / "native.h")
    include = [f"/FI{header}"] if sys.platform == "win32" else ["-include", header, "-Wno-error", "-fvisibility=hidden"]
    for extension in made:
        extension.extra_compile_args = [*extension.extra_compile_args, *include]
        extension.depends = [*extension.depends, header]
    return made


class BuildCompiled(build_ext):
    """Compiles the twins and records of what text they are; without a compiler it does neither."""

    def run(self) -> None:
        """Compile, and write the record last, so that a build that was interrupted is not taken for one."""
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
    setup_requires=["mypy>=2.1"] if ASKED and not BUILDING else [],
    ext_modules=extensions() if ASKED and BUILDING else [],
    cmdclass={"build_ext": BuildCompiled},
)
