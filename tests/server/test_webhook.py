from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import orjson
import pytest
from structlog.testing import capture_logs

from actions import deliveries
from actions.pair import Pair
from models.business_number import BusinessNumber
from models.call import Call
from models.call_permission import CallPermission
from models.change import Cause, Change, ChangeKind
from models.customer import Customer
from models.permission_reply import PermissionReply
from rules.call import CallStatus, Direction
from rules.permission import Response, Source, Status
from server.app import WEBHOOK_PATH
from server.webhook import LARGEST_BODY
from tests.ground.house import APP_SECRET, MINUTE, SECOND, House
from tests.whatsapp.samples import CALL, MISSED_CALL, NUMBERS, OTHER_REQUEST, REPLY, REQUEST, sample
from whatsapp.signature import sign

from .door import VERIFY_TOKEN, Door, at

NOON = at(1795176000)
LATE = at(1795400000)  # after all that the samples tell of


# Where it is not about the database one is enough.


# --- The handshake ---


async def shake(door: Door, **asked: str) -> httpx.Response:
    return await door.client.get(WEBHOOK_PATH, params={name.replace("_", ".", 1): asked[name] for name in asked})


async def test_whoever_knows_the_verify_token_is_given_the_challenge_back(door: Door) -> None:
    answer = await shake(door, hub_mode="subscribe", hub_verify_token=VERIFY_TOKEN, hub_challenge="1158201444")
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"hub_mode": "subscribe", "hub_challenge": "1158201444"},
        {"hub_mode": "subscribe", "hub_verify_token": "", "hub_challenge": "1158201444"},
        {"hub_mode": "subscribe", "hub_verify_token": VERIFY_TOKEN.upper(), "hub_challenge": "1158201444"},
        {"hub_mode": "subscribe", "hub_verify_token": "ü", "hub_challenge": "1158201444"},
        {"hub_mode": "unsubscribe", "hub_verify_token": VERIFY_TOKEN, "hub_challenge": "1158201444"},
        {"hub_verify_token": VERIFY_TOKEN, "hub_challenge": "1158201444"},
    ],
)
async def test_nobody_else_is(door: Door, asked: dict[str, str]) -> None:
    answer = await shake(door, **asked)
    assert answer.status_code == 403
    assert "1158201444" not in answer.text


async def test_the_door_takes_nothing_but_get_and_post(door: Door) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert (await door.client.request(method, WEBHOOK_PATH)).status_code == 405


# --- What is turned away, and leaves nothing behind ---


async def nothing_came_in(door: Door) -> bool:
    changes = await door.rows(Change)
    return await door.deliveries() == [] and len(changes) == 3  # the number's and the two customers' own


@pytest.mark.parametrize(
    "signature", ["", "sha256=", sign(sample("02"), APP_SECRET), sign(sample("01"), "another-secret"), "sha256=ü"]
)
async def test_what_is_signed_wrongly_is_turned_away(door: Door, signature: str) -> None:
    answer = await door.client.post(
        WEBHOOK_PATH, content=sample("01"), headers={b"X-Hub-Signature-256": signature.encode()}
    )
    assert answer.status_code == 401
    assert await nothing_came_in(door)


async def test_what_is_not_signed_is_turned_away(door: Door) -> None:
    assert (await door.knock(sample("01"), signed=False)).status_code == 401
    assert await nothing_came_in(door)


@pytest.mark.parametrize(
    "body", [b"", b"{", sample("20")[:-2], b"null", b"[]", b"{}", b'{"entry": "x"}', b"\xff\xfe", b'"\xc3\x28"']
)
async def test_nonsense_is_turned_away_though_it_is_signed(door: Door, body: bytes) -> None:
    answer = await door.knock(body)
    assert answer.status_code == 400
    assert answer.text.startswith("The body is not ")
    assert await nothing_came_in(door)


async def test_a_body_of_more_than_4_mb_is_turned_away_before_it_is_read_to_its_end(door: Door) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1024 * 1024
            yield b" " * 1024 * 1024

    answer = await door.client.post(WEBHOOK_PATH, content=endless(), headers={"X-Hub-Signature-256": "sha256=00"})

    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
    assert sent <= LARGEST_BODY + 2 * 1024 * 1024
    assert await nothing_came_in(door)


async def test_a_body_of_4_mb_is_read(door: Door) -> None:
    body = sample("01")
    await door.deliver(body + b" " * (LARGEST_BODY - len(body)))
    assert len(await door.rows(PermissionReply)) == 1


# --- What each sample brings ---


async def permission_of_meera(house: House, door: Door) -> CallPermission:
    [own] = [row for row in await door.rows(CallPermission) if row.customer_id == house.meera.id]
    assert isinstance(own, CallPermission)
    return own


def told(change: Change) -> tuple[ChangeKind, Cause, str | None, str | None, datetime]:
    return change.kind, change.cause, change.previous_status, change.status, change.occurred_at


PERMISSION, CALLED = ChangeKind.CALL_PERMISSION, ChangeKind.CALL
ANSWERED = Cause.CUSTOMER_ANSWERED
Expected = tuple[Status, datetime | None, datetime | None, Source | None]
Told = tuple[ChangeKind, Cause, str | None, str | None, datetime]

# The permission's status at the end, when it was granted, when it runs out, who brought it about; and what was told.
REPLIES: dict[str, tuple[Expected, list[Told]]] = {
    "01": (
        (Status.TEMPORARY, at(1795166047), at(1795770847), Source.USER_ACTION),
        [(PERMISSION, ANSWERED, "NOT_REQUESTED", "TEMPORARY", at(1795166047))],
    ),
    "02": (
        (Status.PERMANENT, at(1795167112), None, Source.USER_ACTION),
        [(PERMISSION, ANSWERED, "NOT_REQUESTED", "PERMANENT", at(1795167112))],
    ),
    "03": (
        (Status.PERMANENT, at(1795194153), None, Source.USER_ACTION),
        [(PERMISSION, ANSWERED, "NOT_REQUESTED", "PERMANENT", at(1795194153))],
    ),
    "04": (
        (Status.DECLINED, None, None, Source.USER_ACTION),
        [(PERMISSION, ANSWERED, "NOT_REQUESTED", "DECLINED", at(1795166200))],
    ),
    "05": (
        (Status.TEMPORARY, at(1795243219), at(1795848019), Source.AUTOMATIC),
        [(PERMISSION, Cause.AUTOMATIC, "NOT_REQUESTED", "TEMPORARY", at(1795243219))],
    ),
    "06": (
        (Status.REVOKED, None, None, Source.AUTOMATIC),
        [(PERMISSION, Cause.AUTOMATIC, "NOT_REQUESTED", "REVOKED", at(1795345558))],
    ),
}


@pytest.mark.parametrize("number", REPLIES)
async def test_each_reply_makes_the_permission_what_it_says(house: House, door: Door, number: str) -> None:
    house.clock.now = LATE
    await door.deliver(sample(number))

    permission, changes = REPLIES[number]
    row = await permission_of_meera(house, door)
    assert (row.status, row.granted_at, row.expires_at, row.known.source) == permission
    assert [told(change) for change in (await door.rows(Change))[3:]] == changes


async def test_a_reply_is_kept_as_the_evidence_it_is(house: House, door: Door) -> None:
    house.clock.now = LATE
    await door.deliver(sample("01"))

    [reply] = await door.rows(PermissionReply)
    assert reply.message_id == f"{REPLY}OTFDN0E1RTIA"
    assert reply.context_id == REQUEST
    assert (reply.response, reply.source) == (Response.TEMPORARY, Source.USER_ACTION)
    assert (reply.replied_at, reply.expires_at, reply.recorded_at) == (at(1795166047), at(1795770847), LATE)


async def test_what_is_known_of_the_customer_grows_and_is_never_overwritten(house: House, door: Door) -> None:
    await door.deliver(sample("01").replace(b"Meera Kulkarni", b"M. K."))

    [meera, caio] = await door.rows(Customer)
    assert (meera.name, meera.phone, meera.whatsapp_user_id) == (
        "Meera Kulkarni",
        "+919812300457",
        "IN.7401982236615548",
    )
    assert caio == house.caio


async def test_somebody_nobody_knew_becomes_a_customer_with_a_permission(house: House, door: Door) -> None:
    house.clock.now = LATE
    await door.deliver(sample("07"))

    somebody = (await door.rows(Customer))[2]
    assert (somebody.name, somebody.phone, somebody.whatsapp_user_id) == ("Caio Prado", None, "BR.2290417765031186")
    [permission] = [row for row in await door.rows(CallPermission) if row.customer_id == somebody.id]
    assert (permission.status, permission.expires_at) == (Status.TEMPORARY, at(1795872464))
    [reply] = await door.rows(PermissionReply)
    assert reply.context_id == OTHER_REQUEST
    assert [told(change) for change in (await door.rows(Change))[3:]] == [
        (ChangeKind.CUSTOMER, Cause.CREATED, None, None, LATE),
        (PERMISSION, ANSWERED, "NOT_REQUESTED", "TEMPORARY", at(1795267664)),
    ]


@pytest.mark.parametrize("number", ["08", "09", "10"])
async def test_the_status_of_a_message_that_is_not_ours_is_kept_raw_and_changes_nothing(
    door: Door, number: str
) -> None:
    await door.deliver(sample(number))

    [delivery] = await door.deliveries()
    message = OTHER_REQUEST if number == "10" else REQUEST
    assert delivery.skipped == [f"MessageMoved: no request of ours is the message {message}"]
    assert len(await door.rows(Change)) == 3


CALLS: dict[str, tuple[CallStatus, dict[str, Any]]] = {
    "11": (CallStatus.CONNECTING, {"taken_at": at(1795168803)}),
    "12": (CallStatus.RINGING, {"ringing_at": at(1795168804)}),
    "13": (CallStatus.IN_PROGRESS, {"accepted_at": at(1795168812)}),
    "14": (CallStatus.REJECTED, {"rejected_at": at(1795168815)}),
    "15": (
        CallStatus.COMPLETED,
        {"accepted_at": at(1795168812), "terminated_at": at(1795169079), "duration_seconds": 267},
    ),
    "16": (CallStatus.NO_ANSWER, {"terminated_at": at(1795168849), "duration_seconds": None}),
    "17": (
        CallStatus.FAILED,
        {
            "terminated_at": at(1795168841),
            "failed": True,
            "failure": "138021: The WhatsApp client terminated the call because it received no media for a long time.",
        },
    ),
}
HEARD_AT = {
    "11": 1795168803,
    "12": 1795168804,
    "13": 1795168812,
    "14": 1795168815,
    "15": 1795169079,
    "16": 1795168849,
    "17": 1795168841,
}


@pytest.mark.parametrize("number", CALLS)
async def test_each_event_of_a_call_that_another_system_placed_tells_how_far_it_is(
    house: House, door: Door, number: str
) -> None:
    house.clock.now = LATE
    await door.deliver(sample(number))

    status, known = CALLS[number]
    heard_at = at(HEARD_AT[number])
    [call] = await door.rows(Call)
    assert (call.whatsapp_call_id, call.customer_id, call.status) == (CALL, house.meera.id, status)
    assert (call.direction, call.token_id, call.placed_by) == (Direction.BUSINESS_INITIATED, None, None)
    assert (call.reserved_at, call.taken_at) == (heard_at, heard_at)
    assert {name: getattr(call, name) for name in known} == known
    assert [told(change) for change in (await door.rows(Change))[3:]] == [
        (CALLED, Cause.CALL_EVENT, None, status.value, heard_at)
    ]
    permission = await permission_of_meera(house, door)
    assert permission.call_in_progress is not status.ended
    assert permission.unanswered_streak == (number in ("14", "16"))


async def test_the_numbers_settings_are_followed(door: Door) -> None:
    off = (
        sample("18")
        .replace(b'"status": "ENABLED",\n', b'"status": "DISABLED",\n', 1)
        .replace(b"1795065730", b"1795065731")
    )
    await door.deliver(sample("18"))
    await door.deliver(off)
    [number] = await door.rows(BusinessNumber)
    assert (number.calling_enabled, number.settings_at) == (False, at(1795065731))

    await door.deliver(sample("18") + b"\n")  # the older word, once more
    [number] = await door.rows(BusinessNumber)
    assert (number.calling_enabled, number.settings_at) == (False, at(1795065731))
    assert [told(change) for change in (await door.rows(Change))[3:]] == [
        (ChangeKind.BUSINESS_NUMBER, Cause.WHATSAPP, None, None, at(1795065731))
    ]


async def test_a_pause_of_the_number_is_followed_and_a_shorter_one_does_not_end_it(door: Door) -> None:
    await door.deliver(sample("19"))
    await door.deliver(sample("19").replace(b"1795925460", b"1795925459"))

    [number] = await door.rows(BusinessNumber)
    assert number.restricted_until == at(1795925460)
    assert [told(change) for change in (await door.rows(Change))[3:]] == [
        (ChangeKind.BUSINESS_NUMBER, Cause.WHATSAPP, None, None, at(1795320660))
    ]


async def test_a_batch_in_reverse_order_brings_all_that_it_tells(house: House, door: Door) -> None:
    house.clock.now = LATE
    await door.deliver(sample("20"))

    permission = await permission_of_meera(house, door)
    assert (permission.status, permission.expires_at) == (Status.TEMPORARY, at(1795770847))
    assert (permission.call_in_progress, permission.unanswered_streak) == (False, 0)
    [call] = await door.rows(Call)
    assert (call.status, call.ringing_at, call.accepted_at) == (CallStatus.COMPLETED, at(1795168804), at(1795168812))
    assert (call.terminated_at, call.duration_seconds) == (at(1795169079), 267)
    assert [told(change) for change in (await door.rows(Change))[3:]] == [
        (PERMISSION, ANSWERED, "NOT_REQUESTED", "TEMPORARY", at(1795166047)),
        (CALLED, Cause.CALL_EVENT, None, "COMPLETED", at(1795169079)),
    ]
    [delivery] = await door.deliveries()
    assert delivery.skipped == [f"MessageMoved: no request of ours is the message {REQUEST}"]
    assert (delivery.body, delivery.processed_at, delivery.attempts) == (sample("20"), LATE, 1)


async def test_each_delivery_again_is_kept_once_and_changes_nothing_more(house: House, door: Door) -> None:
    for count, number in enumerate(NUMBERS, start=1):
        await door.deliver(sample(number))
        state, log = await door.state(house.business), await door.rows(Change)
        house.clock.wait(SECOND)

        await door.deliver(sample(number))

        assert await door.state(house.business) == state
        assert await door.rows(Change) == log
        assert len(await door.deliveries()) == count


# --- What is kept raw and skipped ---


async def test_unknown_fields_kinds_and_events_are_kept_raw_and_skipped_and_the_rest_is_recorded(
    house: House, door: Door
) -> None:
    document = orjson.loads(sample("20"))
    [first, second] = document["entry"]
    first["changes"].insert(0, {"field": "flows", "value": {"event": "FLOW_STATUS_CHANGE"}})
    second["changes"].insert(0, {"field": "messages", "value": {"messages": [{"type": "hologram"}]}})
    second["changes"][1]["value"]["calls"].insert(0, second["changes"][1]["value"]["calls"][0] | {"event": "whistled"})
    body = orjson.dumps(document)

    await door.deliver(body)

    [delivery] = await door.deliveries()
    assert delivery.body == body
    assert delivery.skipped == [
        "entry 0, change 0: the field 'flows' is not known",
        "entry 1, change 0, message 0: id: Field required",
        "entry 1, change 1, call 0: the call event 'whistled' is not known",
        f"MessageMoved: no request of ours is the message {REQUEST}",
    ]
    assert (delivery.failure, delivery.retry_at) == (None, None)
    assert (await permission_of_meera(house, door)).status is Status.TEMPORARY
    assert [call.status for call in await door.rows(Call)] == [CallStatus.COMPLETED]


async def test_news_of_a_number_that_is_not_ours_is_skipped(house: House, door: Door) -> None:
    body = sample("20").replace(house.number.phone_number_id.encode(), b"100000000000001")
    state = await door.state(house.business)

    await door.deliver(body)

    [delivery] = await door.deliveries()
    assert delivery.skipped == [
        "MessageMoved: no business number has the id 100000000000001",
        "PermissionReplied: no business number has the id 100000000000001",
        *["CallMoved: no business number has the id 100000000000001"] * 3,
    ]
    assert await door.state(house.business) == state


async def test_zero_bytes_in_what_whatsapp_says_keep_nothing_from_being_recorded(door: Door) -> None:
    document = orjson.loads(sample("07"))
    value = document["entry"][0]["changes"][0]["value"]
    value["contacts"][0]["profile"]["name"] = "Caio\0 Prado"
    document["entry"][0]["changes"].append({"field": "a\0b", "value": {}})
    stranger = {**value, "metadata": {"phone_number_id": "1\0"}}
    document["entry"][0]["changes"].append({"field": "messages", "value": stranger})

    await door.deliver(orjson.dumps(document))

    assert (await door.rows(Customer))[2].name == "Caio Prado"
    [delivery] = await door.deliveries()
    assert (delivery.failure, delivery.retry_at) == (None, None)


async def test_a_hundred_and_twenty_pieces_of_news_at_once_are_recorded(door: Door) -> None:
    document = orjson.loads(sample("01"))
    value = document["entry"][0]["changes"][0]["value"]
    [message] = value["messages"]
    value["contacts"] = []
    value["messages"] = [
        message | {"id": f"wamid.{number}", "from": f"9198123{number:05}", "from_user_id": f"IN.{number}"}
        for number in range(120)
    ]

    await door.deliver(orjson.dumps(document))

    granted = [row for row in await door.rows(CallPermission) if row.granted_at == at(1795166047)]
    assert len(granted) == 120


# --- A part that cannot be recorded ---


async def test_one_thing_that_cannot_be_recorded_is_tried_again_and_keeps_no_other_from_it(
    house: House, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, broken = Pair.settle, True

    def settle_or_break(pair: Pair, *given: Any, **named: Any) -> list[Change]:
        if broken and pair.customer.phone == "+919812300457":
            raise RuntimeError("a fault of ours")
        return settle(pair, *given, **named)

    monkeypatch.setattr(Pair, "settle", settle_or_break)
    document = orjson.loads(sample("01"))
    document["entry"] += orjson.loads(sample("07"))["entry"]
    with capture_logs() as logged:
        await door.deliver(orjson.dumps(document))

    assert [line["event"] for line in logged] == ["news_not_recorded"]
    assert (await permission_of_meera(house, door)).status is Status.NOT_REQUESTED
    assert [reply.context_id for reply in await door.rows(PermissionReply)] == [OTHER_REQUEST]
    [delivery] = await door.deliveries()
    assert (delivery.processed_at, delivery.failure) == (None, "PermissionReplied: RuntimeError")
    assert delivery.retry_at == house.clock.now + MINUTE

    broken = False
    assert await deliveries.retry(house.resources) == 0
    house.clock.wait(MINUTE)
    assert await deliveries.retry(house.resources) == 1
    assert (await permission_of_meera(house, door)).status is Status.TEMPORARY
    [delivery] = await door.deliveries()
    assert (delivery.processed_at, delivery.failure, delivery.retry_at) == (house.clock.now, None, None)


async def test_a_call_that_the_customer_made_may_grant_a_permission_and_is_no_missed_call_of_ours(door: Door) -> None:
    await door.deliver(sample("05"))
    [reply] = await door.rows(PermissionReply)
    assert (reply.context_id, reply.source) == (MISSED_CALL, Source.AUTOMATIC)
    assert await door.rows(Call) == []
