"""Theme, words and number formats, files and errors.

May import no other wing of viz.
"""
