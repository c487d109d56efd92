"""Meta's limits as data, and how much of one is used in a rolling window. Pure: `now` is Unix seconds."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Limits:
    """What Meta allows one business number with one customer (user-call-permissions, "Limits")."""

    requests_per_day: int
    requests_per_week: int
    connected_calls_per_day: int
    nudge_after: int
    revoke_after: int


PRODUCTION = Limits(requests_per_day=1, requests_per_week=2, connected_calls_per_day=100, nudge_after=2, revoke_after=4)
TEST = Limits(requests_per_day=25, requests_per_week=100, connected_calls_per_day=100, nudge_after=5, revoke_after=10)


class Period(StrEnum):
    """A rolling window, in the words of GET call_permissions."""

    DAY = "PT24H"
    WEEK = "P7D"

    @property
    def seconds(self) -> int:
        """Its length."""
        return 86_400 if self is Period.DAY else 604_800


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of one limit is used. `frees_at` is when there is room again; None while there is room."""

    period: Period
    maximum: int
    used: int
    frees_at: int | None


def usage(moments: Iterable[int], period: Period, maximum: int, now: int) -> Usage:
    """Count the moments still inside the window that ends now.

    A moment leaves the window exactly `period` after it happened.
    """
    inside = sorted(moment for moment in moments if now - moment < period.seconds)
    frees_at = None
    if len(inside) >= maximum:
        # Room comes back when the last moment that is too many has left.
        frees_at = inside[len(inside) - maximum] + period.seconds if maximum else now + period.seconds
    return Usage(period, maximum, len(inside), frees_at)
