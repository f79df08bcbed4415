"""Run the ``backprop`` command: draw an expression, step through it, train a network, film it, play with one.

>>> main(["draw", "a * b", "a=2", "b=-3", "-o", "product.dot"])
a * b = -6.0
  d/da = -3.0
  d/db = 2.0
Files:
  product.dot  the graph, with values and gradients
0
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from autograd_core import __version__
from autograd_core.errors import AutogradError

from .expressions import ASSIGNMENT, graph_of, leaves
from .output_paths import checked_file, checked_folder
from .report import Report, fitting
from .training import add_commands

PICTURES = (".svg", ".png", ".pdf", ".dot", ".html")

OVERVIEW = """\
Backpropagation that you can see: a computation drawn with every value, local derivative and gradient on it,
the chain rule one step at a time, and small networks trained in front of you.

examples:
  backprop demo                                            a tour: everything below, in half a minute
  backprop draw "a * b + tanh(a)" a=0.5 b=-2 -o graph.svg  a picture of the graph
  backprop step "(x - 3) ** 2" x=1 -o steps.html           the chain rule, step by step, in a browser
  backprop train moons --layers 16 16 --out moons          a network, its loss and its mistakes
  backprop film moons -o moons.html                        its training, with a slider over the updates
  backprop playground                                      a network to play with, in the browser
"""
SEE = "Each command explains itself: backprop draw --help."

EXPRESSIONS = """\
An expression has names, numbers, + - * / **, parentheses, and functions such as exp, log, tanh, relu, sqrt, sin.
Write it in quotes, then a number for every name. It is read as a formula and never run as code.
"""

DRAW = f"""\
Draw the computation graph of an expression. Every box shows a value and, under it, the derivative of the result by
it; every arrow the local derivative that the chain rule multiplies. Without -o, print the graph as a table.

{EXPRESSIONS}
examples:
  backprop draw "a * b" a=2 b=-3                        a table: no file, and no Graphviz needed
  backprop draw "a * b" a=2 b=-3 -o graph.svg           the ending says which format: {", ".join(PICTURES)}
  backprop draw "x * x" x=3 --partials both -o x.png    formulas and numbers on the arrows
  backprop draw "x+x+x+x+x" x=3 --max-nodes 4 -o x.svg  what makes a graph too large is folded
  backprop draw -o x.svg -- "-x ** 2" x=3               an expression that begins with a minus sign goes after --
"""

STEP = f"""\
Write a page that goes through the chain rule one contribution at a time: what came from above, the local derivative,
their product, and the gradient before and after. It is one file that needs no network: open it, and press the arrow
keys. Without -o, print the evaluation trace as a table.

{EXPRESSIONS}
examples:
  backprop step "tanh(w * x + b)" w=0.8 x=2 b=-1 -o neuron.html
  backprop step "x * x + x" x=3                         the same sums as a table, in the terminal
"""

DEMO = """\
Work the exercise of a lecture in front of you, printed, drawn and stepped through, then train a network on the 150
iris flowers. Takes under a minute and writes everything into one folder:

  exercise.svg, exercise.png   the computation graph with every number on it
  exercise.html                the chain rule step by step, in a browser
  exercise-trace.txt           the evaluation trace
  iris-curves.png              loss and accuracy of the training
  iris-confusion.png           which species was taken for which

What is missing for any of these is said, and how to get it.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0, or 2 after an error in the arguments.

    Parameters
    ----------
    arguments : sequence of str, optional
        The arguments without the command's own name. Default: those of this process.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without ∇ prints ? instead of stopping
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if "run" not in options:
        parser.print_help()
        return 0
    _adopt(options, rest)
    try:
        options.run(options)
    except AutogradError as error:
        return _refuse(f"backprop {options.command}", str(error))
    except KeyboardInterrupt:
        print("\nbackprop: interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # a reader such as head has closed the pipe
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return 0


def _refuse(command: str, message: str) -> int:
    """Print an error as one paragraph, and return the exit code."""
    print(f"{command}: {' '.join(message.split())}", file=sys.stderr)
    return 2


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one paragraph, like all other errors."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Print the error and the help command; exit with code 2."""
        sys.exit(_refuse(self.prog, f"{message}. See {self.prog} --help."))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="backprop", description=OVERVIEW, epilog=SEE)
    parser.add_argument("--version", action="version", version=f"backprop, of autograd-core {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", parser_class=_Parser)

    draw = commands.add_parser("draw", help="draw an expression as a graph", description=DRAW)
    draw.add_argument("--theme", choices=("light", "dark"), default="light")
    draw.add_argument(
        "--direction", choices=("LR", "TB", "RL", "BT"), default="LR", help="where results lie: LR, right"
    )
    draw.add_argument("--partials", choices=("numbers", "formulas", "both", "none"), default="numbers")
    draw.add_argument("--color-by", choices=("kind", "gradient"), default="kind", help="what the color of a box says")
    draw.add_argument(
        "--collapse",
        default="auto",
        metavar="LEVEL",
        help="what is folded into one box: auto (as needed), op (nothing), neuron, layer, model, or a depth such as 1",
    )
    draw.add_argument("--max-nodes", type=int, default=300, metavar="N", help="how many boxes auto leaves (300)")
    _expression_options(draw, "FILE", _draw)

    step = commands.add_parser("step", help="step through its derivatives in a page", description=STEP)
    _expression_options(step, "FILE.html", _step)

    add_commands(commands)

    demo = commands.add_parser("demo", help="see all of it", description=DEMO)
    demo.add_argument("--out", metavar="DIR", default="backprop-demo", help="where its files go (backprop-demo)")
    demo.set_defaults(run=_demo)
    return parser


def _expression_options(parser: argparse.ArgumentParser, file: str, run: Any) -> None:
    parser.add_argument("expression", metavar="EXPR", help='such as "a * b + tanh(a)", in quotes')
    parser.add_argument("given", metavar="name=value", nargs="*", default=[], help="a number for every name")
    parser.add_argument("-o", "--output", metavar=file, help="where to write it")
    parser.set_defaults(run=run)


def _adopt(options: argparse.Namespace, rest: list[str]) -> None:
    """Parse assignments after an option too, and reject unknown arguments."""
    of_expression = hasattr(options, "given")
    strange = list(rest)
    if of_expression:
        strange = [text for text in rest if not ASSIGNMENT.fullmatch(text)]
        options.given = [*options.given, *(text for text in rest if text not in strange)]
    if not strange:
        return
    hint = ""
    if of_expression and strange[0].startswith("-"):
        hint = (
            f' An expression that begins with a minus sign goes after --: backprop {options.command} -- "-x ** 2" x=3.'
        )
    elif of_expression:
        hint = " Put the expression in quotes, so that the shell hands it over in one piece."
    message = f"{strange[0]!r} is not understood.{hint} See backprop {options.command} --help."
    sys.exit(_refuse(f"backprop {options.command}", message))


def _draw(options: argparse.Namespace) -> None:
    from ..drawing.drawing import draw

    target = checked_file(options.output, PICTURES, "the picture") if options.output else None
    root = graph_of(options.expression, options.given)
    root.backward()
    drawing = draw(
        root,
        theme=options.theme,
        rankdir=options.direction,
        partials=options.partials,
        color_by=options.color_by,
        max_nodes=options.max_nodes,
        collapse=int(options.collapse) if options.collapse.isdecimal() else options.collapse,
    )
    _deliver(options, root, target, "the graph, with values and gradients", drawing)


def _step(options: argparse.Namespace) -> None:
    from ..stepper.stepper import step

    target = checked_file(options.output, (".html",), "the page") if options.output else None
    root = graph_of(options.expression, options.given)
    root.backward()
    _deliver(options, root, target, "the chain rule step by step: open it in a browser", step(root))


def _deliver(options: argparse.Namespace, root: Any, target: Path | None, what: str, shown: Any) -> None:
    """Save the picture or page and print the derivatives; without a file, print the evaluation trace."""
    report = Report()
    if target is None:
        from ..stepper.trace_table import trace_table

        report.say(fitting(trace_table(root)))
        return
    shown.save(target)
    report.written.append((target, what))
    report.say(f"{options.expression.strip()} = {root.data!r}")
    for leaf in leaves(root):
        report.say(f"  d/d{leaf.label} = {leaf.grad!r}")
    report.close()


def _demo(options: argparse.Namespace) -> None:
    from .demo import demo

    demo(checked_folder(options.out), Report())


if __name__ == "__main__":
    sys.exit(main())
