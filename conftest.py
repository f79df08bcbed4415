"""What holds for every test, the doctests of the packages and of README.md included."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _examples_write_elsewhere(request, monkeypatch):
    """Keep what an example saves out of the reader's checkout."""
    if isinstance(request.node, pytest.DoctestItem):
        monkeypatch.chdir(request.getfixturevalue("tmp_path"))
