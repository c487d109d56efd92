"""The clock: sleeps until the next moment that matters, and then does what is due.

It only tells and tidies. Whatever has run out has run out on every read and before every call, clock or no clock.
"""

import asyncio

import structlog

from actions import calls, clock, deliveries, permissions
from actions.resources import Resources

LONGEST_SLEEP_SECONDS = 30.0
REST_SECONDS = 0.05  # between rounds that found nothing to do although something was due
REST_AFTER_FAULT_SECONDS = 1.0

_log = structlog.get_logger()


async def run(resources: Resources) -> None:
    """Go on until cancelled. A fault is logged, and the round tried again."""
    async with resources.feed.listening() as bell:
        while True:
            try:
                seconds = await _round(resources)
            except Exception:  # noqa: BLE001 the clock must go on
                _log.exception("clock_fault")
                await asyncio.sleep(REST_AFTER_FAULT_SECONDS)
                continue
            # Any change may have brought the next moment nearer: the bell wakes us to look again.
            await bell.heard(seconds)


async def _round(resources: Resources) -> float:
    """Do what is due; give the seconds until the next moment."""
    moment = await clock.next_moment(resources)
    if moment is None:
        return LONGEST_SLEEP_SECONDS
    seconds = (moment - resources.now()).total_seconds()
    if seconds > 0:
        return min(seconds, LONGEST_SLEEP_SECONDS)
    await clock.expire(resources)
    await deliveries.retry(resources)
    await permissions.pick_up(resources)
    await calls.give_up(resources)
    return REST_SECONDS
