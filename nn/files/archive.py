"""Read and write a file of arrays that is checked before its numbers are read.

It is an uncompressed zip, which ``numpy.load`` can read too. ``header.json`` lists every array with its shape, dtype
and SHA-256, and describes the meaning of the arrays. Each array is a member ``<n>.npy``. Nothing is unpickled or
executed.

The zip is uncompressed, so a member cannot be larger than the file, and a zip bomb is impossible. Names, counts,
shapes, dtypes and sizes are checked before memory is allocated; then the checksum. Writing goes to a temporary file
beside the target, which replaces the target atomically.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import secrets
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelFileError, OperandError

FORMAT, VERSION = "autograd-core arrays", 1
HEADER = "header.json"
#: Arrays are little-endian numbers in C order, of these types only.
DTYPES = ("<f8", "<f4", "<i8", "|b1")
MAX_HEADER = 16 * 2**20
MAX_ARRAYS = 100_000
MAX_BYTES = 8 * 2**30


def write(path: str | os.PathLike[str], arrays: Mapping[str, NDArray[Any]], about: Mapping[str, Any]) -> None:
    """Write arrays and a description as plain data, completely or not at all.

    Parameters
    ----------
    path : str or path
        The target; replaced only when everything is written.
    arrays : dict of str to array
    about : dict
        What JSON can hold: text, finite numbers, booleans, None, lists and dicts.

    Raises
    ------
    ModelFileError
        If the file cannot be written; an earlier file is unchanged.
    """
    target = Path(path)
    blobs = [_npy(name, array) for name, array in arrays.items()]
    header = {
        "format": FORMAT,
        "version": VERSION,
        "about": about,
        "arrays": [
            {"name": name, "shape": list(np.shape(array)), "dtype": dtype, "sha256": hashlib.sha256(blob).hexdigest()}
            for (name, array), (blob, dtype) in zip(arrays.items(), blobs, strict=True)
        ],
    }
    text = json.dumps(header, allow_nan=False).encode()
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(_member(HEADER), text)
                for i, (blob, _) in enumerate(blobs):
                    archive.writestr(_member(f"{i}.npy"), blob)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except OSError as error:
        raise ModelFileError(
            f"{target} cannot be written: {error.strerror or error}. Choose a folder that exists and lets you write."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _member(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))  # the same arrays give the same bytes


def _npy(name: str, array: Any) -> tuple[bytes, str]:
    """Return an array as the bytes of an .npy file, and its type."""
    plain = np.asarray(array)
    if plain.dtype.kind not in "fiub":
        raise OperandError(f"Only numbers can be saved, but {name!r} holds {plain.dtype}.")
    floating = "<f4" if plain.dtype == np.float32 else "<f8"
    kept = {"b": "|b1", "f": floating}.get(plain.dtype.kind, "<i8")
    found = np.require(plain.astype(kept), requirements="C")
    return _npy_header(found.shape, found.dtype) + found.tobytes(), kept


def _npy_header(shape: tuple[int, ...], dtype: Any) -> bytes:
    """Return the .npy header of an array; the bytes of a file are compared with it, not parsed."""
    stream = io.BytesIO()
    described = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, described)
    return stream.getvalue()


def read(path: str | os.PathLike[str]) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the arrays and the description of a file.

    Raises
    ------
    ModelFileError
        If the file does not exist, is not a model file, is damaged, or is larger than its header says; nothing of it is
        used.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(archive, Path(path))
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ModelFileError:
        raise
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        EOFError,
        RuntimeError,
        ValueError,
        KeyError,
        struct.error,
    ) as error:  # fmt: skip - all that a damaged zip can raise
        raise ModelFileError(
            f"{path} is not a model file, or it is damaged: {error}. Model files are written by model.save(path)."
        ) from error


def _read(archive: zipfile.ZipFile, path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    members = {info.filename: info for info in archive.infolist()}
    if len(members) != len(archive.infolist()):
        raise _refused(path, "two of its members have one name")
    if HEADER not in members:
        raise _refused(path, f"it has no {HEADER}")
    for info in members.values():
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
            raise _refused(path, f"its member {info.filename!r} is compressed, and these files never are")
    if members[HEADER].file_size > MAX_HEADER:
        raise _refused(path, f"its header has {members[HEADER].file_size} bytes, more than {MAX_HEADER}")
    header = _header(archive.read(HEADER), path)
    entries = header["arrays"]
    if set(members) != {HEADER, *(f"{i}.npy" for i in range(len(entries)))}:
        raise _refused(path, f"it announces {len(entries)} arrays, but holds the members {sorted(members)[:5]} …")
    announced = sum(info.file_size for info in members.values())
    if announced > min(MAX_BYTES, path.stat().st_size):
        raise _refused(path, f"it announces {announced} bytes, more than there are or than the limit of {MAX_BYTES}")
    arrays: dict[str, NDArray[Any]] = {}
    for i, entry in enumerate(entries):
        arrays[entry["name"]] = _array(archive, members[f"{i}.npy"], entry, path)
    if len(arrays) != len(entries):
        raise _refused(path, "two of its arrays have one name")
    return arrays, header["about"]


def _header(text: bytes, path: Path) -> dict[str, Any]:
    """Return the header; refuse NaN, repeated keys, deep nesting, and fields of the wrong type."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key appears twice")
        return dict(pairs)

    def constant(name: str) -> Any:
        raise ValueError(f"{name} is no number of JSON")

    try:
        header = json.loads(text.decode("utf-8"), object_pairs_hook=once, parse_constant=constant)
    except (ValueError, RecursionError) as error:
        raise _refused(path, f"its header is not JSON ({str(error) or 'nested too deeply'})") from None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise _refused(path, f"its header does not say {FORMAT!r}")
    if header.get("version") != VERSION:
        raise _refused(path, f"it is of version {header.get('version')!r}; this program reads version {VERSION}")
    entries = header.get("arrays")
    if not isinstance(header.get("about"), dict) or not isinstance(entries, list) or len(entries) > MAX_ARRAYS:
        raise _refused(path, "its header does not list arrays and what they are about")
    for entry in entries:
        if not isinstance(entry, dict) or not _is_entry(entry):
            raise _refused(path, f"its header has the entry {str(entry)[:80]!r}, which describes no array")
    return header


def _is_entry(entry: dict[str, Any]) -> bool:
    shape = entry.get("shape")
    return (
        isinstance(entry.get("name"), str)
        and entry.get("dtype") in DTYPES
        and isinstance(entry.get("sha256"), str)
        and isinstance(shape, list)
        and len(shape) <= 32
        and all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 2**40 for n in shape)
    )


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, entry: dict[str, Any], path: Path) -> NDArray[Any]:
    """Return one array, after its own header was compared with the file's header."""
    shape, dtype = tuple(entry["shape"]), np.dtype(entry["dtype"])
    begins = _npy_header(shape, dtype)
    size = math.prod(shape) * dtype.itemsize
    if info.file_size != len(begins) + size:
        raise _refused(
            path,
            f"the array {entry['name']!r} of shape {shape} and type {dtype} takes {len(begins) + size} bytes, not "
            f"{info.file_size}",
        )
    blob = archive.read(info)
    if hashlib.sha256(blob).hexdigest() != entry["sha256"]:
        raise _refused(path, f"the array {entry['name']!r} does not have the checksum it was saved with")
    if not blob.startswith(begins):
        raise _refused(path, f"the array {entry['name']!r} is not laid out as the header says")
    return np.frombuffer(blob, dtype, offset=len(begins)).reshape(shape).copy()


def _refused(path: Path, reason: str) -> ModelFileError:
    return ModelFileError(f"{path} was not loaded, and nothing was changed: {reason}.")
