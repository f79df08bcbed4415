"""Compute losses, on lists of Values and on Tensors.

Names and argument order are PyTorch's where it has the loss: ``loss(input, target, reduction="mean")``. Outputs and
targets must have one shape; nothing is broadcast. Logarithms are natural. *From logits* means from the numbers before
the sigmoid or softmax, which is more accurate: the loss of a confident answer does not round to 0.

``reduction`` is ``"mean"``, ``"sum"`` or ``"none"``. The lectures use one name for all of them, but the gradients
differ by the number of terms. Where books put a factor ½, there is also ``"half_sum"``.

>>> from autograd_core import Value
>>> mse_loss([Value(23.5)], [22.9]).data
0.36
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_core import functions

from ..errors import OperandError, unknown
from ..options import in_range
from .class_losses import cross_entropy, nll_clipped, nll_loss, nll_of_probabilities
from .output_target_pairs import check_reduction, elementwise
from .targets import check_labels, check_range

__all__ = [
    "LOSSES",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "hinge",
    "huber_loss",
    "l1_loss",
    "loss_function",
    "mse_loss",
    "nll_clipped",
    "nll_loss",
    "nll_of_probabilities",
    "perceptron_loss",
]

# Losses of numbers


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Return the squared error d², d being output minus target.

    Parameters
    ----------
    input, target : of one shape
        Outputs and targets.
    reduction : {"mean", "sum", "half_sum", "none"}
        The gradient by one of m outputs is 2d/m, 2d or d.

    Examples
    --------
    >>> mse_loss([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], reduction="sum")
    2.0
    """
    check_reduction(reduction, "mse_loss", half=True)
    return elementwise("mse_loss", _square, input, target, reduction)


def _square(output: Any, target: Any) -> Any:
    d = output - target
    return d * d


def l1_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Return the absolute error |d|, with derivative 0 at d = 0.

    >>> l1_loss([1.0, -3.0], [0.0, 0.0])
    2.0
    """
    check_reduction(reduction, "l1_loss")
    return elementwise("l1_loss", lambda o, t: abs(o - t), input, target, reduction)


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Any:
    """Return ½d² for |d| up to delta, and delta·(|d| - ½delta) beyond (Huber, 1964).

    Examples
    --------
    >>> huber_loss([0.5, -3.0], [0.0, 0.0], reduction="none")
    [0.125, 2.5]
    """
    check_reduction(reduction, "huber_loss")
    edge = in_range("delta", delta, 0.0)

    def formula(output: Any, target: Any) -> Any:
        d = output - target
        c = functions.clip(d, -edge, edge)  # one formula for both pieces, and for the derivative where they meet
        return c * (d - c / 2.0)

    return elementwise("huber_loss", formula, input, target, reduction)


# Losses of two classes


def hinge(input: Any, target: Any, reduction: str = "mean", margin: float = 1.0) -> Any:
    """Return max(0, margin - t·s): the loss of a support vector machine.

    Parameters
    ----------
    input : the scores s
    target : of the same shape
        The labels t, -1 or +1.
    margin : float
        The score on the right side from which the loss is 0. At exactly the margin the derivative is 0.

    Raises
    ------
    TargetError
        For labels other than -1 and +1. Convert labels 0 and 1 with ``2*y - 1``.

    Examples
    --------
    >>> hinge([0.5, -3.0], [1, -1])
    0.25
    """
    check_reduction(reduction, "hinge")
    check_labels(target, (-1.0, 1.0), "hinge", "labels 0 and 1 become them as 2*y - 1")
    return elementwise("hinge", lambda s, t: functions.relu(margin - t * s), input, target, reduction)


def perceptron_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Return max(0, -t·s), Rosenblatt's criterion: the distance of a score on the wrong side.

    The lecture (Rossi, *Feed Forward Neural Networks*) sums it; at s = 0 the derivative is 0.

    >>> perceptron_loss([3.5, 3.5, -3.5, -1.5], [1, -1, 1, -1], reduction="sum")
    7.0
    """
    return hinge(input, target, reduction, margin=0.0)


def binary_cross_entropy(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Return -[t·ln p + (1-t)·ln(1-p)], from probabilities.

    Parameters
    ----------
    input : the probabilities p of class 1
    target : of the same shape
        0 or 1, or a probability.

    Raises
    ------
    TargetError
        For numbers outside [0, 1]; logits belong to ``binary_cross_entropy_with_logits``.

    Notes
    -----
    A certain but wrong answer has infinite loss. (PyTorch limits the loss to 100, and the gradient no longer matches
    it.)

    Examples
    --------
    >>> binary_cross_entropy([0.9], [0.0])
    2.302585092994046
    """
    check_reduction(reduction, "binary_cross_entropy")
    cure = " Numbers before the sigmoid go into binary_cross_entropy_with_logits."
    check_range(input, "binary_cross_entropy", "probabilities", cure)
    check_range(target, "binary_cross_entropy", "targets")
    return elementwise("binary_cross_entropy", _binary_cross_entropy, input, target, reduction)


def _binary_cross_entropy(p: Any, t: Any) -> Any:
    yes = functions.where(t, t * -functions.log(p), 0.0)  # 0 · ln 0 is 0, not nan
    no = functions.where(1.0 - t, (1.0 - t) * -functions.log1p(-p), 0.0)
    return yes + no


def binary_cross_entropy_with_logits(input: Any, target: Any, reduction: str = "mean") -> Any:
    """Return the binary cross-entropy of sigmoid(z), accurate for logits of any size.

    Parameters
    ----------
    input : the logits z
    target : of the same shape
        0 or 1, or a probability.

    Examples
    --------
    >>> binary_cross_entropy_with_logits([40.0], [1.0])
    4.248354255291589e-18
    """
    check_reduction(reduction, "binary_cross_entropy_with_logits")
    check_range(target, "binary_cross_entropy_with_logits", "targets")
    return elementwise(
        "binary_cross_entropy_with_logits",
        lambda z, t: t * functions.softplus(-z) + (1.0 - t) * functions.softplus(z),
        input,
        target,
        reduction,
    )


#: Losses by the names that ``fit`` and the command line accept.
LOSSES: dict[str, Callable[..., Any]] = {
    "mse": mse_loss,
    "l1": l1_loss,
    "huber": huber_loss,
    "hinge": hinge,
    "perceptron": perceptron_loss,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "cross_entropy": cross_entropy,
    "nll": nll_loss,
    "nll_of_probabilities": nll_of_probabilities,
    "nll_clipped": nll_clipped,
}


def loss_function(spec: str | Callable[..., Any]) -> Callable[..., Any]:
    """Return the loss of a name; a function of (outputs, targets) is returned unchanged.

    >>> loss_function("mse") is mse_loss
    True
    """
    if callable(spec):
        return spec
    if not isinstance(spec, str):
        raise OperandError(
            f"A loss is a name or a function loss(outputs, targets), not {type(spec).__name__} {spec!r}."
        )
    if spec not in LOSSES:
        raise unknown("loss", spec, LOSSES)
    return LOSSES[spec]
