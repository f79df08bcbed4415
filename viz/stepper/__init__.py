"""Step through a graph: position, trace and page.

May import nn where a step is an update, and every lower wing.
"""
