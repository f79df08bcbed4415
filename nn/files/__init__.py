"""Save and load models as files that are checked when they are read.

May import ``models`` and ``optim``.
"""
