"""A running sandbox over real HTTP, and a door that collects what it sends."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.__main__ import standalone
from sandbox.app import PRODUCTION, BusinessNumber, Config, Limits, Phone
from sandbox.outbox import trusted
from tests.ground.processes import free_port

SECRET = "an-app-secret"
TOKEN = "an-access-token"
NUMBER = "529183746501122"
DISPLAY = "918045550142"
WABA = "318840017724905"
MEERA = "919812300457"

OFFER = (
    "v=0\r\no=- 46117 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE audio0\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n"
    "a=ice-pwd:0123456789abcdef01234567\r\n"
    "a=fingerprint:sha-256 "
    "0A:1B:2C:3D:4E:5F:60:71:82:93:A4:B5:C6:D7:E8:F9:0A:1B:2C:3D:4E:5F:60:71:82:93:A4:B5:C6:D7:E8:F9\r\n"
    "a=setup:actpass\r\na=mid:audio0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:96 opus/48000/2\r\n"
    "a=rtpmap:97 telephone-event/8000\r\n"
)


@asynccontextmanager
async def served(app: Starlette, port: int) -> AsyncIterator[None]:
    """Serve an app with its lifespan until left.

    Server.serve() would look only every tenth of a second whether it should stop, which over a hundred tests adds up.
    """
    config = uvicorn.Config(app, port=port, log_level="critical", lifespan="on")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield
    finally:
        for listening in server.servers:
            listening.close()
        for connection in list(server.server_state.connections):
            connection.shutdown()
        await server.lifespan.shutdown()


@dataclass(slots=True)
class Door:
    """Where webhooks arrive. `answers` are given first, then 200 for ever."""

    port: int
    answers: list[int] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refused: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """The address to post to."""
        return f"http://127.0.0.1:{self.port}/webhooks/whatsapp"

    async def receive(self, request: Request) -> Response:
        """Take one POST, if it is signed well."""
        raw = await request.body()
        expected = "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
        assert request.headers["x-hub-signature-256"] == expected
        self.news.set()
        if self.answers:
            self.refused += 1
            return Response(status_code=self.answers.pop(0))
        self.raw.append(raw)
        self.bodies.append(json.loads(raw))
        return Response()

    def changes(self) -> list[dict[str, Any]]:
        """List every change received."""
        return [change for body in self.bodies for entry in body["entry"] for change in entry["changes"]]

    def items(self, kind: str, field_name: str | None = None) -> list[dict[str, Any]]:
        """List everything under `messages`, `statuses` or `calls`."""
        return [
            item
            for change in self.changes()
            if field_name in (None, change["field"])
            for item in change["value"].get(kind, [])
        ]

    def replies(self) -> list[dict[str, Any]]:
        """List the call permission replies' messages."""
        return [item for item in self.items("messages") if item["type"] == "interactive"]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds, looking again at every delivery."""
        async with asyncio.timeout(60):
            while not holds():
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def open_door(port: int | None = None) -> AsyncIterator[Door]:
    """Serve a door."""
    door = Door(port or free_port())
    app = Starlette(routes=[Route("/webhooks/whatsapp", door.receive, methods=["POST"])])
    async with served(app, door.port):
        yield door


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox and how to speak to it."""

    client: httpx.AsyncClient
    config: Config

    async def graph(self, edge: str, body: dict[str, Any] | None = None, **query: str) -> httpx.Response:
        """Speak as the business: POST with a body, GET without."""
        path = f"/sandbox/graph/v23.0/{edge}"
        headers = {"Authorization": f"Bearer {TOKEN}"}
        if body is None:
            return await self.client.get(path, params=query, headers=headers)
        return await self.client.post(path, json=body, headers=headers)

    async def ask(self, to: str = MEERA, text: str = "May we ring you?", **more: Any) -> httpx.Response:
        """Send a free-form call permission request."""
        interactive = {
            "type": "call_permission_request",
            "action": {"name": "call_permission_request"},
            "body": {"text": text},
        }
        message = {"messaging_product": "whatsapp", "to": to, "type": "interactive", "interactive": interactive}
        return await self.graph(f"{NUMBER}/messages", message | more)

    async def ask_by_template(self, to: str = MEERA, *parameters: dict[str, str], **more: Any) -> httpx.Response:
        """Send the template that is there from the start."""
        given = parameters or (
            {"type": "text", "parameter_name": "first_name", "text": "Meera"},
            {"type": "text", "parameter_name": "topic", "text": "your delivery"},
        )
        template = {
            "name": "may_we_call",
            "language": {"code": "en"},
            "components": [{"type": "body", "parameters": list(given)}],
        }
        message = {"messaging_product": "whatsapp", "to": to, "type": "template", "template": template}
        return await self.graph(f"{NUMBER}/messages", message | more)

    async def ring(self, to: str = MEERA, **more: Any) -> httpx.Response:
        """Start a call."""
        call = {
            "messaging_product": "whatsapp",
            "to": to,
            "action": "connect",
            "session": {"sdp_type": "offer", "sdp": OFFER},
        }
        return await self.graph(f"{NUMBER}/calls", call | more)

    async def press(self, deed: str, body: dict[str, Any] | None = None, wa_id: str = MEERA) -> httpx.Response:
        """Do something on a phone."""
        return await self.client.post(f"/sandbox/phones/{wa_id}/{deed}", json=body or {})

    async def phone(self, wa_id: str = MEERA) -> dict[str, Any]:
        """Look at a phone."""
        answer = await self.client.get(f"/sandbox/phones/{wa_id}")
        assert answer.status_code == 200
        seen: dict[str, Any] = answer.json()
        return seen

    async def script(self, path: str, **asked: Any) -> dict[str, Any]:
        """Say something behind the scenes that must work."""
        answer = await self.client.post(f"/sandbox/{path}", json=asked)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    async def ledger(self, **query: str) -> dict[str, Any]:
        """Look at what is true at Meta."""
        answer = await self.client.get("/sandbox/ledger", params=query)
        assert answer.status_code == 200, answer.text
        seen: dict[str, Any] = answer.json()
        return seen

    async def known(self, wa_id: str = MEERA) -> dict[str, Any]:
        """Ask Meta what a customer allows."""
        answer = await self.graph(f"{NUMBER}/call_permissions", user_wa_id=wa_id)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    async def chaos(self, **asked: Any) -> None:
        """Switch something on."""
        assert (await self.client.post("/sandbox/chaos", json=asked)).status_code == 200

    async def rung(self, to: str = MEERA) -> str:
        """Start a call that must work; return its id."""
        answer = await self.ring(to)
        assert answer.status_code == 200, answer.text
        wacid: str = answer.json()["calls"][0]["id"]
        return wacid


def configured(database: Path, webhook_url: str, limits: Limits = PRODUCTION) -> Config:
    """Configure one number and one phone."""
    return Config(
        webhook_urls=(webhook_url,),
        app_secret=SECRET,
        access_token=TOKEN,
        database=database,
        numbers=(BusinessNumber(NUMBER, DISPLAY, WABA, "Sunrise Deliveries", limits),),
        phones=(Phone(MEERA, "Meera Kulkarni"),),
    )


@asynccontextmanager
async def run_sandbox(config: Config, clock: Callable[[], float] = time.time) -> AsyncIterator[Sandbox]:
    """Serve a sandbox."""
    port = free_port()
    async with (
        served(standalone(config, clock=clock), port),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=trusted(), trust_env=False, timeout=60) as client,
    ):
        yield Sandbox(client, config)
