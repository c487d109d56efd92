"""Another workspace's ids, cursors, keys and names, put into every place of the schema that takes one.

The places are found in the schema itself. One that this test does not know how to fill fails it: say in the tables
below what belongs there.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import orjson
import pytest
import pytest_asyncio
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)
from sqlalchemy import Enum, LargeBinary, String, select, update
from sqlmodel import SQLModel

from actions import batches, calls, permissions
from actions.batches import AskingMany
from actions.calls import Placing
from actions.permissions import Asking
from graph import cursors, ids
from graph.faults import CodedError
from graph.live import Hub
from graph.schema import schema
from models.call_permission import of_workspace
from models.columns import new_id
from models.customer import Customer
from models.person import Person
from models.webhook_endpoint import WebhookEndpoint
from models.webhook_message import WebhookMessage
from rules.access import Role, Scope
from tests.ground.house import MINUTE, OFFER, Business, House, open_business, open_house
from whatsapp.cloud_api import FreeForm, Taken

from .asking import Api, call_status, id_of, opened, replies
from .hearing import Ear, join
from .hearing import opened as listening

SERVED = build_schema(schema.as_str())
ROOTS = {"query": SERVED.query_type, "mutation": SERVED.mutation_type, "subscription": SERVED.subscription_type}

# Whose id belongs where, by the name of the argument or field; `id` and `ids` are any node's.
KINDS = {
    "customerId": "Customer",
    "customerIds": "Customer",
    "businessNumberId": "BusinessNumber",
    "businessNumberIds": "BusinessNumber",
    "callId": "Call",
    "callIds": "Call",
    "apiTokenId": "ApiToken",
    "personId": "Person",
    "webhookEndpointId": "WebhookEndpoint",
    "webhookDeliveryId": "WebhookDelivery",
}
ANY = {"id", "ids"}
IDS_OF = {("CustomerBy", "id"): "Customer"}
# Names that another workspace's rows have too, or search for them.
NAMES = {
    "phone",
    "whatsappUserId",
    "externalId",
    "idempotencyKey",
    "search",
    "customerSearch",
    "tags",
    "customerTags",
    "email",
}
CURSORS = {"after", "before"}
# Texts that are nobody's name, and what to say in them where something must be said.
TEXTS = {
    "name": "Somebody",
    "text": "May we call?",
    "timezone": "UTC",
    "language": "en",
    "value": "x",
    "sdpOffer": OFFER,
    "scopes": "calls:read",
    "url": "https://example.org/hook",
    "document": "subscription { changes { kind } }",
    "wabaId": "1",
    "accessToken": "EAAB",
    "appSecret": "secret",
    # A number is one business's: whoever has another's is told so, on purpose.
    "phoneNumberId": "777",
}
LEAVES: dict[str, Any] = {
    "Int": 5,
    "Float": 1.0,
    "Boolean": False,
    "DateTime": "2026-11-21T00:00:00Z",
    "Date": "2026-11-20",
    "JSON": {},
}
# What has to be given although the schema does not say so: one of several.
ALSO = {"RequestCallPermissionsInput": ("customerIds", {"filter"})}

MARK = "rivalmark"
RIVALS_PHONE = "+918888800001"
RIVALS_MAIL = f"{MARK}@example.org"
KEPT = {"phone", "email", "phone_number_id", "display_phone_number", "idempotency_key"}  # of a form, or marked already


@dataclass(frozen=True)
class Place:
    """Somewhere to put a value: a leaf of an argument of a root's field, or of a field `on` a node."""

    root: str
    on: str | None
    field: str
    path: tuple[str, ...]
    holder: str  # the input type it is in, or the type whose field's argument it is
    leaf: str

    @property
    def name(self) -> str:
        return self.path[-1]

    def __str__(self) -> str:
        return f"{self.on or self.root}.{self.field}({'.'.join(self.path)})"


def places() -> Iterator[Place]:
    for root, kind in ROOTS.items():
        assert kind is not None
        for name, field in kind.fields.items():
            yield from _of_field(root, None, name, field)
    for name, named in SERVED.type_map.items():
        if isinstance(named, GraphQLObjectType) and named not in ROOTS.values() and not name.startswith("__"):
            for field_name, field in named.fields.items():
                yield from _of_field("query", name, field_name, field)


def _of_field(root: str, on: str | None, name: str, field: GraphQLField) -> Iterator[Place]:
    for argument_name, argument in field.args.items():
        for path, holder, leaf in _leaves(argument.type, (argument_name,), on or root):
            yield Place(root, on, name, path, holder, leaf)


def _leaves(kind: GraphQLInputType, path: tuple[str, ...], holder: str) -> Iterator[tuple[tuple[str, ...], str, str]]:
    named = get_named_type(kind)
    if isinstance(named, GraphQLInputObjectType):
        for name, field in named.fields.items():
            yield from _leaves(field.type, (*path, name), named.name)
    else:
        yield path, holder, named.name


def takes_a_value_of_anothers(place: Place) -> bool:
    """Tell whether something of another workspace can be put there. A place that is not known fails the test."""
    if place.leaf == "ID":
        assert place.name in KINDS or place.name in ANY, f"{place}: whose id belongs here? Say so in KINDS."
        return True
    if place.leaf == "String":
        known = place.name in NAMES or place.name in CURSORS or place.name in TEXTS
        assert known, f"{place}: is this a name that others have too? Put it into NAMES, or else into TEXTS."
        return place.name not in TEXTS
    named = SERVED.type_map[place.leaf]
    assert isinstance(named, GraphQLEnumType) or place.leaf in LEAVES, f"{place}: what is a {place.leaf}? See LEAVES."
    return False


PLACES = [place for place in places() if takes_a_value_of_anothers(place)]
ASKED = [place for place in PLACES if place.root != "subscription"]
WATCHED = [place for place in PLACES if place.root == "subscription"]


# --- Two workspaces with something of everything ---


async def everything(house: House, business: Business, meera: Customer) -> dict[str, str]:
    """Give the id of one node of every kind."""
    admin, number, resources = business.admin, business.number, house.resources
    key = "ours" if business is house.business else MARK
    house.whatsapp.will(Taken(f"wamid.{business.workspace.id}"), Taken(f"wacid.{business.workspace.id}"))
    asking = Asking(meera.id, number.id, FreeForm(None), f"{key}-key")
    request = await permissions.request(resources, admin, asking)
    await replies(house, meera, number=number)
    call = await calls.start(resources, admin, Placing(meera.id, number.id, OFFER, f"{key}-call"))
    many = AskingMany([meera.id], number.id, FreeForm(None), "all", f"{key}-many")
    batch = await batches.ask(resources, admin, many)
    assert isinstance(batch, batches.Asked)
    assert batch.batch is not None
    now, workspace_id = resources.now(), business.workspace.id
    async with resources.database.writing() as session:
        [permission] = [own for own in await session.exec(of_workspace(workspace_id)) if own.customer_id == meera.id]
        endpoint = WebhookEndpoint(
            workspace_id=workspace_id,
            name="Hook",
            url="https://example.org/",
            document="subscription { changes { kind } }",
            event="changes",
            scopes=[Scope.CALLS_READ.value],
            created_by="admin",
            created_at=now,
            updated_at=now,
            position=0,
            disabled_at=now,
        )
        person = Person(
            workspace_id=workspace_id,
            email=RIVALS_MAIL if business is not house.business else "ours@example.org",
            role=Role.VIEWER,
            created_at=now,
            updated_at=now,
        )
        session.add_all([endpoint, person])
        await session.flush()
        message = WebhookMessage(
            workspace_id=workspace_id, endpoint_id=endpoint.id, event="changes", payload=b"{}", created_at=now
        )
        session.add(message)
    return {
        "Workspace": id_of(business.workspace),
        "BusinessNumber": id_of(number),
        "Customer": id_of(meera),
        "CallPermission": id_of(permission),
        "PermissionRequest": id_of(request),  # type: ignore[arg-type] # it was not refused: id_of would fail
        "Call": id_of(call),  # type: ignore[arg-type] # the same
        "ApiToken": ids.encode("ApiToken", admin.token_id),
        "WebhookEndpoint": id_of(endpoint),
        "WebhookDelivery": ids.encode("WebhookDelivery", message.id),
        "PermissionRequestBatch": ids.encode("PermissionRequestBatch", batch.batch.id),
        "Person": id_of(person),
    }


def of(table: Any, workspace_id: object) -> Any:
    """Give the condition that a row is the workspace's; None for tables that belong to nobody."""
    if table.name == "workspace":
        return table.c.id == workspace_id
    return table.c.workspace_id == workspace_id if "workspace_id" in table.c else None


@dataclass(frozen=True)
class Two:
    """Our workspace, and another whose every text has a mark in it."""

    house: House
    api: Api
    ours: dict[str, str]
    theirs: dict[str, str]
    rival: Business
    rivals_customer: Customer
    log_cursor: str
    numbers: Iterator[int]

    async def dump(self) -> list[list[Any]]:
        """Read all that the other workspace has."""
        found = []
        async with self.house.resources.database.engine.connect() as connection:
            for table in SQLModel.metadata.sorted_tables:
                own = of(table, self.rival.workspace.id)
                if own is not None:
                    found.append([tuple(row) for row in await connection.execute(select(table).where(own))])
        return found

    async def forget(self, name: Any) -> None:
        """See to it that nothing of ours has this name, whatever was tried before."""
        own = self.house.business.workspace.id
        async with self.house.resources.database.engine.begin() as connection:
            for table, columns in (("customer", ("phone", "external_id", "whatsapp_user_id")), ("person", ("email",))):
                rows = SQLModel.metadata.tables[table]
                for column in columns:
                    named = update(rows).where(rows.c.workspace_id == own, rows.c[column] == name)
                    await connection.execute(named.values({column: None}))

    async def new_customer(self) -> str:
        made = await self.house.business.customer(phone=f"+9198000{next(self.numbers):05}")
        return id_of(made)


async def mark(house: House, workspace_id: object) -> None:
    """Write the mark into every text of the workspace that may be any text."""
    async with house.resources.database.engine.begin() as connection:
        for table in SQLModel.metadata.sorted_tables:
            own = of(table, workspace_id)
            if own is None:
                continue
            for column in table.columns:
                plain = isinstance(column.type, String) and not isinstance(column.type, Enum | LargeBinary)
                if plain and column.name not in KEPT and not column.primary_key and not column.foreign_keys:
                    key = table.c.id if "id" in table.c else list(table.primary_key.columns)[-1]
                    value = f"{MARK} {table.name} {column.name} " + key.cast(String)
                    await connection.execute(update(table).where(own).values({column: value}))


@pytest_asyncio.fixture
async def two(sqlite_url: str) -> AsyncIterator[Two]:
    async with open_house(sqlite_url) as house, opened(house) as api:
        ours = await everything(house, house.business, house.meera)
        rival = await open_business(
            house.resources, "Rival", phone_number_id="1002003004005", display_phone_number="+918888800002"
        )
        theirs_meera = await rival.customer(
            phone=RIVALS_PHONE, external_id="R-1", whatsapp_user_id="IN.5", tags=[f"{MARK}-tag"]
        )
        theirs = await everything(house, rival, theirs_meera)
        assert theirs.keys() == ours.keys() == set(ids.KINDS), "Every kind of node must be there, to be tried."
        cursor = await api.ask("{ changeCursor }", rival.secret)
        await mark(house, rival.workspace.id)
        async with house.resources.database.reading() as session:
            customer = await session.get_one(Customer, (rival.workspace.id, theirs_meera.id))
        yield Two(house, api, ours, theirs, rival, customer, cursor, count())


# --- What to put there, and a document that does ---


def tried(two: Two, place: Place) -> list[tuple[str, Any, Any]]:
    """List what to try in a place: (the kind of node to look at, the other's value, one that never was)."""
    if place.leaf == "ID":
        kinds = [KINDS[place.name]] if place.name in KINDS else [IDS_OF.get((place.holder, place.name), "")]
        kinds = kinds if kinds != [""] else list(ids.KINDS)
        return [(kind, two.theirs[kind], ids.encode(kind, new_id())) for kind in kinds]
    if place.name in CURSORS:
        row_id = ids.decode(two.theirs["Customer"])[1]
        return [
            ("", two.log_cursor, cursors.encode_log(new_id(), 1)),
            ("", cursors.encode_key((row_id,)), cursors.encode_key((new_id(),))),
        ]
    theirs = {
        "phone": RIVALS_PHONE,
        "whatsappUserId": two.rivals_customer.whatsapp_user_id,
        "externalId": two.rivals_customer.external_id,
        "email": RIVALS_MAIL,
        "search": MARK,
        "customerSearch": MARK,
        "tags": f"{MARK}-tag",
        "customerTags": f"{MARK}-tag",
    }
    never = {"phone": "+918888899999", "email": "nobody@example.org"}
    if place.name == "idempotencyKey":
        return [("", f"{MARK}-{kind}", f"never-{kind}") for kind in ("key", "call", "many")]
    return [("", theirs[place.name], never.get(place.name, "never-was"))]


@dataclass(frozen=True)
class Filled:
    """Valid values for all that must be given, with one of another's in its place."""

    ours: dict[str, str]
    place: Place
    value: Any
    fresh: int = 0

    def arguments(self, field: GraphQLField) -> dict[str, Any]:
        given = {}
        for name, argument in field.args.items():
            if name == self.place.path[0]:
                given[name] = self.fill(argument.type, name, self.place.path[1:])
            elif is_required_argument(argument) or name == "first":
                given[name] = self.fill(argument.type, name, None)
        if given.get("last") is not None or self.place.name == "before":
            given.pop("first", None)
            given["last"] = 5
        return given

    def fill(self, kind: GraphQLInputType, name: str, path: tuple[str, ...] | None) -> Any:
        """Give a value of this type; `path` leads on to the place, () in it, None where it is elsewhere."""
        if isinstance(kind, GraphQLNonNull):
            return self.fill(kind.of_type, name, path)
        if isinstance(kind, GraphQLList):
            return [self.fill(kind.of_type, name, path)]
        if isinstance(kind, GraphQLInputObjectType):
            return self._fill_in(kind, path)
        if path == ():
            return self.value
        if isinstance(kind, GraphQLEnumType):
            return next(iter(kind.values))
        assert isinstance(kind, GraphQLScalarType)
        if kind.name == "ID":
            return self.ours[KINDS[name]]
        if kind.name == "String":
            return {"email": f"own{self.fresh:05}@example.org", "phone": self.phone}.get(name) or TEXTS[name]
        return LEAVES[kind.name]

    @property
    def phone(self) -> str:
        return f"+9198000{90000 + self.fresh % 10000:05}"

    def _fill_in(self, kind: GraphQLInputObjectType, path: tuple[str, ...] | None) -> dict[str, Any]:
        also, unless = ALSO.get(kind.name, (None, set()))
        if path and path[0] in unless:
            also = None
        given = {}
        for name, field in kind.fields.items():
            if path and name == path[0]:
                given[name] = self.fill(field.type, name, path[1:])
            elif is_required_input_field(field) or name == also:
                given[name] = self.fill(field.type, name, None)
        if kind.name in ("CreateCustomerInput", "ImportedCustomerInput") and "phone" not in given:
            given["phone"] = self.phone
        return given


def document(place: Place, field: GraphQLField, given: dict[str, Any], kind: str) -> str:
    declared = ", ".join(f"${name}: {field.args[name].type}" for name in given)
    passed = ", ".join(f"{name}: ${name}" for name in given)
    asked = f"{place.field}{f'({passed})' if passed else ''} {selection(get_named_type(field.type), kind)}"
    if place.on is None:
        return f"{place.root} ({declared}) {{ {asked} }}" if declared else f"{place.root} {{ {asked} }}"
    inside = f"node(id: $own) {{ ... on {place.on} {{ {asked} }} }}"
    return f"query ($own: ID!{', ' if declared else ''}{declared}) {{ {inside} }}"


def selection(kind: Any, wanted: str = "", depth: int = 3) -> str:
    """Select all leaves of a type, and of what is in it, as far as they need no arguments."""
    if is_leaf_type(kind):
        return ""
    if isinstance(kind, GraphQLUnionType):
        done = [own for own in kind.types if not any(each.name == "Refusal" for each in own.interfaces)]
        parts = [f"... on {own.name} {selection(own, wanted, depth)}" for own in done]
        return f"{{ __typename ... on Refusal {{ code message availableAt }} {' '.join(parts)} }}"
    if isinstance(kind, GraphQLInterfaceType):
        inside = SERVED.type_map.get(wanted)
        return f"{{ __typename ... on {wanted} {selection(inside, wanted, depth)} }}" if inside else "{ __typename }"
    parts = ["__typename"]
    for name, field in kind.fields.items():
        named = get_named_type(field.type)
        if name in LEFT_OUT or "first" in field.args or any(map(is_required_argument, field.args.values())):
            continue
        if is_leaf_type(named) or depth > 1:
            parts.append(f"{name} {selection(named, '', depth - 1)}")
    return f"{{ {' '.join(parts)} }}"


LEFT_OUT = {"templates"}  # they are asked of WhatsApp, and do not depend on who asks

# What differs from one time to the next, whoever's it is: ids, cursors, secrets, and the phones of new customers.
VARYING = re.compile(
    rb'"(?:mc_|whsec_)?[A-Za-z0-9_\-+/]{40,}={0,2}"|\+9198000\d{5}|own\d{5}@|"remaining":\d+|[0-9a-f]{8}-[0-9a-f-]{27}|"mc_[^"]{4}"'
)


async def answer(two: Two, place: Place, value: Any, kind: str) -> bytes:
    """Ask with a value in the place, and give the answer's bytes without it, and without what varies anyway."""
    parent = ROOTS[place.root] if place.on is None else SERVED.type_map[place.on]
    assert isinstance(parent, GraphQLObjectType)
    field = parent.fields[place.field]
    ours = two.ours | ({"Customer": await two.new_customer()} if place.root == "mutation" else {})
    await two.forget(value)
    given = Filled(ours, place, value, next(two.numbers)).arguments(field)
    variables = dict(given)
    if place.on is not None:
        assert place.on in two.ours, f"{place}: how is a {place.on} reached? Only nodes are by now."
        variables["own"] = two.ours[place.on]
    response = await two.api.post({"query": document(place, field, given, kind), "variables": variables})
    content = response.content.replace(orjson.dumps(value)[1:-1], b"<it>")
    assert b"GRAPHQL_VALIDATION_FAILED" not in content, (place, content)
    assert b"INTERNAL_SERVER_ERROR" not in content, (place, content)
    return VARYING.sub(b"<varying>", content)


async def test_no_place_of_the_schema_tells_anothers_value_from_one_that_never_was(two: Two) -> None:
    before = await two.dump()
    told_apart = []
    for place in ASKED:
        for kind, theirs, never in tried(two, place):
            answers = [await answer(two, place, value, kind) for value in (never, theirs)]
            assert MARK.encode() not in answers[1].lower(), (str(place), answers[1])
            assert b"88888000" not in answers[1], (str(place), answers[1])
            if answers[0] != answers[1]:
                told_apart.append((str(place), kind, answers))
        assert await two.dump() == before, f"{place}: something of the other workspace was changed."
    assert [where for where, *_ in told_apart] == [], told_apart[:2]


async def test_nothing_that_can_be_asked_without_naming_anything_shows_anything_of_anothers(two: Two) -> None:
    query = ROOTS["query"]
    assert query is not None
    for name, field in query.fields.items():
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        place = Place("query", None, name, ("nothing",), "query", "")
        given = {"first": 100} if "first" in field.args else {}
        asked = document(place, field, given, "")
        response = await two.api.post({"query": asked, "variables": given})
        assert b'"errors"' not in response.content, (name, response.content)
        assert MARK.encode() not in response.content.lower(), name
        for theirs in (*two.theirs.values(), "88888000"):
            assert theirs.encode() not in response.content, name


async def test_no_stream_tells_anothers_value_from_one_that_never_was(two: Two) -> None:
    parent = ROOTS["subscription"]
    assert parent is not None
    async with listening(two.house) as hub:
        heard: list[tuple[Place, Ear, Ear]] = []
        for place in WATCHED:
            for _, theirs, never in tried(two, place):
                field = parent.fields[place.field]
                never_ear = await watch(two, hub, place, field, never)
                heard.append((place, never_ear, await watch(two, hub, place, field, theirs)))
        two.house.clock.wait(MINUTE)
        await replies(two.house, two.rivals_customer, "permanent", number=two.rival.number)
        await replies(two.house, two.house.meera, "permanent")
        await call_status(two.house, two.house.meera, f"wacid.{two.house.business.workspace.id}", "RINGING")
        for place, never_ear, their_ear in heard:
            for ear in (never_ear, their_ear) if place.leaf == "ID" else ():
                async with asyncio.timeout(60):
                    while not ear.told:
                        ear.news.clear()
                        await ear.news.wait()
            assert (cursors_in(their_ear), their_ear.refused) == (cursors_in(never_ear), never_ear.refused), str(place)
            assert MARK not in orjson.dumps(their_ear.told).decode().lower(), str(place)
            assert place.leaf == "ID" or their_ear.refused, f"{place}: this cursor is nobody's here."


def cursors_in(ear: Ear) -> list[str]:
    return [change["cursor"] for told in ear.told for change in told["data"].values()]


async def watch(two: Two, hub: Hub, place: Place, field: GraphQLField, value: Any) -> Ear:
    """Watch with a value in the place: an id beside one of ours, so that there is something to wait for."""
    given = Filled(two.ours, place, value).arguments(field)
    if place.leaf == "ID":
        given[place.name].append(two.ours[KINDS[place.name]])
    after = given.pop("after", None)
    asked = document(place, field, given | {"after": after}, "")
    try:
        return await join(hub, two.house, after, asked, **given)
    except CodedError as error:
        return Ear(two.house, refused=[error.message])


def test_the_places_are_found_in_the_schema() -> None:
    found = {str(place) for place in PLACES}
    assert found >= {
        "query.node(id)",
        "query.customer(by.phone)",
        "query.callPermissions(filter.businessNumberId)",
        "Customer.callPermission(businessNumberId)",
        "Customer.calls(after)",
        "mutation.requestCallPermissions(input.filter.businessNumberId)",
        "mutation.importCustomers(input.customers.externalId)",
        "mutation.startCall(input.idempotencyKey)",
        "subscription.callChanged(callIds)",
        "subscription.changes(after)",
    }


@pytest.mark.parametrize("leaf", ["ID", "String", "Colour"])
def test_a_place_that_nobody_has_thought_of_is_not_passed_over(leaf: str) -> None:
    known = PLACES[0]
    kinds: Sequence[str] = (leaf,)
    SERVED.type_map.setdefault("Colour", GraphQLScalarType("Colour"))
    for kind in kinds:
        with pytest.raises(AssertionError, match="somethingNew"):
            takes_a_value_of_anothers(replace(known, path=("somethingNew",), leaf=kind))
