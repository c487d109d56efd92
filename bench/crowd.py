"""A crowd of dashboards: many WebSockets with the same subscription, heard so cheaply that the server is measured.

The handshake and the frames are made by hand and what comes in is counted, not read: a message costs a few
microseconds here. The first listener keeps its messages, so that what was counted can be looked at.
"""

import asyncio
import base64
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import cycle
from typing import Self, cast
from urllib.parse import urlsplit
from uuid import uuid4

import orjson

CONNECTING_AT_ONCE = 50
SECONDS_TO_CONNECT = 120.0
SECONDS_TO_HEAR = 60.0
SECONDS_OF_SILENCE = 0.5

_TEXT, _CLOSE, _PING = 1, 8, 9
_LONGEST_WORD_OF_THE_PROTOCOL = 120  # bytes; every `next` is longer

# What a dashboard shows of an answer: who, and what holds from now on.
DOCUMENT = """subscription Watch {
  callPermissionChanged {
    cursor occurredAt cause previousStatus status
    callPermission {
      id status grantedAt expiresAt respondedAt source
      customer { id name phone tags }
      businessNumber { id displayPhoneNumber name }
    }
  }
}"""


class DepartureError(Exception):
    """A listener lost its connection, or was told something other than news."""


class Crowd:
    """Listeners of one server. What they heard is counted since the last `forget`."""

    def __init__(self, url: str, tokens: Sequence[str]) -> None:
        self._address = urlsplit(url)
        self._tokens = cycle(tokens)
        self._listeners: list[_Listener] = []
        self._bell = asyncio.Event()
        self._heard_by: list[int] = []  # how many have heard their first message, their second, …
        self._fault: Exception | None = None
        self.leaving = False
        self.octets = 0  # of all messages
        self.heard_at: list[float] = []  # by time.perf_counter: when the last listener had its first message, …
        self.messages: list[bytes] = []  # of the first listener

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.leaving = True
        for listener in self._listeners:
            listener.leave()
        async with asyncio.timeout(SECONDS_TO_CONNECT):
            await asyncio.gather(*(listener.gone for listener in self._listeners))

    def __len__(self) -> int:
        return len(self._listeners)

    async def grow_to(self, size: int, step: Callable[[], object] = lambda: None) -> None:
        """Connect until so many have subscribed."""
        loop, turn = asyncio.get_running_loop(), asyncio.Semaphore(CONNECTING_AT_ONCE)
        host, port = self._address.hostname or "", self._address.port or 0

        async def join() -> None:
            async with turn:
                _, listener = await loop.create_connection(lambda: _Listener(self, self._greeting()), host, port)
                self._listeners.append(listener)
                await listener.subscribed
                step()

        async with asyncio.timeout(SECONDS_TO_CONNECT), asyncio.TaskGroup() as joining:
            for _ in range(size - len(self._listeners)):
                joining.create_task(join())

    async def listen(self, tell: Callable[[], Awaitable[object]]) -> None:
        """Have changes told until every listener hears them, wait until it is quiet, and forget them."""
        async with asyncio.timeout(SECONDS_TO_HEAR):
            while not self.heard_at:
                await tell()
                await self._until_quiet()
        self.forget()

    async def until_heard(self, count: int) -> float:
        """Wait until every listener has heard so many messages, and tell when that was, by time.perf_counter."""
        async with asyncio.timeout(SECONDS_TO_HEAR):
            while len(self.heard_at) < count:
                self._bell.clear()
                await self._bell.wait()
                if self._fault:
                    raise self._fault
        return self.heard_at[count - 1]

    def forget(self) -> None:
        """Count anew. The crowd must be quiet."""
        for listener in self._listeners:
            listener.heard = 0
        self.octets = 0
        self._heard_by.clear()
        self.heard_at.clear()
        self.messages.clear()

    def check(self) -> None:
        """See to it that everybody heard the same: as many messages, as long, and no errors."""
        heard = {listener.heard for listener in self._listeners}
        assert heard == {len(self.messages)}, heard
        assert self.octets == len(self) * sum(map(len, self.messages)), "the messages differ"
        for message in self.messages:
            read = orjson.loads(message)
            assert read["type"] == "next", read
            assert "errors" not in read["payload"], read

    async def _until_quiet(self) -> None:
        octets = -1
        while octets != self.octets:
            if self._fault:
                raise self._fault
            octets = self.octets
            await asyncio.sleep(SECONDS_OF_SILENCE)

    def _greeting(self) -> bytes:
        lines = [
            f"GET {self._address.path} HTTP/1.1",
            f"Host: {self._address.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(secrets.token_bytes(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: graphql-transport-ws",
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    # --- What its listeners tell it ---

    def introduction(self) -> bytes:
        return _frame(_TEXT, _said(type="connection_init", payload={"Authorization": f"Bearer {next(self._tokens)}"}))

    def has_heard(self, listener: "_Listener", message: bytes) -> None:
        place, listener.heard = listener.heard, listener.heard + 1
        self.octets += len(message)
        if place == len(self._heard_by):
            self._heard_by.append(0)
        self._heard_by[place] += 1
        if self._heard_by[place] == len(self._listeners):
            self.heard_at.append(time.perf_counter())
            self._bell.set()
        if listener is self._listeners[0]:
            self.messages.append(message)

    def has_lost(self, why: str) -> None:
        if not self.leaving:
            self._fault = DepartureError(why)
            self._bell.set()


class _Listener(asyncio.Protocol):
    def __init__(self, crowd: Crowd, greeting: bytes) -> None:
        loop = asyncio.get_running_loop()
        self.heard = 0
        self.subscribed: asyncio.Future[None] = loop.create_future()
        self.gone: asyncio.Future[None] = loop.create_future()
        self._crowd = crowd
        self._greeting = greeting
        self._upgraded = False
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's says so only by what it does
        self._transport.write(self._greeting)

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        place = 0
        if not self._upgraded:
            place = data.find(b"\r\n\r\n") + 4
            if place < 4:  # noqa: PLR2004 the length of the end that was not found
                self._rest = data
                return
            self._upgraded = data.startswith(b"HTTP/1.1 101")
            if not self._upgraded:
                self._fail(f"no WebSocket: {data[:200]!r}")
                return
            self._transport.write(self._crowd.introduction())
        size = len(data)
        while size - place >= 2:  # noqa: PLR2004 the shortest header of a frame
            length, start = data[place + 1], place + 2
            if length == 126:  # noqa: PLR2004 two bytes with the length follow
                length, start = int.from_bytes(data[start : start + 2]), start + 2
            elif length == 127:  # noqa: PLR2004 eight bytes with the length follow
                length, start = int.from_bytes(data[start : start + 8]), start + 8
            if start + length > size:
                break
            content = data[start : start + length]
            if data[place] & 15 == _TEXT and length > _LONGEST_WORD_OF_THE_PROTOCOL:
                self._crowd.has_heard(self, content)
            else:
                self._answer(data[place] & 15, content)
            place = start + length
        self._rest = data[place:]

    def connection_lost(self, _error: Exception | None) -> None:
        self._fail("the connection is gone")
        self.gone.set_result(None)

    def leave(self) -> None:
        self._transport.abort()

    def _answer(self, opcode: int, content: bytes) -> None:
        """Say what a word of either protocol asks for."""
        if opcode == _PING:
            self._transport.write(_frame(10, content))
        elif opcode == _CLOSE:
            self._fail(f"closed with {int.from_bytes(content[:2])} {content[2:].decode(errors='replace')}")
        elif (word := orjson.loads(content))["type"] == "connection_ack":
            payload = {"query": DOCUMENT, "variables": {}}
            self._transport.write(_frame(_TEXT, _said(id=f"{uuid4()}", type="subscribe", payload=payload)))
            self.subscribed.set_result(None)
        elif word["type"] == "ping":
            self._transport.write(_frame(_TEXT, _said(type="pong")))
        else:
            self._fail(f"was told {word}")

    def _fail(self, why: str) -> None:
        self._crowd.has_lost(why)
        if not self.subscribed.done():
            self.subscribed.set_exception(DepartureError(why))


def _said(**word: object) -> bytes:
    return orjson.dumps(word)


def _frame(opcode: int, content: bytes) -> bytes:
    """Write a client's frame. A client must mask; with a mask of zeros the content stays as it is."""
    size = len(content)
    length = bytes([128 | size]) if size < 126 else bytes([128 | 126, *size.to_bytes(2)])  # noqa: PLR2004 as in RFC 6455
    return bytes([128 | opcode]) + length + bytes(4) + content
