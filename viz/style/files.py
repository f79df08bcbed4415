"""Write files atomically."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from .errors import SaveError


def write(path: str | os.PathLike[str], content: bytes | str) -> Path:
    """Write a file atomically: a reader sees the old content or the new content, never a part.

    Parameters
    ----------
    path : path-like
        The target; its folder must exist.
    content : bytes or str
        The content; text is encoded as UTF-8.

    Returns
    -------
    Path
        The path of the file.

    Raises
    ------
    SaveError
        If the file cannot be written; no temporary file remains.

    Examples
    --------
    >>> write("note.txt", "hello").read_text()
    'hello'
    """
    target = Path(os.path.realpath(path))
    data = content.encode("utf-8") if isinstance(content, str) else content
    if target.exists() and not target.is_file():
        kind = "a folder" if target.is_dir() else "not an ordinary file"
        raise SaveError(f"Nothing can be saved as {str(path)!r}: that is {kind}. Give the name of a file in a folder.")
    if not target.parent.is_dir():
        raise SaveError(f"{str(path)!r} cannot be saved: there is no folder {str(target.parent)!r}. Make it first.")
    temporary = ""
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name[:40]}.", delete=False) as file:
            temporary = file.name
            file.write(data)
        os.chmod(temporary, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        os.replace(temporary, target)
    except OSError as error:
        raise SaveError(
            f"{str(path)!r} cannot be saved: {error.strerror or error}. Nothing was written. Choose a folder that you "
            "may write to, with room on its disk."
        ) from error
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
    return Path(path)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
