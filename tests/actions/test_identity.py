"""Who a customer is: by phone, by WhatsApp's user id, by both; and what a change of either leaves of a permission."""

import pytest
from sqlmodel import col, select

from actions import permissions
from actions.permissions import Asking
from models.call_permission import CallPermission
from models.customer import Customer
from models.webhook_delivery import WebhookDelivery
from rules.permission import Status
from rules.refusals import PermissionMissing, WhatsAppUnavailable
from tests.ground.house import CAIO, DAY, HOUR, NOON, SECOND, House, open_business
from whatsapp.cloud_api import PermissionState, Recipient, Refused, Unanswered, Unreached
from whatsapp.errors import MetaError
from whatsapp.fake import Asked, Rung, StateAsked

from . import meta
from .doing import (
    TEXT,
    WEEK,
    allow,
    asked,
    hear,
    log_stands_at,
    nothing_written_or_sent,
    only_for,
    permission_of,
    refreshed,
    ring,
    rung,
    told,
)
from .sayings import MEERAS_USER_ID, by, changed_number, changed_user_id, wrote

OLD, NEW = meta.MEERAS_PHONE, "+919812300999"
OLD_ID, NEW_ID = MEERAS_USER_ID, "IN.9920018834417265"
PARENT, NEW_PARENT = "IN.ENT.5566778899001122", "IN.ENT.2211009988776655"
CAIOS_PHONE = str(CAIO["phone"])
GRANTED = PermissionState(Status.TEMPORARY, NOON + WEEK, (), ())
NOTHING = PermissionState(Status.NOT_REQUESTED, None, (), ())


async def customers_of(house: House) -> dict[str | None, tuple[str | None, str | None]]:
    """Give each customer's phone and user id, by name."""
    async with house.resources.database.reading() as session:
        found = (await session.exec(select(Customer).order_by(col(Customer.id)))).all()
    return {own.name: (own.phone, own.whatsapp_user_id) for own in found}


async def names_of_meera(house: House) -> tuple[str | None, str | None]:
    return (await customers_of(house))["Meera Kulkarni"]


async def meera_has_both_names(house: House) -> None:
    """Let Meera allow calls, known by phone and by user id."""
    yes = meta.replied("wamid.yes", NOON, expires_at=NOON + WEEK)
    await hear(house.resources, by(yes, phone=OLD, user_id=OLD_ID))
    house.clock.wait(HOUR)


async def skipped(house: House) -> list[str]:
    async with house.resources.database.reading() as session:
        kept = (await session.exec(select(WebhookDelivery).order_by(col(WebhookDelivery.id)))).all()
    return [line for delivery in kept for line in delivery.skipped]


# Names


async def test_whatsapp_teaches_us_the_names_that_we_lack(house: House) -> None:
    await meera_has_both_names(house)
    assert await names_of_meera(house) == (OLD, OLD_ID)
    assert len(await customers_of(house)) == 2


async def test_somebody_with_a_username_is_asked_and_rung_by_user_id(house: House) -> None:
    hidden = await house.business.customer(whatsapp_user_id=NEW_ID)
    await asked(house, hidden)
    await hear(house.resources, by(meta.replied("wamid.yes", NOON, to="wamid.1"), user_id=NEW_ID))
    await rung(house, hidden)

    recipients = [said.recipient for said in house.whatsapp.said if isinstance(said, Asked | Rung)]
    assert recipients == [Recipient(None, NEW_ID)] * 2


async def test_a_phone_whose_user_id_is_another_one_s_is_somebody_else(house: House) -> None:
    await meera_has_both_names(house)
    await hear(house.resources, by(meta.replied("wamid.no", house.clock.now, yes=False), phone=OLD, user_id=NEW_ID))
    assert (await permission_of(house.resources, house.meera)).status is Status.TEMPORARY
    assert (await customers_of(house))[None] == (None, NEW_ID)


# A change of number or user id


async def test_after_a_change_of_number_the_customer_is_known_by_the_new_one_and_the_grant_is_in_doubt(
    house: House,
) -> None:
    await allow(house)
    house.clock.wait(HOUR)
    before = await log_stands_at(house)
    await hear(house.resources, changed_number("wamid.s", house.clock.now, old=OLD, new=NEW, user_id=NEW_ID))

    assert await names_of_meera(house) == (NEW, NEW_ID)
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.doubtful, permission.verify_at) == (Status.TEMPORARY, True, house.clock.now)
    assert await told(house, before) == [("CUSTOMER", None, None, "IDENTITY")]


async def test_whoever_was_known_by_the_old_user_id_is_known_by_the_new_one(house: House) -> None:
    hidden = await house.business.customer(name="Hidden", whatsapp_user_id=OLD_ID)
    await hear(house.resources, changed_user_id("wamid.s", NOON, old=OLD_ID, new=NEW_ID))
    assert (await customers_of(house))["Hidden"] == (None, NEW_ID)
    assert (await permission_of(house.resources, hidden)).doubtful


async def test_a_username_s_owner_learns_no_old_phone_from_the_change(house: House) -> None:
    await house.business.customer(name="Hidden", whatsapp_user_id=OLD_ID)
    said = changed_number("wamid.s", NOON, old="+919812300888", new=NEW, user_id=NEW_ID)
    said["value"]["messages"][0]["system"] |= {"previous_user_id": OLD_ID}
    del said["value"]["messages"][0]["system"]["wa_id"]
    await hear(house.resources, said)
    assert (await customers_of(house))["Hidden"] == (None, NEW_ID)


async def test_a_new_number_without_a_new_user_id_makes_the_old_user_id_void(house: House) -> None:
    await meera_has_both_names(house)
    await hear(house.resources, changed_number("wamid.s", house.clock.now, old=OLD, new=NEW))
    assert await names_of_meera(house) == (NEW, None)

    # WhatsApp made a new one with the number: who has both is still Meera.
    house.clock.wait(SECOND)
    await hear(house.resources, by(meta.replied("wamid.no", house.clock.now, yes=False), phone=NEW, user_id=NEW_ID))
    assert (await permission_of(house.resources, house.meera)).status is Status.REVOKED
    assert await names_of_meera(house) == (NEW, NEW_ID)


async def test_a_new_user_id_comes_of_a_new_number_so_the_old_phone_is_not_rung_any_more(house: House) -> None:
    await meera_has_both_names(house)
    await hear(house.resources, changed_user_id("wamid.s", house.clock.now, old=OLD_ID, new=NEW_ID))
    house.whatsapp.state = GRANTED
    await rung(house)
    assert house.whatsapp.rung[0].recipient == Recipient(None, NEW_ID)


async def test_a_new_user_id_that_tells_the_phone_too_changes_both(house: House) -> None:
    await meera_has_both_names(house)
    await hear(house.resources, changed_user_id("wamid.s", house.clock.now, old=OLD_ID, new=NEW_ID, phone=NEW))
    assert await names_of_meera(house) == (NEW, NEW_ID)


async def test_the_same_change_told_twice_is_one(house: House) -> None:
    await meera_has_both_names(house)
    change = changed_number("wamid.s", house.clock.now, old=OLD, new=NEW, user_id=NEW_ID)
    await hear(house.resources, change)
    before = await log_stands_at(house)
    await hear(house.resources, change, meta.switched(NOON, calling=True))
    assert await told(house, before) == []
    assert await names_of_meera(house) == (NEW, NEW_ID)


async def test_a_change_of_somebody_unknown_is_skipped_with_a_line_so_that_it_can_be_replayed(house: House) -> None:
    before = await log_stands_at(house)
    await hear(house.resources, changed_number("wamid.s", NOON, old="+919812300888", new=NEW))
    assert await log_stands_at(house) == before
    assert await skipped(house) == ["IdentityChanged: no customer was known by the old name"]


async def test_in_one_delivery_what_follows_a_change_is_of_the_same_customer(house: House) -> None:
    await meera_has_both_names(house)
    now = house.clock.now
    change = changed_number("wamid.s", now, old=OLD, new=NEW, user_id=NEW_ID)
    no = by(meta.replied("wamid.no", now + SECOND, yes=False), phone=NEW, user_id=NEW_ID)
    house.clock.wait(2 * SECOND)
    await hear(house.resources, by(wrote("wamid.hello", now), phone=OLD, user_id=OLD_ID), change, no)

    assert len(await customers_of(house)) == 2
    assert (await permission_of(house.resources, house.meera)).status is Status.REVOKED


@pytest.mark.parametrize("by_user_id", [False, True])
async def test_where_another_customer_has_the_new_name_nothing_is_merged_and_both_are_in_doubt(
    house: House,
    by_user_id: bool,  # noqa: FBT001 pytest names it
) -> None:
    await meera_has_both_names(house)
    await allow(house, house.caio)
    if by_user_id:
        yes = meta.replied("wamid.c", house.clock.now, phone=CAIOS_PHONE)
        await hear(house.resources, by(yes, phone=CAIOS_PHONE, user_id=NEW_ID))
    before = await customers_of(house)
    new = {"new": NEW, "user_id": NEW_ID} if by_user_id else {"new": CAIOS_PHONE}
    await hear(house.resources, changed_number("wamid.s", house.clock.now, old=OLD, **new))

    assert await customers_of(house) == before
    for whom in (house.meera, house.caio):
        permission = await permission_of(house.resources, whom)
        assert (permission.doubtful, permission.verify_at) == (True, house.clock.now)
    assert await skipped(house) == [
        "IdentityChanged: another customer is known by the new name; nothing was merged",
    ]


# What comes late, by names that the customer had before

JUST_BEFORE = NOON + HOUR - SECOND  # the change of number in `changed` is an hour after noon


async def test_an_answer_to_a_request_is_the_one_s_who_was_asked_by_whatever_name_it_comes(house: House) -> None:
    await asked(house)
    house.clock.wait(HOUR)
    yes = meta.replied("wamid.late", house.clock.now, to="wamid.1", expires_at=house.clock.now + WEEK)
    await hear(house.resources, by(yes, user_id=NEW_ID))  # they have a username by now

    assert len(await customers_of(house)) == 2
    assert (await permission_of(house.resources, house.meera)).status is Status.TEMPORARY
    assert await names_of_meera(house) == (OLD, NEW_ID)
    house.clock.wait(HOUR)
    await hear(house.resources, by(meta.replied("wamid.no", house.clock.now, yes=False), user_id=NEW_ID))
    assert (await permission_of(house.resources, house.meera)).status is Status.REVOKED


async def test_an_answer_by_a_new_number_that_comes_before_the_change_makes_no_second_customer(house: House) -> None:
    await asked(house)
    house.clock.wait(HOUR)
    change = changed_number("wamid.s", house.clock.now, old=OLD, new=NEW, user_id=NEW_ID)
    house.clock.wait(SECOND)
    yes = meta.replied("wamid.late", house.clock.now, to="wamid.1", expires_at=house.clock.now + WEEK)
    await hear(house.resources, by(yes, phone=NEW, user_id=NEW_ID))
    await hear(house.resources, change)
    assert len(await customers_of(house)) == 2
    assert await names_of_meera(house) == (NEW, NEW_ID)


async def test_where_an_answer_names_another_customer_than_was_asked_whatsapp_is_asked(house: House) -> None:
    await asked(house)
    yes = meta.replied("wamid.late", house.clock.now, to="wamid.1", phone=CAIOS_PHONE)
    await hear(house.resources, yes)
    assert (await permission_of(house.resources, house.caio)).status is Status.NOT_REQUESTED
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.doubtful) == (Status.PERMANENT, True)
    assert (await names_of_meera(house))[0] == OLD


async def test_an_answer_to_what_another_number_of_the_business_asked_tells_nothing_of_whose_it_is(
    house: House,
) -> None:
    other = await open_business(house.resources, phone_number_id="2", display_phone_number="+918045550143")
    stranger = await other.customer(phone="+919812300888")
    await permissions.request(house.resources, other.admin, Asking(stranger.id, other.number.id, TEXT))
    await hear(house.resources, meta.replied("wamid.late", NOON, to="wamid.1"))
    assert (await permission_of(house.resources, house.meera)).status is Status.PERMANENT


@pytest.mark.parametrize("names", [{"phone": OLD}, {"user_id": OLD_ID}, {"phone": OLD, "user_id": OLD_ID}])
async def test_what_was_said_before_the_change_and_comes_after_it_is_the_same_customer_s(
    house: House, names: dict[str, str]
) -> None:
    await meera_has_both_names(house)
    await changed(house)
    await hear(house.resources, by(meta.replied("wamid.late", JUST_BEFORE, yes=False), **names))

    assert len(await customers_of(house)) == 2
    assert (await permission_of(house.resources, house.meera)).rejected_at == JUST_BEFORE
    assert await names_of_meera(house) == (NEW, NEW_ID)


async def test_an_old_phone_is_somebody_else_s_after_the_change_but_an_old_user_id_never_is(house: House) -> None:
    await meera_has_both_names(house)
    await changed(house)
    house.clock.wait(DAY)
    await hear(house.resources, by(meta.replied("wamid.a", house.clock.now, yes=False), user_id=OLD_ID))
    assert (await permission_of(house.resources, house.meera)).rejected_at == house.clock.now
    await hear(house.resources, meta.replied("wamid.b", house.clock.now, phone=OLD))
    assert (await customers_of(house))[None] == (OLD, None)
    assert (await permission_of(house.resources, house.meera)).status is Status.REVOKED


async def test_an_old_phone_that_another_customer_has_by_now_was_still_the_first_one_s_then(house: House) -> None:
    await changed(house)
    zara = await house.business.customer(name="Zara", phone=OLD)
    await hear(house.resources, meta.replied("wamid.late", JUST_BEFORE, yes=False))
    assert (await permission_of(house.resources, zara)).status is Status.NOT_REQUESTED
    assert (await permission_of(house.resources, house.meera)).rejected_at == JUST_BEFORE


async def test_a_change_that_is_told_again_takes_no_name_of_whoever_has_the_old_one_now(house: House) -> None:
    await changed(house)
    at = house.clock.now
    await house.business.customer(name="Zara", phone=OLD)
    before = await customers_of(house)
    again = changed_number("wamid.t", at, old=OLD, new=NEW, user_id=NEW_ID)
    await hear(house.resources, again, meta.switched(NOON, calling=True))
    assert await customers_of(house) == before
    assert await skipped(house) == []


async def test_a_change_that_is_told_in_two_parts_is_one(house: House) -> None:
    await meera_has_both_names(house)
    now = house.clock.now
    await hear(house.resources, changed_number("wamid.s", now, old=OLD, new=NEW))
    await hear(house.resources, changed_user_id("wamid.t", now, old=OLD_ID, new=NEW_ID))
    assert await names_of_meera(house) == (NEW, NEW_ID)


async def test_no_old_name_is_learned_again_from_what_comes_late(house: House) -> None:
    await meera_has_both_names(house)
    await asked(house)
    await hear(house.resources, changed_user_id("wamid.s", house.clock.now, old=OLD_ID, new=NEW_ID))
    house.clock.wait(HOUR)
    read = meta.message_moved("wamid.1", "read", house.clock.now)
    await hear(house.resources, by(read, phone=OLD, user_id=NEW_ID))
    assert await names_of_meera(house) == (None, NEW_ID)


# Parent user ids


async def parent_of_meera(house: House) -> str | None:
    async with house.resources.database.reading() as session:
        found = (await session.exec(select(Customer).where(col(Customer.id) == house.meera.id))).one()
    return found.whatsapp_parent_user_id


async def test_a_message_s_report_teaches_the_names_of_whom_it_was_sent_to(house: House) -> None:
    await asked(house)
    sent = meta.message_moved("wamid.1", "delivered", house.clock.now)
    await hear(house.resources, by(sent, phone=OLD, user_id=OLD_ID, parent=PARENT))
    assert (await names_of_meera(house), await parent_of_meera(house)) == ((OLD, OLD_ID), PARENT)


async def test_by_a_parent_user_id_the_customer_is_known_in_every_portfolio(house: House) -> None:
    yes = meta.replied("wamid.yes", NOON, expires_at=NOON + WEEK)
    await hear(house.resources, by(yes, phone=OLD, user_id=OLD_ID, parent=PARENT))
    house.clock.wait(HOUR)
    no = by(meta.replied("wamid.no", house.clock.now, yes=False), user_id="IN.1111", parent=PARENT)
    await hear(house.resources, no)
    assert len(await customers_of(house)) == 2
    assert (await permission_of(house.resources, house.meera)).status is Status.REVOKED
    assert await names_of_meera(house) == (OLD, OLD_ID)


async def test_somebody_known_by_a_parent_user_id_alone_is_rung_by_it(house: House) -> None:
    await hear(house.resources, by(meta.replied("wamid.yes", NOON), parent=PARENT))
    async with house.resources.database.reading() as session:
        hidden = (await session.exec(select(Customer).where(col(Customer.whatsapp_parent_user_id) == PARENT))).one()
    await rung(house, hidden)
    assert house.whatsapp.rung[0].recipient == Recipient(None, PARENT)


async def test_a_new_parent_user_id_takes_the_place_of_the_old_one_which_stays_known(house: House) -> None:
    yes = meta.replied("wamid.yes", NOON, expires_at=NOON + WEEK)
    await hear(house.resources, by(yes, phone=OLD, user_id=OLD_ID, parent=PARENT))
    house.clock.wait(HOUR)
    change = changed_user_id("wamid.s", house.clock.now, old=OLD_ID, new=NEW_ID)
    change["value"]["messages"][0]["system"] |= {"previous_parent_user_id": PARENT, "parent_user_id": NEW_PARENT}
    await hear(house.resources, change)
    assert await parent_of_meera(house) == NEW_PARENT
    assert (await permission_of(house.resources, house.meera)).doubtful
    await hear(house.resources, by(meta.replied("wamid.no", house.clock.now, yes=False), parent=PARENT))
    assert (await permission_of(house.resources, house.meera)).status is Status.REVOKED


async def test_a_parent_user_id_that_another_customer_has_is_no_reason_to_merge_them(house: House) -> None:
    await hear(house.resources, by(meta.replied("wamid.c", NOON, phone=CAIOS_PHONE), phone=CAIOS_PHONE, parent=PARENT))
    await meera_has_both_names(house)
    before = await customers_of(house)
    change = changed_user_id("wamid.s", house.clock.now, old=OLD_ID, new=NEW_ID)
    change["value"]["messages"][0]["system"]["parent_user_id"] = PARENT
    await hear(house.resources, change)
    assert await customers_of(house) == before
    assert (await permission_of(house.resources, house.meera)).doubtful
    assert (await permission_of(house.resources, house.caio)).doubtful


# Before the old grant is used


async def changed(house: House) -> None:
    """Let Meera allow calls and, an hour later, have another number."""
    await allow(house)
    house.clock.wait(HOUR)
    await hear(house.resources, changed_number("wamid.s", house.clock.now, old=OLD, new=NEW, user_id=NEW_ID))


async def test_where_whatsapp_confirms_the_grant_it_is_asked_by_the_new_name_and_then_it_rings(house: House) -> None:
    await changed(house)
    house.whatsapp.state = GRANTED
    await rung(house)

    new = Recipient(NEW, NEW_ID)
    assert [(type(said), said.recipient) for said in house.whatsapp.said if isinstance(said, StateAsked | Rung)] == [
        (StateAsked, new),
        (Rung, new),
    ]
    permission = await permission_of(house.resources, house.meera)
    assert (permission.doubtful, permission.verified_at) == (False, house.clock.now)
    await hear(house.resources, meta.terminated("wacid.1", house.clock.now))
    await rung(house)
    assert len(house.whatsapp.consulted) == 1


async def test_where_whatsapp_knows_of_no_grant_it_does_not_ring(house: House) -> None:
    await changed(house)
    house.whatsapp.state = NOTHING
    before = await log_stands_at(house)
    assert await ring(house) == PermissionMissing(Status.REVOKED)
    assert house.whatsapp.rung == []
    assert await told(house, before) == [("CALL_PERMISSION", "TEMPORARY", "REVOKED", "VERIFIED")]


@pytest.mark.parametrize("state", [Unreached("refused"), Unanswered("timed out"), Refused(MetaError(613, "", "slow"))])
async def test_where_whatsapp_cannot_be_asked_it_does_not_ring(
    house: House, state: Unreached | Unanswered | Refused
) -> None:
    await changed(house)
    house.whatsapp.state = state
    before = await log_stands_at(house)
    assert await ring(house) == WhatsAppUnavailable()
    assert (house.whatsapp.rung, await log_stands_at(house)) == ([], before)
    assert (await permission_of(house.resources, house.meera)).doubtful


async def test_a_change_that_comes_while_whatsapp_is_asked_about_the_old_name_has_it_asked_again(house: House) -> None:
    await meera_has_both_names(house)
    said = changed_number("wamid.s", house.clock.now, old=OLD, new=NEW, user_id=NEW_ID)
    house.whatsapp.state = GRANTED

    async def change() -> None:
        house.whatsapp.meanwhile, house.whatsapp.state = None, NOTHING
        await hear(house.resources, said)

    house.whatsapp.meanwhile = only_for(StateAsked, change)
    await refreshed(house)

    assert [asked.recipient for asked in house.whatsapp.consulted] == [Recipient(OLD, OLD_ID), Recipient(NEW, NEW_ID)]
    assert (await permission_of(house.resources, house.meera)).status is Status.REVOKED


async def test_a_call_that_went_out_once_is_not_placed_again_nor_asked_about_though_there_is_doubt(
    house: House,
) -> None:
    await allow(house)
    first = await rung(house, key="one")
    house.clock.wait(HOUR)
    await hear(house.resources, changed_number("wamid.s", house.clock.now, old=OLD, new=NEW))
    async with nothing_written_or_sent(house):
        assert (await rung(house, key="one")).id == first.id


async def test_every_permission_of_a_customer_is_in_doubt_with_whatever_number(house: House) -> None:
    await changed(house)
    async with house.resources.database.reading() as session:
        own = (await session.exec(select(CallPermission))).all()
    assert {permission.customer_id for permission in own if permission.doubtful} == {house.meera.id}


async def test_a_grant_by_the_new_name_is_not_lost_to_the_doubt_about_the_old(house: House) -> None:
    await changed(house)
    house.clock.wait(DAY)
    yes = meta.replied("wamid.new", house.clock.now, expires_at=house.clock.now + WEEK, phone=NEW)
    await hear(house.resources, yes)
    house.whatsapp.state = PermissionState(Status.TEMPORARY, house.clock.now + WEEK, (), ())
    await rung(house)
