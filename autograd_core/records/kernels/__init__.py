"""Kernels: the numerical functions that records name, for floats and for arrays, and linear maps.

Does not know records or graphs.
"""
