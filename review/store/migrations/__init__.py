"""Steps from one shape of the store to the next; applied by the store when it opens."""
