"""Nobody sees or touches another workspace's rows by any id, cursor, filter or error message."""

from dataclasses import dataclass
from typing import Any

import pytest_asyncio

from actions import calls, permissions
from actions.calls import Placing
from actions.permissions import Asking
from graph import ids
from models.call_permission import CallPermission, of_workspace
from models.customer import Customer
from tests.ground.house import MEERA, OFFER, Business, House, open_business
from whatsapp.cloud_api import FreeForm, Taken

from .asking import Api, done, id_of, replies


@dataclass(frozen=True)
class Other:
    """Another business on the same server, with something of everything."""

    business: Business
    meera: Customer
    ids: dict[str, str]
    cursor: str

    @property
    def secret(self) -> str:
        return self.business.secret


@pytest_asyncio.fixture
async def other(house: House, api: Api) -> Other:
    business = await open_business(
        house.resources, "Rival", phone_number_id="1002003004005", display_phone_number="+918045550199"
    )
    meera = await business.customer(**MEERA, external_id="R-1", whatsapp_user_id="IN.5")
    house.whatsapp.will(Taken("wamid.rival"), Taken("wacid.rival"))
    request = await permissions.request(
        house.resources, business.admin, Asking(meera.id, business.number.id, FreeForm(None), "rival-key")
    )
    await replies(house, meera, number=business.number)
    call = await calls.start(house.resources, business.admin, Placing(meera.id, business.number.id, OFFER, "rival-key"))
    async with house.resources.database.reading() as session:
        [permission] = await session.exec(of_workspace(business.workspace.id))
    assert isinstance(permission, CallPermission)
    theirs = {
        "Workspace": id_of(business.workspace),
        "BusinessNumber": id_of(business.number),
        "Customer": id_of(meera),
        "CallPermission": id_of(permission),
        "PermissionRequest": id_of(request),  # type: ignore[arg-type] # it was not refused: id_of would fail
        "Call": id_of(call),  # type: ignore[arg-type] # the same
        "ApiToken": ids.encode("ApiToken", business.admin.token_id),
    }
    return Other(business, meera, theirs, await api.ask("{ changeCursor }", business.secret))


async def test_another_workspaces_nodes_are_not_there(api: Api, other: Other) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }"
    assert await api.ask(query, ids=list(other.ids.values())) == [None] * 7
    assert await api.ask(query, other.secret, ids=list(other.ids.values())) == [
        {"__typename": kind} for kind in other.ids
    ]
    for node_id in other.ids.values():
        assert await api.ask("query ($id: ID!) { node(id: $id) { id } }", id=node_id) is None


async def test_another_workspaces_customers_are_not_found_by_any_name(house: House, api: Api, other: Other) -> None:
    query = "query ($by: CustomerBy!) { customer(by: $by) { id } }"
    for by in ({"id": other.ids["Customer"]}, {"externalId": "R-1"}, {"whatsappUserId": "IN.5"}):
        assert await api.ask(query, by=by) is None
        assert await api.ask(query, other.secret, by=by) == {"id": other.ids["Customer"]}
    assert await api.ask(query, by={"phone": "+919812300457"}) == {"id": id_of(house.meera)}


async def test_no_list_and_no_count_has_anything_of_another_workspace(house: House, api: Api, other: Other) -> None:
    assert [number["id"] for number in await api.ask("{ businessNumbers { id } }")] == [id_of(house.number)]
    for field, own, theirs in (
        ("customers(first: 100)", 2, 1),
        ('customers(first: 100, filter: {search: "Meera", tags: ["delivery"]})', 1, 1),
        ("callPermissions(first: 100)", 2, 1),
        ('callPermissions(first: 100, filter: {customerTags: ["delivery"]})', 1, 1),
        ("callPermissions(first: 100, filter: {statuses: [TEMPORARY]})", 0, 1),
        ("permissionRequests(first: 100)", 0, 1),
        ("calls(first: 100)", 0, 1),
        ("apiTokens(first: 100)", 1, 1),
        ("changes(first: 100)", 3, 8),
    ):
        for secret, expected in ((None, own), (other.secret, theirs)):
            found = await api.ask(f"{{ {field} {{ nodes {{ __typename }} totalCount }} }}", secret)
            assert (len(found["nodes"]), found["totalCount"]) == (expected, expected), field
    foreign = ("Customer", "BusinessNumber")
    for name, kind in (("customerId", foreign[0]), ("businessNumberId", foreign[1])):
        for field in ("permissionRequests", "calls"):
            query = f'{{ {field}(first: 9, filter: {{{name}: "{other.ids[kind]}"}}) {{ totalCount }} }}'
            assert await api.ask(query) == {"totalCount": 0}
            assert await api.ask(query, other.secret) == {"totalCount": 1}


async def test_a_permission_with_another_workspaces_number_is_not_there(house: House, api: Api, other: Other) -> None:
    query = """query ($id: ID!, $number: ID!) { customer(by: {id: $id}) {
        callPermission(businessNumberId: $number) { id } } }"""
    found = await api.ask(query, id=id_of(house.meera), number=other.ids["BusinessNumber"])
    assert found == {"callPermission": None}


async def test_another_workspaces_log_cannot_be_read_by_its_cursor(api: Api, other: Other) -> None:
    assert await api.fault("query ($after: String) { changes(after: $after) { totalCount } }", after=other.cursor) == (
        "BAD_USER_INPUT",
        "This is not a cursor of your workspace's log. Read changeCursor and start from there.",
    )


async def test_no_mutation_touches_another_workspace_and_none_tells_what_is_there(
    house: House, api: Api, other: Other
) -> None:
    mine = {"customerId": id_of(house.meera), "businessNumberId": id_of(house.number)}
    theirs = {"customerId": other.ids["Customer"], "businessNumberId": other.ids["BusinessNumber"]}
    no_customer = "There is no such customer. Take an id from the query customers."
    no_number = "There is no such business number. Take an id from the query businessNumbers."
    attempts: list[tuple[str, dict[str, Any], str]] = [
        ("updateCustomer", {"customerId": theirs["customerId"], "name": "Mine"}, no_customer),
        ("requestCallPermission", mine | {"customerId": theirs["customerId"]}, no_customer),
        ("requestCallPermission", mine | {"businessNumberId": theirs["businessNumberId"]}, no_number),
        ("requestCallPermission", theirs | {"idempotencyKey": "rival-key"}, no_number),
        ("startCall", mine | {"customerId": theirs["customerId"], "sdpOffer": OFFER}, no_customer),
        ("startCall", mine | {"businessNumberId": theirs["businessNumberId"], "sdpOffer": OFFER}, no_number),
        ("startCall", theirs | {"sdpOffer": OFFER, "idempotencyKey": "rival-key"}, no_number),
        ("endCall", {"callId": other.ids["Call"]}, "There is no such call. Take an id from the query calls."),
        (
            "revokeApiToken",
            {"apiTokenId": other.ids["ApiToken"]},
            "There is no such token. Take an id from the list of tokens.",
        ),
    ]
    before = await done(house)
    for field, given, message in attempts:
        kind = f"{field[0].upper()}{field[1:]}Input"
        query = f"mutation ($input: {kind}!) {{ {field}(input: $input) {{ __typename }} }}"
        assert await api.fault(query, input=given) == ("BAD_USER_INPUT", message)
    assert await done(house) == before


async def test_names_and_keys_that_are_taken_elsewhere_are_free_here(house: House, api: Api, other: Other) -> None:
    create = "mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { __typename } }"
    given = {"phone": "+919812300999", "externalId": "R-1", "whatsappUserId": "IN.5"}
    assert await api.ask(create, input=given) == {"__typename": "CreateCustomerSuccess"}
    ask = "mutation ($input: RequestCallPermissionInput!) { requestCallPermission(input: $input) { __typename } }"
    given = {"customerId": id_of(house.meera), "businessNumberId": id_of(house.number), "idempotencyKey": "rival-key"}
    assert await api.ask(ask, input=given) == {"__typename": "RequestCallPermissionSuccess"}
    assert other.business.workspace.id != house.business.workspace.id


async def test_news_of_one_business_number_is_no_news_of_another(house: House, api: Api, other: Other) -> None:
    await replies(house, house.meera, "permanent")
    query = "{ callPermissions(first: 9, filter: {statuses: [PERMANENT]}) { totalCount } }"
    assert (await api.ask(query), await api.ask(query, other.secret)) == ({"totalCount": 1}, {"totalCount": 0})
