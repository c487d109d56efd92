"""What carries words from each server to all the others: Redis, or PostgreSQL's LISTEN and NOTIFY.

A wire may lose words, but never hides that it was cut: hearing and speaking end with an error, and whoever uses the
wire begins anew.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from importlib import import_module
from typing import Any, Never, Protocol

import asyncpg
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
                # Its library takes a tenth of a second of a processor to load, which only who has a Redis is to pay.
                made: Wire = import_module(".redis_wire", __package__).RedisWire(url)
                return made
            case "postgresql" | "postgres":
                address(url)
                return PostgreSQLWire(url)
    except (ValueError, ArgumentError) as error:
        raise ValueError("it must be an address like redis://localhost:6379/0 or postgresql://…") from error
    raise ValueError("it must begin with memory://, redis://, rediss:// or postgresql://")


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
