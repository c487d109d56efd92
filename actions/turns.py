"""Whose turn it is to ask WhatsApp: one pace for a number, however many servers ask.

Every question takes the number's next turn from its row, in a short transaction of its own; nobody leads. Then it waits
for the turn without holding anything.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import business_number as business_numbers
from models.database import Database
from whatsapp.cloud_api import QUERIES_PER_SECOND

GAP = timedelta(seconds=1) / QUERIES_PER_SECOND

# So long a queue is none: the clock of the server that took the last turn is wrong, or was.
LONGEST_QUEUE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SharedTurns:
    database: Database
    now: Callable[[], datetime]

    async def turn(self, phone_number_id: str) -> None:
        """Wait for the number's next turn."""
        turn = await self.take(phone_number_id)
        await asyncio.sleep(max((turn - self.now()).total_seconds(), 0))

    async def take(self, phone_number_id: str) -> datetime:
        """Take the number's next turn, which nobody else has then, and give its moment."""
        async with self.database.writing() as session:
            found = business_numbers.by_phone_number_ids([phone_number_id]).with_for_update(key_share=True)
            number = (await session.exec(found)).one()
            now = self.now()
            free_at = number.queries_free_at
            turn = now if free_at is None or free_at > now + LONGEST_QUEUE else max(now, free_at)
            number.queries_free_at = turn + GAP
        return turn
