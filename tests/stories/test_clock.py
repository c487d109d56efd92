"""The clock at work: whatever is due is done, whatever else takes its time or goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from actions import permissions
from rules.call import CallStatus
from rules.permission import Status
from rules.request import RequestStatus
from server import scheduler
from tests.actions import meta
from tests.actions.doing import (
    allow,
    ask,
    asked,
    believing,
    calls_of,
    hear,
    log_stands_at,
    only_for,
    permission_of,
    rung,
    the_call,
    the_request,
    told,
)
from tests.ground.house import HOUR, NOON, SECOND, House
from whatsapp.cloud_api import Unanswered
from whatsapp.fake import StateAsked


@asynccontextmanager
async def clock_running(house: House) -> AsyncIterator[None]:
    running = asyncio.create_task(scheduler.run(house.resources, asyncio.Event()))
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def until_told(house: House, after: int, changes: int = 1) -> None:
    """Wait for the log to grow, and make the clock look up: its time is ours, and it cannot know that we moved it."""
    async with asyncio.timeout(60), house.resources.feed.listening(house.business.workspace.id) as bell:
        while await log_stands_at(house) < after + changes:
            house.resources.feed.wake_all()
            await bell.heard(0.05)


async def test_the_clock_tells_of_a_permission_that_runs_out(house: House) -> None:
    await allow(house)
    before = await log_stands_at(house)
    async with clock_running(house):
        house.clock.wait(7 * 24 * HOUR)
        await until_told(house, before)
    first, *_ = await told(house, before)  # WhatsApp may have been asked about it already
    assert first == ("CALL_PERMISSION", "TEMPORARY", "EXPIRED", "RAN_OUT")


async def test_the_clock_sends_what_a_dead_server_left_and_gives_up_what_it_was_ringing(house: House) -> None:
    await allow(house, house.caio)
    house.whatsapp.will(Unanswered("timed out"), Unanswered("timed out"))
    await ask(house)
    await rung(house, house.caio)
    house.whatsapp.state = believing(requests=1)
    async with clock_running(house):
        before = await log_stands_at(house)
        house.clock.wait(2 * house.whatsapp.patience)
        await until_told(house, before, changes=3)
    assert (await the_request(house.resources)).status is RequestStatus.SENT
    assert (await the_call(house.resources)).status is CallStatus.FAILED


async def test_while_whatsapp_takes_its_time_the_clock_goes_on_telling(house: House) -> None:
    await allow(house, house.caio, lasting=HOUR)
    house.whatsapp.will(Unanswered("timed out"))
    await ask(house)
    hanging = asyncio.Event()

    async def hang() -> None:
        hanging.set()
        await asyncio.Event().wait()

    house.whatsapp.meanwhile = only_for(StateAsked, hang)
    before = await log_stands_at(house)
    async with clock_running(house), asyncio.timeout(60):
        house.clock.wait(2 * house.whatsapp.patience)
        house.resources.feed.wake_all()
        await hanging.wait()

        house.clock.wait(HOUR)
        await until_told(house, before)
    assert await told(house, before) == [("CALL_PERMISSION", "TEMPORARY", "EXPIRED", "RAN_OUT")]


async def test_what_goes_wrong_with_one_thing_does_not_keep_the_clock_from_another(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await allow(house, house.caio, lasting=2 * house.whatsapp.patience)
    monkeypatch.setattr(permissions, "STILL_WANTED", None)  # to compare with it raises
    house.whatsapp.state = believing(requests=0)
    house.whatsapp.will(Unanswered("timed out"))
    await ask(house)
    house.clock.wait(SECOND)
    house.whatsapp.will(Unanswered("timed out"))
    await rung(house, house.caio)
    before = await log_stands_at(house)
    async with clock_running(house):
        house.clock.wait(2 * house.whatsapp.patience)
        await until_told(house, before, changes=2)
    [call] = await calls_of(house.resources)
    assert call.status is CallStatus.FAILED
    assert (await permission_of(house.resources, house.caio)).status is Status.EXPIRED


async def test_a_grant_that_comes_in_wakes_the_clock_to_look_when_it_ends(house: House) -> None:
    await asked(house)
    async with clock_running(house):
        house.clock.wait(SECOND)
        reply = meta.replied("wamid.reply", NOON + SECOND, to="wamid.1", expires_at=NOON + HOUR)
        await hear(house.resources, reply)
        before = await log_stands_at(house)
        house.clock.wait(HOUR)
        await until_told(house, before)
    assert (await permission_of(house.resources, house.meera)).status is Status.EXPIRED
