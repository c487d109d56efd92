"""Many customers asked for permission together: whoever may be asked, once, and nobody else."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from actions import batches, deletion, permissions
from actions.batches import Asked, AskingMany
from actions.faults import NotFoundError
from actions.idempotency import KEPT
from models.batch_entry import EntryState
from models.customer import Customer
from models.request_batch import RequestBatch
from rules.refusals import IdempotencyKeyReused, RefusalCode, TemplateUnavailable
from tests.ground.house import DAY, HOUR, MINUTE, SECOND, House, open_business
from whatsapp.cloud_api import FreeForm, Refused, Taken, Template, Unreached
from whatsapp.errors import MetaError
from whatsapp.fake import Said

from .doing import (
    TEXT,
    Killed,
    allow,
    asked,
    nothing_written_or_sent,
    requests_of,
    restarted,
)


def many(house: House, *whom: Customer, key: str | None = None, content: Template | FreeForm = TEXT) -> AskingMany:
    chosen = [customer.id for customer in whom or (house.meera, house.caio)]
    return AskingMany(chosen, house.number.id, content, sorted(map(str, chosen)), key)


async def queued(house: House, *whom: Customer, key: str | None = None) -> RequestBatch:
    """Have many asked where nothing stands in the way of all of it."""
    made = await batches.ask(house.resources, house.admin, many(house, *whom, key=key))
    assert isinstance(made, Asked)
    assert made.batch is not None
    return made.batch


async def states(house: House, batch: RequestBatch) -> list[EntryState]:
    async with house.resources.database.reading() as session:
        return [entry.state for entry in await batches.entries_of(session, batch)]


async def people(house: House, how_many: int) -> list[Customer]:
    return [await house.business.customer(phone=f"+9198000{number:05}") for number in range(how_many)]


def in_short(made: object) -> Sequence[tuple[str, str | None]]:
    assert isinstance(made, Asked)
    return [(entry.state.value, entry.code) for entry in made.entries]


async def test_a_dry_run_says_of_each_what_would_come_of_it_and_does_nothing(house: House) -> None:
    await asked(house)
    allows, for_good, new = await people(house, 3)
    await allow(house, allows)
    await allow(house, for_good, lasting=None)
    async with nothing_written_or_sent(house):
        made = await batches.plan(house.resources, house.admin, many(house, house.meera, allows, for_good, new))
        assert await batches.next_due(house.resources) is None
    assert in_short(made) == [
        ("LATER", "REQUEST_LIMIT_REACHED"),
        ("ALREADY_ALLOWED", None),
        ("ALREADY_ALLOWED", None),
        ("WAITING", None),
    ]
    assert isinstance(made, Asked)
    assert made.entries[0].available_at == house.clock.now + DAY


async def test_those_who_can_be_asked_are_queued_at_once_and_asked_by_the_clock(house: House) -> None:
    await asked(house)
    said = len(house.whatsapp.said)
    batch = await queued(house)
    assert len(house.whatsapp.said) == said
    assert await states(house, batch) == [EntryState.LATER, EntryState.WAITING]
    assert await batches.next_due(house.resources) == house.clock.now
    assert await batches.go_on(house.resources) == 1
    assert await states(house, batch) == [EntryState.LATER, EntryState.REQUESTED]
    [_, made] = await requests_of(house.resources)
    assert (made.customer_id, made.requested_by, made.token_id) == (house.caio.id, "admin", house.admin.token_id)
    assert await batches.next_due(house.resources) is None
    assert await batches.go_on(house.resources) == 0


async def test_the_same_key_with_the_same_input_gives_the_first_batch_again(house: House) -> None:
    first = await queued(house, key="k")
    await batches.go_on(house.resources)
    async with nothing_written_or_sent(house):
        again = await batches.ask(house.resources, house.admin, many(house, key="k"))
        assert isinstance(again, Asked)
        assert again.batch is not None
        assert again.batch.id == first.id
        assert in_short(again) == [("REQUESTED", None), ("REQUESTED", None)]
        other = await batches.ask(house.resources, house.admin, many(house, house.meera, key="k"))
        assert other == IdempotencyKeyReused()
        assert await batches.next_due(house.resources) is None


async def test_the_key_of_a_batch_is_free_after_a_day(house: House) -> None:
    first = await queued(house, house.meera, key="k")
    house.clock.wait(KEPT - SECOND)
    assert (await queued(house, house.meera, key="k")).id == first.id
    house.clock.wait(SECOND)
    assert await batches.ask(house.resources, house.admin, many(house, house.meera, key="k")) != IdempotencyKeyReused()
    second = await queued(house, house.meera, key="k")
    assert second.id != first.id


async def test_a_batch_that_is_gone_on_with_after_days_asks_nobody_twice(house: House) -> None:
    await queued(house, house.meera)

    async def die(_said: Said) -> None:
        house.whatsapp.meanwhile = None
        raise Killed

    house.whatsapp.meanwhile = die
    with pytest.raises(Killed):
        await batches.go_on(house.resources)
    async with restarted(house) as later:
        house.clock.wait(2 * KEPT)
        await batches.go_on(later.resources)
        assert len(await requests_of(later.resources)) == 1
    assert len(house.whatsapp.asked) == 1


async def test_the_same_key_many_times_at_once_makes_one_batch(house: House) -> None:
    made = await asyncio.gather(*(batches.ask(house.resources, house.admin, many(house, key="k")) for _ in range(12)))
    assert len({own.batch.id for own in made if isinstance(own, Asked) and own.batch}) == 1
    assert all(isinstance(own, Asked) for own in made)
    assert await batches.go_on(house.resources) == 2
    assert len(await requests_of(house.resources)) == 2


async def test_who_was_asked_or_came_to_allow_meanwhile_is_not_asked_again(house: House) -> None:
    batch = await queued(house)
    await asked(house)
    await allow(house, house.caio)
    said = len(house.whatsapp.said)
    await batches.go_on(house.resources)
    assert await states(house, batch) == [EntryState.LATER, EntryState.ALREADY_ALLOWED]
    assert len(house.whatsapp.said) == said


async def test_two_batches_at_once_ask_each_customer_once(house: House) -> None:
    whom = await people(house, 6)
    mine, yours = await queued(house, *whom), await queued(house, *whom)
    await asyncio.gather(*(batches.go_on(house.resources) for _ in range(3)))
    found = await states(house, mine) + await states(house, yours)
    assert sorted(found) == [EntryState.LATER] * 6 + [EntryState.REQUESTED] * 6
    assert len(await requests_of(house.resources)) == 6


async def test_a_deleted_customer_is_not_asked(house: House) -> None:
    batch = await queued(house)
    await deletion.delete(house.resources, house.admin, house.meera.id)
    await batches.go_on(house.resources)
    assert await states(house, batch) == [EntryState.REQUESTED]
    assert len(house.whatsapp.said) == 1


async def test_what_whatsapp_refuses_is_told_of_that_customer_and_keeps_no_other_back(house: House) -> None:
    [new] = await people(house, 1)
    batch = await queued(house, house.meera, new)
    house.whatsapp.will(Refused(MetaError(131026, "Message undeliverable", "")), Taken("wamid.2"))
    await batches.go_on(house.resources)
    assert sorted(await states(house, batch)) == [EntryState.REFUSED, EntryState.REQUESTED]
    async with house.resources.database.reading() as session:
        codes = {entry.code for entry in await batches.entries_of(session, batch)}
    assert codes == {None, RefusalCode.CUSTOMER_UNREACHABLE}


async def test_while_whatsapp_cannot_be_reached_it_is_tried_again_and_given_up_after_an_hour(house: House) -> None:
    batch = await queued(house, house.meera)
    house.whatsapp.will(Unreached("no line"), Taken("wamid.1"))
    await batches.go_on(house.resources)
    assert await states(house, batch) == [EntryState.WAITING]
    house.clock.wait(MINUTE)
    await batches.go_on(house.resources)
    assert await states(house, batch) == [EntryState.REQUESTED]

    late = await queued(house, house.caio)
    house.clock.wait(HOUR)
    said = len(house.whatsapp.said)
    await batches.go_on(house.resources)
    assert await states(house, late) == [EntryState.REFUSED]
    assert len(house.whatsapp.said) == said


async def test_a_server_that_dies_while_asking_is_followed_by_one_that_asks_nobody_twice(house: House) -> None:
    batch = await queued(house, house.meera)

    async def die(_said: Said) -> None:
        house.whatsapp.meanwhile = None
        raise Killed

    house.whatsapp.meanwhile = die
    with pytest.raises(Killed):
        await batches.go_on(house.resources)
    async with restarted(house) as later:
        assert await batches.go_on(later.resources) == 0  # another may still be at it
        house.clock.wait(batches.LEASE)
        assert await batches.go_on(later.resources) == 1
        assert await states(later, batch) == [EntryState.REQUESTED]
        assert len(await requests_of(later.resources)) == 1
        assert await permissions.next_pick_up(later.resources) is not None  # the request goes on as any other


async def test_a_template_that_cannot_be_sent_queues_nobody(house: House) -> None:
    house.whatsapp.listed = ()
    content = Template("not_there", "en", {})
    async with nothing_written_or_sent(house):
        for do in (batches.plan, batches.ask):
            assert isinstance(await do(house.resources, house.admin, many(house, content=content)), TemplateUnavailable)
        assert await batches.next_due(house.resources) is None


async def test_another_workspaces_customer_or_number_is_not_there(house: House) -> None:
    rival = await open_business(
        house.resources, "Rival", phone_number_id="1002003004005", display_phone_number="+918045550199"
    )
    theirs = await rival.customer(phone="+919800000001")
    for do in (batches.plan, batches.ask):
        with pytest.raises(NotFoundError):
            await do(house.resources, house.admin, many(house, house.meera, theirs))
        with pytest.raises(NotFoundError):
            await do(house.resources, rival.admin, many(house, theirs))
    assert await batches.next_due(house.resources) is None


async def test_who_is_held_to_other_numbers_asks_nobody_from_this_one(house: House) -> None:
    held = replace(house.admin, numbers=frozenset())
    for do in (batches.plan, batches.ask):
        with pytest.raises(NotFoundError):
            await do(house.resources, held, many(house))
    assert await batches.next_due(house.resources) is None
