"""Scopes, and what each lets its holder do."""

from collections.abc import Collection
from enum import StrEnum


class Scope(StrEnum):
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    PERMISSIONS_READ = "permissions:read"
    PERMISSIONS_REQUEST = "permissions:request"
    CALLS_READ = "calls:read"
    CALLS_WRITE = "calls:write"
    ADMIN = "admin"


def named(scope: str) -> Scope:
    """Give the scope of this name. ValueError, with all there are, for any other."""
    if scope not in set(Scope):
        raise ValueError(f"{scope[:40]!r} is not a scope. There are: {', '.join(Scope)}.")
    return Scope(scope)


def allows(held: Collection[Scope], needed: Scope) -> bool:
    """Whether a holder of `held` may do what `needed` names; an admin may do everything."""
    return needed in held or Scope.ADMIN in held
