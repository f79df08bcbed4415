"""A browser with the network shut, and pages that may neither ask for anything nor complain."""

from __future__ import annotations

import pytest

from viz.playground import serve


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


@pytest.fixture
def play(open_page):
    """A playground and its page."""
    served = serve(layers=(3, 2), samples=40)
    page = open_page(served.url, viewport={"width": 1400, "height": 900})
    page.wait_for_selector(".network svg")
    yield served.session, page
    page.close()
    served.close()
