"""The Graphviz inside the pygraphviz wheel as a program: DOT from standard input, a picture to standard output.

Several graphs, a zero byte between two, become as many pictures, one after the other.
It runs in a process of its own, like the system's ``dot``: so it can be stopped after a while, its notes about fonts
go nowhere, and a fault in it ends no one's session. ``python -I -S bundled.py FOLDER FORMAT``, where FOLDER holds
the pygraphviz package.
"""

from __future__ import annotations

import sys


def main(folder: str, format: str) -> None:
    """Lay out the graphs on standard input and write them in a format."""
    sys.path.append(folder)
    import pygraphviz

    for source in sys.stdin.buffer.read().decode("utf-8").split("\0"):
        sys.stdout.buffer.write(pygraphviz.AGraph(string=source).draw(format=format, prog="dot"))


if __name__ == "__main__":
    main(*sys.argv[1:])
