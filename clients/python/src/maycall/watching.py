"""One subscription over graphql-transport-ws, and over as many connections as it takes."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.typing import Subprotocol

from .faults import FaultError, MaycallError, ThrottledError, UnauthenticatedError, fault_of
from .pauses import Pauses

FORBIDDEN = (4401, 4403)
RESTARTS = 1012  # the server stops, and another may be there already
TOO_SLOW = 4413  # too much was waiting for us: the reason is the cursor up to which we were sent all
NOT_UNDERSTOOD = (4400, 4406, 4409, 4429)  # what we say is wrong, and would be so again

SECONDS_TO_OPEN = 15.0
SECONDS_BETWEEN_PINGS = 20.0
LARGEST_MESSAGE = 16 * 1024 * 1024

_log = logging.getLogger("maycall")


class Watch:
    """A subscription that takes the variable `after` and brings a `cursor` with each change."""

    def __init__(self, url: str, credentials: dict[str, Any], payload: dict[str, Any]) -> None:
        self._url = url
        self._credentials = credentials
        self._payload = payload
        self._pauses = Pauses()

    async def changes(self, **options: Any) -> AsyncGenerator[dict[str, Any], None]:
        """Give the data of each change once. MaycallError for what coming back cannot mend."""
        while True:
            try:
                async for data in self._connection(options):
                    self._pauses.begin_anew()
                    yield data
                trouble, pause = "The server ended the subscription.", self._pauses.next()
            except ThrottledError as throttled:
                trouble, pause = str(throttled), max(throttled.retry_after, self._pauses.next())
            except ConnectionClosed as closed:
                trouble, pause = self._closed(closed), self._pauses.next()
            except InvalidStatus as refused:
                trouble, pause = _not_opened(refused), self._pauses.next()
            except (OSError, TimeoutError, EOFError, InvalidMessage) as error:
                trouble, pause = str(error) or type(error).__name__, self._pauses.next()
            except InvalidHandshake as error:
                raise MaycallError(f"{self._url} does not speak graphql-transport-ws: {error}.") from error
            _log.info("Lost %s (%s): back in %.1f s.", self._url, trouble, pause)
            await asyncio.sleep(pause)

    async def _connection(self, options: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """Follow the subscription for as long as one connection lasts, and remember how far that was."""
        defaults: dict[str, Any] = {"ping_interval": SECONDS_BETWEEN_PINGS, "max_size": LARGEST_MESSAGE}
        protocol = Subprotocol("graphql-transport-ws")
        async with connect(
            self._url, subprotocols=[protocol], open_timeout=SECONDS_TO_OPEN, **(defaults | options)
        ) as socket:
            async with asyncio.timeout(SECONDS_TO_OPEN):
                await self._enter(socket)
            await _say(socket, type="subscribe", id="1", payload=self._payload)
            while True:  # not `async for`: it ends where the server closed as if all were well, which an end is not
                message = json.loads(await socket.recv())
                match message["type"]:
                    case "next":
                        data = _data(message["payload"])
                        self._payload["variables"]["after"] = _cursor(data)
                        yield data
                    case "ping":
                        await _say(socket, type="pong")
                    case "error":
                        raise fault_of(message["payload"])
                    case "complete":
                        return

    async def _enter(self, socket: ClientConnection) -> None:
        await _say(socket, type="connection_init", payload=self._credentials)
        while (message := json.loads(await socket.recv()))["type"] != "connection_ack":
            if message["type"] == "ping":
                await _say(socket, type="pong")

    def _closed(self, closed: ConnectionClosed) -> str:
        """Say why the connection is over, if it is worth coming back. MaycallError where it is not."""
        if closed.rcvd is None:
            return "the line was cut"
        code, reason = closed.rcvd.code, closed.rcvd.reason
        if code in FORBIDDEN:
            raise _unauthenticated(reason) from closed
        if code == TOO_SLOW and reason:
            self._payload["variables"]["after"] = reason
        elif code in NOT_UNDERSTOOD:
            raise MaycallError(f"The server refuses to go on: {reason} ({code}).") from closed
        return f"{code} {reason}".strip()


async def _say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


def _data(payload: dict[str, Any]) -> dict[str, Any]:
    if payload.get("errors"):
        raise fault_of(payload["errors"])
    data: dict[str, Any] = payload["data"]
    return data


def _cursor(data: dict[str, Any]) -> str:
    [change] = data.values()
    cursor: str = change["cursor"]
    return cursor


def _not_opened(refused: InvalidStatus) -> str:
    """Say why no WebSocket was opened, if it may be later. MaycallError where it will not."""
    status = refused.response.status_code
    if status in (401, 403):
        raise _unauthenticated(f"HTTP {status}") from refused
    if status < 500 and status != 429:  # noqa: PLR2004 they are the statuses' names
        raise MaycallError(f"There is no GraphQL over WebSocket at this address: it answers {status}.") from refused
    return f"HTTP {status}"


def _unauthenticated(reason: str) -> FaultError:
    message = f"The server does not let this token in ({reason or 'no reason given'}). Make another one."
    return UnauthenticatedError([{"message": message, "extensions": {"code": "UNAUTHENTICATED"}}])
