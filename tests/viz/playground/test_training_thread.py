"""Training in a thread: nobody is kept waiting, and when it stops the thread is gone."""

from __future__ import annotations

import threading
import time

import pytest

from nn import MLP
from nn.data import moons
from viz.playground.serving import serve
from viz.playground.session import Session
from viz.playground.training_thread import Runner


def wait_for(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "playground"]


def test_training_does_not_keep_others_waiting_and_its_thread_ends_when_closed():
    shown = threading.Event()
    runner = Runner(Session(), shown.set)
    runner.do({"do": "play"})
    assert shown.wait(20)
    waited = []
    for _ in range(5):
        begun = time.monotonic()
        runner.do({"do": "ring", "sample": 3})
        waited.append(time.monotonic() - begun)
    assert min(waited) < 0.5
    assert runner.session.playing
    assert len(threads()) == 1
    runner.close()
    done = runner.session.updates
    assert threads() == []
    time.sleep(0.1)
    assert runner.session.updates == done
    runner.do({"do": "play"})
    assert not runner.is_running
    assert not runner.session.playing


def test_a_pause_ends_the_thread_and_playing_again_goes_on():
    runner = Runner(Session(layers=(2,)))
    try:
        for _ in range(3):
            before = runner.session.updates
            runner.do({"do": "play"})
            wait_for(lambda before=before: runner.session.updates > before)
            runner.do({"do": "pause"})
            wait_for(lambda: not threads())
            assert not runner.is_running
    finally:
        runner.close()


def test_what_is_shown_last_is_where_it_stopped():
    session, seen = Session(layers=(2,)), []
    runner = Runner(session, lambda: seen.append((session.updates, session.playing)))
    runner.do({"do": "play"})
    wait_for(lambda: len(seen) > 1)
    runner.do({"do": "pause"})
    wait_for(lambda: not threads())
    assert seen[-1] == (session.updates, False)
    runner.close()


def test_where_nobody_asks_any_more_the_training_ends():
    runner = Runner(Session(layers=(2,)), patience=0.2)
    runner.do({"do": "play"})
    assert runner.is_running
    wait_for(lambda: not threads())
    assert not runner.session.playing


def test_a_served_playground_is_patient_and_closing_it_ends_its_threads():
    before = set(threading.enumerate())
    with serve(layers=(2,)) as served:
        served._runner.do({"do": "play"})
        wait_for(lambda: served.session.updates > 0)
        assert served._runner._patience > 60.0, "a page that is not seen may speak once a minute"
    wait_for(lambda: set(threading.enumerate()) <= before)


class Failing(MLP):
    """A model of somebody's own, with a mistake."""

    def __call__(self, x):
        if len(self.calls) > 150:
            raise RuntimeError("my own mistake")
        self.calls.append(1)
        return super().__call__(x)


@pytest.mark.filterwarnings("error")
def test_a_mistake_in_your_own_model_is_told_and_the_thread_ends():
    model = Failing(2, [2, 1], rng=0)
    model.calls = []
    session = Session(model, moons(12, rng=0))
    session._updater = session._eager()
    runner = Runner(session)
    runner.do({"do": "play"})
    wait_for(lambda: not threads())
    assert "RuntimeError: my own mistake" in session.notice
    runner.do({"do": "step", "size": "batch"})
    assert "RuntimeError: my own mistake" in session.notice
