"""The rooms behind ``autograd_core.program``: a traced function as a list of operations, and what can be done with it.

============== =====================================================================================================
tape           the Wengert list: operations of the table on numbered places
tracing        a function of Values becomes a tape
arguments      what a caller gives, and where its numbers go; batches and shared arguments
guards         comparisons that steered Python while tracing
differentiate  reverse and forward derivatives of a tape, again as a tape: the rules, read over places
schedule       what is needed, what depends on the batch, which sums and products go together
numpy_executor runs a schedule with NumPy, operations of one kind and depth together
fast_executor  runs a schedule with one loop compiled by Numba for all programs
table, source  the evaluation trace of the literature; straight-line Python
storage        programs as JSON
============== =====================================================================================================
"""
