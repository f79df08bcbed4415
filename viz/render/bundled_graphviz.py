"""Run the Graphviz of the pygraphviz wheel as a program: DOT on standard input, a picture on standard output.

Several graphs, separated by a zero byte, become several pictures, in order. It runs in its own process, like the
system's ``dot``. So it can be stopped after a time limit, its messages about fonts are dropped, and a crash does not
end the user's session. Call:
``python -I -S bundled_graphviz.py FOLDER FORMAT``, where FOLDER contains the pygraphviz package.
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
