"""What is written down of what happens: enough to find a fault by, nothing about a person, and never in the way."""

import io
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import col, select

from models import business_number as business_numbers
from models.customer import Customer
from sandbox.store import BusyError, Store
from server import logs
from server.app import SANDBOX_FILE, create_app
from server.entrance import Entrance
from server.graphql_door import GraphQLDoor
from server.logs import noting, set_up_logging
from server.metrics import Metrics
from server.observing import Watch
from server.settings import Settings
from tests.graph.asking import Api, app, opened
from tests.graph.streaming import served
from tests.ground.house import House

PHONE = "+919812300457"


class Written(io.StringIO):
    """What stands in the log."""

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Written:
    stream = Written()
    monkeypatch.setattr(sys, "stderr", stream)
    set_up_logging("DEBUG")
    return stream


def break_down(*_arguments: object) -> None:
    raise LookupError(PHONE)


async def entering(house: House, **headers: str) -> httpx.Response:
    """Ask for what breaks down, from outside."""
    transport = httpx.ASGITransport(Entrance(app(GraphQLDoor(house.resources, [])), Watch(Metrics())))
    async with httpx.AsyncClient(transport=transport, base_url="http://maycall") as client:
        return await Api(house, client).post({"query": "{ businessNumbers { id } }"}, **headers)


# --- Never in the way ---


def full(_line: str) -> int:
    raise OSError(28, "No space left on device")


def closed(_line: str) -> int:
    raise ValueError("I/O operation on closed file")


def left(_line: str) -> int:
    raise BrokenPipeError


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("fail", [full, closed, left])
async def test_a_log_that_cannot_be_written_changes_no_answer(
    house: House, written: Written, monkeypatch: pytest.MonkeyPatch, fail: Callable[[str], int]
) -> None:
    monkeypatch.setattr(business_numbers, "of_workspace", break_down)
    monkeypatch.setattr(written, "write", fail)
    before = logs.lost.lines
    async with opened(house) as api:
        answer = await api.answer("{ businessNumbers { id } }")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["INTERNAL_SERVER_ERROR"]
    assert logs.lost.lines == before + 1


# --- One id for a request, wherever it is spoken of ---


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_request_has_one_id_in_its_answer_in_its_fault_and_in_its_lines(
    house: House, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(business_numbers, "of_workspace", break_down)
    given = "3f9c2e1d-aaaa-4bbb-8ccc-123456789abc"
    answer = await entering(house, **{"X-Request-Id": given})
    [error] = answer.json()["errors"]
    assert (answer.headers["X-Request-Id"], error["extensions"]["requestId"]) == (given, given)
    fault, access = written.lines()
    assert (fault["event"], fault["field"], fault["request_id"]) == ("fault", "businessNumbers", given)
    assert (access["event"], access["door"], access["status"], access["request_id"]) == (
        "request",
        "graphql",
        200,
        given,
    )


@pytest.mark.parametrize("given", ["", "short", PHONE, "mc_x" * 8, "x" * 65, "a b" * 8, "\r\nX: y" * 4])
def test_an_id_that_is_not_well_formed_is_replaced(given: str) -> None:
    with noting(given) as notes:
        assert notes.request_id != given
        assert len(notes.request_id) == 36


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_each_operation_of_a_socket_has_an_id_of_its_own_beside_the_connection_s(
    house: House, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(business_numbers, "of_workspace", break_down)
    async with served(house) as server, server.line() as line:
        told = []
        for _ in range(2):
            await line.subscribe("{ businessNumbers { id } }")
            told.append((await line.receive())["payload"]["errors"][0]["extensions"]["requestId"])
            assert (await line.receive())["type"] == "complete"
    faults = [line for line in written.lines() if line["event"] == "fault"]
    assert [fault["request_id"] for fault in faults] == told
    assert len(set(told)) == 2


# --- Nothing about a person ---


async def test_a_fault_is_told_by_its_kind_its_code_and_the_way_it_came_and_not_by_its_words(
    house: House, written: Written
) -> None:
    now = house.clock.now
    taken = Customer(workspace_id=house.business.workspace.id, phone=house.meera.phone, created_at=now, updated_at=now)
    try:
        async with house.resources.database.writing() as session:
            session.add(taken)
    except IntegrityError:
        structlog.get_logger().exception("customer_not_made")
    [line] = written.lines()
    assert "IntegrityError" in line["exception"]
    assert "models/database.py" in line["exception"]
    assert "UNIQUE" in line["exception"] or "23505" in line["exception"]
    assert str(house.meera.phone) not in written.getvalue()
    assert "9812300457" not in written.getvalue()


async def test_an_exception_of_the_database_does_not_quote_what_was_asked(house: House) -> None:
    with pytest.raises(DBAPIError, match="hidden") as raised:
        async with house.resources.database.reading() as session:
            await session.exec(select(Customer).where(col(Customer.phone) == PHONE, text("nothing = 1")))
    assert PHONE not in str(raised.value)


def test_other_libraries_lines_lose_what_was_filled_into_them(written: Written) -> None:
    logging.getLogger("asyncio").error(
        "Task exception was never retrieved\nfuture: <exception=ValueError('%s')>", PHONE
    )
    logging.getLogger("some.library").warning("Refused %s", PHONE)
    assert [(line["logger"], line["event"]) for line in written.lines()] == [
        ("asyncio", "Task exception was never retrieved"),
        ("some.library", "Refused %s"),
    ]


async def test_what_is_tried_again_is_named_and_not_quoted(written: Written) -> None:
    tries = 0

    @stamina.retry(on=LookupError, attempts=2, wait_initial=0.0, wait_max=0.0, wait_jitter=0.0)
    async def ring(phone: str) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise LookupError(phone)

    with stamina.set_testing(False):
        await ring(PHONE)
    [line] = written.lines()
    assert (line["event"], line["attempt"], line["cause"]) == ("tried_again", 1, "LookupError")
    assert PHONE not in written.getvalue()


# --- Never much ---


def test_a_request_writes_at_most_four_kilobytes_and_says_what_was_left_out(written: Written) -> None:
    log = structlog.get_logger()
    with noting(None) as notes:
        for _ in range(30):
            try:
                deep(200)
            except RecursionError:
                log.exception("fault", much="x" * 10_000)
        logs.close_with(logging.INFO, "request", notes, 0.0, door="graphql")
    assert len(written.getvalue().encode()) < 4096
    *_, last = written.lines()
    assert last["event"] == "request"
    assert last["lines_left_out"] + len(written.lines()) == 31


def deep(levels: int) -> None:
    if levels == 0:
        raise RecursionError("as deep as it goes")
    deep(levels - 1)


async def test_a_fault_that_nobody_caught_is_answered_with_its_id(written: Written) -> None:
    async def broken(_scope: object, _receive: object, _send: object) -> None:
        raise LookupError(PHONE)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(Entrance(broken, Watch(Metrics()))), base_url="http://maycall"
    ) as client:
        answer = await client.get("/")
    assert answer.status_code == 500
    [error] = answer.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": answer.headers["X-Request-Id"]}
    assert [line["request_id"] for line in written.lines()] == [answer.headers["X-Request-Id"]] * 2
    assert PHONE not in written.getvalue()


async def test_a_start_that_fails_is_told_by_its_kind_and_the_way_it_came(
    written: Written, sqlite_url: str, tmp_path: Path
) -> None:
    another = Store(tmp_path / SANDBOX_FILE)
    starting = create_app(Settings(database_url=sqlite_url, sandbox=True), "http://127.0.0.1:8000", tmp_path)
    with pytest.raises(BusyError):
        async with starting.router.lifespan_context(starting):
            pytest.fail("it started")
    another.close()
    [line] = [line for line in written.lines() if line["event"] == "server_failed"]
    assert line["exception"].startswith("sandbox.store.BusyError\n  sandbox/store.py:")
