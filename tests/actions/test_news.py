"""What Meta says, put into the rows: late, doubled, out of order, or before we have written down what it is about."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from sqlmodel import select

from models.customer import Customer
from models.webhook_delivery import WebhookDelivery
from rules.call import CallStatus, Direction
from rules.permission import Response, Source, Status
from rules.request import RequestStatus
from tests.ground.house import DAY, HOUR, MINUTE, NOON, SECOND, House
from whatsapp.cloud_api import Taken
from whatsapp.fake import Asked

from . import meta
from .doing import (
    TEMPLATE,
    WEEK,
    allow,
    asked,
    calls_of,
    everything_of,
    hear,
    log_of,
    log_stands_at,
    only_for,
    permission_of,
    requests_of,
    rung,
    the_call,
    the_request,
    told,
)

YES_AT, NO_AT = NOON + MINUTE, NOON + HOUR


def facts_of_a_request(message_id: str, opaque: str, phone: str) -> list[meta.Change]:
    """Sent, delivered, read, allowed for a week, and an hour later taken back."""
    return [
        meta.message_moved(message_id, "sent", NOON, opaque=opaque, phone=phone),
        meta.message_moved(message_id, "delivered", NOON + SECOND, opaque=opaque, phone=phone),
        meta.message_moved(message_id, "read", NOON + 2 * SECOND, opaque=opaque, phone=phone),
        meta.replied(f"{message_id}.yes", YES_AT, to=message_id, expires_at=YES_AT + WEEK, phone=phone),
        meta.replied(f"{message_id}.no", NO_AT, to=message_id, yes=False, phone=phone),
    ]


def facts_of_a_call(call_id: str, opaque: str, phone: str) -> list[meta.Change]:
    return [
        meta.connected(call_id, NOON, opaque=opaque, phone=phone),
        meta.call_moved(call_id, "RINGING", NOON + SECOND, opaque=opaque, phone=phone),
        meta.call_moved(call_id, "ACCEPTED", NOON + 5 * SECOND, opaque=opaque, phone=phone),
        meta.terminated(call_id, NOON + MINUTE, answered_at=NOON + 5 * SECOND, opaque=opaque, phone=phone),
    ]


def without_names(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if not name.endswith("id") and name != "input_hash"}


async def people(house: House, how_many: int) -> Sequence[Customer]:
    return [await house.business.customer(phone=f"+9198123{number:05}") for number in range(how_many)]


# In any order, any number of times


async def test_statuses_and_replies_in_any_order_any_number_of_times_end_in_the_same_rows(house: House) -> None:
    orders = list(permutations(range(5)))[::17]
    ends: list[Any] = []
    for person, order in zip(await people(house, len(orders)), orders, strict=True):
        house.clock.now = NOON
        made = await asked(house, person)
        house.clock.now = NOON + 2 * HOUR
        facts = facts_of_a_request(made.message_id or "", f"cpr:{made.id}", person.phone or "")
        for number in order:
            await hear(house.resources, facts[number], facts[order[0]])
        [row] = [row for row in await requests_of(house.resources) if row.id == made.id]
        permission = await permission_of(house.resources, person)
        ends.append((without_names(row.model_dump()), without_names(permission.model_dump())))

    assert [end for end in ends if end != ends[0]] == []
    request, permission_row = ends[0]
    assert (request["status"], request["answer"], request["answered_at"]) == (
        RequestStatus.ANSWERED,
        Response.DECLINED,
        NO_AT,
    )
    assert (permission_row["status"], permission_row["rejected_at"]) == (Status.REVOKED, NO_AT)


async def test_events_of_a_call_in_any_order_any_number_of_times_end_in_the_same_rows(house: House) -> None:
    orders = list(permutations(range(4)))[::5]
    ends: list[Any] = []
    for person, order in zip(await people(house, len(orders)), orders, strict=True):
        house.clock.now = NOON
        await allow(house, person)
        placed = await rung(house, person)
        house.clock.now = NOON + 2 * HOUR
        facts = facts_of_a_call(placed.whatsapp_call_id or "", f"call:{placed.id}", person.phone or "")
        for number in order:
            await hear(house.resources, facts[number], facts[order[0]])
        [row] = [row for row in await calls_of(house.resources) if row.id == placed.id]
        permission = await permission_of(house.resources, person)
        ends.append((without_names(row.model_dump()), without_names(permission.model_dump())))

    assert [end for end in ends if end != ends[0]] == []
    call, permission_row = ends[0]
    assert (call["status"], call["duration_seconds"]) == (CallStatus.COMPLETED, 55)
    assert (permission_row["call_in_progress"], permission_row["unanswered_streak"]) == (False, 0)


async def test_a_whole_day_in_one_delivery_ends_as_one_by_one(house: House) -> None:
    made = await asked(house)
    house.clock.now = NOON + 2 * HOUR
    facts = facts_of_a_request("wamid.1", f"cpr:{made.id}", meta.MEERAS_PHONE)
    await hear(house.resources, *reversed(facts), *facts)

    kept = await the_request(house.resources)
    assert (kept.status, kept.answer, kept.delivered_at) == (RequestStatus.ANSWERED, Response.DECLINED, NOON + SECOND)
    assert (await permission_of(house.resources, house.meera)).status is Status.REVOKED


async def test_the_same_delivery_again_changes_and_tells_nothing(house: House) -> None:
    await asked(house)
    reply = meta.replied("wamid.reply", NOON, to="wamid.1")
    await hear(house.resources, reply)
    before = await everything_of(house.resources), await log_stands_at(house)

    for again in ([reply], [reply, reply]):  # byte for byte the same, and in another batch
        await hear(house.resources, *again)
    assert (await everything_of(house.resources), await log_stands_at(house)) == before


# Before we have written down what it is about


async def test_a_reply_that_overtakes_the_answer_to_its_request_is_recorded(house: House) -> None:
    house.whatsapp.will(Taken("wamid.quick"))

    async def overtake() -> None:
        opaque = house.whatsapp.asked[0].opaque
        await hear(house.resources, meta.replied("wamid.reply", NOON, to="wamid.quick", expires_at=NOON + WEEK))
        await hear(house.resources, meta.message_moved("wamid.quick", "read", NOON, opaque=opaque))

    house.whatsapp.meanwhile = only_for(Asked, overtake)
    made = await asked(house)

    assert (made.status, made.answer, made.message_id) == (RequestStatus.ANSWERED, Response.TEMPORARY, "wamid.quick")
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.expires_at) == (Status.TEMPORARY, NOON + WEEK)


async def test_a_reply_alone_that_overtakes_the_answer_to_its_request_is_taken_up(house: House) -> None:
    house.whatsapp.will(Taken("wamid.quick"))

    async def overtake() -> None:
        await hear(house.resources, meta.replied("wamid.reply", NOON, to="wamid.quick", yes=False))

    house.whatsapp.meanwhile = only_for(Asked, overtake)
    made = await asked(house)

    assert (made.status, made.answer, made.answered_at) == (RequestStatus.ANSWERED, Response.DECLINED, NOON)
    assert (await permission_of(house.resources, house.meera)).status is Status.DECLINED


async def test_a_failure_that_overtakes_the_answer_to_its_request_is_no_refusal(house: House) -> None:
    async def overtake() -> None:
        opaque = house.whatsapp.asked[0].opaque
        await hear(house.resources, meta.message_moved("wamid.1", "failed", NOON, opaque=opaque, code=131026))

    house.whatsapp.meanwhile = only_for(Asked, overtake)
    made = await asked(house, key="one")

    assert (made.status, made.failure, made.message_id) == (
        RequestStatus.FAILED,
        "131026: Message undeliverable",
        "wamid.1",
    )
    assert (await permission_of(house.resources, house.meera)).status is Status.NOT_REQUESTED
    assert (await asked(house, key="one")).id == made.id


# One request after another


async def test_an_unanswered_request_ends_when_a_newer_one_arrives(house: House) -> None:
    first = await asked(house)
    await hear(house.resources, meta.message_moved("wamid.1", "delivered", NOON))
    house.clock.wait(2 * DAY)
    second = await asked(house)
    before = await log_stands_at(house)

    await hear(house.resources, meta.message_moved("wamid.2", "delivered", house.clock.now))

    assert await told(house, before) == [
        ("PERMISSION_REQUEST", "DELIVERED", "SUPERSEDED", "SUPERSEDED"),
        ("PERMISSION_REQUEST", "SENT", "DELIVERED", "MESSAGE_STATUS"),
    ]
    assert [change.subject_id for change in await log_of(house, before)] == [first.id, second.id]
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.awaited_until) == (Status.REQUESTED, NOON + 2 * DAY + WEEK)


async def test_an_answered_request_ends_when_a_newer_one_is_answered(house: House) -> None:
    await asked(house)
    await hear(house.resources, meta.replied("wamid.no", NOON, to="wamid.1", yes=False))
    house.clock.wait(2 * DAY)
    await asked(house, content=TEMPLATE)
    await hear(house.resources, meta.message_moved("wamid.2", "delivered", house.clock.now))
    states = [[row.status for row in await requests_of(house.resources)]]

    await hear(house.resources, meta.replied("wamid.yes", house.clock.now, to="wamid.2"))
    states.append([row.status for row in await requests_of(house.resources)])

    assert states == [
        [RequestStatus.ANSWERED, RequestStatus.DELIVERED],
        [RequestStatus.SUPERSEDED, RequestStatus.ANSWERED],
    ]


async def test_a_late_answer_to_a_superseded_request_still_is_the_customer_s_word(house: House) -> None:
    await asked(house)
    house.clock.wait(2 * DAY)
    await asked(house)
    await hear(house.resources, meta.message_moved("wamid.2", "delivered", house.clock.now))

    await hear(house.resources, meta.replied("wamid.yes", house.clock.now, to="wamid.1"))

    assert (await permission_of(house.resources, house.meera)).status is Status.PERMANENT
    assert (await requests_of(house.resources))[0].answer is Response.PERMANENT


# People and calls nobody knew


async def test_a_call_from_the_customer_is_recorded_and_grants_what_whatsapp_says_it_grants(house: House) -> None:
    await hear(
        house.resources,
        meta.dialled("wacid.theirs", NOON, answered_at=None),
        meta.replied("wamid.auto", NOON, to="wacid.theirs", expires_at=NOON + WEEK, automatic=True),
    )
    call = await the_call(house.resources)
    assert (call.direction, call.status) == (Direction.USER_INITIATED, CallStatus.NO_ANSWER)
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.grant_source, permission.unanswered_streak) == (
        Status.TEMPORARY,
        Source.AUTOMATIC,
        0,
    )


async def test_what_whatsapp_takes_back_by_itself_is_revoked(house: House) -> None:
    await allow(house)
    before = await log_stands_at(house)
    house.clock.wait(HOUR)
    await hear(house.resources, meta.replied("wamid.auto", house.clock.now, yes=False, automatic=True))
    assert await told(house, before) == [("CALL_PERMISSION", "TEMPORARY", "REVOKED", "AUTOMATIC")]


@pytest.mark.parametrize("opaque", ["cpr:not-an-id", "call:01a20585-248c-7609-be87-3a1b2c3d4e5f", "another system's"])
async def test_a_status_of_a_message_that_is_not_ours_is_skipped_and_kept(house: House, opaque: str) -> None:
    before = await everything_of(house.resources), await log_stands_at(house)
    await hear(house.resources, meta.message_moved("wamid.other", "delivered", NOON, opaque=opaque))

    assert (await everything_of(house.resources), await log_stands_at(house)) == before
    async with house.resources.database.reading() as session:
        [kept] = (await session.exec(select(WebhookDelivery))).all()
    assert (kept.processed_at, kept.skipped) == (
        NOON,
        ["MessageMoved: no request of ours is the message wamid.other"],
    )
