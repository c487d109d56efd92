"""Against a real server: what goes over the wire, and what is made of whatever comes back."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from structlog.testing import capture_logs

from rules.permission import Status
from tests.ground.processes import free_port
from whatsapp.cloud_api import (
    MOST_ATTEMPTS,
    CloudApi,
    FreeForm,
    Outcome,
    PermissionState,
    Recipient,
    Refused,
    Taken,
    Template,
    Unanswered,
    Unreached,
    Use,
    WhatsApp,
)
from whatsapp.errors import TRANSIENT, MetaError

NUMBER = "529183746501122"
MEERA = Recipient("+919812300457", "IN.7401982236615548")
CAIO = Recipient(None, "BR.2290417765031186")
LONG = timedelta(seconds=10)
SHORT = timedelta(milliseconds=400)

Doing = Callable[[WhatsApp], Coroutine[Any, Any, object]]


@dataclass
class Meta:
    """A server that answers everything with `answer` and keeps what it was sent; with none it never answers."""

    url: str
    answer: Response | None = None
    heard: list[tuple[str, str, Any]] = field(default_factory=list)  # method, path and query, JSON
    tokens: set[str | None] = field(default_factory=set)

    async def __call__(self, request: Request) -> Response:
        address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        self.heard.append((request.method, address, await request.json() if await request.body() else None))
        self.tokens.add(request.headers.get("Authorization"))
        if self.answer is None:
            await asyncio.Event().wait()
            raise AssertionError
        return self.answer


@pytest.fixture(scope="module")
def server() -> Iterator[Meta]:
    """Let a server run beside all of these tests, on a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        meta = Meta(f"http://127.0.0.1:{listening.getsockname()[1]}/v26.0")
        app = Starlette(routes=[Route("/{path:path}", meta.__call__, methods=["GET", "POST"])])
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=0, lifespan="off"))
        with ThreadPoolExecutor(max_workers=1) as thread:
            serving = thread.submit(server.run, sockets=[listening])
            yield meta
            server.should_exit = True
            serving.result()


Speaking = Callable[..., AbstractAsyncContextManager[tuple[Meta, CloudApi]]]


@pytest.fixture
def speaking(server: Meta) -> Speaking:
    """Give what lets the server answer one thing, and a client that speaks to it."""

    @asynccontextmanager
    async def speaking(answer: Response | None, patience: timedelta = LONG) -> AsyncIterator[tuple[Meta, CloudApi]]:
        server.answer, server.heard, server.tokens = answer, [], set()
        whatsapp = CloudApi(server.url, "EAAB-token", patience)
        yield server, whatsapp
        await whatsapp.close()

    return speaking


async def ask(whatsapp: WhatsApp) -> Outcome:
    return await whatsapp.request_permission(NUMBER, MEERA, FreeForm("May we ring you?"), "cpr:1")


async def ring(whatsapp: WhatsApp) -> Outcome:
    return await whatsapp.start_call(NUMBER, MEERA, "v=0\r\n", "call:1")


async def hang_up(whatsapp: WhatsApp) -> Outcome:
    return await whatsapp.end_call(NUMBER, "wacid.1")


async def look(whatsapp: WhatsApp) -> object:
    return await whatsapp.permission_state(NUMBER, MEERA)


WAYS = pytest.mark.parametrize("do", [ask, ring, hang_up, look])


# --- What is said ---


async def test_the_log_of_further_tries_tells_nothing_of_what_is_said() -> None:
    whatsapp = CloudApi(f"http://127.0.0.1:{free_port()}", "EAAB-token", SHORT)
    with capture_logs() as logs:
        await ask(whatsapp)
        await whatsapp.look_up("debug_token", input_token="EAAB-token")
    await whatsapp.close()
    assert logs
    assert "EAAB-token" not in f"{logs}"
    assert "919812300457" not in f"{logs}"


async def test_with_another_token_the_same_is_said_over_the_same_connections(speaking: Speaking) -> None:
    async with speaking(JSONResponse({"messages": [{"id": "wamid.1"}]})) as (meta, whatsapp):
        own = whatsapp.speaking_as("EAAC-of-a-number")
        assert (own.base_url, own.patience, own.queries) == (whatsapp.base_url, whatsapp.patience, whatsapp.queries)
        await ask(own)
        assert meta.tokens == {"Bearer EAAC-of-a-number"}
        await ask(whatsapp)
        assert meta.tokens == {"Bearer EAAC-of-a-number", "Bearer EAAB-token"}


async def test_a_request_in_free_words_is_sent_as_the_documentation_shows_it(speaking: Speaking) -> None:
    async with speaking(JSONResponse({"messages": [{"id": "wamid.HBgM"}]})) as (meta, whatsapp):
        content = FreeForm("May we ring you about delivery slot D-4410?")
        assert await whatsapp.request_permission(NUMBER, MEERA, content, "cpr:6f1d2c") == Taken("wamid.HBgM")

    message = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "919812300457",
        "type": "interactive",
        "interactive": {
            "type": "call_permission_request",
            "action": {"name": "call_permission_request"},
            "body": {"text": "May we ring you about delivery slot D-4410?"},
        },
        "biz_opaque_callback_data": "cpr:6f1d2c",
    }
    assert meta.heard == [("POST", f"/v26.0/{NUMBER}/messages", message)]
    assert meta.tokens == {"Bearer EAAB-token"}


async def test_a_request_without_words_has_no_body_and_somebody_without_a_phone_is_named_by_user_id(
    speaking: Speaking,
) -> None:
    async with speaking(JSONResponse({"messages": [{"id": "wamid.HBgM"}]})) as (meta, whatsapp):
        assert await whatsapp.request_permission(NUMBER, CAIO, FreeForm(None), "cpr:2") == Taken("wamid.HBgM")

    message = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "recipient": "BR.2290417765031186",
        "type": "interactive",
        "interactive": {"type": "call_permission_request", "action": {"name": "call_permission_request"}},
        "biz_opaque_callback_data": "cpr:2",
    }
    assert meta.heard == [("POST", f"/v26.0/{NUMBER}/messages", message)]


async def test_a_template_is_sent_with_its_named_parameters_and_without_its_buttons(speaking: Speaking) -> None:
    async with speaking(JSONResponse({"messages": [{"id": "wamid.HBgM"}]})) as (meta, whatsapp):
        template = Template("callback_consent_v2", "en", {"first_name": "Meera", "ticket": "T-2291"})
        assert await whatsapp.request_permission(NUMBER, MEERA, template, "cpr:3") == Taken("wamid.HBgM")
        bare = Template("may_we_call", "pt_BR", {})
        assert await whatsapp.request_permission(NUMBER, MEERA, bare, "cpr:4") == Taken("wamid.HBgM")

    envelope = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "919812300457",
        "type": "template",
    }
    parameters = [
        {"type": "text", "parameter_name": "first_name", "text": "Meera"},
        {"type": "text", "parameter_name": "ticket", "text": "T-2291"},
    ]
    assert [message for _, _, message in meta.heard] == [
        envelope
        | {
            "template": {
                "name": "callback_consent_v2",
                "language": {"code": "en"},
                "components": [{"type": "body", "parameters": parameters}],
            },
            "biz_opaque_callback_data": "cpr:3",
        },
        envelope
        | {
            "template": {"name": "may_we_call", "language": {"code": "pt_BR"}, "components": []},
            "biz_opaque_callback_data": "cpr:4",
        },
    ]


async def test_a_call_is_placed_with_the_offer_as_it_is(speaking: Speaking) -> None:
    async with speaking(JSONResponse({"messaging_product": "whatsapp", "calls": [{"id": "wacid.HBgM"}]})) as (
        meta,
        whatsapp,
    ):
        assert await whatsapp.start_call(NUMBER, MEERA, "v=0\r\no=- …\r\n", "call:01JD") == Taken("wacid.HBgM")
        assert await whatsapp.start_call(NUMBER, CAIO, "v=0\r\n", "call:01JE") == Taken("wacid.HBgM")

    call = {"messaging_product": "whatsapp", "action": "connect"}
    path = f"/v26.0/{NUMBER}/calls"
    assert meta.heard == [
        (
            "POST",
            path,
            call
            | {
                "to": "919812300457",
                "session": {"sdp_type": "offer", "sdp": "v=0\r\no=- …\r\n"},
                "biz_opaque_callback_data": "call:01JD",
            },
        ),
        (
            "POST",
            path,
            call
            | {
                "recipient": "BR.2290417765031186",
                "session": {"sdp_type": "offer", "sdp": "v=0\r\n"},
                "biz_opaque_callback_data": "call:01JE",
            },
        ),
    ]


async def test_a_call_is_ended_by_its_id(speaking: Speaking) -> None:
    async with speaking(JSONResponse({"messaging_product": "whatsapp", "success": True})) as (meta, whatsapp):
        assert await whatsapp.end_call(NUMBER, "wacid.HBgM") == Taken("wacid.HBgM")

    ending = {"messaging_product": "whatsapp", "call_id": "wacid.HBgM", "action": "terminate"}
    assert meta.heard == [("POST", f"/v26.0/{NUMBER}/calls", ending)]


async def test_what_whatsapp_believes_is_asked_by_phone_or_else_by_user_id(speaking: Speaking) -> None:
    state = {
        "messaging_product": "whatsapp",
        "permission": {"status": "temporary", "expiration_time": 1795770847},
        "actions": [
            {
                "action_name": "send_call_permission_request",
                "can_perform_action": False,
                "limits": [
                    {
                        "time_period": "PT24H",
                        "max_allowed": 1,
                        "current_usage": 1,
                        "limit_expiration_time": 1795252401,
                    },
                    {"time_period": "P7D", "max_allowed": 2, "current_usage": 1},
                ],
            },
            {
                "action_name": "start_call",
                "can_perform_action": True,
                "limits": [{"time_period": "PT24H", "max_allowed": 100, "current_usage": 3}],
            },
        ],
    }
    async with speaking(JSONResponse(state)) as (meta, whatsapp):
        answer = await whatsapp.permission_state(NUMBER, MEERA)
        assert await whatsapp.permission_state(NUMBER, CAIO) == answer

    assert answer == PermissionState(
        Status.TEMPORARY,
        datetime.fromtimestamp(1795770847, UTC),
        requests=(Use("PT24H", 1, 1, datetime.fromtimestamp(1795252401, UTC)), Use("P7D", 2, 1, None)),
        calls=(Use("PT24H", 100, 3, None),),
    )
    assert [address for _, address, _ in meta.heard] == [
        f"/v26.0/{NUMBER}/call_permissions?user_wa_id=919812300457",
        f"/v26.0/{NUMBER}/call_permissions?recipient=BR.2290417765031186",
    ]


@pytest.mark.parametrize(
    ("permission", "status", "expires_at"),
    [
        ({"status": "permanent"}, Status.PERMANENT, None),
        ({"status": "no_permission"}, Status.NOT_REQUESTED, None),
        ({"status": "temporary", "expiration": 1795770847}, Status.TEMPORARY, datetime.fromtimestamp(1795770847, UTC)),
    ],
)
async def test_each_belief_of_whatsapp_is_understood(
    speaking: Speaking, permission: dict[str, Any], status: Status, expires_at: datetime | None
) -> None:
    async with speaking(JSONResponse({"permission": permission})) as (_, whatsapp):
        assert await whatsapp.permission_state(NUMBER, MEERA) == PermissionState(status, expires_at, (), ())


# --- What comes back ---


@WAYS
@pytest.mark.parametrize(("code", "http_status"), [(138006, 401), (138009, 400), (130429, 429), (131000, 500)])
async def test_an_error_is_a_refusal_with_its_code_whatever_the_http_status(
    speaking: Speaking, do: Doing, code: int, http_status: int
) -> None:
    error = {
        "message": f"(#{code}) No",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": "Not now."},
        "fbtrace_id": "Axx",
    }
    async with speaking(JSONResponse({"error": error}, http_status)) as (meta, whatsapp):
        assert await do(whatsapp) == Refused(MetaError(code, f"(#{code}) No", "Not now."))
    assert len(meta.heard) == (MOST_ATTEMPTS if code in TRANSIENT and meta.heard[0][0] == "POST" else 1)


async def test_an_error_that_says_little_is_a_refusal_all_the_same(speaking: Speaking) -> None:
    async with speaking(JSONResponse({"error": {"code": 190}}, 401)) as (_, whatsapp):
        assert await ask(whatsapp) == Refused(MetaError(190, "", ""))


@WAYS
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (JSONResponse({"error": "down"}, 500), "WhatsApp answered 500 with an error that was not understood"),
        (JSONResponse({"error": {"code": "x"}}, 400), "WhatsApp answered 400 with an error that was not understood"),
        (JSONResponse({}, 502), "WhatsApp answered 502"),
        (JSONResponse([]), "WhatsApp answered 200 with something that is not an object"),
        (PlainTextResponse("<html>Bad gateway", 502), "WhatsApp answered 502 with something that is not JSON"),
        (PlainTextResponse("", 200), "WhatsApp answered 200 with something that is not JSON"),
        (Response(b"\xff\xfe\xfa", 200), "WhatsApp answered 200 with something that is not JSON"),
        (JSONResponse({}, 301, {"Location": "/elsewhere"}), "WhatsApp answered 301"),
    ],
)
async def test_an_answer_that_tells_nothing_leaves_open_what_happened_and_nothing_is_said_twice(
    speaking: Speaking, do: Doing, answer: Response, reason: str
) -> None:
    async with speaking(answer) as (meta, whatsapp):
        assert await do(whatsapp) == Unanswered(reason)
    assert len(meta.heard) == 1


@pytest.mark.parametrize("do", [ask, ring])
@pytest.mark.parametrize("body", [{}, {"messages": [], "calls": []}, {"messages": [{}], "calls": [{}]}, {"calls": 1}])
async def test_an_answer_without_an_id_leaves_open_what_happened(
    speaking: Speaking, do: Doing, body: dict[str, Any]
) -> None:
    async with speaking(JSONResponse(body)) as (meta, whatsapp):
        assert await do(whatsapp) == Unanswered("WhatsApp's answer carried no id")
    assert len(meta.heard) == 1


@pytest.mark.parametrize("do", [ask, ring])
@pytest.mark.parametrize("identity", [None, "", 7, {}])
async def test_an_id_that_is_none_leaves_open_what_happened(speaking: Speaking, do: Doing, identity: object) -> None:
    async with speaking(JSONResponse({"messages": [{"id": identity}], "calls": [{"id": identity}]})) as (_, whatsapp):
        assert await do(whatsapp) == Unanswered("WhatsApp's answer carried no id")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"permission": "temporary"},
        {"permission": {"status": "temporary", "expiration_time": "soon"}},
        {"permission": {"status": "temporary", "expiration_time": 10**18}},
        {"permission": {"status": "permanent"}, "actions": [{"action_name": "start_call", "limits": [{}]}]},
    ],
)
async def test_a_belief_that_cannot_be_understood_is_no_answer(speaking: Speaking, body: dict[str, Any]) -> None:
    async with speaking(JSONResponse(body)) as (_, whatsapp):
        assert isinstance(await whatsapp.permission_state(NUMBER, MEERA), Unanswered)


@WAYS
async def test_silence_leaves_open_what_happened_and_nothing_is_said_twice(speaking: Speaking, do: Doing) -> None:
    async with speaking(None, SHORT) as (meta, whatsapp):
        assert isinstance(await do(whatsapp), Unanswered)
    assert len(meta.heard) == 1


@WAYS
async def test_a_line_that_breaks_leaves_open_what_happened_and_nothing_is_said_twice(do: Doing) -> None:
    heard: list[bytes] = []

    async def hang_up_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    port = free_port()
    async with await asyncio.start_server(hang_up_on, "127.0.0.1", port):
        whatsapp = CloudApi(f"http://127.0.0.1:{port}", "EAAB-token", LONG)
        assert isinstance(await do(whatsapp), Unanswered)
        await whatsapp.close()
    assert len(heard) == 1


@WAYS
async def test_an_answer_that_trickles_in_is_waited_for_no_longer_than_patience_allows(do: Doing) -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
        with suppress(ConnectionError), closing(writer):
            while True:  # each byte comes well before the client takes the line for dead
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(SHORT.total_seconds() / 10)

    port = free_port()
    async with await asyncio.start_server(trickle, "127.0.0.1", port):
        whatsapp = CloudApi(f"http://127.0.0.1:{port}", "EAAB-token", SHORT)
        async with asyncio.timeout(60):  # all of it would take minutes
            assert await do(whatsapp) == Unanswered("WhatsApp did not answer within 0.4 seconds")
        await whatsapp.close()


async def test_what_is_still_being_connected_when_patience_ends_was_never_said() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listening:
        address = listening.getsockname()
        waiting = []
        for _ in range(8):  # the queue is full: nobody else gets through
            connecting = socket.socket()
            connecting.settimeout(0)
            connecting.connect_ex(address)
            waiting.append(connecting)
        whatsapp = CloudApi(f"http://127.0.0.1:{address[1]}", "EAAB-token", SHORT)
        assert isinstance(await ask(whatsapp), Unreached)
        await whatsapp.close()
        for connecting in waiting:
            connecting.close()


@pytest.mark.parametrize("do", [ask, look])
async def test_where_nobody_listens_it_is_tried_again_and_then_nothing_happened(do: Doing) -> None:
    whatsapp = CloudApi(f"http://127.0.0.1:{free_port()}", "EAAB-token", LONG)
    assert await do(whatsapp) == Unreached("All connection attempts failed")
    await whatsapp.close()


async def test_what_never_left_is_said_again_once_somebody_listens() -> None:
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        body = b'{"messages": [{"id": "wamid.1"}]}'
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()

    port = free_port()
    whatsapp = CloudApi(f"http://127.0.0.1:{port}", "EAAB-token", LONG)
    asking = asyncio.create_task(ask(whatsapp))
    await asyncio.sleep(0)
    async with await asyncio.start_server(answer, "127.0.0.1", port):
        assert await asking == Taken("wamid.1")
    await whatsapp.close()
    assert len(heard) == 1
