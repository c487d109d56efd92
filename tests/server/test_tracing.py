"""One piece of news is one trace, from WhatsApp's door on one server to the listeners of another."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlmodel import select

from models.change import Change
from server.metrics import Metrics
from server.observing import Watch
from server.tracing import Tracing
from tests.actions.doing import hear
from tests.actions.meta import MEERAS_PHONE, delivery, replied
from tests.ground.house import House

from .whole import ASK, CUSTOMERS, TOKEN, Whole, whole


@dataclass
class Receiver:
    """An OTLP receiver: it keeps every span that is sent to it."""

    url: str = ""
    spans: list[Span] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in sent.scope_spans:
                self.spans += scope.spans

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


# --- From one server to another ---


def yes() -> bytes:
    """Write what WhatsApp says when the sandbox's first customer allows calls."""
    return delivery(replied("wamid.of-a-trace", datetime.now(UTC)))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def elsewhere(server: Whole) -> dict[str, Any]:
    """Say that the sandbox is another server's."""
    return {"sandbox": False, "sandbox_url": f"{server.url}/sandbox", "whatsapp_access_token": "which is not needed"}


async def test_one_delivery_is_one_trace_from_the_door_to_the_listeners_of_another_server(
    postgresql_url: str, redis_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    settings: dict[str, Any] = {
        "otlp_endpoint": receiver.url,
        "broadcast_url": redis_url,
        "service_name": "maycall-of-a-test",
    }
    async with (
        whole(postgresql_url, tmp_path, **settings) as other,
        whole(postgresql_url, tmp_path, **settings, **elsewhere(other)) as here,
        other.line() as line,
        other.line() as second,
    ):
        for listener in (line, second):
            await listener.subscribe("subscription { callPermissionChanged { status } }")
        async with asyncio.timeout(60):
            while await other.scraped("maycall_listeners") < 2:
                pass
        assert (await here.deliver(yes())).status_code == 200
        for listener in (line, second):
            assert (await listener.receive())["payload"]["data"] == {"callPermissionChanged": {"status": "PERMANENT"}}
    [door] = receiver.named("POST webhook")
    [record] = receiver.named("record")
    [announced] = [span for span in receiver.named("announce") if span.parent_span_id == record.span_id]
    [handed] = receiver.named("hand out")
    assert record.parent_span_id == door.span_id
    assert {span.trace_id for span in (door, record, announced, handed)} == {door.trace_id}
    assert handed.parent_span_id == record.span_id
    assert {attribute.key: attribute.value.int_value for attribute in handed.attributes} == {
        "maycall.changes": 1,
        "maycall.listeners": 2,
    }
    assert door.start_time_unix_nano <= record.start_time_unix_nano <= handed.end_time_unix_nano


async def test_who_asks_belongs_to_their_own_trace_which_goes_on_to_whatsapp(
    sqlite_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    theirs = "0af7651916cd43dd8448eb211c80319c"
    async with whole(sqlite_url, tmp_path, otlp_endpoint=receiver.url) as server:
        known = await server.ask(CUSTOMERS)
        asking = {
            "customerId": known["customers"]["nodes"][0]["id"],
            "businessNumberId": known["businessNumbers"][0]["id"],
            "text": "May we call?",
        }
        headers = {"traceparent": f"00-{theirs}-b7ad6b7169203331-01"}
        await server.post(ASK, headers, input=asking)
    own = [span for span in receiver.spans if span.trace_id.hex() == theirs]
    assert {"POST graphql", "graphql", "whatsapp: POST messages", "announce"} <= {span.name for span in own}
    [said] = [span for span in own if span.name == "whatsapp: POST messages"]
    [operation] = [span for span in own if span.name == "graphql"]
    assert said.parent_span_id == operation.span_id


async def test_what_comes_in_together_is_recorded_in_one_of_their_traces_and_linked_to_the_others(
    house: House,
) -> None:
    exporter = InMemorySpanExporter()
    tracing = Tracing(exporter, "maycall")
    watch = Watch(Metrics(), tracing)
    resources = replace(house.resources, observer=watch)

    async def deliver(number: int) -> None:
        with watch.step("POST webhook"):
            await hear(resources, replied(f"wamid.{number}", house.clock.now))

    await asyncio.gather(*map(deliver, range(4)))
    await asyncio.to_thread(tracing.close)
    spans = exporter.get_finished_spans()
    doors = {span.context.span_id for span in spans if span.name == "POST webhook" and span.context}
    records = [span for span in spans if span.name == "record"]
    reached = {span.parent.span_id for span in records if span.parent}
    reached |= {link.context.span_id for span in records for link in span.links}
    assert len(records) < len(doors) == 4
    assert reached == doors


async def test_nothing_that_is_sent_says_anything_about_a_person(
    sqlite_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    async with whole(sqlite_url, tmp_path, otlp_endpoint=receiver.url) as server:
        await server.request_permission()
        await server.deliver(yes())
        await server.post('{ customers(filter: {search: "Meera"}, first: 3) { nodes { name phone } } }')
    sent = b"".join(span.SerializeToString() for span in receiver.spans)
    for secret in (MEERAS_PHONE.removeprefix("+"), "Meera", TOKEN, "May we call?"):
        assert secret.encode() not in sent


async def test_where_nobody_traces_no_change_remembers_a_trace_and_nothing_is_sent_along(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with whole(sqlite_url, tmp_path) as server:
        headers = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
        await server.post('mutation { createCustomer(input: {phone: "+4915112340000"}) { __typename } }', headers)
        async with server.app.state.resources.database.reading() as session:
            assert set(await session.exec(select(Change.traceparent))) == {None}
