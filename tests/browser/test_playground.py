"""The playground in a browser, talking to this process alone: what is clicked happens, what is shown is so."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from nn import MLP, DAGNetwork
from viz.playground.serving import serve
from viz.playground.update_rules import option_defaults
from viz.style import labels

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def fact(page, name, text):
    page.locator(f'[data-is="{name}"]', has_text=text).wait_for(timeout=20_000)


def test_steps_of_every_size_and_the_way_back(play):
    session, page = play
    page.click("[data-size=batch]")
    fact(page, "updates", "1")
    assert page.inner_text('[data-is="loss"]') == labels.number(session.loss())
    page.click("[data-size=epoch]")
    fact(page, "epoch", "1")
    page.click("[data-size=operation]")
    page.locator(".card dt").first.wait_for()
    assert page.inner_text(".card p") == f"forward · 1 of {len(session.stepper)} · {session.card['heading']}"
    page.click("[data-do=rewind]")
    fact(page, "updates", "0")
    assert session.updates == 0


def test_training_runs_until_it_is_paused(play):
    session, page = play
    page.click("[data-do=play]")
    page.locator('[data-do="play"]', has_text="Pause").wait_for()
    page.wait_for_timeout(600)
    page.click("[data-do=play]")
    page.locator('[data-do="play"]', has_text="Train").wait_for()
    done = session.updates
    assert done > 0
    page.wait_for_timeout(300)
    assert session.updates == done
    assert page.inner_text('[data-is="updates"]') == str(done)


def test_every_optimiser_has_its_own_settings_and_says_what_is_wrong_with_one(play):
    session, page = play
    for optimizer in ("SGD", "Momentum", "Adagrad", "RMSprop", "Adam", "AdamW"):
        page.select_option("[data-set=optimizer]", optimizer)
        names = [*option_defaults(optimizer)]
        for name in names:
            page.locator(f'[data-option="{name}"]').wait_for()
        page.locator("[data-option]").nth(len(names)).wait_for(state="detached")
    page.fill('[data-option="betas"]', "0.5, 0.8")
    page.keyboard.press("Tab")
    page.check('[data-option="amsgrad"]')
    page.click("[data-size=batch]")
    fact(page, "updates", "1")
    assert session.optimizer.options()["betas"] == (0.5, 0.8)
    assert session.optimizer.amsgrad is True
    page.fill('[data-option="betas"]', "2, 0.8")
    page.keyboard.press("Tab")
    page.locator(".badge", has_text="betas[0] must be at least 0 and less than 1").wait_for()
    assert page.input_value('[data-option="betas"]') == "2, 0.8", "what was refused can be corrected"
    assert session.updates == 1


def test_what_is_no_learning_rate_is_told_and_nothing_is_lost(play):
    session, page = play
    page.click("[data-size=epoch]")
    fact(page, "epoch", "1")
    page.fill("[data-set=lr]", "fast")
    page.keyboard.press("Tab")
    page.locator(".badge", has_text="such as 0.1 or 1e-3; not 'fast'").wait_for()
    assert (session.epoch, session.optimizer.lr) == (1, 0.1)
    assert page.input_value("[data-set=lr]") == "fast"
    page.fill("[data-set=lr]", "1e-2")
    page.keyboard.press("Tab")
    page.locator(".badge").wait_for(state="detached")
    assert session.optimizer.lr == 0.01
    page.fill("[data-set=samples]", "")
    page.keyboard.press("Tab")
    page.locator(".badge", has_text="samples is a whole number from 8 to 200").wait_for()
    assert session.epoch == 1


def test_the_ringed_sample_opens_in_the_stepper_and_the_code_can_be_copied(play):
    _, page = play
    page.click("[data-do=code]")
    page.locator(".inside textarea").wait_for()
    assert "from nn import MLP" in page.input_value(".inside textarea")
    page.click("[data-do=close]")
    page.click("[data-do=steps]")
    inside = page.frame_locator(".inside iframe")
    inside.locator("#next").click()
    assert "step 1 of" in inside.locator("#phase").inner_text()


def test_the_copied_python_runs_in_a_fresh_process_and_prints_the_same_loss(play, tmp_path):
    session, page = play
    page.select_option("[data-set=optimizer]", "Adam")
    for size in ("epoch", "batch"):
        page.click(f"[data-size={size}]")
    fact(page, "updates", "5")
    page.click("[data-do=code]")
    page.locator(".inside textarea").wait_for()
    (tmp_path / "copied.py").write_text(page.input_value(".inside textarea"), encoding="utf-8")
    done = subprocess.run([sys.executable, "copied.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == f"{session.losses[-1]!r}\n"


def test_the_theme_can_be_changed(play):
    _, page = play
    page.click("[data-do=theme]")
    page.click("[data-do=theme]")
    assert page.evaluate("getComputedStyle(document.querySelector('.playground')).backgroundColor") == "rgb(17, 24, 39)"


@pytest.mark.parametrize(
    "reader",
    [{"color_scheme": "dark"}, {"reduced_motion": "reduce"}, {"forced_colors": "active"}, {"color_scheme": "light"}],
    ids=lambda reader: "-".join(reader.values()),
)
def test_whatever_the_reader_has_chosen_everything_can_be_told_apart(open_page, reader):
    with serve(layers=(2,), samples=20) as served:
        page = open_page(served.url, viewport={"width": 1400, "height": 900}, **reader)
        page.wait_for_selector(".network svg")
        page.click("[data-size=epoch]")
        fact(page, "epoch", "1")
        inks = page.locator(".network .link").evaluate_all("all => all.map((one) => getComputedStyle(one).stroke)")
        dark = "rgb(17, 24, 39)" if reader.get("color_scheme") == "dark" else "rgb(255, 255, 255)"
        if "forced_colors" not in reader:
            assert page.evaluate("getComputedStyle(document.querySelector('.playground')).backgroundColor") == dark
        assert len(set(inks)) > 1
        dashes = page.locator(".network .link.neg").evaluate_all(
            "all => all.map((one) => getComputedStyle(one).strokeDasharray)"
        )
        assert dashes
        assert "none" not in dashes
        height = page.locator("#playground").bounding_box()["height"]
        assert height >= 900, "the colors end where the window does"
        page.close()


CONTRASTS = """() => {
  const READ = { willReadFrequently: true };
  const brightness = (color) => {
    const parts = color.map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const brush = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", READ);
  const color = (text) => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = text;
    brush.fillRect(0, 0, 1, 1);
    return [...brush.getImageData(0, 0, 1, 1).data];
  };
  const behind = (part) => {
    const found = color(getComputedStyle(part).backgroundColor);
    return found[3] > 250 ? found : behind(part.parentElement);
  };
  const said = (part) => [...part.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
  return [...document.querySelectorAll(".playground *")]
    .filter((part) => said(part) && part.getClientRects().length && !part.disabled)
    .map((part) => {
      const style = getComputedStyle(part), ink = part instanceof SVGElement ? style.fill : style.color;
      const [low, high] = [brightness(color(ink)), brightness(behind(part))].sort((a, b) => a - b);
      return [(high + 0.05) / (low + 0.05), part.textContent.trim()];
    });
}"""
NAMELESS = """() => [...document.querySelectorAll(".playground :is(input, select, button)")]
  .filter((part) => !part.labels?.length && !part.textContent.trim() && !part.ariaLabel)
  .map((part) => part.outerHTML)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_and_every_control_has_a_name(open_page, scheme):
    with serve(layers=(3,), activation="relu", optimizer="Adam") as served:
        page = open_page(served.url, color_scheme=scheme)
        page.wait_for_selector(".network svg")
        page.fill("[data-set=lr]", "fast")
        page.keyboard.press("Tab")
        page.locator(".badge").wait_for()
        page.click(".optimizer-state summary")
        page.locator(".rows td").first.wait_for()
        page.click("[data-size=operation]")
        page.locator(".card dt").first.wait_for()
        found = page.evaluate(CONTRASTS)
        assert len(found) > 80
        assert [text for contrast, text in found if contrast < 4.5] == []
        assert page.evaluate(NAMELESS) == []
        page.close()


def test_a_network_of_yours_is_kept_until_a_new_one_is_asked_for(open_page):
    model = DAGNetwork([(1, 3), (2, 3), (1, 4), (3, 4)], {3: "tanh"}, biases=True, rng=0)
    with serve(model) as served:
        page = open_page(served.url)
        page.wait_for_selector(".network svg")
        assert page.locator("[data-layer]").count() == 0 or not page.locator("[data-layer]").first.is_visible()
        assert not page.locator("[data-set=activation]").is_visible()
        page.click("[data-size=epoch]")
        fact(page, "epoch", "1")
        assert served.session.model is model
        page.get_by_role("button", name="Make a new one").click()
        page.locator('.network [id="u3_0"]').wait_for()
        page.locator('[data-layer="1"]').wait_for()
        assert isinstance(served.session.model, MLP)
        page.close()


def test_a_narrow_page_shows_one_panel_below_the_other(play):
    _, page = play
    page.set_viewport_size({"width": 420, "height": 800})
    boxes = [page.locator(f'section[aria-label="{name}"]').bounding_box() for name in ("Data", "Network", "Training")]
    assert boxes[0]["y"] < boxes[1]["y"] < boxes[2]["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 420


def test_a_page_that_is_closed_while_it_trains_stops_the_training(play):
    session, page = play
    page.click("[data-do=play]")
    page.locator('[data-do="play"]', has_text="Pause").wait_for()
    page.goto("about:blank")
    for _ in range(50):
        if not session.playing:
            break
        page.wait_for_timeout(100)
    assert not session.playing
    for _ in range(50):
        if not [thread for thread in threading.enumerate() if thread.name == "playground"]:
            break
        page.wait_for_timeout(100)
    assert not [thread for thread in threading.enumerate() if thread.name == "playground"]


def test_a_page_whose_python_has_ended_says_so_and_goes_on_when_it_is_back(open_page):
    with serve(layers=(2,), samples=20) as served:
        page = open_page(served.url)
        page.wait_for_selector(".network svg")
        page.route("**/do", lambda route: route.fulfill(status=200, body="nothing"))
        page.click("[data-size=batch]")
        page.locator(".badge", has_text="Python does not answer").wait_for()
        page.unroute("**/do")
        page.click("[data-size=batch]")
        fact(page, "updates", "1")
        page.locator(".badge").wait_for(state="detached")
        page.close()


def test_while_python_is_long_at_work_the_page_says_so(open_page):
    with serve(layers=(2,), samples=20) as served:
        page = open_page(served.url)
        page.wait_for_selector(".network svg")
        with served._runner.lock:
            page.click("[data-size=batch]")
            page.locator(".busy").wait_for()
        fact(page, "updates", "1")
        page.locator(".busy").wait_for(state="hidden")
        page.close()
