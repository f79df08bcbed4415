"""Describe one step of a sweep as plain data.

May import ``scene``, ``page`` and ``style``. Does not know renderers.
"""
