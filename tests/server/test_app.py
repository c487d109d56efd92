"""The app as a whole, with everything that runs behind its doors, from its first second to its last."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from actions.turns import SharedTurns
from models.api_token import ApiToken
from models.business_number import BusinessNumber, Environment
from models.customer import Customer
from models.database import Database
from models.webhook_delivery import WebhookDelivery
from models.workspace import Workspace
from server import beginnings
from server.app import WEBHOOK_PATH, Secrets, close, create_app, resources_of
from server.leaving import Farewell, Leaving
from server.settings import Settings
from tests.ground.house import NOON
from tests.whatsapp.samples import sample
from whatsapp.cloud_api import CloudApi
from whatsapp.signature import sign

OWN_URL = "http://maycall"


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAYCALL_DATABASE_URL", "MAYCALL_SANDBOX", "MAYCALL_WHATSAPP_APP_SECRET"):
        monkeypatch.delenv(name, raising=False)


def real(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        whatsapp_base_url="http://127.0.0.1:9",
        whatsapp_access_token="EAAB",
        whatsapp_app_secret="demo-app-secret",
        whatsapp_verify_token="verify",
    )


def sandboxed(database_url: str) -> Settings:
    return Settings(database_url=database_url, sandbox=True)


@asynccontextmanager
async def running(settings: Settings, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings, OWN_URL, folder)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=OWN_URL) as client,
    ):
        yield client


async def test_all_servers_on_one_database_ask_whatsapp_at_one_pace(database_url: str, tmp_path: Path) -> None:
    shared = Secrets("t", "s", "v")
    servers = [resources_of(settings(database_url), shared, OWN_URL, folder=tmp_path) for settings in (real, sandboxed)]
    for resources in servers:
        for whatsapp in resources.whatsapp.values():
            assert isinstance(whatsapp, CloudApi)
            assert isinstance(whatsapp.queries, SharedTurns)
            assert whatsapp.queries.database is resources.database
        await close(resources)


async def test_a_server_that_is_about_to_leave_is_not_ready_and_each_answer_is_its_connection_s_last(
    sqlite_url: str, tmp_path: Path
) -> None:
    leaving = Leaving()
    app = create_app(real(sqlite_url), OWN_URL, tmp_path, leaving=leaving)
    transport = httpx.ASGITransport(Farewell(app, leaving))
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=OWN_URL) as client:
        async with asyncio.timeout(60):  # while the machine stands still a database does not answer in time
            while (before := await client.get("/health/ready")).status_code != 200:
                assert before.headers.get("connection") is None
        assert before.headers.get("connection") is None
        leaving.begin()
        after = await client.get("/health/ready")
        assert (after.status_code, after.json()) == (503, {"status": "leaving"})
        assert after.headers["connection"] == "close"
        assert (await client.get("/health/live")).status_code == 200


async def test_the_doors_are_open_and_each_asks_for_what_it_needs(database_url: str, tmp_path: Path) -> None:
    async with running(real(database_url), tmp_path) as client:
        asked = {"hub.mode": "subscribe", "hub.verify_token": "verify", "hub.challenge": "42"}
        assert (await client.get(WEBHOOK_PATH, params=asked)).text == "42"
        assert (await client.post(WEBHOOK_PATH, content=sample("01"))).status_code == 401
        assert (await client.post("/graphql", json={"query": "{ viewer { name } }"})).status_code == 401
        assert (await client.get("/sandbox")).status_code == 404
        assert (await client.get("/")).status_code == 200
        assert (await client.get("/nowhere")).status_code == 404


async def test_a_delivery_is_taken_and_kept(database_url: str, tmp_path: Path) -> None:
    body = sample("20")
    async with running(real(database_url), tmp_path) as client:
        headers = {"X-Hub-Signature-256": sign(body, "demo-app-secret")}
        assert (await client.post(WEBHOOK_PATH, content=body, headers=headers)).status_code == 200
    database = Database(database_url)
    async with database.reading() as session:
        [kept] = await session.exec(select(WebhookDelivery))
    await database.close()
    assert (kept.body, kept.processed_at is None, len(kept.skipped)) == (body, False, 5)


async def test_a_sandbox_makes_up_secrets_that_nobody_can_guess(database_url: str, tmp_path: Path) -> None:
    async with running(sandboxed(database_url), tmp_path) as client:
        for secret in ("", "demo-app-secret", "maycall"):
            headers = {"X-Hub-Signature-256": sign(sample("01"), secret)}
            assert (await client.post(WEBHOOK_PATH, content=sample("01"), headers=headers)).status_code == 401
        empty = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "42"}
        assert (await client.get(WEBHOOK_PATH, params=empty)).status_code == 403


async def test_a_body_over_the_cap_is_turned_away_at_each_door(database_url: str, tmp_path: Path) -> None:
    async with running(real(database_url), tmp_path) as client:
        assert (await client.post(WEBHOOK_PATH, content=b" " * (4 * 1024 * 1024 + 1))).status_code == 413
        large = b'{"query": "' + b" " * 1024 * 1024 + b'"}'
        kind, token = {"Content-Type": "application/json"}, {"Authorization": "Bearer mc_of_nobody"}
        assert (await client.post("/graphql", content=large, headers=kind | token)).status_code == 401


async def test_what_was_kept_and_not_processed_is_taken_up_at_the_next_start(database_url: str, tmp_path: Path) -> None:
    """A server died between keeping a delivery and recording what it says."""
    database = Database(database_url)
    async with database.writing() as session:
        session.add(WebhookDelivery(sha256="0", body=sample("18"), received_at=NOON, retry_at=NOON))
    async with running(real(database_url), tmp_path), asyncio.timeout(60):
        processed = None
        while processed is None:
            async with database.reading() as session:
                processed = (await session.exec(select(WebhookDelivery.processed_at))).one()
    await database.close()


async def test_the_first_start_makes_what_an_installation_begins_with_and_the_next_finds_it(
    database_url: str, tmp_path: Path
) -> None:
    settings = sandboxed(database_url)
    resources = resources_of(settings, Secrets.of(settings), OWN_URL, folder=tmp_path)
    async with resources.feed.running():
        for _ in range(2):
            await beginnings.ensure(resources, sandbox=True, token="mc_of_the_first_start")
    async with resources.database.reading() as session:
        assert len((await session.exec(select(Workspace))).all()) == 1
    await close(resources)

    async with running(settings, tmp_path) as client:
        query = "{ viewer { scopes } businessNumbers { environment } customers(first: 9) { nodes { name } } }"
        headers = {"Authorization": "Bearer mc_of_the_first_start"}
        answer = (await client.post("/graphql", json={"query": query}, headers=headers)).json()
    assert answer["data"] == {
        "viewer": {"scopes": ["admin"]},
        "businessNumbers": [{"environment": "SANDBOX"}],
        "customers": {"nodes": [{"name": someone.name} for someone in beginnings.SANDBOX_CUSTOMERS]},
    }


async def test_however_many_servers_start_at_once_the_beginnings_are_made_once(
    postgresql_url: str, tmp_path: Path
) -> None:
    settings = sandboxed(postgresql_url)
    servers = [resources_of(settings, Secrets.of(settings), OWN_URL, folder=tmp_path) for _ in range(6)]
    async with AsyncExitStack() as stack:
        for server in servers:
            stack.push_async_callback(close, server)
            await stack.enter_async_context(server.feed.running())
            async with server.database.reading() as session:  # so that none is late for having to connect first
                await session.exec(select(1))
        starts = (beginnings.ensure(server, sandbox=True, token="mc_of_the_first_start") for server in servers)
        await asyncio.gather(*starts)
        async with servers[0].database.reading() as session:
            for table, count in ((Workspace, 1), (BusinessNumber, 1), (ApiToken, 1), (Customer, 5)):
                assert len((await session.exec(select(table))).all()) == count, table


async def test_a_sandbox_elsewhere_is_where_its_numbers_speak_and_its_links_lead(
    database_url: str, tmp_path: Path
) -> None:
    settings = real(database_url).model_copy(update={"sandbox_url": "http://127.0.0.1:8002/sandbox"})
    resources = resources_of(settings, Secrets.of(settings), OWN_URL, folder=tmp_path)
    addresses = {
        environment: whatsapp.base_url
        for environment, whatsapp in resources.whatsapp.items()
        if isinstance(whatsapp, CloudApi)
    }
    await close(resources)
    assert addresses == {
        Environment.PRODUCTION: "http://127.0.0.1:9/v26.0",
        Environment.SANDBOX: "http://127.0.0.1:8002/sandbox/graph/v26.0",
    }
    async with running(settings, tmp_path) as client:
        for path in ("", "phones/919812300457"):
            answer = await client.get(f"/sandbox/{path}")
            assert answer.headers["Location"] == f"http://127.0.0.1:8002/sandbox/{path}"
    assert not (tmp_path / "sandbox.db").exists()


def test_the_token_of_the_sandbox_is_made_once_for_one_person_only(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "token"
    token = beginnings.kept_token(file)
    assert token.startswith("mc_")
    assert len(token) > 40
    assert beginnings.kept_token(file) == token
    assert oct(file.stat().st_mode & 0o777) == "0o600"
