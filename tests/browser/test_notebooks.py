"""Steppers, films and playgrounds where people meet them: JupyterLab, trusted or not, an exported page, marimo."""

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

pytestmark = [pytest.mark.browser, pytest.mark.slow]

nbformat = pytest.importorskip("nbformat")

STEPPER = """\
from autograd_core import Value
from viz import step
a, b = Value(2.0, label="a"), Value(-3.0, label="b")
step(a * b + a)"""
FILM = """\
from nn import MLP, SGD, fit
from nn.data import xor
from viz import Recording, film
model = MLP(2, [2, 1], activation="tanh", rng=1)
film(fit(model, xor(5), "mse", SGD(model.parameters(), 0.2), epochs=3, progress=False, callbacks=[Recording()]))"""
PLAYGROUND = """\
from viz import Playground
playground = Playground(layers=(3, 2), samples=40)
playground"""
COUNTED = """\
import threading
playground.session.updates, sum(thread.name == "playground" for thread in threading.enumerate())"""
IMPATIENT = "import viz.playground\nviz.playground.PATIENCE = 3  # seconds"


@contextlib.contextmanager
def serving(folder: Path, command: list[str], path: str):
    """Run a server in a folder with a configuration of its own; give its address once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = {name: str(folder / "home") for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
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


@pytest.fixture(scope="module", autouse=True)
def kernel(tmp_path_factory):
    """The kernel `python3`, which is this very Python, whatever other ones are installed for the user."""
    spec = tmp_path_factory.mktemp("jupyter") / "kernels" / "python3"
    spec.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "Python 3", "language": "python"}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(spec.parent.parent))
        yield


@pytest.fixture(scope="module")
def executed():
    """A notebook with a stepper and a film, its outputs saved, signed by nobody."""
    nbclient = pytest.importorskip("nbclient")
    notebook = notebook_of(STEPPER, FILM)
    return nbclient.NotebookClient(notebook, timeout=60).execute()


def notebook_of(*cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook


@pytest.fixture(scope="module")
def lab(tmp_path_factory, executed):
    pytest.importorskip("jupyterlab")
    folder = tmp_path_factory.mktemp("lab")
    nbformat.write(notebook_of(STEPPER, FILM), folder / "live.ipynb")
    for name, more in {"played": [], "closed": [], "crashed": [IMPATIENT]}.items():  # each has a kernel of its own
        nbformat.write(notebook_of(PLAYGROUND, COUNTED, *more), folder / f"{name}.ipynb")
    nbformat.write(executed, folder / "untrusted.ipynb")
    options = ["--no-browser", "--ip=127.0.0.1", "--IdentityProvider.token=", "--allow-root", "--LabApp.news_url="]
    options += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--ServerApp.port_retries=0"]
    with serving(folder, ["jupyterlab", *options, "--port"], "api") as address:
        yield address


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


def run_all(page):
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.get_by_text("| Idle").first.wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def step_once(page):
    """Step forward by the button, then by a key that a notebook would take for a command of its own."""
    inside = page.frame_locator('iframe[srcdoc*="id=\\"next\\""]').first
    inside.locator("#next").click()
    assert "step 1 of" in inside.locator("#phase").inner_text()
    page.keyboard.press("ArrowRight")
    assert "step 2 of" in inside.locator("#phase").inner_text()


def test_a_stepper_and_a_film_live_in_jupyterlab(lab, visit):
    page, complaints = visit(f"{lab}lab/tree/live.ipynb?reset")
    run_all(page)
    page.locator(".jp-OutputArea iframe").nth(1).wait_for(state="attached")
    step_once(page)
    film = page.frame_locator('.jp-OutputArea iframe[title="MLP"]')
    film.locator("#last").click()
    assert film.locator("#counter").inner_text().startswith("Update 3")
    assert page.locator(".jp-Notebook .jp-Cell").count() == 2
    assert complaints == []


def test_an_untrusted_copy_shows_tables_and_pictures_instead(lab, visit):
    page, complaints = visit(f"{lab}lab/tree/untrusted.ipynb?reset")
    page.get_by_text("Trust this notebook").nth(1).wait_for()
    pictures = page.locator('.jp-OutputArea img[src^="data:image/svg+xml"]')
    pictures.nth(1).wait_for()
    for picture in pictures.all():
        assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 100
    assert page.locator(".jp-OutputArea iframe").count() == 0
    assert page.locator(".jp-OutputArea table").count() >= 1
    assert complaints == []


def play_in(page):
    """Start a playground's training; return what runs the second cell, which tells the updates and the threads."""
    run_all(page)
    page.locator(".playground .network svg").wait_for()
    cell = page.locator(".jp-Cell").nth(1)

    def answer():
        before = cell.locator(".jp-InputArea-prompt").inner_text()
        cell.locator(".cm-content").click()
        begun = time.monotonic()
        page.keyboard.press("Control+Enter")
        done = "([cell, before]) => ![before, '[*]:'].includes(cell.querySelector('.jp-InputArea-prompt').innerText)"
        page.wait_for_function(done, arg=[cell.element_handle(), before])
        took = time.monotonic() - begun
        return *told(cell), took

    assert answer()[:2] == (0, 0)
    page.locator('.playground [data-do="play"]').click()
    page.wait_for_function("document.querySelector('.playground [data-is=updates]').innerText !== '0'")
    return answer


def told(cell):
    found = cell.locator(".jp-OutputArea-executeResult .jp-RenderedText").inner_text()
    return tuple(map(int, found.strip("()").split(", ")))


def test_a_playground_trains_in_the_kernel_without_blocking_it_and_stops_when_it_is_closed(lab, visit):
    pytest.importorskip("anywidget")
    page, complaints = visit(f"{lab}lab/tree/played.ipynb?reset")
    answer = play_in(page)
    found = [answer() for _ in range(4)]
    assert 0 < found[0][0] < found[1][0] < found[2][0]
    assert {threads for _, threads, _ in found} == {1}
    assert min(took for _, _, took in found) < 1.0, "another cell runs within a second"
    background = "getComputedStyle(document.querySelector('.playground')).backgroundColor"
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.wait_for_function(f"{background} === 'rgb(17, 24, 39)'")
    page.locator(".playground .network .link").first.focus()
    page.keyboard.press("Enter")
    page.locator(".playground .slice svg").wait_for()
    page.locator(".playground").evaluate("box => box.scrollIntoView()")
    page.locator(".jp-Cell").first.locator(".cm-content").click()
    page.get_by_role("menuitem", name="Edit", exact=True).click()
    page.get_by_role("menuitem", name="Clear Cell Output", exact=True).click()
    page.locator(".playground").wait_for(state="detached")
    stopped = answer()
    assert answer()[:2] == (stopped[0], 0)
    assert complaints == []


@pytest.mark.parametrize("way", ["closed", "crashed"])
def test_a_notebook_whose_page_is_gone_trains_no_longer(lab, visit, way):
    pytest.importorskip("anywidget")
    page, _ = visit(f"{lab}lab/tree/{way}.ipynb?reset")
    answer = play_in(page)
    page.wait_for_timeout(4000)
    assert answer()[1] == 1, "a page that is there keeps it going"
    if way == "closed":
        page.goto("about:blank")
    else:
        with contextlib.suppress(Exception):  # whose page has crashed has nothing to say
            page.goto("chrome://crash", timeout=3_000)
    other, _ = visit(f"{lab}lab/tree/{way}.ipynb")
    other.get_by_text("| Idle").first.wait_for()
    cell = other.locator(".jp-Cell").nth(1)
    cell.locator(".cm-content").click()
    for _ in range(40):
        other.keyboard.press("Control+Enter")
        other.wait_for_timeout(250)
        if told(cell)[1] == 0:
            break
    else:
        pytest.fail("The training goes on, though nobody is there.")


def test_an_exported_page_opened_from_the_disk(executed, tmp_path, visit):
    nbconvert = pytest.importorskip("nbconvert")
    body, _ = nbconvert.HTMLExporter().from_notebook_node(executed)
    (tmp_path / "exported.html").write_text(body, encoding="utf-8")
    page, complaints = visit((tmp_path / "exported.html").as_uri())
    page.frame_locator("iframe").first.locator("#next").wait_for()
    step_once(page)
    # The page of nbconvert itself asks for MathJax and require.js; whatever else is asked for would be ours.
    assert [asked for asked in complaints if "cdnjs.cloudflare.com" not in asked] == []


def test_a_stepper_in_marimo(tmp_path, visit):
    pytest.importorskip("marimo")
    cell = "\n".join(f"    {line}" for line in STEPPER.splitlines())
    (tmp_path / "live.py").write_text(
        f"import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n{cell}\n    return\n", encoding="utf-8"
    )
    command = ["marimo", "run", "live.py", "--headless", "--no-token", "--host", "127.0.0.1", "--port"]
    with serving(tmp_path, command, "health") as address:
        page, complaints = visit(address)
        page.frame_locator("iframe").first.locator("#next").wait_for()
        step_once(page)
        assert complaints == []
