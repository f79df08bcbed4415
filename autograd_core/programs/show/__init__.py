"""Show a program: evaluation trace, straight-line source, replay as a graph, and files.

May import ``trace`` and ``run``.
"""
