"""A business as its own programs see it: customers are made and asked through the API, and answer on their phones."""

import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from tests.stories.street import OFFER, until
from whatsapp.signature import sign

TOKEN = "mc_for-the-stories"
APP_SECRET = "of-the-stories-app"
A_DAY = 24 * 3600  # seconds
A_WEEK = 7 * A_DAY
SECONDS = 60.0  # for anything to come true


def environment(database_url: str) -> dict[str, str]:
    """Give a server's settings: with its sandbox, and without a limit that one story could use up for the others."""
    return {
        "MAYCALL_DATABASE_URL": database_url,
        "MAYCALL_SANDBOX": "true",
        "MAYCALL_BOOTSTRAP_TOKEN": TOKEN,
        "MAYCALL_WHATSAPP_APP_SECRET": APP_SECRET,
        "MAYCALL_POINTS_PER_MINUTE": "0",
        "MAYCALL_WEBHOOKS_ALLOW_PRIVATE": "true",  # to the stories' own receivers
    }


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody whom no other story is about."""

    id: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Phone:
    """What a customer does on their phone."""

    number: str
    _client: httpx.AsyncClient

    async def allow(self, *, for_good: bool = False, seconds: int | None = None) -> None:
        """Answer the latest request: for seven days, if nothing else is said."""
        await self.do("reply", answer="permanent" if for_good else "temporary", **_lasting(seconds))

    async def decline(self) -> None:
        await self.do("reply", answer="decline")

    async def grant(self, *, for_good: bool = False, seconds: int | None = None) -> None:
        """Allow calls unasked, in the business's profile."""
        await self.do("grant", answer="permanent" if for_good else "temporary", **_lasting(seconds))

    async def revoke(self) -> None:
        await self.do("revoke")

    async def read(self) -> None:
        """Look at the chat."""
        await self.do("look")

    async def write(self, text: str) -> None:
        """Write to the business, which opens the window for words of its own."""
        await self.do("message", text=text)

    async def answer(self) -> None:
        await self._at_call("answer")

    async def reject(self) -> None:
        await self._at_call("reject")

    async def ignore(self) -> None:
        """Let the call ring until it ends by itself."""
        await self._at_call("ignore")

    async def hang_up(self) -> None:
        await self._at_call("hang_up")

    async def dial(self, *, seconds: int | None = None) -> None:
        """Ring the business; with seconds, it is answered and talked for so long."""
        await self.do("dial", **({} if seconds is None else {"connected": True, "seconds": seconds}))

    async def seen(self) -> dict[str, Any]:
        """What is on the phone: messages, requests, calls."""
        return await self._answered(await self._client.get(f"/sandbox/phones/{self.number}"))

    async def do(self, deed: str, **body: object) -> dict[str, Any]:
        return await self._answered(await self._client.post(f"/sandbox/phones/{self.number}/{deed}", json=body))

    async def _at_call(self, deed: str) -> None:
        latest = (await self.seen())["calls"][-1]
        await self.do(f"calls/{latest['wacid']}", do=deed)

    async def _answered(self, response: httpx.Response) -> dict[str, Any]:
        assert response.is_success, response.text
        answer: dict[str, Any] = response.json()
        return answer


def _lasting(seconds: int | None) -> dict[str, int]:
    return {} if seconds is None else {"seconds": seconds}


@dataclass(frozen=True, slots=True)
class Business:
    """The workspace of a server's bootstrap token, and its one number."""

    url: str
    number: str  # its id
    _whatsapp_number: str  # WhatsApp's id of it
    _client: httpx.AsyncClient
    _turns: Iterator[int] = field(default_factory=lambda: count(1))

    async def ask(self, document: str, token: str = TOKEN, **variables: object) -> dict[str, Any]:
        """Give an operation's data; it must not have errors."""
        return await _ask(self._client, document, variables, token)

    async def do(
        self, mutation: str, given: Mapping[str, object], wanted: str = "", token: str = TOKEN
    ) -> dict[str, Any]:
        """Do something by the name of its mutation, and give what came of it: a refusal, too, is given as it is."""
        name = f"{mutation[0].upper()}{mutation[1:]}"
        document = f"""mutation Do($input: {name}Input!) {{ {mutation}(input: $input) {{
            __typename
            ... on Refusal {{ code message availableAt }}
            ... on {name}Success {{ {wanted or "__typename"} }}
        }} }}"""
        outcome: dict[str, Any] = (await self.ask(document, token, input=given))[mutation]
        return outcome

    async def customer(self, name: str = "Ishaan Rao", **values: object) -> Customer:
        """Make a customer with a phone that is nobody else's."""
        phone = f"+9198765{next(self._turns):05}"
        made = await self.do("createCustomer", {"name": name, "phone": phone, **values}, "customer { id }")
        return Customer(made["customer"]["id"], name, phone)

    async def request(self, customer: Customer, token: str = TOKEN, **content: object) -> dict[str, Any]:
        """Ask a customer for permission, with a template's words, other words or none."""
        ends = {"customerId": customer.id, "businessNumberId": self.number}
        return await self.do("requestCallPermission", {**ends, **content}, "permissionRequest { id }", token)

    async def call(self, customer: Customer) -> None:
        """Ring a customer, once an earlier call has ended, and wait until it rings."""
        ends = {"customerId": customer.id, "businessNumberId": self.number}
        phone = self.phone(customer)

        async def placed() -> bool | None:
            outcome = await self.do("startCall", {**ends, "sdpOffer": OFFER})
            assert outcome["__typename"] in {"StartCallSuccess", "CallInProgress"}, outcome
            return outcome["__typename"] == "StartCallSuccess" or None

        async def rings() -> bool | None:
            return any(call["status"] == "ringing" for call in (await phone.seen())["calls"]) or None

        await until(placed, SECONDS)
        await until(rings, SECONDS)

    async def read_long_ago(self, customer: Customer, *, left: int = 2) -> None:
        """Have WhatsApp tell so late that the customer read the latest request, that it runs out in a moment."""
        request = (await self.phone(customer).seen())["requests"][-1]
        wa_id, moment = customer.phone.removeprefix("+"), int(time.time()) - A_WEEK + left
        status = {"id": request["id"], "status": "read", "timestamp": f"{moment}", "recipient_id": wa_id}
        await self._told_by_whatsapp(statuses=[status])

    async def wrote_long_ago(self, customer: Customer) -> None:
        """Have WhatsApp tell of a message that is too old to be answered in free words."""
        wa_id, moment = customer.phone.removeprefix("+"), int(time.time()) - 2 * A_DAY
        message = {"from": wa_id, "id": f"wamid.{wa_id}", "timestamp": f"{moment}", "type": "text"}
        await self._told_by_whatsapp(
            contacts=[{"wa_id": wa_id, "profile": {"name": customer.name}}],
            messages=[message | {"text": {"body": "Hello?"}}],
        )

    async def _told_by_whatsapp(self, **news: object) -> None:
        about = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": self._whatsapp_number}}
        change = {"field": "messages", "value": about | news}
        told = {"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [change]}]}
        body = json.dumps(told).encode()
        headers = {"X-Hub-Signature-256": sign(body, APP_SECRET), "Content-Type": "application/json"}
        response = await self._client.post("/webhooks/whatsapp", content=body, headers=headers)
        assert response.is_success, response.text

    async def token(self, name: str, *scopes: str) -> str:
        """Make a token that may only do so much, and give its secret."""
        made = await self.do("createApiToken", {"name": name, "scopes": scopes}, "secret")
        secret: str = made["secret"]
        return secret

    def phone(self, whose: Customer | str) -> Phone:
        """Give a customer's phone, or the one with a number."""
        number = whose if isinstance(whose, str) else whose.phone
        return Phone(number.removeprefix("+"), self._client)


@asynccontextmanager
async def open_business(url: str) -> AsyncIterator[Business]:
    """Speak to the server at a URL for its business, until the block ends."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as client:
        listed = await _ask(client, "{ businessNumbers { id phoneNumberId } }", {}, TOKEN)
        number = listed["businessNumbers"][0]
        yield Business(url, number["id"], number["phoneNumberId"], client)


async def _ask(client: httpx.AsyncClient, document: str, variables: Mapping[str, object], token: str) -> dict[str, Any]:
    response = await client.post(
        "/graphql", json={"query": document, "variables": variables}, headers={"Authorization": f"Bearer {token}"}
    )
    answer = response.json()
    assert "errors" not in answer, answer["errors"]
    data: dict[str, Any] = answer["data"]
    return data
