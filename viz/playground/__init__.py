"""Play with a network in the browser or in a notebook.

May import nn and every lower wing.
"""
