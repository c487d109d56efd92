"""The wire through Redis, which only servers that have one load."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Never

from redis.asyncio import Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from .wires import CHANNEL, PATIENCE_SECONDS, Say


class RedisWire:
    """A wire through Redis at this address. ValueError where it is none."""

    def __init__(self, url: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        parse_url(url)
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
