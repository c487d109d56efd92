"""The Python client by itself: what it sends again and what it never does, and what each close of a stream means."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.server import ServerConnection, serve

from maycall import (
    CreateCustomerInput,
    CursorLostError,
    CustomerBy,
    FaultError,
    LimitReached,
    Maycall,
    MaycallError,
    Refusal,
    RequestCallPermissionInput,
    ThrottledError,
    UnauthenticatedError,
    UnreachableError,
    UpdateCustomerInput,
)
from server.graphql_door import GraphQLDoor
from tests.graph.asking import app, id_of
from tests.ground.house import House

HERE = "http://maycall"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


class Line(httpx.AsyncBaseTransport):
    """The way to a house's door; what is planned happens to one message after the other, and then all goes well."""

    def __init__(self, house: House) -> None:
        self.planned: list[httpx.Response | Exception | str] = []
        self.sent: list[Any] = []
        self._door = httpx.ASGITransport(app(GraphQLDoor(house.resources, [])))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(json.loads(request.content))
        event = self.planned.pop(0) if self.planned else None
        match event:
            case httpx.Response():
                return event
            case Exception():
                raise event
            case "the answer is lost":
                await self._door.handle_async_request(request)
                raise httpx.ReadError("cut")
        return await self._door.handle_async_request(request)


@pytest_asyncio.fixture
async def line(house: House) -> Line:
    return Line(house)


@pytest_asyncio.fixture
async def client(house: House, line: Line) -> AsyncIterator[Maycall]:
    async with Maycall(HERE, house.business.secret, http_client=httpx.AsyncClient(transport=line)) as client:
        yield client


def asking(house: House, **values: Any) -> RequestCallPermissionInput:
    customer, number = id_of(house.meera), id_of(house.number)
    return RequestCallPermissionInput(customer_id=customer, business_number_id=number, **values)


def throttled(seconds: float) -> httpx.Response:
    fault = {"message": "Slow down.", "extensions": {"code": "THROTTLED", "retryAfter": seconds}}
    return httpx.Response(429, json={"errors": [fault]})


# --- Reading and doing ---


async def test_answers_are_models_with_pythons_names(client: Maycall, house: House) -> None:
    viewer = await client.who_am_i()
    assert (viewer.name, viewer.workspace.name) == ("admin", "Chai & Co")
    meera = await client.find_customer(CustomerBy(phone="+919812300457"))
    assert meera is not None
    assert (meera.name, meera.id) == ("Meera Kulkarni", id_of(house.meera))
    permission = await client.permission_of(CustomerBy(id=meera.id), id_of(house.number))
    assert permission is not None
    assert permission.call_permission is not None
    assert permission.call_permission.can_call.blockers[0].code == "PERMISSION_MISSING"
    worklist = await client.worklist()
    assert (worklist.call_permissions.nodes, worklist.call_permissions.page_info.has_next_page) == ([], False)


async def test_what_is_left_out_of_an_input_is_not_sent_and_what_is_none_is(client: Maycall, line: Line) -> None:
    made = await client.create_customer(CreateCustomerInput(name="Lena", phone="+4915112345678"))
    assert not isinstance(made, Refusal)
    changed = await client.update_customer(UpdateCustomerInput(customer_id=made.customer.id, name=None))
    assert not isinstance(changed, Refusal)
    assert (changed.customer.name, changed.customer.phone) == (None, "+4915112345678")
    assert line.sent[-1]["variables"] == {"input": {"customerId": made.customer.id, "name": None}}


async def test_a_refusal_is_an_answer_of_a_type_of_its_own(client: Maycall, house: House) -> None:
    assert not isinstance(await client.request_call_permission(asking(house)), Refusal)
    again = await client.request_call_permission(asking(house))
    assert isinstance(again, LimitReached)
    assert isinstance(again, Refusal)
    assert (again.code, again.typename__) == ("REQUEST_LIMIT_REACHED", "LimitReached")
    assert again.limit is not None
    assert (again.limit.period, again.limit.used) == ("PT24H", 1)
    assert again.available_at is not None


async def test_a_refusal_and_a_value_that_only_a_newer_server_knows_are_taken(client: Maycall, line: Line) -> None:
    newer = {"__typename": "TooEarly", "code": "TOO_EARLY", "message": "They sleep.", "availableAt": None}
    line.planned = [httpx.Response(200, json={"data": {"requestCallPermission": newer}})]
    asked = RequestCallPermissionInput(customer_id="a", business_number_id="b")
    answer = await client.request_call_permission(asked)
    assert isinstance(answer, Refusal)
    assert (answer.code.value, answer.message) == ("TOO_EARLY", "They sleep.")


async def test_errors_are_raised_with_their_code(client: Maycall, house: House, line: Line) -> None:
    with pytest.raises(FaultError, match="not") as fault:
        await client.permission_of(CustomerBy(id="nonsense"), "nonsense")
    assert fault.value.code == "BAD_USER_INPUT"
    async with Maycall(HERE, "mc_wrong", http_client=httpx.AsyncClient(transport=line)) as stranger:
        with pytest.raises(UnauthenticatedError, match="token"):
            await stranger.who_am_i()
    assert house.whatsapp.said == []


# --- Once more, where it does no harm ---


async def test_a_request_whose_answer_is_lost_is_sent_again_and_asks_once(
    client: Maycall, house: House, line: Line
) -> None:
    line.planned = ["the answer is lost", httpx.ReadTimeout("slow"), httpx.Response(502)]
    answer = await client.request_call_permission(asking(house))
    assert not isinstance(answer, Refusal)
    assert len(house.whatsapp.said) == 1
    keys = {sent["variables"]["input"]["idempotencyKey"] for sent in line.sent}
    assert (len(line.sent), len(keys)) == (4, 1)


async def test_two_requests_have_keys_of_their_own_and_a_given_key_is_kept(
    client: Maycall, house: House, line: Line
) -> None:
    await client.request_call_permission(asking(house))
    await client.request_call_permission(asking(house))
    await client.request_call_permission(asking(house, idempotency_key="mine"))
    first, second, third = (sent["variables"]["input"]["idempotencyKey"] for sent in line.sent)
    assert first != second
    assert third == "mine"


async def test_what_has_no_key_is_sent_again_only_if_it_was_never_sent(client: Maycall, line: Line) -> None:
    line.planned = [httpx.ConnectError("nobody there"), httpx.ReadError("cut")]
    with pytest.raises(UnreachableError, match="cut"):
        await client.create_customer(CreateCustomerInput(name="Lena", phone="+4915112345678"))
    assert len(line.sent) == 2


async def test_a_query_is_asked_again_until_patience_ends(house: House, line: Line) -> None:
    line.planned = [httpx.ReadError("cut"), httpx.Response(503)]
    async with Maycall(HERE, house.business.secret, http_client=httpx.AsyncClient(transport=line)) as patient:
        assert (await patient.who_am_i()).name == "admin"
    line.planned = [httpx.ReadError("cut")]
    impatient = Maycall(HERE, house.business.secret, patience=0, http_client=httpx.AsyncClient(transport=line))
    with pytest.raises(UnreachableError, match="cut"):
        await impatient.who_am_i()


async def test_what_is_put_off_is_asked_again_when_the_server_says(client: Maycall, line: Line) -> None:
    line.planned = [throttled(0.2), throttled(0.1)]
    begun = asyncio.get_running_loop().time()
    made = await client.create_customer(CreateCustomerInput(name="Lena", phone="+4915112345678"))
    assert not isinstance(made, Refusal)
    assert asyncio.get_running_loop().time() - begun >= 0.3
    line.planned = [throttled(3600)]
    with pytest.raises(ThrottledError, match=r"Slow down\.") as put_off:
        await client.who_am_i()
    assert put_off.value.retry_after == 3600


async def test_what_is_no_graphql_server_is_told_as_such(client: Maycall, line: Line) -> None:
    line.planned = [httpx.Response(404, text="<h1>Not found</h1>")]
    with pytest.raises(UnreachableError, match=r"answered 404, and not as a GraphQL server does\."):
        await client.who_am_i()


# --- Streams ---


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


Scene = Callable[["Socket", str | None], Awaitable[None]]


class Socket:
    """A server's end of one subscription, which says what a scene has it say."""

    def __init__(self, connection: ServerConnection) -> None:
        self.connection = connection

    async def say(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def change(self, cursor: str) -> None:
        change = {
            "cursor": cursor,
            "occurredAt": "2026-11-22T09:30:00Z",
            "recordedAt": "2026-11-22T09:30:00Z",
            "kind": "CUSTOMER",
            "cause": "CREATED",
            "actor": None,
            "previousStatus": None,
            "status": None,
            "node": None,
            "customer": None,
        }
        await self.say(id="1", type="next", payload={"data": {"changes": change}})

    async def fail(self, **extensions: Any) -> None:
        await self.say(id="1", type="error", payload=[{"message": "No.", "extensions": extensions}])

    async def close(self, code: int, reason: str = "") -> None:
        await self.connection.close(code, reason)


@asynccontextmanager
async def playing(*scenes: Scene) -> AsyncIterator[tuple[Maycall, list[str | None]]]:
    """Serve one scene to each connection that comes; give a client, and the cursors that it came with."""
    left, came = [*scenes], list[str | None]()

    async def play(connection: ServerConnection) -> None:
        assert json.loads(await connection.recv()) == {
            "type": "connection_init",
            "payload": {"Authorization": "Bearer mc_token"},
        }
        await connection.send('{"type": "ping"}')
        assert json.loads(await connection.recv()) == {"type": "pong"}
        await connection.send('{"type": "connection_ack"}')
        asked = json.loads(await connection.recv())["payload"]["variables"]
        came.append(asked.get("after"))
        await left.pop(0)(Socket(connection), asked.get("after"))

    async with serve(play, "127.0.0.1", 0, subprotocols=["graphql-transport-ws"]) as server:  # type: ignore[list-item] # it is one
        port = server.sockets[0].getsockname()[1]
        async with Maycall(f"http://127.0.0.1:{port}", "mc_token") as client:
            yield client, came


async def cursors(client: Maycall, count: int, after: str = "a") -> list[str]:
    async with aclosing(client.changes(after=after)) as changes:
        return [change.cursor async for change, _ in _zip(changes, range(count))]


async def _zip(changes: AsyncIterator[Any], numbers: range) -> AsyncIterator[tuple[Any, int]]:
    for number in numbers:
        yield await anext(changes), number


@pytest.mark.parametrize("code", [1000, 1001, 1011, 1012, 1013, 4408, 4500])
async def test_a_stream_that_is_closed_is_resumed_after_the_last_cursor(code: int) -> None:
    async def first(socket: Socket, _after: str | None) -> None:
        await socket.change("b")
        await socket.change("c")
        await socket.close(code, "The server stops.")

    async def second(socket: Socket, _after: str | None) -> None:
        await socket.change("d")
        await socket.connection.wait_closed()

    async with playing(first, second) as (client, came):
        assert await cursors(client, 3) == ["b", "c", "d"]
        assert came == ["a", "c"]


async def test_one_that_could_not_keep_up_comes_back_with_the_cursor_it_was_told() -> None:
    async def first(socket: Socket, _after: str | None) -> None:
        await socket.change("b")
        await socket.close(4413, "f")

    async def second(socket: Socket, _after: str | None) -> None:
        await socket.change("g")
        await socket.connection.wait_closed()

    async with playing(first, second) as (client, came):
        assert await cursors(client, 2) == ["b", "g"]
        assert came == ["a", "f"]


async def test_a_line_that_is_cut_an_end_without_a_reason_and_a_brake_are_no_end() -> None:
    async def cut(socket: Socket, _after: str | None) -> None:
        await socket.change("b")
        socket.connection.transport.abort()

    async def end(socket: Socket, _after: str | None) -> None:
        await socket.say(id="1", type="complete")

    async def brake(socket: Socket, _after: str | None) -> None:
        await socket.fail(code="THROTTLED", retryAfter=0.1)

    async def go_on(socket: Socket, after: str | None) -> None:
        await socket.change(f"{after}c")
        await socket.connection.wait_closed()

    async with playing(cut, end, brake, go_on) as (client, came):
        assert await cursors(client, 2) == ["b", "bc"]
        assert came == ["a", "b", "b", "b"]


async def test_a_cursor_that_leads_nowhere_is_told_so_that_one_reads_afresh() -> None:
    async def lost(socket: Socket, _after: str | None) -> None:
        await socket.fail(code="BAD_USER_INPUT", reason="CURSOR_TOO_OLD")

    async with playing(lost) as (client, _):
        with pytest.raises(CursorLostError, match="out of date") as told:
            await cursors(client, 1)
        assert told.value.reason == "CURSOR_TOO_OLD"


@pytest.mark.parametrize("code", [4401, 4403])
async def test_a_token_that_is_not_let_in_is_told(code: int) -> None:
    async def shut(socket: Socket, _after: str | None) -> None:
        await socket.close(code, "Forbidden")

    async with playing(shut) as (client, _):
        with pytest.raises(UnauthenticatedError, match="Forbidden"):
            await cursors(client, 1)


async def test_a_token_that_ends_while_it_watches_is_told() -> None:
    async def ended(socket: Socket, _after: str | None) -> None:
        errors = [{"message": "Your token was revoked.", "extensions": {"code": "UNAUTHENTICATED"}}]
        await socket.say(id="1", type="next", payload={"data": None, "errors": errors})

    async with playing(ended) as (client, _):
        with pytest.raises(UnauthenticatedError, match="revoked"):
            await cursors(client, 1)


async def test_a_change_that_the_server_could_not_tell_is_never_passed_over() -> None:
    async def failing(socket: Socket, _after: str | None) -> None:
        errors = [{"message": "Ours.", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]
        await socket.say(id="1", type="next", payload={"data": None, "errors": errors})
        await socket.change("c")

    async with playing(failing) as (client, _):
        with pytest.raises(FaultError, match=r"Ours\."):
            await cursors(client, 1)


async def test_what_is_not_understood_is_told_and_not_repeated() -> None:
    async def confused(socket: Socket, _after: str | None) -> None:
        await socket.close(4400, "Invalid message")

    async with playing(confused) as (client, came):
        with pytest.raises(MaycallError, match="Invalid message"):
            await cursors(client, 1)
        assert len(came) == 1


async def test_an_address_without_graphql_is_told() -> None:
    async def refuse(connection: ServerConnection, _request: Any) -> Any:
        return connection.respond(404, "no such page")

    async def unused(_connection: ServerConnection) -> None:
        raise AssertionError("it was refused")

    async with serve(unused, "127.0.0.1", 0, process_request=refuse) as server:
        client = Maycall(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/graphql/", "mc_token")
        with pytest.raises(MaycallError, match="answers 404"):
            await cursors(client, 1)
