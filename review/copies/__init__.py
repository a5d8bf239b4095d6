"""Which writings of an inspection repeat one another: templates out, near-duplicates in, each confirmed by letter.

Pure functions over frozen data. Nothing here knows a patient's data, a check or a verdict: half of genuine note text
repeats, so what is found here is where to look, never what to say.
"""
