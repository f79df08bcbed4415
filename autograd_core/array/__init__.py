"""Implement Tensors: nodes that hold arrays, their operations and their fast reverse sweep.

May import ``graph``, ``readings`` and ``records``. Does not know ``scalar`` or programs.
"""
