"""`python -m server replay`: stored deliveries under today's rules, for show and in earnest."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update
from typer.testing import CliRunner

from actions import deliveries
from actions.deliveries import Replayed
from models.call import Call
from models.columns import new_id
from models.permission_reply import PermissionReply
from models.webhook_delivery import WebhookDelivery
from rules.call import CallStatus
from rules.permission import Status
from server.cli import app
from tests.actions import meta
from tests.actions.doing import asked, everything_of, hear, log_stands_at, nothing_written_or_sent, permission_of
from tests.actions.sayings import changed_number
from tests.ground.house import DAY, HOUR, NOON, House, open_house

LATER = NOON + HOUR


async def stored(house: House, *said: meta.Change, at: datetime = NOON) -> None:
    """Have a delivery that was kept, but of which an older Maycall made nothing."""
    body = meta.delivery(*said)
    async with house.resources.database.writing() as session:
        session.add(WebhookDelivery(id=new_id(), sha256=str(hash(body)), body=body, received_at=at, processed_at=at))


async def replayed(house: House, since: datetime = NOON, *, dry_run: bool = False) -> list[Replayed]:
    return [one async for one in deliveries.replay(house.resources, since, dry_run=dry_run)]


def steps(shown: list[Replayed]) -> list[list[tuple[str, str | None, str | None]]]:
    return [[(change.kind.value, change.previous_status, change.status) for change in one.changes] for one in shown]


async def what_was_not_understood(house: House) -> None:
    """Keep a yes and the end of a call, of which nothing was made, and something that is not for us."""
    await asked(house)
    await stored(house, meta.replied("wamid.yes", NOON, to="wamid.1", expires_at=NOON + 7 * DAY), at=NOON)
    await stored(house, meta.terminated("wacid.o", LATER, answered_at=NOON), {"field": "flows", "value": {}}, at=LATER)
    house.clock.now = LATER + HOUR


YES = [("PERMISSION_REQUEST", "SENT", "ANSWERED"), ("CALL_PERMISSION", "REQUESTED", "TEMPORARY")]
CALL = [("CALL", None, "COMPLETED")]


async def test_a_dry_run_changes_nothing_and_says_what_it_would(house: House) -> None:
    await what_was_not_understood(house)
    async with nothing_written_or_sent(house):
        shown = await replayed(house, dry_run=True)
    assert steps(shown) == [YES, CALL]
    assert [one.received_at for one in shown] == [NOON, LATER]
    assert [one.skipped for one in shown] == [(), ("entry 0, change 1: the field 'flows' is not known",)]


async def test_a_real_one_does_it_and_a_second_one_changes_nothing_more(house: House) -> None:
    await what_was_not_understood(house)
    assert steps(await replayed(house)) == [YES, CALL]
    assert (await permission_of(house.resources, house.meera)).status is Status.TEMPORARY
    before, logged = await everything_of(house.resources), await log_stands_at(house)

    assert steps(await replayed(house)) == [[], []]
    assert (await everything_of(house.resources), await log_stands_at(house)) == (before, logged)


async def test_what_was_recorded_once_is_not_recorded_again(house: House) -> None:
    house.clock.now = LATER
    await hear(house.resources, meta.replied("wamid.yes", NOON), meta.dialled("wacid.t", LATER, answered_at=NOON))
    await hear(house.resources, meta.restricted(LATER + DAY), meta.switched(LATER, calling=False))
    await hear(house.resources, changed_number("wamid.s", LATER, old=meta.MEERAS_PHONE, new="+919812300999"))
    assert steps(await replayed(house)) == [[], [], []]
    async with house.resources.database.reading() as session:
        assert len((await session.exec(select(PermissionReply))).all()) == 1


async def test_only_what_was_received_since_then_is_replayed(house: House) -> None:
    await what_was_not_understood(house)
    assert steps(await replayed(house, LATER, dry_run=True)) == [CALL]
    assert await replayed(house, LATER + timedelta(seconds=1)) == []


async def test_many_deliveries_are_replayed_in_the_order_in_which_they_came(house: House) -> None:
    for number in range(102):
        said = meta.message_moved(f"wamid.{number}", "sent", NOON)
        await stored(house, said, at=NOON + (101 - number) * timedelta(seconds=1))
    shown = await replayed(house, dry_run=True)
    assert [one.received_at for one in shown] == [NOON + number * timedelta(seconds=1) for number in range(102)]


async def test_a_delivery_that_cannot_be_recorded_keeps_no_other_from_being_replayed(house: House) -> None:
    await stored(house, meta.replied("wamid.yes", NOON), at=LATER)
    async with house.resources.database.writing() as session:
        session.add(WebhookDelivery(id=new_id(), sha256="none", body=b"[]", received_at=NOON, processed_at=NOON))
    shown = await replayed(house)
    assert [one.skipped for one in shown] == [
        ("The body is not a webhook delivery: it has no list of entries.",),
        (),
    ]
    assert (await permission_of(house.resources, house.meera)).status is Status.PERMANENT


async def test_a_call_that_was_closed_as_overdue_gets_its_end_by_a_replay(house: House) -> None:
    await stored(house, meta.terminated("wacid.o", NOON + HOUR, answered_at=NOON), at=LATER)
    await hear(house.resources, meta.call_moved("wacid.o", "ACCEPTED", NOON))
    async with house.resources.database.writing() as session:
        overdue = {"overdue_at": NOON + 4 * HOUR, "status": CallStatus.COMPLETED}
        await session.exec(update(Call).where(col(Call.whatsapp_call_id) == "wacid.o").values(overdue))
    assert steps(await replayed(house, LATER)) == [[("CALL", "COMPLETED", "COMPLETED")]]


async def test_a_call_of_long_ago_is_found_again(house: House) -> None:
    events = meta.call_moved("wacid.o", "ACCEPTED", NOON), meta.terminated("wacid.o", LATER, answered_at=NOON)
    await hear(house.resources, *events)
    house.clock.wait(90 * DAY)
    assert [(one.skipped, list(one.changes)) for one in await replayed(house)] == [((), [])]


# The command


Said = Callable[..., str]


@pytest.fixture
def said(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Said:
    """Give what the command line says, in a house where two deliveries wait to be understood."""

    async def in_house(work: Callable[[House], Coroutine[Any, Any, None]]) -> None:
        async with open_house(database_url) as house:
            await work(house)

    asyncio.run(in_house(what_was_not_understood))
    monkeypatch.setenv("MAYCALL_DATABASE_URL", database_url)
    monkeypatch.setenv("MAYCALL_SANDBOX", "true")

    def said(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["replay", *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    return said


def test_the_command_prints_what_would_change_and_then_what_changes_and_then_nothing(said: Said) -> None:
    dry = said("--since", "2026-11-20", "--dry-run")
    lines = dry.splitlines()
    assert [line.partition(": ")[2] for line in lines[:3]] == [
        "SENT → ANSWERED",
        "REQUESTED → TEMPORARY",
        "new → COMPLETED",
    ]
    assert lines[0].startswith("2026-11-20 12:00:00  PERMISSION_REQUEST ")
    assert lines[2].startswith("2026-11-20 13:00:00  CALL ")
    assert lines[3] == "2026-11-20 13:00:00  skipped: entry 0, change 1: the field 'flows' is not known"
    assert lines[4:] == ["2 deliveries would change 3 things; 1 parts were skipped."]

    real = said("--since", "2026-11-20").splitlines()
    assert [line.partition(": ")[2] for line in real[:2]] == [line.partition(": ")[2] for line in lines[:2]]
    assert real[4:] == ["2 deliveries changed 3 things; 1 parts were skipped."]

    again = said("--since", "2026-11-20").splitlines()
    assert again[1:] == ["2 deliveries changed 0 things; 1 parts were skipped."]


def test_the_command_takes_a_time_of_day_in_utc(said: Said) -> None:
    assert said("--since", "2026-11-20T13:00:00", "--dry-run").splitlines()[-1].startswith("1 deliveries would change")
    assert datetime(2026, 11, 20, 13, tzinfo=UTC) == LATER
