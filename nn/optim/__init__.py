"""Optimizers, learning rate schedules and regularizers.

May import ``models``.
"""
