"""A document as text: what it says of itself, and its passages cut at its own joints."""
