import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlmodel import col

from actions import customers, retention
from actions.resources import Resources
from models import change as changes
from models import workspace as workspaces
from models.change import Cause, Change, ChangeKind
from tests.ground.house import DAY, HOUR, MINUTE, NOON, SECOND, House

from . import meta
from .doing import allow, asked, hear, log_of, restarted, rung

KEPT_FOR = 30 * DAY
PROVES = {ChangeKind.CALL_PERMISSION, ChangeKind.PERMISSION_REQUEST}


def keeping(house: House) -> Resources:
    return replace(house.resources, log_kept=KEPT_FOR)


async def live_a_little(house: House) -> None:
    """Ask, hear yes, call, edit: something of every kind is in the log."""
    await asked(house)
    await allow(house)
    placed = await rung(house)
    await hear(house.resources, meta.terminated("wacid.1", NOON + MINUTE, opaque=f"call:{placed.id}"))
    await customers.update(house.resources, house.admin, house.meera.id, {"name": "Meera K"})


async def left(house: House) -> Sequence[Change]:
    async with house.resources.database.reading() as session:
        own = changes.of_workspace(house.business.workspace.id).order_by(col(Change.sequence))
        return (await session.exec(own)).all()


async def pruned_to(house: House) -> int:
    async with house.resources.database.reading() as session:
        return (await session.exec(workspaces.pruned_to(house.business.workspace.id))).one()


def proves_consent(change: Change) -> bool:
    return change.kind in PROVES or (change.kind is ChangeKind.CUSTOMER and change.cause is not Cause.UPDATED)


@pytest.mark.parametrize("at_once", [1, 3, 1000])
async def test_what_was_kept_long_enough_goes_but_for_what_proves_consent(
    house: House, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", at_once)
    await live_a_little(house)
    old = await log_of(house)
    assert {change.kind for change in old} == set(ChangeKind) - {ChangeKind.WEBHOOK_ENDPOINT}
    house.clock.wait(KEPT_FOR)
    await customers.update(house.resources, house.admin, house.meera.id, {"name": "Meera Kulkarni"})
    young = (await log_of(house))[len(old) :]
    house.clock.wait(SECOND)

    gone = await retention.prune(keeping(house))

    assert gone == sum(not proves_consent(change) for change in old) > 0
    assert await left(house) == [change for change in old if proves_consent(change)] + list(young)
    assert await pruned_to(house) == len(old)
    assert await retention.prune(keeping(house)) == 0


async def test_without_a_setting_the_log_is_kept_for_ever(house: House) -> None:
    await live_a_little(house)
    before = await log_of(house)
    house.clock.wait(10_000 * DAY)
    duty = retention.Retention()
    assert await duty.run(house.resources) == 0
    assert await log_of(house) == before
    assert await pruned_to(house) == 0


async def test_the_clock_looks_at_the_start_and_then_every_hour(house: House) -> None:
    duty, resources = retention.Retention(), keeping(house)
    assert await duty.next_moment(resources) == house.clock.now
    await duty.run(resources)
    assert await duty.next_moment(resources) == house.clock.now + HOUR


async def test_several_servers_prune_side_by_side_without_waiting_for_each_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    await live_a_little(house)
    old = await log_of(house)
    house.clock.wait(KEPT_FOR + SECOND)

    async with restarted(house) as second, restarted(house) as third:
        fleet = [keeping(one) for one in (house, second, third)]
        gone = sum(await asyncio.gather(*(retention.prune(resources) for resources in fleet)))

    assert gone == sum(not proves_consent(change) for change in old)
    assert await left(house) == [change for change in old if proves_consent(change)]
    assert await pruned_to(house) == len(old)


@pytest.mark.usefixtures("on_postgresql")
async def test_a_server_that_finds_another_pruning_leaves_it_to_that(house: House) -> None:
    await live_a_little(house)
    house.clock.wait(KEPT_FOR + SECOND)
    async with house.resources.database.writing() as session, asyncio.timeout(60):
        assert (await session.exec(changes.claimed(house.business.workspace.id, 1))).one() == 1
        async with restarted(house) as other:
            assert await retention.prune(keeping(other)) == 0
    assert await pruned_to(house) == 0


@pytest.fixture
def on_postgresql(house: House) -> None:
    """Leave out SQLite, where writers take turns from the start."""
    if house.resources.database.url.get_backend_name() == "sqlite":
        pytest.skip("On SQLite writers take turns.")
