"""What can be watched, by WebSocket and server-sent events: in order, nothing lost, nothing doubled, until the end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from websockets.exceptions import InvalidStatus

from actions import access, calls, clock
from actions.calls import Placing
from graph import live
from models.customer import Customer
from rules.access import Scope
from tests.ground.house import MEERA, MINUTE, OFFER, SECOND, House, open_business

from .asking import Api, call_event, call_status, id_of, replies
from .streaming import Server, served

PERMISSIONS = """subscription ($after: String, $customers: [ID!], $numbers: [ID!], $statuses: [CallPermissionStatus!]) {
    callPermissionChanged(after: $after, customerIds: $customers, businessNumberIds: $numbers, statuses: $statuses) {
        cursor occurredAt cause previousStatus status callPermission { status expiresAt customer { name } } } }"""
CALLS = """subscription ($after: String, $calls: [ID!]) { callChanged(after: $after, callIds: $calls) {
    cause previousStatus status call { id status sdpAnswer } } }"""
CHANGES = """subscription ($after: String, $kinds: [ChangeKind!]) { changes(after: $after, kinds: $kinds) {
    cursor kind cause } }"""
CURSOR = "{ changeCursor }"


@pytest_asyncio.fixture
async def server(house: House) -> AsyncIterator[Server]:
    async with served(house) as server:
        yield server


async def listening(server: Server, count: int = 1) -> None:
    """Wait until so many listeners have their seat."""
    async with asyncio.timeout(60):
        while server.hub.listeners < count:  # noqa: ASYNC110 nobody says so
            await asyncio.sleep(0)


# --- What is pushed ---


async def test_an_answer_is_pushed_with_what_it_was_and_what_it_is(house: House, server: Server) -> None:
    async with server.line() as line:
        after = await line.ask(CURSOR)
        watching = await line.subscribe(PERMISSIONS, after=after)
        await replies(house, house.meera)
        told = await line.next(watching)
        assert isinstance(told.pop("cursor"), str)
        assert told == {
            "occurredAt": "2026-11-20T12:00:00Z",
            "cause": "CUSTOMER_ANSWERED",
            "previousStatus": "NOT_REQUESTED",
            "status": "TEMPORARY",
            "callPermission": {
                "status": "TEMPORARY",
                "expiresAt": "2026-11-27T12:00:00Z",
                "customer": {"name": "Meera Kulkarni"},
            },
        }


async def test_without_a_cursor_a_stream_begins_now(house: House, server: Server) -> None:
    await replies(house, house.meera, "decline")
    async with server.line() as line:
        watching = await line.subscribe(PERMISSIONS)
        await listening(server)
        house.clock.wait(SECOND)
        await replies(house, house.meera, "permanent")
        assert (await line.next(watching))["status"] == "PERMANENT"


async def test_what_ran_out_is_pushed_like_any_other_change(house: House, server: Server) -> None:
    await replies(house, house.meera, lasting=MINUTE)
    async with server.line() as line:
        watching = await line.subscribe(PERMISSIONS, after=await line.ask(CURSOR))
        house.clock.wait(MINUTE)
        assert await clock.expire(house.resources) == 1
        told = await line.next(watching)
        assert (told["cause"], told["previousStatus"], told["status"]) == ("RAN_OUT", "TEMPORARY", "EXPIRED")
        assert told["occurredAt"] == "2026-11-20T12:01:00Z"


async def test_a_call_is_pushed_step_by_step_and_its_answer_only_to_who_placed_it(house: House, server: Server) -> None:
    await replies(house, house.meera)
    agent, secret = await house.business.viewer(Scope.CALLS_READ, Scope.CALLS_WRITE)
    async with server.line(secret) as own, server.line() as other:
        after = await own.ask(CURSOR)
        await calls.start(house.resources, agent, Placing(house.meera.id, house.number.id, OFFER))
        await call_event(house, house.meera, "wacid.1", "connect", session={"sdp_type": "answer", "sdp": "v=0"})
        await call_status(house, house.meera, "wacid.1", "RINGING")
        await call_status(house, house.meera, "wacid.1", "ACCEPTED")
        await call_event(house, house.meera, "wacid.1", "terminate", status="COMPLETED", duration=0)

        watching, watched = await own.subscribe(CALLS, after=after), await other.subscribe(CALLS, after=after)
        steps = [await own.next(watching) for _ in range(6)]
        seen = [await other.next(watched) for _ in range(6)]

    assert [(step["previousStatus"], step["status"]) for step in steps] == [
        (None, "QUEUED"),
        ("QUEUED", "CONNECTING"),
        ("CONNECTING", "CONNECTING"),
        ("CONNECTING", "RINGING"),
        ("RINGING", "IN_PROGRESS"),
        ("IN_PROGRESS", "COMPLETED"),
    ]
    assert {step["call"]["sdpAnswer"] for step in steps} == {"v=0"}
    assert {step["call"]["sdpAnswer"] for step in seen} == {None}


async def test_each_stream_gets_only_what_it_asked_for(house: House, server: Server) -> None:
    async with server.line() as line:
        after = await line.ask(CURSOR)
        await replies(house, house.meera)
        await replies(house, house.caio, "decline")
        house.clock.wait(SECOND)
        await replies(house, house.caio, "permanent")

        async def statuses(count: int, **chosen: Any) -> list[str]:
            watching = await line.subscribe(PERMISSIONS, after=after, **chosen)
            told = [(await line.next(watching))["status"] for _ in range(count)]
            await line.send(id=watching, type="complete")
            return told

        assert await statuses(3) == ["TEMPORARY", "DECLINED", "PERMANENT"]
        assert await statuses(2, customers=[id_of(house.caio)]) == ["DECLINED", "PERMANENT"]
        assert await statuses(2, statuses=["TEMPORARY", "PERMANENT"]) == ["TEMPORARY", "PERMANENT"]
        assert await statuses(3, numbers=[id_of(house.number)]) == ["TEMPORARY", "DECLINED", "PERMANENT"]
        watching = await line.subscribe(CHANGES, after=after, kinds=["CALL_PERMISSION"])
        assert [(await line.next(watching))["kind"] for _ in range(3)] == ["CALL_PERMISSION"] * 3


async def test_reading_and_then_subscribing_after_the_cursor_leaves_no_hole(house: House, server: Server) -> None:
    """Whatever happens around the reading is in the data or in the stream."""
    people = [await house.business.customer(phone=f"+9198123009{number:02}") for number in range(12)]

    async def answer_all() -> None:
        for person in people:
            await replies(house, person)

    async with server.line() as line:
        answering = asyncio.create_task(answer_all())
        while not answering.done():
            read = await line.subscribe(
                "{ allowed: callPermissions(first: 100, filter: {callableNow: true}) { totalCount } changeCursor }"
            )
            message = await line.receive()
            data = message["payload"]["data"]
            assert await line.receive() == {"type": "complete", "id": read}
            watching = await line.subscribe(PERMISSIONS, after=data["changeCursor"])
            await line.send(id=watching, type="complete")
            later = await rest_of_the_log(server, data["changeCursor"], answering)
            assert data["allowed"]["totalCount"] + later >= len(people)
        await answering


async def rest_of_the_log(server: Server, after: str, until: "asyncio.Task[None]") -> int:
    """Count the permissions that changed after the cursor, once all is done."""
    await until
    async with server.line() as line:
        found = await line.ask(
            "query ($after: String) { changes(first: 100, after: $after) { nodes { kind } } }", after=after
        )
    return sum(node["kind"] == "CALL_PERMISSION" for node in found["nodes"])


async def test_whoever_comes_back_after_their_last_cursor_misses_nothing_and_sees_nothing_twice(
    house: House, server: Server
) -> None:
    async with server.line() as line:
        after = await line.ask(CURSOR)
    seen: list[str] = []
    for number in range(5):
        await replies(house, house.meera, "decline" if number % 2 else "permanent")
        house.clock.wait(SECOND)
        await replies(house, house.caio, "permanent" if number % 2 else "decline")
        async with server.line() as line:
            watching = await line.subscribe(PERMISSIONS, after=after)
            told = await line.next(watching)
            seen.append(told["cursor"])
            after = told["cursor"]
    async with server.line() as line:
        watching = await line.subscribe(PERMISSIONS, after=after)
        seen += [(await line.next(watching))["cursor"] for _ in range(5)]
        found = await permission_changes(server)
    assert seen == found


async def permission_changes(server: Server) -> list[str]:
    async with server.line() as line:
        found = await line.ask("{ changes(first: 100) { nodes { cursor kind } } }")
    return [node["cursor"] for node in found["nodes"] if node["kind"] == "CALL_PERMISSION"]


@pytest.mark.parametrize("query", [PERMISSIONS, CALLS, CHANGES])
async def test_a_cursor_that_was_never_given_out_begins_no_stream(house: House, server: Server, query: str) -> None:
    async with server.line() as line:
        stands_at = await line.ask(CURSOR)
        other = await open_business(house.resources, phone_number_id="1", display_phone_number="+918045550199")
        async with server.line(other.secret) as theirs:
            foreign = await theirs.ask(CURSOR)
        for after in ("nonsense", "", foreign, stands_at[:-4] + "OTk5"):
            operation = await line.subscribe(query, after=after)
            message = await line.receive()
            assert message["id"] == operation
            errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
            assert [error["extensions"]["code"] for error in errors] == ["BAD_USER_INPUT"]
            if message["type"] == "next":
                assert await line.receive() == {"type": "complete", "id": operation}


async def test_nothing_of_another_workspace_is_ever_pushed(house: House, server: Server) -> None:
    other = await open_business(house.resources, phone_number_id="1", display_phone_number="+918045550199")
    theirs = await other.customer(**MEERA)
    async with server.line() as line, server.line(other.secret) as rival:
        streams = [await line.subscribe(query) for query in (PERMISSIONS, CALLS, CHANGES)]
        chosen = await line.subscribe(PERMISSIONS, customers=[id_of(theirs)], numbers=[id_of(other.number)])
        rivals = await rival.subscribe(PERMISSIONS, after=await rival.ask(CURSOR))
        await listening(server, 4)

        await replies(house, theirs, number=other.number)
        assert (await rival.next(rivals))["status"] == "TEMPORARY"
        await replies(house, house.meera, "permanent")

        told = {message["id"]: message for message in [await line.receive(), await line.receive()]}
        assert told.keys() == {streams[0], streams[2]}
        assert told[streams[0]]["payload"]["data"]["callPermissionChanged"]["status"] == "PERMANENT"
        assert chosen not in told


# --- Who may watch ---


async def test_a_stream_needs_its_scope(house: House, server: Server) -> None:
    _, secret = await house.business.viewer(Scope.CUSTOMERS_READ)
    async with server.line(secret) as line:
        for query in (PERMISSIONS, CALLS):
            operation = await line.subscribe(query)
            message = await line.receive()
            assert message["id"] == operation
            errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
            assert [error["extensions"]["code"] for error in errors] == ["FORBIDDEN"]
            if message["type"] == "next":
                assert await line.receive() == {"type": "complete", "id": operation}
        after = await line.ask(CURSOR)
        watching = await line.subscribe(CHANGES, after=after)
        await replies(house, house.meera)
        await house.business.customer(phone="+919812300999")
        assert (await line.next(watching))["kind"] == "CUSTOMER"


@pytest.mark.parametrize(
    "payload",
    [None, {}, {"Authorization": "Bearer nonsense"}, {"Authorization": 7}, {"Authorization": None}, {"token": "x"}],
)
async def test_without_a_token_that_works_a_websocket_is_closed_with_4403(server: Server, payload: Any) -> None:
    async with server.raw() as line:
        message = {"type": "connection_init"} | ({} if payload is None else {"payload": payload})
        await line.send(**message)
        assert await line.closed() == 4403


async def test_the_token_may_come_with_the_upgrade_or_under_any_case_of_its_name(house: House, server: Server) -> None:
    good = f"Bearer {house.business.secret}"
    for headers, payload in (
        ({"Authorization": good}, None),
        ({}, {"authorization": good}),
        ({}, {"AUTHORIZATION": good}),
    ):
        async with server.raw(**headers) as line:
            await line.send(type="connection_init", **({"payload": payload} if payload else {}))
            assert await line.receive() == {"type": "connection_ack"}
            assert await line.ask("{ viewer { name } }") == {"name": "admin"}


async def test_whoever_asks_before_coming_in_is_closed_with_4401(server: Server) -> None:
    async with server.raw() as line:
        await line.subscribe("{ viewer { name } }")
        assert await line.closed() == 4401


async def test_an_older_protocol_is_not_spoken(server: Server) -> None:
    async with server.raw("graphql-ws") as line:
        assert await line.closed() == 4406


async def test_a_page_of_another_site_may_not_open_a_websocket(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with server.raw(Origin="https://elsewhere.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_nonsense_closes_a_websocket_and_not_the_server(server: Server) -> None:
    for nonsense in ("{", "7", "null", "[]", '{"type": "dance"}'):
        async with server.raw() as line:
            await line.socket.send(nonsense)
            assert await line.closed() == 4400
    async with server.line() as line:
        assert await line.ask("{ viewer { name } }") == {"name": "admin"}


async def end_token(house: House, how: str, viewer: access.Viewer) -> None:
    if how == "revoked":
        await access.revoke_token(house.resources, viewer.workspace_id, viewer.token_id)
    else:
        house.clock.wait(MINUTE)


@pytest.mark.parametrize("how", ["revoked", "run out"])
async def test_a_token_that_ends_ends_its_streams_and_nothing_more_is_pushed(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.05)
    viewer, secret = await house.business.viewer(Scope.ADMIN, expires_at=house.clock.now + MINUTE)
    async with server.line(secret) as line:
        watching = await line.subscribe(PERMISSIONS)
        await listening(server)
        await end_token(house, how, viewer)

        message = await line.receive()
        assert (message["id"], message["type"]) == (watching, "next")
        assert [error["extensions"]["code"] for error in message["payload"]["errors"]] == ["UNAUTHENTICATED"]
        assert await line.receive() == {"id": watching, "type": "complete"}

        await replies(house, house.meera)
        again = await line.subscribe(PERMISSIONS)
        message = await line.receive()
        assert (message["id"], message["type"]) == (again, "error")


@pytest.mark.parametrize("how", ["revoked", "run out"])
async def test_a_token_that_ends_does_nothing_more_on_a_websocket_that_is_open(
    house: House, server: Server, api: Api, how: str
) -> None:
    viewer, secret = await house.business.viewer(Scope.ADMIN, expires_at=house.clock.now + MINUTE)
    async with server.line(secret) as line:
        assert await line.ask("{ viewer { name } }") == {"name": "agent"}
        await end_token(house, how, viewer)
        for query in (
            "{ viewer { name } }",
            "{ changeCursor }",
            'mutation { createCustomer(input: {phone: "+919812300999"}) { __typename } }',
            PERMISSIONS,
        ):
            await line.subscribe(query)
            message = await line.receive()
            errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
            assert [error["extensions"]["code"] for error in errors] == ["UNAUTHENTICATED"]
            if message["type"] == "next":
                assert (await line.receive())["type"] == "complete"
    assert await api.ask('{ customer(by: {phone: "+919812300999"}) { id } }') is None


# --- Server-sent events ---


async def test_a_subscription_comes_by_server_sent_events_too(house: House, server: Server, api: Api) -> None:
    after = await api.ask(CURSOR)
    await replies(house, house.meera)
    async with server.events(PERMISSIONS, after=after) as events:
        event, data = await anext(events)
        assert (event, data["data"]["callPermissionChanged"]["status"]) == ("next", "TEMPORARY")
        await answers_later(house, house.caio)
        event, data = await anext(events)
        assert (event, data["data"]["callPermissionChanged"]["status"]) == ("next", "DECLINED")


async def answers_later(house: House, customer: Customer) -> None:
    house.clock.wait(SECOND)
    await replies(house, customer, "decline")


async def test_a_query_by_server_sent_events_has_one_answer_and_an_end(server: Server) -> None:
    async with server.events("{ viewer { name } }") as events:
        (event, answer), end = [event async for event in events][:2]
        assert (event, answer["data"], end) == ("next", {"viewer": {"name": "admin"}}, ("complete", None))


async def test_a_stream_of_events_ends_with_its_token(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.05)
    viewer, secret = await house.business.viewer(Scope.PERMISSIONS_READ)
    async with server.events(PERMISSIONS, secret) as events:
        await listening(server)
        await access.revoke_token(house.resources, viewer.workspace_id, viewer.token_id)
        event, data = await anext(events)
        assert (event, data["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
        assert (await anext(events))[0] == "complete"
