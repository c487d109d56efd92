"""What becomes of a webhook that is sent: delivered, tried again with growing patience for three days, or given up.

Each message is tried by itself: one that fails holds up no other. An endpoint where nothing has arrived for three days,
or that says it is gone, is switched off. The patience is what Standard Webhooks proposes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

PATIENCE = (
    5 * _SECOND,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
JITTER = 0.1  # of the patience, added by chance: what failed together does not come back together
LONGEST_WISH = timedelta(days=1)  # for which an endpoint can put off the next attempt
DEAD_AFTER = timedelta(days=3)
OVERLAP = timedelta(hours=24)  # for which a secret goes on signing beside the one that took its place

GONE = 410


class DeliveryStatus(StrEnum):
    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answered, if it did."""

    status: int | None  # of HTTP; None where there was no answer
    wish: timedelta | None = None  # how long it asks to be left alone

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 HTTP's successes

    @property
    def gone(self) -> bool:
        return self.status == GONE


@dataclass(frozen=True, slots=True)
class Delivered:
    """It has arrived."""


@dataclass(frozen=True, slots=True)
class Again:
    """It is to be tried again at this moment."""

    at: datetime


@dataclass(frozen=True, slots=True)
class GivenUp:
    """It is not tried again by itself."""


Verdict = Delivered | Again | GivenUp


def after(answer: Answer, failures: int, now: datetime, chance: float) -> Verdict:
    """What becomes of a message that failed `failures` times before; `chance` from 0 to 1 spreads the next attempt."""
    if answer.accepted:
        return Delivered()
    if failures >= len(PATIENCE):
        return GivenUp()
    patience = PATIENCE[failures] * (1 + JITTER * chance)
    return Again(now + max(patience, min(answer.wish or patience, LONGEST_WISH)))


def is_dead(failing_since: datetime | None, now: datetime) -> bool:
    """Whether an endpoint where every attempt has failed since a moment is given up."""
    return failing_since is not None and now - failing_since >= DEAD_AFTER
