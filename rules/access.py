"""Scopes, what each lets its holder do, and the roles that people have."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
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


class Role(StrEnum):
    """What a person is in a workspace. The numbers that agents and viewers are held to bind no admin."""

    ADMIN = "ADMIN"
    AGENT = "AGENT"
    VIEWER = "VIEWER"

    @property
    def scopes(self) -> frozenset[Scope]:
        return _SCOPES[self]

    @property
    def has_all_numbers(self) -> bool:
        """Whether the role itself opens every business number."""
        return self is Role.ADMIN


_READING = frozenset({Scope.CUSTOMERS_READ, Scope.PERMISSIONS_READ, Scope.CALLS_READ})
_SCOPES = {
    Role.ADMIN: frozenset({Scope.ADMIN}),
    Role.AGENT: _READING | {Scope.CUSTOMERS_WRITE, Scope.PERMISSIONS_REQUEST, Scope.CALLS_WRITE},
    Role.VIEWER: _READING,
}
_STRONGEST_FIRST = (Role.ADMIN, Role.AGENT, Role.VIEWER)


def role_of(claimed: Collection[str], roles: Mapping[str, Role]) -> Role | None:
    """Give the strongest role that one of the claimed names stands for; None where none stands for any."""
    found = {roles[name] for name in claimed if name in roles}
    return next((role for role in _STRONGEST_FIRST if role in found), None)


@dataclass(frozen=True, slots=True)
class Admission:
    """Who comes in without having been invited. `email_domains` are whose, in lower case; "*" is everybody's."""

    default_role: Role | None = None  # of those whom the provider gives no role; None: they stay outside
    email_domains: frozenset[str] = frozenset({"*"})

    def admits(self, email: str | None) -> bool:
        """Whether somebody with this verified address (None: without one) may come in."""
        if "*" in self.email_domains:
            return True
        return email is not None and email.rpartition("@")[2] in self.email_domains
