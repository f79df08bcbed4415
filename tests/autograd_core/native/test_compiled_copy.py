"""The engine as machine code: whether it is used, and that it is not once its text has changed."""

from __future__ import annotations

import importlib.machinery
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograd_core
from autograd_core import Value
from autograd_core.native import compiled_copy

ROOT = Path(__file__).parents[3]
SUFFIX = importlib.machinery.EXTENSION_SUFFIXES[0]

needs_compiled = pytest.mark.skipif(not autograd_core.__compiled__, reason="needs AUTOGRAD_CORE_COMPILED=1 pip install")

ASK = "import autograd_core; print(autograd_core.__compiled__)"


def ask(folder: Path, program: str = ASK) -> subprocess.CompletedProcess[str]:
    """Run a program that finds the packages of a folder."""
    command = [sys.executable, "-W", "error", "-c", program]
    environment = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The engine's sources, where a test may write."""
    ignored = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd", "compiled.json")
    shutil.copytree(ROOT / "autograd_core", tmp_path / "autograd_core", ignore=ignored)
    return tmp_path


@pytest.fixture
def with_copies(copied: Path) -> Path:
    """Sources beside files that Python takes for their compiled copies; importing one of them fails."""
    for name in compiled_copy.MODULES:
        compiled_copy.path_of(copied / "autograd_core", name, SUFFIX).write_bytes(b"no machine code")
    (copied / f"{compiled_copy.LIBRARY}{SUFFIX}").write_bytes(b"no machine code")
    compiled_copy.write_record(copied / "autograd_core", copied / "autograd_core")
    return copied


def test_sources_alone_are_pure_python(copied):
    assert ask(copied).stdout == "False\n"


def test_copies_of_the_present_text_are_imported(with_copies):
    said = ask(with_copies).stderr
    assert "ImportError" in said
    assert SUFFIX in said


@pytest.mark.parametrize("name", compiled_copy.MODULES)
def test_a_source_that_was_edited_is_used_instead_of_its_copy(with_copies, name):
    with (compiled_copy.path_of(with_copies / "autograd_core", name)).open("a", encoding="utf-8") as file:
        file.write("\nEDITED = True\n")
    said = ask(
        with_copies, f"{ASK}; import sys, autograd_core.{name}; print(sys.modules['autograd_core.{name}'].EDITED)"
    )
    assert said.stdout == "False\nTrue\n", said.stderr


@pytest.mark.parametrize("lost", [compiled_copy.RECORD, f"graph/scope{SUFFIX}", f"../{compiled_copy.LIBRARY}{SUFFIX}"])
def test_what_an_interrupted_build_left_is_not_used(with_copies, lost):
    (with_copies / "autograd_core" / lost).unlink()
    assert ask(with_copies).stdout == "False\n"


@pytest.mark.parametrize("record", ["", "[]", json.dumps(dict.fromkeys(compiled_copy.MODULES, "00"))])
def test_a_record_of_another_text_is_not_believed(with_copies, record):
    (with_copies / "autograd_core" / compiled_copy.RECORD).write_text(record, encoding="utf-8")
    assert ask(with_copies).stdout == "False\n"


def test_other_modules_are_found_as_ever():
    assert compiled_copy.SourcesOnly.find_spec("autograd_core.array.tensor") is None
    assert compiled_copy.SourcesOnly.find_spec("nn.graph.node") is None


@needs_compiled
def test_the_compiled_engine_gives_way_to_an_edited_source(tmp_path):
    shutil.copytree(ROOT / "autograd_core", tmp_path / "autograd_core")
    for library in ROOT.glob(f"{compiled_copy.LIBRARY}*"):
        shutil.copy(library, tmp_path)
    assert ask(tmp_path).stdout == "True\n"
    with (tmp_path / "autograd_core" / "scalar" / "value.py").open("a", encoding="utf-8") as file:
        file.write("\n# another thought\n")
    assert ask(tmp_path).stdout == "False\n"


@needs_compiled
def test_both_engines_compute_the_same_bits(copied):
    program = (
        "from tests.laws.test_scale import digest; import autograd_core; print(autograd_core.__compiled__, digest())"
    )
    pure, compiled = (
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONPATH": os.pathsep.join(map(str, folders)), "PYTHONHASHSEED": "0"},
            cwd=folders[0],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for folders in ((copied, ROOT), (ROOT,))
    )
    assert (pure[0], compiled[0]) == ("False", "True")
    assert pure[1] == compiled[1]


@needs_compiled
def test_a_node_is_104_bytes_and_of_no_concern_to_the_garbage_collector():
    import gc

    x = Value(2.0)
    assert sys.getsizeof(x * x) == 104
    assert not gc.is_tracked(x * x)


def test_a_value_has_the_same_face_in_both_readings():
    assert Value.__module__ == "autograd_core.scalar.value"
    assert Value.__name__ == Value.__qualname__ == "Value"
    assert Value.__doc__ is not None
    assert Value.__doc__.startswith("A scalar with a gradient, and the operation that computed it.")
    assert len({Value(1.0), Value(1.0)}) == 2


def test_a_subclass_makes_nodes_of_its_kind():
    class Named(Value):
        def __init__(self, data):
            super().__init__(data)
            self.name = "mine"

    x = Named(2.0)
    y = (x * x + 1.0).tanh()
    y.backward()
    assert type(y) is Named
    assert x.name == "mine"
    assert x.grad == pytest.approx(4.0 * (1.0 - y.data**2))
