"""The playground where people meet it besides its own page: JupyterLab, marimo, an exported page."""

from __future__ import annotations

import contextlib
import time

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

pytest.importorskip("anywidget")

PLAYGROUND = """\
from viz import Playground
playground = Playground(layers=(3, 2), samples=40)
playground"""
COUNTED = """\
import threading
playground.session.updates, sum(thread.name == "playground" for thread in threading.enumerate())"""
IMPATIENT = "from viz.playground import playground as module\nmodule.PATIENCE = 3  # seconds"


def play_in(page, run_all):
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


def test_training_in_the_kernel_blocks_nothing_and_stops_when_the_playground_is_closed(
    lab, visit, notebook_of, run_all
):
    page, complaints = visit(lab.write("played", notebook_of(PLAYGROUND, COUNTED)) + "?reset")
    answer = play_in(page, run_all)
    found = [answer() for _ in range(4)]
    assert 0 < found[0][0] < found[1][0] < found[2][0]
    assert {threads for _, threads, _ in found} == {1}
    assert min(took for _, _, took in found) < 1.0, "another cell runs within a second"
    background = "getComputedStyle(document.querySelector('.playground')).backgroundColor"
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    map = page.locator(".playground .field canvas")
    assert map.evaluate("one => Math.min(...one.getContext('2d').getImageData(9, 9, 1, 1).data)") > 60, (
        "the map is not black, though it was painted before it was shown"
    )
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.wait_for_function(f"{background} === 'rgb(17, 24, 39)'")
    page.locator(".playground .overlay").focus()
    for key in ("b", "x", "ArrowRight"):  # the first two are JupyterLab's, if it hears of them
        page.keyboard.press(key)
    page.locator(".playground .unseen", has_text="sample").wait_for(state="attached")
    assert page.locator(".jp-Notebook .jp-Cell").count() == 2
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
def test_a_notebook_whose_page_is_gone_trains_no_longer(lab, visit, notebook_of, run_all, way):
    address = lab.write(way, notebook_of(PLAYGROUND, COUNTED, *([IMPATIENT] if way == "crashed" else [])))
    page, _ = visit(address + "?reset")
    answer = play_in(page, run_all)
    page.wait_for_timeout(4000)
    assert answer()[1] == 1, "a page that is there keeps it going"
    if way == "closed":
        page.goto("about:blank")
    else:
        with contextlib.suppress(Exception):  # whose page has crashed has nothing to say
            page.goto("chrome://crash", timeout=3_000)
    other, _ = visit(address)
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


def test_a_playground_in_marimo(marimo, visit):
    code = f"{PLAYGROUND}\nimport marimo\nmarimo.ui.anywidget(playground.widget)"
    with marimo(code) as address:
        page, complaints = visit(address)
        page.locator(".playground .network svg").wait_for()
        page.locator(".playground [data-size=batch]").click()
        page.locator(".playground [data-is=updates]", has_text="1").wait_for(timeout=60_000)
        assert page.locator(".playground .unit circle").nth(2).is_visible(), "marimo has a class `hidden` of its own"
        page.locator(".playground [data-do=play]").click()
        page.locator(".playground [data-do=play]", has_text="Pause").wait_for()
        page.locator(".playground [data-do=play]").click()
        page.locator(".playground [data-do=play]", has_text="Train").wait_for()
        assert complaints == []


def test_an_exported_page_shows_the_network_of_a_playground(tmp_path, visit, notebook_of):
    nbclient, nbconvert = pytest.importorskip("nbclient"), pytest.importorskip("nbconvert")
    notebook = nbclient.NotebookClient(notebook_of(PLAYGROUND), timeout=60, store_widget_state=False).execute()
    body, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    (tmp_path / "exported.html").write_text(body, encoding="utf-8")
    page, _ = visit((tmp_path / "exported.html").as_uri())
    page.get_by_text("A playground, which plays while Python runs").wait_for()
    picture = page.locator('img[alt^="MLP: 2-3-2-1 units"]')
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 100
