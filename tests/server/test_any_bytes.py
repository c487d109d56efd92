"""Any bytes at any door: never a fault of ours, an error without a code, a long time at work, or many words about it.

The server is a process of its own, so that its processor time and its log are all its own too.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import psutil
import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.ground.databases import sqlite_url_of
from tests.ground.processes import ROOT, ServerProcess, running_server
from whatsapp.signature import sign

TOKEN = "mc_of_a_test_and_nobody_else"
APP_SECRET = "demo-app-secret"
SECONDS_HELD = 2.0  # of the server's processor, by anything that comes in
LOG_WRITTEN = 4096  # bytes
SECONDS = 60.0  # until a test stops waiting for an answer
EXAMPLES = 25 if not os.environ.get("MAYCALL_TEST_SOAK") else 5000

AUTHORIZED = {b"Authorization": f"Bearer {TOKEN}".encode(), b"Content-Type": b"application/json"}
NONE: Mapping[bytes, bytes] = {}
in_module = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Target:
    server: ServerProcess
    process: psutil.Process
    client: httpx.Client

    @property
    def spent(self) -> tuple[float, int]:
        """Tell how many seconds of the processor it has used so far, and how many bytes it has logged."""
        times = self.process.cpu_times()
        return times.user + times.system, self.server.log.stat().st_size

    @contextmanager
    def unmoved(self) -> Iterator[None]:
        """See to it that what comes in meanwhile neither holds it up nor makes it talk."""
        seconds, written = self.spent
        yield
        seconds_later, written_later = self.spent
        assert seconds_later - seconds < SECONDS_HELD
        assert written_later - written < LOG_WRITTEN, self.server.logs()[written - written_later :]

    def post(self, content: bytes, path: str = "/graphql", headers: Mapping[bytes, bytes] = NONE) -> httpx.Response:
        with self.unmoved():
            return self.client.post(path, content=content, headers=AUTHORIZED | dict(headers))


def assert_told(answer: httpx.Response) -> None:
    """See to it that an answer is none of a fault of ours, and that each error in it has a code."""
    assert answer.status_code < 500, answer.text
    assert "Traceback" not in answer.text
    if answer.status_code >= 400 or "json" in answer.headers.get("Content-Type", ""):
        told = answer.json()
        assert all(codes_of(told)), told
        assert "INTERNAL_SERVER_ERROR" not in codes_of(told)
        assert len(answer.content) < 100_000


def codes_of(told: dict[str, Any]) -> list[str | None]:
    return [error.get("extensions", {}).get("code") for error in told.get("errors") or ()]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def target(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    environment = {
        "MAYCALL_DATABASE_URL": sqlite_url_of(tmp_path_factory.mktemp("any_bytes") / "maycall.db"),
        "MAYCALL_SANDBOX": "true",
        "MAYCALL_BOOTSTRAP_TOKEN": TOKEN,
        "MAYCALL_WHATSAPP_APP_SECRET": APP_SECRET,
        "MAYCALL_POINTS_PER_MINUTE": "0",
    }
    async with running_server(environment, "--migrate") as server:
        with httpx.Client(base_url=server.url, trust_env=False, verify=False, timeout=SECONDS) as client:  # noqa: S501 there is no TLS
            yield Target(server, psutil.Process(server.process.pid), client)


# --- Documents ---


def fragments(count: int, of: str) -> str:
    return "".join(f" fragment f{number} on {of.format(number + 1)}" for number in range(count))


DOCUMENTS = {
    "fields in each other": "{" + "a {" * 900 + "a" + "}" * 901,
    "lists in each other": "{ node(id: " + "[" * 900 + "]" * 900 + ") { id } }",
    "objects in each other": "{ customers(first: 1, filter: " + "{a: " * 600 + "1" + "}" * 600 + ") { totalCount } }",
    "one field again and again": "{" + " __typename" * 1990 + "}",
    "one field with others in it again and again": "{ customers(first: 1) {" + " nodes { id }" * 390 + "} }",
    "unknown fields": "{ viewer {" + " xx { y }" * 390 + "} }",
    "one argument again and again": "{ node(" + "id: 1 " * 660 + ") { id } }",
    "arguments that nobody knows": "{ viewer(" + "a: 1 " * 660 + ") { name } }",
    "aliases": "{" + " ".join(f"a{number}: viewer {{ name }}" for number in range(320)) + "}",
    "directives": "{ viewer " + "@include(if: true) " * 280 + "{ name } }",
    "directives that nobody knows": "{ viewer " + "@aa " * 980 + "{ name } }",
    "fragments that double each other": "{ ...f0 }"
    + fragments(150, "Query {{ ...f{0} ...f{0} }}")
    + " fragment f150 on Query { __typename }",
    "fragments in each other": "{ ...f0 }" + fragments(280, "Query {{ ...f{0} }}") + " fragment f280 on Query { id }",
    "fragments that lead in a circle": "{ ...a } fragment a on Query {"
    + " ...b" * 600
    + " } fragment b on Query { ...a }",
    "fragments beside each other": "{"
    + " ".join(f"...f{number}" for number in range(110))
    + "}"
    + fragments(110, "Query {{ viewer {{ name scopes }} }}"),
    "operations": "".join(f"query q{number} {{ __typename }} " for number in range(390)),
    "variables": "query (" + "".join(f"$v{number}: Int " for number in range(480)) + ") { __typename }",
    "a large number": "{ customers(first: " + "9" * 90_000 + ") { totalCount } }",
    "a large number for an id": "{ node(id: " + "9" * 90_000 + ") { id } }",
    "a large number with an exponent": "{ customers(first: 1e" + "9" * 1000 + ") { totalCount } }",
    "a megabyte of comments": "{ viewer { name } }" + "#\n" * 490_000,
    "a comment of a megabyte": "{ viewer { name } } #" + "x" * 1_000_000,
    "a text of a megabyte": '{ node(id: "' + "x" * 1_000_000 + '") { id } }',
    "a block of many lines": '{ node(id: """' + "x \n" * 30_000 + '""") { id } }',
    "escapes": '{ node(id: "' + "\\u0041" * 16_000 + '") { id } }',
    "a name of many letters": "{ " + "x" * 99_000 + " }",
    "commas": "{ viewer { name } }" + "," * 99_000,
    "a half of a pair": '{ node(id: "\\ud800") { id } }',
    "a zero byte": '{ node(id: "\\u0000") { id } }',
    "a zero byte as it is": "{ viewer { name } }\0",
    "a mark of byte order": "\ufeff{ viewer { name } }",
    "letters from right to left": "{ \u202eviewer { name } }",
    "nothing but spaces": " \n\t,,,",
    "the schema in itself": "{ __schema { types {" + " fields { type {" * 5 + " name" + " } }" * 5 + " } } }",
    "all of the schema": "{" + " ".join(f"a{n}: __schema {{ types {{ kind }} }}" for n in range(20)) + "}",
    "mutations": "mutation {" + " revokeApiToken(input: {apiTokenId: 1}) { __typename }" * 100 + "}",
    "types of the schema": "type A { a: Int } " * 300,
    "pages in each other": "{ customers(first: 100) { nodes { calls(first: 100) { nodes { customer { id } } } } } }",
}

HARMLESS = {"a mark of byte order", "all of the schema", "commas"}  # they are answered, and cost little


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_holds_the_server(target: Target, name: str) -> None:
    answer = target.post(orjson.dumps({"query": DOCUMENTS[name]}))
    assert_told(answer)
    told = answer.json()
    assert bool(codes_of(told)) is (name not in HARMLESS)
    assert len(told.get("errors") or ()) <= 20


STREAMED = [
    "fields in each other", "one field again and again", "unknown fields", "aliases",
    "fragments that double each other", "fragments that lead in a circle",
    "a large number for an id", "a megabyte of comments", "a name of many letters",
]  # fmt: skip


def as_stream(name: str) -> str:
    return DOCUMENTS[name][:400_000].replace("{", "subscription {", 1)


@in_module
async def test_no_document_holds_the_server_on_a_websocket_or_as_a_stream(target: Target) -> None:
    url = f"{target.server.url}/graphql".replace("http://", "ws://")
    async with connect(
        url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None, open_timeout=60, max_size=None
    ) as line:
        await line.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {TOKEN}"}}))
        assert json.loads(await line.recv())["type"] == "connection_ack"
        for name in STREAMED:
            message = {"id": name, "type": "subscribe", "payload": {"query": as_stream(name)}}
            with target.unmoved():
                await line.send(json.dumps(message))
                told = json.loads(await asyncio.wait_for(line.recv(), SECONDS))
            assert told["type"] == "error"
            assert all(codes_of({"errors": told["payload"]}))
            assert "INTERNAL_SERVER_ERROR" not in json.dumps(told)
    for name in STREAMED:
        streamed = target.post(orjson.dumps({"query": as_stream(name)}), headers={b"Accept": b"text/event-stream"})
        assert streamed.status_code < 500
        assert '"code":' in streamed.text
        assert "INTERNAL_SERVER_ERROR" not in streamed.text


# --- Operations made up from the schema ---

schemathesis.graphql.scalar(
    "DateTime", st.sampled_from(["soon", "2026-11-22T09:30:00Z", ""]).map(schemathesis.graphql.nodes.String)
)
MADE_UP = schemathesis.graphql.from_path(str(ROOT / "schema.graphql")).as_strategy()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=MADE_UP)
def test_whatever_the_schema_allows_to_be_asked_is_answered(target: Target, case: Any) -> None:
    assert_told(target.post(orjson.dumps({"query": str(case.body)})))


# --- Bodies ---

QUERY = """query ($first: Int, $filter: CustomerFilter, $after: String) {
    customers(first: $first, filter: $filter, after: $after) { nodes { id } } }"""
VALUES = [
    b"null", b"true", b"-0", b"1e400", b"-1e400", b"1E-999", b"9" * 400, b"0.1e" + b"9" * 50, b"12345678901234567890",
    b'""', b'"\\u0000"', b'"\\ud800"', b'"\\udc00\\ud800"', b'"\xff"', b'"\xed\xa0\x80"', b'"\\x"', b"[]", b"{}",
    b"[1,]", b"NaN", b"Infinity", b"[" * 200 + b"]" * 200,
    b"[" * 100_000, b'{"a":' * 100_000, b"[" + b"1," * 300_000 + b"1]",
    b'{"a":1,"a":2}', b'"' + b"x" * 900_000 + b'"', b'{"tags":[' + b'"x",' * 60_000 + b'"x"]}', b'{"search":"%_\\\\%"}',
    b"{" + b",".join(b'"k%d":1' % number for number in range(40_000)) + b"}", b"'x'", b"/* */1", b"\xef\xbb\xbf1",
    b"01",
]  # fmt: skip


@pytest.mark.parametrize(
    "place", ["body", "query", "variables", "operationName", "extensions", "first", "filter", "after"]
)
def test_no_json_holds_the_server(target: Target, place: str) -> None:
    for value in VALUES if place == "filter" else VALUES[::2] if place == "body" else VALUES[1::2]:
        for body in bodies(place, value):
            assert_told(target.post(body))


def bodies(place: str, value: bytes) -> Iterator[bytes]:
    query = orjson.dumps(QUERY)
    match place:
        case "body":
            yield from (value, value + b"}", b'{"query":"{ viewer { name } }"}' + value, b" " * 1000 + value)
        case "query":
            yield b'{"query":' + value + b"}"
        case "variables" | "operationName" | "extensions":
            yield b'{"query":' + query + b',"' + place.encode() + b'":' + value + b"}"
        case _:
            yield b'{"query":' + query + b',"variables":{"' + place.encode() + b'":' + value + b"}}"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": ";;;="},
        {"Content-Type": "multipart/form-data; boundary=" + "x" * 5000},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Accept": ",;q=;;q=nan,*/*;q=1e999"},
        {"Accept": "text/event-stream," * 2000},
        {"Authorization": "Bearer " + "x" * 20_000},
        {"Authorization": "Bearer \u00e9"},
        {"Origin": "null", "Cookie": "=;" * 5000},
        {"X-Request-Id": "\\u0000" * 2000},
        {"traceparent": "00-" + "z" * 5000},
    ],
)
def test_no_header_holds_the_server(target: Target, headers: dict[str, str]) -> None:
    with_them = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    answer = target.post(b'{"query":"{ viewer { name } }"}', headers=with_them)
    assert answer.status_code < 500
    with target.unmoved():
        asked = {"query": "{ viewer { name } }", "variables": "[", "extensions": "\0"}
        got = target.client.get("/graphql", params=asked, headers=AUTHORIZED | with_them)
    assert got.status_code < 500


RAW = [
    b"\0" * 5000,
    b"GET " + b"/" * 100_000 + b" HTTP/1.1\r\n\r\n",
    b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\nx",
    b"POST /graphql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
    b"POST /graphql HTTP/1.1\r\n" + b"".join(b"X%d: y\r\n" % number for number in range(5000)) + b"\r\n",
    b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: !\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
]


@in_module
@pytest.mark.parametrize("sent", RAW, ids=range(len(RAW)))
async def test_no_bytes_that_are_no_request_hold_the_server(target: Target, sent: bytes) -> None:
    where = urlsplit(target.server.url)
    answer = b""
    with target.unmoved(), suppress(ConnectionError):  # it may hang up on what it does not read
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        writer.write(sent)
        writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), SECONDS)
        writer.close()
    assert b" 500 " not in answer.split(b"\r\n")[0]
    assert target.client.get("/health/live").status_code == 200


# --- Messages on a WebSocket ---

INIT = '{"type":"connection_init","payload":{"Authorization":"Bearer ' + TOKEN + '"}}'
MESSAGES: list[str | bytes] = [
    "", "null", "[]", "7", '"x"', "{}", '{"type":null}', '{"type":[]}', '{"type":"' + "x" * 50_000 + '"}',
    "[" * 200_000, '{"type":"subscribe"}', '{"type":"subscribe","id":7,"payload":7}',
    '{"type":"subscribe","id":{},"payload":{"query":7}}',
    '{"type":"subscribe","id":"' + "x" * 500_000 + '","payload":{"query":"{ viewer { name } }"}}',
    '{"type":"subscribe","id":"a","payload":{"query":"{ viewer { name } }","variables":[]}}',
    '{"type":"subscribe","id":"a","payload":{"query":"{ viewer { name } }","operationName":7}}',
    '{"type":"subscribe","id":"a","payload":{"query":"{ viewer { name } }","variables":{"a":'
    + "[" * 900 + "]" * 900 + "}}}",
    '{"type":"connection_init","payload":[]}', '{"type":"connection_init"}', '{"type":"ping","payload":7}',
    '{"type":"complete","id":{}}', '{"type":"complete"}', "\ufeff{}", '{"type":"\\ud800"}', b"\0\xff", b"{}",
    "x" * 2_000_000,
]  # fmt: skip


@in_module
@pytest.mark.parametrize("known", [True, False], ids=["once known", "before"])
async def test_no_message_holds_the_server(target: Target, *, known: bool) -> None:
    url = f"{target.server.url}/graphql".replace("http://", "ws://")
    for message in MESSAGES:
        async with connect(
            url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None, open_timeout=60, max_size=None
        ) as line:
            if known:
                await line.send(INIT)
                await line.recv()
            with target.unmoved():
                try:
                    await line.send(message)
                    await line.send('{"type":"ping"}')
                    while json.loads(await asyncio.wait_for(line.recv(), SECONDS))["type"] != "pong":
                        pass
                except ConnectionClosed:
                    cut = {1006} if len(message) > 1024 * 1024 else set()  # what it does not read is lost on the way
                    assert line.close_code in {1007, 1009} | cut or 4400 <= (line.close_code or 0) < 4500, message[:80]


# --- WhatsApp's door ---


def test_no_delivery_holds_the_server(target: Target) -> None:
    within = b'{"entry":[{"changes":[{"field":"%b","value":%b}]}]}'
    metadata = b'{"metadata":{"phone_number_id":"1"},"messages":[%b]}'
    for number, value in enumerate(VALUES):
        bodies = (
            value,
            b'{"entry":%b}' % value,
            within % (b"calls", value),
            within % (b"messages", metadata % value),
        )
        body = bodies[number % len(bodies)]
        for signature, status in ((sign(body, APP_SECRET), range(200, 500)), ("\u00fc" * 100, range(401, 402))):
            answer = target.post(body, "/webhooks/whatsapp", headers={b"X-Hub-Signature-256": signature.encode()})
            assert answer.status_code in status
            assert "Traceback" not in answer.text
