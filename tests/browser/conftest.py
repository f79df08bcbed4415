"""A browser with the network shut, and pages that may neither ask for anything nor complain."""

from __future__ import annotations

import pytest

OFFLINE = ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]


@pytest.fixture(scope="session")
def browser(chromium):
    playwright = pytest.importorskip("playwright.sync_api", reason="needs pip install playwright")
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium, args=OFFLINE)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser):
    """Open an address; at the end, nothing else may have been requested, and nothing complained about."""
    complaints, opened = [], []

    def open_it(address, allowed=(), **context):
        page = browser.new_context(**context).new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        fine = (address, *allowed)
        page.on("request", lambda asked: None if asked.url.startswith(fine) else complaints.append(asked.url))
        page.goto(address)
        opened.append(page)
        return page

    yield open_it
    for page in opened:
        page.context.close()
    assert complaints == []
