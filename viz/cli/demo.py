"""Run ``backprop demo``: print, draw and step through an exercise, then train a network on real data.

The exercise is from the lecture *Neural Networks - II* (Thang Vu, 2025). The data are the 150 iris flowers of Anderson
and Fisher (1936), which come with scikit-learn.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from autograd_core import Value, functions
from nn import MLP, SGD, History, evaluate, fit
from nn.data.preparation import Dataset, iris, moons, split, standardize, xor
from nn.errors import MissingExtraError
from nn.training.events import EpochEnded
from nn.training.loop import outputs_of
from nn.training.metrics import confusion, numbers
from nn.training.progress import progress_bar

from ..drawing.drawing import draw
from ..film.film import film
from ..film.recording import Recording
from ..stepper.stepper import step
from ..stepper.trace_table import trace_table
from ..style import files
from . import charts
from .report import Report, confusion_text, fitting

# The exercise


@dataclass(frozen=True)
class Exercise:
    """The network of the exercise after its forward pass, with the names of the lecture.

    Attributes
    ----------
    model : MLP
        It has two inputs, three ReLU units and three outputs. A weight is labeled ``w1_21`` for layer 1, to unit 2 from
        input 1. A bias is labeled ``b1_2``; all biases are 0.
    x, hidden, logits : list of Value
        The input, a of layer 1, z of layer 2.
    loss : Value
        The cross-entropy C.
    """

    model: MLP
    x: list[Value]
    hidden: list[Value]
    logits: list[Value]
    loss: Value

    @property
    def asked(self) -> Value:
        """Return the weight whose derivative the exercise asks for, ``w1_21``: layer 1, to unit 2 from input 1."""
        weight: Value = self.model.layers[0].neurons[1].w[0]
        return weight


def exercise() -> Exercise:
    """Return the exercise of the lecture *Neural Networks - II*, after the forward pass.

    x = (1, 2); W1 = ((1, 1), (-1, 1), (1, -1)) with ReLU; W2 = ((0, 1, 0), (1, -1, 0), (0, 0, 1)) with softmax; no
    biases; the true class is 2 of 3. Softmax and logarithm are combined: C = ln(1 + e^(z1 - z2) + e^(z3 - z2)).

    >>> worked = exercise()
    >>> worked.loss.backward()
    >>> worked.loss.data, worked.asked.grad
    (0.4076059644443803, 0.5794875152799757)
    """
    model = MLP(2, [3, 3], init=[[[1, 1], [-1, 1], [1, -1]], [[0, 1, 0], [1, -1, 0], [0, 0, 1]]])
    for layer, part in enumerate(model.layers, 1):
        for i, neuron in enumerate(part.neurons, 1):
            for j, weight in enumerate(neuron.w, 1):
                weight.label = f"w{layer}_{i}{j}"
            if neuron.b is not None:
                neuron.b.label = f"b{layer}_{i}"
    x = [Value(1.0, label="x1"), Value(2.0, label="x2")]
    hidden = model.layers[0](x)
    logits = model.layers[1](hidden)
    for i, (a, z) in enumerate(zip(hidden, logits, strict=True), 1):
        a.label, a.parents[0].label, z.label = f"a1_{i}", f"z1_{i}", f"z2_{i}"
    loss = functions.cross_entropy(logits, 1)
    loss.label = "C"
    return Exercise(model, x, hidden, logits, loss)


def show_exercise(out: Path, report: Report) -> None:
    """Print the evaluation trace and the answers of the exercise; save its picture and its steps."""
    worked = exercise()
    worked.loss.backward()
    table = trace_table(worked.loss)
    say = report.say
    say('The exercise of the lecture "Neural Networks - II" (Thang Vu, 2025): x = (1, 2), ReLU, softmax, true class 2.')
    say("Each value from those above it; each derivative of C from those below it:")
    say("")
    say(fitting(table))
    e1, e2, e3 = (math.exp(z.data) for z in worked.logits)
    y1, y2, y3 = (e / (e1 + e2 + e3) for e in (e1, e2, e3))
    say("")
    say(f"By hand, from y = softmax(1, 2, 0) = ({y1:.4f}, {y2:.4f}, {y3:.4f}):")
    say(f"  the loss              C = -ln y2 = {-math.log(y2):.12f}")
    say(f"  the derivative asked  dC/dw1_21 = (y1 - (y2 - 1)) x1 = {y1 - (y2 - 1):.12f}")
    say("By backpropagation:")
    say(f"  the loss              C = {worked.loss.data!r}")
    say(f"  the derivative asked  dC/dw1_21 = {worked.asked.grad!r}")
    say("")
    what = "the graph with every number on it"
    drawing = draw(worked.loss)
    made = [report.make(out / f"exercise.{kind}", what, drawing.save) for kind in ("svg", "png")]
    if not all(made):
        report.make(out / "exercise.dot", "the graph as text, for any Graphviz", drawing.save)
    page = step(worked.loss)
    report.make(out / "exercise.html", "the chain rule step by step: open it in a browser, press →", page.save)
    report.make(
        out / "exercise-trace.txt", "the evaluation trace", lambda path: files.write(path, table.to_text() + "\n")
    )


# Training


def _moons(seed: int) -> Dataset:
    return Dataset(*moons(200, noise=0.1, rng=seed), ("upper", "lower"), ("x", "y"))


def _xor(seed: int) -> Dataset:
    return Dataset(*xor(50, noise=0.15, rng=seed), ("equal", "different"), ("x", "y"))


#: data sets by name: a function from a seed to data
DATASETS: dict[str, Callable[[int], Dataset]] = {"iris": lambda seed: iris(), "moons": _moons, "xor": _xor}


#: weights × samples from which training with a program is faster, although Numba must be loaded; the results agree up
#: to rounding
MANY_PRODUCTS = 1_000_000


@dataclass(frozen=True)
class Setting:
    """What is trained, and how; the defaults suit all ``DATASETS``."""

    dataset: str = "iris"
    hidden: tuple[int, ...] = (8,)
    activation: str = "tanh"
    lr: float = 0.05
    momentum: float = 0.9
    epochs: int = 40
    batch: int = 15
    seed: int = 0


@dataclass(frozen=True)
class Trained:
    """A trained network, its history, and its results on the test set."""

    model: MLP
    history: History
    test: dict[str, float]
    table: Any
    classes: tuple[str, ...]


def train(setting: Setting, report: Report, out: Path | None = None, film_file: Path | None = None) -> Trained:
    """Train a network of Values, print its results, and save its curves and confusion matrix.

    The samples are shuffled and split into training, validation and test set, 60 : 20 : 20. They are standardized with
    the mean and deviation of the training set.

    Parameters
    ----------
    setting : Setting
    report : Report
        Takes each line of the report.
    out : Path, optional
        The folder of the figures; None saves none.
    film_file : Path, optional
        The file of the film; None saves none.
    """
    data = DATASETS[setting.dataset](setting.seed)
    parts = split(data.X, data.y, rng=setting.seed)
    scale = standardize(parts[0][0])
    learn, validate, test = ((scale(X), y) for X, y in parts)
    model = MLP(data.X.shape[1], [*setting.hidden, len(data.classes)], activation=setting.activation, rng=setting.seed)
    optimizer = SGD(model.parameters(), lr=setting.lr, momentum=setting.momentum)
    sizes = "-".join(map(str, (data.X.shape[1], *setting.hidden, len(data.classes))))
    title = f"MLP {sizes}, {setting.activation}, on {setting.dataset}"
    report.say(f"{title}: {len(model.parameters())} parameters, each a Value.")
    report.say(
        f"{len(data.y)} samples: {len(learn[1])} to train, {len(validate[1])} to validate, {len(test[1])} to test."
    )
    products = len(model.parameters()) * len(learn[1]) * setting.epochs
    consumers: list[Callable[[Any], None]] = [] if progress_bar(None) else [_tell(report, setting.epochs)]
    if film_file is not None:
        consumers.append(Recording())
    history = fit(
        model,
        learn,
        "cross_entropy",
        optimizer,
        epochs=setting.epochs,
        batch_size=setting.batch,
        validation=validate,
        metrics=["accuracy"],
        seed=setting.seed,
        traced=products > MANY_PRODUCTS and find_spec("numba") is not None,
        callbacks=consumers,
    )
    if history.interrupted:
        report.say("Interrupted: the network stands as after its last whole update.")
    outputs = numbers(outputs_of(model.eval(), test[0]))
    trained = Trained(
        model, history, evaluate(model, test, "cross_entropy", ["accuracy"]),
        confusion(outputs, test[1], len(data.classes)), data.classes,
    )  # fmt: skip
    right = int(np.trace(trained.table))
    report.say(
        f"Test set: {right} of {len(test[1])} right ({right / len(test[1]):.0%}), loss {trained.test['loss']:.4f}."
    )
    report.say(confusion_text(trained.table, data.classes))
    report.say("")
    if out is not None:
        _save_figures(trained, title, f"Test set: {right} of {len(test[1])} right", setting.dataset, out, report)
    if film_file is not None:
        report.make(film_file, "the training: open it in a browser, press Space", film(history, title=title).save)
    return trained


def _tell(report: Report, epochs: int) -> Callable[[Any], None]:
    """Return a callback that prints the progress, for machines without a progress bar."""

    def consume(event: Any) -> None:
        if isinstance(event, EpochEnded) and event.epoch % max(1, epochs // 8) == 0:
            record = event.record
            report.say(f"  epoch {event.epoch:3}  loss {record['loss']:.4f}  accuracy {record['accuracy']:.0%}")

    return consume


def _save_figures(trained: Trained, title: str, verdict: str, name: str, out: Path, report: Report) -> None:
    curves, table = out / f"{name}-curves.png", out / f"{name}-confusion.png"
    if not charts.available():
        for path in (curves, table):
            report.lack(path.name, f"Figures are drawn by Matplotlib: {charts.INSTALL}")
    else:
        if trained.history.epochs:
            epochs = trained.history.epochs
            report.make(curves, "loss and accuracy, epoch by epoch", lambda p: charts.curves_figure(p, epochs, title))
        figure = "which class was taken for which"
        report.make(table, figure, lambda p: charts.confusion_figure(p, trained.table, trained.classes, verdict))


# The command


def demo(out: Path, report: Report) -> None:
    """Run the exercise, train on iris, and print where the files are."""
    show_exercise(out, report)
    setting = Setting()
    try:
        train(setting, report, out)
    except MissingExtraError as error:
        report.lack("the network trained on iris", f"{error} Trained on two half moons instead.")
        train(Setting("moons"), report, out)
    report.close()
    report.say('Next: backprop step "tanh(w * x + b)" w=0.8 x=2 b=-1 -o neuron.html')
