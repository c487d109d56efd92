from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.call import (
    ACTIVE,
    Accepted,
    Call,
    CallEvent,
    CallStatus,
    Direction,
    HungUp,
    Lost,
    Overdue,
    Rejected,
    Ringing,
    Taken,
    Terminated,
    after,
    at,
    unanswered_streak,
)

from .facts import HOUR, MINUTE, NOON, SECOND, call_events, moments, tellings

OUT, IN = Direction
TAKEN, RINGING = Taken(NOON + SECOND, "v=0 answer"), Ringing(NOON + 2 * SECOND)
ACCEPTED = Accepted(NOON + 9 * SECOND)
HUNG_UP = Terminated(
    NOON + 277 * SECOND,
    started_at=NOON + 10 * SECOND,
    ended_at=NOON + 277 * SECOND,
    duration_seconds=267,
)
UNANSWERED = Terminated(NOON + 47 * SECOND)
FAILED = Terminated(NOON + 40 * SECOND, failed=True, failure="138021")


def told(*events: CallEvent, direction: Direction = OUT, reserved_at: datetime = NOON) -> Call:
    return reduce(after, events, Call(direction, reserved_at))


def test_a_call_goes_from_queued_to_completed() -> None:
    events: list[CallEvent] = [TAKEN, RINGING, ACCEPTED, HUNG_UP]

    assert [at(told(*events[:count])) for count in range(5)] == [
        CallStatus.QUEUED,
        CallStatus.CONNECTING,
        CallStatus.RINGING,
        CallStatus.IN_PROGRESS,
        CallStatus.COMPLETED,
    ]


def test_what_is_known_of_a_completed_call_is_exact() -> None:
    assert told(TAKEN, RINGING, ACCEPTED, HUNG_UP) == Call(
        direction=OUT,
        reserved_at=NOON,
        taken_at=NOON + SECOND,
        ringing_at=NOON + 2 * SECOND,
        accepted_at=NOON + 9 * SECOND,
        terminated_at=NOON + 277 * SECOND,
        duration_seconds=267,
        sdp="v=0 answer",
    )


def test_a_call_that_ends_completed_without_times_was_not_answered() -> None:
    call = told(TAKEN, RINGING, UNANSWERED)

    assert at(call) is CallStatus.NO_ANSWER
    assert call.connected_at is None


def test_a_call_that_ends_with_times_was_answered_even_without_an_accepted_report() -> None:
    call = told(TAKEN, HUNG_UP)

    assert at(call) is CallStatus.COMPLETED
    assert call.connected_at == NOON + 10 * SECOND


def test_an_accepted_report_that_comes_after_the_end_makes_the_call_completed() -> None:
    call = told(TAKEN, RINGING, UNANSWERED)
    assert at(call) is CallStatus.NO_ANSWER

    call = after(call, ACCEPTED)

    assert at(call) is CallStatus.COMPLETED
    assert call.connected_at == NOON + 9 * SECOND


def test_a_rejected_call_has_ended_before_its_end_is_reported() -> None:
    rejected = told(TAKEN, RINGING, Rejected(NOON + 5 * SECOND))

    assert at(rejected) is CallStatus.REJECTED
    assert at(after(rejected, UNANSWERED)) is CallStatus.REJECTED


def test_a_call_that_the_business_hung_up_is_cancelled_before_whatsapp_reports_the_end() -> None:
    hung_up = told(TAKEN, RINGING, HungUp(NOON + 20 * SECOND))

    assert at(hung_up) is CallStatus.CANCELLED
    assert at(after(hung_up, UNANSWERED)) is CallStatus.CANCELLED


def test_a_call_that_was_answered_before_the_business_hung_up_is_completed() -> None:
    hung_up = told(TAKEN, ACCEPTED, HungUp(NOON + MINUTE))

    assert at(hung_up) is CallStatus.COMPLETED
    assert at(after(hung_up, HUNG_UP)) is CallStatus.COMPLETED


def test_a_call_that_rang_too_long_without_a_word_has_ended_unanswered() -> None:
    silent = told(TAKEN, RINGING)
    assert silent.overdue_from == RINGING.at + 3 * MINUTE

    closed = after(silent, Overdue(RINGING.at + 3 * MINUTE))

    assert (at(closed), closed.ended_at) == (CallStatus.NO_ANSWER, RINGING.at + 3 * MINUTE)
    assert at(after(silent, Overdue(RINGING.at + 3 * MINUTE - SECOND))) is CallStatus.RINGING


def test_a_call_that_was_closed_as_ringing_too_long_goes_on_when_it_is_told_late_that_it_was_answered() -> None:
    call = told(TAKEN, RINGING, Overdue(NOON + 4 * MINUTE), ACCEPTED)

    assert (at(call), call.ended_at, call.overdue_from) == (
        CallStatus.IN_PROGRESS,
        None,
        ACCEPTED.at + 4 * HOUR,
    )
    assert at(after(call, Overdue(ACCEPTED.at + 4 * HOUR))) is CallStatus.COMPLETED


def test_an_end_that_is_told_counts_and_not_the_one_that_was_guessed() -> None:
    call = told(TAKEN, RINGING, Overdue(NOON + 4 * MINUTE), HUNG_UP)

    assert (at(call), call.ended_at) == (CallStatus.COMPLETED, HUNG_UP.at)


def test_a_customer_s_own_call_may_last_without_a_word_as_nobody_tells_that_it_was_answered() -> None:
    call = told(Taken(NOON), direction=IN)
    assert call.overdue_from == NOON + 4 * HOUR

    assert at(after(call, Overdue(NOON + 4 * HOUR - SECOND))) is CallStatus.CONNECTING
    assert at(after(call, Overdue(NOON + 4 * HOUR))) is CallStatus.NO_ANSWER


def test_a_call_that_was_lost_before_whatsapp_was_heard_of_it_is_failed() -> None:
    assert at(told(Lost(NOON + MINUTE))) is CallStatus.FAILED


@pytest.mark.parametrize(
    ("news", "status"),
    [
        (TAKEN, CallStatus.CONNECTING),
        (RINGING, CallStatus.RINGING),
        (ACCEPTED, CallStatus.IN_PROGRESS),
        (HUNG_UP, CallStatus.COMPLETED),
        (UNANSWERED, CallStatus.NO_ANSWER),
        (HungUp(NOON + HOUR), CallStatus.CANCELLED),
    ],
    ids=["taken", "ringing", "accepted", "completed", "unanswered", "hung up"],
)
def test_whatever_is_heard_of_a_lost_call_wins(news: CallEvent, status: CallStatus) -> None:
    assert at(told(Lost(NOON + MINUTE), news)) is status
    assert at(told(news, Lost(NOON + MINUTE))) is status
    assert told(Lost(NOON + MINUTE), news) == told(news)


def test_a_call_that_whatsapp_ends_as_failed_is_failed_and_says_why() -> None:
    call = told(TAKEN, FAILED)

    assert at(call) is CallStatus.FAILED
    assert call.failure == "138021"
    assert call.connected_at is None


def test_a_call_that_failed_after_it_was_answered_is_failed_but_was_connected() -> None:
    call = told(TAKEN, ACCEPTED, FAILED)

    assert at(call) is CallStatus.FAILED
    assert call.connected_at == NOON + 9 * SECOND


def test_news_that_comes_after_the_end_only_fills_in_what_was_missing() -> None:
    call = told(HUNG_UP, RINGING, TAKEN)

    assert at(call) is CallStatus.COMPLETED
    assert (call.taken_at, call.ringing_at, call.sdp) == (NOON + SECOND, NOON + 2 * SECOND, "v=0 answer")
    assert call.terminated_at == NOON + 277 * SECOND


def test_a_call_ended_when_whatsapp_says_it_did_and_not_when_the_report_was_made() -> None:
    reported_late = Terminated(NOON + HOUR, started_at=NOON + 10 * SECOND, ended_at=NOON + MINUTE)

    assert told(reported_late).terminated_at == NOON + MINUTE
    assert told(Terminated(NOON + HOUR)).terminated_at == NOON + HOUR
    assert told(reported_late, Terminated(NOON + HOUR)).terminated_at == NOON + MINUTE


def test_every_call_is_either_active_or_ended() -> None:
    assert {status for status in CallStatus if not status.ended} == set(ACTIVE)


# Calls in a row that nobody took


def missed(minutes: int) -> Call:
    return told(TAKEN, RINGING, UNANSWERED, reserved_at=NOON + minutes * MINUTE)


def rejected(minutes: int) -> Call:
    return told(TAKEN, Rejected(NOON), UNANSWERED, reserved_at=NOON + minutes * MINUTE)


def answered(minutes: int, direction: Direction = OUT) -> Call:
    return told(TAKEN, ACCEPTED, HUNG_UP, reserved_at=NOON + minutes * MINUTE, direction=direction)


def test_no_calls_are_no_streak() -> None:
    assert unanswered_streak([]) == 0


def test_unanswered_and_rejected_calls_count_in_the_streak() -> None:
    assert unanswered_streak([missed(0), rejected(1), missed(2)]) == 3


@pytest.mark.parametrize("direction", Direction)
def test_a_connected_call_in_either_direction_ends_the_streak(direction: Direction) -> None:
    assert unanswered_streak([missed(0), missed(1), answered(2, direction), missed(3)]) == 1
    assert unanswered_streak([missed(0), missed(1), answered(2, direction)]) == 0


def test_failed_cancelled_lost_and_active_calls_neither_count_nor_end_the_streak() -> None:
    failed = told(TAKEN, FAILED, reserved_at=NOON + MINUTE)
    cancelled = told(TAKEN, HungUp(NOON), UNANSWERED, reserved_at=NOON + 2 * MINUTE)
    ringing = told(TAKEN, RINGING, reserved_at=NOON + 3 * MINUTE)
    lost = told(Lost(NOON), reserved_at=NOON + 5 * MINUTE)

    assert unanswered_streak([missed(0), failed, cancelled, ringing, missed(4), lost]) == 2


def test_a_customers_call_that_the_business_missed_does_not_count() -> None:
    theirs = told(UNANSWERED, direction=IN, reserved_at=NOON + HOUR)

    assert unanswered_streak([missed(0), theirs]) == 1


def test_of_two_calls_reserved_in_one_moment_the_missed_one_counts_in_either_order() -> None:
    assert unanswered_streak([missed(0), answered(0)]) == 1
    assert unanswered_streak([answered(0), missed(0)]) == 1


# Whatever happens


@given(tellings(call_events))
def test_any_order_and_repetition_of_the_same_events_ends_in_the_same_call(
    tellings: tuple[list[CallEvent], list[CallEvent]],
) -> None:
    once, again = (told(*events) for events in tellings)

    assert once == again
    assert at(once) is at(again)
    assert once.connected_at == again.connected_at


@given(st.lists(call_events, max_size=8), call_events)
def test_no_news_ever_takes_a_call_back(events: list[CallEvent], news: CallEvent) -> None:
    assert _rank(told(*events, news)) >= _rank(told(*events))


def _rank(call: Call) -> int:
    """How far the call has come; that it was lost sight of, or has been silent too long, is no step of its own."""
    status = at(replace(call, lost_at=None, overdue_at=None))
    return len(ACTIVE) if status.ended else ACTIVE.index(status)


@given(st.lists(call_events, max_size=8))
def test_a_call_was_connected_exactly_when_something_says_that_it_was_answered(events: list[CallEvent]) -> None:
    says_so = any(
        isinstance(event, Accepted) or (isinstance(event, Terminated) and event.started_at is not None)
        for event in events
    )

    assert (told(*events).connected_at is not None) is says_so


def _calls() -> st.SearchStrategy[Call]:
    return st.builds(
        lambda direction, reserved_at, events: told(*events, direction=direction, reserved_at=reserved_at),
        st.sampled_from(Direction),
        moments,
        st.lists(call_events, max_size=4),
    )


@given(st.lists(_calls(), max_size=6).flatmap(lambda calls: st.tuples(st.just(calls), st.permutations(calls))))
def test_the_streak_does_not_depend_on_the_order_in_which_calls_are_handed_over(
    orders: tuple[Iterable[Call], Iterable[Call]],
) -> None:
    assert unanswered_streak(orders[0]) == unanswered_streak(orders[1])
