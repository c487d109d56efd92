"""The same deliveries, in any order and any number, end in the same state."""

import random
from collections.abc import Sequence
from typing import Any

from actions import calls, permissions
from actions.calls import Placing
from actions.permissions import Asking
from models.call import Call
from models.columns import new_id
from models.permission_request import PermissionRequest
from tests.ground.house import (
    CAIO,
    DISPLAY_PHONE_NUMBER,
    MEERA,
    OFFER,
    PHONE_NUMBER_ID,
    Business,
    House,
    open_business,
)
from tests.whatsapp.samples import CALL, NUMBERS, REQUEST, sample
from whatsapp.cloud_api import FreeForm, Taken

from .door import Door, at

SINGLE = [number for number in NUMBERS if number != "20"]


async def business_like_the_first(house: House, number: int) -> Business:
    return await open_business(
        house.resources,
        phone_number_id=f"52918374650{number:04}",
        display_phone_number=f"+91804555{number:04}",
    )


def sent_to(business: Business, body: bytes) -> bytes:
    """Give a sample as if it had been sent to this business."""
    own = business.number
    body = body.replace(PHONE_NUMBER_ID.encode(), own.phone_number_id.encode())
    return body.replace(DISPLAY_PHONE_NUMBER[1:].encode(), own.display_phone_number[1:].encode())


async def state_after(door: Door, business: Business, order: Sequence[str]) -> Any:
    for number in order:
        # Meta may send the same in other bytes: then nothing but its own ids tells that it came before.
        spaces = b" " * random.randrange(1000)  # noqa: S311 not for secrets
        await door.deliver(sent_to(business, sample(number)) + spaces)
    return await door.state(business)


async def test_what_other_systems_of_the_business_did_is_known_the_same_in_any_order(house: House, door: Door) -> None:
    for seed in range(3):
        chance = random.Random(seed)  # noqa: S311 not for secrets
        order = chance.sample(SINGLE, 6) if seed else SINGLE
        again = chance.sample([*order, *order[:3]], len(order) + 3)

        told = await state_after(door, await business_like_the_first(house, 2 * seed), order)
        retold = await state_after(door, await business_like_the_first(house, 2 * seed + 1), again)

        assert retold == told, f"{order} and {again} end in different states"


async def test_what_was_asked_and_placed_here_is_known_the_same_in_any_order(house: House, door: Door) -> None:
    for seed in range(2):
        chance = random.Random(seed)  # noqa: S311 not for secrets
        order = chance.sample(SINGLE, 8) if seed else SINGLE
        again = chance.sample([*order, *order[:3]], len(order) + 3)

        told = await state_after(door, await business_that_called(house, door, 2 * seed), order)
        retold = await state_after(door, await business_that_called(house, door, 2 * seed + 1), again)

        assert retold == told, f"{order} and {again} end in different states"


async def business_that_called(house: House, door: Door, number: int) -> Business:
    """Let a business ask Meera, hear that she allows it, and ring her: with the ids of the samples."""
    house.clock.now = at(1795166000)
    business = await business_like_the_first(house, number)
    meera = await business.customer(**MEERA)
    await business.customer(**CAIO)

    house.whatsapp.will(Taken(REQUEST), Taken(CALL))
    asking = Asking(meera.id, business.number.id, FreeForm(None))
    assert isinstance(await permissions.request(house.resources, business.admin, asking), PermissionRequest)
    await door.deliver(sent_to(business, sample("01")))
    house.clock.now = at(1795168802)
    placing = Placing(meera.id, business.number.id, OFFER)
    assert isinstance(await calls.start(house.resources, business.admin, placing), Call)
    house.clock.now = at(1795400000)
    return business


async def test_a_batch_is_the_same_as_its_parts(house: House, door: Door) -> None:
    house.clock.now = at(1795400000)
    whole, parts = await business_like_the_first(house, 0), await business_like_the_first(house, 1)

    together = await state_after(door, whole, ["20"])

    assert together == await state_after(door, parts, ["09", "01", "12", "13", "15"])
    assert together == await state_after(door, whole, ["20", "15", "20"])


async def test_a_message_whose_sending_was_never_confirmed_is_known_the_same_in_any_order(
    house: House, door: Door
) -> None:
    """Its first news may be that it was read: a server died before it knew what WhatsApp calls it."""
    told = []
    for number, order in enumerate((["08", "09", "read"], ["read", "09", "08"], ["09", "read"], ["read", "09"])):
        house.clock.now = at(1795165990)
        business = await business_like_the_first(house, number)
        meera = await business.customer(**MEERA)
        asking = Asking(meera.id, business.number.id, FreeForm(None), str(new_id()))
        house.whatsapp.will(ConnectionResetError())
        try:
            await permissions.request(house.resources, business.admin, asking)
        except ConnectionResetError:
            opaque = house.whatsapp.asked[-1].opaque
        for name in order:
            body = sample("09").replace(b'"delivered"', b'"read"').replace(b"1795166003", b"1795166041")
            body = body if name == "read" else sample(name)
            await door.deliver(sent_to(business, body.replace(b"cpr:6f1d2c", opaque.encode())))
        [request] = (await door.state(business))["PermissionRequest"]
        told.append({name: value for name, value in request.items() if name != "idempotency_key"})

    assert told[0] == told[1]
    assert told[2] == told[3]
