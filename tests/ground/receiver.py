"""A partner's server: it keeps what is posted to it, and answers as it is told to."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import time_machine
from standardwebhooks import Webhook


@dataclass(frozen=True, slots=True)
class Says:
    """An answer. One that `hangs` never comes; one that `drips` sends its head and nothing after."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    hangs: bool = False
    drips: bool = False


HANGS = Says(hangs=True)


@dataclass(frozen=True, slots=True)
class Got:
    """What was posted."""

    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str, at: datetime) -> Any:
        """Read it as a receiver does who goes by the library, at a moment."""
        with time_machine.travel(at, tick=False):
            return Webhook(secret).verify(self.body, self.headers)

    @property
    def read(self) -> Any:
        return orjson.loads(self.body)


@dataclass(slots=True)
class Receiver:
    port: int = 0
    name: str = "127.0.0.1"
    scheme: str = "http"
    says: list[Says] = field(default_factory=list)  # first these, one after the other, and then
    always: Says = field(default_factory=Says)
    got: list[Got] = field(default_factory=list)
    at_once: int = 0  # how many wait for an answer
    most_at_once: int = 0
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _closing: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.name}:{self.port}/hook?for=us"

    @property
    def ids(self) -> list[str]:
        return [got.id for got in self.got]

    async def has(self, how_many: int) -> Sequence[Got]:
        """Wait until so many were posted."""
        async with asyncio.timeout(60), self._news:
            await self._news.wait_for(lambda: len(self.got) >= how_many)
        return self.got

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            await self._answer(reader, writer)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        answer = self.says.pop(0) if self.says else self.always
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        async with self._news:
            self.got.append(Got(first.split()[1], headers, body))
            self._news.notify_all()
        try:
            if answer.hangs:
                await self._closing.wait()
                return
            # Not at once: those who are posted to side by side are here side by side.
            await asyncio.sleep(0)
            said = {"content-length": str(len(answer.body) + answer.drips), "connection": "close"} | answer.headers
            head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
            writer.write(f"HTTP/1.1 {answer.status} So\r\n{head}\r\n".encode() + answer.body)
            await writer.drain()
            if answer.drips:
                await self._closing.wait()
        finally:
            self.at_once -= 1

    def close(self) -> None:
        self._closing.set()


@asynccontextmanager
async def receiving(
    *says: Says, always: Says | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Give a receiver that listens until the block ends, with TLS where it is given what it proves itself by."""
    receiver = Receiver(says=list(says), always=always or Says(), scheme="https" if tls else "http")
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        receiver.close()
        server.close()
