"""Calls: placed, refused, hung up, and what WhatsApp's own "no" means."""

import pytest
from sqlmodel import col, update

from actions import calls
from actions.calls import Placing
from actions.faults import NotFoundError
from models.call import Call
from models.columns import new_id
from rules.call import CallStatus, Direction
from rules.permission import Status
from rules.refusals import (
    CallAlreadyEnded,
    CallingDisabled,
    CallInProgress,
    CallLimitReached,
    CustomerUnreachable,
    IdempotencyKeyReused,
    NumberRestricted,
    PermissionMissing,
    Refusal,
    RefusedByWhatsApp,
    WhatsAppUnavailable,
)
from tests.ground.house import DAY, HOUR, NOON, OFFER, SECOND, House, open_business
from whatsapp.cloud_api import Recipient, Refused, Unanswered, Unreached
from whatsapp.errors import Code, MetaError
from whatsapp.fake import HungUp, Rung

from . import meta
from .doing import (
    WEEK,
    allow,
    asked,
    calls_of,
    decline,
    hear,
    log_stands_at,
    nothing_written_or_sent,
    permission_of,
    placing,
    ring,
    rung,
    the_call,
    told,
)

# What goes out, and how a call goes


async def test_a_call_is_kept_placed_and_told(house: House) -> None:
    await allow(house)
    before = await log_stands_at(house)

    placed = await rung(house)

    assert house.whatsapp.said == [
        Rung("529183746501122", Recipient("+919812300457", None), OFFER, f"call:{placed.id}")
    ]
    kept = await the_call(house.resources)
    assert (kept.id, kept.status, kept.whatsapp_call_id) == (placed.id, CallStatus.CONNECTING, "wacid.1")
    assert (kept.direction, kept.reserved_at, kept.lease_until) == (Direction.BUSINESS_INITIATED, NOON, None)
    assert (kept.placed_by, kept.token_id) == ("admin", house.admin.token_id)
    assert (await permission_of(house.resources, house.meera)).call_in_progress is True
    assert await told(house, before) == [
        ("CALL", None, "QUEUED", "CALL_PLACED"),
        ("CALL", "QUEUED", "CONNECTING", "CALL_PLACED"),
    ]


async def test_each_step_of_a_call_is_told_once(house: House) -> None:
    await allow(house)
    placed = await rung(house)
    before, opaque = await log_stands_at(house), f"call:{placed.id}"
    steps = [
        meta.connected("wacid.1", NOON, opaque=opaque),
        meta.call_moved("wacid.1", "RINGING", NOON + SECOND, opaque=opaque),
        meta.call_moved("wacid.1", "ACCEPTED", NOON + 5 * SECOND, opaque=opaque),
        meta.terminated("wacid.1", NOON + 65 * SECOND, answered_at=NOON + 5 * SECOND, opaque=opaque),
    ]
    for step in steps:
        await hear(house.resources, step)
        await hear(house.resources, step, step)

    assert await told(house, before) == [
        ("CALL", "CONNECTING", "CONNECTING", "CALL_EVENT"),  # now with the SDP answer
        ("CALL", "CONNECTING", "RINGING", "CALL_EVENT"),
        ("CALL", "RINGING", "IN_PROGRESS", "CALL_EVENT"),
        ("CALL", "IN_PROGRESS", "COMPLETED", "CALL_EVENT"),
    ]
    ended = await the_call(house.resources)
    assert (ended.status, ended.sdp_answer, ended.duration_seconds) == (CallStatus.COMPLETED, meta.SDP_ANSWER, 60)
    assert ended.known.ended_at == NOON + 65 * SECOND
    assert (await permission_of(house.resources, house.meera)).call_in_progress is False


async def test_missed_and_rejected_calls_are_counted_until_one_is_picked_up(house: House) -> None:
    await allow(house)
    streaks = []
    for number, (status, answered) in enumerate([("RINGING", None), ("REJECTED", None), ("ACCEPTED", SECOND)], 1):
        await rung(house)
        house.clock.wait(HOUR)
        now = house.clock.now
        answered_at = now - answered if answered else None
        await hear(house.resources, meta.call_moved(f"wacid.{number}", status, answered_at or now))
        await hear(house.resources, meta.terminated(f"wacid.{number}", now, answered_at=answered_at))
        streaks.append((await permission_of(house.resources, house.meera)).unanswered_streak)

    assert streaks == [1, 2, 0]
    kept = await calls_of(house.resources)
    assert [call.status for call in kept] == [CallStatus.NO_ANSWER, CallStatus.REJECTED, CallStatus.COMPLETED]


async def test_customers_and_numbers_of_another_workspace_are_not_found(house: House) -> None:
    other = await open_business(house.resources, "Other", phone_number_id="2", display_phone_number="+918045550143")
    stranger = await other.customer(phone="+919812300458")
    await allow(house)
    ends = [
        (stranger.id, house.number.id, "customer"),
        (house.meera.id, other.number.id, "business number"),
        (new_id(), house.number.id, "customer"),
    ]
    async with nothing_written_or_sent(house):
        for customer_id, number_id, missing in ends:
            with pytest.raises(NotFoundError, match=f"There is no such {missing}"):
                await calls.start(house.resources, house.admin, Placing(customer_id, number_id, OFFER))


# What stands in the way


async def test_without_a_permission_nobody_is_rung_whatever_the_reason(house: House) -> None:
    async def refused_for(status: Status) -> None:
        async with nothing_written_or_sent(house):
            assert await ring(house) == PermissionMissing(status)

    await refused_for(Status.NOT_REQUESTED)
    await asked(house)
    await refused_for(Status.REQUESTED)
    house.clock.wait(SECOND)
    await decline(house)
    await refused_for(Status.DECLINED)
    house.clock.wait(SECOND)
    await allow(house)
    house.clock.wait(SECOND)
    await decline(house)
    await refused_for(Status.REVOKED)


async def test_a_permission_that_has_run_out_lets_no_call_through_though_no_clock_has_marked_it(house: House) -> None:
    await allow(house)
    house.clock.wait(WEEK - SECOND)
    await rung(house)
    await hear(house.resources, meta.terminated("wacid.1", house.clock.now))

    house.clock.wait(SECOND)
    assert (await permission_of(house.resources, house.meera)).status is Status.TEMPORARY
    async with nothing_written_or_sent(house):
        assert await ring(house) == PermissionMissing(Status.EXPIRED)


async def test_while_a_call_goes_on_there_is_no_second(house: House) -> None:
    await allow(house)
    await rung(house)
    for status in ("RINGING", "ACCEPTED"):
        await hear(house.resources, meta.call_moved("wacid.1", status, NOON))
        async with nothing_written_or_sent(house):
            assert await ring(house) == CallInProgress()

    await hear(house.resources, meta.terminated("wacid.1", NOON + SECOND, answered_at=NOON))
    await rung(house)


async def test_a_call_from_the_customer_is_a_call_in_progress_too(house: House) -> None:
    await allow(house)
    calling = meta.dialled("wacid.theirs", NOON, answered_at=None)
    calling["value"]["calls"][0] |= {"event": "connect"}
    await hear(house.resources, calling)
    async with nothing_written_or_sent(house):
        assert await ring(house) == CallInProgress()


async def test_the_hundred_and_first_connected_call_in_a_day_is_refused_until_the_first_is_a_day_old(
    house: House,
) -> None:
    await allow(house)
    ends = [
        meta.terminated(f"wacid.past{number}", NOON + (number + 1) * SECOND, answered_at=NOON + number * SECOND)
        for number in range(100)
    ]
    house.clock.wait(HOUR)
    await hear(house.resources, *ends)

    async with nothing_written_or_sent(house):
        refused = await ring(house)
    assert isinstance(refused, CallLimitReached)
    assert refused.available_at == NOON + DAY
    assert refused.limit is not None
    assert (refused.limit.period, refused.limit.maximum, refused.limit.used) == (DAY, 100, 100)

    house.clock.now = NOON + DAY
    await rung(house)


async def test_a_number_that_is_switched_off_or_paused_rings_nobody(house: House) -> None:
    await allow(house)
    await hear(house.resources, meta.restricted(NOON + DAY))
    async with nothing_written_or_sent(house):
        assert await ring(house) == NumberRestricted(NOON + DAY)
    await hear(house.resources, meta.switched(NOON, calling=False))
    async with nothing_written_or_sent(house):
        assert await ring(house) == CallingDisabled()


# WhatsApp's own "no"


def no(code: int) -> Refused:
    return Refused(MetaError(code, "", "no"))


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (Code.CALLS_USED_UP, CallLimitReached()),
        (Code.CALLS_STARTED_TODAY, CallLimitReached()),
        (Code.CONCURRENT_CALLS, CallLimitReached()),
        (Code.CALL_RUNNING, CallInProgress()),
        (Code.RECEIVER_UNCALLABLE, CustomerUnreachable()),
        (Code.CALLING_NOT_ENABLED, CallingDisabled()),
        (100, RefusedByWhatsApp(100, "no")),
    ],
)
async def test_what_whatsapp_refuses_is_told_as_what_it_means_and_leaves_the_way_free(
    house: House, code: int, meaning: Refusal
) -> None:
    await allow(house)
    house.whatsapp.will(no(code))
    before = await log_stands_at(house)

    assert await ring(house, key="one") == meaning
    assert await ring(house, key="one") == meaning  # the same key gives the first result again
    assert len(house.whatsapp.rung) == 1

    failed = await the_call(house.resources)
    assert (failed.status, failed.failure, failed.refused_code) == (CallStatus.FAILED, f"{code}: no", code)
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.unanswered_streak) == (Status.TEMPORARY, 0)
    assert await told(house, before) == [
        ("CALL", None, "QUEUED", "CALL_PLACED"),
        ("CALL", "QUEUED", "FAILED", "WHATSAPP"),
    ]
    await rung(house)


async def test_where_whatsapp_knows_of_no_permission_it_is_believed_until_the_customer_allows_again(
    house: House,
) -> None:
    await allow(house)
    house.clock.wait(HOUR)
    house.whatsapp.will(no(Code.NO_PERMISSION))
    before = await log_stands_at(house)

    assert await ring(house) == PermissionMissing(Status.TEMPORARY)  # as we believed it to be

    assert await told(house, before + 1) == [
        ("CALL", "QUEUED", "FAILED", "WHATSAPP"),
        ("CALL_PERMISSION", "TEMPORARY", "REVOKED", "WHATSAPP"),
    ]
    async with nothing_written_or_sent(house):
        assert await ring(house) == PermissionMissing(Status.REVOKED)

    house.clock.wait(SECOND)
    await allow(house)
    await rung(house)


@pytest.mark.parametrize("outcome", [no(Code.CALL_CONNECTION), no(Code.SERVICE_OVERLOADED), Unreached("refused")])
async def test_what_never_happened_frees_its_idempotency_key(house: House, outcome: Refused | Unreached) -> None:
    await allow(house)
    house.whatsapp.will(outcome)
    assert await ring(house, key="one") == WhatsAppUnavailable()

    assert (await rung(house, key="one")).whatsapp_call_id == "wacid.2"


async def test_a_lost_answer_leaves_the_call_queued_and_is_not_asked_for_again(house: House) -> None:
    await allow(house)
    house.whatsapp.will(Unanswered("timed out"))

    placed = await rung(house, key="one")
    again = await rung(house, key="one")

    assert (placed.status, again.id, again.status) == (CallStatus.QUEUED, placed.id, CallStatus.QUEUED)
    async with nothing_written_or_sent(house):
        assert await ring(house) == CallInProgress()


# Idempotency


async def test_the_same_key_with_the_same_input_gives_the_first_call_again(house: House) -> None:
    await allow(house)
    first = await rung(house, key="one")
    await hear(house.resources, meta.terminated("wacid.1", NOON))
    async with nothing_written_or_sent(house):
        again = await rung(house, key="one")
    assert (again.id, again.status) == (first.id, CallStatus.NO_ANSWER)


async def test_the_same_key_with_another_input_is_refused(house: House) -> None:
    await allow(house)
    await allow(house, house.caio)
    await rung(house, key="one")
    others = [placing(house, key="one", offer=f"{OFFER}a=mid:0\r\n"), placing(house, house.caio, key="one")]
    async with nothing_written_or_sent(house):
        for other in others:
            assert await calls.start(house.resources, house.admin, other) == IdempotencyKeyReused()


# Hanging up


async def test_hanging_up_before_the_customer_picks_up_cancels_the_call(house: House) -> None:
    await allow(house)
    placed = await rung(house)
    house.clock.wait(SECOND)
    before = await log_stands_at(house)

    ended = await calls.end(house.resources, house.admin, placed.id)

    assert isinstance(ended, Call)
    assert (ended.status, ended.known.ended_at) == (CallStatus.CANCELLED, NOON + SECOND)
    assert house.whatsapp.hung_up == [HungUp("529183746501122", "wacid.1")]
    assert await told(house, before) == [("CALL", "CONNECTING", "CANCELLED", "HUNG_UP")]
    async with nothing_written_or_sent(house):
        assert await calls.end(house.resources, house.admin, placed.id) == CallAlreadyEnded()


async def test_hanging_up_on_the_customer_completes_the_call_and_whatsapp_s_report_fills_in_the_rest(
    house: House,
) -> None:
    await allow(house)
    placed = await rung(house)
    await hear(house.resources, meta.call_moved("wacid.1", "ACCEPTED", NOON))
    house.clock.wait(60 * SECOND)

    ended = await calls.end(house.resources, house.admin, placed.id)
    assert isinstance(ended, Call)
    assert (ended.status, ended.duration_seconds) == (CallStatus.COMPLETED, None)

    await hear(house.resources, meta.terminated("wacid.1", NOON + 60 * SECOND, answered_at=NOON))
    kept = await the_call(house.resources)
    assert (kept.status, kept.duration_seconds) == (CallStatus.COMPLETED, 60)


async def test_a_call_of_another_workspace_cannot_be_hung_up(house: House) -> None:
    await allow(house)
    placed = await rung(house)
    other = await open_business(house.resources, "Other", phone_number_id="2", display_phone_number="+918045550143")
    async with nothing_written_or_sent(house):
        for call_id in (placed.id, new_id()):
            with pytest.raises(NotFoundError, match="There is no such call"):
                await calls.end(house.resources, other.admin, call_id)


@pytest.mark.parametrize(
    ("outcome", "meaning"),
    [
        (Unreached("refused"), WhatsAppUnavailable()),
        (Unanswered("timed out"), WhatsAppUnavailable()),
        (no(100), RefusedByWhatsApp(100, "no")),
    ],
)
async def test_a_call_that_whatsapp_did_not_end_goes_on(
    house: House, outcome: Refused | Unreached | Unanswered, meaning: Refusal
) -> None:
    await allow(house)
    placed = await rung(house)
    house.whatsapp.will(outcome)
    before = await log_stands_at(house)

    assert await calls.end(house.resources, house.admin, placed.id) == meaning
    assert (await the_call(house.resources)).status is CallStatus.CONNECTING
    assert await log_stands_at(house) == before


async def test_a_call_that_whatsapp_has_not_confirmed_yet_cannot_be_hung_up(house: House) -> None:
    await allow(house)
    house.whatsapp.will(Unanswered("timed out"))
    placed = await rung(house)
    async with nothing_written_or_sent(house):
        assert await calls.end(house.resources, house.admin, placed.id) == WhatsAppUnavailable()


# A call that goes on and on


async def test_a_call_that_goes_on_for_months_still_is_a_call_in_progress(house: House) -> None:
    await allow(house, lasting=None)
    placed = await rung(house)
    async with house.resources.database.writing() as session:
        long_ago = update(Call).where(col(Call.id) == placed.id).values(reserved_at=NOON - 90 * DAY)
        await session.exec(long_ago)
    assert await ring(house) == CallInProgress()
