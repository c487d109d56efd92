"""Two months of a business that asks and calls, lived through in a minute: the real app, the sandbox, their clock."""

import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import heapify, heappop
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from actions import access, business_numbers, customers
from actions.access import Viewer
from actions.resources import Resources
from graph import ids
from models.business_number import BusinessNumber, Environment
from models.columns import new_id
from models.customer import Customer
from models.workspace import Workspace
from rules.access import Scope
from sandbox.world import World
from server import beginnings
from server.app import create_app
from server.settings import Settings
from tests.sandbox.harness import OFFER, served

from .databases import sqlite_url_of
from .house import DAY, HOUR, SECOND, Clock
from .passing import Passing

LENGTH = 60 * DAY
GRANT = 7 * DAY
AGENTS = ("Asha", "Daniel", "Priya")
AGENTS_SCOPES = (
    Scope.CUSTOMERS_READ,
    Scope.CUSTOMERS_WRITE,
    Scope.PERMISSIONS_READ,
    Scope.PERMISSIONS_REQUEST,
    Scope.CALLS_READ,
    Scope.CALLS_WRITE,
)
ALLOWED, ALWAYS, DECLINED = "temporary", "permanent", "decline"

ASK = """mutation($input: RequestCallPermissionInput!) { requestCallPermission(input: $input) { __typename } }"""
RING = """mutation($input: StartCallInput!) { startCall(input: $input) { __typename
  ... on StartCallSuccess { call { id } } } }"""
HANG_UP = """mutation($input: EndCallInput!) { endCall(input: $input) { __typename } }"""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the business, and how the two get on."""

    name: str
    phone: str
    tags: tuple[str, ...]
    timezone: str
    bent: str
    left: timedelta | None = None  # of a permission that runs when the story ends; negative for one that ran out

    @property
    def wa_id(self) -> str:
        return self.phone.removeprefix("+")


INDIA, GERMANY, BRAZIL, ITALY = "Asia/Kolkata", "Europe/Berlin", "America/Sao_Paulo", "Europe/Rome"
SPAIN, UK = "Europe/Madrid", "Europe/London"

PEOPLE = (
    Person("Meera Kulkarni", "+919812300457", ("delivery",), INDIA, "open", timedelta(minutes=23)),
    Person("Caio Prado", "+5511987650321", ("renewal",), BRAZIL, "always"),
    Person("Lena Vogt", "+4915112345678", ("support",), GERMANY, "leaves"),
    Person("Arjun Nair", "+919845012345", ("delivery", "vip"), INDIA, "open", timedelta(minutes=52)),
    Person("Sofia Romano", "+393471234567", ("renewal", "vip"), ITALY, "open", timedelta(hours=2, minutes=12)),
    Person("Ravi Deshpande", "+919820011234", ("delivery",), INDIA, "open", timedelta(hours=4, minutes=41)),
    Person("Ana Beatriz Lima", "+5521998761122", ("renewal",), BRAZIL, "open", timedelta(hours=7, minutes=3)),
    Person("Jonas Keller", "+4916098765432", ("support",), GERMANY, "open", timedelta(hours=11, minutes=34)),
    Person("Priyanka Rao", "+919900123456", ("vip",), INDIA, "misses", timedelta(hours=20)),
    Person("Marta Iglesias", "+34612345678", ("renewal",), SPAIN, "open", timedelta(days=1, hours=5)),
    Person("Oliver Hughes", "+447700900123", ("support",), UK, "open", timedelta(days=1, hours=19)),
    Person("Giulia Conti", "+393481112233", ("delivery",), ITALY, "open", timedelta(days=2, hours=2)),
    Person("Karthik Subramanian", "+919841098410", ("delivery", "vip"), INDIA, "open", timedelta(days=2, hours=14)),
    Person("Bruna Carvalho", "+5531991234567", ("renewal",), BRAZIL, "open", timedelta(days=3, hours=6)),
    Person("Felix Braun", "+4917612345670", (), GERMANY, "open", timedelta(days=4, hours=1)),
    Person("Nisha Menon", "+919847055123", ("support",), INDIA, "open", timedelta(days=4, hours=20)),
    Person("Pablo Herrera", "+34655443322", ("renewal",), SPAIN, "open", timedelta(days=5, hours=9)),
    Person("Emily Clarke", "+447700900456", ("vip",), UK, "open", timedelta(days=6, hours=2)),
    Person("Vikram Joshi", "+919867512340", ("delivery",), INDIA, "open", timedelta(days=6, hours=15)),
    Person("Chiara Greco", "+393331239876", ("support",), ITALY, "always"),
    Person("Thiago Moreira", "+5541988887777", ("vip",), BRAZIL, "always"),
    Person("Hannah Schuster", "+4915198765400", ("renewal", "vip"), GERMANY, "always"),
    Person("Deepa Iyer", "+919884411220", ("delivery",), INDIA, "open", timedelta(hours=-3)),
    Person("Lukas Weber", "+4917099887766", ("support",), GERMANY, "open", timedelta(hours=-26)),
    Person("Isabel Navarro", "+34699887766", (), SPAIN, "open", timedelta(days=-3)),
    Person("Rahul Kapoor", "+919810099887", ("delivery",), INDIA, "awaited", timedelta(minutes=-18)),
    Person("Camila Duarte", "+5519997766554", ("renewal",), BRAZIL, "awaited", timedelta(minutes=-47)),
    Person("George Patel", "+447700900789", ("support",), UK, "awaited", timedelta(hours=-3)),
    Person("Fatima Sheikh", "+919833344556", ("delivery",), INDIA, "awaited", timedelta(hours=-9)),
    Person("Nora Lindner", "+4915733322110", (), GERMANY, "awaited", timedelta(days=-1, hours=-4)),
    Person("Alessandro Villa", "+393665554433", ("renewal",), ITALY, "declines"),
    Person("Sunita Reddy", "+919948123450", ("delivery",), INDIA, "declines"),
    Person("Diego Fuentes", "+34611220099", ("support",), SPAIN, "declines"),
    Person("Larissa Gomes", "+5585996655443", (), BRAZIL, "silent"),
    Person("Sanjay Bhat", "+919886677889", ("delivery",), INDIA, "silent"),
    Person("Maximilian Roth", "+4917255544433", ("renewal",), GERMANY, "silent"),
    Person("Kavya Pillai", "+919895566778", ("vip",), INDIA, "leaves"),
    Person("Charlotte Evans", "+447700900234", ("support",), UK, "new"),
    Person("Amit Chaudhary", "+919811223344", ("delivery",), INDIA, "new"),
    Person("Valentina Rossi", "+393492223344", ("renewal",), ITALY, "new"),
)

TOPICS = {"delivery": "your delivery", "renewal": "your renewal", "support": "your question"}

Deed = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Month:
    """Who works here, and what is still to happen."""

    passing: Passing
    http: httpx.AsyncClient
    number: BusinessNumber
    secrets: dict[str, str]
    end: datetime
    known: dict[str, str] = field(default_factory=dict)  # customers' ids in the API, by their phones
    plan: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 the same story each time

    # --- What happens ---

    async def _say(self, agent: str, operation: str, **given: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.secrets[agent]}"}
        body = {"query": operation, "variables": {"input": given}}
        answer = (await self.http.post("/graphql", json=body, headers=headers)).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def _ends(self, person: Person) -> dict[str, str]:
        return {
            "customerId": self.known[person.phone],
            "businessNumberId": ids.encode("BusinessNumber", self.number.id),
        }

    async def _press(self, person: Person, deed: str, **how: Any) -> None:
        """Press something on the customer's phone; what cannot be done any more is left."""
        answer = await self.http.post(f"/sandbox/phones/{person.wa_id}/{deed}", json=how)
        assert answer.is_success or answer.status_code == httpx.codes.CONFLICT, answer.text

    async def _ask(self, person: Person, agent: str) -> None:
        parameters = [
            {"name": "first_name", "value": person.name.split()[0]},
            {"name": "topic", "value": TOPICS.get(person.tags[0] if person.tags else "", "your order")},
        ]
        template = {"name": "may_we_call", "language": "en", "parameters": parameters}
        await self._say(agent, ASK, **self._ends(person), template=template)

    async def _ring(self, person: Person, agent: str, talk: timedelta | None) -> None:
        """Ring a customer, who talks for so long or lets it ring."""
        placed = (await self._say(agent, RING, **self._ends(person), sdpOffer=OFFER))["startCall"]
        if "call" not in placed:
            return
        await self.passing.of(timedelta(seconds=self.chance.randint(4, 14)))
        [wacid] = [call.wacid for call in self.passing.world.open_calls() if call.wa_id == person.wa_id]
        if talk is None:
            await self.passing.of(30 * SECOND)
            await self._press(person, f"calls/{wacid}", do="ignore")
            return
        await self._press(person, f"calls/{wacid}", do="answer")
        await self.passing.of(talk)
        await self._say(agent, HANG_UP, callId=placed["call"]["id"])

    # --- Who does what when ---

    def _at(self, moment: datetime, deed: Deed) -> None:
        if self.end - LENGTH < moment < self.end:
            self.plan.append((moment, len(self.plan), deed))

    def _in_hours(self, moment: datetime) -> datetime:
        """Give a moment of the same day at which people work."""
        begin = moment.replace(hour=8, minute=0, second=0)
        return begin + timedelta(minutes=self.chance.randint(0, 9 * 60))

    def plan_for(self, person: Person) -> None:  # noqa: C901 a case for each bent
        """Plan all that the business and a customer have with each other."""
        last = self.end - GRANT + (person.left or timedelta())
        match person.bent:
            case "open":
                self._round(person, last, ALLOWED)
                self._earlier(person, last)
            case "misses":
                self._round(person, last, ALLOWED, calls=0)
                for hours in (30, 75, 100):
                    self._at(last + hours * HOUR, partial(self._ring, person, self._agent(), None))
                self._earlier(person, last)
            case "always":
                begin = self.end - timedelta(days=self.chance.randint(28, 55))
                self._round(person, begin, ALWAYS, calls=7, span=self.end - begin)
            case "declines":
                for days in (46, 21, self.chance.randint(2, 9)):
                    self._round(person, self._in_hours(self.end - days * DAY), DECLINED)
            case "silent":
                for days in (58, 50, 41, 33, 24, 15, 6):
                    self._asked(person, self._in_hours(self.end - timedelta(days=days + self.chance.randint(0, 2))))
            case "leaves":
                begin = self._in_hours(self.end - timedelta(days=self.chance.randint(9, 14)))
                self._round(person, begin, ALLOWED, calls=2, span=3 * DAY)
                self._at(begin + timedelta(days=5, hours=3), partial(self._press, person, "revoke"))
                self._earlier(person, begin)
            case "awaited":
                asked = self.end + (person.left or timedelta())
                self._earlier(person, asked - 2 * DAY)
                self._asked(person, asked, looks=self.chance.random() < 0.6)

    def _agent(self) -> str:
        return self.chance.choice(AGENTS)

    def _earlier(self, person: Person, before: datetime) -> None:
        """Plan what was before: the further back, the smaller the business was."""
        moment = before - timedelta(days=self.chance.uniform(8, 11))
        while moment > self.end - LENGTH:
            age = (self.end - moment) / LENGTH
            if self.chance.random() > 0.65 * age:
                drawn = self.chance.random()
                if drawn < 0.62 - 0.25 * age:
                    self._round(person, self._in_hours(moment), ALLOWED)
                elif drawn < 0.74:
                    self._round(person, self._in_hours(moment), DECLINED)
                else:
                    self._asked(person, self._in_hours(moment))
            moment -= timedelta(days=self.chance.uniform(8, 11))

    def _asked(self, person: Person, moment: datetime, *, looks: bool = True) -> None:
        """Plan a request that stays without an answer."""
        self._at(moment, partial(self._ask, person, self._agent()))
        if looks:
            self._at(moment + timedelta(minutes=self.chance.randint(2, 12)), partial(self._press, person, "look"))

    def _round(
        self, person: Person, answered: datetime, answer: str, *, calls: int = 2, span: timedelta = GRANT
    ) -> None:
        """Plan a request, its answer at a moment, and what comes of it."""
        waits = timedelta(minutes=min(600.0, self.chance.lognormvariate(3.2, 1.1)))
        self._at(answered - waits, partial(self._ask, person, self._agent()))
        self._at(answered - waits * 0.4, partial(self._press, person, "look"))
        self._at(answered, partial(self._press, person, "reply", answer=answer))
        if answer == DECLINED:
            return
        for _ in range(self.chance.randint(1, calls) if calls else 0):
            moment = self._in_hours(answered + span * self.chance.uniform(0.05, 0.95))
            if answered < moment < answered + span:
                talk = timedelta(seconds=self.chance.randint(35, 700)) if self.chance.random() < 0.78 else None
                self._at(moment, partial(self._ring, person, self._agent(), talk))

    async def happen(self) -> None:
        """Let everything that is planned happen, each thing in its time, until the end."""
        heapify(self.plan)
        clock = self.passing.clock
        while self.plan:
            moment, _, deed = heappop(self.plan)
            if moment > clock.now:
                await self.passing.of(moment - clock.now, leaps=0)
            await deed()
        if self.end > clock.now:
            await self.passing.of(self.end - clock.now, leaps=0)


async def live_through(folder: Path, token: str, end: datetime | None = None) -> str:
    """Let the two months before `end`, which is now, pass in an empty database that is up to date; give its address.

    It is `maycall.db` in the folder, beside what the sandbox knows: a server that begins there finds all of it.
    """
    end = end or datetime.now(UTC)
    url = sqlite_url_of(folder / "maycall.db")
    async with _business(url, folder, Clock(end - LENGTH), token, end) as month:
        for person in PEOPLE:
            month.plan_for(person)
        await month.happen()
    return url


@asynccontextmanager
async def _business(database_url: str, folder: Path, clock: Clock, token: str, end: datetime) -> AsyncIterator[Month]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    app = create_app(Settings(database_url=database_url, sandbox=True), url, folder, clock=lambda: clock.now)
    async with served(app, port), httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as http:
        resources: Resources = app.state.resources
        number, admin, secrets = await _people(resources, token)
        month = Month(Passing(clock, resources, _world(app), rest=0.03), http, number, secrets, end)
        for person in PEOPLE:
            known = {"name": person.name, "phone": person.phone, "timezone": person.timezone}
            made = await customers.create(resources, admin, {**known, "tags": list(person.tags)})
            assert isinstance(made, Customer)
            month.known[person.phone] = ids.encode("Customer", made.id)
            (await http.post(f"/sandbox/phones/{person.wa_id}", json={"name": person.name})).raise_for_status()
        yield month


def _world(app: Starlette) -> World:
    [sandbox] = [route.app for route in app.routes if isinstance(route, Mount) and route.path == "/sandbox"]
    assert isinstance(sandbox, Starlette)
    world: World = sandbox.state.stand_in.running_world()
    return world


async def _people(resources: Resources, token: str) -> tuple[BusinessNumber, Viewer, dict[str, str]]:
    """Put in the business, its number, its admin with this token, and its agents with theirs."""
    workspace = Workspace(id=new_id(), name="Chai & Co", created_at=resources.now())
    async with resources.database.writing() as session:
        session.add(workspace)
    number = await business_numbers.add(
        resources,
        workspace.id,
        phone_number_id=beginnings.SANDBOX_PHONE_NUMBER_ID,
        display_phone_number=beginnings.SANDBOX_DISPLAY_PHONE_NUMBER,
        waba_id=beginnings.SANDBOX_WABA_ID,
        name="Front desk",
        environment=Environment.SANDBOX,
    )
    secrets = {}
    for name, scopes, secret in (("Asha", [Scope.ADMIN], token), *((name, AGENTS_SCOPES, None) for name in AGENTS[1:])):
        made = await access.create_token(resources, workspace.id, name, scopes, secret=secret)
        assert isinstance(made, access.Made)
        secrets[name] = made.secret
    admin = Viewer(workspace.id, new_id(), "the CRM", frozenset({Scope.ADMIN}))
    return number, admin, secrets
