"""What the tests need from the machine, and how Hypothesis looks for examples."""

from __future__ import annotations

import importlib.util
import shutil

import pytest
from hypothesis import settings

# Derandomized: a red run means that the code changed, not the dice. No deadline: a slow machine is not a wrong one.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")


def chromium_path() -> str | None:
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next(filter(None, found), None)


def has_graphviz() -> bool:
    return shutil.which("dot") is not None or importlib.util.find_spec("pygraphviz") is not None


def pytest_runtest_setup(item):
    if item.get_closest_marker("dot") and not has_graphviz():
        pytest.skip("needs Graphviz: a `dot` program, or pip install 'autograd-core[draw]'")
    if item.get_closest_marker("browser") and chromium_path() is None:
        pytest.skip("needs Chromium on the PATH")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser, for tests marked `browser`."""
    return chromium_path()


@pytest.fixture(scope="module")
def browser(chromium):
    """A browser that reaches this machine alone.

    One a module, since Playwright keeps an event loop running for as long, in which no other test could run its own.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="needs pip install playwright")
    offline = ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium, args=offline)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def torch():
    """PyTorch, imported only when a test asks: collecting the others must not wait for it."""
    return pytest.importorskip("torch", reason="needs pip install 'autograd-core[reference]'")


@pytest.fixture(scope="session")
def jax():
    """JAX in double precision, imported only when a test asks."""
    module = pytest.importorskip("jax", reason="needs pip install 'autograd-core[reference]'")
    module.config.update("jax_enable_x64", True)
    return module
