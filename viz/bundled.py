"""The Graphviz inside the pygraphviz wheel as a program: DOT from standard input, a picture to standard output.

It runs in a process of its own, like the system's ``dot``: so it can be stopped after a while, its notes about fonts
go nowhere, and a fault in it ends no one's session. ``python -I -S bundled.py FOLDER FORMAT``, where FOLDER holds
the pygraphviz package.
"""

from __future__ import annotations

import sys


def main(folder: str, format: str) -> None:
    """Lay out the graph on standard input and write it in a format."""
    sys.path.append(folder)
    import pygraphviz

    graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode("utf-8"))
    sys.stdout.buffer.write(graph.draw(format=format, prog="dot"))


if __name__ == "__main__":
    main(*sys.argv[1:])
