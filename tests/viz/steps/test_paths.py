"""The gradient is the sum over all paths of the products along them, whatever the graph."""

from __future__ import annotations

import math

import pytest

from autograd_core import Tensor, Value, functions
from viz import step
from viz.scene.graph_view import Reading
from viz.steps.paths import Paths
from viz.style.errors import OptionError


@pytest.mark.parametrize("seed", range(30))
def test_products_along_all_paths_add_up_to_the_gradient(make_graph, seed):
    root = make_graph(seed)
    reading = Reading(root)
    root.backward()
    for node in reading.ids:
        paths = Paths(reading, node, most=5_000)
        scale = sum(abs(path.product) for path in paths.listed)
        if paths.count <= 5_000 and math.isfinite(scale):
            assert len(paths.listed) == paths.count
            assert math.fsum(path.product for path in paths.listed) == pytest.approx(
                node.grad, abs=1e-12 * scale + 1e-300
            )
            assert paths.total == pytest.approx(node.grad, abs=1e-12 * scale + 1e-300)


def test_a_number_of_paths_that_nobody_could_list():
    x = y = Value(1.0, label="x")
    for _ in range(200):
        y = functions.sin(y) + y
    paths = step(y, max_nodes=None).paths(x)
    assert paths.count == 2**200
    assert len(paths.listed) == 12
    assert repr(paths).endswith(f"… and {2**200 - 12:,} more")
    y.backward()
    assert paths.total == pytest.approx(x.grad, rel=1e-12)


def test_no_path_no_node_no_tensor():
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    y = a * b
    reading = Reading(y)
    assert repr(Paths(reading, y)) == "1 path from v1 to v1, together its gradient 1.0000:\nv1    1    1.0000"
    with pytest.raises(OptionError, match="not in this graph"):
        Paths(reading, Value(1.0))
    W = Tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(OptionError, match="whole matrices"):
        step((W * W).sum()).paths(W)
