"""Generated records: full sets of documents in many layouts, honest copy-forward, forgeries, near misses.

Written from the check catalogue and the input contract alone; nothing here reads how a check decides.
"""
