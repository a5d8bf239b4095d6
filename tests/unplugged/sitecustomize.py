"""Loaded by child processes of the unplugged tests: refuses and records every reach beyond this machine."""

import os
import sys

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


def _refuse(event: str, arguments: tuple) -> None:
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""
    elif event == "socket.getaddrinfo":
        host = arguments[0] or ""
    else:
        return
    host = host.decode() if isinstance(host, bytes) else str(host)
    if host and not host.startswith(LOOPBACK):
        with open(os.environ["REACHED_OUT"], "a", encoding="utf-8") as record:
            record.write(f"{event} {host}\n")
        raise OSError("unplugged")


sys.addaudithook(_refuse)
