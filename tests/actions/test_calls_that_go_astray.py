"""Calls whose end is lost, calls that others placed, and what unanswered ones lead to."""

from datetime import timedelta

import pytest

from actions import calls, errands
from actions.pair import lock
from rules.call import CallStatus, Direction
from rules.eligibility import Caution, may_call
from rules.limits import PolicyName
from rules.permission import Status
from rules.refusals import CallInProgress, RequestLimitReached
from tests.ground.house import DAY, HOUR, MINUTE, NOON, SECOND, House, open_business
from whatsapp.cloud_api import PermissionState

from . import meta
from .doing import (
    WEEK,
    allow,
    ask,
    asked,
    calls_of,
    everything_of,
    hear,
    log_stands_at,
    permission_of,
    ring,
    rung,
    the_call,
    told,
)

GRANTED = PermissionState(Status.TEMPORARY, NOON + WEEK, (), ())


# Lost ends


@pytest.mark.parametrize(
    ("status", "patience", "end"),
    [
        ("RINGING", 3 * MINUTE, CallStatus.NO_ANSWER),
        ("ACCEPTED", 4 * HOUR, CallStatus.COMPLETED),
        (None, 3 * MINUTE, CallStatus.NO_ANSWER),
    ],
)
async def test_a_call_whose_end_is_never_told_is_closed_and_whatsapp_asked(
    house: House, status: str | None, patience: timedelta, end: CallStatus
) -> None:
    await allow(house)
    house.whatsapp.state = GRANTED
    await rung(house)
    if status:
        await hear(house.resources, meta.call_moved("wacid.1", status, NOON))
    before, goes_on = await log_stands_at(house), (await the_call(house.resources)).status
    assert await calls.next_overdue(house.resources) == NOON + patience

    house.clock.now = NOON + patience - SECOND
    assert await calls.close_overdue(house.resources) == 0
    assert await ring(house) == CallInProgress()
    house.clock.wait(SECOND)
    assert [await calls.close_overdue(house.resources) for _ in range(2)] == [1, 0]

    assert await told(house, before) == [("CALL", goes_on.value, end.value, "OVERDUE")]
    assert (await the_call(house.resources)).known.ended_at == house.clock.now
    permission = await permission_of(house.resources, house.meera)
    assert (permission.call_in_progress, permission.doubtful) == (False, True)
    await errands.run(house.resources)
    assert len(house.whatsapp.consulted) == 1
    await rung(house)


async def test_the_end_that_comes_after_all_wins(house: House) -> None:
    await allow(house)
    await rung(house)
    house.clock.wait(3 * MINUTE)
    await calls.close_overdue(house.resources)
    before = await log_stands_at(house)
    await hear(house.resources, meta.terminated("wacid.1", NOON + 2 * MINUTE, answered_at=NOON + MINUTE))
    call = await the_call(house.resources)
    assert (call.status, call.accepted_at, call.duration_seconds) == (CallStatus.COMPLETED, NOON + MINUTE, 60)
    assert call.known.ended_at == NOON + 2 * MINUTE
    assert [step[1:3] for step in await told(house, before)] == [("NO_ANSWER", "COMPLETED")]


async def test_what_is_dated_later_shows_that_the_call_goes_on(house: House) -> None:
    await allow(house)
    await rung(house)
    house.clock.wait(3 * MINUTE)
    await calls.close_overdue(house.resources)
    house.clock.wait(MINUTE)
    await hear(house.resources, meta.call_moved("wacid.1", "ACCEPTED", house.clock.now))
    assert (await the_call(house.resources)).status is CallStatus.IN_PROGRESS
    house.whatsapp.state = GRANTED
    assert await ring(house) == CallInProgress()
    assert await calls.next_overdue(house.resources) == house.clock.now + 4 * HOUR


async def test_what_is_dated_earlier_and_comes_later_may_show_it_too(house: House) -> None:
    await allow(house)
    await rung(house)
    house.clock.wait(3 * MINUTE)
    await calls.close_overdue(house.resources)
    before = await log_stands_at(house)
    await hear(house.resources, meta.call_moved("wacid.1", "ACCEPTED", NOON + MINUTE))
    assert [step[1:3] for step in await told(house, before)] == [("NO_ANSWER", "IN_PROGRESS")]
    assert await calls.next_overdue(house.resources) == NOON + MINUTE + 4 * HOUR

    await hear(house.resources, meta.terminated("wacid.1", NOON + HOUR, answered_at=NOON + MINUTE))
    call = await the_call(house.resources)
    assert (call.status, call.known.ended_at) == (CallStatus.COMPLETED, NOON + HOUR)


async def test_a_customer_s_call_whose_end_is_never_told_is_closed_too(house: House) -> None:
    calling = meta.dialled("wacid.t", NOON, answered_at=None)
    calling["value"]["calls"][0] |= {"event": "connect"}
    await hear(house.resources, calling)
    house.clock.wait(4 * HOUR - SECOND)
    assert await calls.close_overdue(house.resources) == 0  # that it was answered would not have been told before
    house.clock.wait(SECOND)
    assert await calls.close_overdue(house.resources) == 1
    call = await the_call(house.resources)
    assert (call.direction, call.status) == (Direction.USER_INITIATED, CallStatus.NO_ANSWER)


# Unanswered ones


async def missed(house: House, number: int) -> None:
    house.clock.wait(MINUTE)
    await hear(
        house.resources,
        meta.call_moved(f"wacid.m{number}", "RINGING", house.clock.now),
        meta.terminated(f"wacid.m{number}", house.clock.now),
    )


async def cautions_after(house: House, misses: int) -> list[tuple[Caution, ...]]:
    """Let so many calls be missed; give what there is to caution of before each, and before the next."""
    seen = []
    for number in range(misses + 1):
        async with house.resources.database.writing() as session:
            pair = await lock(
                session, house.business.workspace.id, house.number.id, house.meera.id, house.resources.now
            )
        seen.append(may_call(pair.situation(house.clock.now), house.clock.now).cautions)
        await missed(house, number)
    return seen


NUDGE, REVOCATION = (Caution.NUDGE_IF_UNANSWERED,), (Caution.REVOCATION_IF_UNANSWERED,)


async def test_in_production_the_second_miss_nudges_and_the_fourth_revokes(house: House) -> None:
    await allow(house)
    assert await cautions_after(house, 4) == [(), NUDGE, (), REVOCATION, REVOCATION]
    permission = await permission_of(house.resources, house.meera)
    assert (permission.unanswered_streak, permission.status) == (5, Status.TEMPORARY)  # revoking is WhatsApp's


async def test_for_meta_s_test_numbers_it_is_the_fifth_and_the_tenth(house: House) -> None:
    async with house.resources.database.writing() as session:
        number = await session.get_one(type(house.number), (house.number.workspace_id, house.number.id))
        number.policy = PolicyName.SANDBOX
    await allow(house)
    assert await cautions_after(house, 10) == [(), (), (), (), NUDGE, (), (), (), (), REVOCATION, REVOCATION]


async def test_a_connected_call_ends_the_streak_and_with_it_the_caution(house: House) -> None:
    await allow(house)
    for number in range(3):
        await missed(house, number)
    house.clock.wait(MINUTE)
    await hear(house.resources, meta.dialled("wacid.t", house.clock.now, answered_at=house.clock.now - SECOND))
    assert (await permission_of(house.resources, house.meera)).unanswered_streak == 0
    assert await cautions_after(house, 0) == [()]


# The customer's calls


async def test_a_call_of_the_customer_is_recorded_and_frees_the_requests_once_it_connects(house: House) -> None:
    await asked(house)
    house.clock.wait(HOUR)
    await hear(house.resources, meta.dialled("wacid.t1", house.clock.now, answered_at=None))
    assert isinstance(await ask(house), RequestLimitReached)
    now = house.clock.now
    await hear(house.resources, meta.dialled("wacid.t2", now, answered_at=now - MINUTE))
    await asked(house)

    statuses = [(call.direction, call.status, call.placed_by) for call in await calls_of(house.resources)]
    assert statuses == [
        (Direction.USER_INITIATED, CallStatus.NO_ANSWER, None),
        (Direction.USER_INITIATED, CallStatus.COMPLETED, None),
    ]


async def test_a_call_of_the_customer_does_not_count_as_one_of_ours(house: House) -> None:
    await allow(house)
    house.clock.wait(HOUR)
    ends = [
        meta.dialled(f"wacid.t{number}", NOON + (number + 1) * SECOND, answered_at=NOON + number * SECOND)
        for number in range(100)
    ]
    await hear(house.resources, *ends)
    await rung(house)


@pytest.mark.parametrize("seed", range(4))
async def test_the_events_of_a_call_may_come_in_any_order(house: House, seed: int) -> None:
    await allow(house)
    await rung(house)
    house.clock.wait(HOUR)
    events = [
        meta.connected("wacid.1", NOON + SECOND),
        meta.call_moved("wacid.1", "RINGING", NOON + 2 * SECOND),
        meta.call_moved("wacid.1", "ACCEPTED", NOON + 5 * SECOND),
        meta.terminated("wacid.1", NOON + 65 * SECOND, answered_at=NOON + 5 * SECOND),
    ]
    for said in events[seed:] + events[:seed]:
        await hear(house.resources, said)
    call = await the_call(house.resources)
    assert (call.status, call.ringing_at, call.accepted_at, call.terminated_at, call.sdp_answer) == (
        CallStatus.COMPLETED,
        NOON + 2 * SECOND,
        NOON + 5 * SECOND,
        NOON + 65 * SECOND,
        meta.SDP_ANSWER,
    )


async def test_each_number_of_the_business_has_its_own_calls(house: House) -> None:
    other = await open_business(house.resources, "Other", phone_number_id="2", display_phone_number="+918045550143")
    before = len(await everything_of(house.resources))
    await hear(house.resources, meta.dialled("wacid.t", NOON, answered_at=None))
    call = await the_call(house.resources)
    assert call.business_number_id == house.number.id != other.number.id
    assert len(await everything_of(house.resources)) == before + 1
    house.clock.wait(DAY)
