"""What is due and needs WhatsApp, and so may take its time: the clock does not wait for it."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from models import call_permission as call_permissions
from models import permission_request as permission_requests

from . import permissions
from .resources import Resources
from .verification import verify_most_urgent

ROUND = timedelta(seconds=5)


async def run(resources: Resources) -> None:
    """Pick up requests whose sender died, and ask WhatsApp about the permissions that need it, all numbers at once."""
    await permissions.pick_up(resources)
    async with resources.database.reading() as session:
        numbers = (await session.exec(call_permissions.numbers_to_verify(resources.now()))).all()
    await asyncio.gather(*(_verify(resources, number_id) for number_id in numbers))


async def _verify(resources: Resources, number_id: UUID) -> None:
    """Ask at WhatsApp's pace, for which the client waits; a long list waits for the next round, after the requests."""
    until = resources.now() + ROUND
    while resources.now() < until and await verify_most_urgent(resources, number_id):
        pass


async def next_moment(resources: Resources) -> datetime | None:
    """Give the next moment at which there is something to do."""
    async with resources.database.reading() as session:
        moments = [
            (await session.exec(earliest)).one()
            for earliest in (permission_requests.next_abandoned(), call_permissions.next_verification())
        ]
    return min((moment for moment in moments if moment is not None), default=None)
