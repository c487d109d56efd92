"""How large one operation may be: what is larger is refused at every door, and told by which limit."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from graphql import get_introspection_query

from graph.limits import MOST_REPEATS, STANDARD, Limits
from server.graphql_door import GraphQLDoor
from tests.ground.house import House

from .asking import Api, app, done, id_of
from .streaming import Server, served

SMALL = Limits(document=600, tokens=200, depth=4, aliases=2, root_fields=3, mutations=2, page=5, cost=40)

TOO_LARGE = [
    ("document", 'query { node(id: "%s") { id } }' % ("x" * 600), 629),
    ("depth", "{ customers(first: 1) { edges { node { calls(first: 1) { totalCount } } } } }", 5),
    ("aliases", "{ a: viewer { b: name c: name } }", 3),
    (
        "aliases",
        "{ a: viewer { ...G } b: viewer { ...G } } fragment G on Viewer { c: name }",
        4,
    ),
    (
        "rootFields",
        "{ viewer { name } ...F changeCursor } fragment F on Query { __typename businessNumbers { id } }",
        4,
    ),
    (
        "mutations",
        """mutation { updateCustomer(input: {customerId: 1}) { __typename } ...F }
            fragment F on Mutation { endCall(input: {callId: 1}) { __typename }
            revokeApiToken(input: {apiTokenId: 1}) { __typename } }""",
        3,
    ),
    ("repeats", "{ viewer { " + "name " * (MOST_REPEATS + 1) + "} }", MOST_REPEATS + 1),
    ("cost", "{ customers(first: 5) { nodes { calls(first: 5) { totalCount } } } }", 1 + 5 * (1 + 1 + 10)),
]

STREAMS = [
    ("depth", "subscription { changes { node { ... on Customer { calls(first: 1) { edges { cursor } } } } } }", 5),
    (
        "cost",
        """subscription { changes { customer { a: calls(first: 5) { totalCount } b: calls(first: 5) { totalCount }
            history(first: 5) { totalCount } permissionRequests(first: 5) { totalCount } } } }""",
        1 + 1 + 4 * 11,
    ),
]


@pytest_asyncio.fixture
async def api(house: House) -> AsyncIterator[Api]:
    """Open the API's door with small limits."""
    transport = httpx.ASGITransport(app(GraphQLDoor(house.resources, [], limits=SMALL)))
    async with httpx.AsyncClient(transport=transport, base_url="http://maycall") as client:
        yield Api(house, client)


@pytest_asyncio.fixture
async def server(house: House) -> AsyncIterator[Server]:
    async with served(house, limits=SMALL) as server:
        yield server


def told(error: dict[str, Any]) -> tuple[str, int]:
    limit = error["extensions"]["limit"]
    assert f"{limit['maximum']:,}" in error["message"]
    return limit["name"], limit["found"]


@pytest.mark.parametrize(("name", "query", "found"), TOO_LARGE)
async def test_what_is_too_large_is_refused_and_told_by_which_limit(
    house: House, api: Api, name: str, query: str, found: int
) -> None:
    before = await done(house)
    for accept, status in (("application/json", 200), ("application/graphql-response+json", 400)):
        posted = await api.post({"query": query}, accept=accept)
        assert posted.status_code == status
        [error] = posted.json()["errors"]
        assert told(error) == (name, found)
        assert "data" not in posted.json()
    if "mutation" not in query:
        headers = {"Authorization": f"Bearer {house.business.secret}"}
        got = await api.client.get("/graphql", params={"query": query}, headers=headers)
        assert told(got.json()["errors"][0])[0] == name
    assert await done(house) == before


async def test_the_same_limits_hold_on_a_websocket_and_for_streams(server: Server) -> None:
    async with server.line() as line:
        for name, query, _ in [*TOO_LARGE, *STREAMS]:
            operation = await line.subscribe(query)
            message = await line.receive()
            assert (message["type"], message["id"]) == ("error", operation)
            assert told(message["payload"][0])[0] == name
    for name, query, _ in STREAMS:
        async with server.events(query) as events:
            event, data = await anext(events)
            assert (event, told(data["errors"][0])[0]) == ("next", name)


async def test_what_is_within_the_limits_is_answered(api: Api) -> None:
    query = "{ viewer { name } customers(first: 5) { edges { node { id } } } changeCursor }"
    answer = await api.answer(query)
    assert "errors" not in answer
    assert (answer["extensions"]["cost"]["requested"], answer["extensions"]["cost"]["maximum"]) == (1 + 1 + 5, 40)


async def test_pages_are_as_large_as_the_setting_says(house: House, api: Api) -> None:
    assert await api.fault("{ customers(first: 6) { nodes { id } } }") == (
        "BAD_USER_INPUT",
        "first and last go from 1 to 5.",
    )
    many = [id_of(house.meera)] * 6
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert await api.fault(query, ids=many) == ("BAD_USER_INPUT", "Ask for 5 nodes at the most.")


async def test_the_questions_that_tools_ask_about_the_schema_are_answered(house: House) -> None:
    transport = httpx.ASGITransport(app(GraphQLDoor(house.resources, [])))
    async with httpx.AsyncClient(transport=transport, base_url="http://maycall") as client:
        for options in (
            {},
            {"specified_by_url": True, "directive_is_repeatable": True, "input_value_deprecation": True},
        ):
            answer = await Api(house, client).answer(get_introspection_query(**options))
            assert "errors" not in answer
            assert answer["extensions"]["cost"]["requested"] < STANDARD.cost


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"ids": ["x"] * 50_001}, "variables"),
        ({"other": {str(number): number for number in range(50_001)}}, "variables"),
        ({"ids": [], "deep": 40}, "variablesDepth"),
    ],
)
async def test_variables_that_are_too_many_or_too_deep_are_refused(
    api: Api, variables: dict[str, Any], name: str
) -> None:
    for _ in range(variables.pop("deep", 0)):
        variables["ids"] = [variables["ids"]]
    answer = await api.answer("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", **variables)
    [error] = answer["errors"]
    assert (error["extensions"]["code"], told(error)[0]) == ("BAD_USER_INPUT", name)


async def test_of_many_mistakes_some_are_told_and_none_repeats_all_that_was_sent(api: Api) -> None:
    answer = await api.answer("{ " + " ".join(f"a{number}" for number in range(3)) + " }")
    assert len(answer["errors"]) == 3
    answer = await api.answer("{ viewer { " + " ".join(f"x{number}" for number in range(100)) + " } }")
    assert len(answer["errors"]) == 20
    answer = await api.answer("{ viewer { " + "x" * 550 + " } }")
    assert len(answer["errors"][0]["message"]) == 501
