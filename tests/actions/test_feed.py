"""Announcements within one server: every bell of a workspace rings, and no other's does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID

import pytest
import pytest_asyncio

from actions.feed import Feed, Waiter
from models.columns import new_id

OURS, THEIRS = new_id(), new_id()
LONG = 60.0  # seconds: nothing here waits for as long


@pytest_asyncio.fixture
async def feed() -> AsyncIterator[Feed]:
    feed = Feed()
    async with feed.running():
        yield feed


async def rang(bell: Waiter) -> bool:
    """Tell whether it has been rung by now."""
    return await bell.heard(0)


async def everything_announced_is_heard(feed: Feed) -> None:
    """Wait until all that was announced before is through: announcements come in their order."""
    mark = new_id()
    async with feed.listening(mark) as bell:
        await feed.announce(mark)
        await bell.heard(LONG)


async def test_an_announcement_rings_every_bell_of_its_workspace_and_none_of_another_s(feed: Feed) -> None:
    async with (
        feed.listening(OURS) as one,
        feed.listening(OURS) as another,
        feed.listening(THEIRS) as theirs,
        feed.listening() as everywhere,
    ):
        await feed.announce(OURS)
        await everything_announced_is_heard(feed)

        assert [await rang(bell) for bell in (one, another, theirs, everywhere)] == [True, True, False, True]


async def test_a_bell_that_rings_while_nobody_waits_is_heard_afterwards_and_once(feed: Feed) -> None:
    async with feed.listening(OURS) as bell:
        for _ in range(3):
            await feed.announce(OURS)
        await everything_announced_is_heard(feed)
        assert [await rang(bell), await rang(bell)] == [True, False]


async def test_what_was_announced_before_somebody_listened_does_not_ring_for_them(feed: Feed) -> None:
    await feed.announce(OURS)
    await everything_announced_is_heard(feed)
    async with feed.listening(OURS) as bell:
        assert not await rang(bell)


async def test_whoever_listens_long_enough_hears_that_nothing_came(feed: Feed) -> None:
    async with feed.listening(OURS) as bell:
        await bell.heard(0.001)
        assert not await rang(bell)


async def test_a_listener_hears_every_announcement_however_fast_they_come(feed: Feed) -> None:
    heard = 0
    async with feed.listening(OURS) as bell:
        for _ in range(200):
            await feed.announce(OURS)
            await bell.heard(LONG)
            heard += 1
    assert heard == 200


async def test_many_listeners_come_and_go_and_each_hears_its_own_workspace_only(feed: Feed) -> None:
    workspaces = [new_id() for _ in range(10)]
    silent = new_id()

    async def visit(workspace_id: UUID) -> bool:
        async with feed.listening(workspace_id) as own, feed.listening(silent) as other:
            await feed.announce(workspace_id)
            await own.heard(LONG)
            return await rang(other)

    visits = [visit(workspace_id) for _ in range(50) for workspace_id in workspaces]
    assert await asyncio.gather(*visits) == [False] * 500


async def test_a_listener_that_has_gone_leaves_the_others_listening(feed: Feed) -> None:
    async with AsyncExitStack() as stack:
        staying = await stack.enter_async_context(feed.listening(OURS))
        async with feed.listening(OURS):
            pass
        await feed.announce(OURS)
        await staying.heard(LONG)


async def test_a_listener_that_comes_after_the_last_one_left_is_heard_too(feed: Feed) -> None:
    for _ in range(3):
        async with feed.listening(OURS) as bell:
            await feed.announce(OURS)
            await bell.heard(LONG)


async def test_a_listener_whose_task_is_cancelled_has_gone(feed: Feed) -> None:
    listens = asyncio.Event()

    async def listen() -> None:
        async with feed.listening(OURS) as bell:
            listens.set()
            await bell.heard(LONG)

    task = asyncio.create_task(listen())
    await listens.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await feed.announce(OURS)
    async with feed.listening(OURS) as bell:
        await everything_announced_is_heard(feed)
        await feed.announce(OURS)
        await bell.heard(LONG)


async def test_everybody_is_woken_when_the_server_is_about_to_stop(feed: Feed) -> None:
    async with feed.listening(OURS) as ours, feed.listening(THEIRS) as theirs, feed.listening() as everywhere:
        feed.wake_all()
        assert [await rang(bell) for bell in (ours, theirs, everywhere)] == [True, True, True]
