"""What webhook endpoints are told, and when: real HTTP to a receiver, a clock that is moved."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Any

import pytest
import pytest_asyncio

from actions import post as posting
from actions import webhook_messages
from actions.post import RefusedAddressError
from graph import payloads, subscriptions
from graph.nodes import shown_permission
from models.change import Cause, ChangeKind
from rules.webhooks import PATIENCE, DeliveryStatus
from server import postman, scheduler
from server.app import Secrets, close, resources_of
from server.settings import Settings
from tests.actions.doing import allow, decline, log_of, rung
from tests.graph.hearing import join
from tests.graph.hearing import opened as listening_in
from tests.ground.house import DAY, HOUR, MINUTE, SECOND, House, open_business
from tests.ground.receiver import HANGS, Receiver, Says, receiving

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

NO = Says(500, body=b"not now")
LONGEST_JITTER = 1.1


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Give SQLite alone; what servers share is in test_webhook_crashes.py."""
    return sqlite_url


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


# --- What is told ---


async def test_what_a_stream_pushes_is_posted_by_a_server_that_runs(house: House, receiver: Receiver) -> None:
    secret = (await listen(house.business, receiver, PERMISSIONS, "callPermissionChanged")).secret
    leaving = asyncio.Event()
    async with listening_in(house) as hub, asyncio.TaskGroup() as running:
        ear = await join(hub, house, document=PERMISSIONS)
        running.create_task(scheduler.run(house.resources, leaving))
        for happens in (allow, decline):  # one after the other: each shows the permission as it is by then
            await happens(house)
            await receiver.has(len(ear.told) + 1)
            numbers = [one.sequence for one in await log_of(house) if one.kind is ChangeKind.CALL_PERMISSION]
            await ear.has(numbers[-1])
        leaving.set()
    told = [got.verified(secret, house.clock.now) for got in receiver.got]
    assert [one["data"] for one in told] == [one["data"] for one in ear.told]
    assert {(one["type"], one["timestamp"]) for one in told} == {("callPermissionChanged", "2026-11-20T12:00:00Z")}
    assert {frozenset(one) for one in told} == {frozenset({"type", "timestamp", "data"})}
    assert {got.headers["content-type"] for got in receiver.got} == {"application/json"}
    assert {one.status for one in await messages(house.resources)} == {DeliveryStatus.DELIVERED}


async def test_only_what_the_subscription_asks_for_is_told_in_the_order_of_the_log(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postman, "AT_ONCE", 1)
    monkeypatch.setattr(webhook_messages, "AT_ONCE", 3)
    await listen(house.business, receiver, PERMISSIONS, "callPermissionChanged", statuses=["TEMPORARY"])
    for _ in range(3):
        house.clock.wait(SECOND)
        await allow(house)
        await happen(house)
        house.clock.wait(SECOND)
        await decline(house)
    while await webhook_messages.next_reading(house.resources) is not None:
        await write(house.resources)
    await post(house.resources)
    told = [got.read["data"]["callPermissionChanged"] for got in receiver.got]
    assert [one["status"] for one in told] == ["TEMPORARY"] * 3
    assert [one["occurredAt"] for one in told] == [f"2026-11-20T12:00:0{second}Z" for second in (1, 3, 5)]
    own = await endpoint(house.resources)
    assert own.position == (await log_of(house))[-1].sequence


async def test_what_only_the_holder_of_a_token_may_see_is_never_told(house: House, receiver: Receiver) -> None:
    await listen(house.business, receiver, "subscription { callChanged { call { id sdpAnswer } } }", "callChanged")
    await allow(house)
    await rung(house)
    await deliver(house.resources)
    assert receiver.got
    assert {got.read["data"]["callChanged"]["call"]["sdpAnswer"] for got in receiver.got} == {None}


async def test_nothing_of_another_workspace_is_told(house: House, receiver: Receiver) -> None:
    other = await open_business(
        house.resources, "Rival", phone_number_id="1002003004005", display_phone_number="+918045550199"
    )
    async with receiving() as theirs:
        await listen(house.business, receiver)
        await listen(other, theirs)
        await happen(house, 2)
        await other.customer()
        await deliver(house.resources)
        assert (len(receiver.got), len(theirs.got)) == (2, 1)


async def test_a_payload_that_is_too_large_is_told_of(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payloads, "LARGEST_PAYLOAD", 60)
    await listen(house.business, receiver)
    await happen(house)
    await deliver(house.resources)
    [got] = receiver.got
    assert (got.read["type"], got.read["data"]) == ("changes", None)
    assert got.read["errors"][0]["message"].startswith("The payload has ")


@pytest.mark.parametrize("failures", [1, 2, 3])
async def test_what_fails_on_our_side_is_tried_again_three_times_before_its_error_is_told(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    show, left = shown_permission, [failures]

    def fail_at_first(*given: Any) -> Any:
        if left[0] > 0:
            left[0] -= 1
            raise OSError("the disk is away")
        return show(*given)

    monkeypatch.setattr(subscriptions, "shown_permission", fail_at_first)
    await listen(house.business, receiver, PERMISSIONS, "callPermissionChanged")
    await allow(house)
    await decline(house)
    await deliver(house.resources)
    told = [got.read for got in receiver.got]
    assert len(told) == (2 if failures < payloads.MOST_TRIES else 1 + len([one for one in told if "errors" not in one]))
    assert ["errors" in one for one in told].count(True) == (failures == payloads.MOST_TRIES)
    assert "disk" not in str(told)


# --- When it is not taken ---


async def test_what_is_not_taken_is_tried_with_growing_patience_and_given_up_in_the_end(
    house: House, receiver: Receiver
) -> None:
    await listen(house.business, receiver)
    await happen(house)
    await write(house.resources)
    for patience in PATIENCE:
        receiver.says = [NO]
        await post(house.resources)
        first = (await messages(house.resources))[0]
        assert first.status is DeliveryStatus.WAITING
        assert (first.response_status, first.response_body) == (500, "not now")
        assert first.failure == "The endpoint answered 500."
        assert first.next_attempt_at is not None
        waits = first.next_attempt_at - house.clock.now
        assert patience <= waits <= patience * LONGEST_JITTER
        await happen(house)
        await deliver(house.resources)  # what comes later is taken, and is not held up
        assert (await endpoint(house.resources)).failing_since is None
        house.clock.wait(waits - SECOND)
        before = len(receiver.got)
        await post(house.resources)
        assert len(receiver.got) == before
        house.clock.wait(SECOND)
    receiver.says = [NO]
    await post(house.resources)

    given_up, *others = await messages(house.resources)
    assert (given_up.status, given_up.attempts, given_up.next_attempt_at) == (DeliveryStatus.FAILED, 10, None)
    assert {one.status for one in others} == {DeliveryStatus.DELIVERED}
    assert receiver.ids.count(given_up.public_id) == 10
    assert len({got.headers["webhook-timestamp"] for got in receiver.got if got.id == given_up.public_id}) == 10
    assert (await endpoint(house.resources)).enabled
    again = await webhook_messages.retry(house.resources, house.admin, given_up.id)
    assert (again.status, again.failures) == (DeliveryStatus.WAITING, 0)  # type: ignore[union-attr] # it would fail
    await post(house.resources)
    assert receiver.got[-1].id == given_up.public_id
    assert (await messages(house.resources))[0].status is DeliveryStatus.DELIVERED


async def test_who_asks_to_be_left_alone_is(house: House, receiver: Receiver) -> None:
    await listen(house.business, receiver)
    receiver.says = [Says(429, {"retry-after": "7200"}), Says(503, {"retry-after": "1"})]
    await happen(house)
    await deliver(house.resources)
    assert (await message(house.resources)).next_attempt_at == house.clock.now + 2 * HOUR
    house.clock.wait(2 * HOUR)
    await post(house.resources)
    next_attempt_at = (await message(house.resources)).next_attempt_at
    assert next_attempt_at is not None
    assert next_attempt_at >= house.clock.now + 5 * MINUTE


async def test_an_endpoint_where_nothing_arrives_for_three_days_is_switched_off_and_told_and_misses_nothing(
    house: House, receiver: Receiver
) -> None:
    await listen(house.business, receiver)
    begin, began = (await log_of(house))[-1].sequence, house.clock.now
    async with receiving() as watching:
        await listen(house.business, watching, "subscription { changes(kinds: [WEBHOOK_ENDPOINT]) { cause status } }")
        receiver.always = NO
        await happen(house, 3)
        await deliver(house.resources)
        while (moment := await webhook_messages.next_attempt(house.resources)) is not None:
            house.clock.now = max(moment, house.clock.now)
            await post(house.resources)
        assert 3 * DAY <= house.clock.now - began <= 4 * DAY

        off = await endpoint(house.resources, receiver)
        assert (off.enabled, off.disabled_at, off.problem) == (False, house.clock.now, webhook_messages.DEAD)
        told = (await log_of(house))[-1]
        assert (told.kind, told.cause, told.subject_id) == (ChangeKind.WEBHOOK_ENDPOINT, Cause.SWITCHED_OFF, off.id)
        assert (told.previous_status, told.status, told.actor) == ("ENABLED", "DISABLED", None)
        await deliver(house.resources)
        assert watching.got[-1].read["data"]["changes"] == {"cause": "SWITCHED_OFF", "status": "DISABLED"}

        tried = len(receiver.got)
        await happen(house, 2)
        await deliver(house.resources)
        house.clock.wait(10 * DAY)
        await deliver(house.resources)
        assert len(receiver.got) == tried

        receiver.always = Says()
        await switch_on(house, receiver)
        await deliver(house.resources)
    taken = [one for one in await messages(house.resources) if one.endpoint_id == off.id]
    assert {one.status for one in taken} == {DeliveryStatus.DELIVERED}
    assert [one.sequence for one in taken] == list(range(begin + 1, (await log_of(house))[-1].sequence + 1))
    assert sorted(receiver.ids[tried:]) == sorted(one.public_id for one in taken)
    on = await endpoint(house.resources, receiver)
    assert (on.enabled, on.problem, on.disabled_at, on.failing_since) == (True, None, None, None)


async def test_who_says_it_is_gone_is_switched_off_at_once(house: House, receiver: Receiver) -> None:
    await listen(house.business, receiver)
    receiver.says = [Says(410)]
    await happen(house, 2)
    await deliver(house.resources)
    off = await endpoint(house.resources)
    assert (off.enabled, off.problem) == (False, webhook_messages.GONE)
    assert [one.next_attempt_at for one in await messages(house.resources)] == [None, None]
    await switch_on(house)
    await post(house.resources)
    assert {one.status for one in await messages(house.resources)} == {DeliveryStatus.DELIVERED}


async def test_while_nothing_arrives_one_is_tried_at_a_time_and_with_the_first_success_all_come(
    house: House, receiver: Receiver
) -> None:
    await listen(house.business, receiver)
    await happen(house, 6)
    await write(house.resources)
    own = await endpoint(house.resources)
    key = own.workspace_id, own.id
    claimed = await webhook_messages.claim(house.resources, key, 4)
    assert len(claimed) == 4
    receiver.always = NO
    for sending in claimed:
        await webhook_messages.attempt(house.resources, sending)
    assert len(await webhook_messages.claim(house.resources, key, 4)) == 1
    receiver.always = Says()
    house.clock.wait(2 * MINUTE)
    await post(house.resources)
    assert {one.status for one in await messages(house.resources)} == {DeliveryStatus.DELIVERED}


async def test_a_slow_endpoint_holds_up_no_other_and_is_not_overrun(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "PATIENCE_SECONDS", 60.0)
    leaving = asyncio.Event()
    async with receiving(always=HANGS) as slow, asyncio.TaskGroup() as running:
        await listen(house.business, slow)
        await listen(house.business, receiver)
        running.create_task(scheduler.run(house.resources, leaving))
        await happen(house, 12)
        await receiver.has(12)
        await slow.has(postman.AT_ONCE)
        assert slow.most_at_once == postman.AT_ONCE
        begun = [one for one in await messages(house.resources) if one.public_id in slow.ids]
        assert [(one.status, one.next_attempt_at) for one in begun] == [
            (DeliveryStatus.WAITING, house.clock.now + webhook_messages.SENDING_LEASE)
        ] * postman.AT_ONCE
        leaving.set()
        slow.close()
    assert len(slow.got) == postman.AT_ONCE


async def test_a_server_that_leaves_finishes_what_it_has_begun_to_send_and_begins_nothing(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "PATIENCE_SECONDS", 60.0)
    receiver.always = HANGS
    await listen(house.business, receiver)
    await happen(house, 6)
    await write(house.resources)
    leaving = asyncio.Event()
    async with asyncio.TaskGroup() as running:
        running.create_task(scheduler.run(house.resources, leaving))
        await receiver.has(4)
        leaving.set()
        receiver.close()
    attempts = [one.attempts for one in await messages(house.resources)]
    assert attempts == [1, 1, 1, 1, 0, 0]


async def test_a_document_that_is_none_any_more_switches_its_endpoint_off(house: House, receiver: Receiver) -> None:
    await listen(house.business, receiver, "subscription { wasThereOnce { cursor } }", "wasThereOnce")
    await happen(house)
    await deliver(house.resources)
    off = await endpoint(house.resources)
    assert off.problem is not None
    assert off.problem.startswith("Its document cannot be subscribed with any more: Cannot query field 'wasThereOnce'")
    assert (off.enabled, receiver.got) == (False, [])


async def test_only_where_the_settings_say_so_is_anything_sent_to_a_private_address(sqlite_url: str) -> None:
    for allowed in (False, True):
        settings = Settings(
            database_url=sqlite_url, sandbox=True, webhooks_allow_private=allowed, webhook_deliveries_kept_days=3
        )
        resources = resources_of(settings, Secrets.of(settings), "http://maycall")
        try:
            assert resources.messages_kept == 3 * DAY
            with nullcontext() if allowed else pytest.raises(RefusedAddressError):
                await resources.post.check("http://127.0.0.1:8080/hook")
        finally:
            await close(resources)
