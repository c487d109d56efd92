"""`python -m server doctor` against a running server, its sandbox in Meta's place, and against what is broken."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from actions import checked_numbers
from actions.checked_numbers import Credentials, New
from models.business_number import BusinessNumber, Environment
from models.sealed import new_key
from server import beginnings, cli, doctor
from server.app import WEBHOOK_PATH, Secrets, close, create_app, resources_of
from server.doctor import examine
from server.settings import Settings
from tests.ground.databases import sqlite_url_of
from tests.ground.processes import free_port
from tests.sandbox.harness import served
from whatsapp.inspection import Verdict

OK, WARNING, FAILED, UNKNOWN = Verdict.OK, Verdict.WARNING, Verdict.FAILED, Verdict.UNKNOWN


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith("MAYCALL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(cli, "set_up_logging", lambda _level: None)
    with capture_logs():  # the server's, which runs in this very process
        yield


@dataclass(frozen=True)
class Installation:
    """A server that runs, with its own sandbox as its WhatsApp, and the settings it was started with."""

    settings: Settings

    async def findings(self, **changed: Any) -> dict[str, tuple[Verdict, str]]:
        """Let the doctor look, with some settings changed."""
        settings = Settings(**(self.settings.model_dump(exclude_unset=True) | changed))
        return {found.subject: (found.verdict, found.message) async for found in examine(settings)}


@pytest_asyncio.fixture
async def installation(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Installation]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = Settings(
        database_url=sqlite_url,
        sandbox=True,
        whatsapp_base_url=f"{url}/sandbox/graph",
        whatsapp_access_token="EAAB",
        whatsapp_app_secret="demo-app-secret",
        whatsapp_verify_token="verify",
        public_url=url,
        encryption_key=new_key(),
    )
    resources = resources_of(settings, Secrets.of(settings), url)
    async with served(create_app(settings, url, tmp_path), port):
        workspace = await beginnings.ensure_workspace(resources)
        own = Credentials("EAAB", "demo-app-secret")
        new = New(beginnings.SPARE_PHONE_NUMBER_ID, Environment.PRODUCTION, own=own)
        assert isinstance(await checked_numbers.create(resources, workspace.id, new), BusinessNumber)
        yield Installation(settings)
    await close(resources)


NUMBER = f"business number {beginnings.SPARE_DISPLAY_PHONE_NUMBER}"
ASPECTS = ("access token", "number", "account", "app secret", "calling", "webhooks", "templates")


async def test_where_all_is_well_it_says_so_of_everything(installation: Installation) -> None:
    found = await installation.findings()
    assert {subject: verdict for subject, (verdict, _) in found.items()} == {
        "settings": OK,
        "database": OK,
        "encryption": OK,
        **{f"{NUMBER}, {aspect}": OK for aspect in ASPECTS},
        "broadcaster": OK,
        "webhook door": OK,
        "clock of WhatsApp": UNKNOWN,  # a server in a test tells no time
    }


async def test_a_line_for_each_thing_is_printed_plainly_and_what_is_wrong_makes_it_fail(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in installation.settings.model_dump(exclude_unset=True).items():
        monkeypatch.setenv(f"MAYCALL_{name.upper()}", str(value))
    assert await asyncio.to_thread(_ended) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "ok      settings: All of them can be read."
    assert f"ok      {NUMBER}, app secret: The app secret fits the access token." in lines
    assert len(lines) == 3 + len(ASPECTS) + 3

    monkeypatch.setenv("MAYCALL_WHATSAPP_VERIFY_TOKEN", "another")
    assert await asyncio.to_thread(_ended) == 1
    written = capsys.readouterr().out
    [wrong] = [line for line in written.splitlines() if line.startswith("wrong ")]
    assert wrong.endswith(
        f"{WEBHOOK_PATH} answers 403 and not as it should. Check that it leads to Maycall, and"
        " MAYCALL_WHATSAPP_VERIFY_TOKEN."
    )
    for secret in (installation.settings.encryption_key, "demo-app-secret", "EAAB"):
        assert secret not in written

    monkeypatch.setenv("MAYCALL_LOG_LEVEL", "LOUD")
    assert await asyncio.to_thread(_ended) == 1
    assert capsys.readouterr().out == (
        "wrong   settings: MAYCALL_LOG_LEVEL is wrong: it must be DEBUG, INFO, WARNING, ERROR or CRITICAL.\n"
    )


def _ended() -> int:
    try:
        cli.app(["doctor"], standalone_mode=True)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


async def test_it_tells_what_is_wrong_and_how_to_mend_it(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "PATIENCE_SECONDS", 1.0)  # nobody is there who could answer later
    nowhere = f"http://127.0.0.1:{free_port()}"
    found = await installation.findings(encryption_key=new_key())
    assert found[NUMBER][0] is FAILED
    assert found["encryption"][0] is FAILED
    assert "is not among MAYCALL_ENCRYPTION_KEY. docs/secrets.md says what to do." in found["encryption"][1]

    found = await installation.findings(
        public_url=nowhere, broadcast_url="redis://127.0.0.1:1", whatsapp_base_url=nowhere
    )
    assert found["webhook door"][0] is FAILED
    assert found["webhook door"][1].startswith(f"{nowhere} cannot be reached (")
    assert found["broadcaster"] == (
        FAILED,
        "What one server announces, no other hears. Check MAYCALL_BROADCAST_URL, and that what is there runs.",
    )
    assert found[NUMBER][0] is FAILED
    assert found[NUMBER][1].startswith("WhatsApp could not be asked (")
    assert found[NUMBER][1].endswith("Check MAYCALL_WHATSAPP_BASE_URL and the network.")

    empty = await installation.findings(database_url=sqlite_url_of(tmp_path / "empty.db"), public_url=None)
    assert empty["database"] == (FAILED, "The database is not up to date. Run: python -m server migrate")
    assert "encryption" not in empty
    assert empty["webhook door"][0] is WARNING


async def test_a_number_that_meta_no_longer_tells_of_is_told(installation: Installation) -> None:
    base, token = installation.settings.whatsapp_base_url, installation.settings.whatsapp_access_token
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        (await client.delete(f"{base}/{beginnings.SANDBOX_WABA_ID}/subscribed_apps")).raise_for_status()
    found = await installation.findings()
    assert {subject for subject, (verdict, _) in found.items() if verdict is FAILED} == {f"{NUMBER}, webhooks"}


async def test_servers_that_hear_each_other_are_said_to(sqlite_url: str, redis_url: str) -> None:
    settings = Settings(database_url=sqlite_url, sandbox=True, broadcast_url=redis_url)
    found = {found.subject: found async for found in examine(settings)}
    assert found["broadcaster"].verdict is OK
    assert found["broadcaster"].message == "What one server announces, another hears."


async def test_the_clock_of_the_database_is_compared_with_ours(postgresql_url: str) -> None:
    settings = Settings(database_url=postgresql_url, sandbox=True, encryption_key=new_key())
    found = {found.subject: found.verdict async for found in examine(settings)}
    assert (found["clock of the database"], found["business numbers"]) == (OK, WARNING)


@pytest.mark.parametrize(("apart", "verdict"), [(0, OK), (-30, WARNING), (30, WARNING), (-300, FAILED), (300, FAILED)])
async def test_the_clock_of_whatsapp_is_compared_with_ours(sqlite_url: str, apart: int, verdict: Verdict) -> None:
    def answer(_request: Request) -> PlainTextResponse:
        told = datetime.now(UTC) + timedelta(seconds=apart)
        return PlainTextResponse("", headers={"Date": format_datetime(told, usegmt=True)})

    port = free_port()
    known = {"whatsapp_access_token": "t", "whatsapp_app_secret": "s", "whatsapp_verify_token": "v"}
    url = f"http://127.0.0.1:{port}"
    settings = Settings(database_url=sqlite_url, whatsapp_base_url=url, **known)  # type: ignore[arg-type] # texts
    async with served(Starlette(routes=[Route("/{path:path}", answer)]), port):
        found = {found.subject: found.verdict async for found in examine(settings)}
    assert found["clock of WhatsApp"] is verdict
