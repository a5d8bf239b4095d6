"""A bureau's own sign-on: which proxies are believed, and the header that names who is signed in. Off by default."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from review.errors import SettingsError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
WRITTEN = "from=10.0.0.2,10.0.1.0/24 user=X-Remote-User"


@dataclass(frozen=True)
class Proxy:
    """`networks` may tell the caller's own address; with `header`, which of the accounts he is signed in as, too."""

    networks: tuple[Network, ...] = ()
    header: str = ""

    @classmethod
    def read(cls, text: str) -> "Proxy":
        """From `from=10.0.0.2,10.0.1.0/24 user=X-Remote-User`; without `user` nobody is signed in by it."""
        given = dict(word.partition("=")[::2] for word in text.split())
        try:
            networks = tuple(ipaddress.ip_network(one) for one in given.pop("from", "").split(",") if one)
        except ValueError:
            networks = ()
        header = given.pop("user", "")
        if text.strip() and (given or not networks or not re.fullmatch(r"[A-Za-z0-9-]*", header)):
            raise SettingsError(
                f"环境变量 MINGJIAN_PROXY 读不出来；请写成 {WRITTEN} 这样：from 是代理的地址或网段，"
                "user 是写明登录人的请求头（可省，只认来源地址）。"
            )
        if any(network.prefixlen == 0 for network in networks):
            raise SettingsError("环境变量 MINGJIAN_PROXY 把所有地址都当作代理；请只列代理自己的地址。")
        return cls(networks, header)

    def trusts(self, address: str) -> bool:
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped:
            known = known.ipv4_mapped
        return any(known in network for network in self.networks)

    def caller(self, peer: str, forwarded: Sequence[str]) -> str:
        """The address the request came from: of those forwarded the last that is no proxy's."""
        hops = [hop.strip() for line in forwarded for hop in line.split(",") if hop.strip()]
        while hops and self.trusts(peer):
            try:
                peer = str(ipaddress.ip_address(hops.pop()))
            except ValueError:
                break
        return peer

    def named(self, peer: str, values: Sequence[str]) -> str | None:
        """Whom the proxy names; null where no proxy speaks. A name given twice, or unreadable, is nobody's: empty."""
        if not self.header or not self.trusts(peer) or not any(values):
            return None
        try:
            return (
                unquote(values[0].encode("latin-1").decode("utf-8"), errors="strict")
                if len(values) == 1
                else ""
            )
        except UnicodeError:
            return ""


NO_PROXY = Proxy()
