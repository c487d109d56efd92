"""Turns to ask WhatsApp, taken by several servers from one row."""

import asyncio
from datetime import datetime

from sqlmodel import select

from actions.turns import GAP, LONGEST_QUEUE, SharedTurns
from models.business_number import BusinessNumber
from tests.ground.house import NOON, PHONE_NUMBER_ID, SECOND, House, open_business

from .doing import restarted


def turns_of(house: House) -> SharedTurns:
    return SharedTurns(house.resources.database, house.resources.now)


async def take(house: House, many: int) -> list[datetime]:
    return sorted(await asyncio.gather(*(turns_of(house).take(PHONE_NUMBER_ID) for _ in range(many))))


async def test_however_many_servers_ask_at_once_there_are_five_turns_a_second_and_each_is_taken_once(
    house: House,
) -> None:
    async with restarted(house) as second, restarted(house) as third:
        taken = await asyncio.gather(take(house, 4), take(second, 4), take(third, 4))
    assert sorted(turn for some in taken for turn in some) == [NOON + number * SECOND / 5 for number in range(12)]


async def test_numbers_do_not_wait_for_each_other(house: House) -> None:
    await open_business(house.resources, phone_number_id="of another business")
    assert await take(house, 2) == [NOON, NOON + GAP]
    assert await turns_of(house).take("of another business") == NOON


async def test_turns_that_nobody_took_are_not_saved_up(house: House) -> None:
    await take(house, 1)
    house.clock.wait(10 * SECOND)
    assert await take(house, 2) == [NOON + 10 * SECOND, NOON + 10 * SECOND + GAP]


async def test_the_turns_of_a_server_whose_clock_was_far_ahead_keep_nobody_waiting(house: House) -> None:
    house.clock.wait(2 * LONGEST_QUEUE)
    await take(house, 1)
    house.clock.now = NOON
    assert await take(house, 2) == [NOON, NOON + GAP]


async def test_whoever_waits_for_a_turn_holds_nothing(house: House) -> None:
    async with house.resources.database.writing() as session:
        number = (await session.exec(select(BusinessNumber))).one()
        number.queries_free_at = NOON + LONGEST_QUEUE - SECOND
    waiting = asyncio.create_task(turns_of(house).turn(PHONE_NUMBER_ID))
    await take(house, 2)  # which needs the row, twice
    assert not waiting.done()
    waiting.cancel()


async def test_a_turn_that_has_come_is_not_waited_for(house: House) -> None:
    await turns_of(house).turn(PHONE_NUMBER_ID)
    assert await take(house, 1) == [NOON + GAP]
