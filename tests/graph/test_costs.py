"""What operations cost: reckoned from the document and its variables, and told with every answer."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from graphql import GraphQLError, parse

from graph.costs import cost
from graph.limits import Limits
from graph.schema import schema
from rules.access import Scope
from server.graphql_door import GraphQLDoor
from tests.ground.house import SECOND, House

from .asking import Api, app, done
from .streaming import served

SERVED = schema._schema  # noqa: SLF001 it has no other way in
ROOMY = Limits(cost=10**9)


def points(query: str, name: str | None = None, **variables: Any) -> int:
    return cost(SERVED, parse(query), name, variables, ROOMY)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ __typename }", 0),
        ("{ changeCursor }", 0),
        ("{ viewer { name workspace { name } } }", 2),
        ("{ customers(first: 20) { nodes { id name phone } } }", 1 + 20),
        ("{ customers(last: 20) { edges { cursor node { id } } pageInfo { endCursor } } }", 1 + 20),
        ("{ customers(first: 20) { totalCount nodes { id } } }", 1 + 10 + 20),
        ("{ customers(first: 20) { nodes { calls(first: 5) { nodes { customer { id } } } } } }", 1 + 20 * (2 + 5 * 2)),
        ("{ changes { nodes { cursor } } }", 1 + 100),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', 3),
        ('{ nodes(ids: "a") { id } }', 1),
        ("{ businessNumbers { id policy { requests { maximum } } } }", 10 * (1 + 1 + 1)),
        ("{ businessNumbers { templates { name } } }", 10 * (1 + 20)),
        (
            '{ node(id: "a") { ... on Customer { calls(last: 9) { nodes { id } } } ... on Call { status } } }',
            1 + 10,
        ),
        ("{ __schema { types { fields { name } } } }", 50),
        ("{ viewer { name } viewer { scopes } viewer { workspace { id } } }", 2),
        ("{ ...F ...G } fragment F on Query { ...G } fragment G on Query { viewer { name } }", 1),
        ('mutation { updateCustomer(input: {customerId: "a"}) { __typename } }', 5),
        (
            "mutation { startCall(input: {}) { ... on StartCallSuccess { call { id } } ... on Refusal { code } } }",
            20 + 1,
        ),
        ("mutation { importCustomers(input: {customers: [{}, {}, {}]}) { __typename } }", 3),
        (
            (
                'mutation { requestCallPermissions(input: {customerIds: ["a", "b", "c"]}) {'
                " ... on RequestCallPermissionsSuccess { entries { customer { id } } } } }"
            ),
            3 + (1 + 1),
        ),
        ("mutation { requestCallPermissions(input: {filter: {}}) { __typename } }", 100),
        ('mutation { testWebhookEndpoint(input: {webhookEndpointId: "a"}) { __typename } }', 20),
        ('mutation { retryWebhookDelivery(input: {webhookDeliveryId: "a"}) { __typename } }', 5),
        ('{ permissionReport(from: "2026-11-01", to: "2026-11-30") { totals { allowed } days { day } } }', 50 + 2),
        ("{ people(first: 20) { nodes { name businessNumbers { id } } } }", 1 + 20 * (1 + 10)),
        ("{ apiTokens(last: 20) { totalCount nodes { name } } }", 1 + 10 + 20),
        (
            "{ webhookEndpoints(first: 5) { nodes { deliveries(first: 20) { nodes { status } } } } }",
            1 + 5 * (1 + 1 + 20),
        ),
        ('{ customer(by: {id: "a"}) { history(first: 20) { nodes { cursor } } } }', 1 + 1 + 20),
        ("subscription { changes { cursor node { id } } }", 1 + 1),
    ],
)
def test_an_object_costs_one_and_a_list_as_often_as_it_is_long(query: str, expected: int) -> None:
    assert points(query) == expected


def test_variables_say_how_long_a_list_is() -> None:
    query = """query ($first: Int = 7, $ids: [ID!] = []) {
        customers(first: $first) { nodes { id } } nodes(ids: $ids) { id } }"""
    assert points(query) == 1 + 7
    assert points(query, first=3, ids=["a", "b"]) == 1 + 3 + 2
    assert points(query, first=10**9) == 1 + 100  # a page that is refused where it is read
    assert points(query, first=True, ids=None) == 1 + 1 + 1
    assert points(query, first="many") == 1 + 1
    rows = "mutation ($input: ImportCustomersInput!) { importCustomers(input: $input) { __typename } }"
    assert points(rows, input={"customers": [{}] * 500}) == 500


def test_only_the_operation_that_runs_is_reckoned() -> None:
    query = "query A { viewer { name } } query B { customers(first: 9) { nodes { id } } }"
    assert (points(query, "A"), points(query, "B"), points(query, "C")) == (1, 10, 0)


def test_fragments_that_multiply_each_other_are_reckoned_in_time_or_refused() -> None:
    doubling = "{ viewer { workspace { id } } ...f0 }" + "".join(
        f" fragment f{number} on Query {{ ...f{number + 1} ...f{number + 1} }}" for number in range(60)
    )
    assert points(doubling + " fragment f60 on Query { __typename }") == 2
    parts = " ".join(f"...p{number}" for number in range(60))
    inside = "calls(first: 1) { nodes { customer { " + parts + " } } }"
    wide = "{ customers(first: 1) { nodes { " + parts + " } } }"
    for number in range(60):
        fields = " ".join(f"a{number}x{alias}: {inside}" for alias in range(20))
        wide += f" fragment p{number} on Customer {{ {fields} }}"
    with pytest.raises(GraphQLError, match="too long to reckon"):
        points(wide)


async def test_every_answer_tells_what_it_cost(house: House, api: Api) -> None:
    query = "query ($first: Int) { customers(first: $first) { nodes { id } } }"
    answer = await api.answer(query, first=3)
    told = {"requested": 4, "maximum": 5000, "limit": 60_000, "remaining": 59_996, "resetsAt": "2026-11-20T12:01:00Z"}
    assert answer["extensions"] == {"cost": told}
    headers = {"Authorization": f"Bearer {house.business.secret}"}
    got = await api.client.get("/graphql", params={"query": "{ viewer { name } }"}, headers=headers)
    assert got.json()["extensions"] == {"cost": told | {"requested": 1, "remaining": 59_995}}
    assert (got.headers["RateLimit-Policy"], got.headers["RateLimit"]) == ('"points";q=60000;w=60', '"points";r=59995')


async def test_on_a_websocket_the_first_result_tells_what_it_cost(house: House) -> None:
    async with served(house) as server, server.line() as line:
        await line.subscribe("{ viewer { name } }")
        assert (await line.receive())["payload"]["extensions"]["cost"]["requested"] == 1
        assert (await line.receive())["type"] == "complete"
        after = await line.ask("{ changeCursor }")
        for phone in ("+919812300901", "+919812300902"):
            await house.business.customer(phone=phone)
        await line.subscribe("subscription ($after: String) { changes(after: $after) { cursor } }", after=after)
        first, second = await line.receive(), await line.receive()
        assert first["payload"]["extensions"]["cost"]["requested"] == 1
        assert first["payload"].keys() == {"data", "extensions"}
        assert second["payload"].keys() == {"data"}


# --- Points that have run out ---


@pytest_asyncio.fixture
async def poor(house: House) -> AsyncIterator[Api]:
    """Open the API's door to tokens with ten points a minute."""
    transport = httpx.ASGITransport(app(GraphQLDoor(house.resources, [], limits=Limits(points=10))))
    async with httpx.AsyncClient(transport=transport, base_url="http://maycall") as client:
        yield Api(house, client)


async def test_who_has_no_points_left_is_told_when_there_are_some_again(house: House, poor: Api) -> None:
    house.clock.wait(20 * SECOND)
    query = {"query": "{ customers(first: 5) { nodes { id } } }"}
    assert (await poor.post(query)).headers["RateLimit"] == '"points";r=4'
    before = await done(house)
    for accept in ("application/json", "application/graphql-response+json"):
        refused = await poor.post(query, accept=accept)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "40")
        assert refused.headers["RateLimit"] == '"points";r=4'
        [error] = refused.json()["errors"]
        assert error["message"] == (
            "The operation costs 6 points, and of the 10 of this minute your token has 4 left. Try again in 40 s."
        )
        assert error["extensions"].pop("cost")["remaining"] == 4
        assert error["extensions"] == {"code": "THROTTLED", "retryAfter": 40}
    assert await done(house) == before

    assert (await poor.post({"query": "{ viewer { name } }"})).status_code == 200  # it costs what is left
    _, other = await house.business.viewer(Scope.CUSTOMERS_READ)
    assert (await poor.post(query, other)).status_code == 200
    house.clock.wait(40 * SECOND)
    assert (await poor.post(query)).status_code == 200


async def test_on_a_websocket_only_the_operation_is_refused(house: House) -> None:
    async with served(house, limits=Limits(points=3)) as server, server.line() as line:
        await line.ask("{ viewer { workspace { id } } }")
        for query in ("{ viewer { workspace { id } } }", "subscription { changes { customer { id } node { id } } }"):
            operation = await line.subscribe(query)
            message = await line.receive()
            assert (message["type"], message["id"]) == ("error", operation)
            [error] = message["payload"]
            assert (error["extensions"]["code"], error["extensions"]["retryAfter"]) == ("THROTTLED", 60)
        assert await line.ask("{ viewer { name } }") == {"name": "admin"}


async def test_who_has_no_points_left_is_answered_before_a_stream_of_events_begins(house: House) -> None:
    subscription = {"query": "subscription { changes { customer { id } node { id } } }"}
    headers = {"Authorization": f"Bearer {house.business.secret}", "Accept": "text/event-stream"}
    async with (
        served(house, limits=Limits(points=2)) as server,
        httpx.AsyncClient(trust_env=False, timeout=60) as client,
    ):
        url = f"http://127.0.0.1:{server.port}/graphql"
        refused = await client.post(url, json=subscription, headers=headers)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
        assert (refused.headers["Content-Type"], refused.headers["RateLimit"]) == ("application/json", '"points";r=2')
        [error] = refused.json()["errors"]
        assert (error["extensions"]["code"], error["extensions"]["retryAfter"]) == ("THROTTLED", 60)
        assert (server.hub.listeners, bool(server.hub.tokens)) == (0, False)
        async with server.events("subscription { changes { cursor } }"):
            pass  # which costs a point: there are two


async def test_without_a_limit_nothing_is_counted(house: House) -> None:
    async with served(house, limits=Limits(points=0)) as server, server.line() as line:
        await line.subscribe("{ viewer { name } }")
        assert (await line.receive())["payload"]["extensions"] == {"cost": {"requested": 1, "maximum": 5000}}
