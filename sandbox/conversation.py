"""What Meta counts between one business number and one customer. Pure: `now` is Unix seconds."""

from dataclasses import dataclass, replace
from enum import StrEnum

from .limits import Limits, Period, Usage, usage
from .permission import NEVER_ASKED, Permission, Source, Standing, allows_calls

WINDOW_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Conversation:
    """Permission, customer service window and counters of one (business number, customer) pair.

    `requests_at` holds the call permission requests since the last connected call, `connected_at` the connected
    business-initiated calls; both only as far back as a limit looks.
    """

    phone_number_id: str
    wa_id: str
    permission: Permission = NEVER_ASKED
    window_closes_at: int = 0
    requests_at: tuple[int, ...] = ()
    connected_at: tuple[int, ...] = ()
    unanswered_streak: int = 0
    spoke_at: int = 0


class Consequence(StrEnum):
    """What an unanswered call brings about."""

    NOTHING = "nothing"
    NUDGE = "nudge"
    REVOKE = "revoke"


def window_is_open(conversation: Conversation, now: int) -> bool:
    """Whether the business may write free-form messages."""
    return now < conversation.window_closes_at


def window_opened(conversation: Conversation, now: int) -> Conversation:
    """Open the window for 24 hours from now: the customer wrote, rang or took a call."""
    return replace(conversation, window_closes_at=now + WINDOW_SECONDS)


def request_usage(conversation: Conversation, limits: Limits, now: int) -> tuple[Usage, Usage]:
    """Count the requests against the daily and the weekly limit."""
    return (
        usage(conversation.requests_at, Period.DAY, limits.requests_per_day, now),
        usage(conversation.requests_at, Period.WEEK, limits.requests_per_week, now),
    )


def call_usage(conversation: Conversation, limits: Limits, now: int) -> Usage:
    """Count the connected business-initiated calls."""
    return usage(conversation.connected_at, Period.DAY, limits.connected_calls_per_day, now)


def request_sent(conversation: Conversation, now: int) -> Conversation:
    """Use up one request."""
    recent = tuple(moment for moment in conversation.requests_at if now - moment < Period.WEEK.seconds)
    return replace(conversation, requests_at=(*recent, now))


def request_failed(conversation: Conversation, sent_at: int) -> Conversation:
    """Give a request back that never reached the customer."""
    left = list(conversation.requests_at)
    if sent_at in left:
        left.remove(sent_at)
    return replace(conversation, requests_at=tuple(left))


def connected(conversation: Conversation, now: int, *, by_business: bool) -> Conversation:
    """Note a call that was picked up, in either direction: the requests are free again.

    Only the business's own calls count against its daily limit and end the streak of unanswered ones.
    """
    freed = replace(window_opened(conversation, now), requests_at=())
    if not by_business:
        return freed
    recent = tuple(moment for moment in freed.connected_at if now - moment < Period.DAY.seconds)
    return replace(freed, connected_at=(*recent, now), unanswered_streak=0)


def unanswered(conversation: Conversation, limits: Limits, now: int) -> tuple[Conversation, Consequence]:
    """Note a call the customer did not take: a nudge after some in a row, automatic revocation after more."""
    streak = conversation.unanswered_streak + 1
    allowed = allows_calls(conversation.permission, now)
    if streak >= limits.revoke_after and allowed:
        revoked = Permission(Standing.REVOKED, now, None, Source.AUTOMATIC)
        return replace(conversation, permission=revoked, unanswered_streak=0), Consequence.REVOKE
    consequence = Consequence.NUDGE if streak == limits.nudge_after and allowed else Consequence.NOTHING
    return replace(conversation, unanswered_streak=streak), consequence
