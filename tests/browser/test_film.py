"""The film in a browser without network: the numbers shown are the recorded ones, by mouse and by keyboard."""

from __future__ import annotations

import re

import numpy as np
import pytest

from autograd_core import Value
from nn import MLP, SGD, fit
from nn.data import blobs, moons
from viz import step
from viz.film.film import film
from viz.film.recording import Recording
from viz.page.scripts import joined
from viz.style import labels

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def recorded():
    X, y = moons(30, noise=0.1, rng=0)
    model = MLP(2, [3, 1], activation="tanh", rng=0)
    history = fit(
        model, (X, 2 * y - 1), "hinge", SGD(model.parameters(), lr=0.1), epochs=8, batch_size=10,
        validation=(X, 2 * y - 1), progress=False, callbacks=[Recording(10)],
    )  # fmt: skip
    return model, history


@pytest.fixture
def film_page(open_page, recorded, tmp_path):
    def open_it(steps=0, **context):
        path = film(recorded[1], steps=steps).save(tmp_path / "film.html")
        page = open_page(path.as_uri(), **context)
        page.wait_for_selector("html[data-ready]")
        return page

    return open_it


def shown_weights(page):
    names, numbers = (
        page.eval_on_selector_all(f"#numbers {tag}", "parts => parts.map((p) => p.textContent)") for tag in ("dt", "dd")
    )
    return dict(zip(names, numbers, strict=True))


def test_every_moment_shows_the_recorded_numbers(film_page, recorded):
    model, history = recorded
    page = film_page()
    page.click("#table summary")
    page.wait_for_selector("#numbers dd")
    for frame in history.recording.frames:
        assert page.inner_text("#update") == str(frame.step)
        assert page.inner_text("#loss") == labels.gradient(frame.loss)
        assert page.inner_text("#rate") == labels.gradient(frame.lr)
        model.load_state_dict(frame.state)
        expected = {}
        for c, layer in enumerate(model.layers, 1):
            for j, neuron in enumerate(layer.neurons, 1):
                unit = "y" if c == 2 else f"1.{j}"
                for i, w in enumerate(neuron.w, 1):
                    expected[f"{f'x{i}' if c == 1 else f'1.{i}'} → {unit}"] = labels.number(w.data)
                expected[f"bias of {unit}"] = labels.number(neuron.b.data)
        assert shown_weights(page) == expected
        page.click("#next", force=True)
    assert page.is_disabled("#next")


def test_the_ringed_sample_has_the_networks_answer(film_page, recorded):
    model, history = recorded
    page = film_page()
    page.press("body", "End")
    model.load_state_dict(history.recording.frames[-1].state)
    for choice in page.query_selector_all("#marked option"):
        page.select_option("#marked", choice.get_attribute("value"))
        numbers = choice.inner_text().split("(")[1].split(")")[0].replace("−", "-").split(", ")
        X = history.recording.data[0]
        near = min(X.tolist(), key=lambda x: sum(abs(a - float(b)) for a, b in zip(x, numbers, strict=True)))
        assert page.inner_text("#answers") == f"y = {labels.number(model(near).data)}"


def test_it_is_played_and_moved_by_keyboard_alone(film_page, recorded):
    frames = recorded[1].recording.frames
    page = film_page()
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#update") == str(frames[1].step)
    page.keyboard.press("End")
    assert page.inner_text("#update") == str(frames[-1].step)
    page.keyboard.press("Home")
    assert page.inner_text("#counter").startswith("Update 0 ")
    page.keyboard.press("Space")
    page.locator("#update", has_text=str(frames[-1].step)).wait_for(timeout=20_000)
    assert page.get_attribute("#play", "aria-label") == "Play"
    page.focus("#slider")
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#update") == str(frames[-2].step)


def test_the_slider_goes_to_any_moment_and_lines_follow(film_page, recorded):
    model, history = recorded
    page = film_page(color_scheme="dark", reduced_motion="reduce")
    for i in (4, 2, 7):
        page.eval_on_selector("#slider", f"s => {{ s.value = {i}; s.dispatchEvent(new Event('input')); }}")
        model.load_state_dict(history.recording.frames[i].state)
        for path in page.query_selector_all(".network .link"):
            c, j, k = (int(n) for n in (path.get_attribute("id")[1:].split("_")[n] for n in (2, 3, 1)))
            negative = model.layers[c - 1].neurons[j].w[k].data < 0.0
            assert ("neg" in path.get_attribute("class").split()) == negative
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_maps_are_painted_in_the_color_of_the_answers_sign(film_page, recorded):
    model, history = recorded
    page = film_page(color_scheme="light")
    page.keyboard.press("End")
    model.load_state_dict(history.recording.frames[-1].state)
    info = page.evaluate("JSON.parse(document.getElementById('data').textContent).bounds")
    colors = page.evaluate("[...document.getElementById('answer').getContext('2d').getImageData(0, 0, 56, 56).data]")
    for row, column in ((5, 5), (50, 10), (10, 50)):
        red, _, blue, _ = colors[4 * (56 * row + column) :][:4]
        x = [
            info[0] + (column + 0.5) / 56 * (info[1] - info[0]),
            info[3] - (row + 0.5) / 56 * (info[3] - info[2]),
        ]
        score = model(x).data
        assert abs(score) < 0.1 or (red > blue) == (score > 0.0)
    assert page.locator("canvas.map").count() == 6


def points_of(page, selector):
    """The ends of the pieces of a path, in a square from 0 to 1."""
    numbers = re.findall(r"[\d.]+", page.get_attribute(selector, "d"))
    return [(float(x) / 300.0, float(y) / 300.0) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]


def test_the_decision_boundary_is_where_the_models_answer_is_zero(film_page, recorded):
    model, history = recorded
    page = film_page()
    page.keyboard.press("End")
    model.load_state_dict(history.recording.frames[-1].state)
    low1, high1, low2, high2 = page.evaluate("JSON.parse(document.getElementById('data').textContent).bounds")
    ends = points_of(page, "#field .boundary")
    assert len(ends) > 40
    for x, y in ends[::5]:
        at = [low1 + x * (high1 - low1), high2 - y * (high2 - low2)]
        out = Value(at[0]), Value(at[1])
        score = model(list(out))
        score.backward()
        slope = (out[0].grad ** 2 + out[1].grad ** 2) ** 0.5
        assert abs(score.data) / slope < 0.5 * (high1 - low1) / 56  # half a cell of the grid


def test_boundaries_of_several_classes_lie_where_two_are_as_good(open_page, tmp_path):
    X, y = blobs(30, rng=0)
    model = MLP(2, [3], rng=0)
    history = fit(model, (X, y), "cross_entropy", SGD(model.parameters(), 0.1), epochs=6, progress=False,
                  callbacks=[Recording(3)])  # fmt: skip
    page = open_page(film(history, steps=0).save(tmp_path / "three.html").as_uri())
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("End")
    low1, high1, low2, high2 = page.evaluate("JSON.parse(document.getElementById('data').textContent).bounds")
    ends = points_of(page, "#field .boundary")
    assert len(ends) > 40
    gaps = []
    for x, y in ends:
        first, second, _ = sorted(z.data for z in model([low1 + x * (high1 - low1), high2 - y * (high2 - low2)]))[::-1]
        gaps.append(first - second)
    assert sorted(gaps)[int(0.9 * len(gaps))] < 0.25
    assert page.inner_text("#key").startswith("decision boundary")


@pytest.mark.dot
def test_each_ringed_sample_opens_in_the_stepper_at_the_moment_that_is_shown(film_page, recorded):
    model, history = recorded
    page = film_page(steps=10_000)
    inside = page.frame_locator("#frame iframe")
    first = model.layers[0].neurons[0].w[0]
    X = history.recording.data[0]
    for i, frame in enumerate(history.recording.frames[::3]):
        page.eval_on_selector("#slider", f"s => {{ s.value = {3 * i}; s.dispatchEvent(new Event('input')); }}")
        page.select_option("#marked", str(i % 3))
        assert page.inner_text("#open") == "Step through this sample"
        page.click("#open")
        inside.locator("#last").click()
        model.load_state_dict(frame.state)
        rows = inside.locator("#trace tbody tr").evaluate_all(
            "rows => rows.map((r) => [r.querySelector('th').textContent, r.querySelector('.value').textContent])"
        )
        shown = dict(rows)
        assert shown["layer0.neuron0.w0"] == labels.number(first.data)
        sample = page.evaluate("JSON.parse(document.getElementById('data').textContent).points.sample")[i % 3]
        assert (shown["x1"], shown["x2"]) == tuple(labels.number(x) for x in X[sample])
        assert page.inner_text("#which").endswith(f"at update {frame.step}")
        page.click("#close")
        page.locator("#frame iframe").wait_for(state="detached")  # a dialog says that it closed a task later


@pytest.mark.dot
def test_where_a_moment_has_no_steps_the_film_goes_to_one_that_has(film_page, recorded):
    frames = recorded[1].recording.frames
    page = film_page(steps=18)
    assert page.locator("#ticks option").count() == 3
    assert "at 3 of" in page.inner_text("#near")
    asked = re.search(r"step\(history\.recording\.loss_of\((\d+), (\d+)\)\)$", page.inner_text("#near"))
    assert step(recorded[1].recording.loss_of(int(asked[1]), int(asked[2]))).steps
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#open") == f"Go to update {frames[-1].step}, and step through this sample"
    page.click("#open")
    page.wait_for_selector("#frame iframe")
    assert page.inner_text("#update") == str(frames[-1].step)
    page.click("#close")
    page.locator("#frame iframe").wait_for(state="detached")
    page.locator("#field .sample:not(.choice)").first.dispatch_event("click")
    row = page.evaluate("JSON.parse(document.getElementById('data').textContent).points").pop("sample")[6]
    assert f"film(history, samples=[{row}])" in page.inner_text("#near")


@pytest.mark.dot
def test_the_steps_have_the_films_colors(film_page):
    page = film_page(steps=6, color_scheme="light")
    page.click("#theme")
    page.click("#theme")
    page.click("#open")
    dark = page.frame_locator("#frame iframe").locator("html")
    assert dark.get_attribute("data-theme") == "dark"


@pytest.mark.parametrize(
    "context",
    [
        {"viewport": {"width": 390, "height": 844}},
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
        {"viewport": {"width": 1400, "height": 800}, "forced_colors": "active"},
        {"viewport": {"width": 1400, "height": 800}, "forced_colors": "active", "color_scheme": "dark"},
    ],
)
def test_everything_is_there_on_a_telephone_and_in_forced_colors(film_page, context):
    page = film_page(**context)
    page.keyboard.press("End")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for part in ("#answer", "#network > svg", "#losses .curves", "#slider", "#play", "#marked", "#open"):
        assert page.locator(part).is_visible()
    ink = "e => [getComputedStyle(e).stroke, getComputedStyle(e).fill]"
    if "forced_colors" in context:
        canvas = page.evaluate("getComputedStyle(document.body).backgroundColor")
        for part in (".network .link.pos", ".curve", ".ring", ".cursor"):
            assert page.locator(part).first.evaluate(ink)[0] not in (canvas, "none")
        assert page.locator(".network text").first.evaluate(ink)[1] != canvas
        assert page.locator(".tick").first.evaluate(ink)[1] != canvas
        assert page.locator(".sample.class-0").first.evaluate(ink) != page.locator(".sample.class-1").first.evaluate(
            ink
        )


def test_the_pages_numbers_are_worded_as_ours(film_page):
    page = film_page()
    halves = [0.03125, 0.15625, 2.00005, 999999.96875, 0.5, 1.5, 2.5]
    others = [1e-3, 9.99995e-4, 1e6, 1.5e-7, 1e22, 0.0, 1 / 3, 123.456789]
    for x in [*halves, *others, *(-x for x in halves)]:
        told = page.evaluate(f"() => {{ {joined('shared/numbers.js')}; return [number({x!r}), number({x!r}, 3)]; }}")
        assert told == [labels.number(x), labels.number(x, 3)]


@pytest.mark.parametrize(("features", "named"), [(1, "x1 from −"), (3, "")])
def test_any_number_of_features_has_a_page_that_is_seen_whole(open_page, tmp_path, features, named):
    X = np.random.default_rng(0).uniform(-1.0, 1.0, (20, features))
    model = MLP(features, [6, 1], activation="tanh", rng=0)
    history = fit(model, (X, X.sum(axis=1)), "mse", SGD(model.parameters(), 0.1), epochs=3, progress=False,
                  callbacks=[Recording(3)])  # fmt: skip
    size = {"width": 1300, "height": 760}
    page = open_page(film(history, steps=0).save(tmp_path / "film.html").as_uri(), viewport=size)
    page.wait_for_selector("html[data-ready]")
    assert page.inner_text("#range").startswith(named)
    assert page.is_visible("#plane") == bool(named)
    box = page.locator("#net").bounding_box()
    assert box["width"] > 0.45 * size["width"]
    assert page.locator("#network").bounding_box()["height"] < 0.7 * size["height"]
    if features == 1:  # the maps lie on their circles
        for circle, drawn in zip(page.locator(".network circle").all(), page.locator("canvas.map").all(), strict=True):
            there, here = circle.bounding_box(), drawn.bounding_box()
            for side, length in (("x", "width"), ("y", "height")):
                assert abs(there[side] + there[length] / 2 - here[side] - here[length] / 2) < 1.5
