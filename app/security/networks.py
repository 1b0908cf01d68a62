"""The network that an address counts as, where something is counted by address."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

_OF_ONE_SITE = 64  # bits: whoever has one address of such a network of IPv6 has them all (RFC 6177)


@lru_cache(4096)
def network_of(address: str) -> str:
    """An address of IPv4 itself, the network of one of IPv6; what is no address counts as it is written."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found, _OF_ONE_SITE), strict=False))
