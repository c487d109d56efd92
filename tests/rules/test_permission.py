from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.permission import (
    Denied,
    Grant,
    Happening,
    OpenRequest,
    Permission,
    Rejection,
    Reply,
    Response,
    Source,
    Status,
    after,
    at,
    at_rest,
    next_moment,
)

from .facts import DAY, HOUR, MICROSECOND, NOON, PRODUCTION, SECOND, happenings, moments, open_requests, tellings
from .last_word import last_word_is_yes

WEEK_OF_HOURS = timedelta(hours=168)


def told(heard: Iterable[Happening], open_request: OpenRequest | None = None) -> Permission:
    known = reduce(lambda permission, news: after(permission, news, PRODUCTION.temporary_grant), heard, Permission())
    return replace(known, open_request=open_request)


def temporary(moment: datetime, expires_at: datetime | None = None) -> Reply:
    return Reply(moment, Response.TEMPORARY, expires_at=expires_at)


def permanent(moment: datetime) -> Reply:
    return Reply(moment, Response.PERMANENT)


def declined(moment: datetime) -> Reply:
    return Reply(moment, Response.DECLINED)


def revoked_by_whatsapp(moment: datetime) -> Reply:
    return Reply(moment, Response.DECLINED, Source.AUTOMATIC)


def turning_points(heard: Iterable[Happening], open_request: OpenRequest | None) -> list[datetime]:
    """Every moment at which anything could possibly change, with its neighbours."""
    points = {news.at for news in heard}
    for news in heard:
        if isinstance(news, Reply):
            points |= {news.at + WEEK_OF_HOURS} | ({news.expires_at} if news.expires_at else set())
    if open_request:
        points |= {open_request.asked_at, open_request.dies_at}
    return sorted(near for point in points for near in (point - MICROSECOND, point, point + MICROSECOND))


# What each status is


def test_nothing_known_is_not_requested() -> None:
    assert at(Permission(), NOON) is Status.NOT_REQUESTED
    assert next_moment(Permission(), NOON) is None


def test_an_open_request_is_requested_until_it_dies() -> None:
    permission = told([], OpenRequest(asked_at=NOON, dies_at=NOON + 7 * DAY))

    assert at(permission, NOON) is Status.REQUESTED
    assert at(permission, NOON + 7 * DAY - MICROSECOND) is Status.REQUESTED
    assert at(permission, NOON + 7 * DAY) is Status.NOT_REQUESTED
    assert next_moment(permission, NOON) == NOON + 7 * DAY


def test_a_temporary_permission_lasts_168_hours_from_the_approval() -> None:
    permission = told([temporary(NOON)])

    assert permission.grant == Grant(NOON, NOON + WEEK_OF_HOURS, Source.USER_ACTION)
    assert at(permission, NOON) is Status.TEMPORARY
    assert at(permission, NOON + WEEK_OF_HOURS - SECOND) is Status.TEMPORARY
    assert next_moment(permission, NOON) == NOON + WEEK_OF_HOURS


def test_at_the_very_second_of_its_expiry_a_permission_is_over() -> None:
    permission = told([temporary(NOON)])

    assert at(permission, NOON + WEEK_OF_HOURS - MICROSECOND) is Status.TEMPORARY
    assert at(permission, NOON + WEEK_OF_HOURS) is Status.EXPIRED
    assert next_moment(permission, NOON + WEEK_OF_HOURS) is None


@pytest.mark.parametrize("life", [timedelta(hours=1), timedelta(days=16)], ids=["shorter", "longer"])
def test_the_expiry_that_whatsapp_sends_wins_over_168_hours(life: timedelta) -> None:
    permission = told([temporary(NOON, expires_at=NOON + life)])

    assert at(permission, NOON + life - MICROSECOND) is Status.TEMPORARY
    assert at(permission, NOON + life) is Status.EXPIRED


def test_a_late_grant_whose_expiry_has_passed_is_expired() -> None:
    permission = told([temporary(NOON - 8 * DAY)])

    assert at(permission, NOON) is Status.EXPIRED
    assert next_moment(permission, NOON) is None


def test_a_permanent_permission_never_ends_by_itself() -> None:
    permission = told([permanent(NOON)])

    assert at(permission, NOON + 3650 * DAY) is Status.PERMANENT
    assert next_moment(permission, NOON) is None


def test_a_no_to_a_first_request_is_declined() -> None:
    assert at(told([declined(NOON)]), NOON) is Status.DECLINED


@pytest.mark.parametrize("grant", [temporary(NOON), permanent(NOON)], ids=["temporary", "permanent"])
def test_a_no_while_a_permission_lives_is_revoked(grant: Reply) -> None:
    permission = told([grant, declined(NOON + HOUR)])

    assert at(permission, NOON + HOUR) is Status.REVOKED
    assert at(permission, NOON + 30 * DAY) is Status.REVOKED
    assert next_moment(permission, NOON + HOUR) is None


def test_a_no_after_a_permission_has_run_out_is_declined() -> None:
    grant = temporary(NOON)

    assert at(told([grant, declined(NOON + WEEK_OF_HOURS - SECOND)]), NOON + 8 * DAY) is Status.REVOKED
    assert at(told([grant, declined(NOON + WEEK_OF_HOURS)]), NOON + 8 * DAY) is Status.DECLINED


def test_an_automatic_no_is_revoked_even_where_no_permission_is_known() -> None:
    alone = told([revoked_by_whatsapp(NOON)])

    assert alone.rejection == Rejection(NOON, Source.AUTOMATIC)
    assert at(alone, NOON) is Status.REVOKED
    assert at(told([temporary(NOON - HOUR), revoked_by_whatsapp(NOON)]), NOON) is Status.REVOKED


def test_a_customer_may_grant_again_after_an_automatic_revocation() -> None:
    permission = told([permanent(NOON - DAY), revoked_by_whatsapp(NOON), temporary(NOON + HOUR)])

    assert at(permission, NOON + HOUR) is Status.TEMPORARY


def test_an_automatic_grant_after_a_callback_allows_calls() -> None:
    permission = told([Reply(NOON, Response.TEMPORARY, Source.AUTOMATIC)])

    assert at(permission, NOON) is Status.TEMPORARY
    assert permission.grant == Grant(NOON, NOON + WEEK_OF_HOURS, Source.AUTOMATIC)


def test_the_newest_yes_counts_even_where_it_allows_less() -> None:
    permission = told([permanent(NOON), temporary(NOON + HOUR)])

    assert at(permission, NOON + HOUR) is Status.TEMPORARY
    assert at(permission, NOON + HOUR + WEEK_OF_HOURS) is Status.EXPIRED


def test_an_older_yes_that_arrives_late_changes_nothing() -> None:
    permission = told([declined(NOON)])

    assert at(told([declined(NOON), permanent(NOON - SECOND)]), NOON) is Status.REVOKED
    assert after(permission, declined(NOON - DAY), WEEK_OF_HOURS) == permission


# One and the same second


@pytest.mark.parametrize("grant", [temporary(NOON), permanent(NOON)], ids=["temporary", "permanent"])
def test_of_a_yes_and_a_no_in_one_second_the_no_counts(grant: Reply) -> None:
    for heard in ([grant, declined(NOON)], [declined(NOON), grant]):
        assert at(told(heard), NOON) is Status.REVOKED


def test_of_two_yeses_in_one_second_the_one_that_allows_less_counts() -> None:
    brief, lasting, forever = temporary(NOON, NOON + HOUR), temporary(NOON), permanent(NOON)

    for heard in ([brief, lasting, forever], [forever, lasting, brief], [lasting, brief, forever]):
        assert at(told(heard), NOON + HOUR - SECOND) is Status.TEMPORARY
        assert at(told(heard), NOON + HOUR) is Status.EXPIRED


@pytest.mark.parametrize("response", Response)
def test_of_two_sources_of_one_word_in_one_second_the_same_one_is_kept_in_either_order(response: Response) -> None:
    pressed, automatic = Reply(NOON, response), Reply(NOON, response, Source.AUTOMATIC)

    assert told([pressed, automatic]) == told([automatic, pressed]) == told([pressed])


# WhatsApp denies


def test_a_denial_of_a_living_permission_is_revoked() -> None:
    permission = told([permanent(NOON), Denied(NOON + HOUR)])

    assert at(permission, NOON + HOUR) is Status.REVOKED
    assert permission.responded_at == NOON  # a denial is not a customer's word


def test_a_denial_of_a_permission_that_has_run_out_is_expired() -> None:
    assert at(told([temporary(NOON), Denied(NOON + 8 * DAY)]), NOON + 8 * DAY) is Status.EXPIRED


def test_a_denial_where_nothing_was_granted_is_not_a_no() -> None:
    assert at(told([Denied(NOON)]), NOON) is Status.NOT_REQUESTED
    assert at(told([Denied(NOON)], OpenRequest(NOON - HOUR, NOON + DAY)), NOON) is Status.REQUESTED


def test_a_grant_in_the_second_of_a_denial_stands() -> None:
    denial = Denied(NOON + SECOND - MICROSECOND)

    assert at(told([temporary(NOON), denial]), NOON + SECOND) is Status.TEMPORARY
    assert at(told([temporary(NOON - SECOND), denial]), NOON + SECOND) is Status.REVOKED


def test_a_grant_after_a_denial_allows_calls() -> None:
    assert at(told([temporary(NOON), Denied(NOON + HOUR), temporary(NOON + 2 * HOUR)]), NOON + DAY) is Status.TEMPORARY


def test_a_no_is_remembered_as_a_no_whatever_whatsapp_denies_later() -> None:
    assert at(told([declined(NOON), Denied(NOON + HOUR)]), NOON + HOUR) is Status.DECLINED


# An open request beside what is known


@pytest.mark.parametrize(
    ("heard", "at_rest_status"),
    [
        ([declined(NOON - DAY)], Status.DECLINED),
        ([permanent(NOON - 2 * DAY), declined(NOON - DAY)], Status.REVOKED),
        ([temporary(NOON - 9 * DAY)], Status.EXPIRED),
        ([], Status.NOT_REQUESTED),
    ],
    ids=["declined", "revoked", "expired", "not requested"],
)
def test_asking_again_is_requested_and_falls_back_when_the_request_dies(
    heard: list[Happening], at_rest_status: Status
) -> None:
    permission = told(heard, OpenRequest(NOON, NOON + 7 * DAY))

    assert at(permission, NOON) is Status.REQUESTED
    assert at(permission, NOON + 7 * DAY) is at_rest_status
    assert at_rest(permission) is at_rest_status


def test_an_open_request_does_not_hide_a_living_permission() -> None:
    open_request = OpenRequest(NOON + DAY, NOON + 8 * DAY)
    permission = told([temporary(NOON)], open_request)

    assert at(permission, NOON + 2 * DAY) is Status.TEMPORARY
    assert next_moment(permission, NOON + 2 * DAY) == NOON + 7 * DAY
    assert at(permission, NOON + 7 * DAY) is Status.REQUESTED
    assert next_moment(permission, NOON + 7 * DAY) == NOON + 8 * DAY
    assert at(permission, NOON + 8 * DAY) is Status.EXPIRED
    assert at(told([permanent(NOON)], open_request), NOON + 2 * DAY) is Status.PERMANENT


def test_a_word_heard_after_asking_ends_the_waiting() -> None:
    open_request = OpenRequest(NOON, NOON + 7 * DAY)

    assert at(told([declined(NOON + HOUR)], open_request), NOON + HOUR) is Status.DECLINED
    assert at(told([declined(NOON)], open_request), NOON + HOUR) is Status.DECLINED
    assert at(told([declined(NOON - SECOND)], open_request), NOON + HOUR) is Status.REQUESTED


def test_only_temporary_and_permanent_allow_calls() -> None:
    assert {status for status in Status if status.allows_calls} == {Status.TEMPORARY, Status.PERMANENT}


# Whatever happens


@given(tellings(happenings), st.none() | open_requests)
def test_any_order_and_repetition_of_the_same_news_ends_in_the_same_status_at_every_moment(
    tellings: tuple[list[Happening], list[Happening]], open_request: OpenRequest | None
) -> None:
    once, again = (told(heard, open_request) for heard in tellings)

    assert once == again
    for moment in turning_points(tellings[0], open_request):
        assert at(once, moment) is at(again, moment)
        assert next_moment(once, moment) == next_moment(again, moment)


@given(st.lists(happenings, max_size=8), st.none() | open_requests)
def test_calls_are_allowed_exactly_while_the_last_word_is_a_yes_that_has_not_run_out(
    heard: list[Happening], open_request: OpenRequest | None
) -> None:
    permission = told(heard, open_request)

    for moment in turning_points(heard, open_request):
        assert at(permission, moment).allows_calls is last_word_is_yes(heard, moment)


@given(st.lists(happenings, max_size=8), st.none() | open_requests, moments)
def test_nothing_changes_before_the_next_moment_and_something_does_at_it(
    heard: list[Happening], open_request: OpenRequest | None, now: datetime
) -> None:
    permission = told(heard, open_request)
    status, change_at = at(permission, now), next_moment(permission, now)

    later = [moment for moment in turning_points(heard, open_request) if moment > now]
    for moment in later:
        if change_at is None or moment < change_at:
            assert at(permission, moment) is status
    if change_at is not None:
        assert change_at > now
        assert at(permission, change_at - MICROSECOND) is status
        assert at(permission, change_at) is not status


@given(st.lists(happenings, max_size=8), st.none() | open_requests)
def test_following_the_next_moments_leads_to_rest(heard: list[Happening], open_request: OpenRequest | None) -> None:
    permission = told(heard, open_request)
    now: datetime | None = NOON - 30 * DAY
    last, steps = NOON, 0

    while now is not None:
        last, now, steps = now, next_moment(permission, now), steps + 1

    assert at(permission, last) is at_rest(permission)
    assert steps <= 3  # a grant runs out, then a request dies, then nothing more
