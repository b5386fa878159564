"""Where a webhook leads: its parts, and whether its addresses are ones we may speak to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

import idna

_SEEN = re.compile(r"[\x21-\x7e\u00a1-\U0010ffff]{8,500}")
_PATH = re.compile(r"[A-Za-z0-9._~:/?@!$&'()*+,;=%-]*")
_HOST = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_GLOBAL_UNICAST = ip_network("2000::/3")
# What older Pythons call global, or what carries another, perhaps private, address inside.
_INSIDE = tuple(
    ip_network(net)
    for net in (
        "100.64.0.0/10",  # carrier-grade NAT
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2001::/23",  # Teredo and other protocol assignments
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A parsed webhook address. Its text is a secret in practice: many carry a token."""

    https: bool
    host: str
    """A name in its ASCII form, or an IP address without brackets."""
    port: int
    path: str
    """With the query."""

    def __repr__(self) -> str:
        return "Target(***)"

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.https else 80) else f"{host}:{self.port}"

    @property
    def literal(self) -> bool:
        """Whether the host is an IP address already."""
        try:
            ip_address(self.host)
        except ValueError:
            return False
        return True


def parse_target(text: str) -> Target:
    """Return the parts of a webhook's address.

    Raises ValueError, which says what is wrong and not where: no user name, no fragment, no blanks,
    only http and https.
    """
    if not _SEEN.fullmatch(text) or "\\" in text:
        raise ValueError("write the address as https://host/path, without blanks")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("the address cannot be read") from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("the address must start with https://")
    if "@" in parts.netloc or "#" in text:
        raise ValueError("the address must hold no user name and no #fragment")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not _PATH.fullmatch(path):
        raise ValueError("the path must be percent-encoded")
    https = parts.scheme == "https"
    return Target(
        https=https,
        host=_host(parts.hostname),
        port=port if port is not None else (443 if https else 80),
        path=path,
    )


def _host(name: str) -> str:
    if ":" in name:
        try:
            return str(IPv6Address(name))
        except ValueError:
            raise ValueError("the host cannot be read") from None
    try:
        host = name if name.isascii() else idna.encode(name.lower()).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise ValueError("the host is not a domain name") from None
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise ValueError("the host is not a domain name")
    return host


def outside(address: str) -> bool:
    """Whether this address is on the public internet, and certainly nowhere else.

    Private, loopback, link-local (cloud metadata among them), shared, multicast, reserved and
    documentation ranges are not, nor is any address that wraps another: IPv4-mapped, NAT64, 6to4,
    Teredo. What cannot be read is not either.
    """
    try:
        ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip not in _GLOBAL_UNICAST:
        return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        return False
    return not any(ip.version == net.version and ip in net for net in _INSIDE)


def all_outside(addresses: Sequence[str]) -> bool:
    """Whether every one is: a name with one private address is a trap, or a mistake."""
    return bool(addresses) and all(outside(address) for address in addresses)
