"""Measure the accuracy of first derivatives: ``python benchmarks/accuracy.py``.

The derivative of each function at many points is compared with fifty digits by mpmath. Errors are in units in the last
place (ulp); rounding to the nearest float has an error of at most half a unit. PyTorch and JAX are measured too, if
they are installed (``pip install -e ".[reference]"``); mpmath comes with ``.[dev]``. The results are printed and
written to results/accuracy.md.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from mpmath import mp, mpf
from reporting import parse_options

from autograd_core import Value, functions

#: The name of each function, its exact derivative, and its names in PyTorch and JAX.
FUNCTIONS: list[tuple[str, Callable[[Any], Any], str, str]] = [
    ("tanh", lambda x: mp.sech(x) ** 2, "tanh", "numpy.tanh"),
    ("sigmoid", lambda x: mp.exp(-abs(x)) / (1 + mp.exp(-abs(x))) ** 2, "sigmoid", "nn.sigmoid"),
    ("softplus", lambda x: 1 / (1 + mp.exp(-x)), "nn.functional.softplus", "nn.softplus"),
    ("log_sigmoid", lambda x: 1 / (1 + mp.exp(x)), "nn.functional.logsigmoid", "nn.log_sigmoid"),
    ("silu", lambda x: (1 + x / (1 + mp.exp(x))) / (1 + mp.exp(-x)), "nn.functional.silu", "nn.silu"),
    ("gelu", lambda x: mp.erfc(-x / mp.sqrt(2)) / 2 + x * mp.npdf(x), "nn.functional.gelu", "gelu"),
    ("elu", lambda x: mp.exp(min(x, mpf(0))), "nn.functional.elu", "nn.elu"),
    ("softsign", lambda x: 1 / (1 + abs(x)) ** 2, "nn.functional.softsign", "nn.soft_sign"),
    ("exp", mp.exp, "exp", "numpy.exp"),
    ("log1p", lambda x: 1 / (1 + x), "log1p", "numpy.log1p"),
    ("sqrt", lambda x: 1 / (2 * mp.sqrt(x)), "sqrt", "numpy.sqrt"),
    ("cosh", mp.sinh, "cosh", "numpy.cosh"),
    ("acosh", lambda x: 1 / mp.sqrt((x - 1) * (x + 1)), "acosh", "numpy.arccosh"),
    ("asin", lambda x: 1 / mp.sqrt((1 - x) * (1 + x)), "asin", "numpy.arcsin"),
    ("atanh", lambda x: 1 / ((1 - x) * (1 + x)), "atanh", "numpy.arctanh"),
    ("tan", lambda x: mp.sec(x) ** 2, "tan", "numpy.tan"),
    ("erfc", lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-(x**2)), "erfc", "scipy.special.erfc"),
]

#: The domains of functions that are not defined on all real numbers.
DOMAINS = {
    "log1p": (-1.0, math.inf),
    "sqrt": (0.0, math.inf),
    "acosh": (1.0, math.inf),
    "asin": (-1.0, 1.0),
    "atanh": (-1.0, 1.0),
}

#: Derivatives outside these bounds are close to underflow or overflow, where floats themselves lose digits.
SMALLEST, LARGEST = 1e-290, 1e290


def points(name: str, exact: Callable[[Any], Any], count: int) -> list[float]:
    """Return floats of many magnitudes at which the derivative is a normal float."""
    draws = np.random.default_rng(0)
    low, high = DOMAINS.get(name, (-math.inf, math.inf))
    candidates = np.concatenate(
        [
            10.0 ** draws.uniform(-12, 3, count),
            -(10.0 ** draws.uniform(-12, 3, count)),
            draws.uniform(-40, 40, count),
            1.0 - 10.0 ** draws.uniform(-12, -1, count),
            1.0 + 10.0 ** draws.uniform(-12, -1, count),
        ]
    )
    inside = candidates[(candidates > low) & (candidates < high)]
    return [float(x) for x in inside if SMALLEST < abs(exact(mpf(float(x)))) < LARGEST]


def errors(computed: Sequence[float], exact: Sequence[Any]) -> list[float]:
    """Return the absolute errors in units in the last place."""
    return [
        float(abs(mpf(f) - e) / mpf(math.ulp(float(e)))) if math.isfinite(f) else math.inf
        for f, e in zip(computed, exact, strict=True)
    ]


def ours(name: str, xs: Sequence[float]) -> list[float]:
    """Return the derivatives of this library."""
    leaves = [Value(x) for x in xs]
    for leaf in leaves:
        getattr(functions, name)(leaf).backward()
    return [leaf.grad for leaf in leaves]


def by_torch(path: str, xs: Sequence[float]) -> list[float]:
    """Return the derivatives of PyTorch."""
    import torch

    x = torch.tensor(xs, dtype=torch.float64, requires_grad=True)
    attribute(torch, path)(x).sum().backward()
    return x.grad.tolist()


def by_jax(path: str, xs: Sequence[float]) -> list[float]:
    """Return the derivatives of JAX."""
    import jax

    jax.config.update("jax_enable_x64", True)
    function = (lambda x: jax.nn.gelu(x, approximate=False)) if path == "gelu" else attribute(jax, path)
    return jax.vmap(jax.grad(function))(jax.numpy.array(xs)).tolist()


def attribute(module: Any, path: str) -> Any:
    """Return the object at a dotted path; modules on the path are imported."""
    for part in path.split("."):
        module = getattr(module, part, None) or importlib.import_module(f"{module.__name__}.{part}")
    return module


#: The module of each peer, its title, its derivatives, and the index of its names in FUNCTIONS.
PEERS = (("torch", "PyTorch", by_torch, 0), ("jax", "JAX", by_jax, 1))


def markdown(count: int, with_peers: bool) -> Iterator[str]:
    """Yield the report as lines of Markdown, with or without the peers."""
    peers = [peer for peer in PEERS if with_peers and importlib.util.find_spec(peer[0])]
    yield "# First derivatives against fifty digits"
    yield ""
    yield "The largest error in units in the last place, over points of many magnitudes."
    yield "Written by `python benchmarks/accuracy.py`."
    yield ""
    yield "| derivative of | points | autograd-core |" + "".join(f" {title} |" for _, title, _, _ in peers)
    yield "|---|---:|" + "---:|" * (len(peers) + 1)
    for name, exact, *paths in FUNCTIONS:
        xs = points(name, exact, count)
        exact_values = [exact(mpf(x)) for x in xs]
        sides = [ours(name, xs), *(derivatives(paths[column], xs) for _, _, derivatives, column in peers)]
        cells = [format_error(max(errors(computed, exact_values))) for computed in sides]
        yield f"| {name} | {len(xs):,} | {' | '.join(cells)} |"


def format_error(ulps: float) -> str:
    """Return an error as text; from about 2**52 units on, no digit is correct."""
    if not math.isfinite(ulps):
        return "inf or nan"
    return f"{ulps:.1f}" if ulps < 1000 else "no correct digit" if ulps >= 2.0**52 / 10 else f"{ulps:.1e}"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write accuracy.md."""
    options = parse_options(__doc__, arguments, no_peers="measure this library only")
    mp.dps = 60
    text = "\n".join(markdown(40 if options.quick else 400, not options.no_peers)) + "\n"
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "accuracy.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
