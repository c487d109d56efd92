"""Streams over real sockets: who is slow, dead or one too many, and what becomes of everybody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress

import httpx
import orjson
import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed

from actions import access
from graph import documents, live
from rules.access import Scope
from server import wire
from server.wire import WireProtocol
from tests.actions.doing import log_stands_at
from tests.graph.hearing import cursor, write
from tests.graph.streaming import Line, Server, served
from tests.ground.house import House

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CHANGES = "subscription ($after: String) { changes(after: $after) { cursor } }"
MUCH = "subscription ($after: String) { changes(after: $after) { cursor actor } }"
LONG = 20_000  # characters in a name, so that little has to happen until much is waiting


@pytest_asyncio.fixture(params=[WireProtocol, "websockets-sansio"], ids=["straight", "by ASGI"])
async def server(request: pytest.FixtureRequest, house: House) -> AsyncIterator[Server]:
    async with served(house, ws=request.param) as server:
        yield server


async def listening(server: Server, count: int) -> None:
    async with asyncio.timeout(60):
        while server.hub.listeners != count:  # noqa: ASYNC110 nobody says so
            await asyncio.sleep(0.001)


async def told(line: Line, operation: str) -> str:
    """Give the cursor of the change that comes next."""
    return str((await line.next(operation))["cursor"])


async def rest(line: Line) -> list[str]:
    """Read to the end of a connection, and give the cursors of all changes."""
    cursors: list[str] = []
    with suppress(ConnectionClosed):
        while True:
            cursors.append(orjson.loads(await line.socket.recv())["payload"]["data"]["changes"]["cursor"])
    return cursors


# --- Whoever does not keep up ---


async def test_a_listener_beside_fifty_stalled_ones_has_everything_and_they_are_let_go_with_their_last_cursor(
    house: House, server: Server
) -> None:
    begin = await log_stands_at(house)
    async with AsyncExitStack() as stack:
        stalled = [await stack.enter_async_context(server.line()) for _ in range(50)]
        for line in stalled:
            await line.subscribe(MUCH)
        healthy = await stack.enter_async_context(server.line())
        watching = await healthy.subscribe(MUCH)
        await listening(server, 51)

        position = begin
        async with asyncio.timeout(60):
            while server.hub.listeners > 1:
                await write(house, 5, actor="x" * LONG)
                for _ in range(5):
                    position += 1
                    assert await told(healthy, watching) == cursor(house, position)

        for line, cursors in zip(stalled, await asyncio.gather(*map(rest, stalled)), strict=True):
            assert (line.socket.close_code, line.socket.close_reason) == (4413, cursors[-1])
            assert cursors == [cursor(house, begin + number + 1) for number in range(len(cursors))]
            assert 1024 * 1024 - 6 * LONG < len(cursors) * LONG < 1024 * 1024 + 10 * 65_536  # and some in the kernels

        again = await stack.enter_async_context(server.line())
        resumed = await again.subscribe(MUCH, after=cursors[-1])
        assert await told(again, resumed) == cursor(house, begin + len(cursors) + 1)


async def test_a_listener_that_does_not_even_take_the_end_is_cut_off(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(live, "MOST_WAITING", 300_000)
    async with served(house) as server, server.line() as stuck:
        await stuck.subscribe(MUCH)
        await listening(server, 1)
        async with asyncio.timeout(60):
            while server.connections:
                await write(house, 5, actor="x" * LONG)
        await rest(stuck)
        assert stuck.socket.close_code == 1006


async def test_whoever_comes_back_from_far_behind_is_no_slow_listener(house: House, server: Server) -> None:
    """Three times as much as may wait, to be had as fast as it is read."""
    begin = await log_stands_at(house)
    await write(house, 150, actor="x" * LONG)
    async with server.line() as line:
        watching = await line.subscribe(MUCH, after=cursor(house, begin))
        for number in range(150):
            assert await told(line, watching) == cursor(house, begin + number + 1)


async def test_events_that_nobody_takes_end_with_the_last_cursor(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_WAITING", 100_000)
    begin = await log_stands_at(house)
    async with served(house) as server, server.events(MUCH) as events:
        await listening(server, 1)
        async with asyncio.timeout(60):
            while server.hub.listeners:
                await write(house, 5, actor="x" * LONG)
        heard = [data async for event, data in events if event == "next"]
    last = heard.pop()["errors"][0]["extensions"]
    assert last == {"code": "TOO_SLOW", "cursor": cursor(house, begin + len(heard))}
    assert [data["data"]["changes"]["cursor"] for data in heard] == [
        cursor(house, begin + number + 1) for number in range(len(heard))
    ]


# --- Whoever is dead, gone, or not welcome any more ---


async def test_a_peer_that_answers_no_ping_is_noticed(house: House) -> None:
    async with served(house, ping_seconds=0.1) as server, server.line() as line:
        await line.subscribe(CHANGES)
        await listening(server, 1)
        line.socket.transport.pause_reading()  # from here on it hears nothing, and answers nothing
        await listening(server, 0)
        line.socket.transport.resume_reading()
        assert await line.closed() == 1013


async def test_a_ping_of_the_protocol_is_answered(server: Server) -> None:
    async with server.line() as line:
        await line.send(type="ping")
        assert await line.receive() == {"type": "pong"}


async def test_whoever_completes_hears_no_more_of_it_and_may_use_its_id_again(house: House, server: Server) -> None:
    async with server.line() as line:
        await line.send(id="1", type="subscribe", payload={"query": CHANGES})
        await listening(server, 1)
        await line.send(id="1", type="complete")
        await listening(server, 0)
        await write(house)
        await line.send(id="1", type="subscribe", payload={"query": CHANGES})
        await listening(server, 1)
        await write(house)
        assert await told(line, "1") == cursor(house, await log_stands_at(house))


async def test_an_id_that_is_in_use_closes_the_websocket_with_4409(server: Server) -> None:
    async with server.line() as line:
        for _ in range(2):
            await line.send(id="1", type="subscribe", payload={"query": CHANGES})
        assert await line.closed() == 4409
    await listening(server, 0)


async def test_a_revoked_token_ends_its_stream_also_while_much_happens(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.05)
    viewer, secret = await house.business.viewer(Scope.CUSTOMERS_READ)

    async def be_busy() -> None:
        while True:
            await write(house)

    async with server.line(secret) as line, server.line() as other:
        watching, watched = await line.subscribe(CHANGES), await other.subscribe(CHANGES)
        await listening(server, 2)
        busy = asyncio.create_task(be_busy())
        await access.revoke_token(house.resources, viewer.workspace_id, viewer.token_id)
        message = await line.receive()
        while "errors" not in message["payload"]:
            message = await line.receive()
        assert message["payload"]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert await line.receive() == {"type": "complete", "id": watching}
        busy.cancel()
        await told(other, watched)


async def test_a_stopping_server_tells_its_listeners_to_come_back(server: Server) -> None:
    async with server.line() as line, server.events(CHANGES) as events:
        await line.subscribe(CHANGES)
        await listening(server, 2)
        server.hub.close()
        assert await line.closed() == 1012
        assert [event async for event in events] == []  # and no "complete": it is not over


# --- How many ---


async def test_a_token_has_only_so_many_connections_and_a_closed_one_counts_no_longer(house: House) -> None:
    async with served(house, connections_per_token=2) as server:
        async with server.line() as one, server.events(CHANGES):
            await listening(server, 1)
            async with server.raw() as line:
                await line.send(type="connection_init", payload={"Authorization": f"Bearer {house.business.secret}"})
                assert await line.closed() == 1013
            async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
                answer = await client.post(
                    f"http://127.0.0.1:{server.port}/graphql",
                    json={"query": CHANGES},
                    headers={"Authorization": f"Bearer {house.business.secret}", "Accept": "text/event-stream"},
                )
            assert answer.status_code == 429
            assert answer.json()["errors"][0]["extensions"]["code"] == "THROTTLED"
            _, secret = await house.business.viewer(Scope.CALLS_READ)
            async with server.line(secret) as other:
                assert await other.ask("{ viewer { name } }") == {"name": "agent"}
            assert await one.ask("{ viewer { name } }") == {"name": "admin"}
        async with asyncio.timeout(60):
            while server.hub.tokens:  # noqa: ASYNC110 nobody says so
                await asyncio.sleep(0.001)
        async with server.line() as again:
            assert await again.ask("{ viewer { name } }") == {"name": "admin"}


async def test_a_connection_has_only_so_many_operations_at_a_time(house: House) -> None:
    async with served(house, operations_per_connection=2) as server, server.line() as line:
        for _ in range(2):
            await line.subscribe(CHANGES)
        refused = await line.subscribe(CHANGES)
        message = await line.receive()
        assert (message["type"], message["id"]) == ("error", refused)
        await line.send(id="1", type="complete")
        await listening(server, 1)
        assert await line.ask("{ viewer { name } }") == {"name": "admin"}


# --- What it costs ---


async def test_a_document_is_checked_once_however_many_subscribe_with_it(house: House, server: Server) -> None:
    await write(house, 5)
    begin, checked = await log_stands_at(house), documents._mistakes.cache_info().misses  # noqa: SLF001 the memory tells
    async with server.line() as line:
        for number in range(5):
            await line.subscribe(CHANGES.replace("{ cursor", "{ kind cursor"), after=cursor(house, begin - number))
        await listening(server, 5)
    assert documents._mistakes.cache_info().misses <= checked + 1  # noqa: SLF001
