"""WhatsApp's limits as data, what is used of one, and when the way is clear again.

Source of every number: docs/reference/whatsapp-calling.md §2.1. Windows roll: a use counts until exactly its period
later (§2.3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class PolicyName(StrEnum):
    """Which of Meta's two sets of numbers holds for a business number."""

    PRODUCTION = "PRODUCTION"
    SANDBOX = "SANDBOX"  # Meta's sandbox accounts and public test numbers


@dataclass(frozen=True, slots=True)
class Limit:
    period: timedelta
    maximum: int


@dataclass(frozen=True, slots=True)
class Policy:
    name: PolicyName
    requests: tuple[Limit, ...]  # per business number and customer; any connected call frees them
    connected_calls: tuple[Limit, ...]  # per business number and customer; only time frees them
    unanswered_before_nudge: int
    unanswered_before_revocation: int
    placed_calls: tuple[Limit, ...] = ()  # per business number, whomever they go to: WhatsApp judges, we only count
    temporary_grant: timedelta = timedelta(hours=168)
    request_life: timedelta = timedelta(days=7)
    service_window: timedelta = timedelta(hours=24)  # for free words after the customer's last message or call
    # Our own choice: WhatsApp says nothing of a request that it never delivers.
    undelivered_request_life: timedelta = timedelta(days=30)


DAY = timedelta(hours=24)
WEEK = timedelta(days=7)

# Our own choices: WhatsApp does not say how long it lets a phone ring, and has no longest call (§6.3). After this long
# without a word, the report of the end is taken to be lost.
LONGEST_RINGING = timedelta(minutes=3)
LONGEST_CALL = timedelta(hours=4)

POLICIES = {
    PolicyName.PRODUCTION: Policy(
        name=PolicyName.PRODUCTION,
        requests=(Limit(DAY, 1), Limit(WEEK, 2)),
        connected_calls=(Limit(DAY, 100),),
        unanswered_before_nudge=2,
        unanswered_before_revocation=4,
        placed_calls=(Limit(DAY, 10_000),),
    ),
    PolicyName.SANDBOX: Policy(
        name=PolicyName.SANDBOX,
        requests=(Limit(DAY, 25), Limit(WEEK, 100)),
        connected_calls=(Limit(DAY, 100),),
        unanswered_before_nudge=5,
        unanswered_before_revocation=10,
    ),
}


@dataclass(frozen=True, slots=True)
class LimitUsage:
    """How much of a limit is used; `resets_at` is when the next use becomes free, None where nothing is used up."""

    period: timedelta
    maximum: int
    used: int
    resets_at: datetime | None

    @property
    def exhausted(self) -> bool:
        return self.used >= self.maximum


def usage(limit: Limit, uses: Iterable[datetime], now: datetime) -> LimitUsage:
    """What is used of `limit` at `now`. A use in the future (a clock that is ahead) counts already.

    A use ends with a whole second and rather late than early: WhatsApp counts by its own clock.
    """
    ends = sorted(end for end in (_whole_second(use + limit.period) for use in uses) if now < end)
    resets_at = ends[len(ends) - limit.maximum] if len(ends) >= limit.maximum else None
    return LimitUsage(limit.period, limit.maximum, len(ends), resets_at)


def _whole_second(moment: datetime) -> datetime:
    return moment if not moment.microsecond else moment.replace(microsecond=0) + timedelta(seconds=1)
