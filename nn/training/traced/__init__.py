"""Train with a recorded program: the same updates at the speed of machine code.

May import every other wing of nn.
"""
