from datetime import timedelta

import pytest

from rules.webhooks import PATIENCE, Again, Answer, Delivered, GivenUp, after, is_dead
from tests.ground.house import DAY, HOUR, MINUTE, NOON, SECOND

NO = Answer(500)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_success_is_a_delivery(status: int) -> None:
    assert after(Answer(status), 9, NOON, 0.5) == Delivered()


@pytest.mark.parametrize("answer", [Answer(None), Answer(199), Answer(301), Answer(404), Answer(410), Answer(503)])
def test_anything_else_is_tried_again(answer: Answer) -> None:
    assert after(answer, 0, NOON, 0) == Again(NOON + 5 * SECOND)


def test_patience_grows_over_three_days_and_then_it_is_given_up() -> None:
    moment, moments = NOON, []
    for failures in range(len(PATIENCE)):
        verdict = after(NO, failures, moment, 0)
        assert isinstance(verdict, Again)
        moments.append(verdict.at - moment)
        moment = verdict.at
    assert moments == sorted(moments)
    assert moments[:4] == [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR]
    assert 3 * DAY <= moment - NOON <= 3 * DAY + 4 * HOUR
    assert after(NO, len(PATIENCE), moment, 0) == GivenUp()


def test_chance_spreads_what_failed_together() -> None:
    assert after(NO, 1, NOON, 1.0) == Again(NOON + 5 * MINUTE + 30 * SECOND)


@pytest.mark.parametrize(
    ("wish", "granted"),
    [(timedelta(), 5 * SECOND), (SECOND, 5 * SECOND), (HOUR, HOUR), (40 * DAY, DAY)],
)
def test_who_asks_to_be_left_alone_is_for_a_day_at_the_most(wish: timedelta, granted: timedelta) -> None:
    assert after(Answer(429, wish), 0, NOON, 0) == Again(NOON + granted)


def test_an_endpoint_where_nothing_arrives_for_three_days_is_dead() -> None:
    assert not is_dead(None, NOON)
    assert not is_dead(NOON, NOON + 3 * DAY - SECOND)
    assert is_dead(NOON, NOON + 3 * DAY)
