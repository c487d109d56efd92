"""Whoever takes messages to webhook endpoints: to many at once, and to each a few at a time."""

import asyncio
import random
from collections.abc import Sequence
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


class Postman:
    """Takes what is due to each endpoint on an errand of its own: one that is slow to answer holds up no other."""

    def __init__(self, leaving: asyncio.Event, errands: asyncio.TaskGroup) -> None:
        self.bell = Waiter()  # rings when there is more to do than when it was last looked at
        self._leaving = leaving
        self._errands = errands
        self._served: set[UUID] = set()

    async def next_moment(self, resources: Resources) -> datetime | None:
        """Give the moment at which something is next due to an endpoint that is not being served."""
        if len(self._served) >= MOST_ENDPOINTS:
            return None
        return await webhook_messages.next_attempt(resources, self._served)

    async def set_out(self, resources: Resources) -> int:
        """Begin to serve the endpoints that something is due to. Gives how many."""
        found = await webhook_messages.due(resources, self._served)
        chosen = random.sample(found, min(len(found), MOST_ENDPOINTS - len(self._served)))
        for key in chosen:
            self._served.add(key[1])
            self._errands.create_task(self._serve(resources, key), name=f"post to {key[1]}")
        return len(chosen)

    async def _serve(self, resources: Resources, key: Key) -> None:
        """Take to an endpoint whatever is due to it, until nothing is or we leave."""
        try:
            while not self._leaving.is_set() and (claimed := await webhook_messages.claim(resources, key, AT_ONCE)):
                await _take(resources, claimed)
        except Exception:  # noqa: BLE001 whatever it is: the others go on, and it is tried again
            _log.exception("endpoint_not_served", endpoint=str(key[1]))
            await asyncio.sleep(REST_AFTER_FAULT_SECONDS)
        finally:
            self._served.discard(key[1])
            self.bell.ring()


async def _take(resources: Resources, claimed: Sequence[Sending]) -> None:
    """Send them side by side. One that fails on our side keeps none of the others from being sent and noted."""
    attempts = (webhook_messages.attempt(resources, sending) for sending in claimed)
    for result in await asyncio.gather(*attempts, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
