"""Implement Values: nodes that hold one number, their operators and their fast reverse sweep.

May import ``graph``, ``readings`` and ``records``.
"""
