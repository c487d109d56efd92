"""Permissions that WhatsApp should be asked about, whenever it is time."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from models import call_permission as call_permissions

from . import rounds
from .resources import Resources
from .verification import verify_most_urgent

ROUND = timedelta(seconds=5)


async def run(resources: Resources) -> int:
    """Ask WhatsApp about the permissions that need it, all numbers at once. Gives how many numbers."""
    async with resources.database.reading() as session:
        numbers = (await session.exec(call_permissions.numbers_to_verify(resources.now()))).all()
    return await rounds.each(partial(_verify, resources), numbers, at_once=len(numbers) or 1)


async def _verify(resources: Resources, number: tuple[UUID, UUID]) -> int:
    """Ask at WhatsApp's pace, for which the client waits; a long list goes on in the next round."""
    until = resources.now() + ROUND
    while resources.now() < until and await verify_most_urgent(resources, *number):
        pass
    return 1


async def next_moment(resources: Resources) -> datetime | None:
    """Give the next moment at which there is something to do."""
    async with resources.database.reading() as session:
        return (await session.exec(call_permissions.next_verification())).one()
