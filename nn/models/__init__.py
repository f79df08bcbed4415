"""Modules: neurons, layers, networks, their activations and initial weights.

May import the ground only: ``errors`` and ``options``.
"""
