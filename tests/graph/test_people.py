"""People: let in and managed by admins, and held to their role and their business numbers everywhere at once."""

import asyncio
from typing import Any

import orjson
import pytest

from actions import calls, people, permissions
from actions.calls import Placing
from actions.permissions import Asking
from graph import live
from models.call import Call
from models.call_permission import CallPermission, of_workspace
from models.permission_request import PermissionRequest
from rules.access import Role
from tests.ground.house import OFFER, SECOND, House, open_business
from whatsapp.cloud_api import FreeForm, Taken

from .asking import Api, done, id_of, replies
from .people import arrived, invited, second_number, signed_in
from .streaming import served

INVITE = """mutation ($input: InvitePersonInput!) { invitePerson(input: $input) { ... on InvitePersonSuccess {
    person { id email role allBusinessNumbers businessNumbers { name } invitedBy lastSignedInAt removedAt } }
    ... on Refusal { code } } }"""
UPDATE = """mutation ($input: UpdatePersonInput!) { updatePerson(input: $input) { ... on UpdatePersonSuccess {
    person { role allBusinessNumbers businessNumbers { name } } } ... on Refusal { code } } }"""
REMOVE = """mutation ($input: RemovePersonInput!) { removePerson(input: $input) { ... on RemovePersonSuccess {
    person { removedAt } } ... on Refusal { code } } }"""
SIGN_OUT = """mutation ($input: SignOutInput!) { signOut(input: $input) { ... on SignOutSuccess { person { name } }
    ... on Refusal { code message } } }"""
PEOPLE = "{ people(first: 9) { nodes { name role } totalCount } }"
NOT_THERE = (
    "BAD_USER_INPUT",
    "There is no such business number among those that you may use. Take an id from the query businessNumbers.",
)


# --- What admins do about people ---


async def test_an_admin_invites_changes_and_removes(house: House, api: Api) -> None:
    made = await api.ask(INVITE, input={"email": " Asha@Example.com ", "role": "AGENT"})
    person = made["person"]
    assert person | {"id": ""} == {
        "id": "",
        "email": "asha@example.com",
        "role": "AGENT",
        "allBusinessNumbers": False,
        "businessNumbers": [],
        "invitedBy": "admin",
        "lastSignedInAt": None,
        "removedAt": None,
    }
    assert await api.ask(INVITE, input={"email": "asha@example.com", "role": "VIEWER"}) == {
        "code": "PERSON_ALREADY_EXISTS"
    }
    numbers = {"personId": person["id"], "businessNumberIds": [id_of(house.number)]}
    chosen = {"role": "AGENT", "allBusinessNumbers": False, "businessNumbers": [{"name": "Chai & Co"}]}
    assert await api.ask(UPDATE, input=numbers) == {"person": chosen}
    every = {"personId": person["id"], "allBusinessNumbers": True}
    assert await api.ask(UPDATE, input=every) == {"person": chosen | {"allBusinessNumbers": True}}
    secret = await signed_in(house.business, "Asha")
    assert await api.ask(REMOVE, input={"personId": person["id"]}) == {"person": {"removedAt": "2026-11-20T12:00:00Z"}}
    assert (await api.fault("{ viewer { name } }", secret))[0] == "UNAUTHENTICATED"
    assert await api.ask(PEOPLE) == {"nodes": [{"name": "Asha", "role": "AGENT"}], "totalCount": 1}


async def test_what_cannot_be_meant_changes_nobody(house: House, api: Api) -> None:
    other = await open_business(house.resources, "Rival", phone_number_id="1", display_phone_number="+918045550199")
    theirs = await invited(other, "Ravi", Role.AGENT)
    asha = await invited(house.business, "Asha", Role.AGENT)
    for query, given, reason in (
        (INVITE, {"email": "asha", "role": "AGENT"}, "'asha' is not an e-mail address."),
        (INVITE, {"email": "a@b@c", "role": "AGENT"}, "'a@b@c' is not an e-mail address."),
        (
            INVITE,
            {"email": "x@example.com", "role": "AGENT", "businessNumberIds": [id_of(other.number)]},
            "There is no such business number.",
        ),
        (
            INVITE,
            {"email": "x@example.com", "role": "ADMIN", "businessNumberIds": [id_of(house.number)]},
            "An admin may use every business number.",
        ),
        (
            UPDATE,
            {"personId": id_of(asha), "businessNumberIds": [id_of(house.number)], "allBusinessNumbers": True},
            "Give businessNumberIds or allBusinessNumbers, not both.",
        ),
        (UPDATE, {"personId": id_of(theirs), "role": "ADMIN"}, "There is no such person."),
        (REMOVE, {"personId": id_of(theirs)}, "There is no such person."),
    ):
        code, message = await api.fault(query, input=given)
        assert (code, message.startswith(reason)) == ("BAD_USER_INPUT", True), message
    assert await api.ask("query ($id: ID!) { node(id: $id) { id } }", id=id_of(theirs)) is None
    assert await api.ask(PEOPLE) == {"nodes": [{"name": None, "role": "AGENT"}], "totalCount": 1}
    assert await api.ask(PEOPLE, other.secret) == {"nodes": [{"name": None, "role": "AGENT"}], "totalCount": 1}


async def test_the_last_admin_who_has_signed_in_stays_one(house: House, api: Api) -> None:
    asha, secret = await arrived(house.business, "Asha", Role.ADMIN)
    ravi = await invited(house.business, "Ravi", Role.ADMIN)
    for query, given in ((REMOVE, {}), (UPDATE, {"role": "AGENT"})):
        assert await api.ask(query, secret, input={"personId": id_of(asha)} | given) == {"code": "LAST_ADMIN"}
    await signed_in(house.business, "Ravi")
    changed = await api.ask(UPDATE, secret, input={"personId": id_of(asha), "role": "VIEWER"})
    assert changed["person"]["role"] == "VIEWER"
    assert (await api.fault(PEOPLE, secret))[0] == "FORBIDDEN"
    assert await api.ask(REMOVE, input={"personId": id_of(ravi)}) == {"code": "LAST_ADMIN"}


async def test_of_two_admins_who_remove_each_other_at_once_one_remains(house: House, api: Api) -> None:
    asha, first = await arrived(house.business, "Asha", Role.ADMIN)
    ravi, second = await arrived(house.business, "Ravi", Role.ADMIN)
    await asyncio.gather(
        api.answer(REMOVE, first, input={"personId": id_of(ravi)}),
        api.answer(REMOVE, second, input={"personId": id_of(asha)}),
    )
    inside = [await api.answer("{ viewer { name } }", secret) for secret in (first, second)]
    assert len([answer for answer in inside if answer.get("data")]) == 1


async def test_only_admins_see_others_and_everybody_sees_themselves(house: House, api: Api) -> None:
    asha, secret = await arrived(house.business, "Asha", Role.AGENT)
    ravi = await invited(house.business, "Ravi", Role.AGENT)
    node = "query ($id: ID!) { node(id: $id) { ... on Person { name } } }"
    assert await api.ask(node, secret, id=id_of(asha)) == {"name": "Asha"}
    for query, given in (
        (node, {"id": id_of(ravi)}),
        (PEOPLE, {}),
        (INVITE, {"input": {"email": "x@example.com", "role": "ADMIN"}}),
        (UPDATE, {"input": {"personId": id_of(asha), "role": "ADMIN"}}),
        (REMOVE, {"input": {"personId": id_of(ravi)}}),
    ):
        assert (await api.fault(query, secret, **given))[0] == "FORBIDDEN"


async def test_signing_out_ends_the_very_sign_in_or_all_of_them(house: House, api: Api) -> None:
    _, first = await arrived(house.business, "Asha", Role.VIEWER)
    second, third = await signed_in(house.business, "Asha"), await signed_in(house.business, "Asha")
    assert await api.ask(SIGN_OUT, first, input={}) == {"person": {"name": "Asha"}}
    assert (await api.fault("{ viewer { name } }", first))[0] == "UNAUTHENTICATED"
    await api.ask(SIGN_OUT, second, input={"everywhere": True})
    assert (await api.fault("{ viewer { name } }", third))[0] == "UNAUTHENTICATED"
    assert await api.ask(SIGN_OUT, input={"everywhere": True}) == {
        "code": "NOT_SIGNED_IN",
        "message": "This token is nobody's sign-in, so there is nothing to sign out of. An admin can revoke it.",
    }
    assert (await api.ask("{ apiTokens(first: 9) { totalCount } }"))["totalCount"] == 1


# --- What an agent sees and does, and what not ---


async def filled(house: House) -> dict[str, list[Any]]:
    """Ask and call the first customer from both numbers, and give the rows of each number by its name."""
    rows: dict[str, list[Any]] = {}
    for number in (house.number, await second_number(house)):
        house.whatsapp.will(Taken(f"wamid.{number.name}"), Taken(f"wacid.{number.name}"))
        request = await permissions.request(
            house.resources, house.admin, Asking(house.meera.id, number.id, FreeForm(None))
        )
        await replies(house, house.meera, number=number)
        call = await calls.start(house.resources, house.admin, Placing(house.meera.id, number.id, OFFER))
        assert isinstance(request, PermissionRequest)
        assert isinstance(call, Call)
        async with house.resources.database.reading() as session:
            own = of_workspace(house.business.workspace.id).where(CallPermission.business_number_id == number.id)
            found = (await session.exec(own)).all()
        rows[number.name] = [number, request, call, *found]
        house.clock.wait(SECOND)
    return rows


async def test_what_is_about_another_number_is_not_there_for_an_agent(house: House, api: Api) -> None:
    rows = await filled(house)
    mine, hidden = rows["Back office"], rows["Chai & Co"]
    _, secret = await arrived(house.business, "Asha", Role.AGENT, mine[0])
    query = """query ($hidden: [ID!]!, $number: ID!) {
        nodes(ids: $hidden) { id }
        businessNumbers { id } viewer { businessNumbers { id } person { businessNumbers { id } } }
        callPermissions(first: 20) { nodes { id businessNumber { id } latestRequest { id } } totalCount }
        ofHidden: callPermissions(first: 20, filter: {businessNumberId: $number}) { totalCount }
        permissionRequests(first: 20) { nodes { id } totalCount }
        calls(first: 20) { nodes { id } totalCount }
        changes(first: 20) { nodes { node { id } } totalCount }
        customers(first: 2) { nodes {
            callPermission(businessNumberId: $number) { id }
            permissionRequests(first: 9) { nodes { id } totalCount } calls(first: 9) { nodes { id } totalCount }
            history(first: 9) { nodes { node { id } } totalCount } } totalCount } }"""
    given: dict[str, Any] = {"hidden": [id_of(row) for row in hidden], "number": id_of(hidden[0])}
    answer = (await api.answer(query, secret, **given))["data"]
    assert answer["nodes"] == [None] * len(hidden)
    assert [
        (answer[field]["totalCount"]) for field in ("callPermissions", "permissionRequests", "calls", "customers")
    ] == [2, 1, 1, 2]
    assert answer["ofHidden"] == {"totalCount": 0}
    assert not [row for row in hidden if id_of(row) in orjson.dumps(answer).decode()]
    assert len(answer["changes"]["nodes"]) == answer["changes"]["totalCount"]
    assert None not in [change["node"] for change in answer["changes"]["nodes"]]
    report = """{ permissionReport(from: "2026-11-20", to: "2026-11-20") { totals { requestsSent callsPlaced } } }"""
    assert (await api.ask(report, secret))["totals"] == {"requestsSent": 1, "callsPlaced": 1}
    assert (await api.ask(report))["totals"] == {"requestsSent": 2, "callsPlaced": 2}
    seen = (await api.answer(query, **given))["data"]
    assert [row for row in hidden if id_of(row) not in orjson.dumps(seen).decode()] == []


async def test_no_mutation_reaches_a_number_that_is_not_the_agents(house: House, api: Api) -> None:
    rows = await filled(house)
    _, secret = await arrived(house.business, "Asha", Role.AGENT, rows["Back office"][0])
    number, _, call = rows["Chai & Co"][:3]
    pair = {"customerId": id_of(house.caio), "businessNumberId": id_of(number)}
    many = {"customerIds": [id_of(house.caio)], "businessNumberId": id_of(number)}
    before = await done(house)
    for field, given in (
        ("requestCallPermission", pair),
        ("requestCallPermissions", many),
        ("requestCallPermissions", many | {"dryRun": True}),
        ("requestCallPermissions", {"filter": {}, "businessNumberId": id_of(number)}),
        ("refreshCallPermission", pair),
        ("startCall", pair | {"sdpOffer": OFFER}),
    ):
        kind = f"{field[0].upper()}{field[1:]}Input"
        query = f"mutation ($input: {kind}!) {{ {field}(input: $input) {{ __typename }} }}"
        assert await api.fault(query, secret, input=given) == NOT_THERE, field
    end = "mutation ($id: ID!) { endCall(input: {callId: $id}) { __typename } }"
    assert (await api.fault(end, secret, id=id_of(call)))[1].startswith("There is no such call.")
    assert await done(house) == before


async def test_what_an_agent_does_bears_their_name(house: House, api: Api) -> None:
    _, secret = await arrived(house.business, "Asha", Role.AGENT, house.number)
    ask = """mutation ($input: RequestCallPermissionInput!) { requestCallPermission(input: $input) {
        ... on RequestCallPermissionSuccess { permissionRequest { requestedBy } } } }"""
    given = {"customerId": id_of(house.meera), "businessNumberId": id_of(house.number)}
    assert await api.ask(ask, secret, input=given) == {"permissionRequest": {"requestedBy": "Asha"}}
    await replies(house, house.meera)
    call = """mutation ($input: StartCallInput!) { startCall(input: $input) {
        ... on StartCallSuccess { call { placedBy } } } }"""
    assert await api.ask(call, secret, input=given | {"sdpOffer": OFFER}) == {"call": {"placedBy": "Asha"}}
    changes = await api.ask("{ changes(first: 100) { nodes { kind actor } } }")
    actors = {change["kind"] for change in changes["nodes"] if change["actor"] == "Asha"}
    assert actors == {"PERMISSION_REQUEST", "CALL_PERMISSION", "CALL"}


async def test_a_viewer_changes_nothing(house: House, api: Api) -> None:
    _, secret = await arrived(house.business, "Vera", Role.VIEWER, house.number)
    pair = {"customerId": id_of(house.caio), "businessNumberId": id_of(house.number)}
    before = await done(house)
    for field, given in (
        ("createCustomer", {"phone": "+919812300999"}),
        ("requestCallPermission", pair),
        ("startCall", pair | {"sdpOffer": OFFER}),
        ("createApiToken", {"name": "mine", "scopes": ["admin"]}),
    ):
        kind = f"{field[0].upper()}{field[1:]}Input"
        query = f"mutation ($input: {kind}!) {{ {field}(input: $input) {{ __typename }} }}"
        assert (await api.fault(query, secret, input=given))[0] == "FORBIDDEN", field
    assert await done(house) == before
    assert (await api.ask("{ callPermissions(first: 9) { totalCount } }", secret))["totalCount"] == 2


# --- Streams ---

CHANGED = """subscription ($after: String) { callPermissionChanged(after: $after) {
    status callPermission { businessNumber { name } } } }"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_an_admin_changes_of_somebody_holds_in_their_open_streams(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.01)
    other = await second_number(house)
    asha, secret = await arrived(house.business, "Asha", Role.AGENT, house.number)
    _, everything = await arrived(house.business, "Ada", Role.ADMIN)
    async with served(house) as server, server.line(secret) as agent, server.line(everything) as admin:
        after = await agent.ask("{ changeCursor }")
        watching, seeing = await agent.subscribe(CHANGED, after=after), await admin.subscribe(CHANGED, after=after)
        await replies(house, house.meera, number=other)
        await replies(house, house.meera, "decline", number=house.number)
        assert await agent.next(watching) == _told("DECLINED", "Chai & Co")
        assert [await admin.next(seeing), await admin.next(seeing)] == [
            _told("TEMPORARY", "Back office"),
            _told("DECLINED", "Chai & Co"),
        ]

        [run] = [run for runs in server.hub._runs.values() for run in runs if run.key.numbers]  # noqa: SLF001 which is whose
        await people.update(house.resources, house.admin, asha.id, numbers=people.Numbers(frozenset({other.id})))
        async with asyncio.timeout(60):
            while run.seats:  # noqa: ASYNC110 nobody says so
                await asyncio.sleep(0.001)
        await replies(house, house.caio, number=house.number)
        await replies(house, house.caio, "decline", number=other)
        assert await agent.next(watching) == _told("DECLINED", "Back office")
        assert await agent.ask("{ businessNumbers { name } }") == [{"name": "Back office"}]

        await people.remove(house.resources, house.admin, asha.id)
        told = await agent.receive()
        assert told["payload"]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert await agent.receive() == {"type": "complete", "id": watching}


def _told(status: str, name: str) -> dict[str, Any]:
    return {"status": status, "callPermission": {"businessNumber": {"name": name}}}
