"""An API that describes itself, or by a setting does not."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from graphql import get_introspection_query

from server.graphql_door import GraphQLDoor
from tests.graph.asking import Api, app
from tests.graph.streaming import served
from tests.ground.house import House

GUESSABLE = [
    "{ viewr { name } }",
    "{ viewer { nam } }",
    "{ customers(frst: 1) { totalCount } }",
    "{ callPermissions(first: 1, filter: {statuses: [TEMPORAR]}) { totalCount } }",
    "{ node(id: 7) { ... on Custommer { id } } }",
]


@pytest_asyncio.fixture
async def closed(house: House) -> AsyncIterator[Api]:
    transport = httpx.ASGITransport(app(GraphQLDoor(house.resources, [], introspection=False)))
    async with httpx.AsyncClient(transport=transport, base_url="http://maycall") as client:
        yield Api(house, client)


async def test_it_describes_itself_and_says_what_may_have_been_meant(api: Api) -> None:
    answer = await api.answer(get_introspection_query())
    assert answer["data"]["__schema"]["queryType"]["name"] == "Query"
    for query in GUESSABLE:
        assert "Did you mean" in (await api.fault(query))[1], query


async def test_switched_off_it_says_so_with_a_code_and_gives_nothing_away(closed: Api) -> None:
    for query in (
        get_introspection_query(),
        '{ __type(name: "Query") { name } }',
        "{ viewer { name } a: __schema { __typename } }",
    ):
        answer = await closed.answer(query)
        assert "data" not in answer
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
        assert all("introspection is off" in error["message"] for error in answer["errors"])
    for query in GUESSABLE:
        code, message = await closed.fault(query)
        assert (code, "Did you mean" in message) == ("GRAPHQL_VALIDATION_FAILED", False), query


async def test_switched_off_everything_else_works_as_ever(closed: Api) -> None:
    assert await closed.ask("{ viewer { __typename name } }") == {"__typename": "Viewer", "name": "admin"}


async def test_a_value_that_nobody_knows_is_not_guessed_at_either(closed: Api, api: Api) -> None:
    query = "query ($of: [CallPermissionStatus!]) { callPermissions(first: 1, filter: {statuses: $of}) { totalCount } }"
    assert "Did you mean" in (await api.fault(query, of=["TEMPORAR"]))[1]
    assert "Did you mean" not in (await closed.fault(query, of=["TEMPORAR"]))[1]


@pytest.mark.parametrize("query", ["subscription { changes { cursr } }", "{ viewr { name } }"])
async def test_a_websocket_tells_no_more_than_the_other_doors(house: House, query: str) -> None:
    async with served(house, introspection=False) as server, server.line() as line:
        await line.subscribe(query)
        message = await line.receive()
        assert message["type"] == "error"
        assert [error["extensions"]["code"] for error in message["payload"]] == ["GRAPHQL_VALIDATION_FAILED"]
        assert "Did you mean" not in str(message)
        await line.subscribe("{ __schema { queryType { name } } }")
        refused = await line.receive()
        assert [error["extensions"]["code"] for error in refused["payload"]] == ["FORBIDDEN"]
