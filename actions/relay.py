"""Our backend of broadcaster: what passes words on between the servers, supervised, and bounded at every place.

Its words are the ids of workspaces, and one that means them all. A word that waits is not written down twice; when too
many wait, the one for all takes their place. So nothing grows, nobody who speaks ever waits, and a wire that was
cut costs nothing but one ring of every bell.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import structlog
from broadcaster import BroadcastBackend, Event

from models.columns import new_id

from .wires import CHANNEL, Wire

EVERYBODY = "*"
MOST_WAITING = 10_000
MOST_AT_ONCE = 180  # ids of 36 characters and the blanks between them: PostgreSQL notifies of less than 8,000 bytes
SHORTEST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
SECONDS_TO_FINISH = 1.0  # for what is still to be said when the server stops
SECONDS_TO_HEED = 0.5  # being cancelled

_log = structlog.get_logger()


class Words:
    """Words that wait to be passed on, in their order, each once."""

    def __init__(self) -> None:
        self._waiting: dict[str, None] = {}
        self._some = asyncio.Event()

    def add(self, *words: str) -> None:
        for word in words:
            if EVERYBODY in self._waiting:
                break
            if word == EVERYBODY or len(self._waiting) >= MOST_WAITING:
                self._waiting = {EVERYBODY: None}
            else:
                self._waiting[word] = None
        if self._waiting:
            self._some.set()

    async def take(self, most: int) -> list[str]:
        """Wait for at least one word, and give up to `most` that have waited longest."""
        await self._some.wait()
        taken = list(self._waiting)[:most]
        for word in taken:
            del self._waiting[word]
        if not self._waiting:
            self._some.clear()
        return taken

    def __len__(self) -> int:
        return len(self._waiting)


class Relay(BroadcastBackend):
    """Hands what is published here to this process at once, and over the wire, where there is one, to all others."""

    def __init__(self, wire: Wire | None) -> None:
        self._wire = wire
        self._own_name = new_id().hex  # what we said ourselves comes back over the wire, and is known already
        self._to_hear = Words()
        self._to_say = Words()
        self._all_said = asyncio.Event()
        self._turn = asyncio.Semaphore()
        self._tasks: list[asyncio.Task[None]] = []
        self.hears = wire is None

    async def connect(self) -> None:
        """Begin, whether the wire can be reached or not."""
        self._turn = asyncio.Semaphore()
        self._all_said.set()
        if self._wire is not None:
            self._tasks = [
                asyncio.create_task(_supervise("hear", partial(self._hear, self._wire)), name="relay: hear"),
                asyncio.create_task(_supervise("say", partial(self._say, self._wire)), name="relay: say"),
            ]

    async def disconnect(self) -> None:
        """Say what is still to be said, if that is quickly done, and end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS_TO_FINISH):
                await self._all_said.wait()
        while self._tasks:
            for task in self._tasks:
                task.cancel()  # again: until Python 3.12 wait_for, which the drivers use, may lose being cancelled
            _, alive = await asyncio.wait(self._tasks, timeout=SECONDS_TO_HEED)
            self._tasks = list(alive)
        await asyncio.sleep(0)  # broadcaster has cancelled its own task, and does not wait until it has ended

    async def subscribe(self, group: str) -> None:
        """Do nothing: there is one channel, and it is open from the start. Two first subscribers cannot collide."""

    async def unsubscribe(self, group: str) -> None:
        """Do nothing: the channel stays open to the end."""

    async def publish(self, channel: str, message: str) -> None:  # noqa: ARG002 there is only the one channel
        """Note what is to be passed on. It never waits for the wire, nor fails with it."""
        self._to_hear.add(message)
        if self._wire is not None:
            self._to_say.add(message)
            self._all_said.clear()

    async def next_published(self) -> Event:
        """Give the next word, once the one before was passed on: broadcaster's own queues know no bound."""
        await self._turn.acquire()
        [word] = await self._to_hear.take(1)
        return Event(CHANNEL, word)

    def passed_on(self) -> None:
        """Take note that the subscriber has dealt with the last word, and the next may come."""
        self._turn.release()

    async def _hear(self, wire: Wire) -> None:
        def begun() -> None:
            self.hears = True
            self._to_hear.add(EVERYBODY)  # whatever was said while nobody heard
            _log.info("wire_hears")

        def take(line: str) -> None:
            speaker, *words = line.split(" ")
            if speaker != self._own_name:
                self._to_hear.add(*words)

        try:
            await wire.hear(begun, take)
        finally:
            self.hears = False

    async def _say(self, wire: Wire) -> None:
        async with wire.speaking() as say:
            while True:
                words = await self._to_say.take(MOST_AT_ONCE)
                try:
                    await say(" ".join([self._own_name, *words]))
                except BaseException:
                    self._to_say.add(*words)
                    raise
                if not self._to_say:
                    self._all_said.set()


async def _supervise(what: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do it again whenever it fails, with a pause that grows while it does so at once."""
    pause = SHORTEST_PAUSE_SECONDS
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await work()
        except Exception as error:  # noqa: BLE001 whatever a driver raises, this must go on
            _log.warning("wire_lost", to=what, exc_info=error)
        lasted = asyncio.get_running_loop().time() - began
        pause = SHORTEST_PAUSE_SECONDS if lasted > LONGEST_PAUSE_SECONDS else min(2 * pause, LONGEST_PAUSE_SECONDS)
        await asyncio.sleep(random.uniform(pause / 2, pause))  # noqa: S311 that not all servers come back at once
