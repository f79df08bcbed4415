"""The compiled engine: which modules mypyc compiles, and when the compiled copy is used.

May import only the errors: it is imported before everything else.
"""
