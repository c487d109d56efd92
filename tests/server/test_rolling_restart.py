"""Two servers are restarted in turn while deliveries come in and dashboards watch: nobody loses anything."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from signal import SIGTERM
from typing import Never

import httpx
from sqlmodel import col, func, select
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from actions.wires import wire_to
from models.webhook_delivery import WebhookDelivery
from tests.actions import meta
from tests.actions.doing import log_stands_at
from tests.ground.house import House, open_house
from tests.ground.processes import ServerProcess, free_port, running_server
from whatsapp.signature import sign

from .test_commands import WHATSAPP
from .test_worker import fleet

LONG = 60.0  # seconds: nothing here waits for as long
SENDERS = 6
PACE_SECONDS = 0.02
SUBSCRIPTION = "subscription($after: String) { changes(after: $after) { cursor } }"


class Fleet:
    """Two servers on one database, of which each can be restarted at its address."""

    def __init__(self, environment: dict[str, str], stack: AsyncExitStack) -> None:
        self._environment = environment
        self._stack = stack
        self._ports = (free_port(), free_port())
        self._servers: list[ServerProcess] = []

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self._ports]

    async def start(self) -> None:
        self._servers = list(await asyncio.gather(*map(self._start, self._ports)))

    async def restart(self, place: int) -> None:
        """Tell one to stop, as a deployment does, and start it again."""
        async with asyncio.timeout(20):
            assert await self._servers[place].stop(SIGTERM) == 0
        assert "Traceback" not in self._servers[place].logs()
        self._servers[place] = await self._start(self._ports[place])

    async def _start(self, port: int) -> ServerProcess:
        return await self._stack.enter_async_context(running_server(self._environment, port=port))


@dataclass(slots=True)
class Meta:
    """Delivers as Meta does: until it hears 200, at whichever server the balancer finds."""

    urls: list[str]
    delivered: int = 0
    broken: list[str] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    async def keep_sending(self, *, keep_alive: bool) -> Never:
        limits = httpx.Limits(max_keepalive_connections=None if keep_alive else 0)
        async with httpx.AsyncClient(limits=limits, trust_env=False, timeout=30) as client:
            while True:
                await self._send(client)
                await asyncio.sleep(PACE_SECONDS)

    async def _send(self, client: httpx.AsyncClient) -> None:
        number = next(self._numbers)
        at = datetime.now(UTC) - timedelta(hours=2) + timedelta(seconds=number)
        body = meta.delivery(meta.replied(f"wamid.{number}", at, to="wamid.1", expires_at=at + timedelta(days=7)))
        headers = {"X-Hub-Signature-256": sign(body, WHATSAPP["MAYCALL_WHATSAPP_APP_SECRET"])}
        for url in cycle(self.urls):
            try:
                answer = await client.post(f"{url}/webhooks/whatsapp", content=body, headers=headers)
            except httpx.ConnectError:
                continue  # nobody listens there: nothing was begun
            except httpx.TransportError as error:
                self.broken.append(repr(error))
                continue
            assert answer.status_code == 200, answer.text
            self.delivered += 1
            return


@dataclass(slots=True)
class Dashboard:
    """Watches the log, and comes back with its cursor wherever a server takes it."""

    urls: list[str]
    token: str
    cursor: str
    seen: list[str] = field(default_factory=list)
    ended: list[object] = field(default_factory=list)

    async def watch_by_websocket(self) -> Never:
        for url in cycle(self.urls):
            address = f"{url.replace('http', 'ws', 1)}/graphql"
            # One that was told to stop may be gone before it has answered: then it is the other's turn.
            with suppress(OSError, ConnectionClosed, InvalidHandshake):
                async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
                    hello = {"type": "connection_init", "payload": {"Authorization": f"Bearer {self.token}"}}
                    await socket.send(json.dumps(hello))
                    try:
                        assert json.loads(await socket.recv())["type"] == "connection_ack"
                        payload = {"query": SUBSCRIPTION, "variables": {"after": self.cursor}}
                        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
                        async for text in socket:
                            message = json.loads(text)
                            if message["type"] == "next":
                                self._hear(message["payload"])
                    finally:
                        self.ended.append(socket.close_code)
            await asyncio.sleep(PACE_SECONDS)
        raise AssertionError("the servers go round")

    async def watch_by_events(self) -> Never:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "text/event-stream"}
        async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=LONG) as client:
            for url in cycle(self.urls):
                asked = {"query": SUBSCRIPTION, "variables": {"after": self.cursor}}
                with suppress(httpx.ConnectError):
                    async with client.stream("POST", f"{url}/graphql", json=asked) as answer:
                        assert answer.status_code == 200
                        async for line in answer.aiter_lines():  # which fails unless the stream ends as it should
                            if line.startswith("data: {"):
                                self._hear(json.loads(line.removeprefix("data: ")))
                    self.ended.append("ended")
                await asyncio.sleep(PACE_SECONDS)
        raise AssertionError("the servers go round")

    def _hear(self, payload: dict[str, dict[str, dict[str, str]]]) -> None:
        self.cursor = payload["data"]["changes"]["cursor"]
        self.seen.append(self.cursor)


@asynccontextmanager
async def doing(*work: "asyncio.Task[Never]") -> AsyncIterator[None]:
    """Go on with it until the block ends; what fails earlier fails the test."""
    try:
        yield
        for task in work:
            assert not task.done(), task.result()
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)


async def test_while_servers_are_restarted_in_turn_no_delivery_breaks_off_and_no_dashboard_misses_anything(
    postgresql_url: str,
) -> None:
    async with open_house(postgresql_url, wire_to(postgresql_url)) as house, AsyncExitStack() as stack:
        fleet_of_two = Fleet(fleet(postgresql_url) | {"MAYCALL_SECRET_KEY": house.resources.token_key}, stack)
        await fleet_of_two.start()
        urls = fleet_of_two.urls
        begin = await log_stands_at(house)
        first = (await cursors(urls[0], house))[-1]
        dashboards = [Dashboard(urls, house.business.secret, first), Dashboard(urls, house.business.secret, first)]
        sender = Meta(urls)
        watching = [
            asyncio.create_task(dashboards[0].watch_by_websocket()),
            asyncio.create_task(dashboards[1].watch_by_events()),
        ]
        async with doing(*watching):
            sending = [asyncio.create_task(sender.keep_sending(keep_alive=bool(n % 2))) for n in range(SENDERS)]
            async with doing(*sending):
                for place in (0, 1):
                    delivered = sender.delivered
                    await fleet_of_two.restart(place)
                    await until_more(sender, delivered + 20)
            async with asyncio.timeout(LONG):
                whole = (await cursors(urls[0], house))[begin:]
                while any(len(dashboard.seen) < len(whole) for dashboard in dashboards):
                    for task in watching:
                        assert not task.done(), task.result()
                    await asyncio.sleep(PACE_SECONDS)

        assert sender.broken == []
        assert [dashboard.seen[: len(whole)] for dashboard in dashboards] == [whole, whole]
        assert 1012 in dashboards[0].ended
        assert "ended" in dashboards[1].ended
        async with house.resources.database.reading() as session:
            kept = (
                select(func.count()).select_from(WebhookDelivery).where(col(WebhookDelivery.processed_at).is_not(None))
            )
            assert (await session.exec(kept)).one() >= sender.delivered


async def until_more(sender: Meta, delivered: int) -> None:
    async with asyncio.timeout(LONG):
        while sender.delivered < delivered:  # noqa: ASYNC110 nobody says so
            await asyncio.sleep(PACE_SECONDS)


async def cursors(url: str, house: House) -> list[str]:
    """Give the whole log's cursors, in its order."""
    listed: list[str] = []
    query = "query($after: String) { changes(first: 100, after: $after) { edges { node { cursor } } } }"
    headers = {"Authorization": f"Bearer {house.business.secret}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=LONG) as client:
        while True:
            asked = {"query": query, "variables": {"after": listed[-1] if listed else None}}
            page = (await client.post("/graphql", json=asked)).json()["data"]["changes"]["edges"]
            if not page:
                return listed
            listed += [edge["node"]["cursor"] for edge in page]
