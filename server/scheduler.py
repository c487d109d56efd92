"""What wakes by itself: sleeps until the next moment that matters, and then has done what is due."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from actions import batches, calls, clock, deletion, deliveries, errands, permissions, webhook_messages
from actions.feed import Waiter
from actions.resources import Resources
from actions.retention import Retention
from graph import payloads
from graph.schema import schema

from .postman import Postman

LONGEST_SLEEP_SECONDS = 30.0
REST_SECONDS = 0.05  # between rounds that found nothing to do although something was due
REST_AFTER_RING_SECONDS = 0.2
REST_AFTER_FAULT_SECONDS = 1.0

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do at moments that the database knows."""

    name: str
    next_moment: Callable[[Resources], Awaitable[datetime | None]]
    do: Callable[[Resources], Awaitable[int]]
    bell: Waiter | None = None  # what rings when there is more to do, where that is not only when the log has grown


DUTIES = (
    Duty("tell", clock.next_moment, clock.expire),
    Duty("record", deliveries.next_retry, deliveries.retry),
    Duty("pick up", permissions.next_pick_up, permissions.pick_up),
    Duty("give up", calls.next_give_up, calls.give_up),
    Duty("close", calls.next_overdue, calls.close_overdue),
    Duty("verify", errands.next_moment, errands.run),
    Duty("ask many", batches.next_due, batches.go_on),
    Duty("erase", deletion.next_erasure, deletion.erase),
)


@dataclass(slots=True)
class Pulse:
    """How it goes: since when each duty is at its present round, whose last one failed, and whether all has ended."""

    at_work: dict[str, float] = field(default_factory=dict)  # by the loop's clock
    failing: set[str] = field(default_factory=set)
    ended: bool = False
    done: Callable[[str, timedelta], object] = lambda _duty, _late: None
    failed: Callable[[str], object] = lambda _duty: None

    def stuck(self, seconds: float) -> str:
        """Name the duties that are at one round for longer than that."""
        now = asyncio.get_running_loop().time()
        return ", ".join(sorted(name for name, since in self.at_work.items() if now - since > seconds))


async def run(resources: Resources, leaving: asyncio.Event, pulse: Pulse | None = None) -> None:
    """Go on until we are leaving, and finish what was begun.

    Each duty goes its own way: to wait for WhatsApp must not keep us from telling.
    """
    pulse = pulse or Pulse()
    try:
        async with asyncio.TaskGroup() as duties:
            pruning, postman = Retention(), Postman(leaving, duties)
            write = partial(payloads.write, schema, postman.bell.ring)
            for duty in (
                *DUTIES,
                Duty("prune", pruning.next_moment, pruning.run),
                Duty("write to endpoints", webhook_messages.next_reading, write),
                Duty("post to endpoints", postman.next_moment, postman.set_out, postman.bell),
            ):
                duties.create_task(_attend_to(duty, resources, leaving, pulse), name=f"clock: {duty.name}")
            await leaving.wait()
            resources.feed.wake_all()
    finally:
        pulse.ended = True


async def _attend_to(duty: Duty, resources: Resources, leaving: asyncio.Event, pulse: Pulse) -> None:
    """Do what is due whenever it is. A fault is logged, and it is tried again."""
    async with resources.feed.listening(waiter=duty.bell) as bell:
        while not leaving.is_set():
            pulse.at_work[duty.name] = asyncio.get_running_loop().time()
            try:
                seconds = await _round(duty, resources, pulse)
                pulse.failing.discard(duty.name)
            except Exception:  # noqa: BLE001 the clock must go on
                _log.exception("clock_fault", duty=duty.name)
                pulse.failing.add(duty.name)
                pulse.failed(duty.name)
                del pulse.at_work[duty.name]
                await asyncio.sleep(REST_AFTER_FAULT_SECONDS)
                continue
            del pulse.at_work[duty.name]
            # Any change may have brought the next moment nearer: the bell wakes us to look again, many rings once.
            if await bell.heard(seconds):
                await asyncio.sleep(min(seconds, REST_AFTER_RING_SECONDS))


async def _round(duty: Duty, resources: Resources, pulse: Pulse) -> float:
    """Do what is due; give the seconds until the next moment."""
    moment = await duty.next_moment(resources)
    if moment is None:
        return LONGEST_SLEEP_SECONDS
    seconds = (moment - resources.now()).total_seconds()
    if seconds > 0:
        return min(seconds, LONGEST_SLEEP_SECONDS)
    with resources.observer.step(f"clock: {duty.name}"):
        if await duty.do(resources):
            pulse.done(duty.name, resources.now() - moment)
    return REST_SECONDS
