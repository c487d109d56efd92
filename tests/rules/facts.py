"""What WhatsApp and customers may say, in any combination: moments, facts and retellings for the property tests."""

from datetime import UTC, datetime, timedelta
from typing import TypeVar

from hypothesis import strategies as st

from rules.call import Accepted, CallEvent, HungUp, Lost, Overdue, Rejected, Ringing, Taken, Terminated
from rules.limits import POLICIES, PolicyName
from rules.permission import Confirmed, Denied, Happening, OpenRequest, Reply, Response, Source
from rules.request import MessageStatus

Fact = TypeVar("Fact")
RequestFact = tuple[MessageStatus | Response, datetime]

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PRODUCTION = POLICIES[PolicyName.PRODUCTION]
SANDBOX = POLICIES[PolicyName.SANDBOX]


def _moment(days: int, seconds: int, microseconds: int = 0) -> datetime:
    return NOON + timedelta(days=days, seconds=seconds, microseconds=microseconds)


# Few different moments on purpose: facts often share a second, and a week often ends where another fact begins.
_days = st.sampled_from((-9, -7, -2, -1, 0, 7))
whole_seconds = st.builds(_moment, _days, st.integers(0, 1))
moments = st.builds(_moment, _days, st.integers(0, 1), st.sampled_from((0, 1, 999_999)))

replies = st.builds(
    Reply,
    at=whole_seconds,
    response=st.sampled_from(Response),
    source=st.sampled_from(Source),
    expires_at=st.none() | whole_seconds,
)
denials = st.builds(Denied, at=moments)
confirmations = st.builds(Confirmed, at=moments, expires_at=st.none() | whole_seconds)
happenings: st.SearchStrategy[Happening] = replies | denials | confirmations
open_requests = st.builds(OpenRequest, asked_at=moments, dies_at=moments)

request_facts: st.SearchStrategy[RequestFact] = st.tuples(
    st.sampled_from((*MessageStatus, *Response)),
    whole_seconds,
)

call_events: st.SearchStrategy[CallEvent] = st.one_of(
    st.builds(Taken, at=whole_seconds, sdp=st.sampled_from((None, "v=0 one", "v=0 two"))),
    st.builds(Ringing, at=whole_seconds),
    st.builds(Accepted, at=whole_seconds),
    st.builds(Rejected, at=whole_seconds),
    st.builds(HungUp, at=whole_seconds),
    st.builds(Overdue, at=whole_seconds),
    st.builds(Lost, at=whole_seconds),
    st.builds(
        Terminated,
        at=whole_seconds,
        failed=st.booleans(),
        started_at=st.none() | whole_seconds,
        ended_at=st.none() | whole_seconds,
        duration_seconds=st.sampled_from((None, 0, 267)),
        failure=st.sampled_from((None, "138021", "138023")),
    ),
)


@st.composite
def retold(draw: st.DrawFn, facts: list[Fact]) -> list[Fact]:
    """The same facts in another order, some of them more than once."""
    again = draw(st.lists(st.sampled_from(facts), max_size=4)) if facts else []
    return draw(st.permutations([*facts, *again]))


def tellings(facts: st.SearchStrategy[Fact], most: int = 8) -> st.SearchStrategy[tuple[list[Fact], list[Fact]]]:
    """Some facts, and the same facts retold."""
    return st.lists(facts, max_size=most).flatmap(lambda told: st.tuples(st.just(told), retold(told)))
