"""Keys that stand for a department or a doctor in an address: stable here, and no name can be guessed from them."""

import hmac
from dataclasses import dataclass
from typing import Literal

LENGTH = 12  # hex digits


@dataclass(frozen=True)
class OpaqueKeys:
    """The keys of one workbench; without its secret a list of names cannot be tried against them."""

    secret: bytes

    def of(self, kind: Literal["department", "doctor"], name: str) -> str:
        """The key of a name as it stands in the record; the empty name means that nothing is stated."""
        said = f"{kind}\0{name.strip()}".encode()
        return hmac.new(self.secret, said, "sha256").hexdigest()[:LENGTH]
