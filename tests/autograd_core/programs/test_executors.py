"""The executors themselves: the loop as plain Python, what is compiled and kept, and what happens without Numba."""

from __future__ import annotations

import ast
import inspect
import os
import stat
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from autograd_core import TABLE, Pointwise, functions, trace
from autograd_core.programs.run import runner
from autograd_core.programs.run.fast import compiled, fast_loop
from autograd_core.programs.run.fast.fast_executor import FastExecutor, aligned
from autograd_core.programs.run.fast.lowering import Lowering
from autograd_core.programs.run.numpy_executor import NumpyExecutor
from autograd_core.programs.run.runner import ExecutorWarning, Runner
from autograd_core.readings.operation import register
from autograd_core.records.kernels import scalar as kernels

from .functions import EXECUTORS, SMOOTH, needs_numba, random_function


class PlainExecutor:
    """What the fast executor does, with the loop as it is written instead of compiled."""

    def __init__(self, schedule, dtype):
        lowered = Lowering(schedule)
        self.lowered, self.schedule, self.dtype = lowered, schedule, dtype
        self.tables = [
            *(np.array(table, np.int64) for table in (lowered.code, lowered.bounds, lowered.terms)),
            np.array(lowered.weights),
            np.array(lowered.rows, np.int64),
        ]

    def run(self, inputs, samples, divisor, rate=0.0):
        lowered, batched = self.lowered, self.schedule.tape.batched
        shared, lanes = np.zeros(lowered.shared_size), np.full(lowered.row_count * fast_loop.WIDTH, np.nan)
        for slot, x in lowered.constants.items():
            shared[slot] = x
        columns = np.zeros((sum(batched[: self.schedule.tape.inputs]), samples))
        for block, array in zip(self.schedule.blocks, inputs, strict=True):
            first = lowered.slot[block.start]
            if batched[block.start]:
                columns[first : first + block.size] = array.reshape(samples, -1).T
            else:
                shared[first : first + block.size] = np.ravel(array)
        shared[lowered.samples] = samples
        shared[lowered.rate] = -rate / divisor
        answers, results = np.zeros(len(self.schedule.shared)), np.zeros((len(self.schedule.lanes), samples))
        with np.errstate(all="ignore"):
            fast_loop.run([*self.tables, shared, lanes, *TABLE.values()], columns, answers, results, divisor)
        return answers, results


def plainly(program):
    """Return the same program run by the loop in Python."""
    other = Runner(program.recording, program.dtype, "numpy", 1)
    other._prepare = lambda schedule: PlainExecutor(schedule, program.dtype)
    twin = trace(lambda x: x, 1.0)
    twin.__dict__.update(program.__dict__, _runner=other, _askings={}, _moving={})
    return twin


@pytest.mark.parametrize("samples", [0, 1, 70])
def test_the_loop_as_it_is_written_computes_the_same(samples):
    rng = np.random.default_rng(samples)
    for seed in range(25):
        f = random_function(seed, SMOOTH)
        program = trace(lambda w, x, f=f: f([w[0] * x, w[1], x]), [0.1, 0.2], 0.3, executor="numpy")
        x = rng.normal(size=samples) if samples else 0.4
        w = rng.normal(size=2)
        for reduce in ("mean", "sum", None):
            expected = program.value_and_grad(w, x, argnums=(0, 1), reduce=reduce)
            found = plainly(program).value_and_grad(w, x, argnums=(0, 1), reduce=reduce)
            assert np.allclose(found[0], expected[0], rtol=1e-11)
            for a, b in zip(found[1], expected[1], strict=True):
                assert np.allclose(a, b, rtol=1e-9, atol=1e-10), (seed, reduce)


def test_a_neuron_is_one_instruction():
    def neuron(w, x):
        return functions.relu(w[0] + w[1] * x[0] + w[2] * x[1] + w[3] * x[2])

    program = trace(neuron, [1.0] * 4, [1.0] * 3, executor="numpy")
    seen = []
    runner = Runner(program.recording, program.dtype, "numpy", 1)
    runner._prepare = lambda schedule: seen.append(Lowering(schedule)) or NumpyExecutor(schedule, program.dtype)
    runner.plan(None, False, 0b10)
    (lowered,) = seen
    opcodes = lowered.code[::6]
    assert opcodes == [fast_loop.SUM, list(TABLE).index("relu")]
    assert lowered.code[3:6] == [1, 3, 0]  # the bias, and three parameters times rows
    assert lowered.row_count <= 4


def test_rows_are_used_again():
    def chain(x):
        for _ in range(100):
            x = functions.tanh(x)
        return x

    program = trace(chain, 1.0, executor="numpy")
    seen = []
    runner = Runner(program.recording, program.dtype, "numpy", 1)
    runner._prepare = lambda schedule: seen.append(Lowering(schedule)) or NumpyExecutor(schedule, program.dtype)
    runner.plan(None, False, 1)
    assert seen[0].row_count == 2


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_deep_program_needs_no_recursion(executor):
    def deep(x):
        for k in range(10_000):
            x = functions.sin(x) * 1.0000001 + (1e-9 if k % 2 else -1e-9)
        return x

    program = trace(deep, 1.0, executor=executor)
    assert 0.0 < abs(program.value_and_grad(2.0)[1]) < 1.0
    assert "v30000 = " in program.source()


def test_the_order_of_a_sum_in_numpy():
    """NumPy adds the rows of an array one after the other, and single numbers in the same way: bits hang on it."""
    rng = np.random.default_rng(0)
    for shape in [(400, 1, 1), (400, 1, 7), (400, 3, 1), (9, 16, 100)]:
        terms = rng.normal(size=shape) * 10.0 ** rng.integers(-9, 9, size=shape)
        expected = terms[0].copy()
        for term in terms[1:]:
            expected = expected + term
        found = (
            np.add.reduce(terms, axis=0) if expected.size > 1 else np.add.accumulate(terms.ravel())[-1:].reshape(1, 1)
        )
        assert (found == expected).all()


def test_what_python_guards_is_plain_when_compiled():
    """A kernel with ``try`` exists because Python raises; compiled code needs the C function alone."""
    tree = ast.parse(inspect.getsource(kernels))
    guarded = {
        f.name for f in tree.body if isinstance(f, ast.FunctionDef) and any(isinstance(x, ast.Try) for x in ast.walk(f))
    }
    assert guarded == set(compiled.PLAIN)


def test_rows_begin_at_cache_lines():
    for size in (1, 7, 1000):
        assert aligned((size,), np.dtype(np.float32)).ctypes.data % 64 == 0


@needs_numba
def test_an_operation_of_ones_own_runs_fast():
    def scalar(x):
        return x * x * x if x > 0.0 else 0.0

    op = Pointwise(
        name="test_fast_cube",
        scalar=scalar,
        array=lambda x: np.where(x > 0.0, x**3, 0.0),
        partials=(lambda m, y, x: 3.0 * m.relu(x) * m.relu(x),),
    )
    cube = register(op)
    try:
        program = trace(lambda x: cube(x) + x, 2.0, executor="fast")
        assert program.value_and_grad([2.0, -1.0], reduce="sum") == (9.0, [13.0, 1.0])
        assert program.value_and_grad(2.0) == (10.0, 13.0)
    finally:
        del TABLE["test_fast_cube"]


@needs_numba
def test_a_kernel_that_numba_does_not_understand_runs_with_numpy(monkeypatch):
    monkeypatch.setattr(runner, "_said", set())
    table = {1.0: 2.0}
    op = Pointwise(
        name="test_fast_strange",
        scalar=lambda x: float(str(x)) + table.get(x, 0.0),
        array=lambda x: x + 0.0,
        partials=(lambda m, y, x: 1.0,),
    )
    strange = register(op)
    try:
        program = trace(lambda x: strange(x) * 2.0, 3.0, executor="fast")
        with pytest.warns(ExecutorWarning, match="does not understand the kernel of test_fast_strange"):
            assert program.value_and_grad(3.0) == (6.0, 2.0)
    finally:
        del TABLE["test_fast_strange"]


def without_numba(monkeypatch):
    def missing():
        raise compiled.CannotCompileError("Numba is not installed")

    monkeypatch.setattr(compiled, "numba", missing)
    monkeypatch.setattr(compiled, "_addresses", {})
    monkeypatch.setattr(compiled, "_loops", {})
    monkeypatch.setattr(runner, "_said", set())


def test_without_numba_it_says_so_once_and_numpy_computes(monkeypatch):
    without_numba(monkeypatch)
    first, second = trace(functions.tanh, 1.0, executor="fast"), trace(lambda x: x * 2.0, 1.0, executor="fast")
    with pytest.warns(ExecutorWarning, match=r"with NumPy, not with the fast executor: Numba is not installed\."):
        assert first.value_and_grad([0.0]) == (0.0, [1.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert second(2.0) == 4.0


def test_without_numba_nothing_is_said_until_it_matters(monkeypatch):
    without_numba(monkeypatch)
    program = trace(lambda x: functions.tanh(x) * 2.0 + 1.0, 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        program([0.0] * 1000)
    monkeypatch.setattr(runner, "PATIENCE", 5000)
    with pytest.warns(ExecutorWarning, match="Numba is not installed"):
        program([0.0] * 1000)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        program([0.0] * 1000)


@needs_numba
@pytest.mark.slow
def test_what_is_compiled_is_kept_in_a_directory_of_ones_own(tmp_path):
    code = (
        "from autograd_core import trace; from autograd_core.programs.run.fast.compiled import cache_directory; "
        "p = trace(lambda x: x.tanh(), 1.0, executor='fast'); p([1.0]); print(cache_directory())"
    )
    environment = {
        **os.environ,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    directory = Path(done.stdout.strip())
    assert directory.is_relative_to(tmp_path)
    assert {path.suffix for path in directory.rglob("*") if path.is_file()} == {".nbi", ".nbc"}
    before = {path: path.stat().st_mtime_ns for path in directory.rglob("*.nbc")}
    assert stat.S_IMODE(directory.stat().st_mode) & 0o022 == 0
    subprocess.run([sys.executable, "-W", "error", "-c", code], env=environment, check=True, capture_output=True)
    assert {path: path.stat().st_mtime_ns for path in directory.rglob("*.nbc")} == before  # loaded, not compiled again


@needs_numba
@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs POSIX permissions")
def test_a_directory_that_others_may_write_to_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    compiled.cache_directory.cache_clear()
    try:
        directory = compiled.cache_directory()
        compiled.cache_directory.cache_clear()
        directory.chmod(0o777)
        with pytest.raises(compiled.CannotCompileError, match="others than you may write"):
            compiled.cache_directory()
        directory.chmod(0o700)
        compiled.cache_directory()
        compiled.cache_directory.cache_clear()
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
        (tmp_path / "file").write_text("")
        with pytest.raises(compiled.CannotCompileError, match="cannot be kept"):
            compiled.cache_directory()
    finally:
        compiled.cache_directory.cache_clear()


@needs_numba
def test_another_text_is_kept_elsewhere(monkeypatch, tmp_path):
    before = compiled._digest()
    changed = tmp_path / "fast_loop.py"
    changed.write_text("# another text")
    monkeypatch.setattr(fast_loop, "__file__", str(changed))
    assert compiled._digest() != before


@needs_numba
def test_the_fast_executor_is_what_auto_means():
    program = trace(lambda x: x * 2.0, 1.0)
    program(1.0)
    (plan,) = program._runner._plans.values()
    assert isinstance(plan.run.__self__, FastExecutor)
