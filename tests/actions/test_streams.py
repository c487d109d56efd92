"""A workspace's changes as they happen, seen by whoever comes, goes and comes back while others write."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import cast

import pytest

from actions import access, log
from actions.resources import Resources
from graph import cursors
from graph.context import Context
from graph.faults import CodedError
from graph.live import changes_after
from graph.loaders import Loaders
from models.change import Cause, Change, ChangeKind
from models.columns import new_id
from rules.access import Scope
from tests.ground.house import NOON, House, open_business

from .doing import allow, ask, log_stands_at, restarted

ALL = list(ChangeKind)

News = aclosing[AsyncGenerator[Change, None]]


def context(house: House, resources: Resources | None = None) -> Context:
    return Context(resources or house.resources, house.admin, Loaders(house.resources, house.business.workspace.id))


def cursor(house: House, sequence: int) -> str:
    return cursors.encode_log(house.business.workspace.id, sequence)


def something(house: House, at: datetime = NOON) -> Change:
    kind = random.choice(ALL)  # noqa: S311 chance, not secrets
    workspace_id = house.business.workspace.id
    return Change(
        workspace_id=workspace_id, kind=kind, cause=Cause.UPDATED, occurred_at=at, recorded_at=at, subject_id=new_id()
    )


async def write(house: House, how_many: int) -> None:
    """Write some changes in one transaction and announce them."""
    async with house.resources.database.writing() as session:
        workspaces = await log.append(session, [something(house) for _ in range(how_many)])
    for workspace_id in workspaces:
        await house.resources.feed.announce(workspace_id)


async def hammer(house: House, times: int) -> None:
    for _ in range(times):
        await write(house, random.randint(1, 4))  # noqa: S311 chance, not secrets


def stream(house: House, after: str | None = None, *kinds: ChangeKind, on: Resources | None = None) -> News:
    return aclosing(cast("AsyncGenerator[Change, None]", changes_after(context(house, on), after, kinds or ALL)))


async def seen_until(house: House, end: "asyncio.Future[int]", after: int | None) -> list[int]:
    """Listen from a place in the log (None: from now on) until the log's end has been seen."""
    seen: list[int] = []
    async with stream(house, None if after is None else cursor(house, after)) as news:
        async for change in news:
            seen.append(change.sequence)
            if end.done() and change.sequence >= end.result():
                return seen
    return seen


async def test_with_writers_hammering_nothing_is_missed_doubled_or_out_of_order(house: House) -> None:
    end: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    begin = await log_stands_at(house)
    starts: list[int | None] = []
    listeners: list[asyncio.Task[list[int]]] = []

    def listen(after: int | None) -> None:
        starts.append(after)
        listeners.append(asyncio.create_task(seen_until(house, end, after)))

    async with asyncio.timeout(30):
        listen(begin)
        writers = [asyncio.create_task(hammer(house, 12)) for _ in range(4)]
        for _ in range(10):
            await write(house, 1)
            stands_at = await log_stands_at(house)
            listen(random.randint(begin, stands_at))  # noqa: S311 chance, not secrets
            listen(None)
        await asyncio.gather(*writers)
        end.set_result(await log_stands_at(house) + 1)
        await write(house, 1)
        streams = await asyncio.gather(*listeners)

    for after, seen in zip(starts, streams, strict=True):
        first = seen[0] if after is None else after + 1
        assert seen == list(range(first, end.result() + 1))


async def test_a_listener_that_comes_back_again_and_again_sees_each_change_once(house: House) -> None:
    begin = await log_stands_at(house)
    writer = asyncio.create_task(hammer(house, 30))
    seen: list[int] = []
    async with asyncio.timeout(30):
        while not writer.done() or seen[-1:] != [await log_stands_at(house)]:
            position = seen[-1] if seen else begin
            patience = random.randint(1, 5)  # noqa: S311 chance, not secrets
            async with stream(house, cursor(house, position)) as news:
                async for change in news:
                    seen.append(change.sequence)
                    patience -= 1
                    if not patience or (writer.done() and change.sequence == await log_stands_at(house)):
                        break
        await writer
    assert seen == list(range(begin + 1, await log_stands_at(house) + 1))


async def test_what_is_written_between_listening_and_reading_is_seen(house: House) -> None:
    position = await log_stands_at(house)
    async with stream(house, cursor(house, position)) as news, asyncio.timeout(10):
        for number in range(1, 6):  # each before it is asked for, so that it is found by reading
            await write(house, 1)
            assert (await anext(news)).sequence == position + number
        waiting = asyncio.ensure_future(anext(news))
        await asyncio.wait({waiting}, timeout=0)
        await write(house, 1)  # and this one by the bell
        assert (await waiting).sequence == position + 6


async def test_only_the_kinds_asked_for_are_seen(house: House) -> None:
    position = cursor(house, await log_stands_at(house))
    await allow(house)
    await ask(house)
    async with stream(house, position, ChangeKind.PERMISSION_REQUEST) as news, asyncio.timeout(10):
        assert [((await anext(news)).kind, (await anext(news)).status)] == [(ChangeKind.PERMISSION_REQUEST, "SENT")]


async def test_another_workspace_s_changes_are_not_seen(house: House) -> None:
    position = await log_stands_at(house)
    async with stream(house, cursor(house, position)) as news, asyncio.timeout(10):
        waiting = asyncio.ensure_future(anext(news))
        other = await open_business(house.resources, "Other", phone_number_id="2", display_phone_number="+918045550143")
        await other.customer(phone="+919812300457")
        assert not waiting.done()
        await write(house, 1)
        change = await waiting
    assert (change.workspace_id, change.sequence) == (house.business.workspace.id, position + 1)


async def test_a_cursor_of_another_log_or_ahead_of_it_is_refused(house: House) -> None:
    stands_at = await log_stands_at(house)
    for wrong in (cursors.encode_log(new_id(), 1), cursor(house, stands_at + 1), "nonsense"):
        with pytest.raises(CodedError):
            async with stream(house, wrong) as news:
                await anext(news)


async def test_a_listener_on_another_server_that_no_ring_reaches_still_sees_everything(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.live.LOOK_UP_SECONDS", 0.02)
    position = await log_stands_at(house)
    async with (
        restarted(house) as other,
        asyncio.timeout(10),
        stream(house, cursor(house, position), on=other.resources) as news,
    ):
        for number in range(1, 4):
            waiting = asyncio.ensure_future(anext(news))
            await asyncio.wait({waiting}, timeout=0)
            await write(house, 1)
            assert (await waiting).sequence == position + number


async def test_a_revoked_token_ends_its_stream(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.live.LOOK_UP_SECONDS", 0.02)
    async with stream(house) as news, asyncio.timeout(10):
        waiting = asyncio.ensure_future(anext(news))
        await asyncio.wait({waiting}, timeout=0)
        await house.business.viewer(Scope.ADMIN)  # the last admin cannot be revoked
        await access.revoke_token(house.resources, house.business.workspace.id, house.admin.token_id)
        with pytest.raises(CodedError, match="revoked"):
            await waiting
