"""permissionReport as an overview asks for it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event

from actions import reports
from actions.reports import Span
from rules.access import Scope
from tests.actions import meta
from tests.actions.doing import allow, asked, hear, rung
from tests.ground.house import DAY, HOUR, MINUTE, House, open_business
from whatsapp.cloud_api import Taken

from .asking import Api, id_of

REPORT = """query ($from: Date!, $to: Date!, $timezone: String!, $number: ID) {
    permissionReport(from: $from, to: $to, timezone: $timezone, businessNumberId: $number) {
        callableNow runningOutToday runningOutThisWeek totals { ...figures } days { day figures { ...figures } } } }
    fragment figures on PermissionReportFigures { requestsSent allowed declined ignored awaited failed acceptance
        averageTimeToAnswer callsPlaced callsConnected callsMissed }"""
NOTHING = dict.fromkeys(
    (
        "requestsSent",
        "allowed",
        "declined",
        "ignored",
        "awaited",
        "failed",
        "callsPlaced",
        "callsConnected",
        "callsMissed",
    ),
    0,
) | {"acceptance": None, "averageTimeToAnswer": None}


async def report(api: Api, first: str, last: str, timezone: str = "UTC", **more: Any) -> Any:
    return await api.ask(REPORT, **{"from": first, "to": last, "timezone": timezone} | more)


async def test_requests_and_calls_are_counted_on_the_day_of_the_zone(house: House, api: Api) -> None:
    house.clock.wait(8 * HOUR)  # 20:00 UTC: in Kolkata it is tomorrow
    house.whatsapp.will(Taken("wamid.1"), Taken("wamid.2"), Taken("wacid.1"), Taken("wacid.2"))
    await asked(house)
    await asked(house, house.caio)
    house.clock.wait(10 * MINUTE)
    now = house.clock.now
    await hear(house.resources, meta.replied("wamid.y", now, to="wamid.1", expires_at=now + 7 * DAY))
    phone = house.caio.phone or ""
    house.clock.wait(20 * MINUTE)
    await hear(house.resources, meta.replied("wamid.n", house.clock.now, to="wamid.2", yes=False, phone=phone))
    await rung(house)
    await hear(house.resources, meta.terminated("wacid.1", house.clock.now, answered_at=house.clock.now))
    house.clock.wait(HOUR)
    await rung(house)
    await hear(house.resources, meta.terminated("wacid.2", house.clock.now))

    told = await report(api, "2026-11-20", "2026-11-21", "Asia/Kolkata")
    figures = NOTHING | {
        "requestsSent": 2,
        "allowed": 1,
        "declined": 1,
        "acceptance": 0.5,
        "averageTimeToAnswer": "PT1200S",
        "callsPlaced": 2,
        "callsConnected": 1,
        "callsMissed": 1,
    }
    assert told["days"] == [{"day": "2026-11-20", "figures": NOTHING}, {"day": "2026-11-21", "figures": figures}]
    assert told["totals"] == figures
    assert (told["callableNow"], told["runningOutToday"], told["runningOutThisWeek"]) == (1, 0, 1)
    utc = await report(api, "2026-11-20", "2026-11-20")
    assert utc["totals"] == figures


async def test_a_request_without_an_answer_is_awaited_and_then_ignored(house: House, api: Api) -> None:
    await asked(house)
    told = (await report(api, "2026-11-20", "2026-11-20"))["totals"]
    assert told == NOTHING | {"requestsSent": 1, "awaited": 1}
    house.clock.wait(40 * DAY)
    told = (await report(api, "2026-11-20", "2026-11-20"))["totals"]
    assert told == NOTHING | {"requestsSent": 1, "ignored": 1, "acceptance": 0.0}


async def test_permissions_that_run_out_are_counted_by_midnight_of_the_zone(house: House, api: Api) -> None:
    await allow(house, lasting=8 * HOUR)  # until 20:00 UTC, which is 01:30 in Kolkata
    for timezone, today in (("UTC", 1), ("Asia/Kolkata", 0)):
        told = await report(api, "2026-11-20", "2026-11-20", timezone)
        assert (told["callableNow"], told["runningOutToday"], told["runningOutThisWeek"]) == (1, today, 1)
    house.clock.wait(8 * HOUR)
    told = await report(api, "2026-11-20", "2026-11-20")
    assert (told["callableNow"], told["runningOutToday"], told["runningOutThisWeek"]) == (0, 0, 0)


async def test_only_one_numbers_can_be_counted_and_nobody_elses(house: House, api: Api) -> None:
    rival = await open_business(
        house.resources, "Rival", phone_number_id="1002003004005", display_phone_number="+918045550199"
    )
    await asked(house)
    for number, sent in ((house.number, 1), (rival.number, 0)):
        told = await report(api, "2026-11-20", "2026-11-20", number=id_of(number))
        assert told["totals"]["requestsSent"] == sent
    theirs = await api.ask(
        REPORT, rival.secret, **{"from": "2026-11-20", "to": "2026-11-20", "timezone": "UTC", "number": None}
    )
    assert theirs["totals"] == NOTHING


@pytest.mark.parametrize(
    ("first", "last", "timezone"),
    [
        ("2026-11-20", "2026-11-19", "UTC"),
        ("2025-11-20", "2026-11-21", "UTC"),
        ("2026-11-20", "2026-11-20", "Mars/Olympus"),
        ("0001-01-01", "0001-01-01", "Asia/Kolkata"),
        ("9999-12-31", "9999-12-31", "UTC"),
    ],
)
async def test_what_cannot_be_reported_is_told(api: Api, first: str, last: str, timezone: str) -> None:
    code, _ = await api.fault(REPORT, **{"from": first, "to": last, "timezone": timezone, "number": None})
    assert code == "BAD_USER_INPUT"


async def test_a_report_needs_the_scopes_of_what_it_counts(house: House, api: Api) -> None:
    _, secret = await house.business.viewer(Scope.PERMISSIONS_READ)
    given = {"from": "2026-11-20", "to": "2026-11-20", "timezone": "UTC", "number": None}
    assert (await api.fault(REPORT, secret, **given))[0] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("Europe/Berlin", date(2026, 3, 27), date(2026, 3, 30)),
        ("America/Sao_Paulo", date(2018, 11, 2), date(2018, 11, 5)),  # where midnight was left out
        ("Australia/Lord_Howe", date(2026, 4, 3), date(2026, 4, 6)),  # by half an hour
        ("Asia/Kathmandu", date(2026, 1, 1), date(2026, 1, 2)),
        ("America/New_York", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_span_knows_how_far_its_zone_is_ahead_at_any_moment(zone: str, first: date, last: date) -> None:
    span = Span(first, last, ZoneInfo(zone))
    at, offsets = span.begin, list(span.offsets())
    while at < span.end:
        ahead = [seconds for begins, seconds in offsets if begins <= at][-1]
        assert timedelta(seconds=ahead) == at.astimezone(span.zone).utcoffset()
        at += timedelta(minutes=30)
    assert span.begin.astimezone(span.zone).date() == first
    assert span.end.astimezone(span.zone).date() == last + DAY


async def test_the_day_the_clock_is_set_forward_holds_all_its_hours(house: House, api: Api) -> None:
    house.clock.now = datetime.fromisoformat("2027-03-28T00:30:00+01:00")
    await asked(house)
    house.clock.now = datetime.fromisoformat("2027-03-28T23:30:00+02:00")
    await asked(house, house.caio)
    told = await report(api, "2027-03-27", "2027-03-29", "Europe/Berlin")
    assert [day["figures"]["requestsSent"] for day in told["days"]] == [0, 2, 0]


async def test_a_report_takes_four_statements(house: House) -> None:
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        said.append(sql)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        wanted = reports.span(date(2026, 1, 1), date(2026, 12, 31), "Europe/Berlin")
        found = await reports.report(house.resources, house.admin, wanted)
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert len([sql for sql in said if sql.startswith("SELECT")]) == 4
    assert len(found.days) == 365


async def test_who_is_held_to_other_numbers_has_nothing_to_count(house: House) -> None:
    await asked(house)
    await allow(house, house.caio, lasting=DAY)
    wanted = reports.span(date(2026, 11, 20), date(2026, 11, 20), "UTC")
    held = replace(house.admin, numbers=frozenset())
    for number_id in (None, house.number.id):
        found = await reports.report(house.resources, held, wanted, number_id)
        assert (found.totals.sent, found.callable_now, found.running_out_this_week) == (0, 0, 0)
    found = await reports.report(house.resources, house.admin, wanted, house.number.id)
    assert (found.totals.sent, found.callable_now, found.running_out_this_week) == (1, 1, 1)
