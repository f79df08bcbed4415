"""Plots: what is drawn are the numbers that were given, named, and told apart without color."""

from __future__ import annotations

import sys
from itertools import combinations

import numpy as np
import pytest

from autograd_core import Value, functions
from nn import MLP, SGD, fit, schedules
from nn.data import moons
from viz.style.errors import MissingExtraError, OptionError

pytest.importorskip("matplotlib", reason="needs pip install 'autograd-core[plot]'")
from matplotlib import pyplot
from matplotlib.colors import to_rgb
from mpl_toolkits.mplot3d import Axes3D

from viz import plots
from viz.style.theme import THEMES


@pytest.fixture(autouse=True)
def _closed():
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def trained():
    X, y = moons(40, noise=0.1, rng=0)
    model = MLP(2, [4, 2], activation="tanh", rng=0)
    history = fit(
        model, (X, y), "cross_entropy", SGD(model.parameters(), lr=0.1), epochs=5, batch_size=10, validation=(X, y),
        metrics=["accuracy"], progress=False,
    )  # fmt: skip
    return model, history, X, y


def drawn(ax):
    return {line.get_label(): np.asarray(line.get_ydata()) for line in ax.lines}


def told_apart_without_color(ax):
    ways = [(line.get_marker(), str(line._dash_pattern)) for line in ax.lines]
    return len(set(ways)) == len(ways)


def test_a_history_is_plotted_as_recorded(trained):
    _, history, _, _ = trained
    ax = plots.plot_history(history)
    assert drawn(ax)["training"].tolist() == history["loss"]
    assert drawn(ax)["validation"].tolist() == history["validation_loss"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")
    assert told_apart_without_color(ax)
    assert drawn(plots.plot_history(history, "updates"))["loss"].tolist() == history.losses
    both = plots.plot_history(history, ["loss", "accuracy"], log=True)
    assert len(both.lines) == 4
    with pytest.raises(OptionError, match="no column 'lss'; it has: accuracy"):
        plots.plot_history(history, "lss")


def test_trainings_are_compared(trained):
    _, history, _, _ = trained
    short = [{"loss": 2.0}, {"loss": 1.0}]
    ax = plots.plot_history({"long": history, "short": short})
    assert list(drawn(ax)) == ["long, training", "long, validation", "short"]
    assert drawn(ax)["short"].tolist() == [2.0, 1.0]
    assert drawn(ax)["long, validation"].tolist() == history["validation_loss"]
    assert told_apart_without_color(ax)
    updates = plots.plot_history({"one": history, "again": history}, "updates")
    assert [text.get_text() for text in updates.get_legend().get_texts()] == ["one", "again"]
    assert drawn(updates)["again"].tolist() == history.losses


def swept(model, X):
    model(X[0].tolist())[0].backward()
    return model


DRAWN = {
    "loss": lambda model, history, X, y, **o: plots.plot_history(history, **o),
    "metrics": lambda model, history, X, y, **o: plots.plot_history(history, ["loss", "accuracy"], log=True, **o),
    "updates": lambda model, history, X, y, **o: plots.plot_history(history, "updates", **o),
    "norms": lambda model, history, X, y, **o: plots.plot_gradient_norms(history, **o),
    "activations": lambda model, history, X, y, **o: plots.plot_activations(["tanh", "relu", "gelu", "elu"], **o),
    "rates": lambda model, history, X, y, **o: plots.plot_learning_rates(
        [schedules.ConstantLR(0.1), schedules.HarmonicLR(0.1), lambda step: 0.1 * 0.9**step], **o
    ),
    "descent": lambda model, history, X, y, **o: plots.plot_descent_1d(
        lambda w: w * w, {"slow": [1.0, 0.5], "fast": [1.0, -0.2]}, **o
    ),
    "contour": lambda model, history, X, y, **o: plots.plot_descent_contour(
        lambda a, b: a * a + b * b, {"plain": [[1.0, 1.0], [0.5, 0.5]], "momentum": [[1.0, 1.0], [0.1, 0.3]]}, **o
    ),
    "boundary": lambda model, history, X, y, **o: plots.plot_decision_boundary(model, X, y, resolution=30, **o),
    "functions": lambda model, history, X, y, **o: plots.plot_functions({"|x|": abs, "x": float}, -1.0, 1.0, **o),
    "fit": lambda model, history, X, y, **o: plots.plot_fit(
        {"line": lambda rows: rows, "flat": lambda rows: 0.0 * rows}, [[0.0], [1.0]], [0.0, 1.0], truth=abs, **o
    ),
    "contours": lambda model, history, X, y, **o: plots.plot_contours(
        {"disc": lambda a, b: a * a + b * b, "diamond": lambda a, b: abs(a) + abs(b)}, 1.0, resolution=21, **o
    ),
    "confusion": lambda model, history, X, y, **o: plots.plot_confusion([[3, 1], [0, 4]], ["no", "yes"], **o),
    "weights": lambda model, history, X, y, **o: plots.plot_histograms(model, **o),
    "gradients": lambda model, history, X, y, **o: plots.plot_histograms(swept(model, X), "gradients", **o),
}


def luminance(color):
    return float(np.dot(to_rgb(color), (0.299, 0.587, 0.114)))


def differ_in_grey(line, other):
    """Whether dashes, marker or brightness tell two lines apart."""
    ways = [(str(one.get_marker()), str(one._dash_pattern)) for one in (line, other)]
    return ways[0] != ways[1] or abs(luminance(line.get_color()) - luminance(other.get_color())) > 0.15


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", DRAWN)
def test_every_plot_is_named_and_reads_without_color(trained, name, theme):
    figure, ax = pyplot.subplots()
    assert DRAWN[name](*trained, ax=ax, theme=theme) is ax
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    figure.canvas.draw()  # warnings are errors
    lines = [line for line in ax.lines if not line.get_label().startswith("_")]
    parts = ax.patches[: 2 * (name in ("weights", "gradients"))]
    assert (ax.get_legend() is not None) == (len(lines) + len(parts) > 1 or name == "boundary")
    assert all(differ_in_grey(*pair) for pair in combinations(lines, 2))
    assert all(
        a.get_hatch() != b.get_hatch() and a.get_linestyle() != b.get_linestyle() for a, b in combinations(parts, 2)
    )
    background = luminance(figure.get_facecolor()[:3])
    assert background > 0.9 if theme == "light" else background < 0.2
    ink = [line.get_color() for line in lines] + [ax.xaxis.label.get_color(), ax.yaxis.label.get_color()]
    ink += [text.get_color() for text in (ax.get_legend().get_texts() if ax.get_legend() else ())]
    assert all(abs(luminance(color) - background) > 0.25 for color in ink)


@pytest.mark.parametrize("name", DRAWN)
def test_without_axes_a_figure_is_made(trained, name):
    before = pyplot.get_fignums()
    assert DRAWN[name](*trained).figure.number not in before


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_regions_of_classes_differ_in_grey(theme):
    X = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    ax = plots.plot_decision_boundary(
        lambda rows: np.column_stack([-np.asarray(rows)[:, 0], np.asarray(rows)[:, 0], np.asarray(rows)[:, 1]]),
        X, [0, 1, 2], resolution=20, theme=theme,
    )  # fmt: skip
    colors = ax.collections[0].cmap.colors
    paper = np.array(to_rgb(THEMES[theme].background))
    shades = sorted(luminance(rgba[3] * np.array(rgba[:3]) + (1 - rgba[3]) * paper) for rgba in colors)
    assert np.diff(shades).min() > 0.025
    assert {type(part).__name__ for part in ax.collections} >= {"QuadMesh", "QuadContourSet", "PathCollection"}


def test_activations_and_derivatives_come_from_the_records():
    ax = plots.plot_activations(["tanh", "gelu"], low=-2.0, high=2.0)
    z = ax.lines[0].get_xdata()
    for name in ("tanh", "gelu"):
        for i in (0, 100, 400, 800):
            x = Value(float(z[i]))
            y = getattr(functions, name)(x)
            y.backward()
            assert drawn(ax)[name][i] == pytest.approx(y.data, rel=1e-14, abs=1e-300)
            assert drawn(ax)[f"{name}′"][i] == pytest.approx(x.grad, rel=1e-13, abs=1e-300)
    with pytest.raises(OptionError, match="no function 'tahn' of one operand"):
        plots.plot_activations("tahn")
    with pytest.raises(OptionError, match="no function 'pad'"):
        plots.plot_activations("pad")


def test_paths_are_the_points_and_lie_on_the_curve():
    path = [2.0, 1.0, -0.5]
    ax = plots.plot_descent_1d(lambda w: w * w, {"momentum": path})
    line = next(line for line in ax.lines if line.get_label() == "momentum")
    assert line.get_xdata().tolist() == path
    assert line.get_ydata().tolist() == [4.0, 1.0, 0.25]
    contour = plots.plot_descent_contour(lambda a, b: (a - 1) ** 2 + 3 * b**2, {"a": [[0, 1], [1, 0]], "b": [[2, 2]]})
    assert [t.get_text() for t in contour.get_legend().get_texts()] == ["loss", "a", "b"]
    with pytest.raises(OptionError, match=r"shape \(steps, 2\)"):
        plots.plot_descent_contour(lambda a, b: a, [1.0, 2.0])


@pytest.mark.parametrize("answer", [float, Value, np.float64, np.array], ids=["float", "Value", "NumPy", "array"])
def test_a_function_may_answer_with_any_kind_of_number(answer):
    assert drawn(plots.plot_functions({"f": lambda x: answer(2.0 * x)}, 0.0, 1.0))["f"][-1] == 2.0
    assert drawn(plots.plot_descent_1d(lambda w: answer(w * w), {"path": [3.0, 2.0]}))["path"].tolist() == [9.0, 4.0]


def test_learning_rates_are_those_of_the_schedule():
    named = {"halved": lambda step: 0.5**step, "harmonic": schedules.HarmonicLR(1.0)}
    ax = plots.plot_learning_rates(named, steps=5, log=True)
    for name, one in named.items():
        assert drawn(ax)[name].tolist() == [one(step) for step in range(5)]
    assert all(at == int(at) for at in ax.get_xticks())
    assert told_apart_without_color(ax)


def test_functions_are_plotted_as_they_compute():
    ax = plots.plot_functions({"relu": lambda x: Value(x).relu(), "square": lambda x: x * x}, -2.0, 2.0, x="a", y="f")
    assert drawn(ax)["relu"][[0, 200, 400]].tolist() == [0.0, 0.0, 2.0]
    assert drawn(ax)["square"][[0, 200, 400]].tolist() == [4.0, 0.0, 4.0]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a", "f")
    assert told_apart_without_color(ax)
    assert plots.plot_functions(abs).get_legend() is None
    with pytest.raises(OptionError, match="is not below"):
        plots.plot_functions(abs, 1.0, 1.0)


@pytest.mark.parametrize("twin", [lambda model: model, lambda model: model.to_tensor()], ids=["values", "tensors"])
def test_a_fit_shows_the_curve_its_units_the_truth_and_the_samples(twin):
    model = MLP(1, [3, 1], activation="tanh", rng=0)
    X, y = np.array([[-1.0], [0.0], [2.0]]), np.array([1.0, 0.0, 4.0])
    ax = plots.plot_fit(twin(model), X, y, truth=lambda x: x * x, units=True)
    at = [float(x) for x in ax.lines[0].get_xdata()[[0, 200, 400]]]
    assert (at[0] < -1.0, at[-1] > 2.0) == (True, True)
    assert drawn(ax)["truth"][[0, 200, 400]].tolist() == [x * x for x in at]
    assert drawn(ax)["model"][[0, 200, 400]] == pytest.approx([model([x]).data for x in at], rel=1e-13)
    units = [drawn(ax)[name] for name in ("hidden units", "_unit 2", "_unit 3")]
    assert [unit[400] for unit in units] == pytest.approx([u.data for u in model.layers[0]([at[-1]])], rel=1e-13)
    assert ax.collections[0].get_offsets().tolist() == np.column_stack([X, y]).tolist()


def test_several_fits_are_named_and_what_cannot_be_plotted_says_why():
    X, y = [[0.0], [1.0]], [0.0, 1.0]
    ax = plots.plot_fit({"line": lambda rows: rows, "flat": lambda rows: 0.0 * rows}, X, y)
    assert set(drawn(ax)) == {"line", "flat"}
    assert told_apart_without_color(ax)
    with pytest.raises(OptionError, match="reshape"):
        plots.plot_fit(lambda rows: rows, [0.0, 1.0], y)
    with pytest.raises(OptionError, match="no hidden layer"):
        plots.plot_fit(MLP(1, [1]), X, y, units=True)


def test_the_boundary_is_where_the_models_answer_changes():
    X = np.array([[-1.0, 0.0], [1.0, 0.0]])
    ax = plots.plot_decision_boundary(lambda rows: np.asarray(rows)[:, :1], X, [-1, 1], resolution=41)
    edge = ax.collections[1].get_paths()[0].vertices
    assert np.abs(edge[:, 0]).max() < 0.05
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["class -1", "class 1"]
    with pytest.raises(OptionError, match="Choose two features"):
        plots.plot_decision_boundary(lambda rows: rows, np.zeros((3, 4)), [0, 1, 0])
    with pytest.raises(OptionError, match=r"returned numbers of shape \(2,\)"):
        plots.plot_decision_boundary(lambda rows: rows[0], X, [0, 1])


def test_classes_that_are_names_stand_in_the_legend():
    X = np.array([[-1.0, 0.0], [1.0, 0.0]])
    ax = plots.plot_decision_boundary(lambda rows: rows[:, :1], X, ["setosa", "virginica"], resolution=5)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["setosa", "virginica"]


def test_boundaries_of_three_classes_are_straight_where_two_scores_are_equal():
    X = np.array([[-1.0, 1.0], [1.0, 1.0], [0.0, -1.0]])
    ax = plots.plot_decision_boundary(lambda rows: rows @ X.T, X, [0, 1, 2], resolution=31)
    lines = [c for c in ax.collections if c.get_paths() and type(c).__name__ == "QuadContourSet"]
    assert len(lines) == 3
    for line in lines:
        scores = np.sort(line.get_paths()[0].vertices @ X.T, axis=1)
        assert np.abs(scores[:, 2] - scores[:, 1]).max() < 0.06  # exact but at the corner, where it is cut


@pytest.fixture
def points(monkeypatch):
    """The points of the surfaces that are drawn, as rows (x, y, height)."""
    found, draw = [], Axes3D.plot_surface

    def noted(self, x, y, z, **options):
        found.extend(np.stack([x, y, z], axis=-1).reshape(-1, 3).tolist())
        return draw(self, x, y, z, **options)

    monkeypatch.setattr(Axes3D, "plot_surface", noted)
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_surface_stands_where_the_function_says(points, theme):
    figure, ax = pyplot.subplots(subplot_kw={"projection": "3d"})
    found = plots.plot_surface(
        lambda a, b: 3.0 * a - b, 0.0, 2.0, x="a", y="b", z="c", resolution=5, ax=ax, theme=theme
    )
    assert found is ax
    figure.canvas.draw()  # warnings are errors
    assert len(points) == 25
    assert all(c == pytest.approx(3.0 * a - b) for a, b, c in points)
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_zlabel()) == ("a", "b", "c")
    floor = ax.get_zlim()[0]
    assert floor < -2.0 <= min(ax.get_zticks())
    background = luminance(figure.get_facecolor()[:3])
    assert abs(luminance(ax.zaxis.label.get_color()) - background) > 0.25
    low, high = (luminance(ax.collections[0].cmap(share)[:3]) for share in (0.0, 1.0))
    assert abs(high - background) > abs(low - background) + 0.3  # it reads in gray too
    assert len(ax.collections) > 1  # with its contours


@pytest.mark.parametrize("twin", [lambda model: model, lambda model: model.to_tensor()], ids=["values", "tensors"])
def test_a_model_of_two_inputs_has_a_surface(points, twin):
    model = MLP(2, [3, 1], activation="tanh", rng=0)
    plots.plot_surface(twin(model), -1.0, 1.0, resolution=3)
    assert len(points) == 9
    for x1, x2, height in points:
        assert height == pytest.approx(model([x1, x2]).data, rel=1e-12)


def test_surfaces_may_be_level_or_have_holes():
    ax = plots.plot_surface(lambda a, b: 5.0, resolution=3)
    assert len(ax.collections) == 1  # a plain has no contours
    with np.errstate(divide="ignore", invalid="ignore"):
        ax = plots.plot_surface(lambda a, b: np.log(np.float64(a)), -1.0, 1.0, resolution=5)
    ax.figure.canvas.draw()
    assert ax.get_zlim()[1] == 0.0


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda: plots.plot_surface(min, ax=pyplot.subplots()[1]), r'projection": "3d"'),
        (lambda: plots.plot_surface(min, 1.0, -1.0), "is not below"),
        (lambda: plots.plot_surface(MLP(2, [2], rng=0), resolution=2), "has 2 outputs"),
        (lambda: plots.plot_surface(lambda a, b: float("nan"), resolution=2), "no surface"),
        (lambda: plots.plot_contours({"f": min}, {"g": 1.0}), "Levels are given for g, and the functions are f"),
    ],
    ids=["two dimensions", "no interval", "two outputs", "no number", "other levels"],
)
def test_what_has_no_surface_and_no_contours_says_why(act, told):
    with pytest.raises(OptionError, match=told):
        act()


def test_contours_are_where_the_functions_have_their_levels():
    discs = {"disc": lambda a, b: a * a + b * b, "plane": lambda a, b: a + b}
    ax = plots.plot_contours(discs, {"disc": [0.25, 1.0, 99.0], "plane": 0.5}, -1.5, 1.5)
    disc, plane = ax.collections
    radii = sorted(float(np.hypot(*path.vertices.T).mean()) for path in disc.get_paths())
    assert radii == pytest.approx([0.5, 1.0], rel=1e-3)
    assert plane.get_paths()[0].vertices.sum(axis=1) == pytest.approx(0.5)
    assert ax.get_aspect() == 1.0
    assert plots.plot_contours(min, 99.0).collections[:] == []  # there is none, and nothing to say about it


def test_the_cells_of_a_confusion_hold_its_counts():
    ax = plots.plot_confusion([[9, 1], [0, 10]], ["no", "yes"], theme="dark")
    assert [text.get_text() for text in ax.texts] == ["9", "1", "0", "10"]
    with pytest.raises(OptionError, match="square"):
        plots.plot_confusion([[1, 2]])


def test_histograms_count_every_parameter(trained):
    model, *_ = trained
    ax = plots.plot_histograms(model)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["layer0 (12)", "layer1 (10)"]
    with pytest.raises(OptionError, match="backward"):
        plots.plot_histograms(MLP(2, [1]), "gradients")


def test_without_matplotlib_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'autograd-core\[plot\]'"):
        plots.plot_activations()


def test_a_theme_that_is_none_is_refused():
    with pytest.raises(OptionError, match="'light', 'dark'"):
        plots.plot_activations(theme="sepia")
