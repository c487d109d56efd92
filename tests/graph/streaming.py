"""The API over a real socket: WebSockets and server-sent events, from a server in this very process."""

import asyncio
import socket
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import orjson
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from graph.live import Hub
from server.graphql_door import GraphQLDoor
from server.wire import WireProtocol
from tests.ground.house import House

from .asking import app

SECONDS = 60.0  # until a test stops waiting for what ought to come


@dataclass
class Line:
    """One connection of the protocol graphql-transport-ws."""

    socket: ClientConnection
    ids: Any = field(default_factory=lambda: count(1))

    async def send(self, **message: Any) -> None:
        await self.socket.send(orjson.dumps(message).decode())

    async def receive(self) -> dict[str, Any]:
        async with asyncio.timeout(SECONDS):
            message: dict[str, Any] = orjson.loads(await self.socket.recv())
        return message

    async def subscribe(self, query: str, **variables: Any) -> str:
        """Begin an operation and give its id. It listens once `standing` has come back."""
        own = str(next(self.ids))
        await self.send(id=own, type="subscribe", payload={"query": query, "variables": variables})
        return own

    async def whatever(self) -> tuple[str, Any]:
        """Give the data that comes next, of whichever operation: the operation's id, and its one field."""
        message = await self.receive()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        [data] = message["payload"]["data"].values()
        return message["id"], data

    async def next(self, operation: str) -> Any:
        """Give the data that comes next, which must be this operation's."""
        whose, data = await self.whatever()
        assert whose == operation
        return data

    async def ask(self, query: str, **variables: Any) -> Any:
        """Ask something that has one answer, while nothing else comes in."""
        operation = await self.subscribe(query, **variables)
        data = await self.next(operation)
        assert await self.receive() == {"type": "complete", "id": operation}
        return data

    async def closed(self) -> int | None:
        """Wait until the other side closes, and give its code."""
        async with asyncio.timeout(SECONDS):
            await self.socket.wait_closed()
        return self.socket.close_code


@dataclass(frozen=True)
class Server:
    """A server in this process."""

    house: House
    port: int
    hub: Hub
    connections: Collection[Any]

    @asynccontextmanager
    async def line(self, secret: str | None = None, **headers: str) -> AsyncIterator[Line]:
        """Open a WebSocket and come in with a token (by default the admin's)."""
        async with self.raw(**headers) as line:
            token = secret or self.house.business.secret
            await line.send(type="connection_init", payload={"Authorization": f"Bearer {token}"})
            assert await line.receive() == {"type": "connection_ack"}
            yield line

    @asynccontextmanager
    async def raw(self, protocol: str = "graphql-transport-ws", **headers: str) -> AsyncIterator[Line]:
        """Open a WebSocket and say nothing yet. It takes little that nobody asks it for."""
        reached = socket.socket()
        reached.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        reached.settimeout(0)
        await asyncio.get_running_loop().sock_connect(reached, ("127.0.0.1", self.port))
        async with connect(
            f"ws://127.0.0.1:{self.port}/graphql",
            sock=reached,
            subprotocols=[Subprotocol(protocol)],
            additional_headers=headers,
            proxy=None,
            max_queue=1,
            close_timeout=1,
        ) as opened:
            yield Line(opened)

    @asynccontextmanager
    async def events(self, query: str, secret: str | None = None, **variables: Any) -> AsyncIterator[Any]:
        """Subscribe by server-sent events and give what comes in: an iterator of (event, data)."""
        headers = {"Authorization": f"Bearer {secret or self.house.business.secret}", "Accept": "text/event-stream"}
        url = f"http://127.0.0.1:{self.port}/graphql"
        asked = {"query": query, "variables": variables}
        async with (
            httpx.AsyncClient(trust_env=False, timeout=SECONDS) as client,
            client.stream("POST", url, json=asked, headers=headers) as response,
        ):
            assert response.status_code == 200
            assert response.headers["Content-Type"].startswith("text/event-stream")
            yield _events(response)


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    event, data = "", ""
    async for line in response.aiter_lines():
        name, _, value = line.partition(":")
        if name == "event":
            event = value.strip()
        elif name == "data":
            data += value.strip()
        elif not line and event:
            yield event, orjson.loads(data) if data else None
            event, data = "", ""


@asynccontextmanager
async def served(
    house: House, *, ws: Any = WireProtocol, ping_seconds: float = 20.0, origins: Sequence[str] = (), **limits: Any
) -> AsyncIterator[Server]:
    door = GraphQLDoor(house.resources, [*origins], **limits)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)  # what is written soon waits in the process
        config = uvicorn.Config(
            app(door),
            ws=ws,
            ws_per_message_deflate=False,
            ws_ping_interval=ping_seconds,
            ws_ping_timeout=ping_seconds,
            log_config=None,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield Server(house, listening.getsockname()[1], door.hub, server.server_state.connections)
        finally:
            server.should_exit = server.force_exit = True
            with suppress(asyncio.CancelledError):
                await serving
