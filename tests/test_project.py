"""The project as a stranger gets it: the wheel, the README's commands, and rules no reviewer should have to check."""

from __future__ import annotations

import ast
import configparser
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import autograd_core
import nn
import viz

ROOT = Path(__file__).parent.parent
PACKAGES = ("autograd_core", "nn", "viz")
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")

COMMANDS = ['pip install -e ".[demo]" && backprop demo', 'pip install -e ".[dev]" && pytest']


@pytest.fixture
def copied_project(tmp_path: Path) -> Path:
    """The packages and what builds them, where a test may write."""
    project = tmp_path / "project"
    project.mkdir()
    for package in PACKAGES:
        shutil.copytree(ROOT / package, project / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, project)
    return project


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)


# The wheel


def test_the_wheel_holds_the_typed_packages_and_nothing_else_and_can_be_imported(copied_project, tmp_path):
    built = run(sys.executable, "-c", BUILD_WHEEL, cwd=copied_project)
    assert built.returncode == 0, built.stderr
    [wheel] = copied_project.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    installed = tmp_path / "installed"

    expected = {path.relative_to(copied_project).as_posix() for path in shipped_files(copied_project)}
    found = {p.relative_to(installed).as_posix() for p in installed.rglob("*") if p.is_file()}
    assert {name for name in found if ".dist-info/" not in name} == expected
    assert {f"{package}/py.typed" for package in PACKAGES} <= found

    scripts = configparser.ConfigParser()
    scripts.read(next(installed.glob("*.dist-info/entry_points.txt")), encoding="utf-8")
    assert dict(scripts["console_scripts"]) == {"backprop": "viz.cli.cli:main"}

    # -I keeps the checkout out of sys.path, so that only the unpacked wheel can answer.
    imported = run(sys.executable, "-I", "-c", IMPORT_FROM.format(path=str(installed)), cwd=tmp_path)
    assert imported.returncode == 0, imported.stderr


BUILD_WHEEL = "from setuptools import build_meta; build_meta.build_wheel('.')"

IMPORT_FROM = """
import sys
sys.path.insert(0, {path!r})
import autograd_core, nn, viz
for package in (autograd_core, nn, viz):
    assert package.__file__.startswith({path!r}), package.__file__
"""


def shipped_files(project: Path) -> Iterator[Path]:
    """Every file in the packages: code, the typing marker, and what viz puts into a page."""
    for package in PACKAGES:
        yield from (path for path in (project / package).rglob("*") if path.is_file())


# Names


def test_no_package_hides_a_name_of_another_from_import_star():
    exported = [name for package in (autograd_core, nn, viz) for name in package.__all__]
    assert len(set(exported)) == len(exported)
    assert autograd_core.Linear is not nn.Linear


# The README's commands


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_gives_each_command_once_in_a_block_of_its_own(command):
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    assert [block.strip() for block in blocks].count(command) == 1


def test_every_extra_that_the_readme_or_another_extra_names_exists():
    extras = CONFIG["project"]["optional-dependencies"]
    named = set(re.findall(r"\[([a-z,]+)\]\"", README))
    named |= set(re.findall(r"'autograd-core\[(.+?)\]'", str(extras)))
    assert {name for group in named for name in group.split(",")} <= set(extras)


# Import contracts

# A contract, and what is appended to which module to break it; a module that does not exist is made by it.
PLANTED = [
    ("viz imports nn, and nn imports autograd_core", {"nn/__init__.py": "import viz"}),
    (
        "viz imports nn, and nn imports autograd_core",
        {"autograd_core/graph/sweep.py": "def late():\n    import nn.errors"},
    ),
    ("wings of autograd_core", {"autograd_core/records/rules/arithmetic.py": "from ...graph import node"}),
    ("wings of autograd_core", {"autograd_core/records/kernels/scalar.py": "from autograd_core import Value"}),
    ("wings of autograd_core", {"autograd_core/graph/sweep.py": "from ..scalar import sweep as fast"}),
    ("wings of autograd_core", {"autograd_core/cellar.py": "import math"}),
    ("wings of programs", {"autograd_core/programs/trace/tape.py": "from ..run import plan"}),
    (
        "the graph and its sweep import no operations",
        {"autograd_core/graph/sweep.py": "from ..records import rules"},
    ),
    (
        "the graph and its sweep import no operations",
        {"autograd_core/graph/history.py": "from ..readings import algebra"},
    ),
    ("wings of nn", {"nn/models/layers.py": "from ..optim import optimizer"}),
    ("wings of viz", {"viz/scene/scene.py": "from ..film import film"}),
    ("wings of viz", {"viz/render/dot.py": "from ..drawing import drawing"}),
    ("wings of viz", {"viz/style/theme.py": "from ..page import scripts"}),
    ("only wings that show networks and training import nn", {"viz/scene/scene.py": "import nn"}),
    ("only wings that show networks and training import nn", {"viz/steps/steps.py": "from nn.errors import NNError"}),
]


def contracts_broken_in(project: Path) -> set[str]:
    """The names of the contracts that import-linter reports as broken."""
    checked = run(sys.executable, "-c", LINT_IMPORTS, cwd=project)
    broken = set(re.findall(r"^(.+?) BROKEN", checked.stdout, flags=re.MULTILINE))
    assert bool(broken) == bool(checked.returncode), checked.stdout + checked.stderr
    return broken


LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache', '--no-logo'])"


def test_the_packages_keep_every_import_contract(copied_project):
    assert contracts_broken_in(copied_project) == set()


@pytest.mark.parametrize(("contract", "planted"), PLANTED)
def test_an_import_contract_catches_a_planted_violation(contract, planted, copied_project):
    for module, forbidden_import in planted.items():
        with (copied_project / module).open("a", encoding="utf-8") as file:
            file.write(f"\n{forbidden_import}\n")
    assert contract in contracts_broken_in(copied_project)


def test_every_import_contract_has_a_planted_violation():
    contracts = CONFIG["tool"]["importlinter"]["contracts"]
    assert {contract["name"] for contract in contracts} == {name for name, _ in PLANTED}


# Nothing a user hands over is ever run as code

NEVER_CALLED = {"eval", "exec", "compile", "__import__"}
NEVER_IMPORTED = {"pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}


def unsafe_lines(source: str) -> list[int]:
    """Lines that could run data as code: a call or an alias of eval and the like, unpickling, a shell."""
    return sorted({node.lineno for node in ast.walk(ast.parse(source)) if is_unsafe(node)})


def is_unsafe(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name):
            return name in NEVER_CALLED
        case ast.Import(names=names):
            return any(alias.name.split(".")[0] in NEVER_IMPORTED for alias in names)
        case ast.ImportFrom(module=str(module), level=0):
            return module.split(".")[0] in NEVER_IMPORTED
        case ast.Attribute(value=ast.Name(id="os"), attr=name):
            return name in {"system", "popen"}
        case ast.keyword(arg="shell" | "allow_pickle", value=value):
            return not (isinstance(value, ast.Constant) and value.value is False)
    return False


@pytest.mark.parametrize(
    "line",
    [
        "eval(text)",
        "run = exec",
        "compile(text, '', 'eval')",
        "__import__(name)",
        "import pickle",
        "import os, marshal as m",
        "from joblib import load",
        "os.system(command)",
        "subprocess.run(command, shell=True)",
        "numpy.load(file, allow_pickle=flag)",
    ],
)
def test_unsafe_lines_are_found(line):
    assert unsafe_lines(f"'''Neither eval( nor pickle.'''\n{line}\n") == [2]


def test_harmless_lines_are_not_found():
    assert unsafe_lines("re.compile('eval')\nnumpy.load(file, allow_pickle=False)\nmodel.eval()\n") == []


@pytest.mark.parametrize("module", sorted(str(p.relative_to(ROOT)) for n in PACKAGES for p in (ROOT / n).rglob("*.py")))
def test_no_module_runs_data_as_code(module):
    assert unsafe_lines((ROOT / module).read_text(encoding="utf-8")) == []
