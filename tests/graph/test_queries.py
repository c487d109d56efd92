from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from actions import business_numbers, calls, permissions
from actions.calls import Placing
from actions.permissions import Asking
from actions.retention import prune
from graph import cursors, ids
from models.business_number import BusinessNumber, Environment
from models.columns import new_id
from models.customer import Customer
from rules.access import Scope
from rules.permission import Status
from tests.actions.doing import WEEK, allow, decline, refreshed
from tests.ground.house import DAY, HOUR, MINUTE, NOON, OFFER, SECOND, House
from whatsapp.cloud_api import FreeForm, PermissionState, Template

from .asking import Api, call_event, call_status, id_of, message_moved, replies


async def requested(house: House, customer: Customer, number: BusinessNumber | None = None) -> Any:
    return await permissions.request(
        house.resources, house.admin, Asking(customer.id, (number or house.number).id, FreeForm(None))
    )


async def called(house: House, customer: Customer) -> Any:
    return await calls.start(house.resources, house.admin, Placing(customer.id, house.number.id, OFFER))


# --- Who and what is there ---


async def test_the_viewer_is_told_who_they_are(house: House, api: Api) -> None:
    assert await api.ask("{ viewer { name scopes workspace { id name } } }") == {
        "name": "admin",
        "scopes": ["admin"],
        "workspace": {"id": id_of(house.business.workspace), "name": "Chai & Co"},
    }


async def test_a_permission_that_was_confirmed_and_taken_back_was_granted_when_the_customer_gave_it(
    house: House, api: Api
) -> None:
    await allow(house)
    house.clock.wait(HOUR)
    house.whatsapp.state = PermissionState(Status.TEMPORARY, NOON + WEEK, (), ())
    await refreshed(house)
    house.clock.wait(HOUR)
    await decline(house)
    query = "{ callPermissions(first: 1, filter: {statuses: [REVOKED]}) { nodes { grantedAt respondedAt } } }"
    assert (await api.ask(query))["nodes"] == [
        {"grantedAt": "2026-11-20T12:00:00Z", "respondedAt": "2026-11-20T14:00:00Z"}
    ]


async def test_when_a_permission_ran_out_is_shown_also_once_whatsapp_has_said_that_there_is_none(
    house: House, api: Api
) -> None:
    await allow(house, lasting=HOUR)
    house.clock.wait(2 * HOUR)
    await refreshed(house)
    query = "{ callPermissions(first: 1, filter: {statuses: [EXPIRED]}) { nodes { expiresAt } } }"
    assert (await api.ask(query))["nodes"] == [{"expiresAt": "2026-11-20T13:00:00Z"}]


async def test_business_numbers_are_listed_with_their_limits(house: House, api: Api) -> None:
    query = """{ businessNumbers { id displayPhoneNumber phoneNumberId name environment callingEnabled restrictedUntil
        policy { name requests { period maximum } connectedCalls { period maximum } temporaryGrant
                 unansweredBeforeNudge unansweredBeforeRevocation } } }"""
    assert await api.ask(query) == [
        {
            "id": id_of(house.number),
            "displayPhoneNumber": "+918045550142",
            "phoneNumberId": "529183746501122",
            "name": "Chai & Co",
            "environment": "PRODUCTION",
            "callingEnabled": True,
            "restrictedUntil": None,
            "policy": {
                "name": "PRODUCTION",
                "requests": [{"period": "PT24H", "maximum": 1}, {"period": "P7D", "maximum": 2}],
                "connectedCalls": [{"period": "PT24H", "maximum": 100}],
                "temporaryGrant": "P7D",
                "unansweredBeforeNudge": 2,
                "unansweredBeforeRevocation": 4,
            },
        }
    ]


async def test_every_kind_of_node_can_be_read_again_by_its_id(house: House, api: Api) -> None:
    request = await requested(house, house.meera)
    await replies(house, house.meera)
    call = await called(house, house.meera)
    permission = await api.ask(
        """query ($id: ID!, $number: ID!) { customer(by: {id: $id}) {
            callPermission(businessNumberId: $number) { id } } }""",
        id=id_of(house.meera),
        number=id_of(house.number),
    )
    kinds = {
        id_of(house.business.workspace): "Workspace",
        id_of(house.number): "BusinessNumber",
        id_of(house.meera): "Customer",
        permission["callPermission"]["id"]: "CallPermission",
        id_of(request): "PermissionRequest",
        id_of(call): "Call",
    }
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    assert await api.ask(query, ids=list(kinds)) == [
        {"__typename": kind, "id": node_id} for node_id, kind in kinds.items()
    ]
    for node_id, kind in kinds.items():
        one = await api.ask("query ($id: ID!) { node(id: $id) { __typename id } }", id=node_id)
        assert one == {"__typename": kind, "id": node_id}


async def test_a_node_that_is_not_there_is_null_among_those_that_are(house: House, api: Api) -> None:
    unknown = [ids.encode(kind, new_id()) for kind in ids.KINDS]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    found = await api.ask(query, ids=[unknown[0], id_of(house.meera), *unknown[1:]])
    assert found == [None, {"id": id_of(house.meera)}, *[None] * (len(ids.KINDS) - 1)]
    assert await api.ask("query ($id: ID!) { node(id: $id) { id } }", id=unknown[2]) is None


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "1",
        "Customer",
        "Q3VzdG9tZXI6MQ==",
        "Customer:01a20573-9df8-778f-9d71-2e2afe5cb97f",
        ids.encode("Webhook", UUID("019ac0de-0000-7000-8000-000000000001")),
        "é",
        "x" * 10_000,
    ],
)
async def test_an_id_that_was_never_given_out_is_a_mistake(api: Api, garbage: str) -> None:
    code, message = await api.fault("query ($id: ID!) { node(id: $id) { id } }", id=garbage)
    assert code == "BAD_USER_INPUT"
    assert message.endswith("is not an id of this API. Take ids from its answers, as they are.")
    assert len(message) < 200


async def test_the_id_of_another_kind_is_a_mistake_where_one_kind_is_needed(house: House, api: Api) -> None:
    query = "query ($id: ID!) { customer(by: {id: $id}) { id } }"
    assert await api.fault(query, id=id_of(house.number)) == (
        "BAD_USER_INPUT",
        "This is the id of a BusinessNumber, but a Customer is needed here.",
    )


async def test_a_hundred_nodes_can_be_asked_for_and_no_more(house: House, api: Api) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    own = id_of(house.meera)
    assert await api.ask(query, ids=[own] * 100) == [{"id": own}] * 100
    assert await api.fault(query, ids=[own] * 101) == ("BAD_USER_INPUT", "Ask for 100 nodes at the most.")


# --- Customers ---


async def test_a_customer_is_found_by_each_of_their_names(house: House, api: Api) -> None:
    asha = await house.business.customer(name="Asha", phone="+919812300999", whatsapp_user_id="IN.1", external_id="A-1")
    for by in ({"id": id_of(asha)}, {"phone": "+919812300999"}, {"externalId": "A-1"}, {"whatsappUserId": "IN.1"}):
        query = """query ($by: CustomerBy!) { customer(by: $by) {
            id name phone whatsappUserId externalId tags timezone createdAt updatedAt } }"""
        assert await api.ask(query, by=by) == {
            "id": id_of(asha),
            "name": "Asha",
            "phone": "+919812300999",
            "whatsappUserId": "IN.1",
            "externalId": "A-1",
            "tags": [],
            "timezone": None,
            "createdAt": "2026-11-20T12:00:00Z",
            "updatedAt": "2026-11-20T12:00:00Z",
        }
    for by in ({"phone": "+919812300998"}, {"externalId": "A-2"}, {"whatsappUserId": ""}):
        assert await api.ask("query ($by: CustomerBy!) { customer(by: $by) { id } }", by=by) is None


@pytest.mark.parametrize(
    "query",
    [
        '{ customer(by: {phone: "\\u0000"}) { id } }',
        '{ customer(by: {phone: "\\u{0}"}) { id } }',
        '{ customers(first: 1, filter: {search: "a\\u0000"}) { totalCount } }',
        '{ customers(first: 1, filter: {tags: ["vip", "\\u0000"]}) { totalCount } }',
        '{ callPermissions(first: 1, filter: {customerTags: ["\\u0000"]}) { totalCount } }',
    ],
)
async def test_a_zero_byte_is_a_mistake_wherever_it_stands(api: Api, query: str) -> None:
    told = ("BAD_USER_INPUT", "A text may not have a zero byte (U+0000) in it.")
    assert await api.fault(query) == told
    by = {"phone": "\0"}
    assert await api.fault("query ($by: CustomerBy!) { customer(by: $by) { id } }", by=by) == told


@pytest.mark.parametrize("by", [{}, {"id": None}, {"phone": "+919812300457", "externalId": "A-1"}, {"name": "Asha"}])
async def test_a_customer_is_asked_for_by_exactly_one_name(api: Api, by: dict[str, Any]) -> None:
    code, _ = await api.fault("query ($by: CustomerBy!) { customer(by: $by) { id } }", by=by)
    assert code == "BAD_USER_INPUT"


async def names(api: Api, arguments: str) -> list[str]:
    found = await api.ask(f"{{ customers({arguments}) {{ nodes {{ name }} }} }}")
    return [node["name"] for node in found["nodes"]]


async def test_customers_are_found_by_part_of_name_or_phone_and_by_any_tag(house: House, api: Api) -> None:
    await house.business.customer(name="100% Meera_", phone="+919812300999", tags=["vip", "renewal"])

    assert await names(api, "first: 10") == ["Meera Kulkarni", "Caio Prado", "100% Meera_"]
    assert await names(api, 'first: 10, filter: {search: "meera"}') == ["Meera Kulkarni", "100% Meera_"]
    assert await names(api, 'first: 10, filter: {search: "%"}') == ["100% Meera_"]
    assert await names(api, 'first: 10, filter: {search: "a_"}') == ["100% Meera_"]
    assert await names(api, 'first: 10, filter: {search: "98123004"}') == ["Meera Kulkarni"]
    assert await names(api, 'first: 10, filter: {search: "nobody"}') == []
    assert await names(api, 'first: 10, filter: {tags: ["renewal"]}') == ["Caio Prado", "100% Meera_"]
    assert await names(api, 'first: 10, filter: {tags: ["vip", "delivery"]}') == ["Meera Kulkarni", "100% Meera_"]
    assert await names(api, 'first: 10, filter: {tags: ["renewal"], search: "caio"}') == ["Caio Prado"]
    assert await names(api, "first: 10, filter: {tags: []}") == []


async def test_customers_are_paged_forwards_and_backwards(house: House, api: Api) -> None:
    for number in range(5):
        await house.business.customer(name=f"Customer {number}", phone=f"+9198123009{number:02}")
    everybody = ["Meera Kulkarni", "Caio Prado", *(f"Customer {number}" for number in range(5))]
    query = """query ($first: Int, $after: String, $last: Int, $before: String) {
        customers(first: $first, after: $after, last: $last, before: $before) {
            edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""

    async def page(**arguments: Any) -> tuple[list[str], dict[str, Any]]:
        found = await api.ask(query, **arguments)
        info = found["pageInfo"]
        assert info["startCursor"] == (found["edges"][0]["cursor"] if found["edges"] else None)
        assert info["endCursor"] == (found["edges"][-1]["cursor"] if found["edges"] else None)
        return [edge["node"]["name"] for edge in found["edges"]], info

    first, info = await page(first=3)
    assert (first, info["hasNextPage"], info["hasPreviousPage"]) == (everybody[:3], True, False)
    second, info = await page(first=3, after=info["endCursor"])
    assert (second, info["hasNextPage"], info["hasPreviousPage"]) == (everybody[3:6], True, True)
    third, info = await page(first=3, after=info["endCursor"])
    assert (third, info["hasNextPage"], info["hasPreviousPage"]) == (everybody[6:], False, True)
    assert (await page(first=3, after=info["endCursor"]))[0] == []

    last, info = await page(last=3)
    assert (last, info["hasNextPage"], info["hasPreviousPage"]) == (everybody[4:], False, True)
    before, info = await page(last=4, before=info["startCursor"])
    assert (before, info["hasNextPage"], info["hasPreviousPage"]) == (everybody[:4], True, False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "Give either first or last: how many to read, 1 to 100."),
        ("first: 1, last: 1", "Give either first or last: how many to read, 1 to 100."),
        ("first: 0", "first and last go from 1 to 100."),
        ("first: -1", "first and last go from 1 to 100."),
        ("last: 101", "first and last go from 1 to 100."),
    ],
)
async def test_a_page_has_1_to_100_nodes(api: Api, arguments: str, message: str) -> None:
    for field in ("customers", "callPermissions", "permissionRequests", "calls"):
        called_with = f"({arguments})" if arguments else ""
        assert await api.fault(f"{{ {field}{called_with} {{ nodes {{ id }} }} }}") == ("BAD_USER_INPUT", message)


CURSORS = [
    "",
    "nonsense",
    "WzVd",  # [5]
    "W251bGxd",  # [null]
    "WyJhIl0=",  # ["a"]
    "WyIyMDI2LTExLTIwVDEyOjAwOjAwIiwgIjAxYTIwNTczLTlkZjgtNzc4Zi05ZDcxLTJlMmFmZTVjYjk3ZiJd",  # a naive datetime, an id
    "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgIjAxYTIwNTczLTlkZjgtNzc4Zi05ZDcxLTJlMmFmZTVjYjk3ZiJd",  # before year 1
    "WzUsIDVd",  # [5, 5]
    "e30=",  # {}
    "WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTkiXQ==",  # ["99999999999999999999999999"]
]


@pytest.mark.parametrize("cursor", CURSORS)
async def test_a_cursor_that_was_never_given_out_is_a_mistake(house: House, api: Api, cursor: str) -> None:
    for field in (
        "customers(",
        "callPermissions(",
        "callPermissions(orderBy: EXPIRES_AT, ",
        "permissionRequests(",
        "calls(",
    ):
        query = f"query ($cursor: String) {{ {field}first: 1, after: $cursor) {{ nodes {{ id }} }} }}"
        assert (await api.fault(query, cursor=cursor))[0] == "BAD_USER_INPUT"
    own = """query ($id: ID!, $cursor: String) { customer(by: {id: $id}) {
        history(first: 1, after: $cursor) { nodes { cursor } } } }"""
    assert (await api.fault(own, id=id_of(house.meera), cursor=cursor))[0] == "BAD_USER_INPUT"
    log = "query ($cursor: String) { changes(first: 1, after: $cursor) { nodes { cursor } } }"
    assert (await api.fault(log, cursor=cursor))[0] == "BAD_USER_INPUT"


async def test_a_cursor_of_another_list_is_a_mistake(api: Api) -> None:
    cursor = (await api.ask("{ changes(first: 1) { pageInfo { endCursor } } }"))["pageInfo"]["endCursor"]
    query = "query ($cursor: String) { customers(first: 1, after: $cursor) { nodes { id } } }"
    assert (await api.fault(query, cursor=cursor))[0] == "BAD_USER_INPUT"


async def test_all_are_counted_whatever_the_page(house: House, api: Api) -> None:
    await house.business.customer(name="Asha", phone="+919812300999", tags=["delivery"])
    assert await api.ask("{ customers(first: 1) { totalCount } }") == {"totalCount": 3}
    assert await api.ask('{ customers(last: 1, filter: {tags: ["delivery"]}) { totalCount } }') == {"totalCount": 2}
    assert await api.ask("{ callPermissions(first: 1, orderBy: EXPIRES_AT) { totalCount } }") == {"totalCount": 3}
    assert await api.ask("{ callPermissions(first: 1, filter: {callableNow: true}) { totalCount } }") == {
        "totalCount": 0
    }


# --- Call permissions ---


async def permitted(api: Api, arguments: str) -> list[str]:
    found = await api.ask(f"{{ callPermissions(first: 100, {arguments}) {{ nodes {{ customer {{ name }} }} }} }}")
    return [node["customer"]["name"] for node in found["nodes"]]


async def test_whom_may_i_ring_now_soonest_to_run_out_first(house: House, api: Api) -> None:
    people = {
        name: await house.business.customer(name=name, phone=f"+9198123009{number:02}", tags=["vip"] * (number % 2))
        for number, name in enumerate(["Permanent", "Tomorrow", "Declined", "Expired", "In a week", "Requested"])
    }
    await replies(house, people["Permanent"], "permanent", at=NOON - HOUR)
    await replies(house, people["Tomorrow"], at=NOON - 6 * DAY)
    await replies(house, people["Declined"], "decline", at=NOON - HOUR)
    await replies(house, people["Expired"], at=NOON - 7 * DAY)
    await replies(house, people["In a week"], at=NOON)
    await requested(house, people["Requested"])
    strangers = ["Meera Kulkarni", "Caio Prado"]

    assert await permitted(api, "filter: {callableNow: true}, orderBy: EXPIRES_AT") == [
        "Tomorrow",
        "In a week",
        "Permanent",
    ]
    assert await permitted(api, "filter: {callableNow: false}") == [*strangers, "Declined", "Expired", "Requested"]
    assert await permitted(api, "filter: {requestableNow: false}") == ["Permanent", "Requested"]
    assert await permitted(api, "filter: {requestableNow: true, callableNow: true}") == ["Tomorrow", "In a week"]
    assert await permitted(api, "filter: {statuses: [DECLINED, EXPIRED]}") == ["Declined", "Expired"]
    assert await permitted(api, "filter: {statuses: [REQUESTED]}") == ["Requested"]
    assert await permitted(api, "filter: {statuses: []}") == []
    assert await permitted(api, 'filter: {expiresBefore: "2026-11-22T00:00:00+05:30"}') == ["Tomorrow"]
    assert await permitted(api, 'filter: {customerTags: ["vip"], callableNow: true}') == ["Tomorrow"]
    assert await permitted(api, "orderBy: CREATED_AT") == [*strangers, *people]
    assert await permitted(api, "orderBy: EXPIRES_AT") == [
        "Tomorrow",
        "In a week",
        *strangers,
        "Permanent",
        "Declined",
        "Expired",
        "Requested",
    ]

    house.clock.now = NOON + DAY  # exactly when it runs out
    assert await permitted(api, "filter: {callableNow: true}, orderBy: EXPIRES_AT") == ["In a week", "Permanent"]
    assert await permitted(api, "filter: {statuses: [EXPIRED]}") == ["Tomorrow", "Expired"]
    assert await permitted(api, "filter: {requestableNow: false}") == ["Permanent"]


async def test_pages_in_the_order_of_running_out_follow_each_other_over_those_that_never_do(
    house: House, api: Api
) -> None:
    for number in range(4):
        somebody = await house.business.customer(name=f"{number}", phone=f"+9198123009{number:02}")
        if number % 2:
            await replies(house, somebody, at=NOON - number * DAY)
    query = """query ($after: String) { callPermissions(first: 1, orderBy: EXPIRES_AT, after: $after) {
        nodes { customer { name } } pageInfo { endCursor hasNextPage } } }"""
    seen, after, more = [], None, True
    while more:
        page = await api.ask(query, after=after)
        seen += [node["customer"]["name"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert seen == ["3", "1", "Meera Kulkarni", "Caio Prado", "0", "2"]


async def test_permissions_are_told_apart_by_business_number(house: House, api: Api) -> None:
    other = await business_numbers.add(
        house.resources,
        house.business.workspace.id,
        phone_number_id="2",
        display_phone_number="+918045550143",
        waba_id="1",
        name="Other",
        environment=Environment.SANDBOX,
    )
    await replies(house, house.meera, number=other)
    assert await permitted(api, f'filter: {{businessNumberId: "{id_of(other)}", callableNow: true}}') == [
        "Meera Kulkarni"
    ]
    assert await permitted(api, f'filter: {{businessNumberId: "{id_of(house.number)}", callableNow: true}}') == []
    unknown = ids.encode("BusinessNumber", new_id())
    assert await permitted(api, f'filter: {{businessNumberId: "{unknown}"}}') == []
    query = (
        f'{{ callPermissions(first: 1, filter: {{businessNumberId: "{id_of(house.meera)}"}}) {{ nodes {{ id }} }} }}'
    )
    assert (await api.fault(query))[0] == "BAD_USER_INPUT"


async def test_permissions_are_found_by_part_of_the_customer_s_name_or_phone(house: House, api: Api) -> None:
    for customer in (house.meera, house.caio):
        await replies(house, customer)
    assert await permitted(api, 'filter: {customerSearch: "MEER"}') == ["Meera Kulkarni"]
    assert await permitted(api, 'filter: {customerSearch: "98123004", statuses: [TEMPORARY]}') == ["Meera Kulkarni"]
    assert await permitted(api, 'filter: {customerSearch: "caio", customerTags: ["renewal"]}') == ["Caio Prado"]
    assert await permitted(api, 'filter: {customerSearch: "caio", customerTags: ["vip"]}') == []
    assert await permitted(api, 'filter: {customerSearch: "_"}') == []


async def test_the_latest_call_of_each_permission_is_shown_with_it(house: House, api: Api) -> None:
    for customer in (house.meera, house.caio):
        await replies(house, customer)
    only = await called(house, house.meera)
    house.clock.wait(MINUTE)
    await calls.end(house.resources, house.admin, (await called(house, house.caio)).id)
    house.clock.wait(MINUTE)
    latest = await called(house, house.caio)

    query = "{ callPermissions(first: 2) { nodes { customer { name } latestCall { id status } } } }"
    assert {node["customer"]["name"]: node["latestCall"] for node in (await api.ask(query))["nodes"]} == {
        "Meera Kulkarni": {"id": id_of(only), "status": "CONNECTING"},
        "Caio Prado": {"id": id_of(latest), "status": "CONNECTING"},
    }


PERMISSION = """{ status grantedAt expiresAt respondedAt source verifiedAt unansweredStreak
    customer { id } businessNumber { id } latestRequest { id status }
    canCall { allowed blockers { code message availableAt } limits { period maximum used resetsAt } }
    canRequest { allowed blockers { code message availableAt } limits { period maximum used resetsAt } } }"""


async def permission_of(api: Api, house: House, customer: Customer) -> Any:
    found = await api.ask(
        f"""query ($id: ID!, $number: ID!) {{ customer(by: {{id: $id}}) {{
            callPermission(businessNumberId: $number) {PERMISSION} }} }}""",
        id=id_of(customer),
        number=id_of(house.number),
    )
    return found["callPermission"]


async def test_a_permission_tells_everything_that_stands_in_the_way_and_when_it_ends(house: House, api: Api) -> None:
    request = await requested(house, house.meera)
    house.clock.wait(MINUTE)

    assert await permission_of(api, house, house.meera) == {
        "status": "REQUESTED",
        "grantedAt": None,
        "expiresAt": None,
        "respondedAt": None,
        "source": None,
        "verifiedAt": None,
        "unansweredStreak": 0,
        "customer": {"id": id_of(house.meera)},
        "businessNumber": {"id": id_of(house.number)},
        "latestRequest": {"id": id_of(request), "status": "SENT"},
        "canCall": {
            "allowed": False,
            "blockers": [
                {
                    "code": "PERMISSION_MISSING",
                    "message": "The customer has not answered the permission request yet."
                    " Ask for permission before calling.",
                    "availableAt": None,
                }
            ],
            "limits": [{"period": "PT24H", "maximum": 100, "used": 0, "resetsAt": None}],
        },
        "canRequest": {
            "allowed": False,
            "blockers": [
                {
                    "code": "REQUEST_LIMIT_REACHED",
                    "message": "1 permission request in 24 hours is all WhatsApp allows,"
                    " until the customer takes part in a call. Ask again when this limit resets.",
                    "availableAt": "2026-11-21T12:00:00Z",
                }
            ],
            "limits": [
                {"period": "PT24H", "maximum": 1, "used": 1, "resetsAt": "2026-11-21T12:00:00Z"},
                {"period": "P7D", "maximum": 2, "used": 1, "resetsAt": None},
            ],
        },
    }


async def test_a_permission_that_has_run_out_has_run_out_on_every_read_before_any_clock_tells(
    house: House, api: Api
) -> None:
    await replies(house, house.meera, lasting=MINUTE)
    told = await permission_of(api, house, house.meera)
    assert (told["status"], told["expiresAt"], told["canCall"]["allowed"]) == (
        "TEMPORARY",
        "2026-11-20T12:01:00Z",
        True,
    )
    house.clock.wait(MINUTE)
    told = await permission_of(api, house, house.meera)
    assert (told["status"], told["expiresAt"], told["canCall"]["allowed"]) == ("EXPIRED", "2026-11-20T12:01:00Z", False)


async def test_there_is_no_permission_with_a_number_that_is_not_there(house: House, api: Api) -> None:
    query = """query ($id: ID!, $number: ID!) { customer(by: {id: $id}) {
        callPermission(businessNumberId: $number) { id } } }"""
    number = ids.encode("BusinessNumber", new_id())
    assert await api.ask(query, id=id_of(house.meera), number=number) == {"callPermission": None}


# --- Requests and calls ---


async def test_requests_tell_how_far_they_have_come(house: House, api: Api) -> None:
    words = Template("may_we_call", "en", {"first_name": "Meera"})
    asking = Asking(house.meera.id, house.number.id, words)
    await permissions.request(house.resources, house.admin, asking)
    await requested(house, house.caio)
    house.clock.wait(SECOND)
    await message_moved(house, "wamid.1", "delivered")
    house.clock.wait(SECOND)
    await message_moved(house, "wamid.1", "read")
    house.clock.wait(SECOND)
    await replies(house, house.meera, context_id="wamid.1")

    fields = """nodes { kind status answer queuedAt sentAt deliveredAt readAt answeredAt expiresAt requestedBy failure
        customer { name } businessNumber { id } callPermission { status } } totalCount"""
    found = await api.ask(f"{{ permissionRequests(first: 10) {{ {fields} }} }}")
    assert found["totalCount"] == 2
    [of_caio, of_meera] = found["nodes"]
    assert of_meera == {
        "kind": "TEMPLATE",
        "status": "ANSWERED",
        "answer": "TEMPORARY",
        "queuedAt": "2026-11-20T12:00:00Z",
        "sentAt": "2026-11-20T12:00:00Z",
        "deliveredAt": "2026-11-20T12:00:01Z",
        "readAt": "2026-11-20T12:00:02Z",
        "answeredAt": "2026-11-20T12:00:03Z",
        "expiresAt": "2026-11-27T12:00:03Z",
        "requestedBy": "admin",
        "failure": None,
        "customer": {"name": "Meera Kulkarni"},
        "businessNumber": {"id": id_of(house.number)},
        "callPermission": {"status": "TEMPORARY"},
    }
    assert (of_caio["kind"], of_caio["status"], of_caio["expiresAt"]) == ("FREE_FORM", "SENT", "2026-12-20T12:00:00Z")

    async def whose(chosen: str) -> list[str]:
        found = await api.ask(
            f"{{ permissionRequests(last: 9, filter: {chosen}) {{ nodes {{ customer {{ name }} }} }} }}"
        )
        return [node["customer"]["name"] for node in found["nodes"]]

    assert await whose("{statuses: [SENT]}") == ["Caio Prado"]
    assert await whose("{statuses: [SENT, ANSWERED]}") == ["Caio Prado", "Meera Kulkarni"]
    assert await whose("{answers: [TEMPORARY, DECLINED]}") == ["Meera Kulkarni"]
    assert await whose("{answers: [DECLINED]}") == []
    assert await whose("{answered: true}") == ["Meera Kulkarni"]
    assert await whose("{answered: false}") == ["Caio Prado"]
    assert await whose(f'{{customerId: "{id_of(house.meera)}"}}') == ["Meera Kulkarni"]
    assert await whose(f'{{businessNumberId: "{id_of(house.number)}", statuses: [EXPIRED]}}') == []
    house.clock.now = NOON + 7 * DAY + 3 * SECOND
    assert await whose("{statuses: [EXPIRED]}") == ["Meera Kulkarni"]
    own = await api.ask(
        "query ($id: ID!) { customer(by: {id: $id}) { permissionRequests(first: 9) { nodes { status } totalCount } } }",
        id=id_of(house.meera),
    )
    assert own == {"permissionRequests": {"nodes": [{"status": "EXPIRED"}], "totalCount": 1}}


async def test_requests_tell_in_what_words_they_were_put(house: House, api: Api) -> None:
    words: list[Template | FreeForm] = [
        Template("may_we_call", "en", {"first_name": "Meera", "header.shop": "Sandbox"}),
        FreeForm("May we call?"),
    ]
    for whom, content in zip((house.meera, house.caio), words, strict=True):
        await permissions.request(house.resources, house.admin, Asking(whom.id, house.number.id, content))
    house.clock.wait(2 * DAY)
    await requested(house, house.caio)

    fields = "text template { name language parameters { name value } }"
    found = await api.ask(f"{{ permissionRequests(last: 9) {{ nodes {{ {fields} }} }} }}")
    shop, first_name = {"name": "header.shop", "value": "Sandbox"}, {"name": "first_name", "value": "Meera"}
    template = {"name": "may_we_call", "language": "en", "parameters": [first_name, shop]}
    assert found["nodes"] == [
        {"text": None, "template": None},
        {"text": "May we call?", "template": None},
        {"text": None, "template": template},
    ]


async def test_the_words_of_a_request_are_for_whoever_may_know_the_customer(house: House, api: Api) -> None:
    await requested(house, house.meera)
    _, secret = await house.business.viewer(Scope.PERMISSIONS_READ)
    for words in ("text", "template { name }"):
        answer = await api.answer(f"{{ permissionRequests(first: 1) {{ nodes {{ {words} }} }} }}", secret)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def test_calls_tell_how_far_they_have_come(house: House, api: Api) -> None:
    for customer in (house.meera, house.caio):
        await replies(house, customer, "permanent")
        await called(house, customer)
    house.clock.wait(SECOND)
    await call_status(house, house.meera, "wacid.1", "RINGING")
    house.clock.wait(SECOND)
    await call_status(house, house.meera, "wacid.1", "ACCEPTED")
    start = str(int(house.clock.now.timestamp()))
    house.clock.wait(MINUTE)
    end = str(int(house.clock.now.timestamp()))
    await call_event(
        house, house.meera, "wacid.1", "terminate", status="COMPLETED", start_time=start, end_time=end, duration=60
    )

    fields = """direction status queuedAt startedAt answeredAt endedAt durationSeconds placedBy failure
        customer { name } businessNumber { id }"""
    [with_caio, with_meera] = (await api.ask(f"{{ calls(first: 10) {{ nodes {{ {fields} }} }} }}"))["nodes"]
    assert with_meera == {
        "direction": "BUSINESS_INITIATED",
        "status": "COMPLETED",
        "queuedAt": "2026-11-20T12:00:00Z",
        "startedAt": "2026-11-20T12:00:00Z",
        "answeredAt": "2026-11-20T12:00:02Z",
        "endedAt": "2026-11-20T12:01:02Z",
        "durationSeconds": 60,
        "placedBy": "admin",
        "failure": None,
        "customer": {"name": "Meera Kulkarni"},
        "businessNumber": {"id": id_of(house.number)},
    }
    assert (with_caio["status"], with_caio["endedAt"]) == ("CONNECTING", None)

    async def whose(chosen: str) -> list[str]:
        found = await api.ask(f"{{ calls(first: 9, filter: {chosen}) {{ nodes {{ customer {{ name }} }} }} }}")
        return [node["customer"]["name"] for node in found["nodes"]]

    assert await whose("{statuses: [COMPLETED]}") == ["Meera Kulkarni"]
    assert await whose("{statuses: [CONNECTING, RINGING]}") == ["Caio Prado"]
    assert await whose(f'{{customerId: "{id_of(house.caio)}"}}') == ["Caio Prado"]
    assert await whose(f'{{businessNumberId: "{id_of(house.number)}"}}') == ["Caio Prado", "Meera Kulkarni"]
    own = await api.ask(
        "query ($id: ID!) { customer(by: {id: $id}) { calls(first: 9) { nodes { status } } } }", id=id_of(house.meera)
    )
    assert own == {"calls": {"nodes": [{"status": "COMPLETED"}]}}


# --- The log ---


async def test_the_log_tells_everything_that_changed_in_order(house: House, api: Api) -> None:
    await requested(house, house.meera)
    house.clock.wait(SECOND)
    await replies(house, house.meera, context_id="wamid.1")

    query = """query ($after: String) { changes(first: 100, after: $after) {
        nodes { cursor kind cause actor previousStatus status occurredAt recordedAt
            customer { name } node { __typename } }
        pageInfo { endCursor hasNextPage } } }"""
    lines = (await api.ask(query))["nodes"]
    assert [(line["kind"], line["cause"], line["actor"], line["previousStatus"], line["status"]) for line in lines] == [
        ("BUSINESS_NUMBER", "CREATED", None, None, None),
        ("CUSTOMER", "CREATED", "admin", None, None),
        ("CUSTOMER", "CREATED", "admin", None, None),
        ("PERMISSION_REQUEST", "REQUESTED", "admin", None, "QUEUED"),
        ("PERMISSION_REQUEST", "REQUESTED", "admin", "QUEUED", "SENT"),
        ("CALL_PERMISSION", "REQUESTED", "admin", "NOT_REQUESTED", "REQUESTED"),
        ("PERMISSION_REQUEST", "CUSTOMER_ANSWERED", None, "SENT", "ANSWERED"),
        ("CALL_PERMISSION", "CUSTOMER_ANSWERED", None, "REQUESTED", "TEMPORARY"),
    ]
    assert {line["node"]["__typename"] for line in lines} == {
        "BusinessNumber",
        "Customer",
        "PermissionRequest",
        "CallPermission",
    }
    assert [line["customer"] and line["customer"]["name"] for line in lines[:4]] == [
        None,
        "Meera Kulkarni",
        "Caio Prado",
        "Meera Kulkarni",
    ]
    assert (lines[-1]["occurredAt"], lines[-1]["recordedAt"]) == ("2026-11-20T12:00:01Z", "2026-11-20T12:00:01Z")
    rest = await api.ask(query, after=lines[4]["cursor"])
    assert rest["nodes"] == lines[5:]
    assert await api.ask("{ changeCursor }") == lines[-1]["cursor"]
    history = "query ($id: ID!) { customer(by: {id: $id}) { history(first: 2) { nodes { cursor } totalCount } } }"
    assert await api.ask(history, id=id_of(house.meera)) == {
        "history": {"nodes": [{"cursor": lines[7]["cursor"]}, {"cursor": lines[6]["cursor"]}], "totalCount": 6}
    }


async def test_the_end_of_a_page_of_the_log_is_a_cursor_to_read_on_from(api: Api) -> None:
    query = """query ($after: String) { changes(first: 2, after: $after) {
        nodes { cursor } pageInfo { endCursor hasNextPage hasPreviousPage } } }"""
    first = await api.ask(query)
    second = await api.ask(query, after=first["pageInfo"]["endCursor"])
    assert first["pageInfo"]["endCursor"] == first["nodes"][-1]["cursor"]
    assert (len(first["nodes"]), first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (
        2,
        True,
        False,
    )
    assert (len(second["nodes"]), second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (
        1,
        False,
        True,
    )


async def test_a_pruned_log_is_read_from_where_it_is_complete_and_the_history_still_proves_consent(api: Api) -> None:
    await requested(api.house, api.house.meera)
    query = "query ($after: String) { changes(first: 100, after: $after) { nodes { cursor kind } } }"
    whole = (await api.ask(query))["nodes"]
    resources = replace(api.house.resources, log_kept=DAY)
    api.house.clock.wait(DAY + SECOND)
    await prune(resources)
    made = await api.house.business.customer()
    assert made.name is None

    [only] = (await api.ask(query))["nodes"]
    assert only["kind"] == "CUSTOMER"
    assert (await api.ask(query, after=whole[-1]["cursor"]))["nodes"] == [only]
    [error] = (await api.answer(query, after=whole[-2]["cursor"]))["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "reason": "CURSOR_TOO_OLD"}
    assert error["message"].startswith("This cursor is older than what is kept of the log.")
    ahead = cursors.encode_log(api.house.business.workspace.id, 1000)
    [error] = (await api.answer(query, after=ahead))["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "reason": "CURSOR_AHEAD"}

    history = "query ($id: ID!) { customer(by: {id: $id}) { history(first: 100) { nodes { kind status } } } }"
    told = (await api.ask(history, id=id_of(api.house.meera)))["history"]["nodes"]
    assert {"kind": "PERMISSION_REQUEST", "status": "SENT"} in told
    assert {"kind": "CALL_PERMISSION", "status": "REQUESTED"} in told
