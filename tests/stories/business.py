"""A business at work: partners write through the API, Meta delivers, somebody watches; all of it over the network."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import httpx
import orjson

from server import beginnings
from whatsapp.signature import sign

from .street import SECONDS, TOKEN, Maycall, watching

APP_SECRET = "a secret"
AT_ONCE = 10  # customers of one delivery
CREATE = """mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
    ... on CreateCustomerSuccess { customer { id } } ... on Refusal { code } } }"""
CHANGES = "subscription ($after: String) { changes(after: $after) { cursor } }"
ALLOWING = """query ($after: String) { callPermissions(filter: {statuses: [PERMANENT]}, first: 100, after: $after) {
    edges { cursor node { customer { phone } } } } }"""
CUSTOMERS = "query ($after: String) { customers(first: 100, after: $after) { edges { cursor node { phone } } } }"


def environment(database_url: str, broadcast_url: str = "memory://") -> dict[str, str]:
    """Give the environment of a server whose WhatsApp is out of reach: here only Meta's deliveries matter."""
    return {
        "MAYCALL_DATABASE_URL": database_url,
        "MAYCALL_BROADCAST_URL": broadcast_url,
        "MAYCALL_BOOTSTRAP_TOKEN": TOKEN,
        "MAYCALL_WHATSAPP_BASE_URL": "http://127.0.0.1:9",
        "MAYCALL_WHATSAPP_ACCESS_TOKEN": "a token",
        "MAYCALL_WHATSAPP_APP_SECRET": APP_SECRET,
        "MAYCALL_WHATSAPP_VERIFY_TOKEN": "another secret",
        "MAYCALL_LOG_LEVEL": "CRITICAL",
    }


@dataclass(slots=True)
class Acknowledged:
    """What was promised: the phones of customers that were added, and of those who allowed calls for good."""

    added: set[str] = field(default_factory=set)
    allowed: set[str] = field(default_factory=set)
    _phones: "count[int]" = field(default_factory=lambda: count(919800000000))
    _grown: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __len__(self) -> int:
        return len(self.added) + len(self.allowed)

    async def until(self, writes: int) -> None:
        """Wait until so many writes have been acknowledged."""
        async with asyncio.timeout(120), self._grown:
            await self._grown.wait_for(lambda: len(self) >= writes)

    async def write(self, url: str) -> None:
        """Add a customer, let them and some strangers allow calls, and again; until cancelled, whatever dies."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=10) as client:
            while True:
                try:
                    await self._add_one(client)
                except httpx.TransportError:  # it is gone, or about to be
                    await asyncio.sleep(0.01)

    async def _add_one(self, client: httpx.AsyncClient) -> None:
        wa_ids = [f"{next(self._phones)}" for _ in range(AT_ONCE)]
        phones = [f"+{wa_id}" for wa_id in wa_ids]
        answer = await client.post("/graphql", json={"query": CREATE, "variables": {"input": {"phone": phones[0]}}})
        body = answer.json()
        if body.get("data") is None:  # a fault is no promise
            return
        await self._note(self.added, phones[:1])
        delivery = allowing(wa_ids)
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(delivery, APP_SECRET)}
        answer = await client.post("/webhooks/whatsapp", content=delivery, headers=headers)
        if answer.is_success:
            await self._note(self.allowed, phones)

    async def _note(self, promised: set[str], phones: list[str]) -> None:
        async with self._grown:
            promised.update(phones)
            self._grown.notify_all()

    async def is_kept_by(self, maycall: Maycall) -> None:
        """Compare what was promised with what is there."""
        there = [edge["node"]["phone"] for edge in await everything(maycall, CUSTOMERS)]
        allowing_calls = [edge["node"]["customer"]["phone"] for edge in await everything(maycall, ALLOWING)]
        assert len(there) == len(set(there))
        assert self.added <= set(there)
        assert self.allowed <= set(allowing_calls)


def allowing(wa_ids: list[str]) -> bytes:
    """Give Meta's delivery of the word of some that they allow calls for good."""
    reply = {"response": "accept", "is_permanent": True, "response_source": "user_action"}
    messages = [
        {
            "id": f"wamid.{wa_id}",
            "from": wa_id,
            "timestamp": f"{int(time.time())}",
            "type": "interactive",
            "interactive": {"type": "call_permission_reply", "call_permission_reply": reply},
        }
        for wa_id in wa_ids
    ]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": beginnings.SANDBOX_DISPLAY_PHONE_NUMBER.removeprefix("+"),
            "phone_number_id": beginnings.SANDBOX_PHONE_NUMBER_ID,
        },
        "messages": messages,
    }
    entry = {"id": beginnings.SANDBOX_WABA_ID, "changes": [{"field": "messages", "value": value}]}
    return orjson.dumps({"object": "whatsapp_business_account", "entry": [entry]})


async def everything(maycall: Maycall, query: str) -> list[dict[str, dict[str, dict[str, str]]]]:
    """Read a whole list, page after page."""
    listed: list[dict[str, dict[str, dict[str, str]]]] = []
    while True:
        [page] = (await maycall.do(query, after=listed[-1]["cursor"] if listed else None)).values()
        if not page["edges"]:
            return listed
        listed += page["edges"]


@asynccontextmanager
async def writing(acknowledged: Acknowledged, *urls: str) -> AsyncIterator[None]:
    """Let partners and Meta write to these servers until the block ends."""
    tasks = [asyncio.create_task(acknowledged.write(url)) for url in urls]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(slots=True)
class Listener:
    """Somebody who watches every change, wherever they are let in, and comes back with their cursor."""

    seen: list[str]

    async def listen(self, url: str, meanwhile: Callable[[], Awaitable[None]]) -> None:
        """Watch at this server until `meanwhile` is over."""
        async with watching(url, CHANGES, after=self.seen[-1]) as watch:
            await meanwhile()
        self.seen += [news["cursor"] for news in watch.news]

    async def catch_up(self, url: str, end: str) -> None:
        """Watch at this server until the change at this cursor has come."""
        if self.seen[-1] != end:
            async with watching(url, CHANGES, after=self.seen[-1]) as watch:
                await watch.until(lambda news: bool(news["cursor"] == end), SECONDS)
            self.seen += [news["cursor"] for news in watch.news]
