"""A customer's permission to be called by one business number. Pure: `now` is Unix seconds."""

from dataclasses import dataclass
from enum import StrEnum

SEVEN_DAYS = 604_800


class Standing(StrEnum):
    """Where a permission stands. Meta tells only three of these apart; the phones show them all."""

    NONE = "none"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Answer(StrEnum):
    """What a person can press under a call permission request."""

    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    DECLINE = "decline"


class Source(StrEnum):
    """Who decided, in the words of the reply webhook's `response_source`."""

    PERSON = "user_action"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class Permission:
    """The last decision. `expires_at` is set only for a temporary grant; `decided_at` is None before any."""

    standing: Standing = Standing.NONE
    decided_at: int | None = None
    expires_at: int | None = None
    source: Source | None = None


NEVER_ASKED = Permission()


def at(permission: Permission, now: int) -> Permission:
    """Show the permission as of now: a temporary one is over from its `expires_at` on, without any news."""
    over = permission.expires_at is not None and now >= permission.expires_at
    if permission.standing is Standing.TEMPORARY and over:
        return Permission(Standing.EXPIRED, permission.decided_at, permission.expires_at, permission.source)
    return permission


def allows_calls(permission: Permission, now: int) -> bool:
    """Whether the business may ring now, limits aside."""
    return at(permission, now).standing in {Standing.TEMPORARY, Standing.PERMANENT}


def granted(answer: Answer, now: int, *, seconds: int = SEVEN_DAYS, source: Source = Source.PERSON) -> Permission:
    """Grant for `seconds` or for good, whatever stood before: the latest choice counts."""
    if answer is Answer.PERMANENT:
        return Permission(Standing.PERMANENT, now, None, source)
    return Permission(Standing.TEMPORARY, now, now + seconds, source)


def refused(before: Permission, now: int, *, source: Source = Source.PERSON) -> Permission:
    """Refuse: a standing grant is thereby revoked, anything else declined."""
    standing = Standing.REVOKED if allows_calls(before, now) else Standing.DECLINED
    return Permission(standing, now, None, source)


def meta_status(permission: Permission, now: int) -> str:
    """Name it as `permission.status` of GET call_permissions does: one of three values."""
    current = at(permission, now).standing
    return current.value if current in {Standing.TEMPORARY, Standing.PERMANENT} else "no_permission"
