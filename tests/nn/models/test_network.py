"""Networks of any feed-forward topology: the 14 nodes of Rossi's lecture, by hand and by engine."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from autograd_core import Tensor, Value
from autograd_core.graph.history import history
from autograd_core.graph.scope import scopes_of
from autograd_core.graph.sweep import sweep
from nn import SGD, DAGNetwork, fit
from nn.errors import ArchitectureError, AutogradError, OperandError, ShapeError
from nn.losses import mse_loss

# The figure of the lecture is lost. This topology has its two printed facts, no link 1-8 and none 4-13, and skip links.
LINKS = [
    (1, 4), (1, 5), (1, 6), (2, 4), (2, 5), (2, 6), (2, 7), (3, 5), (3, 6), (3, 7), (4, 8), (4, 9), (5, 8), (5, 9),
    (5, 10), (6, 9), (6, 10), (6, 11), (7, 10), (7, 11), (8, 12), (9, 12), (10, 12), (8, 13), (9, 13), (10, 14),
    (11, 14), (12, 13), (12, 14), (2, 9), (5, 12), (3, 13), (7, 14),
]  # fmt: skip
WEIGHTS = {(i, j): (((7 * i + 3 * j) % 11) - 4.5) / 10 for i, j in LINKS}
X, TARGET = (0.5, -1.0, 0.25), (0.3, -0.2)
ULP = 2.0**-52


def network(**options):
    return DAGNetwork(LINKS, dict.fromkeys(range(4, 13), "tanh"), WEIGHTS, **options)


def by_hand(weights=WEIGHTS):
    """The lecture's two loops: forward in ascending index, errors in descending index."""
    w = np.zeros((15, 15))
    for (i, j), number in weights.items():
        w[i, j] = number
    a, y, delta = np.zeros(15), np.zeros(15), np.zeros(15)
    y[1:4] = X
    for j in range(4, 15):
        for i in range(1, j):
            a[j] += w[i, j] * y[i]
        y[j] = a[j] if j > 12 else np.tanh(a[j])
    for j, t in zip((13, 14), TARGET, strict=True):
        delta[j] = y[j] - t
    for i in range(12, 3, -1):
        delta[i] = (1 - y[i] ** 2) * sum(delta[k] * w[i, k] for k in range(14, i, -1))
    return a, y, delta, {(i, j): delta[j] * y[i] for i, j in LINKS}


def trained_once():
    net = network()
    loss = mse_loss(net(X), TARGET, reduction="half_sum")
    loss.backward()
    return net, loss


def close(found, expected, ulps=4):
    assert found == pytest.approx(expected, rel=ulps * ULP, abs=ULP)


def test_the_lectures_network_has_the_printed_facts():
    net = network()
    assert (net.inputs, net.outputs) == ((1, 2, 3), (13, 14))
    assert net.hidden == tuple(range(4, 13))
    assert len(net.links) == len(net.parameters()) == 33
    assert not {(1, 8), (4, 13)} & set(net.links)


def test_every_a_y_delta_and_weight_gradient_agrees_with_plain_loops():
    net, loss = trained_once()
    a, y, delta, gradients = by_hand()
    for j in range(4, 15):
        close(net.a[j].data, a[j])
        close(net.y[j].data, y[j])
        close(net.delta[j], delta[j])
    for link, weight in net.weights.items():
        close(weight.grad, gradients[link])
    close(loss.data, sum((y[j] - t) ** 2 for j, t in zip((13, 14), TARGET, strict=True)) / 2)


def test_every_weight_gradient_agrees_with_finite_differences():
    def loss(weights):
        net = DAGNetwork(LINKS, dict.fromkeys(range(4, 13), "tanh"), weights)
        return mse_loss(net(X), TARGET, reduction="half_sum").data

    gradients = {link: w.grad for link, w in trained_once()[0].weights.items()}
    h = 1e-6
    for link in LINKS:
        up, down = WEIGHTS | {link: WEIGHTS[link] + h}, WEIGHTS | {link: WEIGHTS[link] - h}
        assert gradients[link] == pytest.approx((loss(up) - loss(down)) / (2 * h), abs=1e-9)


def test_no_error_is_computed_for_the_inputs():
    net, _ = trained_once()
    assert list(net.delta) == list(range(14, 3, -1))
    assert net.y[1] == 0.5
    assert not any(isinstance(net.y[i], Value) for i in net.inputs)


def test_the_sweep_comes_by_the_nodes_in_descending_index():
    net, loss = trained_once()
    number = {net.a[j]: j for j in net.a}
    order = [number[node] for node, _, _ in sweep(loss) if node in number]
    assert order == list(range(14, 3, -1))


def naive_paths(node):
    return 1 if node in (13, 14) else sum(naive_paths(j) for i, j in LINKS if i == node)


def test_paths_counted_once_per_link_agree_with_naive_enumeration():
    paths = network().paths()
    assert paths == {node: naive_paths(node) for node in range(1, 15)}
    assert sum(paths.values()) > len(LINKS)


def test_scope_paths_and_labels_for_pictures():
    net, loss = trained_once()
    order = history(loss)
    paths = dict(zip(order, scopes_of(order), strict=True))
    for (_, j), weight in net.weights.items():
        assert paths[weight] == f"dagnetwork.node{j}"
    assert paths[net.a[9]] == paths[net.y[9]] == "dagnetwork.node9"
    assert (net.a[9].label, net.y[9].label, net.weights[5, 12].label) == ("a9", "y9", "w5,12")


def test_biases():
    net = DAGNetwork([(1, 2), (2, 3)], weights={(1, 2): 2.0, (2, 3): 3.0}, biases={3: 0.5})
    assert net([1.0])[0].data == 6.5
    assert len(DAGNetwork([(1, 2), (2, 3)], biases=True, rng=0).parameters()) == 4
    assert DAGNetwork([(1, 2)], rng=0).biases == {}


def test_numbers_may_have_gaps_and_any_order_of_links():
    net = DAGNetwork([(7, 20), (2, 20), (2, 7)], weights={(2, 7): 2.0, (2, 20): 3.0, (7, 20): 5.0})
    assert (net.inputs, net.hidden, net.outputs) == ((2,), (7,), (20,))
    assert net(1.0)[0].data == 13.0
    assert net.links == ((2, 7), (2, 20), (7, 20))


def test_one_activation_is_for_all_hidden_nodes():
    net = DAGNetwork([(1, 2), (2, 3)], "relu", weights={(1, 2): -1.0, (2, 3): 1.0}, biases={3: -4.0})
    assert net([1.0])[0].data == -4.0


def test_it_is_trained_by_fit_and_the_seed_decides():
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = np.array([[0.0], [1.0], [1.0], [0.0]])

    def train():
        net = DAGNetwork([(1, 3), (2, 3), (1, 4), (2, 4), (3, 4)], "tanh", biases=True, rng=2)
        return fit(net, (X, y), "mse", SGD(net.parameters(), lr=0.3, momentum=0.9), epochs=60, progress=False)

    history = train()
    assert history.losses[-1] < 0.01
    assert history.losses == train().losses


def test_a_description_gives_the_same_network_again():
    net = DAGNetwork(LINKS, {4: "tanh", 5: "relu"}, WEIGHTS, biases={5: 1.0, 14: -1.0})
    twin = DAGNetwork.from_json(net.to_json(), most=35)
    twin.load_state_dict(net.state_dict())
    assert [o.data for o in twin(X)] == [o.data for o in net(X)]


def test_a_chain_and_a_random_graph_against_loops():
    rng = random.Random(0)
    links = list(pairwise(range(1, 40))) + [
        (i, j) for i in range(1, 40) for j in range(i + 2, 41) if rng.random() < 0.1
    ]
    net = DAGNetwork(links, "tanh", rng=1)
    out = net([0.3] * len(net.inputs))
    sum(out[1:], out[0]).backward()
    delta = dict.fromkeys(net.outputs, 1.0)
    for j in sorted(net.hidden, reverse=True):
        delta[j] = (1 - net.y[j].data ** 2) * sum(delta[k] * net.weights[i, k].data for i, k in net.links if i == j)
    for j in net.computed:
        assert net.delta[j] == pytest.approx(delta[j], rel=1e-12)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: DAGNetwork([]), ArchitectureError),
        (lambda: DAGNetwork([(2, 1)]), ArchitectureError),
        (lambda: DAGNetwork([(1, 1)]), ArchitectureError),
        (lambda: DAGNetwork([(0, 1)]), ArchitectureError),
        (lambda: DAGNetwork([(1, 2), (1, 2)]), ArchitectureError),
        (lambda: DAGNetwork([(1, 2)], {1: "tanh"}), ArchitectureError),
        (lambda: DAGNetwork([(1, 2)], {9: "tanh"}), ArchitectureError),
        (lambda: DAGNetwork([(1, 2)], {2: "softmax"}), ArchitectureError),
        (lambda: DAGNetwork([(1, 2)], {2: "prelu"}), ArchitectureError),
        (lambda: DAGNetwork([(1, 2)], weights={}), ArchitectureError),
        (lambda: DAGNetwork([(1, 2)], weights={(1, 2): 1.0, (1, 3): 1.0}), ArchitectureError),
        (lambda: DAGNetwork([(1, 2)], biases={1: 0.0}), ArchitectureError),
        (lambda: DAGNetwork([(1, 2)], weights={(1, 2): "1"}), OperandError),
        (lambda: DAGNetwork("12"), OperandError),
        (lambda: DAGNetwork([(1, 2.0)]), OperandError),
        (lambda: DAGNetwork([(1, 2, 3)]), OperandError),
        (lambda: DAGNetwork(3), OperandError),
        (lambda: DAGNetwork([(1, 2)], rng=0)([1.0, 2.0]), ShapeError),
        (lambda: DAGNetwork([(1, 3), (2, 3)], rng=0)(1.0), ShapeError),
    ],
)
def test_what_is_no_network_is_refused(act, error):
    with pytest.raises(error) as caught:
        act()
    assert isinstance(caught.value, AutogradError)


def test_nodes_are_counted_from_one_and_whoever_begins_at_zero_is_told():
    with pytest.raises(ArchitectureError, match="counted from 1"):
        DAGNetwork([(0, 2), (1, 2)])


def test_the_same_network_on_a_batch_of_tensors():
    """Inputs may be columns of samples: the weights are Values, and one sweep passes through both kinds of nodes."""
    net, columns = network(), [Tensor([x, 2.0 * x]) for x in X]
    outputs = net(columns)
    error = sum(((y[0] - t) ** 2 for y, t in zip(outputs, TARGET, strict=True)), Tensor(0.0)) / 2.0
    error.backward()
    a, y, _, gradients = by_hand()
    for j in (13, 14):
        close(net.y[j].data[0], y[j])
        close(net.a[j].data[0], a[j])
    for link, weight in net.weights.items():
        close(weight.grad, gradients[link], ulps=16)


def test_the_same_network_with_all_weights_in_one_tensor():
    matrix = np.zeros((15, 15))
    for (i, j), w in WEIGHTS.items():
        matrix[i, j] = w
    W = Tensor(matrix, requires_grad=True)
    y = dict(enumerate(X, start=1))
    for j in range(4, 15):
        terms = [W[i, j] * y[i] for i in range(1, j) if (i, j) in WEIGHTS]
        total = sum(terms[1:], terms[0])
        y[j] = total.tanh() if j < 13 else total
    (((y[13] - TARGET[0]) ** 2 + (y[14] - TARGET[1]) ** 2) / 2.0).backward()
    _, expected, _, gradients = by_hand()
    close(y[13].item(), expected[13])
    for (i, j), gradient in gradients.items():
        close(W.grad[i, j], gradient)
