"""Show objects in notebooks and terminals.

May import nn and every lower wing.
"""
