"""Show a recorded training as a page with a slider over the updates.

May import nn and every lower wing.
"""
