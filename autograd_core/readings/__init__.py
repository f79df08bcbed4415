"""Read a record through an algebra: numbers, nodes, symbols; call it, parse it, print it as code.

May import ``graph`` and ``records``.
"""
