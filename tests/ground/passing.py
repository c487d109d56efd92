"""Time that passes by hand, for a whole house: the real app, and the stand-in that lives by the same clock."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from actions.resources import Resources
from sandbox.world import World
from server.scheduler import DUTIES

from .house import Clock

SECONDS_TO_SETTLE = 60
SECONDS_BETWEEN_LOOKS = 0.005
MOST_LEAPS = 5  # of what is due in a stretch of time: Maycall may have something to do every minute of a week


@dataclass(frozen=True, slots=True)
class Passing:
    """Lets time pass for everybody, and waits until what it brings is done."""

    clock: Clock
    resources: Resources
    world: World
    rest: float = SECONDS_BETWEEN_LOOKS  # seconds between two looks at whether all is done

    async def of(self, time: timedelta, *, leaps: int = MOST_LEAPS) -> None:
        """Let this much pass, and everything happen that is due in it: the next few things each at its moment."""
        until = self.clock.now + time
        moments = await self.moments()
        for _ in range(leaps):
            self.clock.now = min([until, *(moment for moment in moments if moment > self.clock.now)])
            moments = await self.settled()
            if self.clock.now == until:
                return
        self.clock.now = until
        await self.settled()

    async def settled(self) -> list[datetime]:
        """Wait until all that should be there by now is there, and all that is due is done; give what is due later."""
        self._wake()
        async with asyncio.timeout(SECONDS_TO_SETTLE):
            while True:
                moments = [] if self.world.outbox.due else await self.moments()
                if moments and min(moments) > self.clock.now:
                    return moments
                await asyncio.sleep(self.rest)

    def _wake(self) -> None:
        """Make everybody look at the clock, which they cannot know was moved."""
        with self.world.writing():
            self.world.chaos = self.world.chaos
        self.resources.feed.wake_all()

    async def moments(self) -> list[datetime]:
        """List when somebody has something to do next, late or not; the end of time is always among them."""
        ends = [call.ends_by for call in self.world.open_calls() if call.ends_by is not None]
        duties = [await duty.next_moment(self.resources) for duty in DUTIES]
        return [
            *(datetime.fromtimestamp(end, UTC) for end in ends),
            *(moment for moment in duties if moment is not None),
            datetime.max.replace(tzinfo=UTC),
        ]
