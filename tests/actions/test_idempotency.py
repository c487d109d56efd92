"""An idempotency key: the first result again for a day, whoever asks of whichever server; then it is free."""

import asyncio
from dataclasses import replace

import pytest

from actions import calls, permissions
from actions.idempotency import KEPT
from models.call import Call
from models.permission_request import PermissionRequest
from rules.refusals import CallInProgress, IdempotencyKeyReused
from rules.request import RequestStatus
from tests.ground.house import DAY, SECOND, House, open_business
from whatsapp.cloud_api import FreeForm

from .doing import (
    Killed,
    allow,
    ask,
    asked,
    asking,
    believing,
    calls_of,
    placing,
    requests_of,
    restarted,
    ring,
    rung,
    the_call,
    the_request,
)

COPIES = 30


async def test_thirty_copies_to_two_servers_at_once_ask_once_and_get_the_same_request(house: House) -> None:
    """Those of SQLite, which serves one process, come to one."""
    async with restarted(house) as other:
        servers = [house, other if house.resources.database.url.get_backend_name() == "postgresql" else house]
        for server in servers:  # connections that are open already let all of them come to the lock at once
            await asyncio.gather(*(asked_nothing(server) for _ in range(COPIES // 2)))
        results = await asyncio.gather(*(asked(servers[number % 2], key="one") for number in range(COPIES)))
    assert len(house.whatsapp.asked) == 1
    assert {result.id for result in results} == {(await the_request(house.resources)).id}


async def test_thirty_copies_of_a_call_to_two_servers_at_once_ring_once_and_get_the_same_call(house: House) -> None:
    await allow(house)
    async with restarted(house) as other:
        servers = [house, other if house.resources.database.url.get_backend_name() == "postgresql" else house]
        for server in servers:
            await asyncio.gather(*(asked_nothing(server) for _ in range(COPIES // 2)))
        results = await asyncio.gather(*(rung(servers[number % 2], key="one") for number in range(COPIES)))
    assert len(house.whatsapp.rung) == 1
    assert {result.id for result in results} == {(await the_call(house.resources)).id}


async def asked_nothing(house: House) -> None:
    async with house.resources.database.reading() as session:
        await session.connection()


async def test_copies_that_come_while_the_first_ones_server_dies_get_what_it_began_and_send_nothing(
    house: House,
) -> None:
    house.whatsapp.will(Killed())
    with pytest.raises(Killed):
        await ask(house, key="one")
    begun = await the_request(house.resources)
    async with restarted(house) as later:
        copies = await asyncio.gather(*(asked(later, key="one") for _ in range(COPIES)))
        assert {(copy.id, copy.status) for copy in copies} == {(begun.id, RequestStatus.QUEUED)}
        assert len(house.whatsapp.asked) == 1
        later.whatsapp.state = believing(requests=0)
        later.clock.wait(2 * later.whatsapp.patience)
        await permissions.pick_up(later.resources)
        assert {copy.status for copy in [await asked(later, key="one")]} == {RequestStatus.SENT}
    assert len(await requests_of(house.resources)) == 1


async def test_a_key_is_kept_for_a_day_and_then_free(house: House) -> None:
    first = await asked(house, key="one")
    house.clock.wait(KEPT - SECOND)
    assert (await asked(house, key="one")).id == first.id
    assert isinstance(await ask(house, key="one", content=FreeForm("Otherwise?")), IdempotencyKeyReused)
    assert isinstance(await ask(house, house.caio, key="one"), IdempotencyKeyReused)
    house.clock.wait(SECOND)
    second = await asked(house, house.caio, key="one")
    assert second.id != first.id
    assert (await asked(house, house.caio, key="one")).id == second.id
    assert isinstance(await ask(house, key="one"), IdempotencyKeyReused)
    assert len(house.whatsapp.asked) == 2
    assert [made.idempotency_key for made in await requests_of(house.resources)] == [None, "one"]


async def test_the_key_of_a_call_is_kept_for_a_day_and_then_free(house: House) -> None:
    await allow(house)
    first = await rung(house, key="one")
    house.clock.wait(DAY - SECOND)
    assert (await rung(house, key="one")).id == first.id
    house.clock.wait(SECOND)
    again = await ring(house, key="one")
    assert isinstance(again, Call | CallInProgress)
    assert not isinstance(again, Call) or again.id != first.id


async def test_copies_of_a_key_that_has_just_become_free_are_sent_once(house: House) -> None:
    await asked(house, key="one")
    house.clock.wait(KEPT)
    results = await asyncio.gather(*(asked(house, house.caio, key="one") for _ in range(COPIES)))
    assert len({result.id for result in results}) == 1
    assert len(house.whatsapp.asked) == 2


async def test_a_key_means_nothing_to_another_workspace_and_the_same_to_another_token(house: House) -> None:
    first = await asked(house, key="one")
    rival = await open_business(house.resources, "Rival", phone_number_id="99", display_phone_number="+918045550199")
    stranger = await rival.customer(phone="+919812300777")
    theirs = await permissions.request(
        house.resources,
        rival.admin,
        replace(asking(house, stranger, key="one"), business_number_id=rival.number.id),
    )
    assert isinstance(theirs, PermissionRequest)
    assert theirs.id != first.id
    colleague, _ = await house.business.viewer(*house.admin.scopes)
    again = await permissions.request(house.resources, colleague, asking(house, key="one"))
    assert isinstance(again, PermissionRequest)
    assert again.id == first.id
    assert len(house.whatsapp.asked) == 2


async def test_a_key_of_a_request_and_one_of_a_call_are_two(house: House) -> None:
    await asked(house, key="one")
    await allow(house)
    assert isinstance(await calls.start(house.resources, house.admin, placing(house, key="one")), Call)
    assert (len(await requests_of(house.resources)), len(await calls_of(house.resources))) == (1, 1)
