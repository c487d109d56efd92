"""A town to try everything in: businesses, their agents and their customers, with WhatsApp's stand-in between them.

Maycall is the real app behind a real port, and so is the stand-in; both live by one clock, which only moves by hand.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from sqlmodel import col, select
from starlette.applications import Starlette
from starlette.routing import Mount

import sandbox.app as stand_in
from actions import access, business_numbers, customers
from actions.access import Viewer
from actions.resources import Resources
from graph import ids
from models.business_number import BusinessNumber, Environment
from models.call import Call
from models.columns import new_id
from models.customer import Customer
from models.permission_request import PermissionRequest
from models.webhook_delivery import WebhookDelivery
from models.workspace import Workspace
from rules.access import Scope
from rules.call import ACTIVE
from rules.limits import PolicyName
from rules.request import RequestStatus
from sandbox import identity
from sandbox.world import World
from server.app import WEBHOOK_PATH, create_app
from server.settings import Settings
from tests.ground.house import MINUTE, SECOND, Clock
from tests.ground.passing import SECONDS_BETWEEN_LOOKS, SECONDS_TO_SETTLE, Passing
from whatsapp.signature import sign

from .street import OFFER, REFUSED

PHONES = ("919812300457", "5511987650321", "4915112345678")
APP_SECRET = "a secret"
TEMPLATE = {
    "name": "may_we_call",
    "language": "en",
    "parameters": [{"name": "first_name", "value": "Meera"}, {"name": "topic", "value": "your parcel"}],
}

REQUEST = f"""mutation($input: RequestCallPermissionInput!) {{ requestCallPermission(input: $input) {{ __typename
  ... on RequestCallPermissionSuccess {{ permissionRequest {{ id status }} }} {REFUSED} }} }}"""
START_CALL = f"""mutation($input: StartCallInput!) {{ startCall(input: $input) {{ __typename
  ... on StartCallSuccess {{ call {{ id status }} }} {REFUSED} }} }}"""
END_CALL = f"""mutation($input: EndCallInput!) {{ endCall(input: $input) {{ __typename
  ... on EndCallSuccess {{ call {{ id status }} }} {REFUSED} }} }}"""
REFRESH = f"""mutation($input: RefreshCallPermissionInput!) {{ refreshCallPermission(input: $input) {{ __typename
  {REFUSED} }} }}"""


@dataclass(frozen=True, slots=True)
class Place:
    """A business number: how WhatsApp knows it, and which limits hold for it."""

    phone_number_id: str
    display_phone_number: str
    waba_id: str
    business: int
    policy: PolicyName

    @property
    def in_the_sandbox(self) -> stand_in.BusinessNumber:
        limits = stand_in.PRODUCTION if self.policy is PolicyName.PRODUCTION else stand_in.TEST
        name = f"Number {self.phone_number_id}"
        return stand_in.BusinessNumber(self.phone_number_id, self.display_phone_number, self.waba_id, name, limits)


PLACES = (
    Place("529183746501122", "918045550142", "318840017724905", 0, PolicyName.PRODUCTION),
    Place("529183746501123", "918045550143", "318840017724905", 0, PolicyName.SANDBOX),
    Place("529183746501124", "918045550144", "318840017724906", 1, PolicyName.SANDBOX),
)
BUSINESSES = 2

Pair = tuple[int, int]  # the place of a customer in PHONES, and of a number in PLACES


@dataclass(slots=True)
class Town:
    """What deeds happen in.

    `unheard` are the pairs of which Meta kept something to itself, by intent; `left_open` the calls (by their ids in
    the API) that somebody tried to hang up and was not told whether it was done.
    """

    clock: Clock
    resources: Resources
    world: World
    url: str
    _http: httpx.AsyncClient
    secrets: list[str] = field(default_factory=list)  # an admin's token for each business
    numbers: list[BusinessNumber] = field(default_factory=list)
    people: list[list[Customer]] = field(default_factory=list)  # for each business
    phones: list[str] = field(default_factory=lambda: list(PHONES))
    calls: dict[Pair, str] = field(default_factory=dict)  # the last that was placed, by its id in the API
    keys: dict[Pair, tuple[str, dict[str, Any]]] = field(default_factory=dict)  # the last key, and what was asked
    unheard: set[Pair] = field(default_factory=set)
    left_open: set[str] = field(default_factory=set)

    # --- As agents do ---

    async def ask_maycall(self, business: int, operation: str, **variables: Any) -> Any:
        """Execute an operation as the admin of a business and give its data. AssertionError when there are errors."""
        answer = await self._http.post(
            "/graphql",
            json={"query": operation, "variables": variables},
            headers={"Authorization": f"Bearer {self.secrets[business]}"},
        )
        body = answer.json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    def ends(self, pair: Pair) -> dict[str, str]:
        """Give the ids of a customer and a number, as mutations take them."""
        customer, place = pair
        person = self.people[PLACES[place].business][customer]
        return {
            "customerId": ids.encode("Customer", person.id),
            "businessNumberId": ids.encode("BusinessNumber", self.numbers[place].id),
        }

    async def ask(self, pair: Pair, *, by_template: bool, once_more: bool) -> Any:
        """Ask for permission; `once_more` says the same again with the same key, as after a lost answer."""
        if not once_more or pair not in self.keys:
            content = {"template": TEMPLATE} if by_template else {"text": "May we ring you?"}
            key = f"key {new_id()}"
            self.keys[pair] = key, {**self.ends(pair), **content, "idempotencyKey": key}
        asked = self.keys[pair][1]
        return (await self.ask_maycall(PLACES[pair[1]].business, REQUEST, input=asked))["requestCallPermission"]

    async def ring(self, pair: Pair) -> None:
        """Ring a customer."""
        data = await self.ask_maycall(
            PLACES[pair[1]].business, START_CALL, input={**self.ends(pair), "sdpOffer": OFFER}
        )
        if "call" in data["startCall"]:
            self.calls[pair] = data["startCall"]["call"]["id"]

    async def end_call(self, pair: Pair) -> None:
        """Hang up the call that was placed last."""
        if pair not in self.calls:
            return
        data = await self.ask_maycall(PLACES[pair[1]].business, END_CALL, input={"callId": self.calls[pair]})
        if data["endCall"].get("code") == "WHATSAPP_UNAVAILABLE":
            self.left_open.add(self.calls[pair])

    async def refresh(self, pair: Pair) -> Any:
        """Have WhatsApp asked what it believes."""
        data = await self.ask_maycall(PLACES[pair[1]].business, REFRESH, input=self.ends(pair))
        return data["refreshCallPermission"]

    # --- As customers and Meta do ---

    async def press(self, path: str, **what: Any) -> bool:
        """Press something in the stand-in; False when that cannot be done now."""
        answer = await self._http.post(f"/sandbox{path}", json=what)
        assert answer.is_success or answer.status_code == httpx.codes.CONFLICT, answer.text
        return answer.is_success

    async def on_phone(self, pair: Pair, deed: str, **what: Any) -> bool:
        """Press something on a phone, in the chat with a number."""
        customer, place = pair
        path = f"/phones/{self.phones[customer]}/{deed}"
        return await self.press(path, phone_number_id=PLACES[place].phone_number_id, **what)

    def pair_of(self, wa_id: str, phone_number_id: str) -> Pair:
        """Name the two ends as a pair of the town."""
        places = [place.phone_number_id for place in PLACES]
        return self.phones.index(wa_id), places.index(phone_number_id)

    async def deliver_again(self, which: int) -> None:
        """Deliver something once more that has been delivered before, in other bytes."""
        async with self.resources.database.reading() as session:
            newest = select(WebhookDelivery).order_by(col(WebhookDelivery.received_at).desc()).limit(1)
            found = (await session.exec(newest.offset(which))).first()
        if found is not None:
            body = found.body + b" " * (1 + which)
            headers = {"X-Hub-Signature-256": sign(body, APP_SECRET)}
            answer = await self._http.post(WEBHOOK_PATH, content=body, headers=headers)
            assert answer.status_code == httpx.codes.OK, answer.text

    # --- Time ---

    async def pass_time(self, time: timedelta) -> None:
        """Let time pass, and everything happen that is due in it."""
        await Passing(self.clock, self.resources, self.world).of(time)

    async def calm_down(self) -> None:
        """Let everything come to its end: no more chaos, every phone hung up, everything delivered and found out."""
        await self.press("/chaos")
        await self.hang_up_everywhere()
        await self.pass_time(3 * MINUTE)
        while self.world.outbox.waiting or await self._in_the_dark():
            await self.pass_time(10 * MINUTE)
        for pair in sorted(self.unheard):
            asked = await self.refresh(pair)
            assert asked["__typename"] == "RefreshCallPermissionSuccess", asked
        await self.pass_time(2 * SECOND)

    async def hang_up_everywhere(self) -> None:
        """Let everybody hang up."""
        for call in self.world.open_calls():
            await self.press(f"/phones/{call.wa_id}/calls/{call.wacid}", do="hang_up")

    async def _in_the_dark(self) -> bool:
        """Tell whether a request or a call of Maycall's has not come to what it will be."""
        async with self.resources.database.reading() as session:
            queued = select(PermissionRequest).where(col(PermissionRequest.status) == RequestStatus.QUEUED)
            going_on = select(Call).where(col(Call.status).in_(ACTIVE))
            return bool((await session.exec(queued)).first() or (await session.exec(going_on)).first())


# --- Building it ---


@asynccontextmanager
async def open_town(database_url: str, folder: Path, clock: Clock) -> AsyncIterator[Town]:
    """Build the town on an empty database that is up to date; `folder` is for what the stand-in knows."""
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        maycall = create_app(_settings(database_url, url), url, folder, clock=lambda: clock.now)
        whatsapp = _stand_in(url, folder, clock)
        await stack.enter_async_context(stand_in.running(whatsapp))
        await stack.enter_async_context(maycall.router.lifespan_context(maycall))
        both = Starlette(routes=[Mount("/sandbox", whatsapp), Mount("/", maycall)])
        await stack.enter_async_context(_served(both, listening))
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=url, trust_env=False, verify=False, timeout=SECONDS_TO_SETTLE)  # noqa: S501 no TLS
        )
        world = whatsapp.state.stand_in.running_world()
        town = Town(clock, maycall.state.resources, world, url, http)
        await _people(town)
        yield town


def _settings(database_url: str, url: str) -> Settings:
    return Settings(
        database_url=database_url,
        whatsapp_base_url=f"{url}/sandbox/graph",
        whatsapp_access_token="a token",
        whatsapp_app_secret=APP_SECRET,
        whatsapp_verify_token="another secret",
    )


def _stand_in(url: str, folder: Path, clock: Clock) -> Starlette:
    return stand_in.create_app(
        stand_in.Config(
            webhook_urls=(f"{url}{WEBHOOK_PATH}",),
            app_secret=APP_SECRET,
            access_token="a token",
            database=folder / "phones.db",
            numbers=tuple(place.in_the_sandbox for place in PLACES),
        ),
        clock=lambda: clock.now.timestamp(),  # noqa: PLW0108 it is asked for again and again
    )


@asynccontextmanager
async def _served(app: Starlette, listening: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(
        app, ws="websockets-sansio", lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started:  # noqa: ASYNC110 uvicorn has no event for it
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        yield
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving


async def _people(town: Town) -> None:
    """Put in the businesses with their numbers and admins, and everybody as a customer of each."""
    resources, now = town.resources, town.clock.now
    for business in range(BUSINESSES):
        workspace = Workspace(id=new_id(), name=f"Business {business}", created_at=now)
        async with resources.database.writing() as session:
            session.add(workspace)
        made = await access.create_token(resources, workspace.id, "admin", [Scope.ADMIN])
        assert isinstance(made, access.Made)
        token = made.token
        town.secrets.append(made.secret)
        viewer = Viewer(workspace.id, token.id, token.name, token.held_scopes, token.expires_at)
        town.numbers += [
            await business_numbers.add(
                resources,
                workspace.id,
                phone_number_id=place.phone_number_id,
                display_phone_number=f"+{place.display_phone_number}",
                waba_id=place.waba_id,
                name=f"Number {place.phone_number_id}",
                environment=Environment.PRODUCTION,
                policy=place.policy,
            )
            for place in PLACES
            if place.business == business
        ]
        people = [
            await customers.create(resources, viewer, {"phone": f"+{wa_id}", **_user_id(number, wa_id)})
            for number, wa_id in enumerate(PHONES)
        ]
        town.people.append([person for person in people if isinstance(person, Customer)])


def _user_id(number: int, wa_id: str) -> Mapping[str, str]:
    """Let every other customer be known by WhatsApp's user id too."""
    return {"whatsapp_user_id": identity.user_id(wa_id)} if number % 2 else {}
