"""Two servers that ask WhatsApp: on PostgreSQL, where they really are beside each other."""

import asyncio

import pytest

from actions import errands
from actions.verification import verify_most_urgent
from rules.permission import Status
from tests.ground.house import DAY, House
from whatsapp.cloud_api import PermissionState
from whatsapp.fake import StateAsked

from .doing import allow, only_for, restarted


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    """Give PostgreSQL alone: several servers share no SQLite."""
    return postgresql_url


async def test_of_two_servers_only_one_asks_about_a_permission(house: House) -> None:
    people = [await house.business.customer(phone=f"+9198123010{number:02}") for number in range(6)]
    for person in people:
        await allow(house, person, lasting=None)
    house.clock.wait(DAY)
    house.whatsapp.state = PermissionState(Status.PERMANENT, None, (), ())
    both_are_asking = asyncio.Barrier(2)
    house.whatsapp.meanwhile = only_for(StateAsked, lambda: asyncio.wait_for(_passed(both_are_asking), 10))

    async with restarted(house) as other:
        await asyncio.gather(errands.run(house.resources), errands.run(other.resources))

    asked = [said.recipient.phone for said in house.whatsapp.consulted]
    assert sorted(asked, key=str) == [person.phone for person in people]


async def _passed(barrier: asyncio.Barrier) -> None:
    await barrier.wait()


async def test_whoever_asks_holds_no_lock_and_yet_nobody_else_asks(house: House) -> None:
    await allow(house, lasting=None)
    house.clock.wait(DAY)
    house.whatsapp.state = PermissionState(Status.PERMANENT, None, (), ())
    seen = []

    number = (house.number.workspace_id, house.number.id)

    async def meanwhile() -> None:
        seen.append(await verify_most_urgent(house.resources, *number))

    house.whatsapp.meanwhile = only_for(StateAsked, meanwhile)
    assert await verify_most_urgent(house.resources, *number)
    assert seen == [False]
