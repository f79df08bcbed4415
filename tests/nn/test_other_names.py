"""Names of other libraries: each is answered with what is to be written here, and that works."""

from __future__ import annotations

import re

import pytest

import nn
from autograd_core.errors import AutogradError
from nn.losses import loss_function
from nn.other_names import LOSSES, OTHERS


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_of_another_library(name):
    with pytest.raises(AttributeError, match="A loss is a function here") as caught:
        getattr(nn, name)
    function, spec = re.search(r"nn\.(\w+)\(outputs, targets\).*'(\w+)'", str(caught.value)).groups()
    assert getattr(nn, function) is loss_function(spec)


@pytest.mark.parametrize("name", ["ReLU", "Tanh", "Sigmoid", "GELU", "Softmax", "LeakyReLU"])
def test_an_activation_of_another_library(name):
    with pytest.raises(AttributeError, match="named where it is used") as caught:
        getattr(nn, name)
    sequential, mlp = re.search(r"(nn\.Sequential.*\)), or (nn\.MLP.*\))\.", str(caught.value)).groups()
    assert eval(sequential)([[1.0, 2.0]]).shape == (1, 1)
    assert eval(mlp) is not None


@pytest.mark.parametrize("name", OTHERS)
def test_other_names(name):
    with pytest.raises(AttributeError, match=re.escape(OTHERS[name])):
        getattr(nn, name)


def test_a_name_that_nobody_has_is_an_attribute_error_with_the_nearest_ones():
    with pytest.raises(AutogradError, match="Did you mean Sequential"):
        nn.Sequental
    with pytest.raises(AttributeError, match="It has Adagrad, Adam"):
        nn.zzzzzz
    assert not hasattr(nn, "__wrapped__")
    assert not hasattr(nn, "Conv2d")
