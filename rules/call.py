"""The life of one call, from reservation to its end.

Source: docs/reference/whatsapp-calling.md §5.4 to §5.6 and §6.2. Events may be late, doubled, missing or reordered:
the state is a function of the facts, and once a call has ended later news only fills in what was missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar, assert_never

from .limits import LONGEST_CALL, LONGEST_RINGING

Word = TypeVar("Word", str, int)


class CallStatus(StrEnum):
    QUEUED = "QUEUED"
    CONNECTING = "CONNECTING"
    RINGING = "RINGING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    NO_ANSWER = "NO_ANSWER"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"

    @property
    def ended(self) -> bool:
        return self not in ACTIVE


ACTIVE = (CallStatus.QUEUED, CallStatus.CONNECTING, CallStatus.RINGING, CallStatus.IN_PROGRESS)


class Direction(StrEnum):
    BUSINESS_INITIATED = "BUSINESS_INITIATED"
    USER_INITIATED = "USER_INITIATED"


@dataclass(frozen=True, slots=True)
class Taken:
    """WhatsApp has taken the call and tries the customer; also what its `connect` event says."""

    at: datetime
    sdp: str | None = None


@dataclass(frozen=True, slots=True)
class Ringing:
    at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    at: datetime


@dataclass(frozen=True, slots=True)
class Rejected:
    at: datetime


@dataclass(frozen=True, slots=True)
class HungUp:
    """The business hung up and WhatsApp took it; its own report of the end is still to come."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Terminated:
    """The end. `started_at` is there only if the customer picked up, whatever the status says (§5.6)."""

    at: datetime
    failed: bool = False
    started_at: datetime | None = None
    ended_at: datetime | None = None
    duration_seconds: int | None = None
    failure: str | None = None


LOST_TOUCH = "The server lost touch with WhatsApp while placing the call."


@dataclass(frozen=True, slots=True)
class Lost:
    """Whoever placed the call is gone, and WhatsApp was not heard of it. Anything that is heard of it later wins."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Overdue:
    """By then nothing had been heard of the call for too long: its end is taken to be lost.

    It counts for as long as that remains true of all that is known, and for no more than an end that is told.
    """

    at: datetime


CallEvent = Taken | Ringing | Accepted | Rejected | HungUp | Terminated | Lost | Overdue


@dataclass(frozen=True, slots=True)
class Call:
    direction: Direction
    reserved_at: datetime
    taken_at: datetime | None = None
    ringing_at: datetime | None = None
    accepted_at: datetime | None = None
    rejected_at: datetime | None = None
    hung_up_at: datetime | None = None
    terminated_at: datetime | None = None
    lost_at: datetime | None = None
    overdue_at: datetime | None = None
    failed: bool = False
    failure: str | None = None
    duration_seconds: int | None = None
    sdp: str | None = None

    @property
    def connected_at(self) -> datetime | None:
        """When the customer picked up, or None: what counts as a connected call."""
        return self.accepted_at

    @property
    def last_heard_at(self) -> datetime | None:
        """When WhatsApp last said that the call goes on, or None."""
        signs = (self.taken_at, self.ringing_at, self.accepted_at)
        return max((sign for sign in signs if sign is not None), default=None)

    @property
    def overdue_from(self) -> datetime | None:
        """From when its end is taken to be lost if nothing more is heard; None once it has ended, or if not begun."""
        return None if at(self).ended or self.last_heard_at is None else self.last_heard_at + self._longest_silence

    @property
    def is_overdue(self) -> bool:
        """Whether its end was taken to be lost, and nothing that is known speaks against that."""
        heard_at = self.last_heard_at or self.reserved_at
        return self.overdue_at is not None and self.overdue_at >= heard_at + self._longest_silence

    @property
    def _longest_silence(self) -> timedelta:
        """Tell how long it may go on without a word. That the business took a customer's call is told at its end."""
        rings = self.accepted_at is None and self.direction is Direction.BUSINESS_INITIATED
        return LONGEST_RINGING if rings else LONGEST_CALL

    @property
    def ended_at(self) -> datetime | None:
        """When it ended, or None while it goes on."""
        told = [end for end in (self.terminated_at, self.rejected_at, self.hung_up_at) if end is not None]
        if told:
            return min(told)
        return self.overdue_at if self.is_overdue else self.lost_at


def after(call: Call, event: CallEvent) -> Call:
    """What is known of the call once `event` is known too."""
    match event:
        case Lost(at=at):
            return replace(call, lost_at=_first(call.lost_at, at), failure=LOST_TOUCH) if _unheard_of(call) else call
        case Overdue(at=at):
            return replace(call, overdue_at=max(call.overdue_at or at, at))
        case Taken(at=at, sdp=sdp):
            found = _found(call)
            return replace(found, taken_at=_first(found.taken_at, at), sdp=_one(found.sdp, sdp))
        case Ringing(at=at):
            return replace(_found(call), ringing_at=_first(call.ringing_at, at))
        case Accepted(at=at):
            return replace(_found(call), accepted_at=_first(call.accepted_at, at))
        case Rejected(at=at):
            return replace(_found(call), rejected_at=_first(call.rejected_at, at))
        case HungUp(at=at):
            return replace(_found(call), hung_up_at=_first(call.hung_up_at, at))
        case Terminated():
            return _terminated(_found(call), event)
        case _:
            assert_never(event)


def at(call: Call) -> CallStatus:
    """What the call is, from the facts known."""
    if any(end is not None for end in (call.terminated_at, call.rejected_at, call.hung_up_at)):
        return _end(call)
    if call.is_overdue:
        return _end(call)
    if call.accepted_at is not None:
        return CallStatus.IN_PROGRESS
    if call.ringing_at is not None:
        return CallStatus.RINGING
    if call.taken_at is not None:
        return CallStatus.CONNECTING
    return CallStatus.QUEUED if call.lost_at is None else CallStatus.FAILED


def unanswered_streak(calls: Iterable[Call]) -> int:
    """How many business-initiated calls went unanswered or were rejected since the customer last picked up (§1.4).

    Failed and cancelled calls are not counted: the customer had no fair chance to answer them (undocumented by Meta).
    A connected call in either direction ends the streak; a call missed in the same moment still counts.
    """
    streak = 0
    for call in sorted(calls, key=lambda known: (known.reserved_at, known.connected_at is None), reverse=True):
        if call.connected_at is not None:
            break
        missed = at(call) in (CallStatus.NO_ANSWER, CallStatus.REJECTED)
        streak += missed and call.direction is Direction.BUSINESS_INITIATED
    return streak


def _unheard_of(call: Call) -> bool:
    heard = (call.taken_at, call.ringing_at, call.accepted_at, call.rejected_at, call.hung_up_at, call.terminated_at)
    return all(moment is None for moment in heard)


def _found(call: Call) -> Call:
    """The call without its having been given up: something is heard of it after all."""
    return call if call.lost_at is None else replace(call, lost_at=None, failure=None)


def _end(call: Call) -> CallStatus:
    if call.failed:
        return CallStatus.FAILED
    if call.accepted_at is not None:
        return CallStatus.COMPLETED
    if call.rejected_at is not None:
        return CallStatus.REJECTED
    return CallStatus.CANCELLED if call.hung_up_at is not None else CallStatus.NO_ANSWER


def _terminated(call: Call, event: Terminated) -> Call:
    """A call ends once: of two reports the earlier end counts, and each fills in what the other lacks."""
    ended_at = event.ended_at or event.at
    accepted_at = call.accepted_at if event.started_at is None else _first(call.accepted_at, event.started_at)
    return replace(
        call,
        accepted_at=accepted_at,
        terminated_at=_first(call.terminated_at, ended_at),
        failed=call.failed or event.failed,
        failure=_one(call.failure, event.failure),
        duration_seconds=_one(call.duration_seconds, event.duration_seconds),
    )


def _one(known: Word | None, news: Word | None) -> Word | None:
    """The one there is; of two that differ always the same one, whichever came first."""
    return max((word for word in (known, news) if word is not None), default=None)


def _first(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else min(known, at)
