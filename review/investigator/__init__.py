"""The second way of reading a stay: a model that may look things up, and must prove whatever it submits."""
