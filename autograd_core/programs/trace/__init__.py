"""Record a function as a Wengert list, and differentiate that list.

Does not know how a program is run or shown.
"""
