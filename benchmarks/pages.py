"""Measure stepper pages in a browser: ``python benchmarks/pages.py``, under a minute.

For each page it measures the time to write it, its size as a file and in a notebook, the time to load it, and the
latency of a step: until the layout is complete, and until the next frame is drawn. It needs Playwright and Chromium.
The results are printed and written to results/pages.md and results/pages.json. The exit status is 1 if a target is
missed.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from reporting import Figures, machine, parse_options, report

from autograd_core import Value, history
from nn import MLP
from viz import step
from viz.stepper.stepper import Stepper

#: The target in seconds: the longest latency of a step in a page of a thousand nodes.
TARGETS = {"step": 0.050}
#: The number of steps that are timed in each phase.
TIMED = 40

#: Take steps, wait for the next frame after each, and return the medians of both latencies in milliseconds.
STEPPING = """async ([count, share]) => {
  const slider = document.getElementById("slider"), next = document.getElementById("next");
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  slider.value = Math.round(share * slider.max);
  slider.dispatchEvent(new Event("input"));
  await frame();
  const layout = [], paint = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    next.click();
    document.body.getBoundingClientRect();
    layout.push(performance.now() - start);
    await frame();
    paint.push(performance.now() - start);
  }
  const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
  return [median(layout), median(paint)];
}"""


def flat() -> Any:
    """Return tanh of a sum of 250 products: a graph of 1,000 nodes without groups."""
    pairs = [Value(0.01 * i - 1.0, label=f"x{i}") * Value(0.5 - 0.003 * i, label=f"w{i}") for i in range(250)]
    return sum(pairs[1:], pairs[0]).tanh()


def network() -> Any:
    """Return the squared error of micrograd's MLP 2-16-16-1 on one sample."""
    model = MLP(2, [16, 16, 1], rng=0)
    return (1.0 - model([Value(1.0, label="x1"), Value(-1.0, label="x2")])) ** 2


def measure_page(browser: Browser, name: str, root: Any, stepper: Stepper, level: str, rounds: int) -> Figures:
    """Return the figures of one page at one level of detail; a latency is the shortest median of all rounds."""
    start = time.perf_counter()
    html = stepper.to_html()
    writing = time.perf_counter() - start
    notebook_html = stepper._repr_mimebundle_()["text/html"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "steps.html")
        path.write_text(html, encoding="utf-8")
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        start = time.perf_counter()
        page.goto(path.as_uri())
        page.wait_for_selector("#counter:not(:empty)")
        loading = time.perf_counter() - start
        page.select_option("#level", level, force=True)  # the control is hidden if there is only one level
        page.select_option("#by", "step")
        latencies = [page.evaluate(STEPPING, [TIMED, share]) for share in (0.1, 0.6) for _ in range(rounds)]
        boxes = page.locator("#view .box:not(.constant)").count()
        page.close()
    layout, paint = (min(latency[i] for latency in latencies) / 1e3 for i in (0, 1))
    return {
        "page": name, "nodes": len(history(root)), "boxes": boxes, "writing": writing,
        "bytes": len(html.encode()), "notebook": len(notebook_html.encode()), "loading": loading, "layout": layout,
        "paint": paint,
    }  # fmt: skip


def markdown(figures: Figures) -> Iterator[str]:
    """Yield the report as lines of Markdown."""
    yield "| page | nodes | boxes | writing, s | size, kB | notebook, kB | loading, ms | step: layout, ms | paint, ms |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for row in figures["rows"]:
        yield (
            f"| {row['page']} | {row['nodes']:,} | {row['boxes']:,} | {row['writing']:.1f} | "
            f"{row['bytes'] / 1e3:,.0f} | {row['notebook'] / 1e3:,.0f} | {1e3 * row['loading']:.0f} | "
            f"{1e3 * row['layout']:.1f} | {1e3 * row['paint']:.0f} |"
        )
    yield ""
    yield f"Target: a step of the first page is painted within {1e3 * figures['targets']['step']:.0f} ms."


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write pages.md and pages.json; return 1 if the target is missed."""
    options = parse_options(__doc__, arguments)
    rounds = 1 if options.quick else 5
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    plain, model = flat(), network()
    model_stepper = step(model)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        rows = [
            measure_page(browser, "1,000 nodes without groups", plain, step(plain), "op", rounds),
            *(
                measure_page(browser, f"MLP 2-16-16-1, {name}", model, model_stepper, level, rounds)
                for level, name in (("op", "operations"), ("neuron", "neurons"), ("layer", "layers"))
            ),
        ]
        browser.close()
    figures = {"machine": machine(), "targets": TARGETS, "rows": rows}
    return report("pages", figures, markdown, options, rows[0]["paint"] < TARGETS["step"])


if __name__ == "__main__":
    sys.exit(main())
