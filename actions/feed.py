"""Announce after the commit; listen. The log is the truth: an announcement only wakes whoever reads it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import structlog
from broadcaster import Broadcast
from broadcaster._base import Subscriber

_CHANNEL = "maycall"
_log = structlog.get_logger()


class Waiter:
    """One listener's bell: it rings when its workspace's log has grown, and stays rung until it is heard."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def heard(self, patience_seconds: float) -> None:
        """Wait until it rings, at most so long: whoever waits reads the log anyway, so a lost ring costs only time."""
        # Not asyncio.wait_for: on Python 3.11 it forgets that it was cancelled when the bell rings in that moment.
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                await self._rung.wait()
        self._rung.clear()


class Feed:
    """The process's one ear on the broadcaster, and the bells of all who listen here."""

    def __init__(self, url: str) -> None:
        self._broadcast = Broadcast(url)
        self._waiters: dict[UUID, set[Waiter]] = {}
        self._everywhere: set[Waiter] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open the ear. One subscription for the process's whole life: broadcaster loses some of several at once."""
        async with self._broadcast, self._broadcast.subscribe(_CHANNEL) as announcements:
            hearing = asyncio.create_task(self._hear(announcements), name="feed")
            try:
                yield
            finally:
                hearing.cancel()
                with suppress(asyncio.CancelledError):
                    await hearing

    async def announce(self, workspace_id: UUID) -> None:
        """Wake every listener of the workspace. A failure is logged, never raised: the work is done and committed."""
        try:
            await self._broadcast.publish(_CHANNEL, str(workspace_id))
        except Exception:  # noqa: BLE001 whatever a backend raises: listeners look into the log by themselves in time
            _log.warning("announcement_failed", workspace=str(workspace_id), exc_info=True)

    @asynccontextmanager
    async def listening(self, workspace_id: UUID | None = None) -> AsyncIterator[Waiter]:
        """Give a bell that rings for one workspace, or (None) for all of them."""
        waiter = Waiter()
        waiters = self._everywhere if workspace_id is None else self._waiters.setdefault(workspace_id, set())
        waiters.add(waiter)
        try:
            yield waiter
        finally:
            waiters.discard(waiter)
            if workspace_id is not None and not waiters:
                self._waiters.pop(workspace_id, None)

    def wake_all(self) -> None:
        """Ring every bell: for those who are to look up because the server is about to stop."""
        for waiter in [*self._everywhere, *(waiter for waiters in self._waiters.values() for waiter in waiters)]:
            waiter.ring()

    async def _hear(self, announcements: Subscriber) -> None:
        async for announcement in announcements:  # type: ignore[union-attr] # broadcaster's annotation is wrong
            if announcement is None:
                continue
            try:
                workspace_id = UUID(announcement.message)
            except ValueError:
                _log.warning("announcement_not_understood", message=announcement.message[:100])
                continue
            for waiter in [*self._everywhere, *self._waiters.get(workspace_id, ())]:
                waiter.ring()
