"""What waits to be done, counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from models import backlog

from .resources import Resources


@dataclass(frozen=True, slots=True)
class Backlog:
    """For each queue how much is kept, how much of it is due, and for how long the oldest has been."""

    waiting: Mapping[str, int]
    due: Mapping[str, int]
    oldest: Mapping[str, timedelta]


async def counted(resources: Resources) -> Backlog:
    now = resources.now()
    async with resources.database.reading() as session:
        waiting = {queue: (await session.exec(backlog.waiting(queue))).one() for queue in backlog.KEPT}
        due = {queue: (await session.exec(backlog.due(queue, now))).one() for queue in backlog.ALL}
    oldest = {queue: timedelta() if since is None else now - since for queue, (_, since) in due.items()}
    return Backlog(waiting, {queue: count for queue, (count, _) in due.items()}, oldest)
