"""A browser with the network shut, pages that may neither ask for anything nor complain, and notebooks."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from viz.playground.serving import serve


@pytest.fixture
def open_page(browser):
    """Open an address; at the end, nothing else may have been requested, and nothing complained about."""
    complaints, opened = [], []

    def open_it(address, allowed=(), **context):
        page = browser.new_context(**context).new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        fine = (address, *allowed)
        page.on("request", lambda asked: None if asked.url.startswith(fine) else complaints.append(asked.url))
        page.goto(address)
        opened.append(page)
        return page

    yield open_it
    for page in opened:
        page.context.close()
    assert complaints == []


@pytest.fixture
def play(open_page):
    """A playground and its page."""
    served = serve(layers=(3, 2), samples=40)
    page = open_page(served.url, viewport={"width": 1400, "height": 900})
    page.wait_for_selector(".network svg")
    yield served.session, page
    page.close()
    served.close()


@contextlib.contextmanager
def _serving(folder: Path, command: list[str], path: str):
    """Run a server in a folder with a configuration of its own; give its address once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = {name: str(folder / "home") for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    home["XDG_CACHE_HOME"] = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))  # what Numba has compiled
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", *command, str(port)], cwd=folder, env=os.environ | home, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(300):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(address + path, timeout=5).close()
                break
            assert server.poll() is None, (folder / "server.log").read_text()
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="session")
def kernel(tmp_path_factory):
    """The kernel `python3`, which is this very Python, whatever other ones are installed for the user."""
    spec = tmp_path_factory.mktemp("jupyter") / "kernels" / "python3"
    spec.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "Python 3", "language": "python"}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(spec.parent.parent))
        yield


@pytest.fixture(scope="session")
def notebook_of(kernel):
    """Make a notebook of some cells."""
    nbformat = pytest.importorskip("nbformat")

    def notebook_of(*cells):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        return notebook

    return notebook_of


class Lab:
    """A JupyterLab in a folder."""

    def __init__(self, address, folder):
        self.address, self.folder = address, folder

    def write(self, name, notebook):
        """Put a notebook into the folder; return its address."""
        (self.folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        return f"{self.address}lab/tree/{name}.ipynb"


@pytest.fixture(scope="session")
def lab(tmp_path_factory, kernel):
    pytest.importorskip("jupyterlab")
    folder = tmp_path_factory.mktemp("lab")
    options = ["--no-browser", "--ip=127.0.0.1", "--IdentityProvider.token=", "--allow-root", "--LabApp.news_url="]
    options += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--ServerApp.port_retries=0"]
    with _serving(folder, ["jupyterlab", *options, "--port"], "api") as address:
        yield Lab(address, folder)


@pytest.fixture
def marimo(tmp_path):
    """Run an application of one cell; give its address."""
    pytest.importorskip("marimo")

    @contextlib.contextmanager
    def running(code):
        cell = "\n".join(f"    {line}" for line in code.splitlines())
        (tmp_path / "live.py").write_text(
            f"import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n{cell}\n    return\n", encoding="utf-8"
        )
        command = ["marimo", "run", "live.py", "--headless", "--no-token", "--host", "127.0.0.1", "--port"]
        with _serving(tmp_path, command, "health") as address:
            yield address

    return running


@pytest.fixture
def visit(browser):
    """Open a page of which nothing may ask beyond this machine, and nothing of ours complain."""
    complaints, contexts = [], []

    def ours(message):
        return message.type == "error" and message.location.get("url", "").startswith(("about:srcdoc", "blob:"))

    def visit_it(address, **options):
        context = browser.new_context(viewport={"width": 1500, "height": 1100}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        near = ("http://127.0.0.1:", "file:", "data:", "blob:", "about:")
        page.on("request", lambda asked: None if asked.url.startswith(near) else complaints.append(asked.url))
        page.on("console", lambda message: complaints.append(message.text) if ours(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page, complaints

    yield visit_it
    for context in contexts:
        context.close()


@pytest.fixture
def run_all():
    """Run all cells of the notebook that a page shows."""

    def run_all(page):
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        page.get_by_text("| Idle").first.wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    return run_all
