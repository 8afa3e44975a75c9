"""Whether a request comes from the proxy that may say who it is from: by its peer's address, and no header.

Through a unix socket a request has no peer's address. Who may open the socket decides then, which is a matter
of the folder's permissions; the word `unix` among the addresses says that only the proxy may.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from django.conf import settings

UNIX = "unix"
# What an identity of a proxy's has in the place of an issuer; `link_sso --issuer proxy` names it.
ISSUER = "proxy"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def is_used() -> bool:
    return bool(settings.KEYCONSOLE_PROXY_USER_HEADER)


def networks(named: Iterable[str]) -> list[Network]:
    """Raises ValueError for what is neither an address nor a network."""
    return [ipaddress.ip_network(each) for each in named if each != UNIX]


def is_the_proxy(peer: str) -> bool:
    named = settings.KEYCONSOLE_PROXY_ADDRESSES
    if not peer:
        return UNIX in named
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in networks(named))
