"""Statistics of the evaluations: shares and their intervals, two runs side by side, and what a certainty is worth.

Nothing here knows of findings; it is proved on tables that were reckoned by hand.
"""
