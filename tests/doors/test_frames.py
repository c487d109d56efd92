"""graphql-transport-ws by frames made by hand: every rule of its PROTOCOL.md that a client can break or stretch."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from actions import access
from graph import live
from server.wire import WireProtocol
from tests.actions.doing import log_stands_at
from tests.graph.hearing import cursor, write
from tests.graph.streaming import Line, Server, served
from tests.ground.house import House

VIEWER = "{ viewer { name } }"
CHANGES = "subscription { changes { cursor } }"
LONG = "x" * 500


@pytest_asyncio.fixture(params=[WireProtocol, "websockets-sansio"], ids=["straight", "by ASGI"])
async def server(request: pytest.FixtureRequest, house: House) -> AsyncIterator[Server]:
    async with served(house, ws=request.param, operations_per_connection=3) as server:
        yield server


async def closed(line: Line) -> tuple[int | None, str | None]:
    code = await line.closed()
    return code, line.socket.close_reason


# --- What is no message of the protocol ---


BROKEN: list[dict[str, Any]] = [
    {},
    {"type": None},
    {"type": 7},
    {"type": ["subscribe"]},
    {"type": "dance"},
    {"type": LONG},
    {"type": "connection_ack"},
    {"type": "connection_init", "payload": "a token"},
    {"type": "connection_init", "payload": ["a token"]},
    {"type": "next", "id": "1", "payload": {}},
    {"type": "error", "id": "1", "payload": []},
    {"type": "ping", "payload": "hello"},
    {"type": "pong", "payload": 7},
    {"type": "complete"},
    {"type": "complete", "id": 7},
    {"type": "complete", "id": None},
    {"type": "subscribe"},
    {"type": "subscribe", "id": "1"},
    {"type": "subscribe", "payload": {"query": VIEWER}},
    {"type": "subscribe", "id": "", "payload": {"query": VIEWER}},
    {"type": "subscribe", "id": 1, "payload": {"query": VIEWER}},
    {"type": "subscribe", "id": ["1"], "payload": {"query": VIEWER}},
    {"type": "subscribe", "id": "1", "payload": None},
    {"type": "subscribe", "id": "1", "payload": []},
    {"type": "subscribe", "id": "1", "payload": VIEWER},
    {"type": "subscribe", "id": "1", "payload": {}},
    {"type": "subscribe", "id": "1", "payload": {"query": None}},
    {"type": "subscribe", "id": "1", "payload": {"query": 7}},
    {"type": "subscribe", "id": "1", "payload": {"query": VIEWER, "variables": []}},
    {"type": "subscribe", "id": "1", "payload": {"query": VIEWER, "variables": "{}"}},
    {"type": "subscribe", "id": "1", "payload": {"query": VIEWER, "operationName": 7}},
    {"type": "subscribe", "id": "1", "payload": {"query": VIEWER, "extensions": []}},
]


async def test_what_is_no_message_closes_with_4400_and_says_why(server: Server) -> None:
    for message in BROKEN:
        async with server.line() as line:
            await line.send(**message)
            code, reason = await closed(line)
        assert (code, bool(reason)) == (4400, True), message


@pytest.mark.parametrize("text", ["", "{", "nonsense", "7", "null", "[]", '"subscribe"', '{"type": "ping"', "[" * 5000])
async def test_what_is_no_json_object_closes_with_4400(server: Server, text: str) -> None:
    async with server.line() as line:
        await line.socket.send(text)
        assert await line.closed() == 4400


async def test_a_binary_frame_closes_with_4400_whatever_is_in_it(server: Server) -> None:
    async with server.line() as line:
        await line.socket.send(b'{"type": "ping"}')
        assert await line.closed() == 4400


async def test_text_that_is_no_utf8_closes_with_1007_as_websockets_ask(server: Server) -> None:
    async with server.line() as line:
        await line.socket.send(b'{"type": "\xff"}', text=True)
        assert await line.closed() == 1007


# --- Coming in ---


async def test_whoever_says_nothing_is_closed_with_4408(house: House) -> None:
    async with served(house, seconds_to_come_in=0.05) as server, server.raw() as line:
        assert await closed(line) == (4408, "Connection initialisation timeout")


async def test_coming_in_twice_closes_with_4429(server: Server) -> None:
    async with server.line() as line:
        await line.send(type="connection_init")
        assert await closed(line) == (4429, "Too many initialisation requests")
    token = {"Authorization": f"Bearer {server.house.business.secret}"}
    async with server.raw() as line:
        for _ in range(2):  # also before the first was answered
            await line.send(type="connection_init", payload=token)
        assert await line.receive() == {"type": "connection_ack"}
        assert await line.closed() == 4429


async def test_without_a_token_that_works_it_is_closed_with_4403(server: Server) -> None:
    for payload in ({}, {"Authorization": "Bearer mc_mistyped"}, {"Authorization": 7}, {"authToken": "mc"}, None):
        async with server.raw() as line:
            await line.send(type="connection_init", payload=payload)
            assert await closed(line) == (4403, "Forbidden")


async def test_a_payload_that_is_null_is_none(server: Server) -> None:
    async with server.raw(Authorization=f"Bearer {server.house.business.secret}") as line:
        await line.send(type="connection_init", payload=None)
        assert await line.receive() == {"type": "connection_ack"}


async def test_asking_before_the_answer_to_a_wrong_token_closes_and_asks_nothing(server: Server) -> None:
    async with server.raw() as line:
        await line.send(type="connection_init", payload={"Authorization": "Bearer mc_mistyped"})
        await line.subscribe(VIEWER)
        assert await line.closed() == 4403


@asynccontextmanager
async def offering(server: Server, *protocols: str) -> AsyncIterator[Any]:
    async with connect(
        f"ws://127.0.0.1:{server.port}/graphql",
        subprotocols=[Subprotocol(protocol) for protocol in protocols] or None,
        proxy=None,
    ) as socket:
        yield socket


async def test_of_the_protocols_offered_ours_is_chosen_and_without_it_nothing_is_said(server: Server) -> None:
    async with offering(server, "graphql-ws", "graphql-transport-ws") as socket:
        assert socket.subprotocol == "graphql-transport-ws"
    async with offering(server) as socket:
        await socket.wait_closed()
        assert (socket.close_code, socket.close_reason) == (4406, "Subprotocol not acceptable")


# --- Pings ---


async def test_a_ping_is_answered_with_what_came_with_it_also_before_coming_in(server: Server) -> None:
    async with server.raw() as line:
        await line.send(type="ping")
        assert await line.receive() == {"type": "pong"}
        await line.send(type="ping", payload={"at": 7})
        assert await line.receive() == {"type": "pong", "payload": {"at": 7}}


async def test_a_pong_that_nobody_asked_for_is_no_mistake(server: Server) -> None:
    async with server.line() as line:
        await line.send(type="pong")
        await line.send(type="pong", payload={"alive": True})
        assert await line.ask(VIEWER) == {"name": "admin"}


# --- Operations ---


async def test_a_query_is_told_and_completed_and_its_id_is_free_again(server: Server) -> None:
    async with server.line() as line:
        for _ in range(2):
            await line.send(
                type="subscribe", id="same", payload={"query": VIEWER, "variables": None, "extensions": None}
            )
            assert await line.next("same") == {"name": "admin"}
            assert await line.receive() == {"type": "complete", "id": "same"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("", "BAD_USER_INPUT"),
        ("fragment F on Viewer { name }", "BAD_USER_INPUT"),
        ("{ nobody }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { changes { cursor } callChanged { cursor } }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { viewer { name } } query B { viewer { name } }", "BAD_USER_INPUT"),
        ("subscription A { changes { cursor } } query B { viewer { name } }", "BAD_USER_INPUT"),
        ('subscription { changes(after: "nowhere") { cursor } }', "BAD_USER_INPUT"),
    ],
)
async def test_what_cannot_be_run_ends_with_an_error_that_is_not_completed_and_frees_its_id(
    server: Server, query: str, code: str
) -> None:
    async with server.line() as line:
        await line.send(type="subscribe", id="same", payload={"query": query})
        error = await line.receive()
        assert (error["type"], error["id"]) == ("error", "same")
        assert {each["extensions"]["code"] for each in error["payload"]} == {code}
        await line.send(type="subscribe", id="same", payload={"query": VIEWER})
        assert (await line.receive())["type"] == "next"
        assert await line.receive() == {"type": "complete", "id": "same"}


async def test_a_mistake_in_a_field_is_told_beside_the_data_and_completed(server: Server) -> None:
    async with server.line() as line:
        own = await line.subscribe("query ($id: ID!) { node(id: $id) { id } }")
        told = await line.receive()
        assert (told["type"], told["payload"]["data"]) == ("next", None)
        assert told["payload"]["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert await line.receive() == {"type": "complete", "id": own}
        own = await line.subscribe("{ viewer { name } node(id: 7) { id } }")
        told = await line.receive()
        assert (told["type"], told["payload"]["data"]) == ("next", {"viewer": {"name": "admin"}, "node": None})
        assert told["payload"]["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert await line.receive() == {"type": "complete", "id": own}


async def test_completing_what_is_unknown_or_over_is_no_mistake(server: Server) -> None:
    async with server.line() as line:
        await line.send(type="complete", id="never begun")
        own = await line.subscribe(VIEWER)
        assert (await line.next(own)) == {"name": "admin"}
        assert await line.receive() == {"type": "complete", "id": own}
        await line.send(type="complete", id=own)
        assert await line.ask(VIEWER) == {"name": "admin"}


@pytest.fixture
def stalled(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Let queries over a WebSocket wait, before they run, until this is set."""
    go, check = asyncio.Event(), access.renewed

    async def wait(*given: Any) -> access.Viewer | None:
        await go.wait()
        return await check(*given)

    monkeypatch.setattr(access, "renewed", wait)
    return go


async def test_a_query_that_is_completed_before_its_answer_gets_none(server: Server, stalled: asyncio.Event) -> None:
    async with server.line() as line:
        await line.send(type="subscribe", id="unwanted", payload={"query": VIEWER})
        await line.send(type="complete", id="unwanted")
        await line.send(type="subscribe", id="wanted", payload={"query": VIEWER})
        await line.send(type="ping")
        assert await line.receive() == {"type": "pong"}
        stalled.set()
        assert [(await line.receive())["id"] for _ in range(2)] == ["wanted", "wanted"]


async def test_an_id_that_is_in_use_by_a_query_closes_with_4409_however_long_it_is(
    server: Server, stalled: asyncio.Event
) -> None:
    for own in ("1", LONG, "é" * 200):
        async with server.line() as line:
            for _ in range(2):
                await line.send(type="subscribe", id=own, payload={"query": VIEWER})
            code, reason = await closed(line)
        assert code == 4409
        assert (reason or "").startswith(f"Subscriber for {own[:10]}")
    stalled.set()


async def test_one_operation_too_many_is_refused_alone(server: Server, stalled: asyncio.Event) -> None:
    async with server.line() as line:
        for number in range(4):
            await line.send(type="subscribe", id=f"{number}", payload={"query": VIEWER})
        refused = await line.receive()
        assert (refused["type"], refused["id"]) == ("error", "3")
        assert [error["extensions"]["code"] for error in refused["payload"]] == ["THROTTLED"]
        stalled.set()
        told = [await line.receive() for _ in range(6)]
        assert sorted(each["id"] for each in told if each["type"] == "complete") == ["0", "1", "2"]


async def test_streams_and_queries_go_on_beside_each_other(house: House, server: Server) -> None:
    async with server.line() as line:
        watching = [await line.subscribe(CHANGES) for _ in range(2)]
        await until(lambda: server.hub.listeners == 2)
        assert await line.ask(VIEWER) == {"name": "admin"}
        await write(house)
        told = [await line.receive() for _ in range(2)]
        assert sorted(each["id"] for each in told) == watching
        last = cursor(house, await log_stands_at(house))
        assert {each["payload"]["data"]["changes"]["cursor"] for each in told} == {last}


@pytest.mark.parametrize("code", [1000, 1001, 4499])
async def test_however_a_client_closes_its_streams_are_over(server: Server, code: int) -> None:
    async with server.line() as line:
        await line.subscribe(CHANGES)
        await until(lambda: server.hub.listeners == 1)
        await line.socket.close(code)
        await until(lambda: server.hub.listeners == 0)


async def until(come_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not come_true():  # noqa: ASYNC110 nobody says so
            await asyncio.sleep(0.002)


async def test_a_stream_that_ends_by_itself_is_completed(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.05)
    viewer, secret = await house.business.viewer(*house.admin.scopes)
    async with server.line(secret) as line:
        own = await line.subscribe(CHANGES)
        await until(lambda: server.hub.listeners == 1)
        await access.revoke_token(house.resources, viewer.workspace_id, viewer.token_id)
        told = [await line.receive() for _ in range(2)]
    assert [(each["type"], each["id"]) for each in told] == [("next", own), ("complete", own)]
