"""What browsers are told and asked: headers of every door, pages elsewhere, and what a browser sends by itself."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from websockets.exceptions import InvalidStatus

from actions import access
from server import graphiql, pages
from server.app import create_app
from server.settings import Settings
from tests.graph.asking import Api, done
from tests.graph.streaming import served
from tests.ground.house import House

VIEWER = "{ viewer { name } }"
PARTNER = "https://partner.example"
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@asynccontextmanager
async def opened(folder: Path, database_url: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(database_url=database_url, sandbox=True, **settings), "http://maycall", folder)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://maycall") as client,
    ):
        yield client


@pytest_asyncio.fixture
async def client(tmp_path: Path, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with opened(tmp_path, database_url, allowed_origins=[PARTNER]) as client:
        yield client


# --- Headers ---


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/sandbox/page/phones.js"),
        ("GET", "/graphql"),
        ("POST", "/graphql"),
        ("PUT", "/graphql"),
        ("OPTIONS", "/graphql"),
        ("GET", "/webhooks/whatsapp"),
        ("POST", "/webhooks/whatsapp"),
        ("GET", "/health/live"),
        ("GET", "/health/ready"),
        ("GET", "/sandbox/settings"),
        ("GET", "/nowhere"),
    ],
)
async def test_every_door_tells_browsers_what_they_may_do_with_its_answer(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await client.request(method, path)
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert policy.startswith("default-src 'none'")
    assert "microphone=(self)" in answer.headers["permissions-policy"]
    assert "strict-transport-security" not in answer.headers
    assert answer.headers["cache-control"] in ("no-store", "no-cache")
    assert all(len(answer.headers.get_list(name)) == 1 for name in answer.headers)


async def test_only_the_phones_may_be_shown_in_a_frame_and_only_by_pages_from_here(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sandbox/")
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert {name: answer.headers.get(name) for name in ALWAYS if name != "x-frame-options"} == {
        name: told for name, told in ALWAYS.items() if name != "x-frame-options"
    }


@pytest.mark.parametrize("sandbox", [True, False])
async def test_the_dashboard_may_show_frames_only_where_there_are_phones(tmp_path: Path, *, sandbox: bool) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "assets").mkdir()
    app = Starlette(routes=pages.routes(tmp_path, sandbox=sandbox))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://maycall") as client:
        policy = (await client.get("/customers")).headers["content-security-policy"]
    assert ("frame-src 'self'" in policy) is sandbox
    assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize("address", ["/", "/call-now", "/customers/somebody"])
async def test_whoever_opens_a_page_that_was_not_built_reads_what_is_missing(tmp_path: Path, address: str) -> None:
    app = Starlette(routes=pages.routes(tmp_path))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://maycall") as client:
        answer = await client.get(address)
    assert "<code>make dashboard</code>" in answer.text
    assert "<code>POST http://maycall/graphql</code>" in answer.text
    look = answer.text.partition("<style>")[2].partition("</style>")[0]
    known = b64encode(sha256(look.encode()).digest()).decode()
    assert f"style-src 'sha256-{known}'" in answer.headers["content-security-policy"]


async def test_only_what_can_be_asked_after_again_is_kept(client: httpx.AsyncClient) -> None:
    for path in ("/graphql", "/health/live", "/webhooks/whatsapp"):
        assert (await client.get(path)).headers["cache-control"] == "no-store"
    assert (await client.get("/sandbox/page/phones.js")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(("url", "told"), [("https://maycall.example", True), ("http://maycall.example", False)])
async def test_only_a_server_known_by_https_insists_on_it(
    tmp_path: Path, database_url: str, url: str, *, told: bool
) -> None:
    async with opened(tmp_path, database_url, public_url=url) as client:
        assert ("strict-transport-security" in (await client.get("/health/live")).headers) is told


# --- Whoever opens the address in a browser ---

AS_A_BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


async def test_a_visitor_is_told_what_is_missing_where_graphiql_was_not_built(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphiql, "BUILT", tmp_path)
    answer = await client.get("/graphql", headers=AS_A_BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<code>POST http://maycall/graphql</code>" in answer.text
    assert "<code>make dashboard</code>" in answer.text
    assert "'unsafe-inline'" not in answer.headers["content-security-policy"]


async def test_a_visitor_gets_graphiql_where_it_was_built_and_it_loads_from_here_alone(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "graphiql.html").write_text("<!doctype html><title>built</title>")
    monkeypatch.setattr(graphiql, "BUILT", tmp_path)
    answer = await client.get("/graphql", headers=AS_A_BROWSER)
    assert (answer.status_code, answer.text) == (200, "<!doctype html><title>built</title>")
    assert "Accept" in answer.headers["vary"]
    policy = dict(line.strip().split(" ", 1) for line in answer.headers["content-security-policy"].split(";"))
    assert (policy["script-src"], policy["worker-src"], policy["connect-src"]) == ("'self'",) * 3
    assert "http" not in answer.headers["content-security-policy"]


async def test_a_program_that_asks_by_get_is_no_visitor(client: httpx.AsyncClient) -> None:
    for headers, parameters in ((AS_A_BROWSER, {"query": VIEWER}), ({"Accept": "*/*"}, {})):
        assert (await client.get("/graphql", headers=headers, params=parameters)).status_code == 401


# --- Pages elsewhere ---


def asking(origin: str, method: str = "POST", headers: str = "authorization,content-type") -> dict[str, str]:
    """Give what a browser asks with, before it sends what a page elsewhere wants to send."""
    return {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }


async def test_a_page_of_an_allowed_origin_may_ask_and_read_and_of_another_may_not(client: httpx.AsyncClient) -> None:
    allowed = await client.options("/graphql", headers=asking(PARTNER))
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, PARTNER)
    assert {"authorization", "content-type"} <= set(allowed.headers["access-control-allow-headers"].lower().split(", "))
    assert set(allowed.headers["access-control-allow-methods"].split(", ")) == {"GET", "HEAD", "POST"}
    assert "Origin" in allowed.headers["vary"]

    answer = await client.post("/graphql", json={"query": VIEWER}, headers={"Origin": PARTNER})
    assert answer.headers["access-control-allow-origin"] == PARTNER
    exposed = {name.strip() for name in answer.headers["access-control-expose-headers"].split(",")}
    assert {"Retry-After", "X-Request-Id"} <= exposed

    for origin in ("https://elsewhere.example", "null", f"{PARTNER}.elsewhere.example", "http://partner.example"):
        refused = await client.options("/graphql", headers=asking(origin))
        assert refused.status_code == 400
        assert "access-control-allow-origin" not in refused.headers
        unread = await client.post("/graphql", json={"query": VIEWER}, headers={"Origin": origin})
        assert "access-control-allow-origin" not in unread.headers


async def test_cookies_are_never_asked_for_also_where_every_origin_is_allowed(
    tmp_path: Path, database_url: str
) -> None:
    async with opened(tmp_path, database_url, allowed_origins=["*"]) as client:
        for answer in (
            await client.options("/graphql", headers=asking(PARTNER)),
            await client.post("/graphql", json={"query": VIEWER}, headers={"Origin": PARTNER}),
        ):
            assert answer.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in answer.headers
            assert "set-cookie" not in answer.headers


async def test_no_other_door_answers_to_pages_elsewhere(client: httpx.AsyncClient) -> None:
    for path in ("/webhooks/whatsapp", "/health/ready", "/sandbox/", "/"):
        answer = await client.get(path, headers={"Origin": PARTNER})
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["partner.example", "https://partner.example/path", "https://partner.example/", "", "ftp:", "null"]
)
def test_an_origin_that_is_none_stops_the_start(origin: str) -> None:
    with pytest.raises(ValueError, match="allowed_origins"):
        Settings(sandbox=True, allowed_origins=[origin])


def test_an_origin_is_known_as_browsers_write_it() -> None:
    settings = Settings(sandbox=True, allowed_origins=["HTTPS://Partner.Example:443", "http://localhost:5173"])
    assert settings.allowed_origins == ["https://partner.example", "http://localhost:5173"]


async def test_the_same_pages_may_open_a_websocket(house: House) -> None:
    async with served(house, origins=[PARTNER]) as server:
        for origin in (PARTNER, f"http://127.0.0.1:{server.port}"):
            async with server.line(Origin=origin) as line:
                assert await line.ask(VIEWER) == {"name": "admin"}
        for origin in ("https://elsewhere.example", "null", f"{PARTNER}.elsewhere.example"):
            with pytest.raises(InvalidStatus) as refused:
                async with server.raw(Origin=origin):
                    pass
            assert refused.value.response.status_code == 403


# --- What a browser sends by itself ---


async def test_nothing_but_the_header_lets_anybody_in_so_that_no_other_page_can_use_a_visitors_token(
    house: House, api: Api
) -> None:
    before, secret = await done(house), house.business.secret
    for cookie, parameters in (
        (f"token={secret}; Authorization=Bearer {secret}", {}),
        ("", {"token": secret, "Authorization": f"Bearer {secret}", "access_token": secret}),
    ):
        for method in ("GET", "POST"):
            answer = await api.client.request(
                method,
                "/graphql",
                params=parameters | ({"query": VIEWER} if method == "GET" else {}),
                headers={"Cookie": cookie},
                json={"query": VIEWER} if method == "POST" else None,
            )
            assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert await done(house) == before


CREATE = 'mutation { createCustomer(input: {phone: "+919812300999"}) { __typename } }'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (None, b'{"query": "%b"}'),
        ("text/plain", b'{"query": "%b"}'),
        ("text/plain;charset=UTF-8", b'{"query": "%b"}'),
        ("text/plain; application/json", b'{"query": "%b"}'),
        ("application/x-www-form-urlencoded", b"query=%b"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="operations"\r\n\r\n%b\r\n--b--',
        ),
        ("application/graphql", b"%b"),
        ("application/jsonp", b'{"query": "%b"}'),
        ("application/json; charset=utf-16", b'{"query": "%b"}'),
    ],
)
async def test_what_a_page_can_send_without_asking_first_is_turned_away_unread(
    house: House, api: Api, kind: str | None, body: bytes
) -> None:
    before = await done(house)
    headers = {"Authorization": f"Bearer {house.business.secret}"} | ({"Content-Type": kind} if kind else {})
    answer = await api.client.post("/graphql", content=body % CREATE.replace('"', '\\"').encode(), headers=headers)
    assert (answer.status_code, answer.headers["accept"]) == (415, "application/json")
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
    assert await done(house) == before


# --- Methods ---


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
async def test_other_methods_are_none_of_graphqls(house: House, api: Api, method: str) -> None:
    headers = {"Authorization": f"Bearer {house.business.secret}", "Content-Type": "application/json"}
    answer = await api.client.request(method, "/graphql", content=b'{"query": "{ viewer { name } }"}', headers=headers)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST, OPTIONS")
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_whoever_asks_what_may_be_done_is_told(api: Api) -> None:
    answer = await api.client.options("/graphql")
    assert (answer.status_code, answer.headers["allow"], answer.content) == (204, "GET, HEAD, POST, OPTIONS", b"")


async def test_head_is_get_without_its_body(house: House, api: Api) -> None:
    headers = {"Authorization": f"Bearer {house.business.secret}"}
    for query, status in ((VIEWER, 200), (CREATE, 405)):
        answer = await api.client.head("/graphql", params={"query": query}, headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize("token", [True, False])
async def test_a_mutation_by_get_does_nothing(house: House, api: Api, *, token: bool) -> None:
    before = await done(house)
    headers = {"Authorization": f"Bearer {house.business.secret}"} if token else {}
    for parameters in (
        {"query": CREATE},
        {"query": f"query A {VIEWER} {CREATE.replace('mutation', 'mutation B')}", "operationName": "B"},
    ):
        for accept in ("application/json", "application/graphql-response+json", "text/event-stream"):
            answer = await api.client.get("/graphql", params=parameters, headers=headers | {"Accept": accept})
            assert (answer.status_code, answer.headers.get("allow")) == ((405, "POST") if token else (401, None))
    assert await done(house) == before


# --- In which form the answer comes ---


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", "application/json"),
        ("application/graphql-response+json", "application/graphql-response+json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("", "application/json"),
        ("text/html, */*;q=0.8", "application/json"),
        ("application/graphql-response+json, application/json;q=0.9", "application/graphql-response+json"),
        ("application/json, application/graphql-response+json;q=0.9", "application/json"),
        ("application/json;q=0.1, application/graphql-response+json;q=0.2, */*", "application/graphql-response+json"),
        ("APPLICATION/JSON; charset=utf-8", "application/json"),
        ("application/graphql-response+json;q=0, application/json;q=0.1", "application/json"),
        # As urql asks, for a query as for a subscription.
        (
            (
                "application/graphql-response+json, application/graphql+json, application/json, text/event-stream,"
                " multipart/mixed"
            ),
            "application/graphql-response+json",
        ),
        ("text/event-stream", "text/event-stream"),
        ("text/event-stream, */*;q=0.1", "text/event-stream"),
        ("application/json;q=nonsense, application/graphql-response+json", "application/graphql-response+json"),
    ],
)
async def test_the_answer_comes_as_the_client_likes_it_best(api: Api, accept: str, kind: str) -> None:
    answer = await api.post({"query": VIEWER}, accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize("accept", ["text/plain", "application/json;q=0", "image/*", "nonsense", "multipart/mixed"])
async def test_whoever_takes_none_of_its_forms_is_told_which_there_are(api: Api, accept: str) -> None:
    answer = await api.post({"query": VIEWER}, accept=accept)
    assert answer.status_code == 406
    [error] = answer.json()["errors"]
    assert "application/graphql-response+json, application/json, text/event-stream" in error["message"]


async def test_a_subscription_to_whoever_takes_no_events_is_refused_in_a_sentence(api: Api) -> None:
    for accept in ("application/json", "application/graphql-response+json", "*/*"):
        answer = await api.post({"query": "subscription { changes { cursor } }"}, accept=accept)
        assert answer.status_code == 406
        [error] = answer.json()["errors"]
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}
        assert "text/event-stream" in error["message"]


@pytest.mark.parametrize("name", ["query", "operationName", "variables", "extensions"])
async def test_each_part_of_a_request_has_its_kind(api: Api, name: str) -> None:
    for wrong in (7, True, [], [1], {} if name in ("query", "operationName") else "{}"):
        answer = await api.post({"query": VIEWER} | {name: wrong})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["message"].startswith(f"{name} must be")


async def test_an_address_carries_what_a_body_would(house: House, api: Api) -> None:
    headers = {"Authorization": f"Bearer {house.business.secret}"}
    query = "query A($with: Boolean!) { viewer { name scopes @include(if: $with) } } query B { viewer { name } }"
    good = {"query": query, "operationName": "A", "variables": '{"with": false}', "extensions": "{}"}
    answer = await api.client.get("/graphql", params=good, headers=headers)
    assert answer.json()["data"] == {"viewer": {"name": "admin"}}
    for wrong in ({"variables": "{"}, {"variables": "7"}, {"extensions": "[]"}, {"variables": '"{}"'}):
        answer = await api.client.get("/graphql", params=good | wrong, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (400, {"code": "BAD_USER_INPUT"})


async def test_a_client_that_goes_away_in_the_middle_of_its_question_is_no_fault(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Any] = []

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def say(message: Any) -> None:
        said.append(message)

    recognised = await access.recognise(api.house.resources, api.house.business.secret)

    async def recognise(*_given: object) -> Any:
        return recognised

    monkeypatch.setattr(access, "recognise", recognise)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"authorization", b"Bearer mc")],
    }
    await api.client._transport.app(scope, gone, say)  # type: ignore[attr-defined]  # noqa: SLF001 its own app
    assert said == []
