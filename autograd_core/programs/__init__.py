"""The rooms behind ``autograd_core.program``: a traced function as a list of operations, and what is done with it.

=================== ================================================================================================
tape                the Wengert list: operations of the table on numbered places
tracing             a function of Values becomes a tape
arguments           what a caller gives, and where its numbers go; batches and shared arguments
guards              comparisons that steered Python while tracing
differentiate       reverse and forward derivatives of a tape, again as a tape: the rules, read over places
derived             programs made from programs: the gradient, values with their tangents
schedule            what is needed, and what depends on the batch
descent             numbers that move against a derivative, inside the program
plan, running       a schedule for each kind of call, made when it is first needed; the way through a call
numpy_executor      runs a schedule with NumPy: operations of one kind and depth together (numpy_rows)
fast_executor       runs a schedule with one loop that Numba compiles for all programs: sums of products (linear)
                    become instructions (lowering) of the loop (fast_loop), which is made of vectors (vectors) and
                    of the table's own kernels (kernel_rows), compiled and kept on disk (compiled)
views, table, source, replay   the evaluation trace of the literature; straight-line Python; the graph again
storage             programs as JSON
reading             kernels as functions whose text can be read
=================== ================================================================================================
"""
