"""Build pages: scripts, packed data, and the files in ``static``.

May import ``style``.
"""
