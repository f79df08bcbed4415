"""Compare the table of operations with PyTorch and JAX: values, gradients and second derivatives.

At ordinary points all three agree. At the edge points below at least one of the peers is wrong. There the derivatives
are compared with the 50-digit result; ours is within 4 ulp.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from autograd_core import TABLE, Pointwise, Tensor, functions, grad, gradient, hessian, jacobian
from autograd_core.graph.node import apply

pytestmark = pytest.mark.reference

#: The names of the operations in PyTorch and JAX; None if PyTorch has no such operation.
PEERS = {
    "identity": ("positive", "numpy.positive"),
    "add": ("add", "numpy.add"),
    "sub": ("sub", "numpy.subtract"),
    "mul": ("mul", "numpy.multiply"),
    "div": ("div", "numpy.divide"),
    "neg": ("neg", "numpy.negative"),
    "pow": ("pow", "numpy.power"),
    "abs": ("abs", "numpy.abs"),
    "exp": ("exp", "numpy.exp"),
    "exp2": ("exp2", "numpy.exp2"),
    "expm1": ("expm1", "numpy.expm1"),
    "log": ("log", "numpy.log"),
    "log2": ("log2", "numpy.log2"),
    "log10": ("log10", "numpy.log10"),
    "log1p": ("log1p", "numpy.log1p"),
    "sqrt": ("sqrt", "numpy.sqrt"),
    "cbrt": (None, "numpy.cbrt"),
    "sin": ("sin", "numpy.sin"),
    "cos": ("cos", "numpy.cos"),
    "tan": ("tan", "numpy.tan"),
    "asin": ("asin", "numpy.arcsin"),
    "acos": ("acos", "numpy.arccos"),
    "atan": ("atan", "numpy.arctan"),
    "atan2": ("atan2", "numpy.arctan2"),
    "hypot": ("hypot", "numpy.hypot"),
    "sinh": ("sinh", "numpy.sinh"),
    "cosh": ("cosh", "numpy.cosh"),
    "tanh": ("tanh", "numpy.tanh"),
    "asinh": ("asinh", "numpy.arcsinh"),
    "acosh": ("acosh", "numpy.arccosh"),
    "atanh": ("atanh", "numpy.arctanh"),
    "maximum": ("maximum", "numpy.maximum"),
    "minimum": ("minimum", "numpy.minimum"),
    "erf": ("erf", "scipy.special.erf"),
    "erfc": ("erfc", "scipy.special.erfc"),
    "xlogy": ("xlogy", "scipy.special.xlogy"),
    "sigmoid": ("sigmoid", "nn.sigmoid"),
    "log_sigmoid": ("nn.functional.logsigmoid", "nn.log_sigmoid"),
    "softplus": ("nn.functional.softplus", "nn.softplus"),
    "relu": ("relu", "nn.relu"),
    "elu": (None, "nn.elu"),
    "selu": ("selu", "nn.selu"),
    "silu": ("nn.functional.silu", "nn.silu"),
    "softsign": ("nn.functional.softsign", "nn.soft_sign"),
}


def attribute_of(module, path):
    for part in path.split("."):
        module = getattr(module, part)
    return module


def points(name):
    rng = np.random.default_rng(sum(map(ord, name)))
    return [rng.uniform(*interval, size=7) for interval in TABLE[name].domain]


def ours(name, x):
    """Return the value, the gradient by every operand, and the second derivative by the first operand."""
    operands = [Tensor(numbers, requires_grad=True) for numbers in x]
    y = apply(TABLE[name], *operands)
    first = gradient(y.sum(), operands, create_graph=True)
    (second,) = gradient(first[0].sum(), operands[0])
    return [y.numpy(), *(d.numpy() for d in first), second]


def test_every_operation_that_a_peer_has_is_compared():
    pointwise = {name for name, p in TABLE.items() if isinstance(p, Pointwise) and p.text == p.textbook}
    # steps have derivative zero; the others take settings that the peers name differently
    steps = {"sign", "floor", "ceil", "round", "trunc", "step", "flat", "larger", "above"}
    comparisons = {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}
    settings = {"where", "clip", "leaky_relu", "prelu", "gelu"}
    assert pointwise - steps - comparisons - settings - set(PEERS) <= {"normal_pdf"}


@pytest.mark.parametrize("name", [name for name, (peer, _) in PEERS.items() if peer])
def test_pytorch(name, torch):
    x = points(name)
    operands = [torch.tensor(numbers, requires_grad=True) for numbers in x]
    y = attribute_of(torch, PEERS[name][0])(*operands)
    first = torch.autograd.grad(y.sum(), operands, create_graph=True)
    second = np.zeros(7)
    if first[0].requires_grad:
        (derivative,) = torch.autograd.grad(first[0].sum(), operands[0], allow_unused=True)
        second = np.zeros(7) if derivative is None else derivative.numpy(force=True)
    theirs = [y.detach().numpy(), *(d.detach().numpy() for d in first), second]
    for mine, peer in zip(ours(name, x), theirs, strict=True):
        assert np.allclose(mine, peer, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", PEERS)
def test_jax(name, jax):
    x = points(name)
    f = attribute_of(jax, PEERS[name][1])
    y = f(*x)
    first = [jax.grad(lambda *a: f(*a).sum(), argnums=i)(*x) for i in range(len(x))]
    second = jax.grad(lambda a: jax.grad(lambda b: f(b, *x[1:]).sum())(a).sum())(x[0])
    for mine, peer in zip(ours(name, x), [y, *first, second], strict=True):
        assert np.allclose(mine, np.asarray(peer), rtol=1e-11, atol=1e-12)


#: operation, point, operand, correctly rounded 50-digit derivative, peers with an error above 4 ulp
EDGES = [
    ("sigmoid", (37.0,), 0, 8.533047625744065e-17, "torch jax"),
    ("tanh", (19.0,), 0, 1.2556531168192118e-16, "torch jax"),
    ("softplus", (20.5,), 0, 0.9999999987498471, "torch jax"),
    ("div", (3e200, 4e200), 1, -1.875e-201, "jax"),
    ("div", (1e-300, 1e-200), 1, -1e100, "jax"),
    ("hypot", (3e200, 4e200), 1, 0.8, "jax"),
    ("hypot", (3e-200, 4e-200), 0, 0.6, "jax"),
    ("atan2", (3e200, 4e200), 0, 1.6e-201, "torch jax"),
    ("atan2", (3e-200, 4e-200), 0, 1.6e199, "torch jax"),
    ("asinh", (1e200,), 0, 1e-200, "torch jax"),
    ("acosh", (1e200,), 0, 1e-200, "torch jax"),
    ("asin", (0.9999999925178499,), 0, 8174.69944548338, "torch"),
]


def ulps(derivative, truth):
    return abs(derivative - truth) / np.spacing(abs(truth)) if math.isfinite(derivative) else math.inf


@pytest.mark.parametrize(("name", "x", "operand", "truth", "wrong"), EDGES)
def test_edge_points_where_a_peer_is_wrong(name, x, operand, truth, wrong, torch, jax):
    operands = [Tensor(np.array([numbers]), requires_grad=True) for numbers in x]
    apply(TABLE[name], *operands).sum().backward()
    assert ulps(operands[operand].grad[0], truth) <= 4
    theirs = [torch.tensor(numbers, dtype=torch.float64, requires_grad=True) for numbers in x]
    attribute_of(torch, PEERS[name][0])(*theirs).backward()
    assert (ulps(theirs[operand].grad.item(), truth) > 4) == ("torch" in wrong)
    derivative = jax.grad(attribute_of(jax, PEERS[name][1]), argnums=operand)(*x)
    assert (ulps(float(derivative), truth) > 4) == ("jax" in wrong)


def test_the_hessian_of_a_network_equals_that_of_jax(jax):
    rng = np.random.default_rng(0)
    sizes = [2, 16, 16, 1]
    X = rng.normal(size=(5, 2))
    theta = rng.normal(size=sum(i * o + o for i, o in pairwise(sizes)))

    def loss(theta, tanh):
        h, start = X, 0
        for i, o in pairwise(sizes):
            W, start = theta[start : start + i * o].reshape((i, o)), start + i * o
            b, start = theta[start : start + o], start + o
            h = h @ W + b if o == 1 else tanh(h @ W + b)
        return (h * h).mean()

    mine = [transform(lambda t: loss(t, functions.tanh))(theta) for transform in (grad, hessian, jacobian)]
    theirs = [
        transform(lambda t: loss(t, jax.numpy.tanh))(theta) for transform in (jax.grad, jax.hessian, jax.jacobian)
    ]
    for one, other in zip(mine, theirs, strict=True):
        assert np.abs(one - np.asarray(other)).max() <= 1e-10
