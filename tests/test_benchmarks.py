"""Check that the benchmarks run, compare the same work, and write their reports. No test here depends on speed."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import autograd_core

FOLDER = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def pairing(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    import pairing

    return pairing


@pytest.fixture
def reporting(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    import reporting

    return reporting


@pytest.mark.slow
def test_the_comparison_with_micrograd_runs_and_writes_its_figures(tmp_path):
    pytest.importorskip("micrograd")
    command = [sys.executable, "-W", "error", str(FOLDER / "eager.py"), "--quick", "--only", "--out", str(tmp_path)]
    environment = {"PYTHONPATH": str(FOLDER.parent), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "eager.md").read_text(encoding="utf-8").strip() == done.stdout.strip()
    figures = json.loads((tmp_path / "eager.json").read_text(encoding="utf-8"))
    [(engine, measured)] = figures["engines"].items()
    assert engine == ("compiled" if autograd_core.__compiled__ else "pure Python")
    assert measured["expression"]["ratio"] > 0.0
    assert 0.0 < measured["bytes"]["ours"] <= measured["targets"]["bytes"]
    assert measured["chain"]["peer"] == "RecursionError"
    assert "off" not in figures["machine"]["garbage collector"]


@pytest.mark.slow
def test_first_derivatives_are_within_four_units_in_the_last_place(tmp_path):
    pytest.importorskip("mpmath")
    command = [sys.executable, str(FOLDER / "accuracy.py"), "--quick", "--no-peers", "--out", str(tmp_path)]
    environment = {"PYTHONPATH": str(FOLDER.parent), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.split("|")[1:4] for line in (tmp_path / "accuracy.md").read_text().splitlines()[7:]]
    assert len(rows) >= 15
    assert all(float(error) <= 4.0 and int(points) >= 50 for _, points, error in rows)


@pytest.mark.slow
def test_one_command_runs_every_benchmark_and_gathers_the_figures(tmp_path):
    pytest.importorskip("matplotlib")
    command = [sys.executable, str(FOLDER / "run.py"), "--quick", "--out", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(FOLDER.parent), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["rows"]
    assert {"NumPy by hand", "a class in microgpt's style"} <= {row["peer"] for row in rows}
    assert all(row["ours"] > 0.0 and row["ratio"] > 0.0 for row in rows)
    assert len([line for line in done.stdout.splitlines() if line.startswith("|")]) == len(rows) + 2
    for picture in ("summary.svg", "scaling.svg"):
        assert (tmp_path / picture).read_text(encoding="utf-8").count("<path") > 10


@pytest.mark.slow
def test_tensors_do_the_same_work_as_their_peers(tmp_path):
    command = [sys.executable, "-W", "error", str(FOLDER / "tensors.py"), "--quick", "--out", str(tmp_path)]
    environment = {"PYTHONPATH": str(FOLDER.parent), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)
    assert done.returncode == 0, done.stderr  # not 0 if a side's losses differ
    assert (tmp_path / "tensors.md").read_text(encoding="utf-8").strip() == done.stdout.strip()
    rows = json.loads((tmp_path / "tensors.json").read_text(encoding="utf-8"))["rows"]
    assert all(sides["autograd-core"]["ratio"] == 1.0 for sides in rows.values())
    assert {"small", "large"} <= {name for name, sides in rows.items() if "NumPy by hand" in sides}


@pytest.mark.slow
def test_a_gpt_of_scalars_is_the_same_in_three_ways(tmp_path):
    command = [sys.executable, "-W", "error", str(FOLDER / "microgpt.py"), "--quick", "--out", str(tmp_path)]
    environment = {"PYTHONPATH": str(FOLDER.parent), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)
    assert done.returncode == 0, done.stderr  # not 0 if losses or gradients differ
    assert (tmp_path / "microgpt.md").read_text(encoding="utf-8").strip() == done.stdout.strip()
    figures = json.loads((tmp_path / "microgpt.json").read_text(encoding="utf-8"))
    assert figures["loss"][1] < figures["loss"][0]
    assert len(figures["seconds"]) == 3
    assert figures["targets"]["traced"] == 50.0


@pytest.mark.parametrize("name", ["summary", "accuracy"])
def test_the_readme_quotes_the_figures_that_were_measured(name):
    measured = (FOLDER / "results" / f"{name}.md").read_text(encoding="utf-8").splitlines()
    quoted = (FOLDER.parent / "README.md").read_text(encoding="utf-8").splitlines()
    header = next(line for line in measured if line.startswith("|"))
    start = quoted.index(header)
    end = next(k for k in range(start, len(quoted)) if not quoted[k].startswith("|"))
    assert end - start > 5
    assert [line for line in quoted[start:end] if line not in measured] == []


def test_sides_alternate_in_going_first(pairing):
    order = []
    pair = pairing.compare_pair(lambda: order.append("ours"), lambda: order.append("peer"), rounds=4)
    assert order == ["ours", "peer", *["ours", "peer", "peer", "ours"] * 2]
    assert pair.rounds == 4


def test_the_ratio_is_the_time_of_the_peer_over_ours(pairing):
    pair = pairing.compare_pair(lambda: sum(range(20_000)), lambda: sum(range(200_000)), rounds=5)
    assert pair.lowest <= pair.ratio <= pair.highest
    assert pair.ratio > 1.0
    assert pair.peer > pair.ours


def test_memory_excludes_temporary_objects(pairing):
    def build():
        bytearray(10_000_000)  # dropped at once
        return bytearray(1_000_000)

    assert 1_000_000 <= pairing.bytes_kept(build) < 1_100_000


def test_the_collector_stays_as_python_sets_it(pairing):
    seen = []
    pairing.compare_pair(lambda: seen.append(gc.isenabled()), lambda: None, rounds=1)
    assert seen == [True, True]


def test_a_machine_is_described_without_its_name(reporting):
    import platform

    description = str(reporting.machine())
    assert not platform.node() or platform.node() not in description
    assert str(Path.home()) not in description
