"""Live doors as partners knock at them: the field's own clients, in Node."""

import asyncio

import pytest

from server import graphql_events
from tests.actions.doing import log_stands_at
from tests.graph.hearing import cursor, write
from tests.graph.streaming import Server
from tests.ground.house import House
from tests.ground.node import Program

from .conftest import Partner


async def listening(server: Server, count: int = 1) -> None:
    async with asyncio.timeout(60):
        while server.hub.listeners != count:  # noqa: ASYNC110 nobody says so
            await asyncio.sleep(0.005)


async def cut(server: Server) -> None:
    """Cut every line, as a network would: without a word. It is over when nobody listens any more."""
    for connection in list(server.connections):
        connection.transport.abort()
    await listening(server, 0)


# --- graphql-ws ---


async def test_its_websocket_is_opened_when_needed_and_closed_when_not(partner: Partner) -> None:
    async with partner.running("websocket.js", CASE="lazy") as program:
        assert await program.rest() == [
            {"event": "before", "events": []},
            {"event": "answer", "results": [{"data": {"viewer": {"name": "admin"}}}], "complete": True},
            {"event": "after", "events": ["connecting", "opened", "connected", "closed 1000"]},
        ]


async def test_a_wrong_token_is_refused_as_often_as_it_is_tried(partner: Partner) -> None:
    async with partner.running("websocket.js", CASE="refused") as program:
        assert await program.rest() == [
            {"event": "refused", "results": [], "errors": None, "code": 4403},
            {"event": "after", "events": ["connecting", "opened", "closed 4403"] * 2},
        ]


async def test_a_mistake_ends_its_operation_and_no_connection(partner: Partner) -> None:
    async with partner.running("websocket.js", CASE="mistakes") as program:
        *mistakes, right, after = await program.rest()
    codes = [[error["extensions"]["code"] for error in mistake["errors"]] for mistake in mistakes]
    assert codes == [["GRAPHQL_PARSE_FAILED"], ["GRAPHQL_VALIDATION_FAILED"], ["BAD_USER_INPUT"]]
    assert (right["complete"], right["results"]) == (True, [{"data": {"viewer": {"name": "admin"}}}])
    assert after["events"] == ["connecting", "opened", "connected"]


async def test_its_pings_are_answered(partner: Partner) -> None:
    async with partner.running("websocket.js", CASE="alive") as program:
        assert (await program.rest())[-1]["pongs"] >= 3


async def test_many_operations_share_one_websocket(partner: Partner) -> None:
    async with partner.running("websocket.js", CASE="several") as program:
        assert await program.rest() == [{"event": "several", "complete": 20}]


# --- graphql-sse ---


async def test_a_query_by_events_has_one_answer_and_an_end(partner: Partner) -> None:
    async with partner.running("events.js", CASE="query") as program:
        assert await program.rest() == [{"event": "answer", "results": [{"data": {"viewer": {"name": "admin"}}}]}]


async def test_a_mistake_is_told_by_an_event_as_the_protocol_says(partner: Partner) -> None:
    async with partner.running("events.js", CASE="mistakes") as program:
        said = await program.rest()
    codes = [[result["errors"][0]["extensions"]["code"] for result in outcome["results"]] for outcome in said]
    assert codes == [["GRAPHQL_PARSE_FAILED"], ["GRAPHQL_VALIDATION_FAILED"], ["GRAPHQL_VALIDATION_FAILED"]]


async def test_a_wrong_token_gets_no_stream(partner: Partner) -> None:
    async with partner.running("events.js", CASE="refused") as program:
        assert await program.rest() == [{"event": "refused", "name": "NetworkError", "status": 401}]


async def test_whoever_leaves_a_stream_of_events_has_left(house: House, server: Server, partner: Partner) -> None:
    async with partner.running("events.js", CASE="leave") as program:
        await listening(server)
        await write(house)
        assert (await program.says())["cursor"] == cursor(house, await log_stands_at(house))
        await listening(server, 0)


# --- Both ---


async def heard(program: Program, house: House, first: int, last: int) -> None:
    """See to it that the program tells of these changes, each once and in order."""
    for number in range(first, last + 1):
        assert await program.says() == {"event": "change", "cursor": cursor(house, number)}


@pytest.mark.parametrize("program", ["websocket.js", "events.js"])
async def test_a_stream_that_is_cut_comes_back_with_everything_once(
    house: House, server: Server, partner: Partner, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(graphql_events, "HEARTBEAT_SECONDS", 0.02)  # so that there are some among the events
    begin = await log_stands_at(house)
    await write(house, 3)
    async with partner.running(program, CASE="resume", AFTER=cursor(house, begin)) as running:
        await heard(running, house, begin + 1, begin + 3)
        last = begin + 3
        for _ in range(2):
            await listening(server)
            await cut(server)
            await write(house, 2, silently=True)
            await write(house, 2)
            await heard(running, house, last + 1, last + 4)
            last += 4
