"""The `backprop` command: what it writes and says, and that bad input gets one paragraph and writes nothing."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
import urllib.request
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core
from autograd_core import Value
from viz.cli import cli, training
from viz.cli.cli import main
from viz.cli.expressions import graph_of
from viz.drawing import drawing

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working directory of every command here, empty at first."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def no_graphviz(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


def run(line, capsys):
    """Run a command as a shell would split it; return its exit code and what it printed."""
    try:
        code = main(shlex.split(line))
    except SystemExit as exit:
        code = exit.code
    printed = capsys.readouterr()
    return code, printed.out, printed.err


# Drawing


def test_drawing_says_the_value_and_every_derivative(capsys):
    code, out, err = run('draw "a * b + a" a=2 b=-3 -o graph.dot', capsys)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "a * b + a = -4.0",
        "  d/da = -2.0",
        "  d/db = 2.0",
        "Files:",
        "  graph.dot  the graph, with values and gradients",
    ]


def test_the_picture_is_that_of_draw(capsys, folder):
    run('draw "a * b" a=2 b=-3 -o graph.dot --theme dark --direction TB --partials both --color-by gradient', capsys)
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    product = a * b
    product.backward()
    expected = drawing.draw(product, theme="dark", rankdir="TB", partials="both", color_by="gradient").dot
    assert (folder / "graph.dot").read_text(encoding="utf-8") == expected


@pytest.mark.dot
def test_an_svg_shows_every_name_value_and_gradient(capsys, folder):
    assert run('draw "x * x + y" x=3 y=0.5 -o graph.svg', capsys)[0] == 0
    picture = ElementTree.parse(folder / "graph.svg")
    words = " ".join("".join(text.itertext()) for text in picture.iter(f"{SVG}text")).split()
    assert {"x", "y", "3.0000", "0.5000", "9.5000", "6.0000"} <= set(words)


@pytest.mark.dot
@pytest.mark.parametrize(
    ("name", "beginning"), [("g.svg", b"<?xml"), ("g.png", b"\x89PNG"), ("g.pdf", b"%PDF"), ("G.HTML", b"<!DOCTYPE")]
)
def test_the_ending_of_the_file_says_what_is_written(name, beginning, capsys, folder):
    assert run(f"draw a*b a=2 b=3 -o {name}", capsys)[0] == 0
    assert (folder / name).read_bytes().startswith(beginning)


@pytest.mark.dot
def test_equal_commands_write_equal_bytes(capsys, folder):
    for name in ("one.svg", "two.svg"):
        run(f"draw tanh(a*b) a=2 b=3 -o {name}", capsys)
    assert (folder / "one.svg").read_bytes() == (folder / "two.svg").read_bytes()


def test_without_a_file_the_table_is_printed_and_nothing_written(capsys, folder, no_graphviz):
    code, out, err = run('draw "a * b" a=2 b=-3', capsys)
    assert (code, err) == (0, "")
    assert "a * b" in out
    assert "−6.0000" in out
    assert list(folder.iterdir()) == []


def test_a_narrow_terminal_gets_a_narrow_table(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "50")
    out = run('draw "tanh(w * x + b)" w=0.8 x=2 b=-1', capsys)[1]
    assert max(map(len, out.splitlines())) <= 50
    assert [line.split()[-1] for line in out.splitlines()][1:3] == ["1.4232", "0.5693"]


def test_numbers_may_stand_after_the_file(capsys, folder):
    assert run("draw a*b -o g.dot a=2 b=3", capsys)[0] == 0
    assert run("draw a*b a=2 -o g.dot b=3", capsys)[0] == 0


@pytest.mark.parametrize("line", ['draw -o g.dot -- "-a * b" a=1 b=2', 'draw "(-a) * b" a=1 b=2 -o g.dot'])
def test_an_expression_may_begin_with_a_minus_sign(line, capsys):
    assert "= -2.0" in run(line, capsys)[1]


@given(
    a=st.floats(-10, 10),
    b=st.floats(0.1, 10),
    formula=st.sampled_from(["a * b - a / b", "tanh(a) + log(b)", "b ** a", "sigmoid(a * b) ** 2", "-(a - b) * 3"]),
)
def test_an_expression_is_computed_as_python_would_on_values(a, b, formula):
    """Python's own evaluation of the same text, on Values, in this test only."""
    root = graph_of(formula, [f"a={a!r}", f"b={b!r}"])
    names = {name: getattr(autograd_core.functions, name) for name in ("tanh", "log", "sigmoid")}
    assert root.data == eval(formula, {**names, "a": Value(a), "b": Value(b)}).data


# Stepping


def test_a_page_of_steps_needs_no_network(capsys, folder):
    assert run('step "tanh(w * x + b)" w=0.8 x=2 b=-1 -o steps.html', capsys)[0] == 0
    page = (folder / "steps.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    links = re.findall(r"""(?:src|href)\s*=\s*["']([^"']*)""", page) + re.findall(r"url\(([^)]*)\)", page)
    assert [link for link in links if not link.startswith(("data:", "#"))] == []


def test_a_page_of_steps_is_written_without_graphviz_too(capsys, folder, no_graphviz):
    assert run('step "a * b" a=2 b=3 -o steps.html', capsys)[0] == 0
    assert "pygraphviz" in (folder / "steps.html").read_text(encoding="utf-8")


def test_stepping_without_a_file_prints_the_table(capsys, folder):
    assert "−6.0000" in run('step "a * b" a=2 b=-3', capsys)[1]
    assert list(folder.iterdir()) == []


# Help


def test_no_command_shows_how_to_begin(capsys):
    code, out, _ = run("", capsys)
    assert code == 0
    assert all(f"backprop {command}" in out for command in ("draw", "step", "train", "film", "playground", "demo"))


def test_the_version_is_that_of_the_distribution(capsys):
    assert run("--version", capsys) == (0, f"backprop, of autograd-core {autograd_core.__version__}\n", "")


EXAMPLES = [
    match[1].strip()
    for text in (cli.OVERVIEW, cli.DRAW, cli.STEP, training.TRAIN, training.FILM, training.PLAYGROUND)
    for match in re.finditer(r"^  backprop (.+?)(?:  .*)?$", text, flags=re.MULTILINE)
]


def test_help_gives_examples():
    assert len(EXAMPLES) >= 10


@pytest.mark.dot
@pytest.mark.parametrize("line", EXAMPLES)
def test_every_example_of_the_help_works(line, capsys, monkeypatch):
    """Those that train are only read: training has tests of its own."""
    monkeypatch.setattr("viz.cli.demo.train", lambda *arguments: None)
    played = SimpleNamespace(url="", session=SimpleNamespace(updates=0))
    monkeypatch.setattr("viz.playground.serving.serve", lambda **options: contextlib.nullcontext(played))
    monkeypatch.setattr("webbrowser.open", lambda url: True)
    monkeypatch.setattr(training, "_forever", lambda: None)
    monkeypatch.setattr("viz.cli.demo.demo", lambda out, report: None)
    code, _, err = run(line, capsys)
    assert (code, err) == (0, "")


ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.dot
@pytest.mark.parametrize(
    "line", re.findall(r"^backprop (.+)$|`backprop ((?:draw|step) [^`]+ -o [^`]+)`", README, re.MULTILINE)
)
def test_every_command_of_the_readme_works(line, capsys):
    code, _, err = run("".join(line), capsys)
    assert (code, err) == (0, "")


@pytest.mark.dot
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_readmes_picture_is_what_its_command_draws(theme, capsys, folder):
    """Its words and colors; where they stand may differ from one Graphviz to the next."""
    [command] = re.findall(r"^backprop (draw .+ -o neuron-light.svg)$", README, re.MULTILINE)
    run(f"{command} --theme {theme}", capsys)
    drawn, kept = (
        ElementTree.parse(path) for path in (folder / "neuron-light.svg", ROOT / "docs/images" / f"neuron-{theme}.svg")
    )
    for kind in ("text", "title"):
        words = [sorted("".join(element.itertext()) for element in tree.iter(f"{SVG}{kind}")) for tree in (drawn, kept)]
        assert words[0] == words[1]
    colors = [{element.get("fill") for element in tree.iter()} for tree in (drawn, kept)]
    assert colors[0] == colors[1]


@pytest.mark.parametrize("command", ["draw", "step", "train", "demo"])
def test_every_command_explains_itself(command, capsys):
    code, out, _ = run(f"{command} --help", capsys)
    assert code == 0
    assert len(out.splitlines()) > 8


# Errors

BAD = [
    ("draw \"__import__('os').system('touch hacked')\" x=1 -o g.svg", "not allowed in an expression"),
    ('draw "open(x)" x=1 -o g.svg', "'open' is not an operation"),
    ('draw "tnah(x)" x=1 -o g.svg', "Did you mean tanh"),
    ('draw "x.data" x=1 -o g.svg', "not allowed in an expression"),
    ('draw "[x for x in y]" y=1 -o g.svg', "not allowed in an expression"),
    ('draw "(lambda: 0)()" x=1 -o g.svg', "not allowed in an expression"),
    ('draw "a^2" a=1 -o g.svg', "A power is written **: x ** 2."),
    ('draw "α" α=1 -o g.svg', "alpha rather than α"),
    ('draw "a *" a=1 -o g.svg', "is not an expression that can be read"),
    (f'draw "{"a+" * 6000}a" a=1 -o g.svg', "the limit is"),
    (f'draw "{"(" * 3000}a{")" * 3000}" a=1 -o g.svg', "is not an expression that can be read"),
    ('draw "a * ａ" a=1 -o g.svg', "ASCII"),
    ('draw "a * beta" a=1 betta=2 -o g.svg', "beta, which has no number; given are: a, betta. Did you mean betta?"),
    ('draw "a * b * c" -o g.svg', "a, b and c, which have no number; given are: none. Write a=1.5 b=1.5 c=1.5"),
    ('draw "a * b" a=1 b=2 c=3 -o g.svg', "does not use c; its names are: a, b."),
    ("draw a*b a=1 b=two -o g.svg", "The value of b is not a number: 'two'"),
    ("draw a*b a=1 b=1_0 -o g.svg", "The value of b is not a number: '1_0'"),
    ("draw a*b a=1 b=１ -o g.svg", "The value of b is not a number"),
    ("draw a*b a=1 b= -o g.svg", "The value of b is not a number: ''"),
    ("draw a*b a=1 b=2j -o g.svg", "The value of b is not a number: '2j'"),
    ("draw a*b a=1 a=2 b=3 -o g.svg", "a is given twice"),
    ("draw a*b a=1 b==2 -o g.svg", "'b==2' is not of the form name=value"),
    ("draw a * b a=1 b=2 -o g.svg", "put the expression before them in quotes"),
    ('draw "2 * 3" -o g.svg', "has no names"),
    ("draw -x x=1 -o g.svg", "An expression that begins with a minus sign goes after --"),
    ("draw a*b a=1 b=2 -o g.gif", "'g.gif' has the ending '.gif'"),
    ("draw a*b a=1 b=2 -o g", "'g' has no ending"),
    ("draw a*b a=1 b=2 -o missing/g.svg", "there is no folder 'missing'"),
    ("draw a*b a=1 b=2 -o folder.svg", "'folder.svg' is a folder"),
    ("step a*b a=1 b=2 -o g.svg", "Give a name that ends in .html"),
    ("draw", "arguments are required: EXPR"),
    ("draw a*b a=1 b=2 --color red -o g.svg", "'--color' is not understood"),
    ("draw a*b a=1 b=2 --theme red -o g.svg", "invalid choice: 'red'"),
    ("paint a*b", "invalid choice: 'paint'"),
    ("train", "arguments are required: DATASET"),
    ("train irises", "There is no dataset called 'irises'. Did you mean iris?"),
    ("train xor extra", "'extra' is not understood"),
    ("train xor --layers 0", "at least 1"),
    ("train xor --layers four", "invalid int value: 'four'"),
    ("train xor --activation tan", "Did you mean 'tanh'?"),
    ("train xor --lr -1", "lr must be at least 0"),
    ("train xor --lr nan", "lr must be at least 0"),
    ("train xor --momentum 1", "momentum must be at least 0 and less than 1"),
    ("train xor --epochs 0", "epochs must be at least 1"),
    ("train xor --batch 0", "at least 1"),
    ("train xor --seed -1", "seed"),
    ("train xor --out file.txt", "'file.txt' is a file, and a folder is needed"),
    ("train xor --out file.txt/below", "cannot be made"),
    ("demo --out file.txt/below", "cannot be made"),
]


@pytest.mark.parametrize(("line", "message"), BAD)
def test_bad_input_is_answered_by_one_paragraph_and_nothing_is_written(line, message, capsys, folder):
    (folder / "file.txt").write_text("mine")
    (folder / "folder.svg").mkdir()
    code, _, err = run(line, capsys)
    assert code == 2
    assert message in err
    assert re.fullmatch(r"backprop[a-z ]*: [^\n]{20,}\n", err)
    assert sorted(path.name for path in folder.rglob("*")) == ["file.txt", "folder.svg"]
    assert (folder / "file.txt").read_text() == "mine"


@pytest.mark.parametrize("ending", ["svg", "png", "pdf", "html"])
def test_without_graphviz_a_picture_is_refused_with_both_remedies(ending, capsys, folder, no_graphviz):
    code, _, err = run(f"draw a*b a=1 b=2 -o g.{ending}", capsys)
    assert code == 2
    assert "autograd-core[draw]" in err
    assert "apt-get install graphviz" in err
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_protected_folder_is_refused_before_anything_is_computed(capsys, folder):
    folder.chmod(0o500)
    try:
        code, _, err = run("draw a*b a=1 b=2 -o g.dot", capsys)
    finally:
        folder.chmod(0o700)
    assert code == 2
    assert "may not be written to" in err


def test_a_file_that_is_there_stays_as_it_is_when_the_command_fails(capsys, folder, no_graphviz):
    (folder / "g.svg").write_text("mine")
    assert run("draw a*b a=1 b=2 -o g.svg", capsys)[0] == 2
    assert (folder / "g.svg").read_text() == "mine"


def test_real_data_without_scikit_learn_are_refused_with_the_remedy(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    code, _, err = run("train iris", capsys)
    assert code == 2
    assert "autograd-core[data]" in err


def test_a_graph_too_large_to_read_is_folded(capsys, folder):
    code, _, err = run(f'draw "{"+".join(["a"] * 1500)}" a=1 -o g.dot', capsys)
    assert (code, err) == (0, "")
    assert "1,500 nodes shown as 3 boxes" in Path("g.dot").read_text(encoding="utf-8")


def test_folding_can_be_asked_for(capsys, folder):
    command = 'draw "a * b + a * b + a * b" a=1 b=2 -o g.dot'
    assert run(f"{command} --max-nodes 5", capsys)[0] == 0
    assert "mul ×3" in Path("g.dot").read_text(encoding="utf-8")
    assert run(f"{command} --max-nodes 5 --collapse op", capsys)[0] == 0
    assert "×3" not in Path("g.dot").read_text(encoding="utf-8")
    assert "'neuron', 'layer', 'model'" in run(f"{command} --collapse neurons", capsys)[2]
    assert run(f"{command} --collapse 2", capsys)[0] == 0


# Processes and terminals


def process(*arguments, **options):
    command = [sys.executable, "-W", "error", "-m", "viz.cli.cli", *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=60, **options)


def test_a_terminal_without_the_signs_gets_question_marks(folder):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = process("draw", "a * b", "a=2", "b=-3", env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"6.0000" in done.stdout


def test_a_reader_who_has_seen_enough_is_no_error(folder):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = f"{shlex.quote(sys.executable)} -W error -m viz.cli.cli draw 'a * b' a=2 b=-3 | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, timeout=60, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")


def test_interrupting_is_said_in_one_line(capsys, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("viz.cli.cli.graph_of", interrupted)
    code, _, err = run("draw a*b a=1 b=2", capsys)
    assert (code, err.strip()) == (130, "backprop: interrupted.")


# Films and the playground


def test_a_film_of_a_training_is_written_where_it_is_asked_for(folder, capsys):
    code, out, _ = run("film xor --layers 2 --epochs 1", capsys)
    assert code == 0
    assert "xor-film.html  the training" in out
    assert "MLP 2-2-2, tanh, on xor" in (folder / "xor-film.html").read_text(encoding="utf-8")
    assert run("train xor --layers 2 --epochs 1 --film seen.html", capsys)[0] == 0
    assert sorted(path.name for path in folder.iterdir()) == ["seen.html", "xor-film.html"]


def test_nothing_is_trained_for_a_film_that_cannot_be_written(folder, capsys, monkeypatch):
    monkeypatch.setattr("viz.cli.demo.train", None)
    code, _, err = run("train moons --film film.mp4", capsys)
    assert code == 2
    assert "ends in .html" in err
    code, _, err = run("film moos", capsys)
    assert (code, "Did you mean moons?" in err) == (2, True)


def test_the_playground_is_served_until_it_is_interrupted(capsys, monkeypatch):
    opened = []

    def visit(url):
        with urllib.request.urlopen(url) as page:
            opened.append(page.read().decode("utf-8"))

    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("webbrowser.open", visit)
    monkeypatch.setattr("viz.cli.training._forever", interrupted)
    code, out, _ = run("playground --dataset xor --layers 2 --activation relu", capsys)
    assert code == 0
    assert "<title>Playground</title>" in opened[0]
    assert out.splitlines()[-1] == "The playground has ended after 0 updates."
    address = re.search(r"http://127.0.0.1:\d+/\S+", out).group()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address, timeout=2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--activation tanhh", "none of the choices: tanh"),
        ("--layers 99", "from 1 to 10"),
        ("--port 99999999", "Leave the port out"),
    ],
)
def test_a_playground_that_cannot_be_is_refused_in_one_paragraph(options, said, capsys):
    code, out, err = run(f"playground --no-browser {options}", capsys)
    assert (code, out) == (2, "")
    assert err.startswith("backprop playground: ")
    assert said in err
