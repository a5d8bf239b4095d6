"""Whether an address stays in the house: what a model is told there leaves no network of the bureau.

Private is what the machine, its link or a private network alone can reach. A public name, one that does not resolve
and one that resolves to any public address are not.
"""

import ipaddress
import re
import socket
from urllib.parse import urlsplit

_PRIVATE = tuple(
    ipaddress.ip_network(net)
    for net in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
        "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
# another reader of URLs may see another host behind these
_TWO_READINGS = re.compile(r"[\\@\s\x00-\x1f]")
_OWN_ENDINGS = (".local", ".lan", ".internal", ".localdomain", ".home.arpa")


def is_private(url: str) -> bool:
    """Whether the URL's host is loopback, RFC 1918, link-local or IPv6 ULA, or an own name for nothing else.

    An own name has one label or ends in .local, .lan, .internal; it is resolved. Never raises."""
    try:
        if _TWO_READINGS.search(url):
            return False
        host = urlsplit(url if "//" in url else f"//{url}").hostname
        if not host or not host.isascii():
            return False
        literal = _address(host)
        if literal is not None:
            return _stays(literal)
        name = host.rstrip(".")
        if "." in name and not name.endswith(_OWN_ENDINGS):
            return False
        found = {info[4][0] for info in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)}
        addresses = [_address(str(one)) for one in found]
        return bool(addresses) and all(one is not None and _stays(one) for one in addresses)
    except (ValueError, OSError):
        return False


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return None


def _stays(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address.version == net.version and address in net for net in _PRIVATE)
