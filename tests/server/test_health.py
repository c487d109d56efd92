"""What orchestrators are told: whether the process lives, whether it can serve, and what is not as it should be."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from actions import clock
from models.database import Database
from server import health, scheduler
from server.app import create_app
from server.health import Health
from server.leaving import Leaving
from server.scheduler import Duty, Pulse
from tests.ground.redis_server import RedisServer

from .test_app import OWN_URL, real

Told = tuple[int, str, dict[str, Any]]


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def running(
    database_url: str, folder: Path, *, broadcast_url: str = "memory://", goes_by: Callable[[], datetime] = now
) -> AsyncIterator[httpx.AsyncClient]:
    settings = real(database_url).model_copy(update={"broadcast_url": broadcast_url})
    app = create_app(settings, OWN_URL, folder, clock=goes_by)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=OWN_URL) as client,
    ):
        yield client


async def ready(client: httpx.AsyncClient) -> Told:
    answer = await client.get("/health/ready")
    told = answer.json()
    return answer.status_code, told["status"], told.get("checks", {})


def amiss(checks: dict[str, Any]) -> dict[str, str]:
    """Give what is not as it should be."""
    return {name: check["says"] for name, check in checks.items() if not check["ok"]}


async def test_health_is_told_to_whoever_asks(database_url: str, tmp_path: Path) -> None:
    async with running(database_url, tmp_path) as client:
        live = await client.get("/health/live")
        assert (live.status_code, live.json()) == (200, {"status": "live"})
        status, word, checks = await ready(client)
        assert (status, word, amiss(checks)) == (200, "ready", {})
        assert set(checks) == {"database", "tables", "announcements", "scheduler", "clock"}


async def test_a_server_without_its_database_lives_but_is_not_ready(tmp_path: Path) -> None:
    async with running("postgresql://nobody@127.0.0.1:1/none", tmp_path) as client:
        assert (await client.get("/health/live")).status_code == 200
        status, word, checks = await ready(client)
        assert (status, word, amiss(checks)["database"]) == (503, "unready", "It cannot be used.")


async def test_a_database_that_hangs_does_not_hang_the_probes_and_is_asked_once(
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        resources = create_app(
            real(f"postgresql://nobody@127.0.0.1:{mute.getsockname()[1]}/none"), OWN_URL, tmp_path
        ).state.resources
        own = Health(resources, Leaving(), Pulse(), patience_seconds=0.05)
        app = Starlette(routes=[])
        app.add_route("/health/ready", own.ready)
        async with (
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=OWN_URL) as client,
            asyncio.timeout(60),
        ):
            told = await asyncio.gather(*(ready(client) for _ in range(5)))
        for status, word, checks in told:
            assert (status, word) == (503, "unready")
            assert amiss(checks) == {"database": "It did not answer within 0.05 seconds."}
        mute.settimeout(0)
        mute.accept()[0].close()
        with pytest.raises(BlockingIOError):
            mute.accept()
        async with own.running():
            pass
        await resources.database.close()


async def test_tables_that_this_version_cannot_work_with_make_it_unready(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    async with running(database_url, tmp_path) as client:
        for revision, expected in (("0001", 503), ("calls-9999", 503), ("9999", 200)):
            async with database.engine.begin() as connection:
                await connection.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": revision})
            status, _, checks = await ready(client)
            assert (status, set(amiss(checks))) == (expected, set() if expected == 200 else {"tables"})
    await database.close()


async def test_a_server_without_its_broadcaster_is_ready_and_says_what_is_late_until_it_is_back(
    sqlite_url: str, tmp_path: Path, redis: RedisServer
) -> None:
    redis.kill()
    async with running(sqlite_url, tmp_path, broadcast_url=redis.url) as client, asyncio.timeout(60):
        status, word, checks = await ready(client)
        assert (status, word) == (200, "degraded")
        assert amiss(checks) == {"announcements": "The broadcaster is not reached: changes by other servers come late."}
        redis.start()
        while (await ready(client))[1] == "degraded":
            pass
        assert (await ready(client))[1] == "ready"


@pytest.mark.parametrize("wrong", [timedelta(seconds=-30), timedelta(seconds=30)])
async def test_a_clock_that_is_not_the_database_s_is_said(
    postgresql_url: str, tmp_path: Path, wrong: timedelta
) -> None:
    async with running(postgresql_url, tmp_path, goes_by=lambda: now() + wrong) as client:
        status, word, checks = await ready(client)
        assert (status, word, set(amiss(checks))) == (200, "degraded", {"clock"})
        assert "permissions end too soon or too late" in amiss(checks)["clock"]


async def test_a_duty_that_fails_or_is_stuck_is_said_and_nobody_is_turned_away_for_it(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def stay(_resources: object) -> int:
        begun.set()
        await over.wait()
        raise LookupError("nothing to tell with")

    async def due(_resources: object) -> datetime:
        return now()

    monkeypatch.setattr(scheduler, "DUTIES", (Duty("tell", due, stay), Duty("record", clock.next_moment, clock.expire)))
    monkeypatch.setattr(health, "LONGEST_ROUND_SECONDS", 0.0)
    async with running(sqlite_url, tmp_path) as client, asyncio.timeout(60):
        await begun.wait()
        # Again where it meets the other duty at work, or a machine that stands still.
        stuck = {"scheduler": "At one and the same for 0 seconds: tell."}
        while (answer := await ready(client))[:2] != (200, "degraded") or amiss(answer[2]) != stuck:
            pass
        monkeypatch.setattr(health, "LONGEST_ROUND_SECONDS", 120.0)
        over.set()
        failed = {"scheduler": "Failed when last tried: tell."}
        while (answer := await ready(client))[:2] != (200, "degraded") or amiss(answer[2]) != failed:
            pass


async def test_a_process_whose_scheduler_has_ended_is_dead_unless_it_leaves(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ends(_resources: object, _leaving: object, pulse: Pulse) -> None:
        pulse.ended = True

    monkeypatch.setattr(scheduler, "run", ends)
    leaving = Leaving()
    app = create_app(real(sqlite_url), OWN_URL, tmp_path, leaving=leaving)
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=OWN_URL) as client:
        await asyncio.sleep(0)
        assert (await client.get("/health/live")).status_code == 503
        assert amiss((await ready(client))[2]) == {"scheduler": "It has ended. Start this process anew."}
        leaving.begin()
        assert (await client.get("/health/live")).status_code == 200
        assert (await ready(client))[:2] == (503, "leaving")
