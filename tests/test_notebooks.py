"""The notebooks: executed from top to bottom as a reader would, and kept without their outputs."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SHOWN = {"01_one_exercise_four_ways": ["0.4076059644443803", "0.5794875152799757", "image/svg+xml", "text/html"]}


def read(notebook: Path):
    return json.loads(notebook.read_text(encoding="utf-8"))


def code_cells(notebook: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in read(notebook)["cells"] if cell["cell_type"] == "code"]


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """The kernel `python3`, which is this very Python, whatever other ones are installed for the user."""
    pytest.importorskip("ipykernel")
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "Python 3", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    for variable in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))
    return "python3"


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("index", [FOLDER / "README.md", FOLDER.parent / "README.md"], ids=["course", "project"])
def test_every_notebook_is_listed_in_its_place_and_nothing_else(index):
    linked = re.findall(r"\((?:notebooks/)?(\w+\.ipynb)\)", index.read_text(encoding="utf-8"))
    assert linked == [notebook.name for notebook in NOTEBOOKS]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_a_title_and_something_to_try(notebook):
    texts = ["".join(cell["source"]) for cell in read(notebook)["cells"] if cell["cell_type"] == "markdown"]
    assert texts[0].startswith("# ")
    assert texts[-1].startswith("## To try")
    assert any("assert " in source for source in code_cells(notebook))


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(notebook, kernel, tmp_path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    document = nbformat.read(notebook, as_version=4)
    client = nbclient.NotebookClient(
        document, timeout=120, kernel_name=kernel, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    outputs = [output for cell in document.cells for output in cell.get("outputs", ())]
    assert not [o for o in outputs if o.output_type == "stream" and o.name == "stderr"]
    shown = json.dumps(outputs)
    assert [text for text in SHOWN.get(notebook.stem, ()) if text not in shown] == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs_and_says_nothing_about_a_machine(notebook):
    document = read(notebook)
    assert set(document["metadata"]) <= {"kernelspec", "language_info"}
    assert document["metadata"]["language_info"] == {"name": "python"}
    for cell in document["cells"]:
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_uses_public_names_only(notebook):
    trees = [ast.parse(source) for source in code_cells(notebook)]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {f"{n.module}.{a.name}" for n in nodes if isinstance(n, ast.ImportFrom) for a in n.names}
    for name in imported:
        package, _, rest = name.partition(".")
        if package in ("autograd_core", "nn", "viz"):
            module = __import__(package)
            assert rest.split(".")[0] in module.__all__, name
    private = [n.attr for n in nodes if isinstance(n, ast.Attribute) and n.attr.startswith("_")]
    assert private == []
