"""How much has been used of what may be used in a minute, counted by all servers together.

Minutes are the clock's, so that servers agree on them without a word. Where what is shared cannot be reached each
server counts for itself: to serve some too much is better than to serve nobody.
"""

import asyncio
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
PORTIONS = 20  # in which servers take a minute's points from the database

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


def _reading(used: int, amount: int, limit: int, minute: datetime) -> Reading:
    """Read a count that has the amount in it already."""
    granted = used <= limit
    return Reading(granted, limit, max(limit - used if granted else limit - used + amount, 0), minute + MINUTE)


class OwnMeter:
    """Counts in this process alone."""

    def __init__(self) -> None:
        self._minute = datetime.min.replace(tzinfo=UTC)
        self._used: dict[str, int] = {}

    async def take(self, key: str, amount: int, limit: int, now: datetime) -> Reading:
        minute = minute_of(now)
        if minute != self._minute:
            self._minute, self._used = minute, {}
        reading = _reading(self._used.get(key, 0) + amount, amount, limit, minute)
        if reading.granted:
            self._used[key] = self._used.get(key, 0) + amount
        return reading

    async def close(self) -> None:
        pass


class _SharedMeter:
    """Counts together with others, and alone while they cannot be reached."""

    faults: tuple[type[Exception], ...] = ()

    def __init__(self) -> None:
        self._own = OwnMeter()
        self._alone_until: datetime | None = None

    async def take(self, key: str, amount: int, limit: int, now: datetime) -> Reading:
        if self._alone_until is not None and now < self._alone_until:
            return await self._own.take(key, amount, limit, now)
        try:
            reading = await self._take(key, amount, limit, now)
        except self.faults as error:
            if self._alone_until is None:
                _log.warning("meter_alone", exc_info=error)
            self._alone_until = now + REST
            return await self._own.take(key, amount, limit, now)
        if self._alone_until is not None:
            _log.info("meter_shared_again")
            self._alone_until = None
        return reading

    async def _take(self, key: str, amount: int, limit: int, now: datetime) -> Reading:
        raise NotImplementedError


class RedisMeter(_SharedMeter):
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

    async def _take(self, key: str, amount: int, limit: int, now: datetime) -> Reading:
        minute = minute_of(now)
        place = f"maycall:meter:{key}:{int(minute.timestamp())}"
        async with self._turns:
            used = await self._storage.incr(place, 2 * int(MINUTE.total_seconds()), amount)
            reading = _reading(used, amount, limit, minute)
            if not reading.granted:
                await self._storage.incr(place, 2 * int(MINUTE.total_seconds()), -amount)
        return reading

    async def close(self) -> None:
        await self._storage.bridge.storage.aclose()  # type: ignore[attr-defined] # it is the client of redis-py


class DatabaseMeter(_SharedMeter):
    """One row for each key; each server takes a portion of a minute's points, and hands it out by itself."""

    faults = (SQLAlchemyError, OSError)

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database
        self._minute = datetime.min.replace(tzinfo=UTC)
        self._in_hand: dict[str, int] = {}
        self._left: dict[str, int] = {}  # in the database, when it was last looked at

    async def _take(self, key: str, amount: int, limit: int, now: datetime) -> Reading:
        minute = minute_of(now)
        if minute != self._minute:
            self._minute, self._in_hand, self._left = minute, {}, {}
            async with self._database.writing() as session:
                await session.exec(allowance.before(minute - KEPT))
        if self._in_hand.get(key, 0) < amount and self._left.get(key, limit) > 0:
            await self._take_portion(key, max(amount, limit // PORTIONS), limit, minute)
        in_hand = self._in_hand.get(key, 0)
        granted = in_hand >= amount
        if granted:
            self._in_hand[key] = in_hand = in_hand - amount
        return Reading(granted, limit, in_hand + self._left.get(key, limit), minute + MINUTE)

    async def _take_portion(self, key: str, portion: int, limit: int, minute: datetime) -> None:
        async with self._database.writing() as session:
            used = (await session.exec(allowance.take(key, minute, portion))).one()[0]
        if minute != self._minute:
            return  # the minute has passed while we asked
        self._in_hand[key] = self._in_hand.get(key, 0) + max(min(portion, limit - (used - portion)), 0)
        self._left[key] = max(limit - used, 0)

    async def close(self) -> None:
        pass


def meter_at(broadcast_url: str, database: Database) -> Meter:
    """Give the meter of a server: shared where there can be others."""
    if broadcast_url.startswith("redis"):
        return RedisMeter(broadcast_url)
    alone = broadcast_url.startswith("memory") or database.url.get_backend_name() == "sqlite"
    return OwnMeter() if alone else DatabaseMeter(database)
