"""Deliveries that come in at once: recorded together, answered each for itself."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import event
from sqlmodel import col, select
from structlog.testing import capture_logs

from actions import deliveries, inbox
from actions.inbox import Inbox
from actions.pair import Pair
from actions.resources import Resources
from models import business_number as business_numbers
from models import call_permission as call_permissions
from models.call_permission import CallPermission
from models.change import Change, ChangeKind
from models.customer import Customer
from models.database import Database
from models.permission_reply import PermissionReply
from models.webhook_delivery import WebhookDelivery
from tests.ground.house import MINUTE, NOON, SECOND, House
from tests.ground.processes import free_port

from . import meta
from .doing import hear, holding, log_of, until_waiting_for_a_lock

PHONES = [f"+9198123{number:05}" for number in range(12)]
BAD = PHONES[7]


def yes(phone: str, at: datetime = NOON) -> meta.Change:
    return meta.replied(f"wamid.{phone}.{at}", at, phone=phone)


async def hear_from(resources: Resources, phones: list[str]) -> None:
    await asyncio.gather(*(hear(resources, yes(phone)) for phone in phones))


@pytest_asyncio.fixture(autouse=True)
async def heard_a_moment_ago(house: House) -> None:
    """Have the number heard of just now, so that nothing is committed but what these tests are about."""
    async with house.resources.database.writing() as session:
        await session.exec(business_numbers.heard(house.business.workspace.id, house.number.id, NOON))


async def kept(house: House) -> list[WebhookDelivery]:
    async with house.resources.database.reading() as session:
        return list(await session.exec(select(WebhookDelivery).order_by(col(WebhookDelivery.id))))


async def heard_of(house: House) -> list[str | None]:
    """List the phones of those whose reply is recorded."""
    workspace_id = house.business.workspace.id
    replies = select(PermissionReply.permission_id).where(col(PermissionReply.workspace_id) == workspace_id)
    replied = call_permissions.of_workspace(workspace_id).where(col(CallPermission.id).in_(replies))
    whose = replied.with_only_columns(col(CallPermission.customer_id))
    phones = select(Customer.phone).where(col(Customer.workspace_id) == workspace_id, col(Customer.id).in_(whose))
    async with house.resources.database.reading() as session:
        return sorted(await session.exec(phones), key=str)


@contextmanager
def counting_commits(database: Database) -> Iterator[list[object]]:
    commits: list[object] = []

    def commit(connection: object) -> None:
        commits.append(connection)

    event.listen(database.engine.sync_engine, "commit", commit)
    try:
        yield commits
    finally:
        event.remove(database.engine.sync_engine, "commit", commit)


async def test_what_comes_in_at_once_is_committed_together(house: House) -> None:
    with counting_commits(house.resources.database) as commits:
        await hear_from(house.resources, PHONES)

    assert len(commits) == 2  # the first went at once, and the others came meanwhile
    assert await heard_of(house) == PHONES
    assert [(own.processed_at, own.attempts, own.skipped) for own in await kept(house)] == [(NOON, 1, [])] * len(PHONES)
    await log_of(house)  # which looks for gaps


async def test_a_delivery_about_more_than_a_thousand_customers_is_one_transaction(house: House) -> None:
    phones = [f"+9197000{number:05}" for number in range(1_100)]  # SQLite takes no condition of a thousand terms
    with counting_commits(house.resources.database) as commits:
        await hear(house.resources, *(yes(phone) for phone in phones))

    assert len(commits) == 1
    assert [own.failure for own in await kept(house)] == [None]
    steps = [change.status for change in await log_of(house) if change.kind is ChangeKind.CALL_PERMISSION]
    assert steps == ["PERMANENT"] * len(phones)


async def test_no_more_go_together_than_fit_into_one_transaction(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "NEWS_AT_ONCE", 5)
    with counting_commits(house.resources.database) as commits:
        await hear_from(house.resources, PHONES)

    assert len(commits) == 1 + 3  # 1, 5, 5 and 1
    assert await heard_of(house) == PHONES


async def test_one_that_cannot_be_recorded_keeps_no_other_from_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, broken = Pair.settle, True

    def settle_or_break(pair: Pair, *given: Any, **named: Any) -> list[Change]:
        if broken and pair.customer.phone == BAD:
            raise RuntimeError("a fault of ours")
        return settle(pair, *given, **named)

    monkeypatch.setattr(Pair, "settle", settle_or_break)
    with capture_logs() as logged:
        await hear_from(house.resources, PHONES)

    assert [line["event"] for line in logged] == ["news_not_recorded"]
    assert await heard_of(house) == [phone for phone in PHONES if phone != BAD]
    failures = [own.failure for own in await kept(house)]
    assert sorted(filter(None, failures)) == ["PermissionReplied: RuntimeError"]
    assert len(failures) == len(PHONES)

    broken = False
    house.clock.wait(MINUTE)
    assert await deliveries.retry(house.resources) == 1
    assert await heard_of(house) == PHONES
    assert [own.failure for own in await kept(house)] == [None] * len(PHONES)


async def test_each_is_told_what_of_it_was_skipped(house: House) -> None:
    unknown = [meta.message_moved(f"wamid.{number}", "read", NOON) for number in range(3)]
    await asyncio.gather(*(hear(house.resources, change) for change in unknown))

    assert [own.skipped for own in await kept(house)] == [
        [f"MessageMoved: no request of ours is the message wamid.{number}"] for number in range(3)
    ]


async def test_one_that_came_before_and_was_not_processed_is_processed_beside_new_ones(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken, capture_logs():
        broken.setattr(Pair, "settle", lambda *_given, **_named: 1 / 0)
        await hear(house.resources, yes(BAD))
    assert await heard_of(house) == []

    await hear_from(house.resources, PHONES)

    assert await heard_of(house) == PHONES
    assert [(own.failure, own.retry_at) for own in await kept(house)] == [(None, None)] * len(PHONES)


async def test_without_a_database_all_are_told_at_once_that_nothing_is_kept(house: House) -> None:
    nowhere = Database(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing")
    cut_off = replace(house.resources, database=nowhere, inbox=Inbox())

    told = await asyncio.gather(*(hear(cut_off, yes(phone)) for phone in PHONES), return_exceptions=True)

    assert [type(error) for error in told] == [ConnectionRefusedError] * len(PHONES)
    await nowhere.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # where one can be kept waiting for a lock
async def test_when_the_one_who_records_is_cancelled_all_are_recorded_by_the_next(house: House) -> None:
    reply = meta.replied("wamid.meera", NOON + SECOND)
    async with holding(house.resources, house.meera, house.number.id):
        first = asyncio.create_task(hear(house.resources, reply))
        await until_waiting_for_a_lock(house.resources, 1)
        others = asyncio.create_task(hear_from(house.resources, PHONES))
        await asyncio.sleep(0)
        first.cancel()
    await others

    assert first.cancelled()
    assert await heard_of(house) == [*PHONES, house.meera.phone]
