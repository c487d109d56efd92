from collections.abc import Iterable
from datetime import datetime
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.permission import OpenRequest, Permission, Reply, Response, Status
from rules.permission import after as permission_after
from rules.permission import at as permission_at
from rules.request import (
    MessageStatus,
    Request,
    RequestStatus,
    after_answer,
    after_status,
    at,
    dies_at,
    open_request,
)

from .facts import (
    DAY,
    HOUR,
    MICROSECOND,
    MINUTE,
    NOON,
    PRODUCTION,
    SECOND,
    RequestFact,
    moments,
    request_facts,
    retold,
    tellings,
)

SENT, DELIVERED, READ, FAILED = MessageStatus
YES, ALWAYS, NO = Response


def told(facts: Iterable[RequestFact], reserved_at: datetime = NOON) -> Request:
    return reduce(_after, facts, Request(reserved_at))


def _after(request: Request, fact: RequestFact) -> Request:
    said, moment = fact
    if isinstance(said, MessageStatus):
        return after_status(request, said, moment)
    return after_answer(request, said, moment)


def status(request: Request, now: datetime, *newer: Request) -> RequestStatus:
    return at(request, newer, PRODUCTION, now)


# From reservation to answer


def test_a_reserved_request_is_queued_and_cannot_die_before_it_is_sent() -> None:
    request = Request(NOON)

    assert status(request, NOON + 365 * DAY) is RequestStatus.QUEUED
    assert dies_at(request, PRODUCTION) is None
    assert open_request(request, (), PRODUCTION, NOON) is None


def test_a_request_goes_through_sent_delivered_read_and_answered() -> None:
    facts: list[RequestFact] = [
        (SENT, NOON + SECOND),
        (DELIVERED, NOON + 2 * SECOND),
        (READ, NOON + MINUTE),
        (YES, NOON + HOUR),
    ]

    walked = [status(told(facts[:count]), NOON + DAY) for count in range(5)]

    assert walked == [
        RequestStatus.QUEUED,
        RequestStatus.SENT,
        RequestStatus.DELIVERED,
        RequestStatus.READ,
        RequestStatus.ANSWERED,
    ]


def test_a_request_read_without_a_delivery_report_was_received_when_it_was_read() -> None:
    request = told([(SENT, NOON), (READ, NOON + HOUR)])

    assert status(request, NOON + HOUR) is RequestStatus.READ
    assert request.received_at == NOON + HOUR
    assert dies_at(request, PRODUCTION) == NOON + HOUR + 7 * DAY


def test_a_delivery_report_that_comes_after_the_read_report_never_takes_read_back() -> None:
    request = told([(SENT, NOON), (READ, NOON + HOUR), (DELIVERED, NOON + MINUTE)])

    assert status(request, NOON + HOUR) is RequestStatus.READ
    assert dies_at(request, PRODUCTION) == NOON + MINUTE + 7 * DAY


def test_an_answer_known_before_the_send_is_recorded_answers() -> None:
    request = told([(YES, NOON + MINUTE)])

    assert status(request, NOON + MINUTE) is RequestStatus.ANSWERED
    assert request.received_at == NOON + MINUTE


# How a request ends


def test_an_unanswered_request_dies_seven_days_after_its_delivery() -> None:
    request = told([(SENT, NOON), (DELIVERED, NOON + HOUR), (READ, NOON + DAY)])

    assert dies_at(request, PRODUCTION) == NOON + HOUR + 7 * DAY
    assert status(request, NOON + HOUR + 7 * DAY - MICROSECOND) is RequestStatus.READ
    assert status(request, NOON + HOUR + 7 * DAY) is RequestStatus.EXPIRED


@pytest.mark.parametrize("answer", Response)
def test_an_answered_request_dies_seven_days_after_its_answer(answer: Response) -> None:
    request = told([(SENT, NOON), (DELIVERED, NOON), (answer, NOON + 6 * DAY)])

    assert dies_at(request, PRODUCTION) == NOON + 13 * DAY
    assert status(request, NOON + 13 * DAY - MICROSECOND) is RequestStatus.ANSWERED
    assert status(request, NOON + 13 * DAY) is RequestStatus.EXPIRED


def test_a_request_that_is_never_delivered_dies_after_thirty_days() -> None:
    request = told([(SENT, NOON + SECOND)])

    assert status(request, NOON + SECOND + 30 * DAY - MICROSECOND) is RequestStatus.SENT
    assert status(request, NOON + SECOND + 30 * DAY) is RequestStatus.EXPIRED


def test_a_declined_request_can_still_be_granted_until_it_dies() -> None:
    request = told([(SENT, NOON), (DELIVERED, NOON), (NO, NOON + DAY)])
    assert status(request, NOON + 8 * DAY - MICROSECOND).lives
    assert not status(request, NOON + 8 * DAY).lives

    granted = after_answer(request, YES, NOON + 8 * DAY - SECOND)

    assert (granted.answer, granted.answered_at) == (YES, NOON + 8 * DAY - SECOND)
    assert dies_at(granted, PRODUCTION) == NOON + 15 * DAY - SECOND


def test_a_granted_request_can_be_taken_back() -> None:
    request = told([(SENT, NOON), (DELIVERED, NOON), (ALWAYS, NOON + DAY), (NO, NOON + 2 * DAY)])

    assert (request.answer, request.answered_at) == (NO, NOON + 2 * DAY)


def test_of_two_answers_in_one_second_the_one_that_allows_less_counts() -> None:
    assert told([(YES, NOON), (NO, NOON)]).answer is NO
    assert told([(NO, NOON), (YES, NOON)]).answer is NO
    assert told([(ALWAYS, NOON), (YES, NOON)]).answer is YES
    assert told([(YES, NOON), (ALWAYS, NOON)]).answer is YES


def test_a_request_that_failed_is_failed_for_good() -> None:
    never_sent = told([(FAILED, NOON)])
    undeliverable = told([(SENT, NOON), (FAILED, NOON + MINUTE)])

    assert status(never_sent, NOON + 60 * DAY) is RequestStatus.FAILED
    assert status(undeliverable, NOON + 60 * DAY) is RequestStatus.FAILED


def test_a_failure_reported_after_the_delivery_changes_nothing() -> None:
    request = told([(SENT, NOON), (DELIVERED, NOON + MINUTE), (FAILED, NOON + HOUR)])

    assert status(request, NOON + HOUR) is RequestStatus.DELIVERED


def test_only_failed_expired_and_superseded_requests_can_no_longer_be_answered() -> None:
    assert {known for known in RequestStatus if not known.lives} == {
        RequestStatus.FAILED,
        RequestStatus.EXPIRED,
        RequestStatus.SUPERSEDED,
    }


# A newer request


def test_an_unanswered_request_is_superseded_when_the_newer_one_is_received() -> None:
    older = told([(SENT, NOON), (DELIVERED, NOON)])
    newer = Request(NOON + DAY)
    assert status(older, NOON + DAY, newer) is RequestStatus.DELIVERED

    newer = after_status(newer, SENT, NOON + DAY)
    assert status(older, NOON + DAY, newer) is RequestStatus.DELIVERED

    newer = after_status(newer, DELIVERED, NOON + DAY + SECOND)
    assert status(older, NOON + DAY + SECOND, newer) is RequestStatus.SUPERSEDED
    assert status(newer, NOON + DAY + SECOND) is RequestStatus.DELIVERED


def test_an_answered_request_is_superseded_when_the_newer_one_is_answered() -> None:
    older = told([(SENT, NOON), (DELIVERED, NOON), (NO, NOON + HOUR)])
    newer = told([(SENT, NOON + DAY), (DELIVERED, NOON + DAY), (READ, NOON + DAY)], NOON + DAY)
    assert status(older, NOON + DAY, newer) is RequestStatus.ANSWERED

    newer = after_answer(newer, NO, NOON + 2 * DAY)
    assert status(older, NOON + 2 * DAY, newer) is RequestStatus.SUPERSEDED


def test_a_request_that_ran_out_before_a_newer_one_came_is_not_superseded_afterwards() -> None:
    unanswered = told([(SENT, NOON), (DELIVERED, NOON)])
    answered = told([(SENT, NOON), (DELIVERED, NOON), (NO, NOON)])
    for moment, expected in (
        (NOON + 7 * DAY - SECOND, RequestStatus.SUPERSEDED),
        (NOON + 7 * DAY, RequestStatus.EXPIRED),
    ):
        newer = told([(SENT, moment), (DELIVERED, moment), (NO, moment)], moment)
        assert status(unanswered, NOON + 14 * DAY, newer) is expected
        assert status(answered, NOON + 14 * DAY, newer) is expected


def test_a_newer_request_that_failed_supersedes_nothing() -> None:
    older = told([(SENT, NOON), (DELIVERED, NOON)])
    newer = told([(SENT, NOON + DAY), (FAILED, NOON + DAY)], NOON + DAY)

    assert status(older, NOON + DAY, newer) is RequestStatus.DELIVERED


# What counts against the limits, and what awaits an answer


def test_a_request_counts_from_its_reservation_until_the_moment_it_was_sent_is_known() -> None:
    assert Request(NOON).counted_at == NOON
    assert told([(SENT, NOON + SECOND)]).counted_at == NOON + SECOND


def test_a_request_that_failed_before_it_was_sent_frees_its_place() -> None:
    assert told([(FAILED, NOON)]).counted_at is None
    assert told([(SENT, NOON), (FAILED, NOON + MINUTE)]).counted_at == NOON


@pytest.mark.parametrize("proof", [DELIVERED, READ, YES], ids=["delivered", "read", "answered"])
def test_a_request_that_the_customer_has_counts_even_where_sending_it_seemed_to_fail(
    proof: MessageStatus | Response,
) -> None:
    request = told([(FAILED, NOON + SECOND), (proof, NOON + MINUTE)])

    assert status(request, NOON + MINUTE) is not RequestStatus.FAILED
    assert request.counted_at == NOON


def test_a_request_awaits_its_first_answer_from_the_send_until_it_dies() -> None:
    request = told([(SENT, NOON + SECOND), (DELIVERED, NOON + MINUTE)])

    awaited = OpenRequest(asked_at=NOON, dies_at=NOON + MINUTE + 7 * DAY)
    assert open_request(request, (), PRODUCTION, NOON + MINUTE) == awaited
    assert open_request(request, (), PRODUCTION, NOON + MINUTE + 7 * DAY) is None
    assert open_request(after_answer(request, NO, NOON + HOUR), (), PRODUCTION, NOON + HOUR) is None


def test_a_superseded_request_awaits_nothing() -> None:
    older = told([(SENT, NOON), (DELIVERED, NOON)])
    newer = told([(SENT, NOON + DAY), (DELIVERED, NOON + DAY)], NOON + DAY)

    assert open_request(older, [newer], PRODUCTION, NOON + DAY) is None


def test_declining_and_then_granting_one_request_moves_the_permission_along() -> None:
    request = told([(SENT, NOON), (DELIVERED, NOON)])
    permission = Permission(open_request=open_request(request, (), PRODUCTION, NOON))
    assert permission_at(permission, NOON) is Status.REQUESTED

    permission = permission_after(permission, Reply(NOON + HOUR, NO), PRODUCTION.temporary_grant)
    assert permission_at(permission, NOON + HOUR) is Status.DECLINED

    permission = permission_after(permission, Reply(NOON + DAY, YES), PRODUCTION.temporary_grant)
    assert permission_at(permission, NOON + DAY) is Status.TEMPORARY


# Whatever happens


@given(tellings(request_facts), moments)
def test_any_order_and_repetition_of_the_same_reports_and_answers_ends_in_the_same_request(
    tellings: tuple[list[RequestFact], list[RequestFact]], now: datetime
) -> None:
    once, again = (told(facts) for facts in tellings)

    assert once == again
    assert once.counted_at == again.counted_at
    assert status(once, now) is status(again, now)


@given(st.data())
def test_any_order_of_the_news_of_several_requests_supersedes_the_same_ones(data: st.DataObject) -> None:
    """The facts of three requests to one customer, interleaved and repeated in any way."""
    news = data.draw(st.lists(st.tuples(st.integers(0, 2), request_facts), max_size=10))
    now = data.draw(moments)

    once, again = (_statuses(facts, now) for facts in (news, data.draw(retold(news))))

    assert once == again


def _statuses(news: Iterable[tuple[int, RequestFact]], now: datetime) -> list[RequestStatus]:
    requests = [Request(NOON + place * DAY) for place in range(3)]
    for place, fact in news:
        requests[place] = _after(requests[place], fact)
    forwards = [at(request, requests[place + 1 :], PRODUCTION, now) for place, request in enumerate(requests)]
    backwards = [at(request, requests[:place:-1], PRODUCTION, now) for place, request in enumerate(requests)]
    assert forwards == backwards
    return forwards


@given(st.lists(request_facts, max_size=8), moments, moments)
def test_a_request_that_has_died_never_lives_again_by_waiting(
    facts: list[RequestFact], one: datetime, other: datetime
) -> None:
    request, (sooner, later) = told(facts), sorted((one, other))

    assert status(request, sooner).lives or not status(request, later).lives


def test_a_request_that_is_not_known_to_be_sent_is_not_superseded_by_one_that_was_received() -> None:
    newer = Request(NOON + SECOND, sent_at=NOON + SECOND, delivered_at=NOON + 2 * SECOND)

    assert at(Request(NOON), [newer], PRODUCTION, NOON + HOUR) is RequestStatus.QUEUED
    assert at(Request(NOON, sent_at=NOON), [newer], PRODUCTION, NOON + HOUR) is RequestStatus.SUPERSEDED
