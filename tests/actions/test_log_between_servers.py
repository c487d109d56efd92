"""One server writes, another reads: whatever becomes of the wake-ups between them, each change is read once."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Never

from actions.redis_wire import RedisWire
from actions.resources import Resources
from actions.wires import Say, Wire, wire_to
from models import change as changes
from models.permission_request import PermissionRequest
from tests.ground.house import Business, House, resources_on
from tests.ground.redis_server import RedisServer

from .doing import ask, log_stands_at
from .test_wires import cut_postgresql, until

LONG = 60.0  # seconds: nothing here waits for as long


@asynccontextmanager
async def server(house: House, wire: Wire | None, *, deaf: bool = False) -> AsyncIterator[Resources]:
    """Run another server of this house; it hears the others from the start, unless it is to be deaf."""
    url = house.resources.database.url.render_as_string(hide_password=False)
    async with resources_on(url, house.whatsapp, house.clock, wire) as resources:
        await until(lambda: deaf or resources.feed.hears)
        yield resources


class Reader:
    """Reads a workspace's log whenever its bell rings: listens first, reads second."""

    def __init__(self, resources: Resources, business: Business, position: int, patience_seconds: float) -> None:
        self.seen: list[int] = []
        self._resources = resources
        self._workspace_id = business.workspace.id
        self._position = position
        self._patience = patience_seconds

    async def read(self) -> Never:
        async with self._resources.feed.listening(self._workspace_id) as bell:
            while True:
                async with self._resources.database.reading() as session:
                    for change in await session.exec(changes.after(self._workspace_id, self._position, 500)):
                        self.seen.append(change.sequence)
                        self._position = change.sequence
                await bell.heard(self._patience)


@asynccontextmanager
async def reading(resources: Resources, house: House, patience_seconds: float = LONG) -> AsyncIterator[Reader]:
    """Read on a server from now on; with much patience, nothing but the bell makes it look."""
    reader = Reader(resources, house.business, await log_stands_at(house), patience_seconds)
    task = asyncio.create_task(reader.read())
    yield reader
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_while_redis_is_killed_and_started_again_nothing_is_missed(house: House, redis: RedisServer) -> None:
    begin = await log_stands_at(house)
    async with (
        server(house, RedisWire(redis.url)) as there,
        server(house, RedisWire(redis.url)) as here,
        reading(there, house) as reader,
    ):
        business = replace(house.business, resources=here)
        for _ in range(3):
            await business.customer()
            redis.kill()
            await business.customer()
            await until(lambda: not there.feed.hears)
            await business.customer()
            redis.start()
            await business.customer()
            await until(lambda: there.feed.hears and here.feed.hears)
            await business.customer()
        stands_at = await log_stands_at(house)
        await until(lambda: reader.seen[-1:] == [stands_at])
    assert reader.seen == list(range(begin + 1, stands_at + 1))


async def test_while_postgresql_cuts_every_connection_nothing_is_missed(house: House, bare_postgresql_url: str) -> None:
    begin = await log_stands_at(house)
    async with (
        server(house, wire_to(bare_postgresql_url)) as there,
        server(house, wire_to(bare_postgresql_url)) as here,
        reading(there, house) as reader,
    ):
        business = replace(house.business, resources=here)
        for _ in range(3):
            await business.customer()
            await cut_postgresql(bare_postgresql_url)
            await business.customer()
            await until(lambda: there.feed.hears and here.feed.hears)
            await business.customer()
        stands_at = await log_stands_at(house)
        await until(lambda: reader.seen[-1:] == [stands_at])
    assert reader.seen == list(range(begin + 1, stands_at + 1))


class Hearsay:
    """A wire between servers of one process that loses words, says them twice, and says them late."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._ears: list[Callable[[str], None]] = []
        self._late: list[str] = []

    async def hear(self, begun: Callable[[], None], take: Callable[[str], None]) -> Never:
        self._ears.append(take)
        begun()
        await asyncio.Event().wait()
        raise AssertionError("nobody cuts this wire")

    @asynccontextmanager
    async def speaking(self) -> AsyncIterator[Say]:
        async def say(words: str) -> None:
            match self._chance.choice(["lost", "twice", "late", "now"]):
                case "lost":
                    return
                case "late":
                    self._late.insert(0, words)
                    return
                case "twice":
                    heard = [words, *self._late, words]
                case _:
                    heard = [words, *self._late]
            self._late = []
            for take in self._ears:
                for line in heard:
                    take(line)

        yield say


async def test_wake_ups_that_are_lost_doubled_or_out_of_order_change_nothing(house: House) -> None:
    begin = await log_stands_at(house)
    wire = Hearsay(random.Random(11))  # noqa: S311 chance, not secrets
    async with (
        server(house, wire) as there,
        server(house, wire) as here,
        reading(there, house, patience_seconds=0.05) as reader,
    ):
        business = replace(house.business, resources=here)
        for number in range(40):
            await business.customer()
            if number % 3:
                await asyncio.sleep(0)
        stands_at = await log_stands_at(house)
        await until(lambda: reader.seen[-1:] == [stands_at])
    assert reader.seen == list(range(begin + 1, stands_at + 1))


async def test_an_announcement_that_nobody_can_take_neither_fails_nor_delays_what_was_done(
    house: House, redis: RedisServer
) -> None:
    redis.kill()
    async with server(house, RedisWire(redis.url), deaf=True) as cut_off:
        async with asyncio.timeout(LONG):
            made = await ask(replace(house, resources=cut_off))
        assert isinstance(made, PermissionRequest)
        assert made.message_id == "wamid.1"
        assert not cut_off.feed.hears
