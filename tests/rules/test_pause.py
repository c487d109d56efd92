from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.pause import UNTOLD_PAUSE, Pause, met, told

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Word = tuple[datetime, datetime | None] | datetime  # told with its end, or met

moments = st.integers(0, 12).map(lambda hours: NOON + hours * HOUR)
words: st.SearchStrategy[Word] = st.tuples(moments, st.none() | moments) | moments


def known_of(heard: Iterable[Any]) -> Pause:
    pause = Pause()
    for word in heard:
        pause = told(pause, *word) if isinstance(word, tuple) else met(pause, word)
    return pause


def test_a_number_of_which_nothing_is_known_is_not_paused() -> None:
    assert Pause().ends_at is None


@given(st.lists(words, max_size=4), st.data())
def test_whatever_order_and_however_often_words_come_in_the_pause_is_the_same(
    heard: list[Word], data: st.DataObject
) -> None:
    repeated = [*heard, *data.draw(st.lists(st.sampled_from(heard), max_size=3))] if heard else []
    assert known_of(data.draw(st.permutations(repeated))) == known_of(heard)


def test_the_latest_word_counts_also_when_it_ends_the_pause_or_makes_it_shorter() -> None:
    week = (NOON, NOON + 7 * DAY)
    for later in (NOON + 2 * DAY, None):
        for heard in permutations([week, (NOON + HOUR, later)]):
            assert known_of(heard).ends_at == later


def test_of_two_words_of_one_moment_the_longer_pause_counts() -> None:
    for heard in permutations([(NOON, NOON + HOUR), (NOON, NOON + DAY), (NOON, None)]):
        assert known_of(heard).ends_at == NOON + DAY


def test_a_refusal_that_does_not_say_how_long_pauses_for_a_day() -> None:
    assert known_of([NOON]).ends_at == NOON + UNTOLD_PAUSE
    assert known_of([NOON, NOON + HOUR]).ends_at == NOON + HOUR + UNTOLD_PAUSE


@pytest.mark.parametrize("began", [NOON - DAY, NOON])
def test_a_refusal_in_a_pause_that_is_known_of_adds_nothing_to_it(began: datetime) -> None:
    for heard in permutations([(began, NOON + HOUR), NOON]):
        assert known_of(heard).ends_at == NOON + HOUR


def test_a_refusal_after_the_known_end_is_another_pause() -> None:
    for heard in permutations([(NOON - DAY, NOON - HOUR), NOON]):
        assert known_of(heard).ends_at == NOON + UNTOLD_PAUSE


@pytest.mark.parametrize("until", [None, NOON + 7 * DAY])
def test_a_later_word_says_more_than_a_refusal(until: datetime | None) -> None:
    for heard in permutations([NOON, (NOON + HOUR, until)]):
        assert known_of(heard).ends_at == until
