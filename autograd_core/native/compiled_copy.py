"""Decide whether the compiled copy of the engine is used, and never use one whose source has changed.

Some modules of the engine can be compiled from the text that Python runs. The compiled copy of a module lies beside its
source, and Python imports a copy wherever it finds one, even if the source has changed since. So the build records the
hashes of the sources. They are compared before the first of these modules is imported. If one differs, Python gets the
sources only.

>>> import autograd_core
>>> autograd_core.__compiled__ in (True, False)
True
"""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import json
import sys
from pathlib import Path

#: The modules that are compiled: every operation and every step of a sweep of Values runs through them.
MODULES = (
    "graph.node",
    "graph.scope",
    "scalar.storage",
    "scalar._operators",
    "scalar.value",
    "scalar.sweep",
    "scalar.weighted_sum",
)

#: The package that holds them.
FOLDER = Path(__file__).parent.parent
#: The library that holds the code of all copies, beside the package; each copy only refers to it.
LIBRARY = "autograd_core__mypyc"
#: The record of a build, in the package.
RECORD = "native/compiled.json"


def path_of(folder: Path, module: str, suffix: str = ".py") -> Path:
    """Return the path of a module in a folder that holds the package's files."""
    *wing, name = module.split(".")
    return folder.joinpath(*wing, name + suffix)


def fingerprints(folder: Path) -> dict[str, str]:
    """Return the hash of each source: the one that Python uses to validate its own caches."""
    return {name: importlib.util.source_hash(path_of(folder, name).read_bytes()).hex() for name in MODULES}


def documentation(folder: Path) -> dict[str, str]:
    """Return the docstrings of the classes by ``"scalar.value.Value"``, because mypyc drops them."""
    docstrings: dict[str, str] = {}
    for module in MODULES:
        for part in ast.parse(path_of(folder, module).read_text(encoding="utf-8")).body:
            if isinstance(part, ast.ClassDef) and (text := ast.get_docstring(part)) is not None:
                docstrings[f"{module}.{part.name}"] = text
    return docstrings


def write_record(sources: Path, folder: Path) -> None:
    """Write the hashes and docstrings of the sources from which the copies in a folder were built."""
    record = {"fingerprints": fingerprints(sources), "documentation": documentation(sources)}
    (folder / RECORD).parent.mkdir(parents=True, exist_ok=True)
    (folder / RECORD).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def read_record() -> dict[str, dict[str, str]]:
    """Return the record of the last build; an empty one if it cannot be read."""
    try:
        record = json.loads((FOLDER / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def present(name: str, folder: Path = FOLDER) -> bool:
    """Return whether a folder holds a compiled module that this Python would import."""
    return any(path_of(folder, name, suffix).exists() for suffix in importlib.machinery.EXTENSION_SUFFIXES)


def are_current() -> bool:
    """Return whether all copies exist and were built from the present sources."""
    complete = all(map(present, MODULES)) and present(LIBRARY, FOLDER.parent)
    return complete and read_record().get("fingerprints") == fingerprints(FOLDER)


def document() -> None:
    """Set the docstrings of the compiled classes."""
    for name, text in read_record().get("documentation", {}).items():
        module, _, kind = name.rpartition(".")
        getattr(sys.modules[f"autograd_core.{module}"], kind).__doc__ = text


class SourcesOnly:
    """Import finder that returns the source of a module that has a compiled copy."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of the source of an engine module; None for any other module."""
        package, _, module = name.partition(".")
        if package != "autograd_core" or module not in MODULES:
            return None
        return importlib.util.spec_from_file_location(name, path_of(FOLDER, module))


def ignore_if_stale() -> None:
    """Make Python import the sources, if it would import a copy of other sources."""
    if any(map(present, MODULES)) and not are_current():
        sys.meta_path.insert(0, SourcesOnly)


ignore_if_stale()
