"""Films: what is recorded, what is packed, what does not fit, what is refused."""

from __future__ import annotations

import base64
import json
import re
import zlib

import numpy as np
import pytest

from nn import MLP, SGD, DAGNetwork, fit
from nn.callbacks import EarlyStopping
from nn.data import blobs, iris, moons, sine, xor
from viz import step
from viz.film.data import pack
from viz.film.film import Film, film
from viz.film.recording import Recording
from viz.film.steps import StepPages
from viz.style.errors import OptionError, SizeLimitError


def train(model, data, loss="mse", epochs=6, frames=8, **options):
    history = fit(
        model, data, loss, SGD(model.parameters(), lr=0.05), epochs=epochs, batch_size=10, progress=False,
        callbacks=[*options.pop("callbacks", ()), Recording(frames)], **options,
    )  # fmt: skip
    return history, history.recording


def header(shown: Film) -> dict:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', shown.to_html(), re.DOTALL)
    return json.loads(found[1])


def read(header, packed, name):
    entry = header["arrays"][name]
    kind = {"f8": np.float64, "f4": np.float32, "u1": np.uint8}[entry["type"]]
    size = int(np.prod(entry["shape"]))
    array = np.frombuffer(bytes(packed.bytes), kind, size, entry["at"]).reshape(entry["shape"])
    return np.cumsum(array, axis=0, dtype=np.uint8) if entry["delta"] else array


def test_a_recording_keeps_the_start_the_end_and_the_losses_of_the_history():
    X, y = moons(40, noise=0.1, rng=0)
    model = MLP(2, [3, 1], activation="tanh", rng=0)
    before = model.state_dict()
    history, recording = train(model, (X, 2 * y - 1), "hinge")
    assert [f.step for f in (recording.frames[0], recording.frames[-1])] == [0, len(history.losses)]
    assert all((recording.frames[0].state[k] == before[k]).all() for k in before)
    assert all((recording.frames[-1].state[k] == v).all() for k, v in model.state_dict().items())
    assert all(f.loss == history.losses[f.step - 1] for f in recording.frames[1:])
    assert len({f.step for f in recording.frames}) == len(recording.frames) <= 8


def test_a_training_that_stops_early_ends_with_the_parameters_it_was_left_with():
    X, y = moons(40, noise=0.1, rng=0)
    model = MLP(2, [3, 1], activation="tanh", rng=0)
    stopping = EarlyStopping("validation_loss", patience=0, min_delta=10.0)
    history, recording = train(model, (X, y), callbacks=[stopping], epochs=50, validation=(X, y))
    assert "has not improved" in history.reason
    assert recording.frames[-1].step == len(history.losses)
    assert all((recording.frames[-1].state[k] == v).all() for k, v in model.state_dict().items())


def test_packed_numbers_are_the_models():
    X, y = moons(40, noise=0.1, rng=0)
    model = MLP(2, [3, 1], activation="tanh", rng=0)
    _, recording = train(model, (X, 2 * y - 1), "hinge")
    told, packed, diagram = pack(recording, recording.frames, 10, maps=True)
    weights, biases, values = (read(told, packed, name) for name in ("weights", "biases", "values"))
    for i, frame in enumerate(recording.frames):
        model.load_state_dict(frame.state)
        expected = [link.weight for link in diagram.links] and [
            w.data for layer in model.layers for neuron in layer.neurons for w in neuron.w
        ]
        assert weights[i].tolist() == expected
        assert biases[i].tolist() == [neuron.b.data for layer in model.layers for neuron in layer.neurons]
        for s in range(told["points"]["marked"]):
            sample = X[told["points"]["sample"][s]].tolist()
            assert values[i, s, -1] == pytest.approx(model(sample).data, rel=1e-13)
    field = read(told, packed, "field").astype(int)
    assert field.shape == (len(recording.frames), 56 * 56)
    low1, high1, low2, high2 = told["bounds"]
    for row, column in ((3, 5), (50, 40), (20, 55)):  # the byte has the sign of the score at its point
        x = [low1 + (column + 0.5) / 56 * (high1 - low1), high2 - (row + 0.5) / 56 * (high2 - low2)]
        score = model(x).data
        assert np.sign(field[-1, 56 * row + column] - 128) == np.sign(score) or abs(score) < 0.02


@pytest.mark.parametrize(
    ("model", "data", "loss", "kind"),
    [
        (MLP(2, [4, 3], activation="tanh", rng=0), blobs(30, rng=0), "cross_entropy", "classes"),
        (MLP(2, [4, 2], activation="relu", rng=0).to_tensor(), moons(30, rng=0), "cross_entropy", "classes"),
        (MLP(1, [4, 1], activation="tanh", rng=0), sine(30, rng=0), "mse", "curve"),
        (DAGNetwork([(1, 3), (2, 3), (1, 4), (2, 4), (3, 4)], {3: "tanh"}, rng=0), moons(30, rng=0), "mse", "classes"),
    ],
)
def test_any_network_can_be_filmed(model, data, loss, kind):
    X, y = data[0], np.asarray(data[1])
    if isinstance(model, DAGNetwork):
        y = y.reshape(-1, 1).astype(float)
    history, _ = train(model, (X, y), loss, epochs=2, frames=3)
    shown = film(history, steps=0)
    assert header(shown)["kind"] == kind
    assert "<script src" not in shown.to_html()


def test_more_than_two_features_are_shown_without_a_plane():
    pytest.importorskip("sklearn", reason="needs pip install 'autograd-core[data]'")
    data = iris()
    history, _ = train(MLP(4, [3, 3], activation="tanh", rng=0), (data.X, data.y), "cross_entropy", 1, 3)
    told = header(film(history, steps=0))
    assert told["kind"] == "none"
    assert "maps" not in told["arrays"]


def test_moments_are_left_out_until_the_page_fits():
    X, y = moons(40, noise=0.1, rng=0)
    history, _ = train(MLP(2, [6, 6, 1], activation="tanh", rng=0), (X, y), frames=40, epochs=20)
    whole, small = film(history, steps=0), film(history, steps=0, max_bytes=100_000)
    assert len(small.to_html()) <= 100_000
    assert 2 <= len(small.frames) < len(whole.frames)
    assert (small.frames[0].step, small.frames[-1].step) == (whole.frames[0].step, whole.frames[-1].step)
    with pytest.raises(SizeLimitError, match="Even with 2 moments"):
        film(history, steps=0, max_bytes=1000)


def test_a_history_without_parameters_is_refused_with_the_line_to_write(tmp_path):
    X, y = moons(20, rng=0)
    model = MLP(2, [1], rng=0)
    history = fit(model, (X, y), "mse", SGD(model.parameters(), lr=0.1), progress=False)
    with pytest.raises(OptionError, match=r"callbacks=\[Recording\(\)\]"):
        film(history)
    with pytest.raises(OptionError, match="at least 2 frames"):
        Recording(1)
    history, _ = train(model, (X, y), epochs=1, frames=2)
    with pytest.raises(OptionError, match=r"ending \.html"):
        film(history, steps=0).save(tmp_path / "film.mp4")


def test_a_notebook_gets_a_frame_with_the_network_beneath_it(hostile):
    X, y = moons(20, rng=0)
    history, _ = train(MLP(2, [2, 1], rng=0), (X, y), epochs=1, frames=2)
    for title in hostile:
        shown = film(history, steps=0, title=title)
        bundle = shown._repr_mimebundle_()
        assert bundle["text/html"].count("<iframe") == 1
        assert bundle["text/html"].count("<script") == 0
        assert shown.to_html().count("</script>") == 3


def test_a_traced_training_is_recorded_as_any_other():
    frames = []
    for traced in (False, True):
        model, recording = MLP(2, [3, 1], activation="tanh", rng=0), Recording()
        optimizer = SGD(model.parameters(), 0.2)
        fit(model, xor(), "mse", optimizer, epochs=5, traced=traced, progress=False, callbacks=[recording])
        frames.append(recording.frames)
    assert [frame.step for frame in frames[0]] == [frame.step for frame in frames[1]]
    for frame, other in zip(*frames, strict=True):
        assert frame.state.keys() == other.state.keys()
        assert all(np.allclose(other.state[name], array, rtol=1e-9) for name, array in frame.state.items())


def inflated(text):
    return json.loads(zlib.decompress(base64.b64decode(text)))


def page_of(pages, pair):
    number, gaps, own = inflated(pages.own[pair])
    parts = inflated(pages.shared)[number]
    for place, part in zip(np.cumsum(gaps), own, strict=True):
        parts[place] = part
    return "".join(parts)


def said(page):
    """What a page of steps says: its table, and its steps as data. A film shows them at one level."""
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])
    data["levels"] = [level for level in data["levels"] if level["name"] == "op"]
    data["pictures"] = {name: picture for name, picture in data["pictures"].items() if name == "op"}
    return re.search(r'<table class="trace.*?</table>', page, re.DOTALL)[0], data


@pytest.mark.dot
@pytest.mark.parametrize("loss", ["mse", "hinge", "binary_cross_entropy_with_logits"])
def test_every_page_of_steps_is_the_steppers_own(loss):
    X, y = moons(40, noise=0.1, rng=0)
    model = MLP(2, [3, 1], activation="relu", rng=0)
    _, recording = train(model, (X, 2 * y - 1 if loss == "hinge" else y), loss)
    rows = [0, 7, 20]
    pages = StepPages(recording, recording.frames, rows, 9)
    assert {recording.frames[0].step, recording.frames[-1].step} <= {moment for moment, _ in pages.own}
    assert {k for _, k in pages.own} == {0, 1, 2}
    assert len(pages.own) == 9
    for moment, k in pages.own:
        out = recording.loss_of(rows[k], moment)
        stepper = step(out)
        page, expected = page_of(pages, (moment, k)), stepper.to_html(plain=True)
        assert said(page) == said(expected)
        assert texts_on_edges(page) == texts_on_edges(expected)


def test_any_sample_at_any_moment_is_a_graph_to_step_through():
    X, y = moons(40, noise=0.1, rng=0)
    for model, data in (
        (MLP(2, [3, 1], activation="tanh", rng=0), (X, y)),
        (MLP(2, [3, 1], activation="tanh", rng=0).to_tensor(), (X, y.reshape(-1, 1).astype(float))),
    ):
        _, recording = train(model, data)
        losses = []
        for frame in recording.frames:
            losses.append(recording.loss_of(7, frame.step))
            model.load_state_dict(frame.state)
            out = model(X[7].tolist()) if model.one_sample else model(X[7:8])
            assert float(losses[-1].data) == pytest.approx((np.ravel(out.data)[0] - y[7]) ** 2, rel=1e-12)
        assert len({float(loss.data) for loss in losses}) == len(losses)  # none has changed with the next
        assert step(losses[0]).steps[-1].kind == "backward"
    for sample, update, message in ((40, 0, "no sample 40"), (0, 10**6, "nearest to it are after")):
        with pytest.raises(OptionError, match=message):
            recording.loss_of(sample, update)


def texts_on_edges(page):
    groups = re.findall(r'<g id="([ec][\d_]+)" class="[^"]*">(.*?)</g>', page, re.DOTALL)
    return {identity: re.findall(r"<text[^>]*>(.*?)</text>", inside) for identity, inside in groups}


def test_samples_can_be_chosen_and_steps_end_where_the_room_does():
    X, y = moons(40, noise=0.1, rng=0)
    model = MLP(2, [3, 1], activation="tanh", rng=0)
    history, recording = train(model, (X, y), frames=20, epochs=10)
    told = header(film(history, samples=[5, 31, 5], steps=4))
    assert told["points"]["sample"][: told["points"]["marked"]] == [5, 31]
    assert sorted(told["pages"]) == ["0:0", "0:1", f"{len(told['frames']) - 1}:0", f"{len(told['frames']) - 1}:1"]
    assert told["no_steps"] == ""
    little = header(film(history, steps=1000, max_bytes=300_000))
    assert 0 < len(little["pages"]) < 6 * len(recording.frames)
    assert "film(max_bytes=" in little["no_steps"]
    wide = train(MLP(2, [20, 20, 1], activation="tanh", rng=0), (X, y), epochs=1)[0]
    assert "too many to step through" in header(film(wide, max_bytes=10**7))["no_steps"]
    for samples in ([40], [-1], [2.5], [], 3):
        with pytest.raises(OptionError, match="sample"):
            film(history, samples=samples)
