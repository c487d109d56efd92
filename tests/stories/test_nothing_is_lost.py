"""Servers are killed, Redis dies, PostgreSQL cuts every connection, listeners move: and nothing is lost."""

import asyncio
import time

import asyncpg
from sqlalchemy import make_url

from tests.ground.processes import ServerProcess, free_port, running_server
from tests.ground.redis_server import RedisServer

from .business import Acknowledged, Listener, environment, writing
from .street import Maycall, seed

ROUNDS = 5
WRITERS = 8
SECONDS_TO_BE_BACK = 45  # five where the machine has nothing else to do: python -m bench measures, this only notices


async def test_what_a_server_acknowledged_before_it_was_killed_in_mid_write_is_there_afterwards(
    database_url: str,
) -> None:
    """Five times, thousands of writes; and a listener who came back each time has seen every change once."""
    await seed(database_url)
    port = free_port()
    acknowledged, listener = Acknowledged(), Listener([])
    for _ in range(ROUNDS):
        async with running_server(environment(database_url), port=port) as server:
            if not listener.seen:
                listener.seen += await Maycall(server.url).log()
            await listener.listen(server.url, lambda server=server: killed_in_mid_write(server, acknowledged))  # type: ignore[misc] # bound on purpose
    async with running_server(environment(database_url), port=port) as server:
        maycall = Maycall(server.url)
        assert len(acknowledged) >= ROUNDS * 600
        await acknowledged.is_kept_by(maycall)
        log = await maycall.log()
        await listener.catch_up(maycall.url, log[-1])
        assert listener.seen == log


async def killed_in_mid_write(server: ServerProcess, acknowledged: Acknowledged) -> None:
    async with writing(acknowledged, *[server.url] * WRITERS):
        await acknowledged.until(len(acknowledged) + 600)
        await server.kill()


async def test_a_listener_that_moves_between_servers_gets_every_change_once_whatever_dies_meanwhile(
    postgresql_url: str, redis: RedisServer
) -> None:
    await seed(postgresql_url)
    settings = environment(postgresql_url, redis.url)
    acknowledged = Acknowledged()
    async with running_server(settings) as first, running_server(settings) as second:
        maycall = Maycall(first.url)
        listener = Listener(await maycall.log())

        async def a_while() -> None:
            await acknowledged.until(len(acknowledged) + 200)

        async def cut_off_for_a_while() -> None:
            await cut_every_connection(postgresql_url)
            await a_while()

        async with writing(acknowledged, *[first.url, second.url] * 2):
            await listener.listen(first.url, a_while)
            await listener.listen(second.url, a_while)
            redis.kill()
            await listener.listen(first.url, a_while)
            redis.start()
            await listener.listen(second.url, a_while)
            await listener.listen(first.url, cut_off_for_a_while)
            await listener.listen(second.url, a_while)
        await acknowledged.is_kept_by(maycall)
        log = await maycall.log()
        await listener.catch_up(maycall.url, log[-1])
        assert listener.seen == log


async def test_a_storm_of_listeners_whose_server_was_killed_is_back_in_seconds_each_with_what_it_missed(
    postgresql_url: str, redis: RedisServer
) -> None:
    await seed(postgresql_url)
    settings = environment(postgresql_url, redis.url)
    acknowledged = Acknowledged()
    async with running_server(settings) as first, running_server(settings) as second:
        maycall = Maycall(second.url)
        before = (await maycall.log())[-1:]
        listeners = [Listener(list(before)) for _ in range(500)]
        inside, killed = asyncio.Barrier(len(listeners) + 1), asyncio.Event()

        async def until_it_is_killed() -> None:
            await inside.wait()
            await killed.wait()

        listening = [asyncio.create_task(listener.listen(first.url, until_it_is_killed)) for listener in listeners]
        await inside.wait()
        async with writing(acknowledged, second.url):
            await acknowledged.until(50)
            await first.kill()
            await acknowledged.until(100)
        killed.set()
        await asyncio.gather(*listening)

        log = await maycall.log()
        begin = time.monotonic()
        await asyncio.gather(*(listener.catch_up(second.url, log[-1]) for listener in listeners))
        assert time.monotonic() - begin < SECONDS_TO_BE_BACK
        missed = log[log.index(before[0]) :]
        assert [listener.seen for listener in listeners] == [missed] * len(listeners)


async def cut_every_connection(postgresql_url: str) -> None:
    """Let PostgreSQL throw everybody out of this database."""
    url = make_url(postgresql_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()
