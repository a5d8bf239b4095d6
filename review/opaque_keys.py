"""Keys that stand for a department or a doctor in an address: stable, and no name can be read from them."""

from hashlib import sha256
from typing import Literal

LENGTH = 12  # hex digits


def opaque_key(kind: Literal["department", "doctor"], name: str) -> str:
    """The key of a name as it stands in the record; the empty name means that nothing is stated."""
    return sha256(f"{kind}\0{name.strip()}".encode()).hexdigest()[:LENGTH]
