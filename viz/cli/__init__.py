"""The ``backprop`` command.

May import every wing.
"""
