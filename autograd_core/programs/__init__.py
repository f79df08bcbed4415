"""Traced programs: a function recorded as a Wengert list, then run, differentiated and shown.

``trace`` records, ``run`` executes, ``show`` prints and stores. May import every other wing.
"""
