"""Draw networks: units, links and layers.

May import nn and every lower wing.
"""
