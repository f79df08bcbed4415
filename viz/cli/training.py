"""Define the commands that train: ``train``, ``film`` and ``playground``."""

from __future__ import annotations

import argparse
import difflib
import threading
import webbrowser
from typing import Any

from ..style.errors import OptionError
from .output_paths import checked_file, checked_folder
from .report import Report

DATASETS = """\
datasets:
  iris    150 flowers, 4 lengths, 3 species (with scikit-learn: pip install 'autograd-core[data]')
  moons   two interleaving half circles, 200 points
  xor     four noisy corners, 200 points: not separable by a line
"""

TRAIN = f"""\
Train a multi-layer perceptron whose every weight is a Value, and show how well it does on samples it has not seen.

{DATASETS}
examples:
  backprop train iris
  backprop train moons --layers 16 16 --activation relu --epochs 60 --out moons
  backprop train moons --film training.html
  backprop train xor --layers 2 --lr 0.1 --seed 3
"""

FILM = f"""\
Train a multi-layer perceptron as `backprop train` does, and write the training as one page that needs no network:
weights, what each unit answers over the plane, loss and gradients at every moment, with a slider over the updates.
The selected sample opens in the stepper, with the weights of that moment.

{DATASETS}
examples:
  backprop film moons                                   writes moons-film.html
  backprop film xor --layers 4 --epochs 60 -o xor.html
"""

PLAYGROUND = """\
Open a network to play with in the browser: data, layers, activation, optimizer and rate are chosen with the mouse or
the keyboard, training goes by operation, sample, batch or epoch, and everything can be copied as Python. The page is
served by this process to this machine alone, and training ends with it: press Ctrl+C here.

examples:
  backprop playground
  backprop playground --dataset spirals --layers 8 8 --activation relu --lr 0.03
  backprop playground --port 8000 --no-browser          says the address and opens nothing
"""


def add_commands(commands: Any) -> None:
    """Add ``train``, ``film`` and ``playground`` to the commands of a parser."""
    train = commands.add_parser("train", help="train a network of Values", description=TRAIN)
    _training_options(train)
    train.add_argument("--out", metavar="DIR", help="save the loss curve and the confusion matrix there")
    train.add_argument("--film", metavar="FILE.html", help="save the training as a page with a slider over the updates")
    train.set_defaults(run=_train)

    film = commands.add_parser("film", help="train, and write the training as a page", description=FILM)
    _training_options(film)
    film.add_argument("-o", "--output", dest="film", metavar="FILE.html", help="where (DATASET-film.html)")
    film.set_defaults(run=_film)

    play = commands.add_parser("playground", help="play with a network in the browser", description=PLAYGROUND)
    play.add_argument("--dataset", default="moons", help="moons, circles, spirals, xor, blobs or sine (moons)")
    play.add_argument("--layers", metavar="N", type=int, nargs="*", default=[4, 3], help="units of hidden layers (4 3)")
    play.add_argument("--activation", default="tanh", help="of the hidden layers: tanh, relu, sigmoid, gelu, … (tanh)")
    play.add_argument("--optimizer", default="Momentum", help="SGD, Momentum, Adagrad, RMSprop, Adam or AdamW")
    play.add_argument("--lr", type=float, default=0.1, help="the learning rate (0.1)")
    play.add_argument("--seed", type=int, default=0, help="equal seeds give equal results (0)")
    play.add_argument("--port", type=int, default=0, help="of this machine; any that is free if left out")
    play.add_argument("--no-browser", action="store_true", help="say the address and open nothing")
    play.set_defaults(run=_playground)


def _training_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", metavar="DATASET", help="iris, moons or xor")
    parser.add_argument(
        "--layers", metavar="N", type=int, nargs="+", default=[8], help="units of each hidden layer (8)"
    )
    parser.add_argument(
        "--activation", default="tanh", help="of the hidden layers: tanh, relu, sigmoid, gelu, … (tanh)"
    )
    parser.add_argument("--lr", type=float, default=0.05, help="the learning rate (0.05)")
    parser.add_argument("--momentum", type=float, default=0.9, help="how much of the last step is kept (0.9)")
    parser.add_argument("--epochs", type=int, default=40, help="how often every sample is used (40)")
    parser.add_argument("--batch", type=int, default=15, help="samples an update (15)")
    parser.add_argument("--seed", type=int, default=0, help="equal seeds give equal results (0)")


def _train(options: argparse.Namespace) -> None:
    from .demo import DATASETS, Setting, train

    if options.dataset not in DATASETS:
        close = difflib.get_close_matches(options.dataset.lower(), DATASETS, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise OptionError(f"There is no dataset called {options.dataset!r}.{hint} There are: {', '.join(DATASETS)}.")
    film = checked_file(options.film, (".html",), "the film") if options.film else None
    out = checked_folder(options.out) if options.out else None
    report = Report()
    setting = Setting(
        options.dataset,
        tuple(options.layers),
        options.activation,
        options.lr,
        options.momentum,
        options.epochs,
        options.batch,
        options.seed,
    )
    train(setting, report, out, film)
    report.close()


def _film(options: argparse.Namespace) -> None:
    options.film = options.film or f"{options.dataset}-film.html"
    options.out = None
    _train(options)


def _playground(options: argparse.Namespace) -> None:
    from ..playground.serving import serve

    chosen = {name: getattr(options, name) for name in ("dataset", "activation", "optimizer", "lr", "seed")}
    with serve(port=options.port, layers=tuple(options.layers), **chosen) as served:
        print(f"The playground is at {served.url}\nIt ends with Ctrl+C.", flush=True)
        if not options.no_browser:
            webbrowser.open(served.url)
        try:
            _forever()
        except KeyboardInterrupt:
            print(f"\nThe playground has ended after {served.session.updates} updates.")


def _forever() -> None:
    threading.Event().wait()
