"""The accuracy of gradients of random graphs, measured at length: ``python -m tests.campaign --graphs 10000``.

Prints, for each size of graph, how far derivatives are from 50-digit arithmetic, and exits with 1 if one is farther
than its absolute paths allow.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from concurrent.futures import ProcessPoolExecutor

from tqdm import tqdm

from .laws.accuracy import OPERATIONS, measured

#: up to 100 operations, and beyond
LIMIT, LIMIT_OF_LARGE = 8.0, 16.0


def one(job: tuple[int, int]) -> list[tuple[float, float, float, bool]]:
    return [(g.normalized, g.ulps, g.relative, g.well_conditioned) for g in measured(*job)[0]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--graphs", type=int, default=1000, help="graphs of each size (%(default)s)")
    parser.add_argument("--sizes", type=int, nargs="+", default=[5, 20, 50, 100, 200], help="operations a graph")
    parser.add_argument("--seed", type=int, default=0, help="where the random numbers begin (%(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes (%(default)s)")
    options = parser.parse_args()

    print(f"{len(OPERATIONS)} operations, {options.graphs} graphs of each size, against 50 digits")
    print(
        f"{'size':>5} {'derivatives':>12} {'max error/paths':>16} {'<= 4 ulp':>9} {'median ulp':>11} {'99 % ulp':>9}",
        end="",
    )
    print(f" {'max relative':>13}   (ulps where paths hardly cancel)")
    failed = 0
    with ProcessPoolExecutor(options.workers) as pool:
        for size in options.sizes:
            jobs = [(options.seed + 1_000_003 * size + k, size) for k in range(options.graphs)]
            results = pool.map(one, jobs, chunksize=8)
            found = [
                g for graph in tqdm(results, total=len(jobs), desc=f"{size} operations", leave=False) for g in graph
            ]
            worst = max(normalized for normalized, *_ in found)
            ulps = sorted(ulps for _, ulps, _, well in found if well)
            print(
                f"{size:5} {len(found):12} {worst:16.2f} {sum(u <= 4.0 for u in ulps) / len(ulps):9.2%} "
                f"{statistics.median(ulps):11.2f} {ulps[int(0.99 * len(ulps))]:9.1f} "
                f"{max(relative for _, _, relative, _ in found):13.1e}"
            )
            failed += worst > (LIMIT if size <= 100 else LIMIT_OF_LARGE)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
