"""A whole server in this very process, on a real socket, with its sandbox and everything that runs behind its doors."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from server import beginnings
from server.app import WEBHOOK_PATH, Secrets, close, create_app, resources_of
from server.settings import Settings
from server.wire import WireProtocol
from tests.graph.streaming import Line
from whatsapp.signature import sign

TOKEN = "mc_of_a_whole_server_and_nobody_else"
SECRET = "the app secret of a whole server"
CUSTOMERS = "{ customers(first: 9) { nodes { id phone } } businessNumbers { id } }"
ASK = """mutation ($input: RequestCallPermissionInput!) { requestCallPermission(input: $input) {
    __typename ... on Refusal { code } } }"""

Labels = dict[str, str]


@dataclass(frozen=True, slots=True)
class Whole:
    url: str
    app: Starlette
    client: httpx.AsyncClient

    async def post(self, query: str, headers: Labels | None = None, **variables: Any) -> httpx.Response:
        asked = {"query": query, "variables": variables}
        return await self.client.post(
            "/graphql", json=asked, headers={"Authorization": f"Bearer {TOKEN}"} | (headers or {})
        )

    async def ask(self, query: str, **variables: Any) -> Any:
        return (await self.post(query, **variables)).json()["data"]

    async def deliver(self, body: bytes) -> httpx.Response:
        """Deliver as WhatsApp does."""
        return await self.client.post(WEBHOOK_PATH, content=body, headers={"X-Hub-Signature-256": sign(body, SECRET)})

    async def request_permission(self) -> Any:
        """Ask the first customer, in free words."""
        known = await self.ask(CUSTOMERS)
        customer, [number] = known["customers"]["nodes"][0], known["businessNumbers"]
        asking = {"customerId": customer["id"], "businessNumberId": number["id"], "text": "May we call?"}
        return (await self.ask(ASK, input=asking))["requestCallPermission"]

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """Open a WebSocket and come in."""
        where = f"{self.url.replace('http', 'ws')}/graphql"
        async with connect(
            where, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None, open_timeout=60
        ) as opened:
            line = Line(opened)
            await line.send(type="connection_init", payload={"Authorization": f"Bearer {TOKEN}"})
            assert await line.receive() == {"type": "connection_ack"}
            yield line

    async def scraped(self, name: str, **labels: str) -> float:
        """Read the sum of a metric's samples that have these labels."""
        return sum(
            sample.value
            for family in text_string_to_metric_families((await self.client.get("/metrics")).text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )


@asynccontextmanager
async def whole(database_url: str, folder: Path, **more: Any) -> AsyncIterator[Whole]:
    """Serve until the block ends: a sandbox with its customers, unless there is more to say."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = Settings(
            database_url=database_url,
            **{"sandbox": True, "whatsapp_app_secret": SECRET, "whatsapp_verify_token": "verify", **more},
        )
        await _begin(settings, url)
        app = create_app(settings, url, folder)
        config = uvicorn.Config(
            app, ws=WireProtocol, ws_per_message_deflate=False, log_config=None, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
                await client.get("/health/live")
                yield Whole(url, app, client)
        finally:
            server.should_exit = True
            with suppress(asyncio.CancelledError):
                await serving


async def _begin(settings: Settings, url: str) -> None:
    resources = resources_of(settings, Secrets.of(settings), url)
    try:
        async with resources.feed.running():
            await beginnings.ensure(resources, sandbox=True, token=TOKEN)
    finally:
        await close(resources)
