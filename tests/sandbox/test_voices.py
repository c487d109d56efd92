"""Calls that are spoken on: a peer as a browser has one, answered by the sandbox's."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox import answering
from sandbox import calling as calls
from sandbox.call import Call, CallStatus
from sandbox.config import Config
from sandbox.errors import MetaError
from sandbox.fields import Fields
from sandbox.permission import Answer
from sandbox.store import Store
from sandbox.voices import MEDIA_RECEIVE_TIMEOUT, Patience, keep_voices
from sandbox.world import World

from .caller import Caller, calling
from .harness import MEERA, NUMBER, OFFER, Door, Sandbox, configured, run_sandbox

LONG = 600.0


def _told(door: Door, wacid: str) -> list[str]:
    """List what is told of a call: its events, and its statuses."""
    items = [*door.items("calls"), *door.items("statuses", "calls")]
    return [item.get("event", item.get("status", "")) for item in items if item["id"] == wacid]


async def _rung(sandbox: Sandbox, door: Door, caller: Caller) -> str:
    """Ring with a browser's offer, and let the browser have the answer."""
    await sandbox.press("grant", {"answer": "permanent"})
    session = {"sdp_type": "offer", "sdp": await caller.offer()}
    wacid: str = (await sandbox.ring(session=session)).json()["calls"][0]["id"]
    await door.until(lambda: "RINGING" in _told(door, wacid))
    [connect] = [call for call in door.items("calls") if call["id"] == wacid]
    assert (connect["event"], connect["session"]["sdp_type"]) == ("connect", "answer")
    await caller.take(connect["session"]["sdp"])
    await caller.until("connected")
    return wacid


async def test_a_customer_who_picks_up_greets_and_then_says_again_what_they_hear(sandbox: Sandbox, door: Door) -> None:
    async with calling() as caller:
        wacid = await _rung(sandbox, door, caller)
        assert caller.heard + caller.silent == 0  # nobody speaks while it rings
        await sandbox.press(f"calls/{wacid}", {"do": "answer"})
        await caller.until_loud(100)  # the greeting alone has half as many pieces
        await sandbox.press(f"calls/{wacid}", {"do": "hang_up"})
        await caller.until("closed")
    await door.until(lambda: _told(door, wacid) == ["connect", "terminate", "RINGING", "ACCEPTED"])


@pytest.mark.parametrize("deed", ["reject", "ignore"])
async def test_a_call_that_nobody_takes_closes_the_line_again(sandbox: Sandbox, door: Door, deed: str) -> None:
    async with calling() as caller:
        wacid = await _rung(sandbox, door, caller)
        await sandbox.press(f"calls/{wacid}", {"do": deed})
        await caller.until("closed")
        assert caller.heard + caller.silent == 0


async def test_the_business_that_hangs_up_closes_the_line(sandbox: Sandbox, door: Door) -> None:
    async with calling() as caller:
        wacid = await _rung(sandbox, door, caller)
        await sandbox.press(f"calls/{wacid}", {"do": "answer"})
        await caller.until_loud(5)
        end = {"messaging_product": "whatsapp", "call_id": wacid, "action": "terminate"}
        assert (await sandbox.graph(f"{NUMBER}/calls", end)).status_code == 200
        await caller.until("closed")


async def test_an_offer_that_cannot_be_read_rings_with_nobody_to_speak(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    session = {"sdp_type": "offer", "sdp": f"{OFFER}a=candidate:nonsense\r\n"}
    wacid = (await sandbox.ring(session=session)).json()["calls"][0]["id"]
    await door.until(lambda: _told(door, wacid) == ["connect", "RINGING"])
    assert "a=mid:audio0\r\n" in door.items("calls")[0]["session"]["sdp"]


@asynccontextmanager
async def _world(database: Path) -> AsyncIterator[tuple[World, Store]]:
    """Give what a sandbox knows, without the sandbox: nobody answers an offer yet, and nothing is sent."""
    store = Store(database)
    try:
        yield World(configured(database, "http://127.0.0.1:9/"), store, time.time), store
    finally:
        store.close()


def _answer_in(store: Store, wacid: str) -> str:
    """Find the answer to a call's offer among what is to be sent."""
    values = [delivery.update.value for delivery in store.undelivered()]
    [connect] = [call for value in values for call in value.get("calls", []) if call["id"] == wacid]
    assert connect["event"] == "connect"
    answer: str = connect["session"]["sdp"]
    return answer


def _ring(world: World, offer: str) -> str:
    number = world.numbers[NUMBER]
    answering.grant(world, number, MEERA, Answer.PERMANENT)
    session = {"sdp_type": "offer", "sdp": offer}
    body = {"messaging_product": "whatsapp", "to": MEERA, "action": "connect", "session": session}
    started: dict[str, Any] = calls.act(world, number, Fields(body, lambda sentence: MetaError(100, sentence)))
    wacid: str = started["calls"][0]["id"]
    return wacid


async def _until(world: World, wacid: str, holds: Callable[[Call], bool]) -> Call:
    with world.listening() as news:
        async with asyncio.timeout(30):
            while (call := world.calls.get(wacid)) is None or not holds(call):
                news.clear()
                await news.wait()
    return call


@asynccontextmanager
async def _voices(world: World, patience: Patience) -> AsyncIterator[None]:
    keeping = asyncio.create_task(keep_voices(world, patience))
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])
    assert keeping.cancelled()


async def _answered(world: World, caller: Caller) -> str:
    wacid = _ring(world, await caller.offer())
    await _until(world, wacid, lambda call: call.offer is None)
    calls.person_does(world, MEERA, wacid, "answer")
    return wacid


async def test_an_offer_that_was_cut_off_by_a_restart_is_answered_after_it(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.sqlite"
    async with calling() as caller:
        async with _world(database) as (world, _):
            wacid = _ring(world, await caller.offer())
        async with _world(database) as (world, store), _voices(world, Patience(LONG, LONG)):
            await _until(world, wacid, lambda call: call.offer is None)
            await caller.take(_answer_in(store, wacid))
            await caller.until("connected")


async def test_a_call_on_which_the_business_is_never_heard_ends_as_failed(tmp_path: Path) -> None:
    async with (
        calling() as caller,
        _world(tmp_path / "sandbox.sqlite") as (world, _),
        _voices(world, Patience(0.2, LONG)),
    ):
        wacid = await _answered(world, caller)  # the answer never gets to the caller
        call = await _until(world, wacid, lambda call: call.ended_at is not None)
    assert (call.status, call.failure) == (CallStatus.FAILED, MEDIA_RECEIVE_TIMEOUT)


async def test_a_browser_that_goes_away_without_a_word_has_its_call_ended(tmp_path: Path) -> None:
    async with (
        calling() as caller,
        _world(tmp_path / "sandbox.sqlite") as (world, store),
        _voices(world, Patience(LONG, 1.0)),
    ):
        wacid = await _answered(world, caller)
        await caller.take(_answer_in(store, wacid))
        echo = asyncio.create_task(caller.until_loud(75))  # so it was heard
        end = asyncio.create_task(_until(world, wacid, lambda call: call.ended_at is not None))
        await asyncio.wait([echo, end], return_when=asyncio.FIRST_COMPLETED)
        echo.cancel()
        await caller.close()
        call = await end
    assert (call.status, call.failure) == (CallStatus.FAILED, MEDIA_RECEIVE_TIMEOUT)


async def test_a_sandbox_that_is_stopped_amid_a_call_leaves_nothing_open(config: Config, door: Door) -> None:
    async with calling() as caller:
        async with run_sandbox(config) as sandbox:
            wacid = await _rung(sandbox, door, caller)
            await sandbox.press(f"calls/{wacid}", {"do": "answer"})
            await caller.until_loud(5)
        await caller.until("closed")  # and a socket or a task that is left behind fails any test


def test_what_calls_are_spoken_with_is_not_loaded_before_there_is_a_call() -> None:
    looking = "import sys, sandbox.app; print({'aiortc', 'av'} & set(sys.modules))"
    # S603: this very Python, with a program written here
    seen = subprocess.run([sys.executable, "-c", looking], capture_output=True, text=True, check=True)  # noqa: S603
    assert seen.stdout == "set()\n"
