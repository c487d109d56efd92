"""Deleting a customer: nothing that is known of them is left, and nothing makes it come back."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import LargeBinary, String, cast, select
from sqlmodel import SQLModel, col
from sqlmodel import select as select_rows

from actions import calls, customers, deletion, deliveries, permissions
from actions.deletion import Deleted
from actions.faults import NotFoundError
from models.call import Call
from models.call_permission import CallPermission
from models.customer import Customer
from models.permission_request import PermissionRequest
from models.webhook_delivery import WebhookDelivery
from rules.permission import Status
from rules.refusals import CallInProgress, RequestLimitReached
from tests.actions import meta
from tests.ground.house import APP_SECRET, DAY, HOUR, MEERA, MINUTE, SECOND, House, open_business
from whatsapp.cloud_api import FreeForm, Taken, Unanswered
from whatsapp.fake import Said
from whatsapp.signature import sign

from .doing import (
    allow,
    ask,
    asked,
    hear,
    holding,
    in_short,
    log_of,
    log_stands_at,
    nothing_written_or_sent,
    permission_of,
    requests_of,
    restarted,
    ring,
    rung,
    until_waiting_for_a_lock,
)


async def deleted(house: House, whom: Customer | None = None) -> Deleted:
    """Delete a customer where nothing stands in the way."""
    made = await deletion.delete(house.resources, house.admin, (whom or house.meera).id)
    assert isinstance(made, Deleted), made
    return made


async def customers_now(house: House) -> list[Customer]:
    async with house.resources.database.reading() as session:
        found = await session.exec(select_rows(Customer).order_by(col(Customer.id)))
        return list(found)


async def places_that_say(house: House, *words: str) -> set[str]:
    """List the columns of the whole database in which one of these words stands."""
    found = set()
    async with house.resources.database.reading() as session:
        for table in SQLModel.metadata.tables.values():
            for column in table.columns:
                whole = column if isinstance(column.type, LargeBinary) else cast(column, String)
                for value in (await session.exec(select(whole))).scalars():  # type: ignore[call-overload] # any column
                    said = value.decode() if isinstance(value, bytes) else str(value)
                    found |= {f"{table.name}.{column.name}"} if any(word in said for word in words) else set()
    return found


async def test_nothing_in_the_database_says_who_the_customer_was(house: House) -> None:
    personal = {"name": "Asha Rao", "phone": "+919800000001", "external_id": "CRM-77", "tags": ["vip-lounge"]}
    asha = await house.business.customer(**personal, timezone="Asia/Colombo", whatsapp_user_id="IN.4711")
    house.whatsapp.will(Taken("wamid.OTE5ODAwMDAwMDAx"), Taken("wacid.asha"))
    await asked(house, asha, content=FreeForm("Dear Asha, may we call?"), key="asha-1")
    await hear(
        house.resources, meta.replied("wamid.yes", house.clock.now, to="wamid.OTE5ODAwMDAwMDAx", phone="+919800000001")
    )
    await rung(house, asha)
    await hear(
        house.resources,
        meta.connected("wacid.asha", house.clock.now, phone="+919800000001"),
        meta.terminated("wacid.asha", house.clock.now, phone="+919800000001"),
    )
    words = ("Asha", "919800000001", "CRM-77", "vip-lounge", "Colombo", "IN.4711", "OTE5ODAwMDAwMDAx", "wacid.asha")
    assert "customer.phone" in await places_that_say(house, *words)

    await deleted(house, asha)
    assert await places_that_say(house, *words) == {"erasure.names", "webhook_delivery.body"}
    assert await deletion.erase(house.resources) == 1
    assert await places_that_say(house, *words) == set()
    assert await deletion.next_erasure(house.resources) is None


async def test_the_log_goes_on_without_a_gap_and_tells_of_it(house: House) -> None:
    await asked(house)
    before = await log_stands_at(house)
    await deleted(house)
    [told] = await log_of(house, before)
    assert in_short(told) == ("CUSTOMER", None, "DELETED", "UPDATED")
    assert (told.subject_id, told.customer_id, told.actor) == (house.meera.id, house.meera.id, "admin")


async def test_everything_of_the_customer_goes_and_nothing_of_another(house: House) -> None:
    await asked(house)
    await asked(house, house.caio)
    await allow(house, house.caio)
    await rung(house, house.caio)
    await deleted(house)
    async with house.resources.database.reading() as session:
        left: list[CallPermission | PermissionRequest | Call] = [*await session.exec(select_rows(CallPermission))]
        left += [*await session.exec(select_rows(PermissionRequest)), *await session.exec(select_rows(Call))]
    assert [row.customer_id for row in left] == [house.caio.id] * 3
    assert [customer.id for customer in await customers_now(house)] == [house.caio.id]


async def test_to_delete_again_tells_of_the_first_time_and_does_nothing(house: House) -> None:
    first = await deleted(house)
    house.clock.wait(HOUR)
    async with nothing_written_or_sent(house):
        assert await deleted(house) == first


async def test_who_was_never_there_cannot_be_deleted(house: House) -> None:
    rival = await open_business(
        house.resources, "Rival", phone_number_id="1002003004005", display_phone_number="+918045550199"
    )
    with pytest.raises(NotFoundError):
        await deletion.delete(house.resources, rival.admin, house.meera.id)
    await deleted(house)
    with pytest.raises(NotFoundError):
        await deletion.delete(house.resources, rival.admin, house.meera.id)


async def test_a_call_that_goes_on_must_end_first(house: House) -> None:
    await allow(house)
    house.whatsapp.will(Taken("wacid.1"))
    await rung(house)
    async with nothing_written_or_sent(house):
        assert await deletion.delete(house.resources, house.admin, house.meera.id) == CallInProgress()
    await hear(house.resources, meta.terminated("wacid.1", house.clock.now))
    await deleted(house)


async def test_a_request_whose_sender_died_is_not_sent_after_all(house: House) -> None:
    house.whatsapp.will(Unanswered("nobody knows"))
    await asked(house)
    await deleted(house)
    house.clock.wait(10 * MINUTE)
    said = list(house.whatsapp.said)
    async with restarted(house) as later:
        assert await permissions.next_pick_up(later.resources) is None
        assert await permissions.pick_up(later.resources) == 0
    assert house.whatsapp.said == said


async def test_a_customer_deleted_while_being_asked_stays_deleted(house: House) -> None:
    async def meanwhile(_said: Said) -> None:
        house.whatsapp.meanwhile = None
        await deleted(house)

    house.whatsapp.meanwhile = meanwhile
    with pytest.raises(NotFoundError, match="deleted while"):
        await ask(house)
    assert await requests_of(house.resources) == []
    assert [customer.id for customer in await customers_now(house)] == [house.caio.id]


async def test_who_is_deleted_cannot_be_asked_rung_or_changed(house: House) -> None:
    await deleted(house)
    async with nothing_written_or_sent(house):
        for attempt in (
            ask(house),
            ring(house),
            customers.update(house.resources, house.admin, house.meera.id, {"name": "M"}),
        ):
            with pytest.raises(NotFoundError):
                await attempt


async def test_a_change_that_was_on_its_way_does_not_make_the_customer_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = customers._save  # noqa: SLF001 between what it reads and what it writes

    async def late(*arguments: object) -> object:
        await deleted(house)
        return await save(*arguments)  # type: ignore[arg-type] # as they came

    monkeypatch.setattr(customers, "_save", late)
    with pytest.raises(NotFoundError):
        await customers.update(house.resources, house.admin, house.meera.id, {"name": "Meera K."})
    assert [customer.id for customer in await customers_now(house)] == [house.caio.id]


# --- What comes afterwards ---


async def test_a_yes_from_before_that_comes_late_brings_nothing_back(house: House) -> None:
    said_at = house.clock.now
    house.clock.wait(MINUTE)
    await deleted(house)
    await hear(house.resources, meta.replied("wamid.late", said_at))
    assert [customer.id for customer in await customers_now(house)] == [house.caio.id]
    assert await places_that_say(house, "919812300457") == {"erasure.names"}


async def test_a_yes_from_before_does_not_count_for_the_customer_who_is_made_again(house: House) -> None:
    said_at = house.clock.now
    house.clock.wait(MINUTE)
    await deleted(house)
    again = await house.business.customer(**MEERA)
    await hear(house.resources, meta.replied("wamid.late", said_at))
    assert (await permission_of(house.resources, again)).status is Status.NOT_REQUESTED


async def test_the_end_of_an_earlier_call_that_is_told_late_makes_nobody_known(house: House) -> None:
    await allow(house)
    house.whatsapp.will(Taken("wacid.1"), Taken("wacid.1"))
    call = await rung(house)
    await calls.end(house.resources, house.admin, call.id)
    await deleted(house)
    house.clock.wait(5 * SECOND)
    await hear(house.resources, meta.terminated("wacid.1", house.clock.now))
    assert [customer.id for customer in await customers_now(house)] == [house.caio.id]


async def test_who_says_something_new_is_a_new_customer_about_whom_nothing_else_is_known(house: House) -> None:
    await allow(house, lasting=None)
    await deleted(house)
    house.clock.wait(2 * SECOND)
    await hear(house.resources, meta.dialled("wacid.9", house.clock.now, answered_at=None))
    [_, new] = await customers_now(house)
    assert (new.phone, new.name, new.tags) == ("+919812300457", None, [])
    assert new.id != house.meera.id
    assert (await permission_of(house.resources, new)).status is Status.NOT_REQUESTED


async def test_what_was_asked_before_counts_for_the_limits_of_the_customer_who_is_made_again(house: House) -> None:
    await asked(house)
    house.clock.wait(2 * DAY)
    await asked(house)
    house.clock.wait(2 * DAY)
    await deleted(house)
    again = await house.business.customer(**MEERA)
    refused = await ask(house, again)
    assert isinstance(refused, RequestLimitReached)
    assert refused.available_at == house.clock.now + 5 * DAY
    house.clock.wait(5 * DAY)
    await asked(house, again)


async def test_names_are_forgotten_for_good_once_nothing_can_come_any_more(house: House) -> None:
    await deleted(house)
    house.clock.wait(timedelta(days=46))
    await deleted(house, house.caio)
    async with house.resources.database.reading() as session:
        digests = (await session.exec(select(SQLModel.metadata.tables["forgotten_name"].c.digest))).scalars().all()  # type: ignore[call-overload] # a column
    assert len(digests) == 1


# --- What was kept raw ---


async def test_what_a_delivery_says_of_others_is_kept(house: House) -> None:
    now = house.clock.now
    body = meta.delivery(
        meta.replied("wamid.1", now),
        meta.replied("wamid.2", now, phone="+5511987650321"),
        meta.switched(now, calling=True),
    )
    await deliveries.receive(house.resources, body, sign(body, APP_SECRET))
    await deleted(house)
    await deletion.erase(house.resources)
    async with house.resources.database.reading() as session:
        [kept] = await session.exec(select_rows(WebhookDelivery))
    assert b"wamid.1" not in kept.body
    assert b"919812300457" not in kept.body
    assert b"wamid.2" in kept.body
    before = await log_stands_at(house)
    await deliveries.receive(house.resources, body, sign(body, APP_SECRET))  # the very same bytes are still known
    assert await log_stands_at(house) == before


async def test_what_is_said_to_another_business_is_kept(house: House) -> None:
    rival = await open_business(
        house.resources, "Rival", phone_number_id="1002003004005", display_phone_number="+918045550199"
    )
    theirs = meta.replied("wamid.1", house.clock.now)
    theirs["value"]["metadata"]["phone_number_id"] = rival.number.phone_number_id
    await hear(house.resources, theirs)
    await deleted(house)
    await deletion.erase(house.resources)
    assert await places_that_say(house, "919812300457") == {"customer.phone", "webhook_delivery.body"}


# --- Side by side ---


async def test_a_deletion_waits_for_what_is_going_on_with_the_customer(house: House) -> None:
    async with holding(house.resources, house.meera, house.number.id):
        deleting = asyncio.create_task(deleted(house))
        if house.resources.database.url.get_backend_name() == "postgresql":
            await until_waiting_for_a_lock(house.resources, 1)
        assert not deleting.done()
    await deleting
    assert [customer.id for customer in await customers_now(house)] == [house.caio.id]


async def test_news_and_deletions_side_by_side_leave_a_customer_whole_or_not_at_all(house: House) -> None:
    people = [await house.business.customer(phone=f"+91981230{number:04}") for number in range(8)]
    house.clock.wait(MINUTE)
    said_at = house.clock.now - 2 * SECOND

    async def say(whom: Customer) -> None:
        await hear(house.resources, meta.replied(f"wamid.{whom.phone}", said_at, phone=whom.phone or ""))

    await asyncio.gather(*(do for whom in people for do in (say(whom), deleted(house, whom))))
    assert {customer.id for customer in await customers_now(house)} == {house.meera.id, house.caio.id}
    async with house.resources.database.reading() as session:
        left = {permission.customer_id for permission in await session.exec(select_rows(CallPermission))}
    assert left == {house.meera.id, house.caio.id}
