"""Whoever takes messages to webhook endpoints: to many at once, and to each a few at a time."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog

from actions import webhook_messages
from actions.feed import Waiter
from actions.resources import Resources
from actions.webhook_messages import Key, Sending

MOST_ENDPOINTS = 100  # at once: whoever is slow to answer keeps a place
AT_ONCE = 4  # to one endpoint
REST_AFTER_FAULT_SECONDS = 1.0

_log = structlog.get_logger()


@dataclass(slots=True)
class _Errand:
    """What is on its way to one endpoint."""

    stirred: asyncio.Event = field(default_factory=asyncio.Event)  # one of them has arrived or not, or more is due
    on_the_way: int = 0
    more_is_due: bool = False
    full: bool = False  # nothing more can be begun until one of them has ended


class Postman:
    """Takes what is due to each endpoint on an errand of its own: one that is slow to answer holds up no other."""

    def __init__(self, leaving: asyncio.Event, errands: asyncio.TaskGroup) -> None:
        self.bell = Waiter()  # rings when there is more to do than when it was last looked at
        self._leaving = leaving
        self._tasks = errands
        self._errands: dict[UUID, _Errand] = {}

    async def next_moment(self, resources: Resources) -> datetime | None:
        """Give the moment at which something is next due to an endpoint that it can be taken to."""
        return await webhook_messages.next_attempt(resources, self._full())

    async def set_out(self, resources: Resources) -> int:
        """Begin to take what is due. Gives to how many endpoints."""
        found = await webhook_messages.due(resources, self._full())
        for key in random.sample(found, len(found)):
            errand = self._errands.get(key[1])
            if errand is not None:
                errand.more_is_due = True
                errand.stirred.set()
            elif len(self._errands) < MOST_ENDPOINTS:
                errand = self._errands[key[1]] = _Errand()
                self._tasks.create_task(self._serve(resources, key, errand), name=f"post to {key[1]}")
        return len(found)

    def _full(self) -> list[UUID]:
        return [endpoint_id for endpoint_id, errand in self._errands.items() if errand.full]

    async def _serve(self, resources: Resources, key: Key, errand: _Errand) -> None:
        """Take to an endpoint whatever is due to it, a few at a time, until nothing is or we leave."""
        try:
            while await self._begin(resources, key, errand):
                await errand.stirred.wait()
                errand.stirred.clear()
        except Exception:  # noqa: BLE001 whatever it is: the others go on, and it is tried again
            _log.exception("endpoint_not_served", endpoint=str(key[1]))
            await asyncio.sleep(REST_AFTER_FAULT_SECONDS)
        finally:
            del self._errands[key[1]]
            self.bell.ring()

    async def _begin(self, resources: Resources, key: Key, errand: _Errand) -> bool:
        """Begin to take as much as there may be on the way at once; tell whether anything is."""
        asked, errand.more_is_due = errand.more_is_due, False
        claimed = (
            [] if self._leaving.is_set() else await webhook_messages.claim(resources, key, AT_ONCE, errand.on_the_way)
        )
        for sending in claimed:
            errand.on_the_way += 1
            self._tasks.create_task(self._take(resources, sending, errand), name=f"post {sending.message.id}")
        errand.full = errand.on_the_way >= AT_ONCE or (asked and not claimed)
        return errand.on_the_way > 0

    async def _take(self, resources: Resources, sending: Sending, errand: _Errand) -> None:
        try:
            await webhook_messages.attempt(resources, sending)
        except Exception:  # noqa: BLE001 whatever it is: it is sent again when its lease ends
            _log.exception("message_not_sent", message=str(sending.message.id))
            await asyncio.sleep(REST_AFTER_FAULT_SECONDS)
        finally:
            errand.on_the_way -= 1
            errand.full = False
            errand.stirred.set()
