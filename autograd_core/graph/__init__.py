"""Record and sweep a graph, whatever its data: nodes, creation order, modes, scopes, copies.

May import ``records``. Names no operation.
"""
