"""Packs an Office file again so that the same paper gives the same bytes: no clock in it but the paper's own date."""

import io
import re
import zipfile
from datetime import datetime

_SAID = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def packed(content: bytes, made_at: datetime) -> bytes:
    """The parts in their order, dated alike; what the file says of its making is the paper's day."""
    stamp = f"{made_at:%Y-%m-%d}T00:00:00Z".encode()
    sink = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for part in given.infolist():
            body = given.read(part)
            if part.filename == "docProps/core.xml":
                body = _SAID.sub(rb"\g<1>" + stamp + rb"\g<2>", body)
            entry = zipfile.ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, body)
    return sink.getvalue()
