"""CONTRIBUTING says that adding an operation is adding one record: the laws are run on its example."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

RUN = """
import sys
import pytest
{example}
sys.exit(pytest.main(["tests/laws", "-k", "isru", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header"]))
"""


def example() -> str:
    """The record, as CONTRIBUTING writes it."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.DOTALL)
    (block,) = [block for block in blocks if "register(Pointwise(" in block]
    return "".join(each.source for each in doctest.DocTestParser().get_examples(block))


def laws_on(source: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN.format(example=source)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_laws_find_the_example_and_hold():
    run = laws_on(example())
    assert run.returncode == 0, run.stdout + run.stderr
    assert int(re.search(r"(\d+) passed", run.stdout)[1]) >= 10


def test_the_laws_find_a_wrong_derivative():
    run = laws_on(example().replace("1.0 / m.hypot", "1.00001 / m.hypot"))
    assert run.returncode == 1
    assert re.search(r"[1-9]\d* failed", run.stdout)
