"""How a process leaves when it is told to: nobody new comes in, whoever listens is sent elsewhere, work is finished.

All within ten seconds, always. What could not be finished is picked up as after a crash.
"""

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS_TO_LINGER = 0.5  # for requests that were on their way in
SECONDS_TO_FINISH = 6.0  # for requests and duties under way
SECONDS_ALTOGETHER = 9.5  # the caller's patience is ten
COME_BACK = 1012  # WebSocket's "service restart": connect again, with the last cursor

_log = structlog.get_logger()


class Leaving:
    """Whether this process has been told to stop, and whom to tell."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self._began_at = 0.0
        self._farewells: set[Callable[[], object]] = set()

    def begin(self) -> None:
        """Tell everybody, once."""
        if self.begun.is_set():
            return
        self._began_at = asyncio.get_running_loop().time()
        self.begun.set()
        for farewell in [*self._farewells]:
            farewell()

    def tell(self, farewell: Callable[[], object]) -> None:
        """Call this when it begins, or now if it has."""
        if self.begun.is_set():
            farewell()
        else:
            self._farewells.add(farewell)

    def forget(self, farewell: Callable[[], object]) -> None:
        self._farewells.discard(farewell)

    async def see_off(self, work: asyncio.Task[Any]) -> None:
        """Let work that knows of the leaving end by itself while there is time, and cut it short then."""
        spent = asyncio.get_running_loop().time() - self._began_at
        await asyncio.wait({work}, timeout=max(0.0, SECONDS_TO_FINISH - spent))
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


def leave_in_time() -> None:
    """End this process when it has not left by itself in time, whatever holds it."""

    def leave() -> None:
        _log.error("left_in_the_middle", seconds=SECONDS_ALTOGETHER)
        os._exit(1)

    watch = threading.Timer(SECONDS_ALTOGETHER, leave)
    watch.daemon = True
    watch.start()


class Farewell:
    """Stands around an app: when we leave, its streams end, and its answers are the last of their connections."""

    def __init__(self, app: ASGIApp, leaving: Leaving) -> None:
        self._app = app
        self._leaving = leaving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await self._answer(scope, receive, send)
            case "websocket":
                await self._hold(scope, receive, send)
            case _:
                await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 there is always one that awaits
        streams = ended = False

        async def say(message: Message) -> None:
            nonlocal streams, ended
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ())]
                if self._leaving.begun.is_set():
                    message = {**message, "headers": [*headers, (b"connection", b"close")]}
                streams = any(name == b"content-type" and b"text/event-stream" in value for name, value in headers)
                await send(message)
                if streams:
                    self._leaving.tell(task.cancel)
            else:
                ended = not message.get("more_body", False)
                await send(message)

        try:
            await self._app(scope, receive, say)
        except asyncio.CancelledError:
            if not streams or not self._leaving.begun.is_set():
                raise
            # It was us who cancelled. A stream that ends without its last word is one to come back to.
            task.uncancel()
            if not ended:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._leaving.forget(task.cancel)

    async def _hold(self, scope: Scope, receive: Receive, send: Send) -> None:
        closed = False
        closing: list[asyncio.Task[None]] = []

        async def say(message: Message) -> None:
            nonlocal closed
            if closed:
                return
            closed = message["type"] == "websocket.close"
            await send(message)

        async def close() -> None:
            with suppress(OSError):  # gone in this very moment
                await say({"type": "websocket.close", "code": COME_BACK})

        def farewell() -> None:
            closing.append(asyncio.create_task(close()))

        self._leaving.tell(farewell)
        try:
            await self._app(scope, receive, say)
        finally:
            self._leaving.forget(farewell)
            for task in closing:
                task.cancel()
