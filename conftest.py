"""Fixtures of all tests, including the doctests of the packages and of README.md."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _examples_run_in_a_temporary_folder(request, monkeypatch):
    """Run each doctest in a temporary folder, so that its files do not appear in the checkout."""
    if isinstance(request.node, pytest.DoctestItem):
        monkeypatch.chdir(request.getfixturevalue("tmp_path"))
