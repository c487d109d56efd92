from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from graph import ids
from models.columns import new_id
from rules.access import Scope
from tests.ground.house import DAY, HOUR, MINUTE, OFFER, SECOND, House
from whatsapp.cloud_api import FreeForm, Recipient, Refused, Template, Unanswered, Unreached
from whatsapp.errors import MetaError
from whatsapp.fake import HungUp, Rung

from .asking import Api, call_event, call_status, done, id_of, replies, tell

CUSTOMER = "__typename ... on {name}Success {{ customer {{ id name phone whatsappUserId externalId tags timezone }} }}"
REFUSAL = "... on Refusal { code message availableAt }"
CREATE = f"""mutation ($input: CreateCustomerInput!) {{ createCustomer(input: $input) {{
    {CUSTOMER.format(name="CreateCustomer")} {REFUSAL} ... on CustomerAlreadyExists {{ field }} }} }}"""
UPDATE = f"""mutation ($input: UpdateCustomerInput!) {{ updateCustomer(input: $input) {{
    {CUSTOMER.format(name="UpdateCustomer")} {REFUSAL} ... on CustomerAlreadyExists {{ field }} }} }}"""
REQUEST = f"""mutation ($input: RequestCallPermissionInput!) {{ requestCallPermission(input: $input) {{
    __typename ... on RequestCallPermissionSuccess {{ permissionRequest {{ id kind status sentAt requestedBy }} }}
    {REFUSAL} ... on LimitReached {{ limit {{ period maximum used resetsAt }} }}
    ... on WhatsAppRefused {{ whatsappCode }} }} }}"""
CALL = f"""mutation ($input: StartCallInput!) {{ startCall(input: $input) {{
    __typename ... on StartCallSuccess {{ call {{ id status placedBy sdpAnswer }} }}
    {REFUSAL} ... on PermissionMissing {{ status }} ... on WhatsAppRefused {{ whatsappCode }} }} }}"""
END = f"""mutation ($input: EndCallInput!) {{ endCall(input: $input) {{
    __typename ... on EndCallSuccess {{ call {{ id status endedAt }} }} {REFUSAL} }} }}"""


def asking(house: House, **more: Any) -> dict[str, Any]:
    return {"customerId": id_of(house.meera), "businessNumberId": id_of(house.number)} | more


def placing(house: House, **more: Any) -> dict[str, Any]:
    return asking(house, sdpOffer=OFFER) | more


async def refused(house: House, answer: Awaitable[Any]) -> tuple[str, str, str | None]:
    """Await the answer, which must be a refusal that changed nothing; give its type, code and end."""
    before = await done(house)
    told = await answer
    assert await done(house) == before
    assert told["message"]
    return told["__typename"], told["code"], told["availableAt"]


async def mistaken(house: House, answer: Awaitable[tuple[str, str]]) -> str:
    """Await the answer, which must be BAD_USER_INPUT that changed nothing; give its message."""
    before = await done(house)
    code, message = await answer
    assert await done(house) == before
    assert code == "BAD_USER_INPUT"
    return message


# --- Customers ---


async def test_a_customer_is_created_with_what_is_given_made_tidy(house: House, api: Api) -> None:
    given = {
        "name": "  Asha Rao ",
        "phone": "+91 98123-00999",
        "whatsappUserId": "IN.1",
        "externalId": "A-1",
        "tags": ["vip", "delivery", "vip "],
        "timezone": "Asia/Kolkata",
    }
    made = await api.ask(CREATE, input=given)
    customer_id = made["customer"].pop("id")
    assert made == {
        "__typename": "CreateCustomerSuccess",
        "customer": {
            "name": "Asha Rao",
            "phone": "+919812300999",
            "whatsappUserId": "IN.1",
            "externalId": "A-1",
            "tags": ["delivery", "vip"],
            "timezone": "Asia/Kolkata",
        },
    }
    permission = """query ($id: ID!, $number: ID!) { customer(by: {id: $id}) {
        callPermission(businessNumberId: $number) { status } } }"""
    found = await api.ask(permission, id=customer_id, number=id_of(house.number))
    assert found == {"callPermission": {"status": "NOT_REQUESTED"}}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"phone": "+919812300457"}, "phone"),
        ({"phone": "+91 98123 00457", "externalId": "free"}, "phone"),
        ({"phone": "+919812300999", "whatsappUserId": "IN.taken"}, "whatsappUserId"),
        ({"phone": "+919812300999", "externalId": " taken "}, "externalId"),
    ],
)
async def test_a_name_that_another_customer_has_is_refused(
    house: House, api: Api, given: dict[str, Any], field: str
) -> None:
    other = await house.business.customer(phone="+919812300998", whatsapp_user_id="IN.taken", external_id="taken")

    create = api.ask(CREATE, input=given)
    assert await refused(house, create) == ("CustomerAlreadyExists", "CUSTOMER_ALREADY_EXISTS", None)
    assert (await api.ask(CREATE, input=given))["field"] == field
    update = api.ask(UPDATE, input=given | {"customerId": id_of(house.caio)})
    assert await refused(house, update) == ("CustomerAlreadyExists", "CUSTOMER_ALREADY_EXISTS", None)

    again = await api.ask(UPDATE, input={"customerId": id_of(other), "whatsappUserId": "IN.taken"})
    assert again["__typename"] == "UpdateCustomerSuccess"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "A customer needs a phone or a whatsappUserId, so that WhatsApp can reach them."),
        (
            {"phone": None, "name": "x"},
            "A customer needs a phone or a whatsappUserId, so that WhatsApp can reach them.",
        ),
        ({"phone": "hello"}, "'hello' is not a phone number. Write it as E.164, like +919812300457."),
        ({"phone": "9812300457"}, "'9812300457' is not a phone number. Write it as E.164, like +919812300457."),
        ({"phone": "+9198"}, "'+9198' cannot be a phone number. Write it as E.164, like +919812300457."),
        ({"phone": ""}, "'' is not a phone number. Write it as E.164, like +919812300457."),
        (
            {"phone": "+" + "9" * 500},
            "'+999999999999999999999999999999999999999' is not a phone number. Write it as E.164, like +919812300457.",
        ),
        (
            {"phone": "+919812300999", "name": " "},
            "A name or id has 1 to 200 characters; leave it out or give null for none.",
        ),
        (
            {"phone": "+919812300999", "externalId": "x" * 201},
            "A name or id has 1 to 200 characters; leave it out or give null for none.",
        ),
        ({"phone": "+919812300999", "tags": [f"{n}" for n in range(51)]}, "A customer has 50 tags at the most."),
        (
            {"phone": "+919812300999", "timezone": "Mars/Olympus"},
            "'Mars/Olympus' is not a time zone. Write it as in Asia/Kolkata.",
        ),
    ],
)
async def test_what_cannot_be_meant_makes_no_customer(
    house: House, api: Api, given: dict[str, Any], message: str
) -> None:
    assert await mistaken(house, api.fault(CREATE, input=given)) == message


async def test_what_is_left_out_stays_and_null_clears(house: House, api: Api) -> None:
    own = {"customerId": id_of(house.meera)}
    house.clock.wait(MINUTE)
    changed = await api.ask(UPDATE, input=own | {"externalId": "M-1", "whatsappUserId": "IN.7"})
    assert changed["customer"] == {
        "id": id_of(house.meera),
        "name": "Meera Kulkarni",
        "phone": "+919812300457",
        "whatsappUserId": "IN.7",
        "externalId": "M-1",
        "tags": ["delivery"],
        "timezone": "Asia/Kolkata",
    }
    changed = await api.ask(UPDATE, input=own | {"phone": None, "name": None, "tags": None, "timezone": None})
    assert changed["customer"] == {
        "id": id_of(house.meera),
        "name": None,
        "phone": None,
        "whatsappUserId": "IN.7",
        "externalId": "M-1",
        "tags": [],
        "timezone": None,
    }
    message = await mistaken(house, api.fault(UPDATE, input=own | {"whatsappUserId": None}))
    assert message == "A customer needs a phone or a whatsappUserId, so that WhatsApp can reach them."
    [line] = (await api.ask("{ changes(first: 100) { nodes { kind cause actor recordedAt } } }"))["nodes"][-1:]
    assert line == {"kind": "CUSTOMER", "cause": "UPDATED", "actor": "admin", "recordedAt": "2026-11-20T12:01:00Z"}


# --- Requests ---


async def test_a_request_is_sent_once_in_the_words_given(house: House, api: Api) -> None:
    words = {"name": "may_we_call", "language": "en", "parameters": [{"name": "first_name", "value": "Meera"}]}
    made = await api.ask(REQUEST, input=asking(house, template=words))
    request_id = made["permissionRequest"].pop("id")
    assert made == {
        "__typename": "RequestCallPermissionSuccess",
        "permissionRequest": {
            "kind": "TEMPLATE",
            "status": "SENT",
            "sentAt": "2026-11-20T12:00:00Z",
            "requestedBy": "admin",
        },
    }
    house.clock.wait(DAY)
    await api.ask(REQUEST, input=asking(house, text="May we ring you?"))
    assert [asked.content for asked in house.whatsapp.asked] == [
        Template("may_we_call", "en", {"first_name": "Meera"}),
        FreeForm("May we ring you?"),
    ]
    first = house.whatsapp.asked[0]
    assert (first.phone_number_id, first.recipient) == ("529183746501122", Recipient("+919812300457", None))
    assert first.opaque == f"cpr:{ids.decode(request_id)[1]}"


async def test_a_second_request_the_same_day_is_refused_with_when_it_will_be_allowed(house: House, api: Api) -> None:
    await api.ask(REQUEST, input=asking(house))
    house.clock.wait(HOUR)
    answer = await api.ask(REQUEST, input=asking(house))
    assert answer == {
        "__typename": "LimitReached",
        "code": "REQUEST_LIMIT_REACHED",
        "message": "1 permission request in 24 hours is all WhatsApp allows, until the customer takes part in a call."
        " Ask again when this limit resets.",
        "availableAt": "2026-11-21T12:00:00Z",
        "limit": {"period": "PT24H", "maximum": 1, "used": 1, "resetsAt": "2026-11-21T12:00:00Z"},
    }
    house.clock.wait(23 * HOUR - SECOND)
    await refused(house, api.ask(REQUEST, input=asking(house)))
    house.clock.wait(SECOND)
    assert (await api.ask(REQUEST, input=asking(house)))["__typename"] == "RequestCallPermissionSuccess"
    house.clock.wait(2 * DAY)
    assert await refused(house, api.ask(REQUEST, input=asking(house))) == (
        "LimitReached",
        "REQUEST_LIMIT_REACHED",
        "2026-11-27T12:00:00Z",
    )


async def test_who_allows_calls_for_good_is_not_asked(house: House, api: Api) -> None:
    await replies(house, house.meera, "permanent")
    assert await refused(house, api.ask(REQUEST, input=asking(house))) == (
        "PermissionAlreadyPermanent",
        "PERMISSION_ALREADY_PERMANENT",
        None,
    )


async def restricted(house: House) -> None:
    info = {"restriction_type": "RESTRICTED_BUSINESS_INITIATED_CALLING"}
    until = str(int((house.clock.now + DAY).timestamp()))
    display = house.number.display_phone_number
    await tell(
        house, house.number, "account_update", phone_number=display, restriction_info=[info | {"expiration": until}]
    )


async def switched_off(house: House) -> None:
    settings = {"phone_number_id": house.number.phone_number_id, "calling": {"status": "DISABLED"}}
    timestamp = int(house.clock.now.timestamp())
    await tell(house, house.number, "account_settings_update", timestamp=timestamp, phone_number_settings=settings)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (restricted, ("NumberUnavailable", "NUMBER_RESTRICTED", "2026-11-21T12:00:00Z")),
        (switched_off, ("NumberUnavailable", "CALLING_DISABLED", None)),
    ],
)
async def test_a_number_that_cannot_call_neither_asks_nor_rings(
    house: House, api: Api, spoil: Callable[[House], Awaitable[None]], told: tuple[str, str, str | None]
) -> None:
    await replies(house, house.meera)
    await spoil(house)
    assert await refused(house, api.ask(REQUEST, input=asking(house))) == told
    assert await refused(house, api.ask(CALL, input=placing(house))) == told


META_SAYS: list[tuple[int, str, str]] = [
    (138009, "LimitReached", "REQUEST_LIMIT_REACHED"),
    (138017, "PermissionAlreadyPermanent", "PERMISSION_ALREADY_PERMANENT"),
    (138000, "NumberUnavailable", "CALLING_DISABLED"),
    (138014, "NumberUnavailable", "NUMBER_RESTRICTED"),
    (131047, "CustomerNotReachable", "MESSAGING_WINDOW_CLOSED"),
    (131026, "CustomerNotReachable", "CUSTOMER_UNREACHABLE"),
    (130429, "WhatsAppRefused", "WHATSAPP_UNAVAILABLE"),
    (132001, "TemplateUnavailable", "TEMPLATE_UNAVAILABLE"),
    (131009, "WhatsAppRefused", "REFUSED_BY_WHATSAPP"),
]


@pytest.mark.parametrize(("code", "kind", "refusal"), META_SAYS)
async def test_a_no_of_whatsapp_to_a_request_is_the_same_refusal(
    house: House, api: Api, code: int, kind: str, refusal: str
) -> None:
    house.whatsapp.will(Refused(MetaError(code, "No", "Not now.")))
    answer = await api.ask(REQUEST, input=asking(house))
    assert (answer["__typename"], answer["code"]) == (kind, refusal)
    assert answer.get("whatsappCode") == (code if refusal == "REFUSED_BY_WHATSAPP" else None)
    [request] = (await api.ask("{ permissionRequests(first: 9) { nodes { status failure } } }"))["nodes"]
    assert request == {"status": "FAILED", "failure": f"{code}: Not now."}


async def test_a_request_that_failed_uses_up_no_limit(house: House, api: Api) -> None:
    house.whatsapp.will(Unreached("no route"), Refused(MetaError(131026, "", "")))
    answer = await api.ask(REQUEST, input=asking(house))
    assert (answer["__typename"], answer["code"], answer["whatsappCode"]) == (
        "WhatsAppRefused",
        "WHATSAPP_UNAVAILABLE",
        None,
    )
    assert (await api.ask(REQUEST, input=asking(house)))["code"] == "CUSTOMER_UNREACHABLE"
    assert (await api.ask(REQUEST, input=asking(house)))["__typename"] == "RequestCallPermissionSuccess"


async def test_a_request_without_an_answer_is_queued_and_counts(house: House, api: Api) -> None:
    house.whatsapp.will(Unanswered("timeout"))
    answer = await api.ask(REQUEST, input=asking(house))
    assert (answer["permissionRequest"]["status"], answer["permissionRequest"]["sentAt"]) == ("QUEUED", None)
    assert (await refused(house, api.ask(REQUEST, input=asking(house))))[1] == "REQUEST_LIMIT_REACHED"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"template": {"name": "x", "language": "en"}, "text": "x"}, "Give a template or a text, not both."),
        ({"text": ""}, "A text has 1 to 1024 characters."),
        ({"text": " \n"}, "A text has 1 to 1024 characters."),
        ({"text": "x" * 1025}, "A text has 1 to 1024 characters."),
        ({"text": "x\0"}, "A text may not have a zero byte (U+0000) in it."),
        (
            {"template": {"name": "x", "language": "en", "parameters": [{"name": "a", "value": v} for v in "12"]}},
            "Name each of the template's parameters once.",
        ),
        ({"idempotencyKey": ""}, "An idempotencyKey has 1 to 200 characters."),
        ({"idempotencyKey": "x" * 201}, "An idempotencyKey has 1 to 200 characters."),
        (
            {"customerId": ids.encode("Customer", new_id())},
            "There is no such customer. Take an id from the query customers.",
        ),
        (
            {"businessNumberId": ids.encode("BusinessNumber", new_id())},
            "There is no such business number. Take an id from the query businessNumbers.",
        ),
        (
            {"customerId": ids.encode("Call", new_id())},
            "This is the id of a Call, but a Customer is needed here.",
        ),
        (
            {"businessNumberId": ids.encode("Customer", new_id())},
            "This is the id of a Customer, but a BusinessNumber is needed here.",
        ),
        ({"customerId": "1"}, "'1' is not an id of this API. Take ids from its answers, as they are."),
    ],
)
async def test_what_cannot_be_meant_asks_nobody(house: House, api: Api, more: dict[str, Any], message: str) -> None:
    assert await mistaken(house, api.fault(REQUEST, input=asking(house, **more))) == message


# --- Calls ---


async def test_a_call_rings_who_allows_it_and_goes_on_step_by_step(house: House, api: Api) -> None:
    await replies(house, house.meera)
    answer = await api.ask(CALL, input=placing(house))
    call_id = answer["call"].pop("id")
    assert answer == {
        "__typename": "StartCallSuccess",
        "call": {"status": "CONNECTING", "placedBy": "admin", "sdpAnswer": None},
    }
    assert house.whatsapp.said == [
        Rung("529183746501122", Recipient("+919812300457", None), OFFER, f"call:{ids.decode(call_id)[1]}")
    ]

    assert await refused(house, api.ask(CALL, input=placing(house))) == ("CallInProgress", "CALL_IN_PROGRESS", None)
    ended = await api.ask(END, input={"callId": call_id})
    assert ended == {
        "__typename": "EndCallSuccess",
        "call": {"id": call_id, "status": "CANCELLED", "endedAt": "2026-11-20T12:00:00Z"},
    }
    assert house.whatsapp.hung_up == [HungUp("529183746501122", "wacid.1")]
    assert await refused(house, api.ask(END, input={"callId": call_id})) == (
        "CallAlreadyEnded",
        "CALL_ALREADY_ENDED",
        None,
    )


@pytest.mark.parametrize(
    ("answer", "status"),
    [(None, "NOT_REQUESTED"), ("decline", "DECLINED"), ("temporary", "EXPIRED")],
)
async def test_who_does_not_allow_it_is_not_rung(house: House, api: Api, answer: str | None, status: str) -> None:
    if answer is not None:
        await replies(house, house.meera, answer, lasting=MINUTE)
        house.clock.wait(MINUTE)
    told = await api.ask(CALL, input=placing(house))
    assert (told["__typename"], told["code"], told["status"]) == ("PermissionMissing", "PERMISSION_MISSING", status)
    await refused(house, api.ask(CALL, input=placing(house)))


@pytest.mark.parametrize(
    ("code", "kind", "refusal"),
    [
        (138006, "PermissionMissing", "PERMISSION_MISSING"),
        (138012, "LimitReached", "CALL_LIMIT_REACHED"),
        (138003, "CallInProgress", "CALL_IN_PROGRESS"),
        (138001, "CustomerNotReachable", "CUSTOMER_UNREACHABLE"),
        (138013, "NumberUnavailable", "CALLING_DISABLED"),
        (138004, "WhatsAppRefused", "WHATSAPP_UNAVAILABLE"),
        (100, "WhatsAppRefused", "REFUSED_BY_WHATSAPP"),
    ],
)
async def test_a_no_of_whatsapp_to_a_call_is_the_same_refusal(
    house: House, api: Api, code: int, kind: str, refusal: str
) -> None:
    await replies(house, house.meera)
    house.clock.wait(SECOND)
    house.whatsapp.will(Refused(MetaError(code, "No", "Not now.")))
    answer = await api.ask(CALL, input=placing(house))
    assert (answer["__typename"], answer["code"]) == (kind, refusal)
    [call] = (await api.ask("{ calls(first: 9) { nodes { status failure } } }"))["nodes"]
    assert call == {"status": "FAILED", "failure": f"{code}: Not now."}
    [permission] = (
        await api.ask(
            '{ callPermissions(last: 1, first: null, filter: {customerTags: ["delivery"]}) { nodes { status } } }'
        )
    )["nodes"]
    assert permission == {"status": "REVOKED" if code == 138006 else "TEMPORARY"}


BROKEN_OFFERS = {
    "": "This is not an SDP offer: it does not begin with the line v=0.",
    "hello": "This is not an SDP offer: it does not begin with the line v=0.",
    OFFER.replace("m=audio", "m=video"): "The SDP offer needs exactly one audio stream and nothing else.",
    OFFER + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n": "The SDP offer needs exactly one audio stream and nothing else.",
    OFFER + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n": "The SDP offer needs exactly one audio stream and nothing else.",
    OFFER.replace("a=ice-ufrag", "a=x"): "The SDP offer lacks a=ice-ufrag: and so cannot be connected.",
    OFFER.replace("a=ice-pwd", "a=x").replace(
        "a=fingerprint", "a=y"
    ): "The SDP offer lacks a=ice-pwd:, a=fingerprint: and so cannot be connected.",
    OFFER + "a=x\r\n" * 20_000: "The SDP offer is longer than 64 kB.",
}


@pytest.mark.parametrize("number", range(len(BROKEN_OFFERS)))
async def test_a_broken_offer_rings_nobody(house: House, api: Api, number: int) -> None:
    await replies(house, house.meera)
    offer, message = list(BROKEN_OFFERS.items())[number]
    assert await mistaken(house, api.fault(CALL, input=placing(house, sdpOffer=offer))) == message


async def test_an_offer_with_bare_line_ends_is_sent_as_whatsapp_wants_it(house: House, api: Api) -> None:
    await replies(house, house.meera)
    await api.ask(CALL, input=placing(house, sdpOffer=OFFER.replace("\r\n", "\n")))
    assert house.whatsapp.rung[0].sdp_offer == OFFER


async def test_ids_that_cannot_be_meant_ring_and_end_nothing(house: House, api: Api) -> None:
    await replies(house, house.meera)
    unknown = ids.encode("Customer", new_id())
    for given, message in (
        ({"customerId": unknown}, "There is no such customer. Take an id from the query customers."),
        ({"businessNumberId": unknown}, "This is the id of a Customer, but a BusinessNumber is needed here."),
    ):
        assert await mistaken(house, api.fault(CALL, input=placing(house, **given))) == message
    for call_id, message in (
        (ids.encode("Call", new_id()), "There is no such call. Take an id from the query calls."),
        (unknown, "This is the id of a Customer, but a Call is needed here."),
    ):
        assert await mistaken(house, api.fault(END, input={"callId": call_id})) == message


async def test_a_call_that_whatsapp_will_not_end_goes_on(house: House, api: Api) -> None:
    await replies(house, house.meera)
    call = await api.ask(CALL, input=placing(house))
    house.whatsapp.will(Unreached("no route"), Unanswered("timeout"), Refused(MetaError(131000, "", "")))
    for _ in range(3):
        answer = await api.ask(END, input={"callId": call["call"]["id"]})
        assert (answer["__typename"], answer["code"]) == ("WhatsAppRefused", "WHATSAPP_UNAVAILABLE")
    [found] = (await api.ask("{ calls(first: 9) { nodes { status } } }"))["nodes"]
    assert found == {"status": "CONNECTING"}


async def test_the_sdp_answer_is_seen_by_the_token_that_placed_the_call_and_by_nobody_else(
    house: House, api: Api
) -> None:
    await replies(house, house.meera)
    _, agent = await house.business.viewer(Scope.CALLS_WRITE, Scope.CALLS_READ)
    call = (await api.ask(CALL, agent, input=placing(house)))["call"]
    await call_event(house, house.meera, "wacid.1", "connect", session={"sdp_type": "answer", "sdp": "v=0\r\nanswer"})
    await call_status(house, house.meera, "wacid.1", "RINGING")

    query = "query ($id: ID!) { node(id: $id) { ... on Call { status sdpAnswer } } }"
    assert await api.ask(query, agent, id=call["id"]) == {"status": "RINGING", "sdpAnswer": "v=0\r\nanswer"}
    assert await api.ask(query, id=call["id"]) == {"status": "RINGING", "sdpAnswer": None}


# --- The same again ---


async def test_the_same_key_with_the_same_input_gives_the_first_result_again(house: House, api: Api) -> None:
    first = await api.ask(REQUEST, input=asking(house, idempotencyKey="once", text="May we?"))
    await replies(house, house.meera)
    said = list(house.whatsapp.said)
    again = await api.ask(REQUEST, input=asking(house, idempotencyKey="once", text="May we?"))
    assert again["permissionRequest"]["id"] == first["permissionRequest"]["id"]

    call = await api.ask(CALL, input=placing(house, idempotencyKey="once"))
    again = await api.ask(CALL, input=placing(house, idempotencyKey="once"))
    assert again["call"]["id"] == call["call"]["id"]
    assert len(house.whatsapp.said) == len(said) + 1


async def test_the_same_key_with_another_input_is_refused(house: House, api: Api) -> None:
    await replies(house, house.meera)
    await api.ask(REQUEST, input=asking(house, idempotencyKey="once", text="May we?"))
    await api.ask(CALL, input=placing(house, idempotencyKey="once"))
    told = ("IdempotencyKeyReused", "IDEMPOTENCY_KEY_REUSED", None)
    for more in ({"text": "May we now?"}, {}, {"customerId": id_of(house.caio), "text": "May we?"}):
        assert await refused(house, api.ask(REQUEST, input=asking(house, idempotencyKey="once", **more))) == told
    for other in ({"sdpOffer": OFFER.replace("abcd", "dcba")}, {"customerId": id_of(house.caio)}):
        assert await refused(house, api.ask(CALL, input=placing(house, idempotencyKey="once", **other))) == told


async def test_a_key_that_met_no_whatsapp_may_try_again(house: House, api: Api) -> None:
    house.whatsapp.will(Unreached("no route"))
    given = asking(house, idempotencyKey="once")
    assert (await api.ask(REQUEST, input=given))["code"] == "WHATSAPP_UNAVAILABLE"
    assert (await api.ask(REQUEST, input=given))["__typename"] == "RequestCallPermissionSuccess"
