"""Define operations: the kinds of record, the derivative rules and the kernels.

Does not know graphs. ``primitive`` defines the kinds, ``rules`` fills the TABLE, ``kernels`` computes.
"""
