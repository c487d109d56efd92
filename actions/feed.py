"""Announce after the commit; listen. The log is the truth: an announcement only wakes whoever reads it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import structlog
from broadcaster import Broadcast
from broadcaster._base import Subscriber

from .observer import Nobody, Observer
from .relay import EVERYBODY, Relay
from .wires import CHANNEL, Wire

_log = structlog.get_logger()


class Waiter:
    """One listener's bell: it rings when its workspace's log has grown, and stays rung until it is heard."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def heard(self, patience_seconds: float) -> bool:
        """Wait until it rings, at most so long, and tell whether it did: a lost ring costs only time."""
        # Not asyncio.wait_for: on Python 3.11 it forgets that it was cancelled when the bell rings in that moment.
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                await self._rung.wait()
        rung = self._rung.is_set()
        self._rung.clear()
        return rung


class Feed:
    """The process's one ear on the broadcaster, and the bells of all who listen here.

    Without a wire to other servers, it hears what is announced in this process.
    """

    def __init__(self, wire: Wire | None = None, observer: Observer | None = None) -> None:
        self._observer = observer or Nobody()
        self._relay = Relay(wire)
        self._broadcast = Broadcast(backend=self._relay)
        self._waiters: dict[UUID, set[Waiter]] = {}
        self._everywhere: set[Waiter] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open the ear, also while the wire cannot be reached: it is heard as soon as it can.

        One subscription for the process's whole life: broadcaster loses some of several at once.
        """
        async with self._broadcast, self._broadcast.subscribe(CHANNEL) as announcements:
            hearing = asyncio.create_task(self._hear(announcements), name="feed")
            try:
                yield
            finally:
                hearing.cancel()
                with suppress(asyncio.CancelledError):
                    await hearing

    @property
    def hears(self) -> bool:
        """Whether what other servers announce is heard now. While it is not, listeners look into the log in time."""
        return self._relay.hears

    async def announce(self, workspace_id: UUID) -> None:
        """Wake every listener of the workspace, here and on other servers. It neither waits for them nor fails."""
        with self._observer.step("announce"):
            await self._broadcast.publish(CHANNEL, str(workspace_id))

    @asynccontextmanager
    async def listening(self, workspace_id: UUID | None = None, waiter: Waiter | None = None) -> AsyncIterator[Waiter]:
        """Give a bell, a new one if none is given, that rings for one workspace, or (None) for all of them."""
        waiter = waiter or Waiter()
        waiters = self._everywhere if workspace_id is None else self._waiters.setdefault(workspace_id, set())
        waiters.add(waiter)
        try:
            yield waiter
        finally:
            waiters.discard(waiter)
            if workspace_id is not None and not waiters:
                self._waiters.pop(workspace_id, None)

    def wake_all(self) -> None:
        """Ring every bell: of all who may have missed something, or are to look up because the server stops."""
        for waiter in [*self._everywhere, *(waiter for waiters in self._waiters.values() for waiter in waiters)]:
            waiter.ring()

    async def _hear(self, announcements: Subscriber) -> None:
        async for announcement in announcements:  # type: ignore[union-attr] # broadcaster's annotation is wrong
            if announcement is None:
                continue
            if announcement.message == EVERYBODY:
                self.wake_all()
            else:
                self._wake(announcement.message)
            self._relay.passed_on()

    def _wake(self, announced: str) -> None:
        try:
            workspace_id = UUID(announced)
        except ValueError:
            _log.warning("announcement_not_understood", characters=len(announced))
            return
        for waiter in [*self._everywhere, *self._waiters.get(workspace_id, ())]:
            waiter.ring()
