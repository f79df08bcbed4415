"""The engine as machine code, and that it is never used after its source has changed.

Some modules of the engine can be compiled from the very text that Python runs. The compiled twin of a module stands
beside its source, and Python imports a twin where it finds one, whatever became of the source. So whoever builds twins
writes down of what text, and before the first of them is imported that is compared with the text that is there. Unless
all agree, Python is shown the sources alone.

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

__all__ = ["MODULES", "are_current", "document", "keep_out_if_stale", "write_record"]

#: The modules that are compiled: what every operation and every step of a sweep of Values runs through.
MODULES = ("node", "scalar_node", "_operators", "value", "scalar_sweep", "scope", "weighted_sum")

FOLDER = Path(__file__).parent
#: The library in which the code of all twins is, beside the package; each of them only refers to it.
LIBRARY = "autograd_core__mypyc"


def fingerprints(folder: Path) -> dict[str, str]:
    """Return a hash of the text of every module, the one by which Python tells whether its own caches are current."""
    return {name: importlib.util.source_hash((folder / f"{name}.py").read_bytes()).hex() for name in MODULES}


def documentation(folder: Path) -> dict[str, str]:
    """Return the docstrings of the classes, by ``"value.Value"``: mypyc leaves them out."""
    found: dict[str, str] = {}
    for module in MODULES:
        for part in ast.parse((folder / f"{module}.py").read_text(encoding="utf-8")).body:
            if isinstance(part, ast.ClassDef) and (text := ast.get_docstring(part)) is not None:
                found[f"{module}.{part.name}"] = text
    return found


def write_record(sources: Path, folder: Path) -> None:
    """Write down of what text the twins in a folder were made, and what it says of its classes."""
    record = {"fingerprints": fingerprints(sources), "documentation": documentation(sources)}
    (folder / "twins.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def read_record() -> dict[str, dict[str, str]]:
    """Return what was written down; nothing if it cannot be read."""
    try:
        record = json.loads((FOLDER / "twins.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def present(name: str, folder: Path = FOLDER) -> bool:
    """Whether a folder holds a module of machine code that this Python would import."""
    return any((folder / f"{name}{suffix}").exists() for suffix in importlib.machinery.EXTENSION_SUFFIXES)


def are_current() -> bool:
    """Whether all twins are there, and were made of the text that is there."""
    whole = all(map(present, MODULES)) and present(LIBRARY, FOLDER.parent)
    return whole and read_record().get("fingerprints") == fingerprints(FOLDER)


def document() -> None:
    """Give the classes of the twins their docstrings."""
    for name, text in read_record().get("documentation", {}).items():
        module, _, kind = name.partition(".")
        getattr(sys.modules[f"autograd_core.{module}"], kind).__doc__ = text


class SourcesOnly:
    """Finds the sources of the modules that have twins, and nothing else."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """Return where a module of the engine is; None for any other."""
        package, _, module = name.rpartition(".")
        if package != "autograd_core" or module not in MODULES:
            return None
        return importlib.util.spec_from_file_location(name, FOLDER / f"{module}.py")


def keep_out_if_stale() -> None:
    """Let Python find the sources of the engine alone, if it would find a twin of another text."""
    if any(map(present, MODULES)) and not are_current():
        sys.meta_path.insert(0, SourcesOnly)


keep_out_if_stale()
