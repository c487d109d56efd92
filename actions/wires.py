"""What carries words from each server to all the others: Redis, or PostgreSQL's LISTEN and NOTIFY.

A wire may lose words, but never hides that it was cut: hearing and speaking end with an error, and whoever uses the
wire begins anew.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, Never, Protocol

import asyncpg
from redis.asyncio import Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from sqlalchemy.exc import ArgumentError

from models.database import address

CHANNEL = "maycall"
PATIENCE_SECONDS = 5.0  # for connecting and for an answer; after as long a silence the other end is asked for one

Say = Callable[[str], Awaitable[None]]


class Wire(Protocol):
    """A way between servers. What its ends raise when it is lost is whatever its driver does."""

    async def hear(self, begun: Callable[[], None], take: Callable[[str], None]) -> Never:
        """Hand over all that is said after `begun` is called, until the wire is lost."""

    def speaking(self) -> AbstractAsyncContextManager[Say]:
        """Give what says up to 7,000 bytes. When it raises, that may have got through or not."""


def wire_to(url: str) -> Wire | None:
    """Give the wire at this address; memory:// needs none: its only server is this one. ValueError with a sentence."""
    try:
        match re.split(r"\+\w+://|://", url, maxsplit=1)[0]:
            case "memory":
                return None
            case "redis" | "rediss":
                parse_url(url)
                return RedisWire(url)
            case "postgresql" | "postgres":
                address(url)
                return PostgreSQLWire(url)
    except (ValueError, ArgumentError) as error:
        raise ValueError("it must be an address like redis://localhost:6379/0 or postgresql://…") from error
    raise ValueError("it must begin with memory://, redis://, rediss:// or postgresql://")


class RedisWire:
    def __init__(self, url: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._url = url
        self._patience = patience_seconds

    async def hear(self, begun: Callable[[], None], take: Callable[[str], None]) -> Never:
        async with self._client() as client, client.pubsub() as subscription:
            await subscription.subscribe(CHANNEL)
            asked = False
            while True:
                message = await subscription.get_message(timeout=self._patience)
                match message:
                    case None if asked:
                        raise TimeoutError("Redis does not answer")
                    case None:
                        await subscription.ping()
                    case {"type": "subscribe"}:  # said again should the library ever connect anew by itself
                        begun()
                    case {"type": "message", "data": str(words)}:
                        take(words)
                asked = message is None

    @asynccontextmanager
    async def speaking(self) -> AsyncIterator[Say]:
        async with self._client() as client:
            await client.ping()  # so that a server that is not there is known before there is anything to say

            async def say(words: str) -> None:
                await client.publish(CHANNEL, words)

            yield say

    def _client(self) -> Redis:
        return Redis.from_url(
            self._url,
            decode_responses=True,
            encoding_errors="replace",
            retry=Retry(NoBackoff(), 0),  # or the library would hide that there was a gap
            socket_connect_timeout=self._patience,
            socket_timeout=self._patience,
        )


class PostgreSQLWire:
    def __init__(self, url: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._url = url
        self._patience = patience_seconds

    async def hear(self, begun: Callable[[], None], take: Callable[[str], None]) -> Never:
        cut = asyncio.Event()
        async with self._connected() as connection:
            connection.add_termination_listener(lambda _connection: cut.set())
            await connection.add_listener(CHANNEL, lambda _connection, _process, _channel, words: take(words))
            begun()
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._patience):
                        await cut.wait()
                await connection.execute("SELECT 1")  # which raises where the connection has gone

    @asynccontextmanager
    async def speaking(self) -> AsyncIterator[Say]:
        async with self._connected() as connection:

            async def say(words: str) -> None:
                await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, words)

            yield say

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Any]:
        # Read by the same reader as the database's own address, so that one may be given for both.
        url = address(self._url)
        _, parts = url.get_dialect()().create_connect_args(url)
        patience = {"timeout": self._patience, "command_timeout": self._patience}
        connection = await asyncpg.connect(**{**parts, **patience})
        try:
            yield connection
        finally:
            connection.terminate()
