"""The building: no import circles, no crowded folders, and a page about it that is true."""

from __future__ import annotations

import ast
import graphlib
import importlib.util
import re
import sys
import tomllib
from html import unescape
from pathlib import Path

import grimp
import pytest

import autograd_core
import viz
from autograd_core import Value
from nn import MLP, SGD, fit

ROOT = Path(__file__).parent.parent
PACKAGES = ("autograd_core", "nn", "viz")
SOURCES = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]

spec = importlib.util.spec_from_file_location("architecture", ROOT / "docs" / "architecture.py")
architecture = importlib.util.module_from_spec(spec)
spec.loader.exec_module(architecture)


def test_no_import_circle_is_left_but_those_a_contract_names():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    doors = {door for contract in contracts for door in contract.get("ignore_imports", ())}
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True)
    imports = {
        module: {it for it in graph.find_modules_directly_imported_by(module) if f"{module} -> {it}" not in doors}
        for module in graph.modules
    }
    list(graphlib.TopologicalSorter(imports).static_order())  # raises CycleError, which lists the circle


def test_no_folder_has_more_than_sixteen_python_files():
    folders = {path.parent for path in SOURCES}
    assert [str(f) for f in folders if len(list(f.glob("*.py"))) > 16] == []


#: Tables of records or kernels, which are longer than a room should be.
TABLES = {"autograd_core/records/kernels/scalar.py", "autograd_core/records/kernels/array.py"}


def test_no_file_has_more_than_four_hundred_lines():
    long = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if len(path.read_text(encoding="utf-8").splitlines()) > 400
    }
    assert long <= TABLES


# The page


def test_the_picture_shows_the_imports():
    svg = (ROOT / "docs" / "images" / "architecture.svg").read_text(encoding="utf-8")
    drawn = {tuple(unescape(title).split("->")) for title in re.findall(r"<title>(.+?&#45;&gt;.+?)</title>", svg)}
    assert drawn == architecture.reduced(architecture.imports())


def walks() -> dict[str, list[tuple[str, str]]]:
    """The stops of each walk on the page, as file and function."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    sections = re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", page, flags=re.MULTILINE | re.DOTALL)
    return {title: re.findall(r"^\d+\. `(.+?):(.+?)`", text, flags=re.MULTILINE) for title, text in sections}


def calls_of(work) -> list[tuple[str, str]]:
    """The functions of the packages that a piece of work calls, in the order of their first calls."""
    calls = {}
    root = str(ROOT) + "/"

    def enter(frame, event, _):
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(root):
            calls.setdefault((code.co_filename.removeprefix(root), code.co_qualname))

    sys.setprofile(enter)
    try:
        work()
    finally:
        sys.setprofile(None)
    return list(calls)


def backward():
    x = Value(2.0)
    (x * x).tanh().backward()


def drawing(tmp_path):
    x = Value(2.0)
    viz.draw((x * x).tanh()).save(tmp_path / "y.svg")


def training():
    model = MLP(2, [2, 1], rng=0)
    X, y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [1.0, 0.0, 1.0]
    fit(model, (X, y), "mse", SGD(model.parameters(), lr=0.1), epochs=1, traced=True, progress=False)


@pytest.mark.parametrize("title", walks())
def test_a_walk_has_at_most_eight_stops_which_exist(title):
    stops = walks()[title]
    assert 3 <= len(stops) <= 8
    for file, function in stops:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert function.split(".")[-1] in {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}, file


@pytest.mark.skipif(autograd_core.__compiled__, reason="machine code is not profiled; runs with the pure engine")
@pytest.mark.dot
def test_the_walks_are_the_calls_that_python_makes(tmp_path):
    pytest.importorskip("numba", reason="needs pip install 'autograd-core[jit]'")
    work = [backward, lambda: drawing(tmp_path), training]
    for (title, stops), each in zip(walks().items(), work, strict=True):
        calls = calls_of(each)
        order = [calls.index(stop) for stop in stops if stop in calls]
        assert len(order) == len(stops), (title, set(stops) - set(calls))
        assert order == sorted(order), title
