"""What the parts of the ``backprop`` command have in common."""
