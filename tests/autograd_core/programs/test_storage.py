"""Programs as files: what is saved comes back to the bit, and what is not a program is refused."""

from __future__ import annotations

import copy
import json
import math
import random

import pytest

from autograd_core import Program, Value, functions, trace
from autograd_core.errors import ProgramFileError

from .functions import SMOOTH, random_function


@pytest.fixture
def saved(tmp_path):
    w = Value(0.1, label="w")

    def f(x, options):
        if x[0] < x[1]:
            return functions.tanh(x[0] * w + options["scale"] / 3.0) * x[1] ** 2
        return x[0] * 1.0

    program = trace(f, [1.0, 2.0], {"scale": 0.7})
    path = tmp_path / "program.json"
    program.save(path)
    return program, path


def test_a_program_comes_back_to_the_bit(saved):
    program, path = saved
    loaded = Program.load(path)
    assert loaded([0.3, 0.4], {"scale": 0.1}) == program([0.3, 0.4], {"scale": 0.1})
    wanted = (0, 1, "parameters")
    args = ([[0.3, 0.4], [0.1, 0.9]], {"scale": 0.1})
    assert loaded.value_and_grad(*args, argnums=wanted) == program.value_and_grad(*args, argnums=wanted)
    assert loaded.source(wanted) == program.source(wanted)
    assert repr(loaded) == repr(program)
    assert [p.label for p in loaded.parameters] == ["w"]
    assert loaded.recording.guards == program.recording.guards
    loaded.save(path.with_name("again.json"))
    assert path.read_bytes() == path.with_name("again.json").read_bytes()


def test_random_programs_come_back(tmp_path):
    for seed in range(40):
        program = trace(
            random_function(seed, SMOOTH), [0.1, 0.2, 0.3], dtype=random.Random(seed).choice(["float32", "float64"])
        )
        program.save(tmp_path / "p.json")
        loaded = Program.load(tmp_path / "p.json", executor="numpy")
        assert loaded.recording.tape.steps == program.recording.tape.steps
        assert loaded.dtype == program.dtype


def test_numbers_that_json_does_not_know_are_kept(tmp_path):
    program = trace(lambda x: functions.minimum(x, math.inf) + math.nan * functions.step(-x) + x * -0.0, 1.0)
    program.save(tmp_path / "p.json")
    assert Program.load(tmp_path / "p.json").source() == program.source()


def test_outputs_of_every_arrangement_are_kept(tmp_path):
    program = trace(lambda x: {"a": [x, (x * 2.0,)], "b": x}, 1.0)
    program.save(tmp_path / "p.json")
    assert Program.load(tmp_path / "p.json")(3.0) == {"a": [3.0, (6.0,)], "b": 3.0}
    with pytest.raises(ProgramFileError, match="keys are not text"):
        trace(lambda x: {1: x}, 1.0).save(tmp_path / "p.json")


WRONG = [
    ("format", "something else"),
    ("version", 99),
    ("name", 5),
    ("name", "x" * 1000),
    ("dtype", "float16"),
    ("operations", ["add", "no_such_operation"]),
    ("operations", ["sum"] * 9),
    ("operations", [["add"]] * 9),
    ("operations", []),
    ("blocks", []),
    ("blocks", [{"name": "x", "shape": [-1], "labels": [], "kind": "array"}]),
    ("blocks", [{"name": "x", "shape": [10**9, 10**9], "labels": [], "kind": "array"}]),
    ("blocks", [{"name": "x", "shape": [2], "labels": ["a"], "kind": "array"}]),
    ("blocks", [{"name": "x", "shape": [], "labels": ["a"], "kind": "file"}]),
    ("blocks", ["x"]),
    ("arguments", [{"name": "x", "structure": 7}]),
    ("arguments", [{"name": "x", "structure": {"kind": "set", "keys": [], "children": []}}]),
    ("arguments", [{"name": "x", "structure": {"kind": "dict", "keys": [1], "children": [0]}}]),
    ("arguments", ["x"]),
    ("steps", [[0, 0]]),
    ("steps", [[0, 0, 999]]),
    ("steps", [[0, -1, 0]]),
    ("steps", [[True, 0, 0]]),
    ("steps", [[99, 0, 0]]),
    ("steps", [[0, 0.5, 0]]),
    ("steps", [[0, "0x1.0p+0", "__import__('os')"]]),
    ("steps", [[0, "0x1.0p+99999", 0]]),
    ("steps", [[]]),
    ("steps", "steps"),
    ("outputs", []),
    ("outputs", [10**6]),
    ("outputs", [None]),
    ("output_structure", 3),
    ("output_structure", None),
    ("guards", [["less", 0, 1]]),
    ("guards", [["eval", 0, 1, True, "f", 1]]),
    ("guards", [["less", 0, 1, 1, "f", 1]]),
    ("guards", [["less", 0, 1, True, None, 1]]),
    ("parameters", [{"label": "w", "data": 0.1}]),
    ("parameters", []),
    ("examples", ["0x0p+0"]),
    ("examples", ["nothing"] * 4),
]


@pytest.mark.parametrize(("key", "value"), WRONG, ids=[f"{k}-{i}" for i, (k, _) in enumerate(WRONG)])
def test_a_file_with_a_wrong_part_is_refused(saved, key, value):
    _, path = saved
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, key: value}), encoding="utf-8")
    with pytest.raises(ProgramFileError, match="does not hold a program"):
        Program.load(path)


def test_a_file_without_a_part_is_refused(saved):
    _, path = saved
    document = json.loads(path.read_text(encoding="utf-8"))
    for key in document:
        rest = copy.deepcopy(document)
        del rest[key]
        path.write_text(json.dumps(rest), encoding="utf-8")
        with pytest.raises(ProgramFileError):
            Program.load(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[]",
        b"3",
        b"null",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"format": NaN}',
        b"1" * 10_000,
        b'{"format"',
    ],
)
def test_what_is_no_program_is_refused(tmp_path, content):
    file = tmp_path / "p.json"
    file.write_bytes(content)
    with pytest.raises(ProgramFileError):
        Program.load(file)


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("autograd_core.programs.show.storage.BYTES", 10)
    (tmp_path / "p.json").write_text(" " * 11)
    with pytest.raises(ProgramFileError, match="at most 10"):
        Program.load(tmp_path / "p.json")


def test_bytes_changed_at_random_never_do_anything_else(saved):
    _, path = saved
    original = path.read_bytes()
    rng = random.Random(5)
    for _ in range(300):
        data = bytearray(original)
        for _ in range(rng.randint(1, 3)):
            data[rng.randrange(len(data))] = rng.randrange(32, 127)
        path.write_bytes(bytes(data))
        try:
            program = Program.load(path, executor="numpy")
        except ProgramFileError:
            continue
        program.source(None)  # what is still a program is one in every respect
