"""requestCallPermissions as those who use the API meet it."""

from typing import Any

import pytest

from actions import batches
from rules.access import Scope
from tests.ground.house import House

from .asking import Api, done, id_of, replies

ASK = """mutation ($input: RequestCallPermissionsInput!) { requestCallPermissions(input: $input) { __typename
    ... on RequestCallPermissionsSuccess { waiting requested later alreadyAllowed refused batch { id }
        entries { state code availableAt customer { name } permissionRequest { status } } }
    ... on Refusal { code message } } }"""
BATCH = """query ($id: ID!) { node(id: $id) { ... on PermissionRequestBatch {
    requestedBy waiting businessNumber { name }
    entries(first: 9) { totalCount nodes { state customer { name } permissionRequest { status requestedBy } } } } } }"""


def asking(house: House, **more: Any) -> dict[str, Any]:
    return {"businessNumberId": id_of(house.number), "customerIds": [id_of(house.meera), id_of(house.caio)]} | more


async def test_many_are_asked_and_it_can_be_seen_how_far_that_has_come(house: House, api: Api) -> None:
    await replies(house, house.caio)
    told = await api.ask(ASK, input=asking(house, idempotencyKey="k"))
    assert {name: told[name] for name in ("waiting", "requested", "later", "alreadyAllowed", "refused")} == {
        "waiting": 1,
        "requested": 0,
        "later": 0,
        "alreadyAllowed": 1,
        "refused": 0,
    }
    assert [(entry["state"], entry["customer"]["name"]) for entry in told["entries"]] == [
        ("WAITING", "Meera Kulkarni"),
        ("ALREADY_ALLOWED", "Caio Prado"),
    ]
    await batches.go_on(house.resources)
    batch = await api.ask(BATCH, id=told["batch"]["id"])
    assert (batch["requestedBy"], batch["waiting"], batch["entries"]["totalCount"]) == ("admin", 0, 2)
    assert batch["entries"]["nodes"][0] == {
        "state": "REQUESTED",
        "customer": {"name": "Meera Kulkarni"},
        "permissionRequest": {"status": "SENT", "requestedBy": "admin"},
    }
    again = await api.ask(ASK, input=asking(house, idempotencyKey="k"))
    assert (again["batch"], again["requested"]) == (told["batch"], 1)


async def test_a_dry_run_and_a_filter_choose_whom_to_ask(house: House, api: Api) -> None:
    before = await done(house)
    chosen = {"statuses": ["NOT_REQUESTED"], "customerTags": ["delivery"]}
    told = await api.ask(ASK, input=asking(house, customerIds=None, filter=chosen, dryRun=True))
    assert (told["batch"], told["waiting"], len(told["entries"])) == (None, 1, 1)
    assert await done(house) == before
    assert await batches.next_due(house.resources) is None
    told = await api.ask(ASK, input=asking(house, customerIds=None, filter=chosen, idempotencyKey="f"))
    await batches.go_on(house.resources)  # by now the filter finds nobody: the key stands for what was said
    again = await api.ask(ASK, input=asking(house, customerIds=None, filter=chosen, idempotencyKey="f"))
    assert (again["batch"], again["requested"]) == (told["batch"], 1)


@pytest.mark.parametrize(
    "wrong",
    [{"customerIds": None}, {"filter": {}}, {"text": "a", "template": {"name": "x", "language": "en"}}, {"text": ""}],
)
async def test_what_cannot_be_meant_is_told(house: House, api: Api, wrong: dict[str, Any]) -> None:
    assert (await api.fault(ASK, input=asking(house, **wrong)))[0] == "BAD_USER_INPUT"
    assert await batches.next_due(house.resources) is None


async def test_more_than_a_thousand_are_refused(house: House, api: Api) -> None:
    told = await api.ask(ASK, input=asking(house, customerIds=[id_of(house.meera)] * 1001))
    assert told["code"] == "TOO_MANY_ROWS"


async def test_to_ask_needs_the_scope(house: House, api: Api) -> None:
    _, secret = await house.business.viewer(Scope.PERMISSIONS_READ, Scope.CUSTOMERS_READ)
    assert (await api.fault(ASK, secret, input=asking(house)))[0] == "FORBIDDEN"
