"""A fleet from its first program's start to its last one's end."""

import asyncio
import signal
from collections.abc import Iterable
from contextlib import AsyncExitStack

from .plan import Plan
from .program import Program, Running, finish
from .stream import Stream

# From Ctrl-C on, until who has not ended is killed. A server leaves within ten by itself; all seldom take five.
SECONDS_TO_END_THE_HOUSE = 10.0
SECONDS_TO_END_THE_SANDBOX = 13.0
SECONDS_TO_END_THE_SERVICES = 16.0


class Muster:
    """The programs of a plan, started rank by rank and ended in the reverse order."""

    def __init__(self, plan: Plan, stream: Stream) -> None:
        self._plan = plan
        self._stream = stream
        self._all: list[Running] = []
        self._ending_since: float | None = None
        self.in_time = True

    async def run(self) -> None:
        """Start all, say where to look, and keep all running until cancelled. FleetError when one cannot start."""
        plan, stream = self._plan, self._stream
        stream.expect(plan.names)
        async with AsyncExitStack() as stack:
            if plan.making is not None:
                stream.tell("Making a PostgreSQL database.")
                await finish(plan.making.program, stream)
                plan.making.unfinished.rename(plan.making.finished)
            await _started(self._rank(stack, plan.services, SECONDS_TO_END_THE_SERVICES))
            await finish(plan.migrate, stream)
            stream.tell("Starting " + ", ".join(program.name for program in (plan.sandbox, *plan.house)) + ".")
            sandbox = self._rank(stack, [plan.sandbox], SECONDS_TO_END_THE_SANDBOX)
            house = self._rank(stack, plan.house, SECONDS_TO_END_THE_HOUSE)
            await _started(sandbox + house)
            stream.show(plan.greeting)
            async with asyncio.TaskGroup() as group:
                for running in self._all:
                    group.create_task(running.keep())

    def kill(self) -> None:
        """End everything at once."""
        for running in self._all:
            running.kill()

    def _rank(self, stack: AsyncExitStack, programs: Iterable[Program], seconds_to_end: float) -> list[Running]:
        """Make those who are ended together."""
        rank = [Running(program, self._stream) for program in programs]
        self._all += rank
        stack.push_async_callback(self._end, rank, seconds_to_end)
        return rank

    async def _end(self, rank: list[Running], seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        self._ending_since = self._ending_since or now
        left = self._ending_since + seconds - now
        ended = await asyncio.gather(*(running.end(left) for running in rank))
        self.in_time = self.in_time and all(ended)


async def _started(rank: Iterable[Running]) -> None:
    starting = [asyncio.create_task(running.start()) for running in rank]
    try:
        await asyncio.gather(*starting)
    finally:
        for start in starting:
            start.cancel()


async def run_until_told(plan: Plan, stream: Stream) -> bool:
    """Run a fleet until SIGINT, SIGTERM or SIGHUP, and tell whether all ended in time. A second signal ends it hard."""
    muster = Muster(plan, stream)
    loop, running = asyncio.get_running_loop(), asyncio.ensure_future(muster.run())
    told = False

    def end() -> None:
        nonlocal told
        if told:
            muster.kill()
            return
        told = True
        stream.tell("Stopping. Ctrl-C once more stops at once.")
        running.cancel()

    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(one, end)
    await asyncio.wait({running})
    if not running.cancelled() and (fault := running.exception()) is not None:
        raise fault
    return muster.in_time
