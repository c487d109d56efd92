"""GraphQL by server-sent events: one subscription, one response that goes on."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import orjson
from graphql import GraphQLError
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from actions.access import Viewer
from graph.live import Asked, Hub, Seat, fault_of

from .graphql_http import status_of

BAD_REQUEST = 400
HEARTBEAT_SECONDS = 15.0
PATIENCE_SECONDS = 10.0  # for the other side to take what was written before the end

_HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}


class UnstreamedError(Exception):
    """Who subscribes is refused before anything of the stream was sent, and why, as they may see it."""

    def __init__(self, fault: GraphQLError) -> None:
        super().__init__(fault.message)
        self.fault = fault


class EventStream(StreamingResponse):
    """The response to a subscription, as the hub's listener: what is delivered waits here until it is written."""

    def __init__(self, hub: Hub, viewer: Viewer, wanted: Asked) -> None:
        super().__init__(self._events(), headers=_HEADERS)
        self.waiting = 0
        self._hub = hub
        self._viewer = viewer
        self._wanted = wanted
        self._seat: Seat | None = None
        self._outbox: list[bytes] = []
        self._something = asyncio.Event()
        self._taken = asyncio.Event()
        self._over = False
        self._limit = asyncio.timeout(None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the end. Nothing is sent where this raises.

        TooManyConnectionsError where the token has too many already, UnstreamedError where it has no points left, or no
        longer works.
        """
        self._hub.enter(self._viewer)
        try:
            async with self._limit:
                try:
                    self._seat = await self._hub.join(self, self._viewer, self._wanted)
                except Exception as error:
                    fault = fault_of(error)
                    if status_of([fault]) != BAD_REQUEST:
                        raise UnstreamedError(fault) from error
                    self.refuse([fault])  # what is wrong in the operation itself, the protocol tells as its result
                await super().__call__(scope, receive, send)
        except TimeoutError:
            pass  # the other side does not even take the end: the server cuts the line
        finally:
            self._hub.leave(self._viewer)
            if self._seat is not None:
                self._seat.leave()

    async def _events(self) -> AsyncIterator[bytes]:
        """Give what there is to write, and a sign of life where there is nothing."""
        while self._outbox or not self._over:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await self._something.wait()
            except TimeoutError:
                yield b": alive\r\n\r\n"
                continue
            self._something.clear()
            outbox, self._outbox = self._outbox, []
            yield b"".join(outbox)
            self.waiting -= sum(map(len, outbox))
            self._taken.set()

    # --- What the hub calls ---

    def deliver(self, payloads: Sequence[bytes]) -> None:
        self._put(b"".join([b"event: next\r\ndata: %b\r\n\r\n" % payload for payload in payloads]))

    def refuse(self, errors: Sequence[GraphQLError]) -> None:
        self.deliver([orjson.dumps({"data": None, "errors": [error.formatted for error in errors]})])
        self.complete()

    def complete(self) -> None:
        self._put(b"event: complete\r\ndata: \r\n\r\n")
        self.stop()

    def let_go(self, cursor: str) -> None:
        message = f"You did not keep up. Subscribe again after {cursor}."
        self.refuse([GraphQLError(message, extensions={"code": "TOO_SLOW", "cursor": cursor})])

    def stop(self) -> None:
        self._over = True
        self._something.set()
        self._limit.reschedule(asyncio.get_running_loop().time() + PATIENCE_SECONDS)

    async def drained(self) -> None:
        while self.waiting:
            self._taken.clear()
            await self._taken.wait()

    def _put(self, event: bytes) -> None:
        self._outbox.append(event)
        self.waiting += len(event)
        self._something.set()
