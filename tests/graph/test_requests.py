"""Over HTTP: what comes in wrong, who comes in, and what each of them may."""

from typing import Any

import orjson
import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from actions import access
from models.database import Database
from rules.access import Scope
from server.graphql_door import LARGEST_BODY
from tests.ground.house import DAY, OFFER, SECOND, House

from .asking import Api, done, id_of

VIEWER = "{ viewer { name } }"


# --- What comes in wrong ---


@pytest.mark.parametrize(
    "body", [b"", b"{", b"nonsense", b'{"query": "{ viewer { name } }"', b'{"query": "\xff\xfe"}', b"\xff"]
)
async def test_a_body_that_is_not_json_is_the_callers_mistake(api: Api, body: bytes) -> None:
    response = await api.post(body)
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert error["message"]


@pytest.mark.parametrize(
    "content",
    [
        [],
        [{"query": VIEWER}],
        "query",
        7,
        None,
        {},
        {"query": None},
        {"query": 7},
        {"query": ""},
        {"query": VIEWER, "variables": []},
    ],
)
async def test_a_body_that_asks_nothing_is_the_callers_mistake(api: Api, content: Any) -> None:
    response = await api.post(content)
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("hello", "GRAPHQL_PARSE_FAILED"),
        ("{ viewer { name } } \0", "GRAPHQL_PARSE_FAILED"),
        ("{" + " viewer" * 2001 + "}", "GRAPHQL_PARSE_FAILED"),
        ("{ nobody { name } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ viewer }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ node(id: [1, 2]) { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ customers(first: ten) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        ('{ callPermissions(first: 1, filter: {expiresBefore: "soon"}) { totalCount } }', "GRAPHQL_VALIDATION_FAILED"),
        (
            '{ callPermissions(first: 1, filter: {expiresBefore: "2026-11-20T12:00:00"}) { totalCount } }',
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            '{ callPermissions(first: 1, filter: {expiresBefore: "0001-01-01T00:00:00+14:00"}) { totalCount } }',
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("{ callPermissions(first: 1, filter: {statuses: [MAYBE]}) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{" + " ".join(f"a{number}: viewer {{ name }}" for number in range(31)) + "}", "GRAPHQL_VALIDATION_FAILED"),
        ("{ viewer { ...F } } fragment F on Viewer { ...F }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ customer(by: {}) { id } }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_a_query_that_cannot_be_run_is_told_why(api: Api, query: str, code: str) -> None:
    for accept, status in (("application/json", 200), ("application/graphql-response+json", 400)):
        response = await api.post({"query": query}, accept=accept)
        assert (response.status_code, response.headers["Content-Type"]) == (status, accept)
        for error in response.json()["errors"]:
            assert error["extensions"]["code"] == code


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"first": 1, "when": None},
        {"first": "one", "when": "2026-11-20T12:00:00Z"},
        {"first": 2**31, "when": "2026-11-20T12:00:00Z"},
        {"first": 1.5, "when": "2026-11-20T12:00:00Z"},
        {"first": 1, "when": "soon"},
        {"first": 1, "when": 7},
        {"first": 1, "when": "2026-11-20T12:00:00"},
        {"first": 1, "when": "0001-01-01T00:00:00+14:00"},
    ],
)
async def test_a_variable_of_the_wrong_type_is_the_callers_mistake(api: Api, variables: dict[str, Any]) -> None:
    query = """query ($first: Int!, $when: DateTime!) {
        callPermissions(first: $first, filter: {expiresBefore: $when}) { totalCount } }"""
    for accept, status in (("application/json", 200), ("application/graphql-response+json", 400)):
        response = await api.post({"query": query, "variables": variables}, accept=accept)
        assert response.status_code == status
        assert {error["extensions"]["code"] for error in response.json()["errors"]} == {"BAD_USER_INPUT"}


async def test_a_query_nested_without_end_is_turned_away(api: Api) -> None:
    query = "{" + "a {" * 900 + "a" + "}" * 901
    [error] = (await api.post({"query": query})).json()["errors"][:1]
    assert error["extensions"]["code"] in ("GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED")


async def test_a_mistake_in_a_field_leaves_the_answer_a_well_formed_one(api: Api) -> None:
    query = "{ viewer { name } node(id: 7) { id } }"
    response = await api.post({"query": query}, accept="application/graphql-response+json")
    assert (response.status_code, response.json()["data"]) == (200, {"viewer": {"name": "admin"}, "node": None})


async def test_of_several_operations_the_one_that_is_named_runs_and_none_that_is_not_there(api: Api) -> None:
    two = "query A { viewer { name } } query B { viewer { scopes } }"
    for name in ("C", "", None):
        for accept, status in (("application/json", 200), ("application/graphql-response+json", 400)):
            response = await api.post({"query": two, "operationName": name}, accept=accept)
            assert (response.status_code, "data" in response.json()) == (status, False)
            assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["BAD_USER_INPUT"]
    named = (await api.post({"query": two, "operationName": "B"})).json()
    assert named["data"] == {"viewer": {"scopes": ["admin"]}}


async def test_a_body_of_more_than_a_megabyte_is_turned_away(api: Api) -> None:
    response = await api.post({"query": VIEWER, "padding": " " * LARGEST_BODY})
    assert response.status_code == 413
    assert response.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_a_body_of_another_kind_is_turned_away(api: Api) -> None:
    body = orjson.dumps({"query": VIEWER})
    for kind in ("text/plain", "application/xml", "multipart/form-data"):
        response = await api.client.post(
            "/graphql",
            content=body,
            headers={"Content-Type": kind, "Authorization": f"Bearer {api.house.business.secret}"},
        )
        assert response.status_code == 415
        assert response.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_get_reads_and_never_writes(house: House, api: Api) -> None:
    headers = {"Authorization": f"Bearer {house.business.secret}"}
    read = await api.client.get("/graphql", params={"query": VIEWER}, headers=headers)
    assert (read.status_code, read.json()["data"]) == (200, {"viewer": {"name": "admin"}})

    before = await done(house)
    write = 'mutation { createCustomer(input: {phone: "+919812300999"}) { __typename } }'
    refused = await api.client.get("/graphql", params={"query": write}, headers=headers)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")
    assert refused.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert await done(house) == before


async def test_a_fault_of_ours_is_hidden_behind_a_request_id(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def reading(_database: Database) -> None:
        raise OperationalError("SELECT secret", {}, Exception("password=hunter2"))

    response = await api.post({"query": VIEWER})
    assert response.status_code == 200
    [secret] = [api.house.business.secret]
    recognised = await access.recognise(api.house.resources, secret)
    assert recognised is not None

    async def recognise(*_given: object) -> access.Viewer:
        return recognised

    monkeypatch.setattr(access, "recognise", recognise)
    monkeypatch.setattr(Database, "reading", reading)
    with capture_logs() as logged:
        answer = await api.answer(VIEWER)

    [error] = answer["errors"]
    assert error["extensions"].keys() == {"code", "requestId"}
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    request_id = error["extensions"]["requestId"]
    assert (
        error["message"] == f"Something went wrong on our side. Tell us this id and we can find out what: {request_id}."
    )
    assert "hunter2" not in str(answer)
    assert [(line["event"], line["request_id"]) for line in logged] == [("fault", request_id)]


# --- Who comes in ---


async def test_without_a_token_that_works_nobody_comes_in(house: House, api: Api) -> None:
    viewer, revoked = await house.business.viewer(Scope.ADMIN)
    await access.revoke_token(house.resources, viewer.workspace_id, viewer.token_id)
    good = house.business.secret
    for given in (
        "",
        "Bearer",
        "Bearer ",
        f"Basic {good}",
        good,
        f"Bearer {good}x",
        f"Bearer {revoked}",
        "Bearer \xe9",
    ):
        headers = {b"Authorization": given.encode("latin-1"), b"Content-Type": b"application/json"}
        response = await api.client.post("/graphql", content=orjson.dumps({"query": VIEWER}), headers=headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        [error] = response.json()["errors"]
        assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    assert (await api.client.post("/graphql", json={"query": VIEWER})).status_code == 401


async def test_a_token_works_until_the_second_it_ends(house: House, api: Api) -> None:
    _, secret = await house.business.viewer(Scope.CUSTOMERS_READ, expires_at=house.clock.now + DAY)
    house.clock.wait(DAY - SECOND)
    assert await api.ask(VIEWER, secret) == {"name": "agent"}
    house.clock.wait(SECOND)
    assert (await api.post({"query": VIEWER}, secret)).status_code == 401


async def test_a_token_that_is_revoked_stops_working_at_once(house: House, api: Api) -> None:
    viewer, secret = await house.business.viewer(Scope.CUSTOMERS_READ)
    assert await api.ask(VIEWER, secret) == {"name": "agent"}
    await access.revoke_token(house.resources, viewer.workspace_id, viewer.token_id)
    assert (await api.post({"query": VIEWER}, secret)).status_code == 401


# --- What each may ---


def operations(house: House) -> list[tuple[Scope, str, dict[str, Any]]]:
    """List everything that needs a scope, and which."""
    pair = {"customerId": id_of(house.meera), "businessNumberId": id_of(house.number)}
    number = f'businessNumberId: "{id_of(house.number)}"'
    mutation = "mutation ($input: {0}Input!) {{ {1}(input: $input) {{ __typename }} }}".format
    return [
        (Scope.CUSTOMERS_READ, '{ customer(by: {phone: "+919812300457"}) { id } }', {}),
        (Scope.CUSTOMERS_READ, "{ customers(first: 1) { totalCount } }", {}),
        (Scope.CUSTOMERS_READ, f'{{ node(id: "{id_of(house.meera)}") {{ id }} }}', {}),
        (Scope.CUSTOMERS_WRITE, mutation("CreateCustomer", "createCustomer"), {"phone": "+919812300999"}),
        (Scope.CUSTOMERS_WRITE, mutation("UpdateCustomer", "updateCustomer"), {"customerId": pair["customerId"]}),
        (Scope.PERMISSIONS_READ, "{ callPermissions(first: 1) { totalCount } }", {}),
        (Scope.PERMISSIONS_READ, "{ permissionRequests(first: 1) { totalCount } }", {}),
        (
            Scope.PERMISSIONS_REQUEST,
            mutation("RequestCallPermission", "requestCallPermission"),
            pair | {"text": "May we?"},
        ),
        (Scope.CALLS_READ, "{ calls(first: 1) { totalCount } }", {}),
        (Scope.CALLS_WRITE, mutation("StartCall", "startCall"), pair | {"sdpOffer": OFFER}),
        (Scope.CALLS_WRITE, mutation("EndCall", "endCall"), {"callId": id_of(house.meera)}),
        (Scope.PERMISSIONS_READ, f"{{ customers(first: 1) {{ nodes {{ callPermission({number}) {{ id }} }} }} }}", {}),
        (
            Scope.PERMISSIONS_READ,
            "{ customers(first: 1) { nodes { permissionRequests(first: 1) { totalCount } } } }",
            {},
        ),
        (Scope.CALLS_READ, "{ customers(first: 1) { nodes { calls(first: 1) { totalCount } } } }", {}),
        (Scope.CUSTOMERS_READ, "{ callPermissions(first: 1) { nodes { customer { id } } } }", {}),
        (Scope.CUSTOMERS_READ, "{ changes(first: 2) { nodes { customer { id } } } }", {}),
    ]


async def test_each_operation_needs_its_scope_and_without_it_does_nothing(house: House, api: Api) -> None:
    before = await done(house)
    for scope, query, given in operations(house):
        _, secret = await house.business.viewer(*(other for other in Scope if other not in (scope, Scope.ADMIN)))
        answer = await api.answer(query, secret, input=given)
        told = {(error["extensions"]["code"], error["message"]) for error in answer["errors"]}
        assert told == {("FORBIDDEN", f"This needs a token with the scope {scope.value}.")}, query
    assert await done(house) == before


async def test_the_scopes_of_an_operation_are_enough_for_it(house: House, api: Api) -> None:
    for scope, query, given in operations(house)[:11]:
        _, secret = await house.business.viewer(scope)
        answer = await api.answer(query, secret, input=given)
        codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
        assert codes == (["BAD_USER_INPUT"] if "endCall" in query else []), query


async def test_of_the_log_each_sees_what_they_may_read(house: House, api: Api) -> None:
    await api.ask(
        "mutation ($input: RequestCallPermissionInput!) { requestCallPermission(input: $input) { __typename } }",
        input={"customerId": id_of(house.meera), "businessNumberId": id_of(house.number)},
    )
    for scopes, kinds in (
        ([Scope.CALLS_READ], {"BUSINESS_NUMBER"}),
        ([Scope.CUSTOMERS_READ], {"BUSINESS_NUMBER", "CUSTOMER"}),
        ([Scope.PERMISSIONS_READ], {"BUSINESS_NUMBER", "PERMISSION_REQUEST", "CALL_PERMISSION"}),
    ):
        _, secret = await house.business.viewer(*scopes)
        found = await api.ask("{ changes(first: 100) { nodes { kind node { id } } } }", secret)
        assert {node["kind"] for node in found["nodes"]} == kinds
