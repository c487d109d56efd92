"""`python -m server worker`: what wakes by itself, in a process without doors, beside servers."""

import asyncio
import signal

import pytest
from sqlmodel import select

from actions.wires import wire_to
from models.webhook_delivery import WebhookDelivery
from tests.actions import meta
from tests.ground.house import NOON, open_house
from tests.ground.processes import running_worker

from .test_commands import WHATSAPP, Command, command, sentence

__all__ = ["command"]

LONG = 60.0  # seconds: nothing here waits for as long


def fleet(url: str) -> dict[str, str]:
    """Give the settings of a process that shares a PostgreSQL, for both what is kept and what is announced."""
    return WHATSAPP | {"MAYCALL_DATABASE_URL": url, "MAYCALL_BROADCAST_URL": url}


async def test_a_worker_does_what_is_due_and_the_servers_hear_of_it_at_once(postgresql_url: str) -> None:
    async with open_house(postgresql_url, wire_to(postgresql_url)) as house:
        body = meta.delivery(meta.replied("wamid.yes", NOON, to="wamid.1"))
        async with house.resources.feed.listening(house.business.workspace.id) as bell:
            async with house.resources.database.writing() as session:
                session.add(WebhookDelivery(sha256="0", body=body, received_at=NOON, retry_at=NOON))
            async with running_worker(fleet(postgresql_url)):
                assert await bell.heard(LONG)
        async with house.resources.database.reading() as session:
            assert (await session.exec(select(WebhookDelivery.processed_at))).one() is not None


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_a_worker_ends_cleanly_when_it_is_told_to(postgresql_url: str, how: signal.Signals) -> None:
    async with running_worker(fleet(postgresql_url)) as worker, asyncio.timeout(20):
        assert await worker.stop(how) == 0
        assert "Traceback" not in worker.logs()


def test_a_worker_alone_with_its_database_is_told_what_it_needs(command: Command, sqlite_url: str) -> None:
    alone = command({"MAYCALL_SANDBOX": "true", "MAYCALL_DATABASE_URL": sqlite_url}, "worker")
    assert sentence(alone) == (
        "A worker shares a database with servers. It needs MAYCALL_DATABASE_URL=postgresql://…, because SQLite is for a"
        " single process; and MAYCALL_BROADCAST_URL=redis://… or postgresql://…, for the processes to hear of each"
        " other; and no MAYCALL_SANDBOX but MAYCALL_SANDBOX_URL, with the sandbox as a process of its own."
    )


def test_a_worker_starts_on_no_database_that_was_not_migrated(command: Command, bare_postgresql_url: str) -> None:
    told = sentence(command(fleet(bare_postgresql_url), "worker"))
    assert told == "The database is not up to date. Run: python -m server migrate"
