"""Write and read models as files: names and numbers, never code.

>>> from nn import MLP
>>> model = MLP(2, [3, 1], activation="tanh", rng=0)
>>> model.save("model.npz")
>>> load("model.npz")([1.0, 2.0]).data == model([1.0, 2.0]).data
True
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AutogradError, ModelFileError
from ..models.module import Module
from . import archive

Path = str | os.PathLike[str]
Arrays = Mapping[str, NDArray[Any]]


def kinds() -> dict[str, type[Any]]:
    """Return the classes that a file can name: those that can be rebuilt from a description."""
    from ..models.network import DAGNetwork
    from ..models.neurons import MLP
    from ..models.sequential import Sequential

    return {kind.__name__: kind for kind in (MLP, DAGNetwork, Sequential)}


def save(model: Module, path: Path) -> None:
    """Write a model: its description, if its kind has one, and all of its numbers.

    Raises
    ------
    ModelFileError
        If the file cannot be written, or the model holds nan or infinity.
    OptionError
        If an activation is a user's function, which a file cannot contain.
    """
    archive.write(path, finite(model.state_dict(), path), describe(model))


def describe(model: Module) -> dict[str, Any]:
    """Return the description of a model, which a file contains before the numbers."""
    known = kinds().get(type(model).__name__)
    return {"kind": type(model).__name__, "description": model.to_json() if type(model) is known else None}  # type: ignore[attr-defined]


def finite(arrays: Arrays, path: Path) -> Arrays:
    """Return arrays, or raise an error if one contains nan or infinity."""
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ModelFileError(f"{path}: {name} holds nan or infinity. Nothing was written, loaded or changed.")
    return arrays


def load(path: Path) -> Any:
    """Return the model that a file describes.

    Raises
    ------
    ModelFileError
        If the file is not a model file, is damaged, or is of a kind that only its author can build. In the last case,
        make such a model first and call ``model.load(path)``.
    """
    arrays, about = archive.read(path)
    model = built(about, arrays, path)
    fill(model, arrays, path)
    return model


def built(about: Mapping[str, Any], arrays: Arrays, path: Path) -> Any:
    """Return a model of the kind and description in a file, with placeholder numbers."""
    kind = kinds().get(str(about.get("kind")))
    if kind is None or not isinstance(about.get("description"), dict):
        raise ModelFileError(
            f"{path} holds a {about.get('kind')!r}, which no file can build. Build it in your program and take "
            "over the numbers: model.load(path)."
        )
    try:
        return kind.from_json(about["description"], sum(array.size for array in arrays.values()))
    except (AutogradError, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise ModelFileError(f"{path} describes no {kind.__name__}: {error!r}. Nothing was loaded.") from error


def load_into(model: Module, path: Path) -> None:
    """Load the numbers of a file into a model, completely or not at all.

    Raises
    ------
    ModelFileError
        If the file is not a model file, is damaged, or is of a model with other names and shapes; nothing was changed.
    """
    arrays, about = archive.read(path)
    if about.get("kind") != type(model).__name__:
        raise ModelFileError(
            f"{path} holds a {about.get('kind')!r}, not a {type(model).__name__}. Nothing was changed."
        )
    fill(model, arrays, path)


def fill(model: Module, arrays: Arrays, path: Path) -> None:
    """Load arrays into a model, or raise an error if they do not fit."""
    try:
        model.load_state_dict(finite(arrays, path))
    except ModelFileError:
        raise
    except AutogradError as error:
        raise ModelFileError(f"{path} does not fit this model. {error}") from error
