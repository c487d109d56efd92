"""Listeners of the hub in this process, and changes for them to hear of."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import GraphQLError

from actions import log
from actions.access import Viewer
from graph import cursors
from graph.live import Hub, Seat, asked
from models.change import Cause, Change, ChangeKind
from models.columns import new_id
from tests.ground.house import NOON, House

ALL = list(ChangeKind)
CHANGES = (
    "subscription ($after: String, $kinds: [ChangeKind!]) { changes(after: $after, kinds: $kinds) { cursor kind } }"
)


@dataclass(slots=True, eq=False)
class Ear:
    """A listener that keeps what it is told. While it is `stalled`, what it is told waits."""

    house: House
    told: list[Any] = field(default_factory=list)
    writes: list[int] = field(default_factory=list)  # how many results came in each write
    refused: list[str | None] = field(default_factory=list)  # why nothing will ever be told
    over: bool = False
    last_cursor: str | None = None  # where it may come back, once it has been let go
    stalled: bool = False
    waiting: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    seat: Seat | None = None

    def deliver(self, payloads: Sequence[bytes]) -> None:
        assert not self.over
        self.told += [orjson.loads(payload) for payload in payloads]
        self.writes.append(len(payloads))
        if self.stalled:
            self.waiting += sum(map(len, payloads))
        self.news.set()

    def refuse(self, errors: Sequence[GraphQLError]) -> None:
        self.refused = [(error.extensions or {}).get("reason") or (error.extensions or {})["code"] for error in errors]
        self.stop()

    def complete(self) -> None:
        self.stop()

    def let_go(self, cursor: str) -> None:
        self.last_cursor = cursor
        self.stop()

    def stop(self) -> None:
        assert not self.over
        self.over = True
        self.news.set()

    async def drained(self) -> None:
        while self.waiting:
            self.news.clear()
            await self.news.wait()

    def recover(self) -> None:
        self.stalled, self.waiting = False, 0
        self.news.set()

    @property
    def sequences(self) -> list[int]:
        """List the numbers of the changes it was told of."""
        own = self.house.business.workspace.id
        return [cursors.decode_log(next(iter(told["data"].values()))["cursor"], own) for told in self.told]

    async def has(self, sequence: int) -> None:
        """Wait until it was told of this change."""
        async with asyncio.timeout(60):
            while not self.told or self.sequences[-1] < sequence:
                self.news.clear()
                await self.news.wait()

    async def ended(self) -> None:
        async with asyncio.timeout(60):
            while not self.over:
                self.news.clear()
                await self.news.wait()


async def join(
    hub: Hub,
    house: House,
    after: int | str | None = None,
    document: str = CHANGES,
    by: Viewer | None = None,
    **more: Any,
) -> Ear:
    """Let somebody whose token has entered listen from a place in the log (None: from now on)."""
    if isinstance(after, int):
        after = cursor(house, after)
    wanted = asked(document, None, {"after": after} | more)
    assert wanted is not None
    ear = Ear(house)
    ear.seat = await hub.join(ear, by or house.admin, wanted)
    return ear


@asynccontextmanager
async def opened(house: House, *viewers: Viewer, resources: Any = None) -> AsyncIterator[Hub]:
    """Give a hub that the admin and these viewers have entered."""
    hub = Hub(resources or house.resources, connections_per_token=10)
    for viewer in (house.admin, *viewers):
        hub.enter(viewer)
    try:
        yield hub
    finally:
        hub.close()


def cursor(house: House, sequence: int) -> str:
    return cursors.encode_log(house.business.workspace.id, sequence)


def something(house: House, kind: ChangeKind | None = None, actor: str | None = None) -> Change:
    return Change(
        workspace_id=house.business.workspace.id,
        kind=kind or random.choice(ALL),  # noqa: S311 chance, not secrets
        cause=Cause.UPDATED,
        occurred_at=NOON,
        recorded_at=NOON,
        subject_id=new_id(),
        actor=actor,
    )


async def write(
    house: House, how_many: int = 1, *kinds: ChangeKind, silently: bool = False, actor: str | None = None
) -> None:
    """Write some changes, or one of each kind given, and announce them, unless their bell is to be lost."""
    changes = [something(house, kind, actor) for kind in kinds or [None] * how_many]
    async with house.resources.database.writing() as session:
        workspaces = await log.append(session, changes)
    for workspace_id in workspaces if not silently else ():
        await house.resources.feed.announce(workspace_id)
