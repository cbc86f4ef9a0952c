"""Single faults, as sneaky as real mistakes are: planted by machine, and the checks that see them.

``python -m derivref.site.lint.faults`` (``make faults``) plants them one at a time in a copy of the
tree, runs the cheapest check that should see each, and reports the score by class.
"""
