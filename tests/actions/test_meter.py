"""What may be used in a minute: counted together by all servers, and alone while they cannot reach each other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio
from sqlmodel import select
from structlog.testing import capture_logs

from actions.meter import DatabaseMeter, Meter, OwnMeter, RedisMeter, meter_at
from models.allowance import Allowance
from models.columns import new_id
from models.database import Database
from tests.ground.house import HOUR, MINUTE, NOON, SECOND
from tests.ground.redis_server import RedisServer

HALF_PAST = NOON + 30 * SECOND


@asynccontextmanager
async def on_redis(url: str, servers: int) -> AsyncIterator[list[Meter]]:
    meters = [RedisMeter(url) for _ in range(servers)]
    yield [*meters]
    for meter in meters:
        await meter.close()


@asynccontextmanager
async def on_postgresql(url: str, servers: int) -> AsyncIterator[list[Meter]]:
    async with AsyncExitStack() as stack:
        databases = [Database(url) for _ in range(servers)]
        for database in databases:
            stack.push_async_callback(database.close)
        yield [DatabaseMeter(database) for database in databases]


@pytest_asyncio.fixture(params=["redis", "postgresql"])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[list[Meter]]:
    """Give the meters of two servers."""
    url = request.getfixturevalue(f"{request.param}_url")
    opening: Callable[..., object] = on_redis if request.param == "redis" else on_postgresql
    async with opening(url, 2) as meters:  # type: ignore[attr-defined] # both are context managers
        yield meters


async def test_a_minute_gives_what_it_gives_and_the_next_one_again() -> None:
    meter = OwnMeter()
    first = await meter.take("a", 60, 100, HALF_PAST)
    assert (first.granted, first.limit, first.remaining, first.resets_at) == (True, 100, 40, NOON + MINUTE)
    second = await meter.take("a", 60, 100, HALF_PAST)
    assert (second.granted, second.remaining) == (False, 40)
    assert (await meter.take("a", 40, 100, HALF_PAST)).remaining == 0
    assert (await meter.take("b", 100, 100, HALF_PAST)).granted
    assert not (await meter.take("b", 1, 100, NOON + MINUTE - SECOND)).granted
    assert (await meter.take("a", 100, 100, NOON + MINUTE)).granted


async def test_two_servers_together_give_no_more_than_one_and_next_to_all_of_it(pair: list[Meter]) -> None:
    key = str(new_id())
    readings = await asyncio.gather(*(pair[number % 2].take(key, 3, 1000, HALF_PAST) for number in range(500)))
    granted = 3 * sum(reading.granted for reading in readings)
    assert 1000 - 2 * 20 <= granted <= 1000  # each may have a portion in hand that it was not asked for
    assert all(reading.resets_at == NOON + MINUTE for reading in readings)
    for meter in pair:
        assert not (await meter.take(key, 60, 1000, HALF_PAST)).granted
        assert (await meter.take(key, 60, 1000, HALF_PAST + MINUTE)).granted
        assert (await meter.take(str(new_id()), 1000, 1000, HALF_PAST)).granted


async def test_what_is_too_much_takes_nothing_from_what_is_left(pair: list[Meter]) -> None:
    key, (one, _) = str(new_id()), pair
    assert (await one.take(key, 90, 100, HALF_PAST)).remaining == 10
    for _ in range(3):
        reading = await one.take(key, 20, 100, HALF_PAST)
        assert (reading.granted, reading.remaining) == (False, 10)
    assert (await one.take(key, 10, 100, HALF_PAST)).granted


async def test_while_redis_is_away_each_counts_alone_and_says_so_once(redis: RedisServer) -> None:
    async with on_redis(redis.url, 1) as [meter]:
        assert (await meter.take("a", 60, 100, NOON)).granted
        redis.kill()
        with capture_logs() as logged:
            assert (await meter.take("a", 60, 100, NOON)).granted
            assert not (await meter.take("a", 60, 100, NOON + SECOND)).granted
            assert (await meter.take("b", 60, 100, NOON + 6 * SECOND)).granted
            redis.start()
            assert (await meter.take("a", 60, 100, NOON + 7 * SECOND)).remaining == 40  # it rests before it tries again
            assert (await meter.take("a", 60, 100, NOON + 12 * SECOND)).granted
        assert [line["event"] for line in logged] == ["meter_alone", "meter_shared_again"]


async def test_who_has_used_nothing_for_an_hour_is_forgotten(postgresql_url: str) -> None:
    async with on_postgresql(postgresql_url, 1) as [meter]:
        await meter.take("old", 1, 100, NOON)
        await meter.take("new", 1, 100, NOON + HOUR + MINUTE)
        async with meter._database.reading() as session:  # type: ignore[attr-defined]  # noqa: SLF001 it is this test's own
            rows = (await session.exec(select(Allowance))).all()
    assert [(row.key, row.minute, row.used) for row in rows] == [("new", NOON + HOUR + MINUTE, 2)]


async def test_a_server_counts_with_whatever_it_shares(sqlite_url: str, postgresql_url: str) -> None:
    for broadcast, url, kind in (
        ("memory://", sqlite_url, OwnMeter),
        ("memory://", postgresql_url, OwnMeter),
        ("redis://127.0.0.1:1/0", sqlite_url, RedisMeter),
        ("postgresql://127.0.0.1:1/x", sqlite_url, OwnMeter),
        ("postgresql://127.0.0.1:1/x", postgresql_url, DatabaseMeter),
    ):
        database = Database(url)
        meter = meter_at(broadcast, database)
        assert type(meter) is kind
        await meter.close()
        await database.close()
