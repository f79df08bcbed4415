"""Run a traced program: arguments, plans, schedules, and the NumPy executor.

May import ``trace``. ``fast`` holds the executor that Numba compiles.
"""
