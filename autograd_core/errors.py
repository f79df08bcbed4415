"""Define the exceptions of the project: each says what was written, why it cannot work, and what to write instead.

::

    AutogradError
    ├── OperandError       (TypeError)           something that is not a number, a Value or a Tensor
    ├── NumberError        (ValueError)          a number that a float cannot hold
    ├── ShapeError         (ValueError)          shapes or lengths that do not fit together
    │   └── OutOfRangeError (IndexError)         an index that points outside an array, or is none
    ├── GraphError         (RuntimeError)        a graph that cannot be swept as asked
    │   ├── StaleGraphError                      its numbers were changed after they were recorded
    │   ├── TraceError                           a function that cannot become a program
    │   └── GuardError                           an input for which a traced function would have branched otherwise
    ├── ProgramFileError   (ValueError)          a file that does not hold a program
    ├── AnomalyError       (FloatingPointError)  a nan or inf, with the operation and the line that made it
    ├── ExpressionError    (ValueError)          text that is not an expression of the allow-list
    ├── RegistrationError  (ValueError)          an operation's record that does not hold together
    ├── UnknownPrimitiveError (AttributeError)   an operation that is not in the table
    └── CheckError         (AssertionError)      a derivative that does not agree with its reference

Each is also the built-in exception in parentheses, so code that catches ``TypeError`` still works.
"""

from __future__ import annotations

__all__ = [
    "AnomalyError",
    "AutogradError",
    "CheckError",
    "ExpressionError",
    "GraphError",
    "GuardError",
    "NumberError",
    "OperandError",
    "OutOfRangeError",
    "ProgramFileError",
    "RegistrationError",
    "ShapeError",
    "StaleGraphError",
    "TraceError",
    "UnknownPrimitiveError",
]


class AutogradError(Exception):
    """The base of all exceptions that this project raises on purpose."""


class OperandError(AutogradError, TypeError):
    """An object that is not a number, a Value or a Tensor."""


class NumberError(AutogradError, ValueError):
    """A number outside its range."""


class ShapeError(AutogradError, ValueError):
    """Shapes or lengths that do not fit together."""


class OutOfRangeError(ShapeError, IndexError):
    """An index outside an array, or an invalid index."""


class GraphError(AutogradError, RuntimeError):
    """A recorded graph that cannot be swept as requested."""


class StaleGraphError(GraphError):
    """Numbers of a recorded graph were changed after the recording."""


class TraceError(GraphError):
    """A function that cannot be recorded as a list of operations."""


class GuardError(GraphError):
    """An input for which the traced function would take another branch."""


class ProgramFileError(AutogradError, ValueError):
    """A file that does not contain a program."""


class AnomalyError(AutogradError, FloatingPointError):
    """A nan or an infinity, with the operation and the line that computed it."""


class ExpressionError(AutogradError, ValueError):
    """Text that is not an expression of allowed operations."""


class RegistrationError(AutogradError, ValueError):
    """An inconsistent record of an operation."""


class UnknownPrimitiveError(AutogradError, AttributeError):
    """A name that is not an operation of the TABLE."""


class CheckError(AutogradError, AssertionError):
    """A derivative that does not agree with its reference."""
