"""Train a model: the loop, its events, callbacks, metrics and monitors.

May import every other wing. ``traced`` trains with recorded programs.
"""
