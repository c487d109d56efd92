"""When WhatsApp should be asked what it believes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.verification import AGAIN_AFTER, BEFORE_EXPIRY, UNSEEN_FOR, Known, due_at

from .facts import DAY, HOUR, MINUTE, NOON, SECOND, moments

LIVE = Known(doubtful=False, callable=True, heard_at=NOON, expires_at=NOON + 7 * DAY)


def test_what_lets_nobody_call_and_is_not_in_doubt_is_never_asked_about() -> None:
    assert due_at(replace(LIVE, callable=False), NOON) is None


def test_what_is_in_doubt_is_asked_about_at_once_whether_or_not_it_lets_call() -> None:
    for lets_call in (True, False):
        assert due_at(replace(LIVE, doubtful=True, callable=lets_call), NOON) == NOON


@pytest.mark.parametrize("since", [timedelta(), SECOND, HOUR])
def test_what_stays_in_doubt_is_asked_about_again_a_second_later(since: timedelta) -> None:
    known = replace(LIVE, doubtful=True, asked_at=NOON)
    assert due_at(known, NOON + since) == max(NOON + since, NOON + SECOND)


def test_a_living_permission_is_asked_about_daily() -> None:
    assert due_at(LIVE, NOON) == NOON + DAY
    assert due_at(replace(LIVE, expires_at=None), NOON) == NOON + DAY
    assert due_at(replace(LIVE, heard_at=NOON + HOUR), NOON + HOUR) == NOON + DAY + HOUR


def test_it_is_asked_about_once_more_ten_minutes_before_it_runs_out() -> None:
    ends_soon = replace(LIVE, expires_at=NOON + HOUR)
    assert due_at(ends_soon, NOON) == NOON + 50 * MINUTE
    assert due_at(replace(ends_soon, heard_at=NOON + 50 * MINUTE), NOON + 50 * MINUTE) == NOON + DAY + 50 * MINUTE


@given(moments, st.none() | moments, moments, st.booleans(), st.booleans())
def test_whoever_has_just_asked_need_not_ask_at_once_again(
    heard_at: datetime,
    expires_at: datetime | None,
    now: datetime,
    doubtful: bool,  # noqa: FBT001 the same
    lets_call: bool,  # noqa: FBT001 hypothesis gives them by place
) -> None:
    known = Known(doubtful, lets_call, max(heard_at, now), expires_at, asked_at=now)
    due = due_at(known, now)
    assert due is None or due >= now + min(AGAIN_AFTER, BEFORE_EXPIRY, UNSEEN_FOR) or due > now
