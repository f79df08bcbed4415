"""Pages of steps in a browser: ``python benchmarks/pages.py``, under a minute; ``--quick`` for a look.

How long a page takes to be made, how large it is, by itself and in a notebook, and how soon a step is seen: until the
page is laid out anew, until the next frame is drawn. It needs Playwright and a Chromium. The figures go to the screen,
and to results/pages.md and results/pages.json. Exits with 1 if a promise is not kept.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pairing import machine
from playwright.sync_api import Browser, sync_playwright
from reporting import Figures, options_of, report

from autograd_core import Value, history
from nn import MLP
from viz import step
from viz.stepper.stepper import Stepper

#: What is promised, in seconds: a step of a page of a thousand nodes is seen.
BARS = {"step": 0.050}
#: steps that are timed in each phase
TIMED = 40

#: Takes steps, and waits for the next frame after each; returns the medians of both waits, in milliseconds.
STEPPING = """async ([count, share]) => {
  const slider = document.getElementById("slider"), next = document.getElementById("next");
  const frame = () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 0)));
  slider.value = Math.round(share * slider.max);
  slider.dispatchEvent(new Event("input"));
  await frame();
  const laidOut = [], drawn = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    next.click();
    document.body.getBoundingClientRect();
    laidOut.push(performance.now() - start);
    await frame();
    drawn.push(performance.now() - start);
  }
  const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
  return [median(laidOut), median(drawn)];
}"""


def flat() -> Any:
    """Return a sum of 250 products of two numbers, and tanh of it: 1,000 nodes without parts."""
    pairs = [Value(0.01 * i - 1.0, label=f"x{i}") * Value(0.5 - 0.003 * i, label=f"w{i}") for i in range(250)]
    return sum(pairs[1:], pairs[0]).tanh()


def network() -> Any:
    """Return the squared error of micrograd's MLP 2-16-16-1 on one sample."""
    model = MLP(2, [16, 16, 1], rng=0)
    return (1.0 - model([Value(1.0, label="x1"), Value(-1.0, label="x2")])) ** 2


def measured(browser: Browser, what: str, stepper: Stepper, level: str, rounds: int) -> Figures:
    """Return the figures of one page at one level: of waits the shortest of some rounds' medians."""
    start = time.perf_counter()
    made = stepper.to_html()
    making = time.perf_counter() - start
    shown = stepper._repr_mimebundle_()["text/html"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "steps.html")
        path.write_text(made, encoding="utf-8")
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        start = time.perf_counter()
        page.goto(path.as_uri())
        page.wait_for_selector("#counter:not(:empty)")
        loading = time.perf_counter() - start
        page.select_option("#level", level, force=True)  # which is hidden where there is one alone
        page.select_option("#by", "step")
        waits = [page.evaluate(STEPPING, [TIMED, share]) for share in (0.1, 0.6) for _ in range(rounds)]
        boxes = page.locator("#view .box:not(.constant)").count()
        page.close()
    laid_out, drawn = (min(wait[i] for wait in waits) / 1e3 for i in (0, 1))
    return {
        "what": what, "nodes": len(history(stepper._reading.root)), "boxes": boxes, "making": making,
        "bytes": len(made.encode()), "notebook": len(shown.encode()), "loading": loading, "laid_out": laid_out,
        "drawn": drawn,
    }  # fmt: skip


def markdown(figures: Figures) -> Iterator[str]:
    """Yield the table."""
    yield "| page | nodes | boxes | made, s | size, kB | in a notebook | loaded, ms | step: laid out, ms | drawn, ms |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for row in figures["rows"]:
        yield (
            f"| {row['what']} | {row['nodes']:,} | {row['boxes']:,} | {row['making']:.1f} | "
            f"{row['bytes'] / 1e3:,.0f} | {row['notebook'] / 1e3:,.0f} | {1e3 * row['loading']:.0f} | "
            f"{1e3 * row['laid_out']:.1f} | {1e3 * row['drawn']:.0f} |"
        )
    yield ""
    yield f"Promised: a step of the first page is drawn within {1e3 * BARS['step']:.0f} ms."


def main(arguments: list[str] | None = None) -> int:
    """Measure, report, and say whether the promise is kept."""
    options = options_of(__doc__, arguments)
    rounds = 1 if options.quick else 5
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    parts = step(network())
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        rows = [
            measured(browser, "1,000 nodes without parts", step(flat()), "op", rounds),
            *(
                measured(browser, f"MLP 2-16-16-1, {told}", parts, level, rounds)
                for level, told in (("op", "operations"), ("neuron", "neurons"), ("layer", "layers"))
            ),
        ]
        browser.close()
    figures = {"machine": machine(), "bars": BARS, "rows": rows}
    return report("pages", figures, markdown, options, rows[0]["drawn"] < BARS["step"])


if __name__ == "__main__":
    sys.exit(main())
