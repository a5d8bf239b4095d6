"""Generated records: the full set of documents of a stay in many layouts, honest copy-forward, forgeries and near misses.

Written from the check catalogue and the input contract alone; nothing here reads how a check decides.
"""
