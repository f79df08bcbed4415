"""Draw computation graphs.

May import ``render``, ``steps`` and ``scene``. Does not know nn.
"""
