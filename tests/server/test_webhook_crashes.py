"""Nothing is left out and nothing written twice: across crashes, servers, pruning and deletion."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import update
from sqlmodel import col

from actions import deletion, retention, webhook_endpoints, webhook_messages
from actions.webhook_endpoints import Wishes
from graph import payloads
from graph.schema import schema
from models.workspace import Workspace
from rules.refusals import WebhookPlaceLost
from rules.webhooks import DeliveryStatus
from server import scheduler
from tests.actions.doing import allow, log_of, restarted
from tests.ground.house import DAY, SECOND, House
from tests.ground.receiver import Receiver, Says, receiving

from .webhooks import (
    PERMISSIONS,
    deliver,
    endpoint,
    happen,
    listen,
    message,
    messages,
    post,
    switch_on,
    write,
)


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    """Give PostgreSQL, where servers meet; the same code sends on SQLite in test_webhook_sending.py."""
    return postgresql_url


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


async def test_what_was_written_down_before_a_crash_is_sent_by_another_server(house: House, receiver: Receiver) -> None:
    await listen(house.business, receiver)
    await happen(house, 3)
    await write(house.resources)
    async with restarted(house) as other:
        await deliver(other.resources)
    assert sorted(receiver.ids) == sorted(one.public_id for one in await messages(house.resources))


async def test_what_a_server_took_to_send_before_a_crash_is_sent_by_another_when_its_lease_ends(
    house: House, receiver: Receiver
) -> None:
    await listen(house.business, receiver)
    await happen(house)
    await write(house.resources)
    own = await endpoint(house.resources)
    [sending] = await webhook_messages.claim(house.resources, (own.workspace_id, own.id), 4)
    async with restarted(house) as other:
        await deliver(other.resources)
        assert receiver.got == []
        house.clock.wait(webhook_messages.SENDING_LEASE)
        await deliver(other.resources)
        assert receiver.ids == [sending.message.public_id]
        # And had the first server only been slow, its word that it failed would come too late to count.
        receiver.says = [Says(500)]
        await webhook_messages.attempt(house.resources, sending)
    done = await message(house.resources)
    assert (done.status, done.attempts, done.next_attempt_at) == (DeliveryStatus.DELIVERED, 1, None)
    assert (await endpoint(house.resources)).failing_since is None


async def test_what_was_sent_and_not_noted_before_a_crash_is_sent_again_under_the_same_id(
    house: House, receiver: Receiver
) -> None:
    await listen(house.business, receiver)
    await happen(house)
    await write(house.resources)
    own = await endpoint(house.resources)
    [sending] = await webhook_messages.claim(house.resources, (own.workspace_id, own.id), 4)
    headers = webhook_messages.signed(house.resources, own, sending.message, house.clock.now)
    await house.resources.post.send(own.url, sending.message.payload, headers, house.clock.now)
    house.clock.wait(webhook_messages.SENDING_LEASE)
    await deliver(house.resources)
    assert receiver.ids == [sending.message.public_id] * 2
    assert receiver.got[0].body == receiver.got[1].body


async def test_what_a_server_read_before_a_crash_is_written_down_once_by_another(
    house: House, receiver: Receiver
) -> None:
    await listen(house.business, receiver)
    await happen(house, 2)
    own = await endpoint(house.resources)
    reading = await webhook_messages.read(house.resources, (own.workspace_id, own.id))
    assert reading is not None
    late = [webhook_messages.Written(change, b"{}") for change in reading.changes]
    async with restarted(house) as other:
        assert await write(other.resources) == 0
        assert await webhook_messages.next_reading(other.resources) == (
            house.clock.now + webhook_messages.READING_LEASE
        )
        house.clock.wait(webhook_messages.READING_LEASE)
        assert await write(other.resources) == 2
    assert await webhook_messages.record(house.resources, reading, late) == 0
    written = await messages(house.resources)
    assert [one.sequence for one in written] == [change.sequence for change in reading.changes]
    assert all(one.payload != b"{}" for one in written)


@pytest.mark.parametrize("wishes", [Wishes(enabled=False), Wishes(position=0)])
async def test_what_was_read_for_an_endpoint_that_was_changed_meanwhile_is_not_written_down(
    house: House, receiver: Receiver, wishes: Wishes
) -> None:
    await listen(house.business, receiver)
    await happen(house)
    own = await endpoint(house.resources)
    reading = await webhook_messages.read(house.resources, (own.workspace_id, own.id))
    assert reading is not None
    await webhook_endpoints.update(house.resources, house.admin, own.id, wishes)
    late = [webhook_messages.Written(change, b"{}") for change in reading.changes]
    assert await webhook_messages.record(house.resources, reading, late) == 0
    assert await messages(house.resources) == []
    await webhook_endpoints.update(house.resources, house.admin, own.id, Wishes(enabled=True))
    await deliver(house.resources)
    assert len(receiver.got) == (await log_of(house))[-1].sequence - (
        own.position if wishes.position is None else wishes.position
    )


async def test_servers_share_the_work_and_each_thing_is_sent_once(house: House, receiver: Receiver) -> None:
    async with restarted(house) as second, restarted(house) as third:
        await listen(house.business, receiver)
        leaving = asyncio.Event()
        async with asyncio.TaskGroup() as running:
            fleet = [house, second, third]
            for server in fleet:
                running.create_task(scheduler.run(server.resources, leaving))
            for _ in range(20):
                await happen(house)
                for server in fleet:
                    await server.resources.feed.announce(house.business.workspace.id)
            await receiver.has(20)
            leaving.set()
        sent = await messages(house.resources)
        assert [one.sequence for one in sent] == [change.sequence for change in (await log_of(house))[-20:]]
        assert Counter(receiver.ids) == Counter(one.public_id for one in sent)
        assert {(one.status, one.attempts) for one in sent} == {(DeliveryStatus.DELIVERED, 1)}


# --- What is no longer kept, and what may not be ---


async def test_an_endpoint_whose_place_in_the_log_is_gone_is_switched_off_and_told(
    house: House, receiver: Receiver
) -> None:
    await listen(house.business, receiver)
    await happen(house, 2)
    own = await endpoint(house.resources)
    async with house.resources.database.writing() as session:
        workspace_id = house.business.workspace.id
        await session.exec(
            update(Workspace).where(col(Workspace.id) == workspace_id).values(pruned_to=own.position + 1)
        )
    await deliver(house.resources)
    off = await endpoint(house.resources)
    assert (off.enabled, off.problem, receiver.got) == (False, webhook_messages.LOST, [])
    refused = await webhook_endpoints.update(house.resources, house.admin, own.id, Wishes(enabled=True))
    assert refused == WebhookPlaceLost()
    assert not (await endpoint(house.resources)).enabled
    wishes = Wishes(enabled=True, position=own.position + 1)
    await webhook_endpoints.update(house.resources, house.admin, own.id, wishes)
    await deliver(house.resources)
    assert len(receiver.got) == 3  # the second thing that happened, that it was switched off, and on


async def test_what_was_told_long_ago_is_thrown_away_and_what_waits_is_not(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_messages, "PRUNED_AT_ONCE", 2)
    await listen(house.business, receiver)
    await happen(house, 5)
    await deliver(house.resources)
    receiver.always = Says(410)
    await happen(house)
    await deliver(house.resources)
    keeping = replace(house.resources, messages_kept=7 * DAY)
    house.clock.wait(7 * DAY)
    assert await retention.Retention().run(keeping) == 0
    house.clock.wait(SECOND)
    assert await retention.Retention().run(keeping) == 5
    assert (await message(house.resources)).status is DeliveryStatus.WAITING
    receiver.always = Says()
    await switch_on(house)
    await post(house.resources)
    assert (await message(house.resources)).status is DeliveryStatus.DELIVERED


async def test_with_a_customer_goes_what_endpoints_were_told_and_were_to_be_told_of_them(
    house: House, receiver: Receiver
) -> None:
    await listen(house.business, receiver, PERMISSIONS, "callPermissionChanged")
    await allow(house)
    await allow(house, house.caio)
    await deliver(house.resources)
    house.clock.wait(timedelta(days=1))
    await allow(house, lasting=None)
    await write(house.resources)
    own = await endpoint(house.resources)
    await allow(house, lasting=timedelta(days=2))
    reading = await webhook_messages.read(house.resources, (own.workspace_id, own.id))
    assert reading is not None
    late = [webhook_messages.Written(change, b"{}") for change in reading.changes if change.customer_id]
    assert {one.change.customer_id for one in late} == {house.meera.id}
    await deletion.delete(house.resources, house.admin, house.meera.id)
    assert await webhook_messages.record(house.resources, reading, late) == 0
    assert [one.customer_id for one in await messages(house.resources)] == [house.caio.id]


async def test_that_a_customer_was_deleted_is_told(house: House, receiver: Receiver) -> None:
    document = "subscription { changes(kinds: [CUSTOMER]) { status customer { name } node { id } } }"
    await listen(house.business, receiver, document)
    await happen(house)
    await deletion.delete(house.resources, house.admin, house.meera.id)
    await payloads.write(schema, lambda: None, house.resources)
    await post(house.resources)
    assert [got.read["data"]["changes"] for got in receiver.got] == [
        {"status": "DELETED", "customer": None, "node": None}
    ]
