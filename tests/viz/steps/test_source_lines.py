"""The user's line beside each step: in the terminal, in the page, from files, cells, and where it cannot be read."""

from __future__ import annotations

import json
import linecache
import re
import subprocess
import sys

import pytest

from autograd_core import Value, capture_source
from viz import step
from viz.steps.source_lines import listings, source_of
from viz.style import labels


def captured(code, file="<cell>", readable=True, **names):
    """Run code inside ``capture_source()``, and return what it calls root."""
    linecache.cache.pop(file, None)
    if readable:
        linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    names |= {"a": Value(2.0, label="a"), "b": Value(3.0, label="b")}
    with capture_source():
        exec(compile(code, file, "exec"), names)
    return names["root"]


def shown(root, k=1):
    stepper = step(root)
    stepper.goto(k)
    return repr(stepper).split("\n\n")[-1].splitlines()


def test_the_expression_is_underlined():
    root = captured("def f(x, y):\n    return x + x * y  # ∂ é\n\nroot = f(a, b)")
    assert shown(root, 1) == ["<cell>:2  return x + x * y  # ∂ é", "                     ^^^^^"]
    assert shown(root, 2) == ["<cell>:2  return x + x * y  # ∂ é", "                 ^^^^^^^^^"]
    source = step(root).steps[0].source
    assert (source.line, source.end_line, source.code) == (2, 2, "return x + x * y  # ∂ é")
    assert source.lines[0][slice(*source.columns)] == "x * y"


def test_wide_letters_and_tabs_stand_above_their_marks():
    root = captured("if a:\n\t日本, root = 'é', a * b")
    line, marks = shown(root)
    assert line == "<cell>:2  日本, root = 'é', a * b"
    assert labels.width(line) == len(marks)
    assert len(marks.strip()) == len("a * b")


def test_several_lines_are_shown_as_they_stand():
    root = captured("root = (\n    a * b\n    # why\n    + a\n)")
    assert shown(root, 2) == ["<cell>:2  a * b", "          # why", "          + a"]
    source = step(root).steps[1].source
    assert (source.line, source.end_line, source.columns) == (2, 4, (4, 7))


def test_what_cannot_be_read_is_named(tmp_path):
    root = captured("root = a * b", file="<stdin>", readable=False)
    assert shown(root) == ["<stdin>:1"]
    page = step(root).to_html()
    assert '"source":["<stdin>",1,1]' in page
    assert listings([source_of(root)]) == {}


def test_signs_that_turn_text_round_are_not_shown():
    root = captured("x = '\u202e\u2066'; root = a * b\x0c")
    source = source_of(root)
    assert source.lines == ("x = '\ufffd\ufffd'; root = a * b",)
    assert source.lines[0][slice(*source.columns)] == "a * b"


def test_of_a_long_file_only_what_lies_around_is_kept():
    root = captured("x = a * b\n" + "\n" * 100 + "root = x + 1\n" + "pass\n" * 100)
    stepper = step(root)
    [parts] = listings(s.source for s in stepper).values()
    assert [(first, len(lines)) for first, lines in parts] == [(1, 5), (98, 9)]


def test_cells_of_notebooks_have_their_numbers():
    pytest.importorskip("IPython")
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from autograd_core import Value, capture_source; from viz import step", store_history=True)
shell.run_cell("with capture_source():\\n    root = Value(2.0) * 3.0", store_history=True)
shell.run_cell("s = step(root); _ = s.next(); print(s)", store_history=True)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Cell In[2]:2  root = Value(2.0) * 3.0\n                     ^^^^^^^^^^^^^^^^\n" in ran.stdout


def test_a_page_without_lines_carries_none(example):
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', step(example).to_html())[1]
    assert json.loads(data)["code"] == {}
    assert "source" not in json.loads(data)["steps"][0]


@pytest.mark.browser
@pytest.mark.dot
def test_the_page_marks_the_expression_of_each_step(browser, tmp_path):
    code = "x = a * b  # </script><script>alert(1)</script>\n" + "\n" * 40 + "root = (x\n    + 1) ** 2\n"
    stepper = step(captured(code))
    alerts = []
    page = browser.new_page()
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.goto(stepper.save(tmp_path / "steps.html").as_uri())
    assert page.is_hidden("#source")
    expected = {"v1": ["a * b"], "v2": ["x", "+ 1"], "v3": ["(x", "+ 1) ** 2"]}
    for s in stepper:
        page.keyboard.press("ArrowRight")
        assert page.locator("#source mark").all_inner_texts() == expected[s.name]
        current = page.locator("#source li.current")
        assert [int(x) for x in current.evaluate_all("lines => lines.map((line) => line.value)")] == list(
            range(s.source.line, s.source.end_line + 1)
        )
        assert current.first.is_visible()
    assert page.locator("#source li").count() == 5 + 6
    assert page.locator("#source li.apart").count() == 1
    assert "<script>alert" in page.inner_text("#source li >> nth=0")
    assert page.inner_text("#source p").startswith("<cell>, line")
    page.keyboard.press("Home")
    assert page.is_hidden("#source")
    assert alerts == []
    page.close()
