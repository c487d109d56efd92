"""A customer's deletion as those who use the API meet it."""

from typing import Any

from rules.access import Scope
from tests.ground.house import OFFER, House
from whatsapp.cloud_api import Taken

from .asking import Api, id_of, replies
from .streaming import served

DELETE = """mutation ($input: DeleteCustomerInput!) { deleteCustomer(input: $input) { __typename
    ... on DeleteCustomerSuccess { deletedCustomerId deletedAt } ... on Refusal { code message } } }"""
START = """mutation ($input: StartCallInput!) { startCall(input: $input) { __typename
    ... on StartCallSuccess { call { id } } } }"""
PERMISSIONS = """subscription ($after: String) { callPermissionChanged(after: $after) {
    status callPermission { customer { name } } } }"""
CHANGES = "subscription ($after: String) { changes(after: $after) { kind status node { id } customer { id } } }"
GONE = {"kind": "CUSTOMER", "status": "DELETED", "node": None, "customer": None}


def whom(house: House) -> dict[str, Any]:
    return {"customerId": id_of(house.meera)}


async def test_a_deleted_customer_is_nowhere_to_be_found(house: House, api: Api) -> None:
    await replies(house, house.meera)
    [permission, _] = (await api.ask("{ callPermissions(first: 9) { nodes { id } } }"))["nodes"]
    told = await api.ask(DELETE, input=whom(house))
    assert told == {
        "__typename": "DeleteCustomerSuccess",
        "deletedCustomerId": id_of(house.meera),
        "deletedAt": "2026-11-20T12:00:00Z",
    }
    assert await api.ask(DELETE, input=whom(house)) == told
    for node_id in (id_of(house.meera), permission["id"]):
        assert await api.ask("query ($id: ID!) { node(id: $id) { id } }", id=node_id) is None
    for field in ("customers", "callPermissions"):
        assert (await api.ask(f"{{ {field}(first: 9) {{ totalCount }} }}"))["totalCount"] == 1
    logged = await api.ask("{ changes { nodes { kind status node { id } customer { id } } } }")
    assert logged["nodes"][-1] == GONE
    of_people = [change for change in logged["nodes"] if change["kind"] != "BUSINESS_NUMBER"]
    assert [change["node"] for change in of_people if change["customer"] is None] == [None] * 3


async def test_a_listener_is_told_and_one_who_resumes_from_before_goes_on(house: House, api: Api) -> None:
    before = await api.ask("{ changeCursor }")
    await replies(house, house.meera)
    await api.ask(DELETE, input=whom(house))
    await replies(house, house.caio, "permanent")
    async with served(house) as server, server.line() as line:
        watching, everything = [await line.subscribe(query, after=before) for query in (PERMISSIONS, CHANGES)]
        heard = [await line.whatever() for _ in range(4)]
        [allowed] = [field for operation, field in heard if operation == watching]
        told = [field for operation, field in heard if operation == everything]
        assert allowed == {"status": "PERMANENT", "callPermission": {"customer": {"name": "Caio Prado"}}}
        assert [change["kind"] for change in told] == ["CALL_PERMISSION", "CUSTOMER", "CALL_PERMISSION"]
        assert told[1] == GONE
        assert told[0]["node"] is None


async def test_a_customer_in_a_call_is_not_deleted(house: House, api: Api) -> None:
    await replies(house, house.meera)
    house.whatsapp.will(Taken("wacid.1"))
    placing = whom(house) | {"businessNumberId": id_of(house.number), "sdpOffer": OFFER}
    await api.ask(START, input=placing)
    refused = await api.ask(DELETE, input=whom(house))
    assert (refused["__typename"], refused["code"]) == ("CallInProgress", "CALL_IN_PROGRESS")


async def test_to_delete_needs_the_scope(house: House, api: Api) -> None:
    _, secret = await house.business.viewer(Scope.CUSTOMERS_READ)
    assert (await api.fault(DELETE, secret, input=whom(house)))[0] == "FORBIDDEN"
