"""What wakes by itself: sleeps until the next moment that matters, and then has done what is due."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog

from actions import clock, errands
from actions.resources import Resources

LONGEST_SLEEP_SECONDS = 30.0
REST_SECONDS = 0.05  # between rounds that found nothing to do although something was due
REST_AFTER_FAULT_SECONDS = 1.0

NextMoment = Callable[[Resources], Awaitable[datetime | None]]
Work = Callable[[Resources], Awaitable[None]]

_log = structlog.get_logger()


@asynccontextmanager
async def running(resources: Resources) -> AsyncIterator[None]:
    """Keep the clock, which must be on the second, and beside it the errands, which wait for WhatsApp."""
    tasks = [
        asyncio.create_task(_keep(resources, clock.next_moment, clock.strike), name="clock"),
        asyncio.create_task(_keep(resources, errands.next_moment, errands.run), name="errands"),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def _keep(resources: Resources, next_moment: NextMoment, work: Work) -> None:
    """Go on until cancelled. A fault is logged, and the round tried again."""
    async with resources.feed.listening() as bell:
        while True:
            try:
                seconds = await _round(resources, next_moment, work)
            except Exception:  # noqa: BLE001 it must go on
                _log.exception("scheduler_fault", work=work.__module__)
                await asyncio.sleep(REST_AFTER_FAULT_SECONDS)
                continue
            # Any change may have brought the next moment nearer: the bell wakes us to look again.
            await bell.heard(seconds)


async def _round(resources: Resources, next_moment: NextMoment, work: Work) -> float:
    """Do what is due; give the seconds until the next moment."""
    moment = await next_moment(resources)
    if moment is None:
        return LONGEST_SLEEP_SECONDS
    seconds = (moment - resources.now()).total_seconds()
    if seconds > 0:
        return min(seconds, LONGEST_SLEEP_SECONDS)
    await work(resources)
    return REST_SECONDS
