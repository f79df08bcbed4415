"""`backprop demo` and `backprop train`: the exercise to the last digit, and a network that learns real data."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from autograd_core import history
from nn import fit
from nn.training.events import Updated
from viz.cli import charts
from viz.cli.cli import main
from viz.cli.demo import DATASETS, Setting, exercise, train
from viz.cli.report import Report
from viz.plots.style import COLOURS

# The exercise of the lecture "Neural Networks - II" (Thang Vu, 2025), by hand with NumPy: the lecture's own formulas.

X = np.array([1.0, 2.0])
W1 = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0]])
W2 = np.array([[0.0, 1.0, 0.0], [1.0, -1.0, 0.0], [0.0, 0.0, 1.0]])
TRUTH = np.array([0.0, 1.0, 0.0])
Z1 = W1 @ X
A1 = np.maximum(Z1, 0.0)
Z2 = W2 @ A1
Y = np.exp(Z2) / np.exp(Z2).sum()
DELTA2 = Y - TRUTH
DELTA1 = (Z1 > 0.0) * (W2.T @ DELTA2)

#: ln(e⁻¹ + 1 + e⁻²) and y₁ - (y₂ - 1), to thirty digits by mpmath, rounded
LOSS = float("0.407605964444380304482919904545")
ASKED = float("0.579487515279975762943941338166")


def near(x, y, ulps=2):
    """Whether numbers agree to so many units in the last place of the larger terms they are made of, at most 1."""
    return np.abs(np.asarray(x) - np.asarray(y)) <= ulps * np.spacing(np.maximum(np.abs(y), 1.0))


@pytest.fixture(scope="module")
def worked():
    made = exercise()
    made.loss.backward()
    return made


def test_the_two_answers_to_two_units_in_the_last_place(worked):
    assert abs(worked.loss.data - LOSS) <= 2 * np.spacing(LOSS)
    assert abs(worked.asked.grad - ASKED) <= 2 * np.spacing(ASKED)
    assert worked.asked.label == "w1_21"


def test_the_forward_pass_is_that_of_the_lecture(worked):
    assert [a.parents[0].data for a in worked.hidden] == Z1.tolist()
    assert [a.data for a in worked.hidden] == A1.tolist()
    assert [z.data for z in worked.logits] == Z2.tolist() == [1.0, 2.0, 0.0]


def test_every_delta_and_every_derivative_is_that_of_the_lecture(worked):
    first, second = worked.model.layers
    assert near([z.grad for z in worked.logits], DELTA2).all()
    assert near([a.parents[0].grad for a in worked.hidden], DELTA1).all()
    assert near([[w.grad for w in neuron.w] for neuron in first.neurons], np.outer(DELTA1, X)).all()
    assert near([[w.grad for w in neuron.w] for neuron in second.neurons], np.outer(DELTA2, A1)).all()
    assert near([neuron.b.grad for neuron in first.neurons], DELTA1).all()
    assert near([x.grad for x in worked.x], W1.T @ DELTA1).all()


def test_the_dead_unit_gets_exactly_nothing(worked):
    dead = worked.model.layers[0].neurons[2]
    assert [p.grad for p in [*dead.w, dead.b]] == [0.0, 0.0, 0.0]


def test_a_step_against_the_gradient_lowers_the_loss(worked):
    again = exercise()
    again.loss.backward()
    for p in again.model.parameters():
        p.data -= 0.1 * p.grad
    w1, b1 = W1 - 0.1 * np.outer(DELTA1, X), -0.1 * DELTA1
    w2, b2 = W2 - 0.1 * np.outer(DELTA2, A1), -0.1 * DELTA2
    z = w2 @ np.maximum(w1 @ X + b1, 0.0) + b2
    assert again.loss.refresh().data == pytest.approx(np.log(np.exp(z).sum()) - z[1], rel=1e-14)


def test_every_weight_bears_its_name_in_the_lecture(worked):
    named = {node.label for node in history(worked.loss) if node.label}
    weights = {f"w1_{i}{j}" for i in (1, 2, 3) for j in (1, 2)} | {f"w2_{i}{j}" for i in (1, 2, 3) for j in (1, 2, 3)}
    assert named >= weights | {"x1", "x2", "C"} | {f"z2_{i}" for i in (1, 2, 3)}


# The whole demonstration

MADE = {
    "exercise.svg",
    "exercise.png",
    "exercise.html",
    "exercise-trace.txt",
    "iris-curves.png",
    "iris-confusion.png",
}


@pytest.mark.dot
@pytest.mark.slow
def test_the_demonstration_writes_and_says_everything(tmp_path, capsys):
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    out = tmp_path / "new" / "demo"
    assert main(["demo", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert {path.name for path in out.iterdir()} == MADE
    assert all(str(out / name) in said for name in MADE)
    assert "Not made" not in said
    assert "C = 0.407605964444380" in said
    assert "dC/dw1_21 = 0.57948751527997" in said

    words = {"".join(t.itertext()).strip() for t in ElementTree.parse(out / "exercise.svg").iter() if "text" in t.tag}
    assert {"w1_21", "0.4076"} <= words
    assert any("0.5795" in word for word in words)
    trace = (out / "exercise-trace.txt").read_text(encoding="utf-8")
    assert trace.strip() in said
    assert re.search(r"^w1_21 .* 0\.5795$", trace, flags=re.MULTILINE)

    right, total = map(int, re.search(r"Test set: (\d+) of (\d+) right", said).groups())
    assert total == 30
    assert right >= 27


@pytest.mark.slow
def test_with_nothing_installed_it_does_what_it_can_and_says_what_is_missing(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PATH", "")
    for module in ("pygraphviz", "matplotlib", "sklearn", "tqdm"):
        monkeypatch.setitem(sys.modules, module, None)
    assert main(["demo", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"exercise.dot", "exercise.html", "exercise-trace.txt"}
    missing = [line for line in said.splitlines() if line.startswith("Not made: ")]
    assert [line.split(". ")[0] for line in missing] == [
        "Not made: exercise.svg, exercise.png",
        "Not made: the network trained on iris",
        "Not made: moons-curves.png, moons-confusion.png",
    ]
    for line, extra in zip(missing, ("draw", "data", "plot"), strict=True):
        assert f"autograd-core[{extra}]" in line
    assert "epoch  40" in said  # what stands in for the progress bar


# Training


def trained(**setting):
    said = []
    return train(Setting(**{"dataset": "xor", "epochs": 2, **setting}), Report(said.append)), "\n".join(said)


@pytest.mark.slow
@pytest.mark.parametrize(("dataset", "at_least"), [("moons", 0.9), ("xor", 0.9)])
def test_the_defaults_learn_every_generated_set(dataset, at_least):
    result, said = trained(dataset=dataset, epochs=40)
    assert result.test["accuracy"] >= at_least
    assert int(result.table.sum()) == 40
    assert np.trace(result.table) / 40 == result.test["accuracy"]
    assert all(name in said for name in result.classes)


def test_equal_seeds_give_equal_networks():
    one, other, third = (trained(seed=seed)[0] for seed in (1, 1, 2))
    assert [p.data for p in one.model.parameters()] == [p.data for p in other.model.parameters()]
    assert [p.data for p in one.model.parameters()] != [p.data for p in third.model.parameters()]


def test_the_options_reach_the_network(monkeypatch, capsys, tmp_path):
    taken = []
    monkeypatch.setattr("viz.cli.demo.train", lambda setting, report, *files: taken.append((setting, *files)))
    options = "moons --layers 3 4 --activation relu --lr 0.2 --momentum 0.5 --epochs 7 --batch 9 --seed 5"
    assert main(["train", *options.split(), "--out", str(tmp_path / "a" / "b"), "--film", "f.html"]) == 0
    assert taken == [(Setting("moons", (3, 4), "relu", 0.2, 0.5, 7, 9, 5), tmp_path / "a" / "b", Path("f.html"))]


def test_much_training_goes_by_a_program_with_the_same_results(monkeypatch):
    pytest.importorskip("numba", reason="needs pip install 'autograd-core[jit]'")
    asked = []

    def watched(*arguments, traced, **options):
        asked.append(traced)
        return fit(*arguments, traced=traced, **options)

    monkeypatch.setattr("viz.cli.demo.fit", watched)
    by_nodes, said = trained(hidden=(4,), epochs=4)
    monkeypatch.setattr("viz.cli.demo.MANY_PRODUCTS", 0)
    by_program, also_said = trained(hidden=(4,), epochs=4)
    assert asked == [False, True]
    assert by_program.history.losses == pytest.approx(by_nodes.history.losses, rel=1e-12)
    assert by_program.table.tolist() == by_nodes.table.tolist()
    assert said == also_said


def test_the_samples_are_split_three_ways_and_scaled_by_the_training_set(monkeypatch):
    seen = {}

    def watched(model, data, *arguments, validation, **options):
        seen.update(learn=data, validate=validation)
        raise KeyboardInterrupt

    monkeypatch.setattr("viz.cli.demo.fit", watched)
    with pytest.raises(KeyboardInterrupt):
        trained(dataset="moons")
    assert (len(seen["learn"][1]), len(seen["validate"][1])) == (120, 40)
    assert np.allclose(seen["learn"][0].mean(axis=0), 0.0)
    assert np.allclose(seen["learn"][0].std(axis=0), 1.0)
    assert not np.allclose(seen["validate"][0].mean(axis=0), 0.0)


def test_an_interrupted_training_keeps_its_network_and_its_figures(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    import viz.cli.demo

    def impatient(*arguments, callbacks=(), **options):
        def stop(event):
            if isinstance(event, Updated) and event.step == 12:
                raise KeyboardInterrupt

        return fit(*arguments, callbacks=[*callbacks, stop], **{**options, "progress": False})

    fit = viz.cli.demo.fit
    monkeypatch.setattr("viz.cli.demo.fit", impatient)
    said = []
    result = train(Setting("xor", epochs=9), report := Report(said.append), tmp_path)
    assert result.history.interrupted
    assert any("Interrupted" in line for line in said)
    assert [path.name for path, _ in report.written] == ["xor-curves.png", "xor-confusion.png"]


@pytest.mark.parametrize("dataset", sorted(DATASETS))
def test_every_dataset_names_its_classes(dataset):
    if dataset == "iris":
        pytest.importorskip("sklearn")
    data = DATASETS[dataset](0)
    assert set(data.y.tolist()) == set(range(len(data.classes)))
    assert len(data.features) == data.X.shape[1]


# Figures


def epochs(n, keys=("loss", "accuracy", "validation_loss", "validation_accuracy")):
    return [dict.fromkeys(keys, 1.0 / (i + 2)) for i in range(n)]


def pixels(path):
    from matplotlib.image import imread

    return np.round(imread(path)[..., :3] * 255).astype(int).reshape(-1, 3)


def has_color(path, color):
    wanted = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return bool((pixels(path) == wanted).all(axis=1).any())


@pytest.mark.parametrize("n", [1, 2, 40])
def test_both_curves_are_drawn(n, tmp_path):
    pytest.importorskip("matplotlib")
    path = charts.curves_figure(tmp_path / "curves.png", epochs(n), "a title")
    assert has_color(path, COLOURS[0])
    assert has_color(path, COLOURS[1])


def test_without_a_validation_set_there_is_one_curve(tmp_path):
    pytest.importorskip("matplotlib")
    path = charts.curves_figure(tmp_path / "curves.png", epochs(3, ("loss",)), "a title")
    assert has_color(path, COLOURS[0])
    assert not has_color(path, COLOURS[1])


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_equal_figures_are_equal_files(ending, tmp_path):
    pytest.importorskip("matplotlib")
    one, two = (
        charts.confusion_figure(tmp_path / f"{name}.{ending}", [[3, 0], [1, 2]], ["no", "yes"], "a title").read_bytes()
        for name in ("one", "two")
    )
    assert one == two


def test_a_class_without_samples_has_an_empty_row(tmp_path):
    pytest.importorskip("matplotlib")
    assert charts.confusion_figure(tmp_path / "c.png", [[3, 1], [0, 0]], ["no", "yes"], "a title").exists()


def test_drawing_figures_leaves_the_readers_matplotlib_alone(tmp_path):
    """No backend is chosen and no figure of pyplot's is left open."""
    matplotlib = pytest.importorskip("matplotlib")
    before = dict(matplotlib.rcParams)
    charts.curves_figure(tmp_path / "curves.png", epochs(3), "a title")
    charts.confusion_figure(tmp_path / "confusion.png", [[3, 1], [0, 2]], ["no", "yes"], "a title")
    assert dict(matplotlib.rcParams) == before
