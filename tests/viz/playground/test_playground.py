"""The playground without a screen: every button, the way back, the same as Python, and nobody kept waiting."""

from __future__ import annotations

import json
import sys
import threading
import time
import urllib.error
import urllib.request

import numpy as np
import pytest

from viz.playground.playground import Playground
from viz.playground.serving import serve
from viz.playground.session import Session
from viz.style.errors import MissingExtraError


def state(session):
    return {name: array.tolist() for name, array in session.model.state_dict().items()}


def test_steps_of_every_size_train_and_count():
    session = Session(layers=(3,), samples=20, batch=8)
    session.do({"do": "step", "size": "sample"})
    assert (session.updates, session.epoch) == (1, 0)
    session.do({"do": "step", "size": "batch"})
    assert (session.updates, session.epoch) == (2, 0)
    session.do({"do": "step", "size": "epoch"})
    assert (session.updates, session.epoch) == (4, 1)  # 8 and 3 were left
    assert len(session.losses) == 4


def test_steps_by_operation_end_in_the_update_that_a_step_by_sample_makes():
    one, other = Session(layers=(2,)), Session(layers=(2,))
    cards = 0
    while not one.updates:
        one.do({"do": "step", "size": "operation"})
        cards += one.card is not None
    other.do({"do": "step", "size": "sample"})
    assert cards > 30
    assert state(one) == state(other)


def test_rewinding_goes_back_to_the_same_start_and_the_same_way():
    session = Session(optimizer="Adam", layers=(3,))
    start = state(session)
    session.do({"do": "step", "size": "epoch"})
    first = state(session)
    assert first != start
    session.do({"do": "rewind"})
    assert state(session) == start
    session.do({"do": "step", "size": "epoch"})
    assert state(session) == first


def test_nobody_sees_the_model_change_while_its_loss_is_sliced(monkeypatch):
    session = Session(layers=(2,), samples=20)
    before, seen = session.model.state_dict(), []
    loss = Session.loss

    def watched(twin):
        seen.append(session.model.state_dict())
        return loss(twin)

    monkeypatch.setattr(Session, "loss", watched)
    found = session.do({"do": "slice", "link": "l0_0_1_1"})
    assert len(seen) == len(found["w"]) > 10
    assert len(set(found["loss"])) > 10
    assert all(np.array_equal(state[name], before[name]) for state in seen for name in before)


def test_a_weight_is_set_and_its_slice_passes_through_the_loss_that_is():
    session = Session(layers=(2,))
    session.do({"do": "weight", "link": "l0_1_1_0", "value": 1.25})
    assert session.model.layers[0].neurons[0].w[1].data == 1.25
    found = session.do({"do": "slice", "link": "l0_1_1_0"})
    middle = len(found["w"]) // 2
    assert found["w"][middle] == found["now"] == 1.25
    assert found["loss"][middle] == pytest.approx(session.loss(), rel=1e-15)
    assert session.model.layers[0].neurons[0].w[1].data == 1.25
    scalar = session.loss_of([session.model(x) for x in session.X.tolist()], session.y.tolist()).data
    assert found["loss"][middle] == pytest.approx(scalar, rel=1e-12)


def test_a_bias_is_set_and_sliced_like_a_weight():
    session = Session(layers=(2,))
    session.do({"do": "weight", "link": "u1_1", "value": -0.75})
    assert session.model.layers[0].neurons[1].b.data == -0.75
    found = session.do({"do": "slice", "link": "u1_1"})
    assert found["now"] == -0.75
    assert len(set(found["loss"])) > 10


@pytest.mark.parametrize("id", ["u0_0", "u-1_0", "u1", "l0_0_2_0", "l1_0_0_0", "l-1_0_0_0", "x1_1", "", "l0_0_1_0_0"])
def test_what_is_no_link_and_no_unit_is_not_set(id):
    session = Session(layers=(2,), samples=8)
    before = state(session)
    session.do({"do": "weight", "link": id, "value": 1})
    assert "no number that can be set" in session.notice
    assert state(session) == before


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"do": "set", "name": "activation", "value": "tahn"}, "none of the choices"),
        ({"do": "set", "name": "layers", "value": [99]}, "units from 1 to 10"),
        ({"do": "set", "name": "lr", "value": float("nan")}, "lr is a number"),
        ({"do": "set", "name": "lr"}, "cannot be understood"),
        ({"do": "set", "name": "__class__", "value": 1}, "no setting"),
        ({"do": "explode"}, "It can: hello"),
        ({"do": "add", "x": [float("inf"), 0], "class": 1}, "no number between"),
        ({"do": "ring", "sample": 10_000}, "cannot be understood"),
        ({"do": "weight", "link": "l9_9_9_9", "value": 0}, "no number that can be set"),
        ({"do": "weight", "link": "../..", "value": 0}, "no number that can be set"),
        ({"do": "weight", "link": "l0_0_1_0", "value": "heavy"}, "'heavy' is no number"),
        ({"do": "step", "size": "leap"}, "operation"),
        ({}, "It can"),
    ],
)
def test_what_a_page_sends_wrongly_becomes_a_notice_and_changes_nothing(message, said):
    session = Session(layers=(2,), samples=8)
    before, settings = state(session), session.settings
    assert session.do(message) is None
    assert said in session.notice
    assert (state(session), session.settings) == (before, settings)


def test_only_who_knows_the_secret_is_served():
    with serve(layers=(2,)) as served:
        base = served.url.rsplit("/", 2)[0]
        with urllib.request.urlopen(served.url) as page:
            assert b"connect-src" in page.read()
        for url, headers in (
            (base + "/", {}),
            (base + "/guess/", {}),
            (served.url + "x", {}),
            (served.url, {"Host": "evil.example"}),
        ):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(urllib.request.Request(url, headers=headers))
            assert refused.value.code == 404
            refused.value.close()
        request = urllib.request.Request(served.url + "do", b"{not json")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        assert refused.value.code == 400
        refused.value.close()
        with urllib.request.urlopen(served.url + "do", b'{"do": "step", "size": "batch"}') as reply:
            assert json.load(reply)["snapshot"]["updates"] == 1


def test_without_anywidget_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'autograd-core\[widget\]'.*backprop playground"):
        Playground()


def test_the_widget_answers_its_page():
    pytest.importorskip("anywidget", reason="needs pip install 'autograd-core[widget]'")
    shown = Playground(layers=(2,))
    sent = []
    shown.widget.send = sent.append

    def hear(message):
        sent.clear()
        shown._hear(shown.widget, message, [])
        for _ in range(2000):
            if not shown._reading:
                break
            time.sleep(0.01)
        assert sent[-1]["to"] == message.get("id"), "every question is answered, so that nobody waits for ever"
        return sent

    assert "svg" in hear({"do": "hello", "id": 1})[0]["snapshot"]
    assert "from nn import MLP" in hear({"do": "code", "id": 2})[-1]["answer"]["code"]
    assert len(sent) == 1, "a question changes nothing, so nothing is shown anew"
    assert "svg" not in hear({"do": "step", "size": "batch", "id": 3})[0]["snapshot"]
    assert len(hear({"do": "set", "name": "layers", "value": [3, 2], "id": 4})[0]["snapshot"]["units"]) == 2 + 3 + 2 + 1
    assert shown._repr_mimebundle_() is not None
    assert "Playground after 0 epochs" in repr(shown)
    begun = time.monotonic()
    with shown._runner.lock:  # as while a program is compiled
        shown._hear(shown.widget, {"do": "step", "size": "batch", "id": 5}, [])
        shown._hear(shown.widget, {"do": "step", "size": "batch", "id": 6}, [])
        assert time.monotonic() - begun < 1.0, "the kernel waits for nobody"
        done = shown.session.updates
    hear({"do": "ring", "sample": 2, "id": 7})
    assert shown.session.updates == done + 2
    shown.close()
    assert not shown.session.playing
    assert not [thread for thread in threading.enumerate() if thread.name == "playground letters"]
