"""A workspace's log as it grows: read once for the whole process, however many follow it."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from uuid import UUID

import structlog

from actions.resources import Resources
from models import change as changes
from models import workspace as workspaces
from models.change import Change
from models.workspace import Workspace

from .cursors import check_place

KEPT = 1000  # changes in memory: whoever comes back soon is served without the database
AT_ONCE = 100
LOOK_UP_SECONDS = 5.0  # how long a lost ring can go unnoticed

_log = structlog.get_logger()


class Together:
    """Work done once for all who ask while it goes on: each waits for one that began after they asked."""

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        self._turn = asyncio.Lock()
        self._ticks = count(1)
        self._began = 0  # the last work that ended well

    async def __call__(self) -> None:
        asked = next(self._ticks)
        async with self._turn:
            if self._began < asked:
                began = next(self._ticks)
                await self._work()
                self._began = began


class Tail:
    """The newest part of one workspace's log, up to `position`; what came after `since` is in memory."""

    def __init__(self, resources: Resources, workspace_id: UUID) -> None:
        self.workspace_id = workspace_id
        self.position = self.since = -1  # nothing is known before the first look
        self.followers = 0
        self.look = Together(self._read)
        self._resources = resources
        self._kept: list[Change] = []
        self._growth = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Look whenever the bell rings, and now and then by itself."""
        self._watching = asyncio.create_task(
            self._watch(), name=f"tail {self.workspace_id}", context=contextvars.Context()
        )

    def close(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    async def after(self, position: int) -> Sequence[Change]:
        """Give the next changes after `position`, at most AT_ONCE; none when there are none yet.

        BAD_USER_INPUT when the log is no longer complete there.
        """
        if position >= self.since:
            begin = position - self.since
            return self._kept[begin : begin + AT_ONCE]
        found = await self._from_database(position, AT_ONCE)
        async with self._resources.database.reading() as session:  # afterwards: what was there by then is all there
            pruned_to = (await session.exec(workspaces.pruned_to(self.workspace_id))).one()
        check_place(position, pruned_to, self.position)
        return found

    async def grown(self, position: int) -> None:
        """Wait until there is something after `position`."""
        while self.position <= position:
            await self._growth.wait()

    async def _watch(self) -> None:
        async with self._resources.feed.listening(self.workspace_id) as bell:
            while True:
                try:
                    await self.look()
                except Exception:  # noqa: BLE001 whatever the database does: the next look may find it well again
                    _log.warning("log_not_read", workspace=str(self.workspace_id), exc_info=True)
                await bell.heard(LOOK_UP_SECONDS)

    async def _read(self) -> None:
        """Read what is new. The log has no gaps, so a place in it is a place in what is kept."""
        if self.position < 0:
            async with self._resources.database.reading() as session:
                workspace = await session.get_one(Workspace, self.workspace_id)
            self.position = self.since = workspace.last_sequence
        while found := await self._from_database(self.position, KEPT):
            whole = found[-1].sequence - self.position == len(found)  # unless we slept while the log was pruned
            self._kept = [*self._kept, *found][-KEPT:] if whole else []
            self.position = found[-1].sequence
            self.since = self.position - len(self._kept)
            self._growth.set()
            self._growth = asyncio.Event()
            if len(found) < KEPT:
                break

    async def _from_database(self, position: int, limit: int) -> Sequence[Change]:
        async with self._resources.database.reading() as session:
            return (await session.exec(changes.after(self.workspace_id, position, limit))).all()
