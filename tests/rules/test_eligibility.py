from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules.eligibility import Eligibility, Situation, may_call, may_request
from rules.limits import Limit, LimitUsage
from rules.permission import Grant, OpenRequest, Permission, Rejection, Source, Status
from rules.refusals import (
    CallingDisabled,
    CallInProgress,
    CallLimitReached,
    NumberRestricted,
    PermissionAlreadyPermanent,
    PermissionMissing,
    RequestLimitReached,
)

from .facts import DAY, HOUR, MICROSECOND, MINUTE, NOON, PRODUCTION, SANDBOX, SECOND

A_DAY, A_WEEK = timedelta(hours=24), timedelta(days=7)
PERMANENT = Permission(Grant(NOON - DAY, None, Source.USER_ACTION))
TEMPORARY = Permission(Grant(NOON - DAY, NOON + 6 * DAY, Source.USER_ACTION))
STRANGER = Situation(PRODUCTION)
FRIEND = Situation(PRODUCTION, PERMANENT)


def requested(*moments: datetime) -> Situation:
    return replace(STRANGER, requested=moments)


# Asking


def test_a_stranger_may_be_asked_but_not_called() -> None:
    assert may_request(STRANGER, NOON) == Eligibility(
        blockers=(),
        limits=(LimitUsage(A_DAY, 1, 0, None), LimitUsage(A_WEEK, 2, 0, None)),
    )
    assert may_call(STRANGER, NOON).blockers == (PermissionMissing(Status.NOT_REQUESTED),)


def test_one_request_in_24_hours_is_all() -> None:
    situation = requested(NOON)

    refused = may_request(situation, NOON + A_DAY - MICROSECOND)

    assert refused.blockers == (RequestLimitReached(LimitUsage(A_DAY, 1, 1, NOON + A_DAY), NOON + A_DAY),)
    assert refused.available_at == NOON + A_DAY
    assert may_request(situation, NOON + A_DAY).allowed


def test_two_requests_in_7_days_are_all() -> None:
    situation = requested(NOON, NOON + 2 * DAY)

    refused = may_request(situation, NOON + 3 * DAY)

    assert refused.blockers == (RequestLimitReached(LimitUsage(A_WEEK, 2, 2, NOON + 7 * DAY), NOON + 7 * DAY),)
    assert not may_request(situation, NOON + 7 * DAY - MICROSECOND).allowed
    assert may_request(situation, NOON + 7 * DAY).allowed


def test_both_limits_at_once_are_both_told_and_the_longer_one_decides() -> None:
    refused = may_request(requested(NOON - 3 * DAY, NOON - HOUR), NOON)

    assert refused.blockers == (
        RequestLimitReached(LimitUsage(A_DAY, 1, 1, NOON + 23 * HOUR), NOON + 23 * HOUR),
        RequestLimitReached(LimitUsage(A_WEEK, 2, 2, NOON + 4 * DAY), NOON + 4 * DAY),
    )
    assert refused.available_at == NOON + 4 * DAY
    assert refused.refusal == refused.blockers[1]


def test_a_connected_call_frees_the_requests_before_it() -> None:
    asked = requested(NOON - 3 * DAY, NOON - HOUR)

    assert may_request(replace(asked, last_connected_at=NOON - MINUTE), NOON).allowed
    assert may_request(replace(asked, last_connected_at=NOON - MINUTE), NOON).limits[1].used == 0


def test_a_connected_call_does_not_free_a_request_after_it() -> None:
    asked = replace(requested(NOON - 3 * DAY, NOON - HOUR), last_connected_at=NOON - DAY)

    assert may_request(asked, NOON).blockers == (
        RequestLimitReached(LimitUsage(A_DAY, 1, 1, NOON + 23 * HOUR), NOON + 23 * HOUR),
    )


def test_a_request_in_the_very_moment_of_a_call_counts_since_it_may_be_the_later_of_the_two() -> None:
    asked = replace(requested(NOON), last_connected_at=NOON)

    assert may_request(asked, NOON).available_at == NOON + A_DAY
    assert may_request(replace(asked, last_connected_at=NOON + MICROSECOND), NOON + SECOND).allowed


def test_a_permanent_permission_leaves_nothing_to_ask() -> None:
    refused = may_request(FRIEND, NOON)

    assert refused.blockers == (PermissionAlreadyPermanent(),)
    assert refused.available_at is None


@pytest.mark.parametrize(
    "permission",
    [
        TEMPORARY,
        Permission(rejection=Rejection(NOON - DAY, Source.USER_ACTION)),
        Permission(rejection=Rejection(NOON - DAY, Source.AUTOMATIC)),
        Permission(open_request=OpenRequest(NOON - 2 * DAY, NOON + DAY)),
    ],
    ids=["temporary", "declined", "revoked", "requested"],
)
def test_any_other_permission_may_be_asked_for_again(permission: Permission) -> None:
    assert may_request(replace(STRANGER, permission=permission), NOON).allowed


def test_a_sandbox_number_may_ask_25_times_a_day_and_100_times_a_week() -> None:
    today = [NOON - minutes * MINUTE for minutes in range(1, 26)]
    this_week = [NOON - DAY - minutes * MINUTE for minutes in range(1, 101)]
    sandbox = Situation(SANDBOX)

    assert may_request(replace(sandbox, requested=tuple(today[:24])), NOON).allowed
    assert may_request(replace(sandbox, requested=tuple(today)), NOON).available_at == NOON - 25 * MINUTE + A_DAY
    assert may_request(replace(sandbox, requested=tuple(this_week[:99])), NOON).allowed
    assert (
        may_request(replace(sandbox, requested=tuple(this_week)), NOON).available_at
        == NOON - DAY - 100 * MINUTE + A_WEEK
    )


def test_everything_that_can_block_a_request_is_told_at_once() -> None:
    situation = Situation(
        PRODUCTION,
        PERMANENT,
        requested=(NOON - 2 * DAY, NOON),
        calling_enabled=False,
        restricted_until=NOON + DAY,
    )

    refused = may_request(situation, NOON)

    assert refused.blockers == (
        CallingDisabled(),
        NumberRestricted(NOON + DAY),
        PermissionAlreadyPermanent(),
        RequestLimitReached(LimitUsage(A_DAY, 1, 1, NOON + A_DAY), NOON + A_DAY),
        RequestLimitReached(LimitUsage(A_WEEK, 2, 2, NOON + 5 * DAY), NOON + 5 * DAY),
    )
    assert refused.available_at is None
    assert refused.refusal == CallingDisabled()


# Calling


@pytest.mark.parametrize("permission", [TEMPORARY, PERMANENT], ids=["temporary", "permanent"])
def test_a_live_permission_allows_a_call(permission: Permission) -> None:
    assert may_call(replace(STRANGER, permission=permission), NOON).allowed


def test_a_call_is_refused_from_the_very_second_in_which_the_permission_ends() -> None:
    situation = replace(STRANGER, permission=TEMPORARY)

    assert may_call(situation, NOON + 6 * DAY - MICROSECOND).allowed
    assert may_call(situation, NOON + 6 * DAY).blockers == (PermissionMissing(Status.EXPIRED),)


@pytest.mark.parametrize(
    ("permission", "status"),
    [
        (Permission(open_request=OpenRequest(NOON - DAY, NOON + DAY)), Status.REQUESTED),
        (Permission(rejection=Rejection(NOON, Source.USER_ACTION)), Status.DECLINED),
        (Permission(rejection=Rejection(NOON, Source.AUTOMATIC)), Status.REVOKED),
        (replace(TEMPORARY, denied_at=NOON), Status.REVOKED),
        (Permission(), Status.NOT_REQUESTED),
    ],
    ids=["requested", "declined", "revoked", "denied", "not requested"],
)
def test_without_a_live_permission_a_call_is_refused_and_waiting_does_not_help(
    permission: Permission, status: Status
) -> None:
    refused = may_call(replace(STRANGER, permission=permission), NOON)

    assert refused.blockers == (PermissionMissing(status),)
    assert refused.available_at is None
    assert refused.refusal == PermissionMissing(status)


def test_the_hundredth_connected_call_in_24_hours_is_the_last() -> None:
    calls = tuple(NOON - minutes * MINUTE for minutes in range(1, 101))

    assert may_call(replace(FRIEND, connected_out=calls[:99]), NOON).allowed

    refused = may_call(replace(FRIEND, connected_out=calls), NOON)
    resets_at = NOON - 100 * MINUTE + A_DAY
    assert refused.blockers == (CallLimitReached(LimitUsage(A_DAY, 100, 100, resets_at), resets_at),)
    assert refused.available_at == resets_at
    assert not may_call(replace(FRIEND, connected_out=calls), resets_at - MICROSECOND).allowed
    assert may_call(replace(FRIEND, connected_out=calls), resets_at).allowed


def test_a_connected_call_does_not_free_the_calls_before_it() -> None:
    calls = tuple(NOON - minutes * MINUTE for minutes in range(1, 101))

    assert not may_call(replace(FRIEND, connected_out=calls, last_connected_at=NOON - SECOND), NOON).allowed


def test_used_up_requests_do_not_block_a_call() -> None:
    assert may_call(replace(FRIEND, requested=(NOON - 2 * DAY, NOON)), NOON).allowed


def test_a_call_in_progress_blocks_the_next_call_but_no_request() -> None:
    assert may_call(replace(FRIEND, call_in_progress=True), NOON).blockers == (CallInProgress(),)
    assert may_request(replace(STRANGER, call_in_progress=True), NOON).allowed


def test_a_restricted_number_neither_asks_nor_calls_until_the_pause_ends() -> None:
    stranger = replace(STRANGER, restricted_until=NOON + 7 * DAY)
    friend = replace(FRIEND, restricted_until=NOON + 7 * DAY)

    for refused in (may_request(stranger, NOON), may_call(friend, NOON)):
        assert refused.blockers == (NumberRestricted(NOON + 7 * DAY),)
        assert refused.available_at == NOON + 7 * DAY
    assert not may_call(friend, NOON + 7 * DAY - MICROSECOND).allowed
    assert may_call(friend, NOON + 7 * DAY).allowed
    assert may_request(stranger, NOON + 7 * DAY).allowed


def test_a_number_without_calling_neither_asks_nor_calls_however_long_one_waits() -> None:
    for refused in (
        may_request(replace(STRANGER, calling_enabled=False), NOON),
        may_call(replace(FRIEND, calling_enabled=False), NOON),
    ):
        assert refused.blockers == (CallingDisabled(),)
        assert refused.available_at is None


def test_everything_that_can_block_a_call_is_told_at_once() -> None:
    situation = Situation(
        PRODUCTION,
        Permission(rejection=Rejection(NOON, Source.USER_ACTION)),
        connected_out=(NOON,) * 100,
        call_in_progress=True,
        calling_enabled=False,
        restricted_until=NOON + SECOND,
    )

    refused = may_call(situation, NOON)

    assert refused.blockers == (
        CallingDisabled(),
        NumberRestricted(NOON + SECOND),
        PermissionMissing(Status.DECLINED),
        CallInProgress(),
        CallLimitReached(LimitUsage(A_DAY, 100, 100, NOON + A_DAY), NOON + A_DAY),
    )
    assert refused.available_at is None


def test_waiting_does_not_help_where_the_permission_runs_out_first() -> None:
    pause_outlasts = replace(STRANGER, permission=TEMPORARY, restricted_until=NOON + 6 * DAY)
    pause_ends_just_in_time = replace(pause_outlasts, restricted_until=NOON + 6 * DAY - MICROSECOND)

    assert may_call(pause_outlasts, NOON).blockers == (NumberRestricted(NOON + 6 * DAY),)
    assert may_call(pause_outlasts, NOON).available_at is None
    assert may_call(pause_ends_just_in_time, NOON).available_at == NOON + 6 * DAY - MICROSECOND
    assert may_call(pause_ends_just_in_time, NOON + 6 * DAY - MICROSECOND).allowed


def test_what_is_allowed_need_not_be_waited_for() -> None:
    assert may_call(FRIEND, NOON).available_at is None
    assert may_request(STRANGER, NOON).available_at is None


# Whatever the situation


def _near_noon(first_day: int, last_day: int) -> st.SearchStrategy[datetime]:
    return st.builds(
        lambda days, hours, microseconds: NOON + days * DAY + hours * HOUR + microseconds * MICROSECOND,
        st.integers(first_day, last_day),
        st.integers(0, 23),
        st.sampled_from((0, 1, 999_999)),
    )


_limits = st.lists(
    st.builds(Limit, st.sampled_from((HOUR, A_DAY, A_WEEK)), st.integers(1, 3)), min_size=1, max_size=2
).map(tuple)
_uses = st.lists(_near_noon(-7, 0), max_size=6).map(tuple)
_permissions = st.one_of(
    st.just(PERMANENT),
    st.builds(lambda end: Permission(Grant(NOON - 9 * DAY, end, Source.USER_ACTION)), _near_noon(0, 9)),
)
_limited = st.builds(
    lambda requests, connected_calls: replace(PRODUCTION, requests=requests, connected_calls=connected_calls),
    _limits,
    _limits,
)
_situations = st.builds(
    Situation,
    policy=_limited,
    permission=_permissions,
    requested=_uses,
    connected_out=_uses,
    last_connected_at=st.none() | _near_noon(-7, -1),
    restricted_until=st.none() | _near_noon(-1, 8),
)


@given(_situations, st.floats(0, 1, exclude_max=True))
def test_waiting_until_a_call_is_available_frees_the_way_and_nothing_less_does(
    situation: Situation, part_of_the_wait: float
) -> None:
    refused = may_call(situation, NOON)
    available_at = refused.available_at
    assume(available_at is not None)
    assert available_at is not None  # for the type check

    assert may_call(situation, available_at).allowed
    for too_soon in _too_soon(available_at, part_of_the_wait):
        assert not may_call(situation, too_soon).allowed


@given(_situations, st.floats(0, 1, exclude_max=True))
def test_waiting_until_a_request_is_available_frees_the_way_and_nothing_less_does(
    situation: Situation, part_of_the_wait: float
) -> None:
    refused = may_request(replace(situation, permission=Permission()), NOON)
    available_at = refused.available_at
    assume(available_at is not None)
    assert available_at is not None  # for the type check

    assert may_request(replace(situation, permission=Permission()), available_at).allowed
    for too_soon in _too_soon(available_at, part_of_the_wait):
        assert not may_request(replace(situation, permission=Permission()), too_soon).allowed


def _too_soon(available_at: datetime, part_of_the_wait: float) -> list[datetime]:
    """One second less, one microsecond less, and some moment of the wait; never before noon, when it began."""
    candidates = (available_at - SECOND, available_at - MICROSECOND, NOON + part_of_the_wait * (available_at - NOON))
    return [moment for moment in candidates if NOON <= moment < available_at]


@given(_situations, _near_noon(0, 7), st.timedeltas(timedelta(0), A_DAY), st.timedeltas(timedelta(0), A_WEEK))
def test_no_wait_is_promised_where_the_permission_runs_out_during_it(
    situation: Situation, ends_at: datetime, overlap: timedelta, longer: timedelta
) -> None:
    situation = replace(
        situation,
        permission=Permission(Grant(NOON - 9 * DAY, ends_at, Source.USER_ACTION)),
        restricted_until=ends_at + overlap,
    )

    assert may_call(situation, NOON).available_at is None
    assert not may_call(situation, ends_at + longer).allowed


@given(situation=_situations, calling_enabled=st.booleans(), call_in_progress=st.booleans())
def test_every_blocker_is_told_whatever_else_blocks(
    *, situation: Situation, calling_enabled: bool, call_in_progress: bool
) -> None:
    situation = replace(situation, calling_enabled=calling_enabled, call_in_progress=call_in_progress)
    restricted = situation.restricted_until is not None and situation.restricted_until > NOON

    for answer in (may_call(situation, NOON), may_request(situation, NOON)):
        kinds = [type(blocker) for blocker in answer.blockers]
        assert (CallingDisabled in kinds) is not calling_enabled
        assert (NumberRestricted in kinds) is restricted
        assert kinds.count(CallLimitReached) + kinds.count(RequestLimitReached) == sum(
            limit.used >= limit.maximum for limit in answer.limits
        )
        assert answer.allowed is (not kinds)
    assert (CallInProgress() in may_call(situation, NOON).blockers) is call_in_progress
