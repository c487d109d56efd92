"""Which addresses of the internet may be spoken to on somebody's word: those that anybody could speak to."""

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

# What the registries call global and is not for us all the same.
_NOT_FOR_US: tuple[IPv4Network | IPv6Network, ...] = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",  # Azure's machines ask their host there
            "192.0.0.0/24",  # for protocols; Oracle's machines ask their host there
            "192.88.99.0/24",  # 6to4 relays
            "2002::/16",  # 6to4: an IPv4 address in disguise
            "3fff::/20",  # documentation
        ),
    )
)
# Of IPv6 only this is handed out; all else is local, multicast, or an IPv4 address in disguise (mapped, NAT64).
_HANDED_OUT = IPv6Network("2000::/3")


def is_public(address: str) -> bool:
    """Whether this IP address belongs to the open internet: not private, local, shared, reserved or multicast."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    if isinstance(known, IPv6Address) and (known not in _HANDED_OUT or known.scope_id is not None):
        return False
    return known.is_global and not known.is_multicast and not any(known in refused for refused in _NOT_FOR_US)
