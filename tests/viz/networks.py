"""Networks that the tests of steps and stages share."""

from __future__ import annotations

from hypothesis import strategies as st

from nn import DAGNetwork


@st.composite
def dags(draw):
    """A network in which every node but the first is fed by some before it, skip links included."""
    count = draw(st.integers(2, 9))
    links = set()
    for j in range(2, count + 1):
        sources = draw(st.sets(st.integers(1, j - 1), min_size=0 if j < count else 1, max_size=4))
        links |= {(i, j) for i in sources}
    kinds = {}
    for j in {j for _, j in links}:
        kinds[j] = draw(st.sampled_from(["tanh", "sigmoid", "linear", "softplus"]))
    biases = draw(st.booleans())
    return DAGNetwork(links, kinds, biases=biases, rng=draw(st.integers(0, 99)))
