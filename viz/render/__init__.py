"""Write a scene as DOT, SVG, PNG, PDF, GIF or MathML.

May import ``steps``, ``scene``, ``page`` and ``style``.
"""
