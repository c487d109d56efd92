"""How much has been used of what may be used in a minute, counted by all servers together.

Minutes are the clock's, so that servers agree on them without a word. Where what is shared cannot be reached each
server counts for itself: to serve some too much is better than to serve nobody.
"""

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from limits.aio.storage import RedisStorage
from sqlalchemy.exc import SQLAlchemyError

from models import allowance
from models.database import Database

MINUTE = timedelta(minutes=1)
PATIENCE_SECONDS = 1.0  # for Redis to count
MOST_AT_ONCE = 16  # questions to Redis: each takes a connection
REST = timedelta(seconds=5)  # until what could not be reached is tried again
KEPT = timedelta(hours=1)  # what nobody has used
PORTIONS = 50  # in which servers take a minute's points

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the meter shows after something was asked of it."""

    granted: bool
    limit: int  # in each minute
    remaining: int
    resets_at: datetime


class Meter(Protocol):
    async def take(self, key: str, amount: int, limit: int, now: datetime) -> Reading:
        """Use up an amount of what `key` may use in this minute, or nothing where it is not all there."""

    async def close(self) -> None:
        """Let go of what it is connected to."""


def minute_of(now: datetime) -> datetime:
    return datetime.fromtimestamp(now.timestamp() // 60 * 60, UTC)


class OwnMeter:
    """Counts in this process alone."""

    def __init__(self) -> None:
        self._minute = datetime.min.replace(tzinfo=UTC)
        self._used: dict[str, int] = {}

    async def take(self, key: str, amount: int, limit: int, now: datetime) -> Reading:
        minute = minute_of(now)
        if minute != self._minute:
            self._minute, self._used = minute, {}
        used = self._used.get(key, 0)
        granted = used + amount <= limit
        if granted:
            self._used[key] = used = used + amount
        return Reading(granted, limit, limit - used, minute + MINUTE)

    async def close(self) -> None:
        pass


class SharedMeter(ABC):
    """Counts together with others: takes a portion of a minute's points at a time, and hands it out by itself.

    It counts alone while what is shared cannot be reached.
    """

    faults: tuple[type[Exception], ...] = (OSError, TimeoutError)

    def __init__(self) -> None:
        self._own = OwnMeter()
        self._alone_until: datetime | None = None
        self._minute = datetime.min.replace(tzinfo=UTC)
        self._in_hand: dict[str, int] = {}
        self._left: dict[str, int] = {}  # for all, when that was last looked at

    async def take(self, key: str, amount: int, limit: int, now: datetime) -> Reading:
        if self._alone_until is not None and now < self._alone_until:
            return await self._own.take(key, amount, limit, now)
        try:
            reading = await self._take(key, amount, limit, minute_of(now))
        except self.faults as error:
            if self._alone_until is None:
                _log.warning("meter_alone", reason=str(error)[:200])
            self._alone_until = now + REST
            return await self._own.take(key, amount, limit, now)
        if self._alone_until is not None:
            _log.info("meter_shared_again")
            self._alone_until = None
        return reading

    async def _take(self, key: str, amount: int, limit: int, minute: datetime) -> Reading:
        if minute != self._minute:
            self._minute, self._in_hand, self._left = minute, {}, {}
            await self.forget(minute - KEPT)
        if self._in_hand.get(key, 0) < amount and self._left.get(key, limit) > 0:
            portion = max(amount, limit // PORTIONS)
            used = await self.add(key, portion, minute)
            if minute == self._minute:  # else the minute has passed while we asked
                self._in_hand[key] = self._in_hand.get(key, 0) + max(min(portion, limit - (used - portion)), 0)
                self._left[key] = max(limit - used, 0)
        in_hand = self._in_hand.get(key, 0)
        granted = in_hand >= amount
        if granted:
            self._in_hand[key] = in_hand = in_hand - amount
        return Reading(granted, limit, in_hand + self._left.get(key, limit), minute + MINUTE)

    @abstractmethod
    async def add(self, key: str, amount: int, minute: datetime) -> int:
        """Add to what all have used in this minute, and give what that comes to."""

    async def forget(self, before: datetime) -> None:  # noqa: B027 Redis forgets by itself
        """Forget who has used nothing since then."""

    async def close(self) -> None:  # noqa: B027 the database is not its own
        """Let go of what it is connected to."""


class RedisMeter(SharedMeter):
    """One count in Redis for each key and minute."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._storage = RedisStorage(
            url,
            implementation="redispy",
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            retry=None,  # type: ignore[arg-type] # it is handed on: whoever asks does not wait for several tries
        )
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        faults = self._storage.base_exceptions
        self.faults = (*(faults if isinstance(faults, tuple) else (faults,)), OSError, TimeoutError)

    async def add(self, key: str, amount: int, minute: datetime) -> int:
        place = f"maycall:meter:{key}:{int(minute.timestamp())}"
        async with self._turns:
            return await self._storage.incr(place, 2 * int(MINUTE.total_seconds()), amount)

    async def close(self) -> None:
        await self._storage.bridge.storage.aclose()  # type: ignore[attr-defined] # it is the client of redis-py


class DatabaseMeter(SharedMeter):
    """One row for each key."""

    faults = (SQLAlchemyError, OSError)

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    async def add(self, key: str, amount: int, minute: datetime) -> int:
        async with self._database.writing() as session:
            used: int = (await session.exec(allowance.take(key, minute, amount))).one()[0]
        return used

    async def forget(self, before: datetime) -> None:
        async with self._database.writing() as session:
            await session.exec(allowance.before(before))


def meter_at(broadcast_url: str, database: Database) -> Meter:
    """Give the meter of a server: shared where there can be others."""
    if broadcast_url.startswith("redis"):
        return RedisMeter(broadcast_url)
    alone = broadcast_url.startswith("memory") or database.url.get_backend_name() == "sqlite"
    return OwnMeter() if alone else DatabaseMeter(database)
