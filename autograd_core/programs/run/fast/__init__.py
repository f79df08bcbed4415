"""Run a schedule with one loop that Numba compiles once for all programs.

Lower a schedule to instructions, compile the loop and the kernels, keep the machine code on disk.
"""
