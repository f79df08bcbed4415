"""Draw the wings of the packages from their imports: ``python docs/architecture.py`` writes images/architecture.svg.

grimp, which comes with import-linter, reads the imports; Graphviz draws them. An arrow means "imports". An arrow that
other arrows imply is left out. A test compares the picture with the imports.
"""

from __future__ import annotations

from pathlib import Path

import grimp

from viz.render.render import render
from viz.style.files import write

PACKAGES = {"viz": "#e8eefc", "nn": "#fdf0dc", "autograd_core": "#e4f3e6"}
PICTURE = Path(__file__).parent / "images" / "architecture.svg"


def wing_of(module: str) -> str | None:
    """Return the wing that a module is in, ``"viz.scene"``; None for a module beside the wings."""
    package, _, rest = module.partition(".")
    name = rest.split(".")[0]
    folder = Path(__file__).parent.parent / package / name
    return f"{package}.{name}" if name and folder.is_dir() else None


def imports() -> set[tuple[str, str]]:
    """Return which wing imports which, without the imports that a contract names as exceptions."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True)
    edges = set()
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            pair = wing_of(module), wing_of(imported)
            if None not in pair and pair[0] != pair[1]:
                edges.add(pair)
    return edges - {("nn.models", "nn.files"), ("nn.models", "nn.training")}  # Module.save and Module.traced


def reduced(edges: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the edges that no path of other edges implies."""
    below: dict[str, set[str]] = {}
    for above, wing in edges:
        below.setdefault(above, set()).add(wing)

    def reachable(wing: str) -> set[str]:
        return set().union(*({low} | reachable(low) for low in below.get(wing, ())))

    return {(a, b) for a, b in edges if not any(b in reachable(other) for other in below[a] - {b})}


def dot(edges: set[tuple[str, str]]) -> str:
    """Return the picture as DOT: a frame for each package, a box for each wing."""
    wings = sorted({wing for edge in edges for wing in edge})
    lines = [
        "digraph architecture {",
        'bgcolor="white"; rankdir=TB; nodesep=0.25; ranksep=0.35; fontname="Helvetica"; newrank=true;',
        'node [shape=box, style="filled,rounded", fillcolor=white, color="#555555", fontname="Helvetica"];',
        'edge [color="#777777", arrowsize=0.6];',
    ]
    for package, color in PACKAGES.items():
        boxes = "".join(
            f'"{wing}" [label="{wing.split(".")[1]}"]; ' for wing in wings if wing.startswith(package + ".")
        )
        lines.append(f'subgraph "cluster_{package}" {{ label="{package}"; style=filled; color="{color}"; {boxes}}}')
    lines += [f'"{a}" -> "{b}";' for a, b in sorted(edges)]
    return "\n".join([*lines, "}"])


if __name__ == "__main__":
    write(PICTURE, render(dot(reduced(imports())), "svg"))
