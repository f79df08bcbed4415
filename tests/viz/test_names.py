"""What can be imported from `viz`: all of it, and what shows networks only when it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import viz


@pytest.mark.parametrize("name", viz.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name):
    assert getattr(viz, name).__doc__
    assert name in dir(viz)


def test_what_knows_networks_is_imported_when_it_is_asked_for():
    code = (
        "import sys, viz; print('nn' in sys.modules)\n"
        "from viz import film, Playground; import viz.film.film; from viz import film as again\n"
        "print('nn' in sys.modules, film is again, callable(film))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "True", "True"]


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'viz' has no attribute 'plot_nothing'"):
        viz.plot_nothing
