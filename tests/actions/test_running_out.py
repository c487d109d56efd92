"""What time brings: told once, with the moment it happened, by the clock or before whatever is newer."""

from datetime import datetime, timedelta

import pytest

from actions import calls, clock, permissions
from actions.calls import end
from models.call import Call
from rules.call import CallStatus
from rules.permission import Status
from rules.request import RequestStatus
from tests.ground.house import DAY, HOUR, MINUTE, NOON, SECOND, House
from whatsapp.cloud_api import Unanswered

from . import meta
from .doing import (
    TEMPLATE,
    WEEK,
    allow,
    ask,
    asked,
    believing,
    hear,
    log_of,
    log_stands_at,
    nothing_written_or_sent,
    permission_of,
    ring,
    rung,
    the_request,
    told,
)

RAN_OUT = ("CALL_PERMISSION", "TEMPORARY", "EXPIRED", "RAN_OUT")


async def moments(house: House, after: int) -> list[datetime]:
    return [change.occurred_at for change in await log_of(house, after)]


# The clock


async def test_a_permission_that_runs_out_is_told_once_with_its_moment(house: House) -> None:
    await allow(house)
    before = await log_stands_at(house)
    house.clock.wait(WEEK - SECOND)
    assert await clock.expire(house.resources) == 0

    house.clock.wait(SECOND + timedelta(milliseconds=300))
    assert [await clock.expire(house.resources) for _ in range(2)] == [1, 0]

    assert await told(house, before) == [RAN_OUT]
    [change] = await log_of(house, before)
    assert (change.occurred_at, change.recorded_at) == (NOON + WEEK, house.clock.now)
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.next_moment) == (Status.EXPIRED, None)


async def test_a_request_that_nobody_answers_dies_a_week_after_its_delivery_and_with_it_the_waiting(
    house: House,
) -> None:
    await asked(house)
    await hear(house.resources, meta.message_moved("wamid.1", "delivered", NOON + HOUR))
    before = await log_stands_at(house)

    house.clock.now = NOON + HOUR + WEEK
    assert await clock.expire(house.resources) == 2

    assert await told(house, before) == [
        ("PERMISSION_REQUEST", "DELIVERED", "EXPIRED", "RAN_OUT"),
        ("CALL_PERMISSION", "REQUESTED", "NOT_REQUESTED", "RAN_OUT"),
    ]
    assert (await the_request(house.resources)).status is RequestStatus.EXPIRED


async def test_a_request_that_was_never_delivered_dies_after_30_days(house: House) -> None:
    await asked(house)
    house.clock.now = NOON + 30 * DAY - SECOND
    assert await clock.expire(house.resources) == 0
    house.clock.wait(SECOND)
    assert await clock.expire(house.resources) == 2


async def test_an_answered_request_dies_a_week_after_its_answer_and_the_permission_stays_what_it_is(
    house: House,
) -> None:
    await asked(house)
    await hear(house.resources, meta.replied("wamid.reply", NOON + HOUR, to="wamid.1"))
    before = await log_stands_at(house)

    house.clock.now = NOON + HOUR + WEEK
    assert await clock.expire(house.resources) == 1
    assert await told(house, before) == [("PERMISSION_REQUEST", "ANSWERED", "EXPIRED", "RAN_OUT")]


async def test_what_ran_out_while_no_server_ran_is_told_in_its_order_each_with_its_own_moment(house: House) -> None:
    await asked(house)
    await hear(house.resources, meta.message_moved("wamid.1", "delivered", NOON))
    await hear(house.resources, meta.replied("wamid.reply", NOON + HOUR, to="wamid.1", expires_at=NOON + 2 * HOUR))
    before = await log_stands_at(house)

    house.clock.now = NOON + 60 * DAY
    assert await clock.expire(house.resources) == 2

    assert await told(house, before) == [RAN_OUT, ("PERMISSION_REQUEST", "ANSWERED", "EXPIRED", "RAN_OUT")]
    assert await moments(house, before) == [NOON + 2 * HOUR, NOON + HOUR + WEEK]


async def test_a_permission_that_runs_out_while_an_answer_is_awaited_is_requested_until_the_request_dies(
    house: House,
) -> None:
    await allow(house, lasting=HOUR)
    house.clock.wait(MINUTE)
    await asked(house)
    await hear(house.resources, meta.message_moved("wamid.1", "delivered", NOON + MINUTE))
    before = await log_stands_at(house)

    house.clock.now = NOON + 60 * DAY
    assert await clock.expire(house.resources) == 3

    assert await told(house, before) == [
        ("CALL_PERMISSION", "TEMPORARY", "REQUESTED", "RAN_OUT"),
        ("PERMISSION_REQUEST", "DELIVERED", "EXPIRED", "RAN_OUT"),
        ("CALL_PERMISSION", "REQUESTED", "EXPIRED", "RAN_OUT"),
    ]
    assert await moments(house, before) == [NOON + HOUR, NOON + MINUTE + WEEK, NOON + MINUTE + WEEK]


async def test_many_that_run_out_at_once_are_all_told(house: House) -> None:
    people = [await house.business.customer(phone=f"+9198123{number:05}") for number in range(120)]
    grants = [
        meta.replied(f"wamid.{number}", NOON, expires_at=NOON + HOUR, phone=person.phone or "")
        for number, person in enumerate(people)
    ]
    await hear(house.resources, *grants)
    before = await log_stands_at(house)

    house.clock.wait(HOUR)
    assert await clock.expire(house.resources) == 120
    assert await told(house, before) == [RAN_OUT] * 120
    assert {change.customer_id for change in await log_of(house, before)} == {person.id for person in people}


async def test_a_grant_that_has_run_out_before_it_was_heard_of_is_never_told_as_alive(house: House) -> None:
    before = await log_stands_at(house)
    house.clock.wait(DAY)
    await hear(house.resources, meta.replied("wamid.late", NOON, expires_at=NOON + HOUR))
    assert await told(house, before) == [("CALL_PERMISSION", "NOT_REQUESTED", "EXPIRED", "CUSTOMER_ANSWERED")]
    assert await clock.expire(house.resources) == 0


# The next moment


async def test_the_next_moment_is_the_earliest_at_which_anything_runs_out(house: House) -> None:
    assert await clock.next_moment(house.resources) is None

    await allow(house, house.caio)
    assert await clock.next_moment(house.resources) == NOON + WEEK

    await hear(house.resources, meta.replied("wamid.hour", NOON + SECOND, expires_at=NOON + HOUR))
    assert await clock.next_moment(house.resources) == NOON + HOUR

    house.clock.wait(HOUR)
    await clock.expire(house.resources)
    assert await clock.next_moment(house.resources) == NOON + WEEK


async def test_a_request_or_call_whose_placer_is_silent_is_looked_after_when_its_lease_ends(house: House) -> None:
    await allow(house, house.caio)
    assert await permissions.next_pick_up(house.resources) is None
    assert await calls.next_give_up(house.resources) is None

    house.whatsapp.will(Unanswered("timed out"), Unanswered("timed out"))
    await ask(house)
    await rung(house, house.caio)

    assert await permissions.next_pick_up(house.resources) == NOON + 2 * house.whatsapp.patience
    assert await calls.next_give_up(house.resources) == NOON + 2 * house.whatsapp.patience


async def test_a_sent_request_is_looked_after_when_it_dies(house: House) -> None:
    await asked(house)
    assert await clock.next_moment(house.resources) == NOON + 30 * DAY
    await hear(house.resources, meta.message_moved("wamid.1", "delivered", NOON))
    assert await clock.next_moment(house.resources) == NOON + WEEK


# Before whatever is newer


async def test_what_ran_out_is_told_before_the_customer_s_newer_word(house: House) -> None:
    await allow(house)
    before = await log_stands_at(house)
    house.clock.wait(WEEK + HOUR)

    await allow(house)

    assert await told(house, before) == [RAN_OUT, ("CALL_PERMISSION", "EXPIRED", "TEMPORARY", "CUSTOMER_ANSWERED")]
    assert await moments(house, before) == [NOON + WEEK, NOON + WEEK + HOUR]
    assert await clock.expire(house.resources) == 0


async def test_what_ran_out_is_told_before_a_newer_request(house: House) -> None:
    await allow(house)
    before = await log_stands_at(house)
    house.clock.wait(WEEK + HOUR)

    await asked(house, content=TEMPLATE)

    assert (await told(house, before))[:2] == [RAN_OUT, ("PERMISSION_REQUEST", None, "QUEUED", "REQUESTED")]


async def test_what_runs_out_while_whatsapp_takes_a_request_is_told_before_it(house: House) -> None:
    await allow(house)
    before = await log_stands_at(house)
    house.clock.wait(WEEK - SECOND)

    async def time_passes() -> None:
        house.clock.wait(2 * SECOND)

    house.whatsapp.meanwhile = lambda _said: time_passes()
    await asked(house, content=TEMPLATE)

    assert await told(house, before) == [
        ("PERMISSION_REQUEST", None, "QUEUED", "REQUESTED"),
        RAN_OUT,
        ("PERMISSION_REQUEST", "QUEUED", "SENT", "REQUESTED"),
        ("CALL_PERMISSION", "EXPIRED", "REQUESTED", "REQUESTED"),
    ]
    assert (await moments(house, before))[1] == NOON + WEEK


async def test_a_refusal_tells_nothing_not_even_what_ran_out(house: House) -> None:
    await allow(house)
    house.clock.wait(WEEK)
    async with nothing_written_or_sent(house):
        await ring(house)
    assert await clock.expire(house.resources) == 1


async def test_what_ran_out_is_told_before_a_newer_call(house: House) -> None:
    await asked(house)
    await hear(house.resources, meta.replied("wamid.reply", NOON, to="wamid.1"))
    before = await log_stands_at(house)
    house.clock.wait(WEEK + HOUR)

    await rung(house)

    assert (await told(house, before))[:2] == [
        ("PERMISSION_REQUEST", "ANSWERED", "EXPIRED", "RAN_OUT"),
        ("CALL", None, "QUEUED", "CALL_PLACED"),
    ]
    assert (await moments(house, before))[0] == NOON + WEEK


async def test_what_runs_out_while_whatsapp_takes_a_call_is_told_before_it(house: House) -> None:
    await allow(house)
    before = await log_stands_at(house)
    house.clock.wait(WEEK - SECOND)

    async def time_passes() -> None:
        house.clock.wait(2 * SECOND)

    house.whatsapp.meanwhile = lambda _said: time_passes()
    await rung(house)

    assert await told(house, before) == [
        ("CALL", None, "QUEUED", "CALL_PLACED"),
        RAN_OUT,
        ("CALL", "QUEUED", "CONNECTING", "CALL_PLACED"),
    ]
    assert (await moments(house, before))[1] == NOON + WEEK


async def test_what_runs_out_during_a_call_is_told_before_its_end(house: House) -> None:
    await allow(house)
    placed = await rung(house)
    before = await log_stands_at(house)
    house.clock.wait(WEEK + HOUR)

    ended = await end(house.resources, house.admin, placed.id)

    assert isinstance(ended, Call)
    assert await told(house, before) == [RAN_OUT, ("CALL", "CONNECTING", "CANCELLED", "HUNG_UP")]


async def test_what_runs_out_before_a_lost_call_is_given_up_is_told_first(house: House) -> None:
    await allow(house)
    house.whatsapp.will(Unanswered("timed out"))
    await rung(house)
    before = await log_stands_at(house)
    house.clock.wait(WEEK)

    await calls.give_up(house.resources)

    assert await told(house, before) == [RAN_OUT, ("CALL", "QUEUED", "FAILED", "INTERRUPTED")]


async def test_what_runs_out_before_a_lost_request_is_found_is_told_first(house: House) -> None:
    await allow(house, lasting=MINUTE)
    house.clock.wait(SECOND)
    house.whatsapp.will(Unanswered("timed out"))
    await ask(house)
    before = await log_stands_at(house)
    house.clock.wait(MINUTE)
    house.whatsapp.state = believing(requests=1)

    await permissions.pick_up(house.resources)

    assert await told(house, before) == [
        RAN_OUT,
        ("PERMISSION_REQUEST", "QUEUED", "SENT", "INTERRUPTED"),
        ("CALL_PERMISSION", "EXPIRED", "REQUESTED", "INTERRUPTED"),
    ]


@pytest.mark.parametrize("steps", [1, 3])
async def test_a_call_that_outlives_its_permission_goes_on(house: House, steps: int) -> None:
    await allow(house)
    await rung(house)
    await hear(house.resources, meta.call_moved("wacid.1", "ACCEPTED", NOON))
    house.clock.wait(WEEK)
    for _ in range(steps):
        await clock.expire(house.resources)
    [call] = [change for change in await log_of(house) if change.kind.value == "CALL"][-1:]
    assert call.status == CallStatus.IN_PROGRESS
