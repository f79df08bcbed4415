"""Steppers and films where people meet them: JupyterLab, trusted or not, an exported page, marimo."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

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


@pytest.fixture(scope="module")
def executed(notebook_of):
    """A notebook with a stepper and a film, its outputs saved, signed by nobody."""
    nbclient = pytest.importorskip("nbclient")
    notebook = notebook_of(STEPPER, FILM)
    return nbclient.NotebookClient(notebook, timeout=60).execute()


def step_once(page):
    """Step forward by the button, then by a key that a notebook would take for a command of its own."""
    inside = page.frame_locator('iframe[title="Backpropagation, step by step"]').first
    inside.locator("#next").click()
    assert "step 1 of" in inside.locator("#phase").inner_text()
    page.keyboard.press("ArrowRight")
    assert "step 2 of" in inside.locator("#phase").inner_text()


def test_a_stepper_and_a_film_live_in_jupyterlab(lab, visit, notebook_of, run_all):
    page, complaints = visit(lab.write("live", notebook_of(STEPPER, FILM)) + "?reset")
    run_all(page)
    page.locator(".jp-OutputArea iframe").nth(1).wait_for(state="attached")
    step_once(page)
    film = page.frame_locator('.jp-OutputArea iframe[title="MLP"]')
    film.locator("#last").click()
    assert film.locator("#counter").inner_text().startswith("Update 3")
    assert page.locator(".jp-Notebook .jp-Cell").count() == 2
    assert complaints == []


def test_an_untrusted_copy_shows_tables_and_pictures_instead(lab, visit, executed):
    page, complaints = visit(lab.write("untrusted", executed) + "?reset")
    page.get_by_text("Trust this notebook").nth(1).wait_for()
    pictures = page.locator('.jp-OutputArea img[src^="data:image/svg+xml"]')
    pictures.nth(1).wait_for()
    for picture in pictures.all():
        assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 100
    assert page.locator(".jp-OutputArea iframe").count() == 0
    assert page.locator(".jp-OutputArea table").count() >= 1
    assert complaints == []


def test_an_exported_page_opened_from_the_disk(executed, tmp_path, visit):
    nbconvert = pytest.importorskip("nbconvert")
    body, _ = nbconvert.HTMLExporter().from_notebook_node(executed)
    (tmp_path / "exported.html").write_text(body, encoding="utf-8")
    page, complaints = visit((tmp_path / "exported.html").as_uri())
    page.frame_locator("iframe").first.locator("#next").wait_for()
    step_once(page)
    # The page of nbconvert itself asks for MathJax and require.js; whatever else is asked for would be ours.
    assert [asked for asked in complaints if "cdnjs.cloudflare.com" not in asked] == []


def test_a_stepper_in_marimo(marimo, visit):
    with marimo(STEPPER) as address:
        page, complaints = visit(address)
        page.frame_locator("iframe").first.locator("#next").wait_for()
        step_once(page)
        assert complaints == []
