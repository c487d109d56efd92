"""Several at once on the same customer: on PostgreSQL, where they wait for each other row by row."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlmodel import select

from actions import calls, clock, deliveries, log, permissions
from actions.inbox import Inbox
from actions.pair import lock_permissions
from actions.resources import Resources
from models import call_permission as call_permissions
from models import workspace as workspaces
from models.change import ChangeKind
from models.customer import Customer
from models.webhook_delivery import WebhookDelivery
from rules.call import CallStatus
from rules.permission import Status
from rules.refusals import PermissionMissing
from rules.request import RequestStatus
from tests.ground.house import DAY, NOON, SECOND, House

from . import meta
from .doing import (
    TEMPLATE,
    WEEK,
    Killed,
    allow,
    ask,
    asked,
    believing,
    hear,
    holding,
    log_of,
    log_stands_at,
    permission_of,
    restarted,
    ring,
    rung,
    the_call,
    the_request,
    told,
    until_waiting_for_a_lock,
)


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    """Give PostgreSQL alone: on SQLite writers take turns from the start, and nothing here can happen."""
    return postgresql_url


Duty = Callable[[Resources], Awaitable[int]]


async def hear_side_by_side(house: House, *told: meta.Change) -> None:
    """Let each be delivered to a server of its own, all of them being worked on before any of them is through."""
    async with asyncio.TaskGroup() as group, holding(house.resources, house.meera, house.number.id):
        for change in told:
            server = replace(house.resources, inbox=Inbox())
            group.create_task(hear(server, change))
        await until_waiting_for_a_lock(house.resources, len(told))


async def test_statuses_that_come_side_by_side_all_count(house: House) -> None:
    made = await asked(house)
    before, opaque = await log_stands_at(house), f"cpr:{made.id}"

    await hear_side_by_side(
        house,
        meta.message_moved("wamid.1", "read", NOON + 3 * SECOND, opaque=opaque),
        meta.message_moved("wamid.1", "delivered", NOON + 2 * SECOND, opaque=opaque),
        meta.message_moved("wamid.1", "sent", NOON + SECOND, opaque=opaque),
    )

    kept = await the_request(house.resources)
    assert (kept.status, kept.sent_at, kept.delivered_at, kept.read_at) == (
        RequestStatus.READ,
        NOON,
        NOON + 2 * SECOND,
        NOON + 3 * SECOND,
    )
    steps = await told(house, before)
    assert [previous for _, previous, _, _ in steps] == ["SENT", *(status for _, _, status, _ in steps[:-1])]
    assert steps[-1][2] == "READ"


async def test_events_of_a_call_that_come_side_by_side_all_count(house: House) -> None:
    await allow(house)
    placed = await rung(house)
    before, opaque = await log_stands_at(house), f"call:{placed.id}"

    await hear_side_by_side(
        house,
        meta.terminated("wacid.1", NOON + 62 * SECOND, answered_at=NOON + 2 * SECOND, opaque=opaque),
        meta.call_moved("wacid.1", "ACCEPTED", NOON + 2 * SECOND, opaque=opaque),
        meta.call_moved("wacid.1", "RINGING", NOON + SECOND, opaque=opaque),
        meta.connected("wacid.1", NOON + SECOND, opaque=opaque),
    )

    kept = await the_call(house.resources)
    assert (kept.status, kept.ringing_at, kept.accepted_at, kept.terminated_at) == (
        CallStatus.COMPLETED,
        NOON + SECOND,
        NOON + 2 * SECOND,
        NOON + 62 * SECOND,
    )
    assert (kept.duration_seconds, kept.sdp_answer) == (60, meta.SDP_ANSWER)
    steps = await told(house, before)
    assert [previous for _, previous, _, _ in steps] == ["CONNECTING", *(status for _, _, status, _ in steps[:-1])]
    assert steps[-1][2] == "COMPLETED"


async def test_one_reply_that_is_delivered_side_by_side_with_itself_counts_once(house: House) -> None:
    await asked(house)
    before = await log_stands_at(house)
    house.clock.wait(SECOND)
    reply = meta.replied("wamid.reply", NOON + SECOND, to="wamid.1")

    # Different deliveries that carry the same reply, as when Meta puts it into another batch.
    copies = [
        reply,
        *(meta.replied("wamid.reply", NOON + SECOND, to="wamid.1", phone="+919812300457") for _ in range(2)),
    ]
    for number, copy in enumerate(copies):
        copy["value"]["copy"] = number
    await hear_side_by_side(house, *copies)

    assert await told(house, before) == [
        ("PERMISSION_REQUEST", "SENT", "ANSWERED", "CUSTOMER_ANSWERED"),
        ("CALL_PERMISSION", "REQUESTED", "PERMANENT", "CUSTOMER_ANSWERED"),
    ]


# Time passes while one waits for another


async def test_a_call_that_waited_while_the_permission_ran_out_rings_nobody(house: House) -> None:
    await allow(house)
    house.clock.wait(WEEK - SECOND)
    async with holding(house.resources, house.meera, house.number.id):
        waiting = asyncio.create_task(ring(house))
        await until_waiting_for_a_lock(house.resources, 1)
        house.clock.wait(SECOND)

    assert await waiting == PermissionMissing(Status.EXPIRED)
    assert house.whatsapp.rung == []


async def test_what_another_server_told_as_run_out_is_not_alive_again_for_one_that_waited(house: House) -> None:
    await allow(house)
    house.clock.wait(WEEK - SECOND)
    before = await log_stands_at(house)
    async with house.resources.database.writing() as session:
        found = call_permissions.of_pair(house.admin.workspace_id, house.number.id, house.meera.id)
        [pair] = await lock_permissions(session, found, house.resources.now)
        waiting = asyncio.create_task(asked(house, content=TEMPLATE))
        await until_waiting_for_a_lock(house.resources, 1)
        house.clock.wait(SECOND)
        pair.now = house.clock.now
        await log.append(session, pair.catch_up())

    await waiting
    assert await told(house, before) == [
        ("CALL_PERMISSION", "TEMPORARY", "EXPIRED", "RAN_OUT"),
        ("PERMISSION_REQUEST", None, "QUEUED", "REQUESTED"),
        ("PERMISSION_REQUEST", "QUEUED", "SENT", "REQUESTED"),
        ("CALL_PERMISSION", "EXPIRED", "REQUESTED", "REQUESTED"),
    ]


async def test_news_that_waited_while_the_permission_ran_out_bring_it_to_light_in_its_place(house: House) -> None:
    await allow(house)
    house.clock.wait(WEEK - SECOND)
    before = await log_stands_at(house)
    async with asyncio.TaskGroup() as group, holding(house.resources, house.meera, house.number.id):
        group.create_task(hear(house.resources, meta.dialled("wacid.theirs", house.clock.now, answered_at=None)))
        await until_waiting_for_a_lock(house.resources, 1)
        house.clock.wait(SECOND)

    assert await told(house, before) == [
        ("CALL_PERMISSION", "TEMPORARY", "EXPIRED", "RAN_OUT"),
        ("CALL", None, "NO_ANSWER", "CALL_EVENT"),
    ]


async def test_a_server_whose_clock_is_behind_takes_nothing_back_that_another_has_told(house: House) -> None:
    await allow(house)
    house.clock.wait(WEEK)
    assert await clock.expire(house.resources) == 1
    before = await log_stands_at(house)

    house.clock.wait(-SECOND)
    await hear(house.resources, meta.dialled("wacid.theirs", house.clock.now, answered_at=None))

    assert await told(house, before) == [("CALL", None, "NO_ANSWER", "CALL_EVENT")]
    assert (await permission_of(house.resources, house.meera)).status is Status.EXPIRED


# Several servers tell what has run out


async def test_the_clock_waits_for_nobody_who_is_busy_with_a_customer(house: House) -> None:
    for number, person in enumerate((house.meera, house.caio), 1):
        await asked(house, person)
        delivered = meta.message_moved(f"wamid.{number}", "delivered", NOON, phone=person.phone or "")
        await hear(house.resources, delivered)
    before = await log_stands_at(house)
    house.clock.wait(WEEK)

    async with holding(house.resources, house.meera, house.number.id), asyncio.timeout(60):
        assert await clock.expire(house.resources) == 2
    assert {change.customer_id for change in await log_of(house, before)} == {house.caio.id}

    assert await clock.expire(house.resources) == 2


async def test_of_several_servers_exactly_one_tells_of_each_thing_that_ran_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "AT_ONCE", 3)
    people = [await house.business.customer(phone=f"+9198123{number:05}") for number in range(24)]
    requests = await asyncio.gather(*(asked(house, person) for person in people))
    answers = [
        meta.replied(f"yes.{made.id}", NOON, to=made.message_id, expires_at=NOON + WEEK, phone=person.phone or "")
        for person, made in zip(people, requests, strict=True)
    ]
    await hear(house.resources, *answers)
    before = await log_stands_at(house)
    house.clock.wait(WEEK)

    async with restarted(house) as second, restarted(house) as third:
        fleet = [house.resources, second.resources, third.resources]
        while sum(await asyncio.gather(*(clock.expire(resources) for resources in fleet))):
            pass

    by_subject = Counter((change.kind.value, change.subject_id) for change in await log_of(house, before))
    assert set(by_subject.values()) == {1}
    assert Counter(await told(house, before)) == {
        ("CALL_PERMISSION", "TEMPORARY", "EXPIRED", "RAN_OUT"): 24,
        ("PERMISSION_REQUEST", "ANSWERED", "EXPIRED", "RAN_OUT"): 24,
    }


async def test_of_several_servers_that_pick_up_at_once_only_one_sends(house: House) -> None:
    house.whatsapp.will(Killed())
    with pytest.raises(Killed):
        await ask(house)
    house.whatsapp.state = believing(requests=0)
    house.clock.wait(2 * house.whatsapp.patience)
    async with restarted(house) as second, restarted(house) as third:
        fleet = [house.resources, second.resources, third.resources]
        await asyncio.gather(*(permissions.pick_up(resources) for resources in fleet))

    assert len(house.whatsapp.asked) == 2
    assert (await the_request(house.resources)).message_id == "wamid.2"


# Several servers share what else is due


async def test_of_several_servers_that_give_up_or_close_calls_each_call_is_told_of_once(house: House) -> None:
    people = [await house.business.customer(phone=f"+9198123{number:05}") for number in range(12)]
    for person in people:
        await allow(house, person)
    for number, person in enumerate(people):
        if number % 2:
            house.whatsapp.will(Killed())
            with pytest.raises(Killed):
                await ring(house, person)
        else:
            await rung(house, person)
    before = await log_stands_at(house)
    house.clock.wait(DAY)

    async with restarted(house) as second, restarted(house) as third:
        fleet = [house.resources, second.resources, third.resources]
        duties = (calls.give_up, calls.close_overdue)
        done = await asyncio.gather(*(duty(resources) for duty in duties for resources in fleet))

    assert sum(done) == len(people)
    told_of = Counter(change.subject_id for change in await log_of(house, before) if change.kind is ChangeKind.CALL)
    assert (len(told_of), set(told_of.values())) == (len(people), {1})


@pytest.mark.parametrize("duty", [calls.give_up, permissions.pick_up])
async def test_a_duty_waits_for_nobody_and_leaves_what_is_held_for_the_next_time(house: House, duty: Duty) -> None:
    for person in (house.meera, house.caio):
        await allow(house, person)
        house.whatsapp.will(Killed())
        with pytest.raises(Killed):
            await (ring(house, person) if duty is calls.give_up else ask(house, person))
    house.whatsapp.state = believing(requests=0)
    house.clock.wait(2 * house.whatsapp.patience)

    async with holding(house.resources, house.meera, house.number.id), asyncio.timeout(60):
        assert await duty(house.resources) == 1
    assert await duty(house.resources) == 1
    assert await duty(house.resources) == 0


async def test_of_several_servers_each_kept_delivery_is_processed_again_by_one(house: House) -> None:
    await asked(house)
    bodies = [meta.delivery(meta.replied(f"wamid.{number}", NOON, to="wamid.1")) for number in range(9)]
    async with house.resources.database.writing() as session:
        for body in bodies:
            session.add(WebhookDelivery(sha256=sha256(body).hexdigest(), body=body, received_at=NOON, retry_at=NOON))

    async with restarted(house) as second, restarted(house) as third:
        fleet = [house.resources, second.resources, third.resources]
        assert sum(await asyncio.gather(*(deliveries.retry(resources) for resources in fleet))) == len(bodies)

    async with house.resources.database.reading() as session:
        kept = (await session.exec(select(WebhookDelivery))).all()
    assert {(delivery.attempts, delivery.processed_at, delivery.retry_at) for delivery in kept} == {(1, NOON, None)}


class Crossing:
    """Somebody who takes the workspace's log first and the pair second, so that whoever does not waits in a circle."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._holds_log = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        self._work = asyncio.create_task(self._cross())
        await self._holds_log.wait()

    async def end(self) -> None:
        assert self._work is not None
        await self._work

    async def _cross(self) -> None:
        house = self._house
        async with house.resources.database.writing() as session:
            await session.exec(workspaces.locked(house.business.workspace.id))
            self._holds_log.set()
            await until_waiting_for_a_lock(house.resources, 1)
            # PostgreSQL undoes the work of whoever notices the circle first: that is to be the other one.
            connection = await session.connection()
            await connection.execute(text("SET LOCAL deadlock_timeout = '20s'"))
            found = call_permissions.of_pair(house.business.workspace.id, house.number.id, house.meera.id)
            await lock_permissions(session, found, house.resources.now)


@pytest.mark.parametrize("doing", [asked, rung], ids=["a request", "a call"])
async def test_nobody_waits_for_whoever_learns_a_customers_names(
    house: House, doing: Callable[[House], Awaitable[object]]
) -> None:
    await allow(house)
    async with house.resources.database.writing() as session, asyncio.timeout(60):
        customer = await session.get_one(Customer, (house.meera.workspace_id, house.meera.id))
        customer.phone, customer.external_id = "+918045550199", "another"
        customer.whatsapp_user_id, customer.whatsapp_parent_user_id = "IN.another", "IN.ENT.another"
        await session.flush()  # the row is as if it were so, for as long as this goes on
        await doing(house)
    assert len(house.whatsapp.said) == 1


async def test_a_request_whose_reserving_the_database_undoes_goes_out_all_the_same(house: House) -> None:
    await allow(house)
    crossing = Crossing(house)
    await crossing.begin()

    made = await asked(house)

    await crossing.end()
    assert (made.status, len(house.whatsapp.asked)) == (RequestStatus.SENT, 1)


@pytest.mark.parametrize("doing", [asked, rung], ids=["a request", "a call"])
async def test_what_whatsapp_has_taken_is_written_down_also_where_the_database_undoes_that_once(
    house: House, doing: Callable[[House], Awaitable[object]]
) -> None:
    await allow(house)
    crossing = Crossing(house)
    house.whatsapp.meanwhile = lambda _said: crossing.begin()

    await doing(house)

    await crossing.end()
    assert len(house.whatsapp.said) == 1
    if doing is asked:
        assert (await the_request(house.resources)).message_id == "wamid.1"
    else:
        assert (await the_call(house.resources)).whatsapp_call_id == "wacid.1"
