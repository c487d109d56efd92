"""How often WhatsApp is spoken to, and how soon again: measured on a loop whose clock runs ahead, so nobody waits."""

import asyncio
from datetime import timedelta

import pytest

from rules.permission import Status
from whatsapp.cloud_api import MOST_ATTEMPTS, FreeForm, PermissionState, Taken, Unanswered, Unreached
from whatsapp.errors import RETRIED, TRANSIENT, Code
from whatsapp.pace import Pace

from .hasty import MEERA, NUMBER, Answer, Meta, hastily, no, now

# No more than five questions a second


def test_each_key_has_its_turns_a_fifth_of_a_second_apart() -> None:
    async def turns() -> list[tuple[str, float]]:
        pace, taken = Pace(5), []

        async def turn(key: str) -> None:
            await pace.turn(key)
            taken.append((key, now()))

        await asyncio.gather(*(turn(key) for key in "aaab"))
        return taken

    assert sorted(hastily(turns())) == [("a", 0.0), ("a", 0.2), ("a", 0.4), ("b", 0.0)]


def test_turns_that_nobody_took_are_not_saved_up() -> None:
    async def turns() -> list[float]:
        pace, taken = Pace(5), []
        await asyncio.sleep(10)
        for _ in range(3):
            await pace.turn("a")
            taken.append(now())
        return taken

    assert hastily(turns()) == [10.0, 10.2, 10.4]


def test_a_number_is_asked_about_at_most_five_times_a_second_whoever_asks() -> None:
    async def ask_often() -> tuple[list[float], set[object]]:
        meta = Meta({"permission": {"status": "permanent"}})
        states = await asyncio.gather(*(meta.permission_state(NUMBER, MEERA) for _ in range(23)))
        await meta.close()
        return meta.moments, set(states)

    moments, states = hastily(ask_often())
    assert len(moments) == 23
    assert max(sum(start <= moment < start + 1 for moment in moments) for start in moments) == 5
    assert states == {PermissionState(Status.PERMANENT, None, (), ())}


def test_two_numbers_do_not_wait_for_each_other() -> None:
    async def ask_both() -> list[float]:
        meta = Meta({"permission": {"status": "permanent"}})
        await asyncio.gather(*(meta.permission_state(number, MEERA) for number in ("1", "2")))
        await meta.close()
        return meta.moments

    assert hastily(ask_both()) == [0.0, 0.0]


# Again, later and later


@pytest.mark.parametrize("code", sorted(RETRIED))
def test_what_whatsapp_was_too_busy_for_is_said_again_later_and_later_and_then_given_up(code: int) -> None:
    async def ask() -> tuple[object, list[float]]:
        meta = Meta(no(code))
        outcome = await meta.request_permission(NUMBER, MEERA, FreeForm(None), "cpr:1")
        await meta.close()
        return outcome, meta.moments

    outcome, [first, second, third] = hastily(ask())
    assert outcome == no(code)
    assert MOST_ATTEMPTS == 3
    assert first == 0.0
    assert 0.1 <= second - first <= 0.2
    assert 0.2 <= third - second <= 0.4


def test_it_is_not_said_again_when_patience_would_end_before() -> None:
    async def ask() -> tuple[object, int]:
        meta = Meta(no(Code.SERVICE_OVERLOADED))
        meta.patience = timedelta(milliseconds=300)  # the pauses are 100 to 200 and 200 to 400 ms
        outcome = await meta.request_permission(NUMBER, MEERA, FreeForm(None), "cpr:1")
        await meta.close()
        return outcome, len(meta.moments)

    assert hastily(ask()) == (no(Code.SERVICE_OVERLOADED), 2)


def test_it_is_not_said_again_once_whatsapp_took_it_or_refused_it_for_good() -> None:
    async def ask(*answers: Answer) -> tuple[object, int]:
        meta = Meta(*answers)
        outcome = await meta.start_call(NUMBER, MEERA, "v=0\r\n", "call:1")
        await meta.close()
        return outcome, len(meta.moments)

    busy, taken = no(Code.SERVICE_OVERLOADED), {"calls": [{"id": "wacid.1"}]}
    assert hastily(ask(busy, taken)) == (Taken("wacid.1"), 2)
    assert hastily(ask(busy, no(Code.NO_PERMISSION))) == (no(Code.NO_PERMISSION), 2)
    assert hastily(ask(busy, Unanswered("timed out"))) == (Unanswered("timed out"), 2)
    assert hastily(ask(Unreached("refused"))) == (Unreached("refused"), 1)


def test_a_call_that_could_not_connect_in_time_is_placed_again_only_by_a_person() -> None:
    async def ring() -> tuple[object, int]:
        assert Code.CALL_TIMEOUT in TRANSIENT  # nobody was rung
        meta = Meta(no(Code.CALL_TIMEOUT))
        outcome = await meta.start_call(NUMBER, MEERA, "v=0\r\n", "call:1")
        await meta.close()
        return outcome, len(meta.moments)

    assert hastily(ring()) == (no(Code.CALL_TIMEOUT), 1)


def test_what_ends_in_an_unknown_error_may_have_been_done_and_is_not_said_again() -> None:
    async def ask() -> tuple[object, int]:
        meta = Meta(no(Code.UNKNOWN))
        outcome = await meta.request_permission(NUMBER, MEERA, FreeForm(None), "cpr:1")
        await meta.close()
        return outcome, len(meta.moments)

    assert hastily(ask()) == (Unanswered("1: no"), 1)
