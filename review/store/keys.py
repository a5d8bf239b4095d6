"""Names for addresses."""

import secrets
import string

FIRST = string.ascii_letters + string.digits  # a key is given to commands too, where a dash begins an option


def new_key() -> str:
    """An opaque key for addresses and commands: says nothing of what it stands for."""
    return secrets.choice(FIRST) + secrets.token_urlsafe(12)[1:]
