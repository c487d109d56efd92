"""Several servers and what is between them: Redis, or PostgreSQL. Each is real, and each is cut."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Never

import asyncpg
import pytest
from sqlalchemy import make_url
from structlog.testing import capture_logs

from actions.feed import Feed, Waiter
from actions.redis_wire import RedisWire
from actions.relay import MOST_AT_ONCE, MOST_WAITING
from actions.wires import PostgreSQLWire, Say, Wire, wire_to
from models.columns import new_id
from tests.ground.cable import Cable
from tests.ground.redis_server import RedisServer

OURS, THEIRS = new_id(), new_id()
LONG = 60.0  # seconds: nothing here waits for as long
SECONDS_BETWEEN_LOOKS = 0.01
IMPATIENT_SECONDS = 1.0


@pytest.fixture(params=["redis", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue({"redis": "redis_url", "postgresql": "bare_postgresql_url"}[request.param])
    return found


@asynccontextmanager
async def server(wire: Wire | None, *, unheard: bool = False) -> AsyncIterator[Feed]:
    """Run one server's feed; it hears the others from the start unless it cannot."""
    feed = Feed(wire)
    async with feed.running():
        if not unheard:
            await hears(feed)
        yield feed


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG):
        while not condition():  # noqa: ASYNC110 nobody says so
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


async def hears(feed: Feed) -> None:
    """Wait until it hears, and whatever it was told with that has rung."""
    await until(lambda: feed.hears)
    await settled(feed)


async def settled(feed: Feed) -> None:
    """Wait until all that has come in at this server has rung its bells."""
    mark = new_id()
    async with feed.listening(mark) as bell:
        await feed.announce(mark)
        await rings(bell)


async def rings(bell: Waiter) -> None:
    assert await bell.heard(LONG)


async def silent(bell: Waiter) -> bool:
    return not await bell.heard(0)


async def passed_through(here: Feed, there: Feed) -> None:
    """Wait until all that was announced here before is known there."""
    mark = new_id()
    async with there.listening(mark) as bell:
        await here.announce(mark)
        await rings(bell)


# --- From one server to another ---


async def test_what_one_server_announces_rings_that_workspace_s_bells_at_every_other(url: str) -> None:
    async with (
        server(wire_to(url)) as one,
        server(wire_to(url)) as another,
        server(wire_to(url)) as third,
        another.listening(OURS) as ours,
        another.listening(THEIRS) as theirs,
        third.listening(OURS) as far,
        third.listening() as everywhere,
    ):
        await one.announce(OURS)
        for bell in (ours, far, everywhere):
            await rings(bell)
        await passed_through(one, another)
        assert await silent(theirs)


async def test_a_server_does_not_hear_itself_twice(url: str) -> None:
    async with server(wire_to(url)) as one, server(wire_to(url)) as another, one.listening(OURS) as bell:
        await one.announce(OURS)
        await rings(bell)
        # What another says after it has heard us reaches us after our own echo.
        await passed_through(one, another)
        await passed_through(another, one)
        assert await silent(bell)


async def test_twenty_servers_announce_at_once_and_every_one_is_heard(url: str) -> None:
    async with AsyncExitStack() as stack:
        listener = await stack.enter_async_context(server(wire_to(url)))
        speakers = [await stack.enter_async_context(server(wire_to(url))) for _ in range(20)]
        workspaces = [new_id() for _ in speakers]
        bells = [await stack.enter_async_context(listener.listening(workspace)) for workspace in workspaces]
        await asyncio.gather(
            *(speaker.announce(workspace) for speaker, workspace in zip(speakers, workspaces, strict=True))
        )
        for bell in bells:
            await rings(bell)


async def test_twenty_tasks_of_one_server_announce_at_once_and_every_one_is_heard(url: str) -> None:
    async with AsyncExitStack() as stack:
        speaker = await stack.enter_async_context(server(wire_to(url)))
        listener = await stack.enter_async_context(server(wire_to(url)))
        workspaces = [new_id() for _ in range(20)]
        bells = [await stack.enter_async_context(listener.listening(workspace)) for workspace in workspaces]
        await asyncio.gather(*(speaker.announce(workspace) for workspace in workspaces))
        for bell in bells:
            await rings(bell)


async def test_thousands_of_announcements_of_a_few_workspaces_are_a_few_words(url: str) -> None:
    workspaces = [new_id() for _ in range(50)]
    async with AsyncExitStack() as stack:
        speaker = await stack.enter_async_context(server(wire_to(url)))
        listener = await stack.enter_async_context(server(wire_to(url)))
        overheard = await stack.enter_async_context(overhearing(url))
        bells = [await stack.enter_async_context(listener.listening(workspace)) for workspace in workspaces]
        await asyncio.gather(*(speaker.announce(workspace) for workspace in workspaces for _ in range(200)))
        for bell in bells:
            await rings(bell)
        await passed_through(speaker, listener)  # the last of it has been said
        async with asyncio.timeout(60):
            while not {str(workspace) for workspace in workspaces} <= {*words(overheard)}:  # noqa: ASYNC110 no event
                await asyncio.sleep(0.005)  # until it, on a connection of its own, has heard as much
    assert len(words(overheard)) < 200


async def test_announcements_of_thousands_of_workspaces_all_arrive_in_few_lines(url: str) -> None:
    workspaces = [new_id() for _ in range(5000)]
    async with AsyncExitStack() as stack:
        speaker = await stack.enter_async_context(server(wire_to(url)))
        listener = await stack.enter_async_context(server(wire_to(url)))
        overheard = await stack.enter_async_context(overhearing(url))
        bells = [await stack.enter_async_context(listener.listening(workspace)) for workspace in workspaces]
        for workspace in workspaces:
            await speaker.announce(workspace)
        for bell in bells:
            await rings(bell)
    assert len(overheard) <= len(workspaces) // MOST_AT_ONCE + 2
    assert max(len(line) for line in overheard) < 8000


@asynccontextmanager
async def overhearing(url: str) -> AsyncIterator[list[str]]:
    """Give what passes over the wire, as it does."""
    lines: list[str] = []
    begun = asyncio.Event()
    task = asyncio.create_task(of(url).hear(begun.set, lines.append))
    await begun.wait()
    yield lines
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def words(lines: list[str]) -> list[str]:
    return [word for line in lines for word in line.split(" ")[1:]]


def of(url: str) -> Wire:
    wire = wire_to(url)
    assert wire is not None
    return wire


async def test_what_is_no_announcement_of_ours_is_logged_and_the_next_one_heard(url: str) -> None:
    async with server(wire_to(url)) as feed, server(wire_to(url)) as other, feed.listening(OURS) as bell:
        with capture_logs() as logs:
            async with of(url).speaking() as say:
                for line in ("hello", "someone else's words", "", "   ", "x " + "y" * 5000):
                    await say(line)
            await other.announce(OURS)
            await rings(bell)
    assert {line["event"] for line in logs} == {"announcement_not_understood"}
    assert max(line["characters"] for line in logs) > 100


# --- Cut ---


async def cut_postgresql(url: str) -> None:
    """End every connection that listens or speaks, as an operator or a failover would."""
    connection = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    await connection.execute(f"{others} AND pid <> pg_backend_pid()")
    await connection.close()


async def test_when_redis_was_killed_every_bell_rings_as_it_is_back_and_goes_on_ringing(redis: RedisServer) -> None:
    async with (
        server(RedisWire(redis.url)) as here,
        server(RedisWire(redis.url)) as there,
        there.listening(OURS) as ours,
        there.listening(THEIRS) as theirs,
    ):
        redis.kill()
        await until(lambda: not there.hears)
        await here.announce(OURS)
        await settled(there)
        assert await silent(ours)
        redis.start()
        await rings(ours)
        await rings(theirs)  # which may have changed as well: nobody could tell
        await hears(here)
        await here.announce(THEIRS)
        await rings(theirs)


async def test_when_postgresql_cut_the_connections_every_bell_rings_and_goes_on_ringing(
    bare_postgresql_url: str,
) -> None:
    async with (
        server(wire_to(bare_postgresql_url)) as here,
        server(wire_to(bare_postgresql_url)) as there,
        there.listening(OURS) as ours,
        there.listening(THEIRS) as theirs,
    ):
        for _ in range(3):
            await cut_postgresql(bare_postgresql_url)
            await rings(ours)
            await rings(theirs)
            await here.announce(OURS)
            await rings(ours)


async def test_what_was_announced_while_the_wire_was_cut_is_said_when_it_is_back(url: str) -> None:
    """Also to a server that heard all the time: nothing tells it that the speaker was cut off."""
    async with Cable(url) as cable, server(wire_to(cable.url)) as here, server(wire_to(url)) as there:
        await cable.pull()
        await until(lambda: not here.hears)
        async with there.listening(OURS) as bell:
            for _ in range(100):
                await here.announce(OURS)
            await settled(there)
            assert await silent(bell)
            await cable.plug()
            await rings(bell)


async def test_a_wire_that_only_falls_silent_is_noticed_and_laid_anew(url: str) -> None:
    """The other machine vanished, or a firewall forgot us: no connection is closed, and nothing comes through."""
    async with (
        Cable(url) as cable,
        server(impatient(cable.url)) as here,
        server(wire_to(url)) as there,
        here.listening(OURS) as bell,
    ):
        cable.freeze()
        await until(lambda: not here.hears)
        await there.announce(OURS)
        cable.thaw()
        await rings(bell)
        await hears(here)
        await there.announce(OURS)
        await rings(bell)


async def test_a_wire_over_which_nobody_speaks_is_kept(url: str) -> None:
    """The other end answers when it is asked, again and again."""
    lines: list[str] = []
    begun = asyncio.Event()
    hearing = asyncio.create_task(impatient(url).hear(begun.set, lines.append))
    await begun.wait()
    ended, _ = await asyncio.wait({hearing}, timeout=3 * IMPATIENT_SECONDS)
    assert ended == set()
    async with of(url).speaking() as say:
        await say("still there")
    await until(lambda: lines == ["still there"])
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)


def impatient(url: str) -> Wire:
    return RedisWire(url, IMPATIENT_SECONDS) if url.startswith("redis") else PostgreSQLWire(url, IMPATIENT_SECONDS)


async def test_while_the_wire_is_cut_a_server_hears_itself(url: str) -> None:
    async with Cable(url) as cable, server(wire_to(cable.url)) as here, here.listening(OURS) as bell:
        await cable.pull()
        await until(lambda: not here.hears)
        await here.announce(OURS)
        await rings(bell)


async def test_a_server_starts_before_what_it_is_to_hear_and_hears_as_soon_as_that_is_there(
    redis: RedisServer,
) -> None:
    redis.kill()
    async with server(RedisWire(redis.url), unheard=True) as here, here.listening(OURS) as bell:
        with capture_logs() as logs:
            await until(lambda: {"hear", "say"} <= {line.get("to") for line in logs})
        assert not here.hears
        assert all("Connection" in type(line["exc_info"]).__name__ for line in logs)
        redis.start()
        await rings(bell)


async def test_when_more_workspaces_wait_than_are_remembered_everybody_is_woken(url: str) -> None:
    """Nothing grows while the wire is cut, and nobody is forgotten."""
    async with Cable(url) as cable, server(wire_to(cable.url)) as here, server(wire_to(url)) as there:
        await cable.pull()
        await until(lambda: not here.hears)
        async with there.listening(OURS) as bell:
            await here.announce(OURS)
            for _ in range(MOST_WAITING):
                await here.announce(new_id())
            await cable.plug()
            await rings(bell)


# --- The end ---


@pytest.mark.parametrize("told_to_stop", ["at once", "when it hears", "while it is cut off", "with something to say"])
async def test_a_feed_ends_and_leaves_nothing_behind(url: str, told_to_stop: str) -> None:
    before = asyncio.all_tasks()
    async with Cable(url) as cable:
        async with server(wire_to(cable.url), unheard=told_to_stop == "at once") as feed:
            if told_to_stop == "while it is cut off":
                await cable.pull()
                await until(lambda: not feed.hears)
                await feed.announce(OURS)
            if told_to_stop == "with something to say":
                await feed.announce(OURS)
        assert not feed.hears
        await until(lambda: asyncio.all_tasks() <= before | cable.tasks)
    gc.collect()  # a connection that nobody closed complains now, and a warning is an error


class Deaf:
    """A wire whose driver loses it the first time that it is cancelled."""

    async def hear(self, begun: Callable[[], None], take: Callable[[str], None]) -> Never:  # noqa: ARG002
        begun()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        while True:
            await asyncio.Event().wait()

    @asynccontextmanager
    async def speaking(self) -> AsyncIterator[Say]:
        async def say(words: str) -> None: ...

        yield say


async def test_a_feed_ends_although_a_driver_loses_being_cancelled() -> None:
    async with asyncio.timeout(LONG), server(Deaf()) as feed:
        pass
    assert not feed.hears


async def test_what_was_announced_last_is_said_before_the_end(url: str) -> None:
    """A command announces and is over, before it has even reached the others."""
    async with server(wire_to(url)) as listening, listening.listening(OURS) as bell:
        async with server(wire_to(url), unheard=True) as command:
            await command.announce(OURS)
        await rings(bell)
