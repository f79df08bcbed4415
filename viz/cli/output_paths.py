"""Check where a command writes before its work begins, so that no result is lost."""

from __future__ import annotations

import os
from pathlib import Path

from ..style.errors import OptionError, SaveError


def checked_file(name: str, suffixes: tuple[str, ...], what: str) -> Path:
    """Return the path of a file to write; raise an error if it cannot be written.

    Raises
    ------
    OptionError
        For an ending without a known format.
    SaveError
        If its folder does not exist or is not writable.
    """
    path = Path(name)
    if path.suffix.lower() not in suffixes:
        endings = suffixes[0] if len(suffixes) == 1 else f"{', '.join(suffixes[:-1])} or {suffixes[-1]}"
        ending = f"the ending {path.suffix!r}" if path.suffix else "no ending"
        raise OptionError(
            f"{name!r} has {ending}, and the ending says how {what} is written. Give a name that ends in {endings}."
        )
    if path.is_dir():
        raise SaveError(f"{name!r} is a folder. Give the name of a file in it.")
    _check_writable(path.parent, name)
    if path.exists() and not os.access(path, os.W_OK):
        raise SaveError(f"{name!r} cannot be written: the file is there and is protected. Choose another name.")
    return path


def checked_folder(name: str) -> Path:
    """Return a folder to write into, created if it is new; raise an error if that fails.

    Raises
    ------
    SaveError
        If the folder cannot be created or written to.
    """
    path = Path(name)
    if path.exists() and not path.is_dir():
        raise SaveError(f"{name!r} is a file, and a folder is needed to write several files into. Choose another name.")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(
            f"The folder {name!r} cannot be made ({error.strerror}). Choose a place you may write to, with --out."
        ) from error
    _check_writable(path, name)
    return path


def _check_writable(folder: Path, name: str) -> None:
    if not folder.is_dir():
        raise SaveError(
            f"{name!r} cannot be written: there is no folder {str(folder)!r}. Make it first: mkdir {folder}."
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SaveError(f"{name!r} cannot be written: {str(folder)!r} may not be written to. Choose another folder.")
