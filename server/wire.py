"""The writing end of an open WebSocket: what is pushed goes out at once, or waits where it can be counted."""

import asyncio
import struct
from collections import deque
from collections.abc import Sequence
from typing import Protocol

import structlog
from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

PATIENCE_SECONDS = 10.0  # for the other side to take what was written before the end
SILENT = 1013  # the code for a client that answers no ping: it may try again later

_KEY = "maycall.wire"
_log = structlog.get_logger()


class Wire(Protocol):
    """One WebSocket's writing end. None of this waits, but for `drained`; after the end nothing is written."""

    @property
    def waiting(self) -> int:
        """Count the bytes that have not gone out."""

    def push(self, texts: Sequence[bytes]) -> None:
        """Send text messages, all in one write."""

    async def drained(self) -> None:
        """Wait until next to nothing is waiting."""

    def end(self, code: int, reason: str) -> None:
        """Close after what is waiting; cut the line when that has not gone out after PATIENCE_SECONDS."""


def wire_of(websocket: WebSocket) -> Wire:
    """Give the writing end: the transport itself where our own protocol class serves, else a queue in front of it."""
    own: Wire | None = websocket.scope.get("extensions", {}).get(_KEY)
    return own or Outbox(websocket)


def frame(text: bytes) -> bytes:
    """Make the one frame that a WebSocket's text message goes out in."""
    length = len(text)
    if length < 126:  # noqa: PLR2004 the sizes are the protocol's
        return bytes((0x81, length)) + text
    if length < 65_536:  # noqa: PLR2004
        return struct.pack("!BBH", 0x81, 126, length) + text
    return struct.pack("!BBQ", 0x81, 127, length) + text


class WireProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, which is a wire too: the app finds it in the connection's scope."""

    scope: Scope  # type: ignore[assignment] # the same, by its other name
    _ended = False

    @property
    def waiting(self) -> int:
        return self.transport.get_write_buffer_size()

    def push(self, texts: Sequence[bytes]) -> None:
        if self.handshake_complete and not self.close_sent and not self.transport.is_closing():
            self.transport.write(b"".join(map(frame, texts)))

    async def drained(self) -> None:
        await self.writable.wait()

    def end(self, code: int, reason: str) -> None:
        if self.close_sent or self.transport.is_closing():
            return
        self._ended = self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        if self.read_paused:  # so that the answer to the close is heard
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(PATIENCE_SECONDS, self.transport.abort)

    # --- What uvicorn calls ---

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:  # noqa: PLR2004 then there is a scope, and the app has not begun
            self.scope["extensions"][_KEY] = self

    async def send(self, message: ASGISendEvent) -> None:
        if self._ended:
            raise ClientDisconnected
        await super().send(message)
        if message["type"] == "websocket.accept":
            del self.request, self.response  # kilobytes of headers, which nobody reads again

    def keepalive_timeout(self) -> None:
        """End a connection that is dead, with a code after which one that is not comes back."""
        self.pong_timer = None
        self.end(SILENT, "No answer to a ping.")


class Outbox:
    """A wire over ASGI's own sending, for other servers: a queue, and a task only while there is something in it."""

    def __init__(self, websocket: WebSocket) -> None:
        self.waiting = 0
        self._websocket = websocket
        self._texts: deque[bytes] = deque()
        self._close: tuple[int, str] | None = None
        self._writing: asyncio.Task[None] | None = None

    def push(self, texts: Sequence[bytes]) -> None:
        if self._close is None:
            self._texts += texts
            self.waiting += sum(map(len, texts))
            self._write()

    async def drained(self) -> None:
        if self._writing is not None:
            await asyncio.wait([self._writing])

    def end(self, code: int, reason: str) -> None:
        if self._close is None:
            self._close = code, reason
            self._write()
            asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._cut)

    def _write(self) -> None:
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_out(), name="outbox")

    async def _write_out(self) -> None:
        try:
            while self._texts:
                text = self._texts[0]
                await self._websocket.send_text(text.decode())
                self._texts.popleft()
                self.waiting -= len(text)
            if self._close is not None:
                await self._websocket.close(*self._close)
        except (WebSocketDisconnect, RuntimeError):  # the other side has gone, or the app has closed already
            self._texts.clear()
            self.waiting = 0
        finally:
            self._writing = None

    def _cut(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
