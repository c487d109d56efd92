"""A customer's permission to be called from one business number: what is known of it, and what it is at a moment.

The facts are kept as registers that only ever grow (the latest grant, the latest rejection, the latest time WhatsApp
denied), so news may come late, twice or out of order and still end in the same state.
Source of the rules: docs/reference/whatsapp-calling.md §1.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never


class Status(StrEnum):
    """What a permission is at one moment. WhatsApp itself only knows none, temporary and permanent (§1.1)."""

    NOT_REQUESTED = "NOT_REQUESTED"
    REQUESTED = "REQUESTED"
    TEMPORARY = "TEMPORARY"
    PERMANENT = "PERMANENT"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"

    @property
    def allows_calls(self) -> bool:
        return self in (Status.TEMPORARY, Status.PERMANENT)


class Source(StrEnum):
    """Who brought a permission about."""

    USER_ACTION = "USER_ACTION"  # the customer pressed a button
    AUTOMATIC = "AUTOMATIC"  # WhatsApp, for the customer: a callback grants, missed calls revoke
    WHATSAPP = "WHATSAPP"  # WhatsApp said so when it was asked or when it refused


class Response(StrEnum):
    """What a reply to a permission request, or a change in the business's profile, says."""

    TEMPORARY = "TEMPORARY"
    PERMANENT = "PERMANENT"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True)
class Reply:
    """The customer's word (or WhatsApp's for them) at `at`, Meta's own time in whole seconds.

    `expires_at` is Meta's word on a temporary grant; without it the grant lasts `Policy.temporary_grant` from `at`.
    """

    at: datetime
    response: Response
    source: Source = Source.USER_ACTION
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Denied:
    """WhatsApp, spoken to at `at`, said that there is no permission. That is not a customer's "no"."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Confirmed:
    """WhatsApp, asked at `at`, said that there is a permission; `expires_at` is None for one that is for good."""

    at: datetime
    expires_at: datetime | None


Happening = Reply | Denied | Confirmed


@dataclass(frozen=True, slots=True)
class Grant:
    at: datetime
    expires_at: datetime | None  # None: for good
    source: Source

    def lives_at(self, moment: datetime) -> bool:
        return self.at <= moment and (self.expires_at is None or moment < self.expires_at)


@dataclass(frozen=True, slots=True)
class Rejection:
    at: datetime
    source: Source


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """The newest request that the customer may still answer for the first time."""

    asked_at: datetime
    dies_at: datetime


@dataclass(frozen=True, slots=True)
class Permission:
    grant: Grant | None = None
    rejection: Rejection | None = None
    denied_at: datetime | None = None
    confirmation: Grant | None = None  # WhatsApp's own latest "there is one"
    open_request: OpenRequest | None = None

    @property
    def latest_grant(self) -> Grant | None:
        """The last that was heard of a permission, from the customer or from WhatsApp."""
        heard = [grant for grant in (self.grant, self.confirmation) if grant is not None]
        return max(heard, key=_grant_order, default=None)

    @property
    def standing_grant(self) -> Grant | None:
        """The grant that nothing later has taken back; it may have run out."""
        latest = self.latest_grant
        if latest is None:
            return None
        if self.rejection is not None and self.rejection.at >= latest.at:
            return None  # in one and the same second the "no" counts
        if self.denied_at is not None and self.denied_at > latest.at:
            return None
        return self.given_grant

    @property
    def given_grant(self) -> Grant | None:
        """The latest grant, taken back or not, as it was given: a confirmation adds nothing to what it confirms."""
        latest = self.latest_grant
        confirms = latest is not None and self.grant is not None and self.grant.expires_at == latest.expires_at
        return self.grant if confirms else latest

    def lived_at(self, moment: datetime) -> bool:
        """Whether a grant that is known of was live at `moment`."""
        return any(grant is not None and grant.lives_at(moment) for grant in (self.grant, self.confirmation))

    @property
    def responded_at(self) -> datetime | None:
        """When the customer was last heard on this, or None."""
        return max((word.at for word in (self.grant, self.rejection) if word is not None), default=None)

    @property
    def source(self) -> Source | None:
        """Who brought about what stands, or the last word if nothing stands; None if nothing was ever said."""
        if self.standing_grant is not None:
            return self.standing_grant.source
        words = [word for word in (self.rejection, self.grant) if word is not None]
        return max(words, key=lambda word: word.at).source if words else None


def after(permission: Permission, happening: Happening, temporary_grant: timedelta) -> Permission:
    """What is known once `happening` is known too. Order and repetition do not matter."""
    match happening:
        case Reply(response=Response.DECLINED):
            return replace(permission, rejection=_later(permission.rejection, _rejection(happening)))
        case Reply():
            return replace(permission, grant=_latest(permission.grant, _grant(happening, temporary_grant)))
        case Denied(at=at):
            denied_at = at.replace(microsecond=0)  # as coarse as Meta's times, so that a grant in this second stands
            return replace(permission, denied_at=max(permission.denied_at or denied_at, denied_at))
        case Confirmed(at=at, expires_at=expires_at):
            confirmation = Grant(at.replace(microsecond=0), expires_at, Source.WHATSAPP)
            return replace(permission, confirmation=_latest(permission.confirmation, confirmation))
        case _:
            assert_never(happening)


def at(permission: Permission, now: datetime) -> Status:
    """What the permission is at `now`, whatever any clock has or has not marked."""
    grant = permission.standing_grant
    if grant is not None and grant.expires_at is None:
        return Status.PERMANENT
    if grant is not None and grant.expires_at is not None and now < grant.expires_at:
        return Status.TEMPORARY
    awaited = awaited_until(permission)
    if awaited is not None and now < awaited:
        return Status.REQUESTED
    return at_rest(permission)


def at_rest(permission: Permission) -> Status:
    """What the permission is once every temporary thing about it has run out."""
    standing, latest, rejection = permission.standing_grant, permission.latest_grant, permission.rejection
    if standing is not None:
        return Status.PERMANENT if standing.expires_at is None else Status.EXPIRED
    if rejection is not None and (latest is None or rejection.at >= latest.at):
        taken_back = permission.lived_at(rejection.at) or rejection.source is Source.AUTOMATIC
        return Status.REVOKED if taken_back else Status.DECLINED
    if latest is not None and permission.denied_at is not None:
        return Status.REVOKED if permission.lived_at(permission.denied_at) else Status.EXPIRED
    return Status.NOT_REQUESTED


def next_moment(permission: Permission, now: datetime) -> datetime | None:
    """When the status will next change by itself, or None."""
    match at(permission, now):
        case Status.TEMPORARY:
            return permission.standing_grant.expires_at if permission.standing_grant else None
        case Status.REQUESTED:
            return awaited_until(permission)
        case _:
            return None


def awaited_until(permission: Permission) -> datetime | None:
    """Until when an answer is awaited to a request that is newer than the customer's last word; None for none."""
    request, responded_at = permission.open_request, permission.responded_at
    if request is None or (responded_at is not None and request.asked_at <= responded_at):
        return None
    return request.dies_at


def _grant(reply: Reply, temporary_grant: timedelta) -> Grant:
    if reply.response is Response.PERMANENT:
        return Grant(reply.at, None, reply.source)
    return Grant(reply.at, reply.expires_at or reply.at + temporary_grant, reply.source)


def _rejection(reply: Reply) -> Rejection:
    return Rejection(reply.at, reply.source)


def _latest(known: Grant | None, news: Grant) -> Grant:
    """The later grant; of two in one second, the one that allows less."""
    return news if known is None else max(known, news, key=_grant_order)


def _grant_order(grant: Grant) -> tuple[datetime, bool, float, str]:
    shortness = -grant.expires_at.timestamp() if grant.expires_at else 0.0
    return grant.at, grant.expires_at is not None, shortness, grant.source


def _later(known: Rejection | None, news: Rejection) -> Rejection:
    return news if known is None else max(known, news, key=lambda rejection: (rejection.at, rejection.source))
