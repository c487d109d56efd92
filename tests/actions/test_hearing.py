"""When a business number was last heard of."""

from datetime import datetime

import pytest
from sqlalchemy import text

from models import business_number as business_numbers
from models.business_number import BusinessNumber
from rules.permission import Status
from tests.ground.house import MINUTE, NOON, SECOND, House, open_business

from . import meta
from .doing import hear, permission_of


async def heard_at(house: House, number: BusinessNumber | None = None) -> datetime | None:
    own = number or house.number
    async with house.resources.database.reading() as session:
        return (await session.get_one(BusinessNumber, (own.workspace_id, own.id))).heard_at


async def test_a_number_is_heard_of_to_the_minute_and_no_other_is(house: House) -> None:
    other = await open_business(house.resources, "Other", phone_number_id="15550101", display_phone_number="+15550101")
    assert await heard_at(house) is None
    await hear(house.resources, meta.replied("wamid.1", NOON))
    assert await heard_at(house) == NOON
    house.clock.wait(MINUTE - SECOND)
    await hear(house.resources, meta.replied("wamid.2", house.clock.now))
    assert await heard_at(house) == NOON
    house.clock.wait(SECOND)
    await hear(house.resources, meta.replied("wamid.3", house.clock.now))
    assert await heard_at(house) == NOON + MINUTE
    assert await heard_at(house, other.number) is None


async def test_what_was_heard_is_kept_although_the_hearing_cannot_be_noted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(business_numbers, "heard", lambda *_: text("UPDATE nowhere SET nothing = 1"))
    await hear(house.resources, meta.replied("wamid.1", NOON))
    assert await heard_at(house) is None
    assert (await permission_of(house.resources, house.meera)).status is Status.PERMANENT
