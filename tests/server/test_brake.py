"""Who fails too often waits, before anything is looked up; who comes with what has worked goes on."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import event

from actions import access
from rules.access import Scope
from server import brake as braking
from server.brake import Brake, BrakedError
from server.graphql_door import GraphQLDoor
from tests.graph.asking import app
from tests.graph.streaming import served
from tests.ground.house import MINUTE, NOON, SECOND, Clock, House

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def brake(clock: Clock) -> Brake:
    return Brake(3, lambda: clock.now)


def waits(brake: Brake, address: str, secret: str | None = None) -> int | None:
    """Tell how many seconds somebody has to wait; None for not at all."""
    try:
        brake.check(address, secret)
    except BrakedError as braked:
        return braked.seconds
    return None


def test_one_token_that_fails_again_and_again_stops_itself_and_nobody_beside_it(brake: Brake) -> None:
    for _ in range(3):
        assert waits(brake, HERE, "old") is None
        brake.failed(HERE, "old")
    assert waits(brake, HERE, "old") == 300
    assert (waits(brake, HERE, "new"), waits(brake, HERE), waits(brake, ELSEWHERE, "old")) == (None, None, None)


def test_many_tokens_stop_an_address_but_for_those_that_have_worked(brake: Brake) -> None:
    brake.worked("good")
    for secret in ("a", "b", "c"):
        brake.failed(HERE, secret)
    assert (waits(brake, HERE, "d"), waits(brake, HERE), waits(brake, HERE, "good")) == (300, 300, None)
    assert waits(brake, ELSEWHERE, "d") is None
    brake.failed(HERE, "good")  # it was revoked
    assert waits(brake, HERE, "good") == 300


def test_whoever_waits_may_try_again_in_the_end(brake: Brake, clock: Clock) -> None:
    for secret in ("a", "b", "c"):
        brake.failed(HERE, secret)
        clock.wait(MINUTE)
    assert waits(brake, HERE, "d") == 120
    clock.wait(2 * MINUTE - SECOND / 2)
    assert waits(brake, HERE, "d") == 1
    clock.wait(SECOND / 2)
    assert waits(brake, HERE, "d") is None


def test_what_is_no_token_counts_by_its_address_alone(brake: Brake) -> None:
    for _ in range(3):
        brake.failed(HERE)
    assert (waits(brake, HERE), waits(brake, ELSEWHERE)) == (300, None)


def test_the_addresses_of_one_network_of_64_bits_are_one(brake: Brake) -> None:
    for last in range(3):
        brake.failed(f"2001:db8:0:1::{last}", str(last))
    assert waits(brake, "2001:db8:0:1:ffff::1", "x") == 300
    assert waits(brake, "2001:db8:0:2::1", "x") is None
    assert waits(brake, "not:an:address", "x") is None


def test_what_is_remembered_has_a_bound(brake: Brake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(braking, "MOST_KEPT", 10)
    for number in range(100):
        brake.worked(f"good {number}")
        brake.failed(f"192.0.2.{number}", f"bad {number}")
    assert (len(brake._counts), len(brake._worked)) == (10, 10)  # noqa: SLF001 what is remembered


# --- At the doors ---


@contextmanager
def statements(house: House) -> Iterator[list[str]]:
    """Gather what is said to the database."""
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        said.append(sql)

    engine = house.resources.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", hear)


@pytest_asyncio.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    door = GraphQLDoor(house.resources, [], brake=Brake(3, house.resources.now))
    transport = httpx.ASGITransport(app(door), client=(HERE, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://maycall") as client:
        yield client


async def ask(client: httpx.AsyncClient, secret: str, **headers: str) -> httpx.Response:
    given = {"Authorization": f"Bearer {secret}"} | headers
    return await client.post("/graphql", json={"query": "{ viewer { name } }"}, headers=given)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_braked_token_is_answered_without_a_look_at_the_database(
    house: House, client: httpx.AsyncClient
) -> None:
    assert (await ask(client, house.business.secret)).status_code == 200
    for number in range(3):
        assert (await ask(client, f"wrong {number}")).status_code == 401
    with statements(house) as said:
        for headers in ({}, {"Accept": "text/event-stream"}):
            refused = await ask(client, "wrong again", **headers)
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "300")
            assert refused.json() == {
                "errors": [
                    {
                        "message": "Too many sign-ins from your address have failed. Try again in 300 seconds.",
                        "extensions": {"code": "THROTTLED", "retryAfter": 300},
                    }
                ]
            }
        assert said == []
    assert (await ask(client, house.business.secret)).status_code == 200
    viewer, secret = await house.business.viewer(Scope.CALLS_READ)
    assert (await ask(client, secret)).status_code == 429  # it has never worked here
    house.clock.wait(timedelta(minutes=5))
    assert (await ask(client, secret)).json()["data"]["viewer"]["name"] == viewer.name


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_braked_token_does_not_come_in_by_websocket_either(house: House) -> None:
    brake = Brake(3, house.resources.now)
    async with served(house, brake=brake) as server:
        for way in ("payload", "header", "payload"):
            given = {"Authorization": "Bearer wrong"}
            async with server.raw(**(given if way == "header" else {})) as line:
                await line.send(type="connection_init", payload=given if way == "payload" else {})
                assert await line.closed() == 4403
        with statements(house) as said:
            async with server.raw() as line:
                await line.send(type="connection_init", payload={"Authorization": "Bearer wrong"})
                assert await line.closed() == 1013
                assert (line.socket.close_reason or "").endswith("have failed. Try again in 300 seconds.")
        assert said == []
        async with server.line() as line:
            assert await line.ask("{ viewer { name } }") == {"name": "admin"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_token_that_is_revoked_is_no_longer_one_that_has_worked(
    house: House, client: httpx.AsyncClient
) -> None:
    viewer, secret = await house.business.viewer(Scope.CALLS_READ)
    assert (await ask(client, secret)).status_code == 200
    await access.revoke_token(house.resources, house.business.workspace.id, viewer.token_id)
    statuses = [(await ask(client, secret)).status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
