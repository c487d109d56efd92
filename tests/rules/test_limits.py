from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.limits import POLICIES, Limit, LimitUsage, Policy, PolicyName, usage

from .facts import DAY, HOUR, MICROSECOND, NOON, moments

A_DAY, A_WEEK = timedelta(hours=24), timedelta(days=7)
ONE_A_DAY, TWO_A_WEEK = Limit(A_DAY, 1), Limit(A_WEEK, 2)


def test_the_production_policy_has_the_numbers_of_the_reference() -> None:
    assert POLICIES[PolicyName.PRODUCTION] == Policy(
        name=PolicyName.PRODUCTION,
        requests=(Limit(timedelta(hours=24), 1), Limit(timedelta(days=7), 2)),
        connected_calls=(Limit(timedelta(hours=24), 100),),
        placed_calls=(Limit(timedelta(hours=24), 10_000),),
        unanswered_before_nudge=2,
        unanswered_before_revocation=4,
        temporary_grant=timedelta(hours=168),
        request_life=timedelta(days=7),
        undelivered_request_life=timedelta(days=30),
    )


def test_the_sandbox_policy_has_the_numbers_of_the_reference() -> None:
    assert POLICIES[PolicyName.SANDBOX] == Policy(
        name=PolicyName.SANDBOX,
        requests=(Limit(timedelta(hours=24), 25), Limit(timedelta(days=7), 100)),
        connected_calls=(Limit(timedelta(hours=24), 100),),
        unanswered_before_nudge=5,
        unanswered_before_revocation=10,
        temporary_grant=timedelta(hours=168),
        request_life=timedelta(days=7),
        undelivered_request_life=timedelta(days=30),
    )


def test_every_policy_is_kept_under_its_own_name() -> None:
    assert {name: policy.name for name, policy in POLICIES.items()} == {name: name for name in PolicyName}


def test_an_unused_limit_has_nothing_to_reset() -> None:
    assert usage(TWO_A_WEEK, [], NOON) == LimitUsage(A_WEEK, 2, used=0, resets_at=None)
    assert usage(TWO_A_WEEK, [NOON - DAY], NOON) == LimitUsage(A_WEEK, 2, used=1, resets_at=None)
    assert not usage(TWO_A_WEEK, [NOON - DAY], NOON).exhausted


def test_a_used_up_limit_resets_when_its_oldest_use_leaves_the_window() -> None:
    used_up = usage(TWO_A_WEEK, [NOON - DAY, NOON - 3 * DAY], NOON)

    assert used_up == LimitUsage(A_WEEK, 2, used=2, resets_at=NOON + 4 * DAY)
    assert used_up.exhausted


def test_a_use_counts_until_exactly_its_period_later() -> None:
    assert usage(ONE_A_DAY, [NOON], NOON + A_DAY - MICROSECOND).used == 1
    assert usage(ONE_A_DAY, [NOON], NOON + A_DAY).used == 0


def test_windows_roll_and_do_not_start_at_midnight() -> None:
    late_evening = NOON + 11 * HOUR

    assert usage(ONE_A_DAY, [late_evening], late_evening + 2 * HOUR).exhausted
    assert usage(ONE_A_DAY, [late_evening], late_evening + 2 * HOUR).resets_at == late_evening + 24 * HOUR


def test_a_limit_used_beyond_its_maximum_resets_when_one_use_is_free_again() -> None:
    overused = usage(ONE_A_DAY, [NOON - 3 * HOUR, NOON - HOUR, NOON - 2 * HOUR], NOON)

    assert overused == LimitUsage(A_DAY, 1, used=3, resets_at=NOON + 23 * HOUR)


def test_a_use_ahead_of_the_clock_counts_already() -> None:
    assert usage(ONE_A_DAY, [NOON + HOUR], NOON) == LimitUsage(A_DAY, 1, used=1, resets_at=NOON + 25 * HOUR)


@given(
    st.builds(Limit, st.sampled_from((A_DAY, A_WEEK)), st.integers(1, 3)),
    st.lists(moments, max_size=8),
    moments,
)
def test_a_used_up_limit_frees_a_use_at_its_reset_and_not_a_microsecond_sooner(
    limit: Limit, uses: list[datetime], now: datetime
) -> None:
    known = usage(limit, uses, now)

    assert (known.resets_at is not None) is known.exhausted
    if known.resets_at is not None:
        assert known.resets_at > now
        assert usage(limit, uses, known.resets_at - MICROSECOND).exhausted
        assert not usage(limit, uses, known.resets_at).exhausted


@given(st.lists(moments, max_size=8).flatmap(lambda uses: st.tuples(st.just(uses), st.permutations(uses))), moments)
def test_the_usage_does_not_depend_on_the_order_of_the_uses(
    orders: tuple[list[datetime], list[datetime]], now: datetime
) -> None:
    assert usage(TWO_A_WEEK, orders[0], now) == usage(TWO_A_WEEK, orders[1], now)
