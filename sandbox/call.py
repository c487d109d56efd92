"""One call, in either direction. Pure: `now` is Unix seconds."""

from dataclasses import dataclass, replace
from enum import StrEnum

RING_SECONDS = 60
"""How long a call rings before it ends unanswered. Meta documents no figure; this is the usual one."""


class Direction(StrEnum):
    """Who rang, in the words of the call webhooks."""

    BUSINESS = "BUSINESS_INITIATED"
    CUSTOMER = "USER_INITIATED"


class CallStatus(StrEnum):
    """How a call goes. Meta's terminate says COMPLETED for every one of the ends but FAILED."""

    RINGING = "ringing"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `ends_by` is when it ends by itself: ringing calls have one, and scripted conversations.

    `failure` is Meta's code of one that failed; `untold` is one whose end was never told to the business. `offer` is
    the business's SDP for as long as it has not been answered.
    """

    wacid: str
    phone_number_id: str
    wa_id: str
    direction: Direction
    status: CallStatus
    started_at: int
    ends_by: int | None
    opaque: str | None = None
    answered_at: int | None = None
    ended_at: int | None = None
    failure: int | None = None
    untold: bool = False
    offer: str | None = None


def is_active(call: Call) -> bool:
    """Whether it rings or is being talked on."""
    return call.ended_at is None


def answered(call: Call, now: int, *, seconds: int | None = None) -> Call:
    """Pick up; with `seconds`, the call hangs up by itself after so long."""
    ends_by = None if seconds is None else now + seconds
    return replace(call, status=CallStatus.IN_PROGRESS, answered_at=now, ends_by=ends_by)


def ended(call: Call, status: CallStatus, now: int, *, failure: int | None = None) -> Call:
    """End it; a call that was picked up is COMPLETED whoever hung up."""
    final = CallStatus.COMPLETED if call.answered_at is not None and status is not CallStatus.FAILED else status
    return replace(call, status=final, ended_at=now, ends_by=None, failure=failure, offer=None)


def duration(call: Call) -> int | None:
    """Seconds talked; None for a call that was never picked up or is not over."""
    if call.answered_at is None or call.ended_at is None:
        return None
    return call.ended_at - call.answered_at
