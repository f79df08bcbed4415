"""Test the protocols of Python and NumPy on Tensors: loops, conditions, copies, text, other number types."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest

from autograd_core import Tensor, Value, capture_source, detect_anomaly, gradient, no_grad, stack, sweep, unstack
from autograd_core import functions as F  # noqa: N812 - the name the field gives it
from autograd_core.errors import AnomalyError, GraphError, OperandError


@pytest.fixture
def x():
    return Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True, label="x")


def test_iteration_yields_recorded_rows(x):
    assert len(x) == 2
    total = sum(row.sum() * (i + 1.0) for i, row in enumerate(x))
    total.backward()
    assert x.grad.tolist() == [[1.0] * 3, [2.0] * 3]
    first, second = x
    assert (first.shape, second.data.tolist()) == ((3,), [4.0, 5.0, 6.0])


def test_conditions_and_membership(x):
    assert (x > 2.0).tolist() == [[False, False, True], [True, True, True]]
    assert (x <= Tensor([1.0, 9.0, 3.0])).tolist() == [[True, True, True], [False, True, False]]
    assert 4.0 in x
    assert 7.0 not in x
    assert bool(x[0, 0])
    assert not Tensor([[0.0]])
    assert (x == x, x != x) == (True, False)
    assert x == x
    assert Tensor([1.0]) != Tensor([1.0]), "identity, as for any node: hash and equality go together"
    assert len({x, x}) == 1


def test_conversions_that_would_lose_the_history_raise(x):
    assert x.sum().item() == 21.0
    assert type(Tensor([[2.0]]).item()) is float
    assert float(Tensor(2.5)) == 2.5, "this Tensor requires no gradient"
    assert np.asarray(Tensor([1.0, 2.0])).tolist() == [1.0, 2.0]
    copied = x.numpy()
    copied[0, 0] = 9.0
    assert x.data[0, 0] == 1.0
    for lossy in (float, np.asarray, np.array):
        with pytest.raises(GraphError, match=r"t\.(item|numpy)"):
            lossy(x.sum())


def test_numpy_and_python_numbers_on_either_side(x):
    row = np.array([1.0, 10.0, 100.0])
    for y in (row * x, x * row):
        assert type(y) is Tensor
        assert y.data.tolist() == [[1.0, 20.0, 300.0], [4.0, 50.0, 600.0]]
    for two in (2, 2.0, np.float64(2), np.float32(2), np.int64(2), np.uint8(2), True + True):
        for y in (two * x, x * two, x + x):
            assert type(y) is Tensor
            assert y.data.tolist() == (2.0 * x.data).tolist()
    assert (np.float64(6) / x).data[0].tolist() == [6.0, 3.0, 2.0]
    assert (np.array([[1.0, 1.0]]) @ x).data.tolist() == [[5.0, 7.0, 9.0]]
    assert (x.T @ np.ones(2)).data.tolist() == [5.0, 7.0, 9.0]
    y = [1.0, 2.0, 3.0] + x  # noqa: RUF005 - numbers are added
    y.sum().backward()
    assert x.grad.tolist() == [[1.0] * 3] * 2
    half = Tensor([1.0], requires_grad=True).data.astype(np.float32)
    assert (Tensor(half) * 2.0).dtype == np.float32


def test_later_changes_of_masks_and_operands_have_no_effect(x):
    mask, source = np.array([True, False, True]), np.array([2.0, 3.0, 4.0])
    y = (x[:, mask] * 2.0).sum() + (x * source).sum()
    mask[:] = False
    source[:] = 100.0
    y.backward()
    assert x.grad.tolist() == [[4.0, 3.0, 6.0]] * 2
    x.zero_grad()
    places = [0, 0]
    y = x[places].sum()
    places[1] = 1
    y.backward()
    assert x.grad.tolist() == [[2.0] * 3, [0.0] * 3]


def test_augmented_assignment_makes_a_new_node(x):
    y = x
    y += 1.0
    y *= 2.0
    assert y is not x
    y.sum().backward()
    assert x.grad.tolist() == [[2.0] * 3] * 2


def test_repr_and_format():
    assert repr(Tensor([1.0, 2.5])) == "Tensor([1. , 2.5])"
    assert repr(Tensor(2.0, requires_grad=True, label="w")) == "Tensor(2., requires_grad=True, label='w')"
    assert "dtype=float32" in repr(Tensor(np.ones(2, np.float32)))
    assert "op=mul" in repr(Tensor([1.0], requires_grad=True) * 2.0)
    large = repr(Tensor(np.zeros((1000, 1000))))
    assert "..." in large
    assert len(large) < 800
    assert f"{Tensor(2.0):.3f} {Tensor([1.5]):g}" == "2.000 1.5"
    assert f"{Tensor([1.0, 2.0])}" == "Tensor([1., 2.])"
    assert str(Tensor(np.zeros((0, 3)))).startswith("Tensor([]")


def history_of(x):
    y = F.tanh(x @ x.T)[[0, 0, 1]] + stack([Value(2.0, label="v"), 1.0])
    return y.sum() * 2.0


def test_copies_and_pickles_hold_the_whole_history(x):
    y = history_of(x)
    (expected,) = gradient(y, x)
    for other in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        other.backward()
        (leaf,) = [node for node, _, _ in sweep(other, np.ones(())) if node.label == "x"]
        assert leaf is not x
        np.testing.assert_array_equal(leaf.grad, expected)
        assert other.item() == y.item()
    assert x.grad is None
    shallow = copy.copy(y)
    shallow.backward()
    np.testing.assert_array_equal(x.grad, expected)


def test_long_histories_are_copied_and_pickled_without_recursion():
    x = Tensor([1.0], requires_grad=True)
    y = x
    for _ in range(3000):
        y = y + x
    for other in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert other.data.tolist() == [3001.0]


def test_detach(x):
    y = (x * 2.0).detach()
    assert (y.parents, y.requires_grad, y.op) == ((), False, None)
    y.data[0, 0] = 7.0
    assert x.data[0, 0] == 1.0
    z = x.detach().requires_grad_()
    (z * x).sum().backward()
    np.testing.assert_array_equal(z.grad, x.data)


def test_no_grad(x):
    with no_grad():
        y = F.softmax(x * 2.0)
        values = unstack(x)
    assert (y.parents, y.requires_grad) == ((), False)
    assert values[0][0].parents == ()
    z = x * 2.0
    assert z.requires_grad


def test_anomalies_name_the_first_operation_and_its_line():
    x = Tensor([1.0, 0.0], requires_grad=True, label="x")
    with (
        detect_anomaly(),
        pytest.raises(AnomalyError, match=r"log\(x=an array of shape \(2,\)\).*test_tensor_protocols"),
    ):
        F.log(x)
    with detect_anomaly():
        y = F.sqrt(x).sum()
        with pytest.raises(AnomalyError, match="sqrt"):
            y.backward()
    assert x.grad is None
    with detect_anomaly():
        F.where(x > 0.0, x, 1.0).sum().backward()
    assert x.grad.tolist() == [1.0, 0.0]


def test_capture_source_notes_the_line_of_an_operation(x):
    with capture_source():
        y = x * 2.0
    file, line = y.notes["source"]
    assert file.endswith("test_tensor_protocols.py")
    assert line > 100
    assert (x * 2.0).notes is None


def test_backward_with_an_adjoint_and_for_some_inputs(x):
    w = Tensor([1.0, 0.0, 2.0], requires_grad=True)
    y = x * w
    y.backward(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]]))
    assert x.grad.tolist() == [[1.0, 0.0, 6.0], [0.0, 0.0, 2.0]]
    assert w.grad.tolist() == [1.0, 4.0, 15.0]
    for node in (x, w):
        node.zero_grad()
        assert node.grad is None
    y.sum().backward(inputs=[w])
    assert x.grad is None
    assert w.grad.tolist() == [5.0, 7.0, 9.0]
    y.sum().backward(inputs=y)
    assert y.grad.tolist() == [[1.0] * 3] * 2
    y.backward(Tensor(np.ones((2, 3))), inputs=(w,))
    assert w.grad.tolist() == [10.0, 14.0, 18.0]
    (x * 1.0).backward([[1, 0, 0], [0, 0, 1]])
    assert x.grad.tolist() == [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]


def test_what_does_not_require_a_gradient_is_not_recorded(x):
    a, b = Tensor([1.0, 2.0, 3.0]), Tensor([4.0, 5.0, 6.0])
    assert (a * b).parents == ()
    y = (a * b) * x
    y.sum().backward()
    assert a.grad is None
    assert x.grad.tolist() == [[4.0, 10.0, 18.0]] * 2
    with pytest.raises(GraphError, match="requires_grad=True"):
        (a * b).sum().backward()


def test_float32_stays_float32():
    w = Tensor(np.ones((3, 2), np.float32), requires_grad=True)
    x = Tensor(np.full((4, 3), 0.5, np.float32))
    h = F.softmax(F.tanh(x @ w) * 2.0 - 1.0)
    loss = (h**2).mean() + F.logsumexp(h) + F.norm(w) + w.var() + w.max() + F.where(w > 0, w, 0.0).prod()
    assert loss.dtype == np.float32
    loss.backward()
    assert w.grad.dtype == np.float32
    mixed = (w * Tensor(np.ones(2))).sum()
    assert mixed.dtype == np.float64
    mixed.backward()
    assert w.grad.dtype == np.float32


@pytest.mark.parametrize("convert", [float, math.exp, lambda v: np.array([v], float)])
def test_converting_a_value_to_a_number_names_the_recorded_function(convert):
    with pytest.raises(OperandError, match=r"functions\.exp\(v\) are recorded; v\.data is the number"):
        convert(Value(1.0))
