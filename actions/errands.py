"""Permissions that WhatsApp should be asked about, whenever it is time."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from models import call_permission as call_permissions

from .resources import Resources
from .verification import verify_most_urgent

ROUND = timedelta(seconds=5)


async def run(resources: Resources) -> int:
    """Ask WhatsApp about the permissions that need it, all numbers at once. Gives how many numbers."""
    async with resources.database.reading() as session:
        numbers = (await session.exec(call_permissions.numbers_to_verify(resources.now()))).all()
    await asyncio.gather(*(_verify(resources, *number) for number in numbers))
    return len(numbers)


async def _verify(resources: Resources, workspace_id: UUID, number_id: UUID) -> None:
    """Ask at WhatsApp's pace, for which the client waits; a long list goes on in the next round."""
    until = resources.now() + ROUND
    while resources.now() < until and await verify_most_urgent(resources, workspace_id, number_id):
        pass


async def next_moment(resources: Resources) -> datetime | None:
    """Give the next moment at which there is something to do."""
    async with resources.database.reading() as session:
        return (await session.exec(call_permissions.next_verification())).one()
