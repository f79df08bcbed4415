"""The network of a playground in a browser: weights and biases, what lines tell, the optimizer's book, badges."""

from __future__ import annotations

import pytest

from viz.style import labels

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_weight_is_chosen_by_keyboard_set_and_its_slice_drawn(play):
    session, page = play
    line = page.locator('.network .link[id="l0_0_1_1"]')
    line.focus()
    page.keyboard.press("Enter")
    page.locator(".slice svg").wait_for()
    page.fill("[data-weight]", "-1.5")
    page.keyboard.press("Tab")
    page.locator(".slice text", has_text="w = −1.500").wait_for()
    assert session.model.layers[0].neurons[1].w[0].data == -1.5
    assert "neg" in line.get_attribute("class").split()


def test_the_slice_follows_the_weight_as_it_is_trained(play):
    session, page = play
    page.locator('.network .link[id="l0_0_1_1"]').focus()
    page.keyboard.press("Enter")
    page.locator(".slice svg").wait_for()
    page.click("[data-size=operation]")
    page.click("[data-size=operation]")
    page.locator('.network .link[id="l0_0_1_2"]').focus()
    page.keyboard.press("Enter")
    weight = session.model.layers[0].neurons[2].w[0]
    page.locator(".slice text", has_text=f"w = {labels.number(weight.data, 3)}").wait_for()
    assert session.stepper.position == 2, "looking at the loss around a weight ends no sweep"
    page.click("[data-do=play]")
    page.wait_for_timeout(900)
    page.click("[data-do=play]")
    page.locator('[data-do="play"]', has_text="Train").wait_for()
    page.locator(".slice text", has_text=f"w = {labels.number(weight.data, 3)}").wait_for()


def test_a_bias_is_chosen_by_its_circle_and_set(play):
    session, page = play
    page.locator('.map[data-unit="u1_2"]').click()
    page.locator(".slice svg").wait_for()
    assert page.inner_text('[data-is="link"]') == "bias 1.3"
    page.fill("[data-weight]", "-0.75")
    page.keyboard.press("Enter")
    page.locator(".slice text", has_text="w = −0.750").wait_for()
    assert session.model.layers[0].neurons[2].b.data == -0.75
    assert "neg" in page.locator('[id="u1_2"] .bias').get_attribute("class").split()
    page.locator(".slice svg").click(position={"x": 400, "y": 60})
    page.locator(".slice text", has_text="w = −0.750").wait_for(state="detached")
    assert session.model.layers[0].neurons[2].b.data > 0.0


def test_one_key_goes_to_the_network_and_arrows_from_weight_to_bias(play):
    session, page = play
    assert page.locator('.network [tabindex="0"]').count() == 1
    page.locator('.network [tabindex="0"]').focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "l0_1_1_0"
    assert page.inner_text(".readout").startswith(
        f"weight x2 → 1.1 = {labels.number(first(session).w[1].data)}, gradient —"
    )
    page.keyboard.press("End")
    page.keyboard.press("Space")
    page.locator(".weight").wait_for()
    assert page.inner_text('[data-is="link"]') == "bias y"
    ring = page.evaluate("getComputedStyle(document.activeElement).strokeWidth")
    assert ring == "4px", "what has the focus can be seen"


def first(session):
    return session.model.layers[0].neurons[0]


def test_lines_tell_weights_gradients_or_updates(play):
    session, page = play

    def widths():
        return page.locator(".network .link").evaluate_all("all => all.map((one) => one.getAttribute('stroke-width'))")

    weights = widths()
    page.check('[data-color][value="gradient"]')
    assert page.inner_text(".key") == "There is no gradient yet: make a step."
    assert set(widths()) == {"0.60"}
    page.click("[data-size=batch]")
    page.locator(".key", has_text="Largest gradient").wait_for()
    gradients = {id: p.grad for id, p in zip(("l0_0_1_0", "l0_1_1_0"), first(session).w, strict=True)}
    for id, gradient in gradients.items():
        kinds = page.locator(f'.network [id="{id}"]').get_attribute("class").split()
        assert ("neg" in kinds) == (gradient < 0.0)
    by_gradient = widths()
    page.check('[data-color][value="update"]')
    page.locator(".key", has_text="% of its layer’s weights").wait_for()
    page.check('[data-color][value="weight"]')
    assert len({tuple(weights), tuple(by_gradient)}) == 2


def test_the_book_of_the_optimiser_follows_the_training(play):
    session, page = play
    page.select_option("[data-set=optimizer]", "Adam")
    page.locator('[data-option="betas"]').wait_for()
    page.click(".optimizer-state summary")
    page.locator(".rows tbody tr").first.wait_for()
    assert page.locator(".rows tbody tr").count() == 2 * 3 + 3 + 3 * 2 + 2 + 2 + 1
    assert "x ← x - " in page.inner_text(".rule")
    page.click("[data-size=batch]")
    page.locator(".rows th", has_text="squares").wait_for()
    mean = session.optimizer.memory[0]["mean"]
    row = page.locator(".rows tbody tr").first
    assert row.locator("td").nth(2).inner_text() == labels.number(mean)
    row.locator("button").click()
    assert page.inner_text('[data-is="link"]') == "weight x1 → 1.1"


def test_another_network_is_drawn_when_layers_change_and_errors_are_said(play):
    session, page = play
    page.click("[data-do=more]")
    page.locator('.network [id="u4_0"]').wait_for()
    page.fill('[data-layer="0"]', "4")
    page.keyboard.press("Tab")
    page.locator('.network [id="u1_3"]').wait_for()
    assert page.locator("canvas.map").count() == 2 + 4 + 2 + 2 + 1
    page.fill('[data-layer="1"]', "77")
    page.keyboard.press("Tab")
    page.locator(".badge", has_text="from 1 to 10").wait_for()
    assert page.get_attribute('[data-layer="1"]', "aria-invalid") == "true"
    assert session.settings.layers == (4, 2, 2)
    page.click("[data-do=fewer]")
    page.locator('.network [id="u4_0"]').wait_for(state="detached")
    page.locator(".badge").wait_for(state="detached")
    page.select_option("[data-set=activation]", "relu")
    page.locator(".caption", has_text="relu").first.wait_for()
    assert session.settings.layers == (4, 2)


def badge(page, name):
    return page.locator(f'.badge[data-badge="{name}"]')


def test_each_badge_is_shown_when_it_is_deserved(play):
    session, page = play
    page.select_option("[data-set=activation]", "relu")
    page.locator(".caption", has_text="relu").first.wait_for()
    page.locator('.map[data-unit="u1_0"]').click()
    page.fill("[data-weight]", "-50")
    page.keyboard.press("Enter")
    badge(page, "dead units").wait_for()
    assert "dead" in page.locator('[id="u1_0"]').get_attribute("class").split()
    page.click("[data-do=rewind]")
    page.select_option("[data-set=activation]", "linear")
    page.select_option("[data-set=loss]", "mse")
    page.select_option("[data-set=optimizer]", "SGD")
    page.fill("[data-set=lr]", "0")
    page.keyboard.press("Tab")
    page.locator('.network [id="l2_0_3_0"]').focus()
    page.keyboard.press("Enter")
    page.fill("[data-weight]", "100000")
    page.keyboard.press("Enter")
    page.click("[data-size=batch]")
    badge(page, "exploding").wait_for()
    page.click("[data-do=rewind]")
    page.fill("[data-set=lr]", "100")
    page.keyboard.press("Tab")
    page.click("[data-do=play]")
    badge(page, "NaN").wait_for(timeout=20_000)
    page.locator(".badge", has_text="did not take place").wait_for()
    assert not session.playing
    page.click("[data-do=rewind]")
    page.fill("[data-set=lr]", "0.1")
    page.keyboard.press("Tab")
    badge(page, "NaN").wait_for(state="detached")
    page.select_option("[data-set=activation]", "sigmoid")
    page.locator(".caption", has_text="sigmoid").first.wait_for()
    for unit in (0, 1):
        page.locator(f'.map[data-unit="u2_{unit}"]').click()
        page.fill("[data-weight]", "-40")
        page.keyboard.press("Enter")
    page.click("[data-size=batch]")
    badge(page, "vanishing").wait_for()
