"""Maycall and the phones as real processes, and somebody who uses both over the network."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from server import beginnings
from tests.ground.house import Clock, resources_on
from tests.ground.processes import ROOT, ServerProcess, free_port, running_server
from whatsapp.fake import FakeWhatsApp

TOKEN = "a token of these stories"
SECONDS = 60.0  # for anything to come true
MEERA = "919812300457"
EVERYBODY = [someone.phone.removeprefix("+") for someone in beginnings.SANDBOX_CUSTOMERS]
OFFER = "\r\n".join(
    [
        "v=0",
        "o=- 4215775240449105457 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:mZ8x",
        "a=ice-pwd:7Yk0tVbq2mCwQ1sPzR5uDfXe",
        f"a=fingerprint:sha-256 {':'.join(['5A'] * 32)}",
        "a=setup:actpass",
        "a=mid:0",
        "a=sendrecv",
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
        "",
    ]
)

Found = TypeVar("Found")


async def until(look: Callable[[], Awaitable[Found | None]], seconds: float = SECONDS) -> Found:
    """Look again and again until there is something to give."""
    async with asyncio.timeout(seconds):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(0.01)


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


@dataclass(slots=True)
class Maycall:
    """The API as a partner's program uses it; every call is a connection of its own, as after a crash."""

    url: str

    async def do(self, operation: str, **variables: Any) -> Any:
        """Execute an operation and give its data. AssertionError when there are errors."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, trust_env=False, timeout=60) as client:
            answer = await client.post("/graphql", json={"query": operation, "variables": variables})
        body = answer.json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def ends(self, wa_id: str = MEERA) -> dict[str, str]:
        """Give the ids of a customer and of the sandbox's number, as mutations take them."""
        query = "query($phone: String!) { customer(by: {phone: $phone}) { id } businessNumbers { id } }"
        data = await self.do(query, phone=f"+{wa_id}")
        return {"customerId": data["customer"]["id"], "businessNumberId": data["businessNumbers"][0]["id"]}

    async def request(self, wa_id: str = MEERA, **more: str) -> Any:
        parameters = [{"name": "first_name", "value": "Meera"}, {"name": "topic", "value": "your parcel"}]
        template = {"name": "may_we_call", "language": "en", "parameters": parameters}
        data = await self.do(REQUEST, input={**await self.ends(wa_id), "template": template, **more})
        return data["requestCallPermission"]

    async def call(self, wa_id: str = MEERA, **more: str) -> Any:
        data = await self.do(START_CALL, input={**await self.ends(wa_id), "sdpOffer": OFFER, **more})
        return data["startCall"]

    async def permission(self, wa_id: str = MEERA) -> Any:
        ends = await self.ends(wa_id)
        data = await self.do(PERMISSION, phone=f"+{wa_id}", number=ends["businessNumberId"])
        return data["customer"]["callPermission"]

    async def requests(self) -> list[Any]:
        data = await self.do("{ permissionRequests(first: 50) { nodes { id status customer { phone } } } }")
        found: list[Any] = data["permissionRequests"]["nodes"]
        return found

    async def calls(self) -> list[Any]:
        data = await self.do("{ calls(first: 50) { nodes { id status durationSeconds failure sdpAnswer } } }")
        found: list[Any] = data["calls"]["nodes"]
        return found

    async def log(self) -> list[str]:
        """Give the cursors of the whole log, in its order."""
        listed: list[str] = []
        after = None
        while True:
            page = "query($after: String) { changes(first: 100, after: $after) { edges { node { cursor } } } }"
            edges = (await self.do(page, after=after))["changes"]["edges"]
            if not edges:
                return listed
            listed += [edge["node"]["cursor"] for edge in edges]
            after = listed[-1]


REFUSED = "... on Refusal { code message availableAt }"
REQUEST = f"""mutation($input: RequestCallPermissionInput!) {{ requestCallPermission(input: $input) {{ __typename
  ... on RequestCallPermissionSuccess {{ permissionRequest {{ id status }} }} {REFUSED} }} }}"""
START_CALL = f"""mutation($input: StartCallInput!) {{ startCall(input: $input) {{ __typename
  ... on StartCallSuccess {{ call {{ id status }} }} {REFUSED} }} }}"""
PERMISSION = """query($phone: String!, $number: ID!) { customer(by: {phone: $phone}) {
  callPermission(businessNumberId: $number) { id status expiresAt unansweredStreak } } }"""


@dataclass(slots=True)
class Phones:
    """The sandbox as a script uses it."""

    url: str

    async def get(self, path: str) -> Any:
        async with httpx.AsyncClient(base_url=f"{self.url}/sandbox", trust_env=False, timeout=60) as client:
            return (await client.get(path)).raise_for_status().json()

    async def press(self, path: str, **what: Any) -> Any:
        async with httpx.AsyncClient(base_url=f"{self.url}/sandbox", trust_env=False, timeout=60) as client:
            answer = await client.post(path, json=what)
        assert answer.is_success, answer.text
        return answer.json()

    async def phone(self, wa_id: str = MEERA) -> Any:
        return await self.get(f"/phones/{wa_id}")

    async def ringing(self, wa_id: str = MEERA) -> str | None:
        """Give the wacid of the call that rings there, if one does."""
        rings = [call["wacid"] for call in (await self.phone(wa_id))["calls"] if call["status"] == "ringing"]
        return rings[-1] if rings else None

    async def everything_has_arrived(self) -> bool:
        return bool((await self.get("/overview"))["outbox"]["waiting"] == 0)


@dataclass(slots=True)
class Watch:
    """What a subscription has brought so far, and when each came."""

    news: list[Any] = field(default_factory=list)
    heard_at: list[float] = field(default_factory=list)
    _grown: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def add(self, item: Any) -> None:
        async with self._grown:
            self.news.append(item)
            self.heard_at.append(time.time())
            self._grown.notify_all()

    async def until(self, fits: Callable[[Any], bool], seconds: float = SECONDS) -> tuple[Any, float]:
        """Wait for the first news that fits; give it and when it came, in Unix seconds."""
        async with asyncio.timeout(seconds), self._grown:
            while True:
                for item, heard_at in zip(self.news, self.heard_at, strict=True):
                    if fits(item):
                        return item, heard_at
                await self._grown.wait()


@asynccontextmanager
async def watching(url: str, subscription: str, token: str = TOKEN, **variables: Any) -> AsyncIterator[Watch]:
    """Subscribe over graphql-transport-ws until the block ends, or the server does."""
    watch = Watch()
    protocol = Subprotocol("graphql-transport-ws")
    address = f"{url.replace('http', 'ws', 1)}/graphql"
    async with connect(address, subprotocols=[protocol], proxy=None, open_timeout=60, max_size=None) as socket:
        hello = {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
        await socket.send(json.dumps(hello))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        payload = {"query": subscription, "variables": variables}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))

        async def hear() -> None:
            with suppress(ConnectionClosed):
                async for text in socket:
                    message = json.loads(text)
                    if message["type"] == "next":
                        assert "errors" not in message["payload"], message["payload"]
                        [item] = message["payload"]["data"].values()
                        await watch.add(item)

        hearing = asyncio.create_task(hear())
        try:
            yield watch
        finally:
            hearing.cancel()
            with suppress(asyncio.CancelledError):
                await hearing


# --- Processes ---


async def seed(database_url: str) -> None:
    """Put in what the first start with a sandbox puts in: a workspace, its number and a handful of customers."""
    async with resources_on(database_url, FakeWhatsApp(), Clock(datetime.now(UTC))) as resources:
        workspace = await beginnings.ensure_workspace(resources)
        await beginnings.ensure_sandbox(resources, workspace.id)


@asynccontextmanager
async def all_in_one(database_url: str, folder: Path) -> AsyncIterator[tuple[Maycall, Phones]]:
    """Run one process that is Maycall and the sandbox, as `make run` does; it keeps in `folder` what it has to."""
    environment = {
        "MAYCALL_DATABASE_URL": database_url,
        "MAYCALL_SANDBOX": "true",
        "MAYCALL_BOOTSTRAP_TOKEN": TOKEN,
        "PYTHONPATH": f"{ROOT}",
    }
    async with running_server(environment, folder=folder) as server:
        yield Maycall(server.url), Phones(server.url)


@dataclass(slots=True)
class Street:
    """Maycall and the sandbox as processes of their own: the one can be killed while the other goes on."""

    environment: dict[str, str]
    maycall: Maycall
    phones: Phones
    _port: int
    _stack: AsyncExitStack
    _server: ServerProcess | None = None

    async def start(self, **more: str) -> None:
        """Start Maycall, where it always is; with `more` of an environment."""
        running = running_server(self.environment | more, port=self._port)
        self._server = await self._stack.enter_async_context(running)

    async def crash(self) -> None:
        assert self._server is not None
        await self._server.kill()


@asynccontextmanager
async def street(database_url: str, folder: Path, *, patience_seconds: float) -> AsyncIterator[Street]:
    """Run the sandbox, and leave it to the block to start Maycall."""
    await seed(database_url)
    port, phones_port = free_port(), free_port()
    number = beginnings.SANDBOX_DISPLAY_PHONE_NUMBER.removeprefix("+")
    sandbox = [
        *(sys.executable, "-m", "sandbox"),
        *("--webhook-url", f"http://127.0.0.1:{port}/webhooks/whatsapp"),
        *("--app-secret", "a secret", "--access-token", "a token"),
        *("--database", f"{folder / 'phones.db'}"),
        *("--number", f"{beginnings.SANDBOX_PHONE_NUMBER_ID}:{number}:{beginnings.SANDBOX_WABA_ID}:Sandbox"),
    ]
    environment = {
        "MAYCALL_DATABASE_URL": database_url,
        "MAYCALL_BOOTSTRAP_TOKEN": TOKEN,
        "MAYCALL_WHATSAPP_BASE_URL": f"http://127.0.0.1:{phones_port}/sandbox/graph",
        "MAYCALL_WHATSAPP_ACCESS_TOKEN": "a token",
        "MAYCALL_WHATSAPP_APP_SECRET": "a secret",
        "MAYCALL_WHATSAPP_VERIFY_TOKEN": "another secret",
        "MAYCALL_WHATSAPP_PATIENCE_SECONDS": f"{patience_seconds}",
    }
    async with AsyncExitStack() as stack:
        running = running_server({}, port=phones_port, command=sandbox, alive_at="/sandbox/chaos")
        phones = await stack.enter_async_context(running)
        yield Street(environment, Maycall(f"http://127.0.0.1:{port}"), Phones(phones.url), port, stack)
