"""Test that mistakes with arrays raise errors that name the operands and the fix, and change no gradient."""

# ruff: noqa: E501, RUF005 - a mistake and its message are one row; lists are added on purpose

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from autograd_core import AutogradError, Tensor, Value
from autograd_core import functions as F  # noqa: N812 - the name the field gives it

W = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True, label="W")
X = Tensor(np.ones((3, 3)), requires_grad=True, label="X")
ONE = Tensor(2.0, requires_grad=True)
CONSTANT = Tensor([1.0])

#: the wrong call, the built-in error class, a pattern of the message
MISTAKES = {
    # shapes
    "matmul": (lambda: W @ X, ValueError, r"@ cannot multiply the Tensor 'W' of shape \(2, 2\) and the Tensor 'X' of shape \(3, 3\).*Transpose"),
    "matmul with a vector": (lambda: W @ np.ones(3), ValueError, r"'W' of shape \(2, 2\) and the (array|Tensor) of shape \(3,\)"),
    "matmul with a number": (lambda: W @ 3.0, ValueError, r"'W' of shape \(2, 2\).*multiplies with \*"),
    "number on the left": (lambda: 3.0 @ W, ValueError, r"multiplies with \*"),
    "stacks of matrices": (lambda: F.matmul(np.ones((2, 2, 2)), np.ones((3, 2, 2))), ValueError, r"\(2, 2, 2\) and the array of shape \(3, 2, 2\)"),
    "X Wᵀ": (lambda: X.matmul_transposed(W), ValueError, r"X Wᵀ cannot multiply the Tensor 'X' of shape \(3, 3\) and the Tensor 'W' of shape \(2, 2\).*rows"),
    "X Wᵀ with a vector": (lambda: W.matmul_transposed(np.ones(2)), ValueError, r"'W' of shape \(2, 2\) and the .* of shape \(2,\).*reshape\(1, -1\)"),
    "astype": (lambda: W.astype(int), TypeError, r"'W' of shape \(2, 2\) holds float32 or float64.*x.numpy\(\).astype\(int\)"),
    "astype of no type": (lambda: W.astype("folat"), TypeError, "'folat' is neither"),
    "add": (lambda: W + X, ValueError, r"add cannot be applied to the Tensor 'W' of shape \(2, 2\) and the Tensor 'X' of shape \(3, 3\).*equal or 1"),
    "multiply by an array": (lambda: W * np.ones(3), ValueError, r"mul cannot be applied to the Tensor 'W'.*\(3,\)"),
    "maximum": (lambda: F.maximum(W, X), ValueError, "maximum cannot be applied to the Tensor 'W'"),
    "where": (lambda: F.where(np.ones(5), W, X), ValueError, "where cannot be applied"),
    "comparison": (lambda: W > X, ValueError, "greater cannot be applied to the Tensor 'W'"),
    "reshape": (lambda: W.reshape(3), ValueError, r"'W' of shape \(2, 2\) has 4 elements and cannot take the shape \(3,\)"),
    "two unknown lengths": (lambda: W.reshape(-1, -1), ValueError, "one of them may be -1"),
    "negative length": (lambda: W.reshape(-2, -2), ValueError, "cannot take the shape"),
    "broadcast_to": (lambda: W.broadcast_to((3, 3)), ValueError, r"'W' of shape \(2, 2\) cannot be broadcast to \(3, 3\)"),
    "broadcast to fewer axes": (lambda: W.broadcast_to(2), ValueError, "cannot be broadcast"),
    "concatenate": (lambda: F.concatenate([W, X]), ValueError, r"'W' of shape \(2, 2\) and the Tensor 'X'"),
    "stack": (lambda: F.stack([W, X]), ValueError, r"'W' of shape \(2, 2\) and the Tensor 'X'"),
    "stack of nothing": (lambda: F.stack([]), ValueError, "at least one"),
    "concatenate of nothing": (lambda: F.concatenate([]), ValueError, "at least one"),
    "squeeze": (lambda: W.squeeze(0), ValueError, "has length 2; only length 1 is squeezed"),
    "split": (lambda: F.split(W, 3), ValueError, "length 2 cannot be split into 3 equal parts"),
    "pad": (lambda: F.pad(W, -1), ValueError, "cannot be negative"),
    "pad for other axes": (lambda: F.pad(W, ((1, 1),) * 3), ValueError, "such pair for each of its 2 axes"),
    "repeat": (lambda: F.repeat(W, [1, 2, 3], 0), ValueError, "list of 2 numbers"),
    "dot": (lambda: F.dot(X, np.ones((2, 2, 2))), ValueError, r"dot\(\) sums over the last axis of the Tensor 'X'"),
    "einsum lengths": (lambda: F.einsum("ij,jk", W, X), ValueError, "'j' has length 2 in one operand and 3 in another"),
    "einsum letters": (lambda: F.einsum("ijk", W), ValueError, "names 3 axes"),
    "einsum operands": (lambda: F.einsum("ij,jk", W), ValueError, "names 2 operands, but 1"),
    "einsum diagonal": (lambda: F.einsum("ii", np.ones((2, 3))), ValueError, "has length 2 in one operand and 3|lengths 2 and 3"),
    "einsum result": (lambda: F.einsum("ij->k", W), ValueError, "must name axes of the operands"),
    "einsum signs": (lambda: F.einsum("i$", W), ValueError, "axes are letters"),
    "einsum without subscripts": (lambda: F.einsum(W, W), TypeError, "begins with its subscripts"),
    # axes
    "axis": (lambda: W.sum(axis=2), ValueError, r"no axis 2 in the Tensor 'W' of shape \(2, 2\): the axes are 0 to 1"),
    "axis of a number": (lambda: ONE.sum(0), ValueError, "a single number has no axes"),
    "axis twice": (lambda: W.mean((0, -2)), ValueError, "one axis twice"),
    "axis as a float": (lambda: W.max(axis=1.0), TypeError, "An axis is an integer, not the float 1.0"),
    "axis as text": (lambda: F.softmax(W, "rows"), TypeError, "An axis is an integer"),
    "axis as a bool": (lambda: W.sum(axis=True), TypeError, "not the bool True"),
    "order of axes": (lambda: W.transpose(0, 0), ValueError, "each of the 2 is named once"),
    "too few axes": (lambda: W.transpose((0,)), ValueError, "not an order of the axes"),
    "axes for a list of Values": (lambda: F.sum([Value(1.0)], axis=0), ValueError, r"A list has no axes.*stack"),
    "maximum of nothing": (lambda: Tensor(np.ones((0, 2))).max(0), ValueError, "over no elements"),
    "argmax of nothing": (lambda: Tensor(np.ones((0, 2))).argmax(), ValueError, "over no elements"),
    "logsumexp of nothing": (lambda: F.logsumexp(np.ones((2, 0)), 1), ValueError, "nothing to sum over"),
    # indices
    "index": (lambda: W[2], IndexError, "'W' of shape .* index 2 is out of bounds for axis 0 with size 2"),
    "index in an array": (lambda: W[[0, 5]], IndexError, "index 5 is out of bounds"),
    "too many indices": (lambda: W[0, 0, 0], IndexError, "too many indices"),
    "index as text": (lambda: W["a"], IndexError, "only integers, slices"),
    "index as a float": (lambda: W[1.0], IndexError, "only integers, slices"),
    "index as a Tensor": (lambda: W[CONSTANT], TypeError, r"holds floats.*astype\(int\).*mask"),
    "ragged index": (lambda: W[[[0], [0, 1]]], IndexError, "is not an index"),
    "mask of another shape": (lambda: W[np.ones(3, bool)], IndexError, "boolean"),
    "assignment": (lambda: W.__setitem__(0, 1.0), TypeError, r"functions.where.*t.data\[...\] = number"),
    "deletion": (lambda: W.__delitem__(0), TypeError, "Select the others"),
    # operands and data
    "None": (lambda: W + None, TypeError, "other operand of add is an array of floats, but this holds objects such as None"),
    "text": (lambda: W * "2", TypeError, "but this holds text"),
    "complex": (lambda: 1j - W, TypeError, "complex numbers; derivatives here are real"),
    "ragged": (lambda: W + [[1.0], [1.0, 2.0]], ValueError, "rows of different lengths"),
    "list of Values": (lambda: W + [Value(1.0), 2.0], TypeError, r"stack\(\[...\]\) joins"),
    "object": (lambda: Tensor(object()), TypeError, "objects such as <object"),
    "fraction": (lambda: Tensor([Fraction(1, 2)]), TypeError, "Fraction"),
    "dictionary": (lambda: Tensor({}), TypeError, "objects such as {}"),
    "dates": (lambda: Tensor(np.array(["2020-01-01"], "datetime64[D]")), TypeError, "datetime64"),
    "data None": (lambda: Tensor(None), TypeError, "data of a Tensor is an array of floats, but this holds objects such as None"),
    "data of a Tensor": (lambda: Tensor(W), TypeError, r"x.detach\(\)"),
    "Tensors in a list": (lambda: Tensor([ONE, ONE]), TypeError, r"stack\(\[...\]\) joins"),
    "ragged data": (lambda: Tensor([[1.0], [1.0, 2.0]]), ValueError, "rows of different lengths"),
    "data of another shape": (lambda: setattr(W, "data", np.ones(3)), ValueError, r"'W' has shape \(2, 2\); an array of shape \(3,\)"),
    "grad of another shape": (lambda: setattr(W, "grad", np.ones(3)), ValueError, r"has the shape \(2, 2\) of its data"),
    "compare with text": (lambda: W < "a", TypeError, "compared with numbers and arrays"),
    "array of objects": (lambda: F.sum(np.array([None])), TypeError, "array of numbers"),
    "nested lists": (lambda: F.sum([[1.0], [2.0]]), TypeError, "np.array"),
    "text to a function": (lambda: F.softmax("abc"), TypeError, "softmax.*takes an array or a sequence of Values"),
    "a Value to a function": (lambda: F.mean(Value(1.0)), TypeError, "not the Value"),
    "nodes in nested lists": (lambda: F.matmul([[Value(1.0)]], W), TypeError, r"left operand of @.*stack"),
    # one number
    "item": (lambda: W.item(), ValueError, r"'W' has shape \(2, 2\)"),
    "truth": (lambda: bool(W), ValueError, "4 elements, so its truth value is ambiguous"),
    "float": (lambda: float(ONE), RuntimeError, r"t.item\(\)"),
    "array": (lambda: np.asarray(W), RuntimeError, r"t.numpy\(\)"),
    "length of a number": (lambda: len(ONE), TypeError, "has no length"),
    "iteration over a number": (lambda: list(ONE), TypeError, "cannot be iterated over"),
    "format": (lambda: f"{W:.2f}", ValueError, "has shape"),
    # backward
    "no seed": (lambda: W.backward(), ValueError, r"'W' has shape \(2, 2\). Reduce it.*backward\(gradient=array\)"),
    "scalar seed": (lambda: (W * 2.0).backward(1.0), ValueError, r"shape of the root, \(2, 2\), not \(\)"),
    "wrong seed": (lambda: (W * 2.0).backward(np.ones(2)), ValueError, r"shape of the root, \(2, 2\), not \(2,\)"),
    "seed of text": (lambda: W.sum().backward("1"), TypeError, "gradient of a Tensor is an array of floats"),
    "complex seed": (lambda: W.sum().backward(np.array(1j)), TypeError, "complex"),
    "inputs that are numbers": (lambda: W.sum().backward(inputs=[1.0]), TypeError, "one of them is the float"),
    "inputs without gradient": (lambda: (W * CONSTANT).sum().backward(inputs=CONSTANT), RuntimeError, "does not require"),
    "nothing requires": (lambda: CONSTANT.backward(), RuntimeError, "requires_grad=True"),
    "requires_grad_ of a result": (lambda: (W * 2.0).requires_grad_(False), RuntimeError, r"x.detach\(\)"),
    # labels
    "no such class": (lambda: F.one_hot([0, 3], 3), TypeError, "0 to 2, but 0 to 3"),
    "labels as floats": (lambda: F.one_hot([0.0]), TypeError, "integers from 0 on"),
    "targets": (lambda: F.cross_entropy(W, np.array([0, 2])), TypeError, "integers from 0 to 1"),
    "one target": (lambda: F.cross_entropy(W, np.array(0)), ValueError, r"one target per sample, of shape \(2,\), not \(\)"),
    "target of Values": (lambda: F.cross_entropy([Value(0.0), Value(1.0)], 2), TypeError, "from 0 to 1, not 2"),
    "operands of a function": (lambda: F.maximum(W), ValueError, "takes 2 operands, but 1"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_raises_a_clear_error_and_changes_no_gradient(mistake):
    for leaf in (W, X, ONE):
        leaf.zero_grad()
    (W.sum() * ONE + X.sum()).backward()
    before = [leaf.grad.copy() for leaf in (W, X, ONE)]
    call, builtin, pattern = MISTAKES[mistake]
    with pytest.raises(builtin, match=f"(?s){pattern}") as caught:
        call()
    error = caught.value
    assert isinstance(error, AutogradError)
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__, "no traceback from inside NumPy before ours"
    for leaf, grad in zip((W, X, ONE), before, strict=True):
        np.testing.assert_array_equal(leaf.grad, grad)


def test_numbers_of_every_kind_are_converted():
    for data in (1, True, np.int64(1), np.float32(1.0), np.float16(1.0), np.uint8(1), [1, 2], (True, False)):
        expected = np.float32 if isinstance(data, np.float32) else np.float64
        assert Tensor(data).dtype == expected, data
    for kind in (np.int8, np.int64, np.uint16, np.bool_, np.float16):
        assert Tensor(np.ones(2, kind)).dtype == np.float64
    assert Tensor(np.ones(2, np.float32)).dtype == np.float32
    assert Tensor(np.ones(2, ">f8")).data.tolist() == [1.0, 1.0]


def test_an_error_in_a_sweep_leaves_every_gradient_as_it_was():
    x, y = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0], requires_grad=True)
    (x.sum() + y.sum()).backward()
    node = (x * 2.0).tanh()
    loss = (node * y).sum()

    def fail(*_):
        raise ArithmeticError("in the middle")

    rules = node.op.partials
    object.__setattr__(node.op, "partials", (fail,))
    try:
        with pytest.raises(ArithmeticError, match="in the middle"):
            loss.backward()
    finally:
        object.__setattr__(node.op, "partials", rules)
    assert (x.grad.tolist(), y.grad.tolist()) == ([1.0, 1.0], [1.0])
    assert node.grad is None
    loss.backward()
    np.testing.assert_allclose(x.grad, 1.0 + 3.0 * 2.0 * (1.0 - np.tanh([2.0, 4.0]) ** 2), rtol=1e-12)
