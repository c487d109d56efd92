"""Many at the same instant: on PostgreSQL with connections that are warm already, and on SQLite."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio
from sqlalchemy import text
from sqlmodel import select

from actions import calls, permissions
from actions.inbox import Inbox
from models.call import Call
from models.change import ChangeKind
from models.customer import Customer
from models.permission_request import PermissionRequest
from models.webhook_delivery import WebhookDelivery
from rules.call import CallStatus
from rules.permission import Status
from rules.refusals import CallInProgress, IdempotencyKeyReused, RequestLimitReached, WhatsAppUnavailable
from rules.request import RequestStatus
from tests.ground.house import DAY, NOON, SECOND, House
from whatsapp.cloud_api import FreeForm, Template, Unreached

from . import meta
from .doing import (
    TEXT,
    allow,
    ask,
    asked,
    asking,
    calls_of,
    hear,
    log_of,
    log_stands_at,
    permission_of,
    requests_of,
    restarted,
    ring,
    the_call,
    the_request,
    told,
)

AT_ONCE = 40
WARM = 15  # as many as the pool for SQLite has


@pytest_asyncio.fixture(autouse=True)
async def _warm_pool(house: House) -> AsyncIterator[None]:
    """Open the connections before the test: cold ones come one by one, and hide what can happen."""
    together = asyncio.Barrier(WARM)

    async def connect() -> None:
        async with house.resources.database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
            await together.wait()

    await asyncio.gather(*(connect() for _ in range(WARM)))
    yield


async def test_of_many_requests_for_one_customer_at_once_exactly_one_is_sent(house: House) -> None:
    results = await asyncio.gather(*(ask(house) for _ in range(AT_ONCE)))

    assert Counter(type(result) for result in results) == {PermissionRequest: 1, RequestLimitReached: AT_ONCE - 1}
    assert len(house.whatsapp.asked) == 1
    assert (await the_request(house.resources)).status is RequestStatus.SENT
    waits = {result.available_at for result in results if isinstance(result, RequestLimitReached)}
    assert waits == {NOON + DAY}


async def test_ten_rounds_of_ten_requests_and_ten_calls_at_once_send_one_message_and_ring_once_each(
    house: House,
) -> None:
    for number in range(10):
        customer = await house.business.customer(phone=f"+9198123{number:05}")
        asked_at_once = await asyncio.gather(*(ask(house, customer) for _ in range(10)))
        assert Counter(type(result) for result in asked_at_once) == {PermissionRequest: 1, RequestLimitReached: 9}
        await allow(house, customer)
        rung_at_once = await asyncio.gather(*(ring(house, customer) for _ in range(10)))
        assert Counter(type(result) for result in rung_at_once) == {Call: 1, CallInProgress: 9}
        assert (len(house.whatsapp.asked), len(house.whatsapp.rung)) == (number + 1, number + 1)


async def test_of_many_requests_on_several_servers_at_once_exactly_one_is_sent(house: House) -> None:
    async with restarted(house) as second, restarted(house) as third:
        fleet = [house, second, third]
        results = await asyncio.gather(*(ask(fleet[number % 3]) for number in range(AT_ONCE)))

    assert Counter(type(result) for result in results) == {PermissionRequest: 1, RequestLimitReached: AT_ONCE - 1}
    assert len(house.whatsapp.asked) == 1


async def test_of_many_calls_to_one_customer_at_once_exactly_one_rings(house: House) -> None:
    await allow(house)

    results = await asyncio.gather(*(ring(house) for _ in range(AT_ONCE)))

    assert Counter(type(result) for result in results) == {Call: 1, CallInProgress: AT_ONCE - 1}
    assert len(house.whatsapp.rung) == 1
    assert (await the_call(house.resources)).status is CallStatus.CONNECTING


async def test_customers_do_not_stand_in_each_other_s_way(house: House) -> None:
    people = [await house.business.customer(phone=f"+9198123{number:05}") for number in range(AT_ONCE)]

    results = await asyncio.gather(*(ask(house, person) for person in people))

    assert [type(result) for result in results] == [PermissionRequest] * AT_ONCE
    assert len(house.whatsapp.asked) == AT_ONCE
    await log_of(house)  # which looks for gaps


async def test_a_call_a_request_and_replies_at_once_leave_nothing_in_between(house: House) -> None:
    await allow(house)
    house.clock.wait(SECOND)
    now = house.clock.now
    replies = [meta.replied(f"wamid.r{number}", now, expires_at=now + DAY) for number in range(10)]
    work = [[ring(house), ask(house), hear(house.resources, reply)] for reply in replies]

    results = await asyncio.gather(*(one for some in work for one in some))

    kinds = Counter(type(result) for result in results if result is not None)
    assert kinds == {Call: 1, CallInProgress: 9, PermissionRequest: 1, RequestLimitReached: 9}
    assert (len(house.whatsapp.rung), len(house.whatsapp.asked)) == (1, 1)
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.expires_at) == (Status.TEMPORARY, now + DAY)
    assert permission.call_in_progress is True
    steps: dict[object, list[tuple[str | None, str | None]]] = {}
    for change in await log_of(house):
        if change.status is not None:
            steps.setdefault(change.subject_id, []).append((change.previous_status, change.status))
    for path in steps.values():  # each begins where the one before ended
        assert [before for before, _ in path[1:]] == [after for _, after in path[:-1]]


async def test_copies_with_one_idempotency_key_at_once_are_sent_once_and_get_the_same_request(house: House) -> None:
    results = await asyncio.gather(*(asked(house, key="one") for _ in range(30)))

    assert len(house.whatsapp.asked) == 1
    assert {result.id for result in results} == {(await the_request(house.resources)).id}


async def test_copies_of_a_call_with_one_idempotency_key_at_once_ring_once_and_get_the_same_call(house: House) -> None:
    await allow(house)
    results = await asyncio.gather(*(ring(house, key="one") for _ in range(30)))

    assert len(house.whatsapp.rung) == 1
    only = await the_call(house.resources)
    assert {result.id for result in results if isinstance(result, Call)} == {only.id}
    assert {type(result) for result in results} == {Call}


async def test_one_key_for_many_customers_at_once_is_good_for_exactly_one_of_them(house: House) -> None:
    people = [await house.business.customer(phone=f"+9198123{number:05}") for number in range(20)]

    results = await asyncio.gather(*(ask(house, person, key="one") for person in people))

    assert Counter(type(result) for result in results) == {PermissionRequest: 1, IdempotencyKeyReused: 19}
    assert len(house.whatsapp.asked) == 1
    assert len(await requests_of(house.resources)) == 1


async def test_one_key_for_calls_to_many_customers_at_once_is_good_for_exactly_one_of_them(house: House) -> None:
    people = [await house.business.customer(phone=f"+9198123{number:05}") for number in range(20)]
    now = house.clock.now
    grants = [meta.replied(f"wamid.{person.id}", now, phone=person.phone or "") for person in people]
    await hear(house.resources, *grants)

    results = await asyncio.gather(*(ring(house, person, key="one") for person in people))

    assert Counter(type(result) for result in results) == {Call: 1, IdempotencyKeyReused: 19}
    assert len(house.whatsapp.rung) == 1
    assert len(await calls_of(house.resources)) == 1


async def test_one_key_with_two_inputs_at_once_is_good_for_one_of_them(house: House) -> None:
    contents: list[Template | FreeForm] = [TEXT, Template("may_we_call", "en", {})] * 10
    results = await asyncio.gather(
        *(
            permissions.request(house.resources, house.admin, asking(house, key="one", content=content))
            for content in contents
        )
    )
    assert Counter(type(result) for result in results) == {PermissionRequest: 10, IdempotencyKeyReused: 10}
    assert len(house.whatsapp.asked) == 1


async def test_copies_of_what_whatsapp_never_got_try_again_until_it_gets_one(house: House) -> None:
    house.whatsapp.will(*(Unreached("refused") for _ in range(3)))

    results = await asyncio.gather(*(ask(house, key="one") for _ in range(12)))

    sent = [made for made in await requests_of(house.resources) if made.message_id is not None]
    assert len(sent) <= 1
    for result in results:
        assert isinstance(result, PermissionRequest | WhatsAppUnavailable)
    house.whatsapp.outcomes.clear()
    again = await asked(house, key="one")
    assert again.message_id is not None
    assert sum(made.message_id is not None for made in await requests_of(house.resources)) == 1


async def test_hanging_up_while_the_end_comes_in_ends_the_call_once(house: House) -> None:
    await allow(house)
    placed = await ring(house)
    assert isinstance(placed, Call)
    ended = meta.terminated("wacid.1", NOON + SECOND, answered_at=NOON, opaque=f"call:{placed.id}")

    await asyncio.gather(
        *(calls.end(house.resources, house.admin, placed.id) for _ in range(5)),
        *(hear(house.resources, ended) for _ in range(5)),
    )

    kept = await the_call(house.resources)
    assert (kept.status, kept.duration_seconds) == (CallStatus.COMPLETED, 1)
    last = [change.status for change in await log_of(house) if change.subject_id == placed.id][-1]
    assert last == "COMPLETED"


async def test_a_delivery_that_comes_many_times_at_once_counts_once(house: House) -> None:
    await asked(house)
    before = await log_stands_at(house)
    reply = meta.replied("wamid.reply", NOON, to="wamid.1")

    other = replace(house.resources, inbox=Inbox())  # of another server
    await asyncio.gather(*(hear(server, reply) for server in (house.resources, other) for _ in range(10)))

    assert await told(house, before) == [
        ("PERMISSION_REQUEST", "SENT", "ANSWERED", "CUSTOMER_ANSWERED"),
        ("CALL_PERMISSION", "REQUESTED", "PERMANENT", "CUSTOMER_ANSWERED"),
    ]
    async with house.resources.database.reading() as session:
        [kept] = (await session.exec(select(WebhookDelivery))).all()
    assert (kept.processed_at, kept.retry_at, kept.failure, kept.skipped) == (NOON, None, None, [])


async def test_many_replies_of_somebody_unknown_at_once_make_one_customer(house: House) -> None:
    before = await log_stands_at(house)
    stranger = "+919812399999"
    replies = [meta.replied(f"wamid.{number}", NOON + number * SECOND, phone=stranger) for number in range(8)]

    servers = [replace(house.resources, inbox=Inbox()) for _ in replies]
    await asyncio.gather(*(hear(server, reply) for server, reply in zip(servers, replies, strict=True)))

    made = [change for change in await log_of(house, before) if change.kind is ChangeKind.CUSTOMER]
    assert len(made) == 1
    async with house.resources.database.reading() as session:
        customer = await session.get_one(Customer, (made[0].workspace_id, made[0].subject_id))
    assert customer.phone == stranger
    permission = await permission_of(house.resources, customer)
    assert (permission.status, permission.granted_at) == (Status.PERMANENT, NOON + 7 * SECOND)
