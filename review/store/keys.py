"""Names for addresses."""

import secrets


def new_key() -> str:
    """An opaque key for addresses: says nothing of what it stands for."""
    return secrets.token_urlsafe(12)
