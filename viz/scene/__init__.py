"""Turn a graph into boxes, edges and groups, before they have a layout.

May import ``page`` and ``style``.
"""
