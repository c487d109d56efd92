"""A server that dies while it places a call: nobody is rung twice, and what is heard of the call later wins."""

import pytest

from actions import calls
from rules.call import CallStatus
from rules.permission import Status
from rules.refusals import CallInProgress
from tests.ground.house import NOON, SECOND, House
from whatsapp.cloud_api import Taken, Unanswered
from whatsapp.fake import Rung

from . import meta
from .doing import (
    Killed,
    allow,
    hear,
    log_stands_at,
    only_for,
    permission_of,
    restarted,
    ring,
    rung,
    the_call,
    told,
)

LOST = "The server lost touch with WhatsApp while placing the call."


async def die_placing_a_call(house: House, *, key: str | None = None) -> None:
    """Reserve the call, and be gone before WhatsApp's answer is written down."""
    await allow(house)
    house.whatsapp.will(Killed())
    with pytest.raises(Killed):
        await ring(house, key=key)


async def test_while_the_lease_runs_nobody_gives_the_call_up(house: House) -> None:
    await die_placing_a_call(house)
    async with restarted(house) as later:
        later.clock.wait(2 * later.whatsapp.patience - SECOND)
        assert await calls.give_up(later.resources) == 0
        assert await ring(later) == CallInProgress()

        later.clock.wait(SECOND)
        assert await calls.give_up(later.resources) == 1
        assert await calls.give_up(later.resources) == 0


async def test_a_call_that_nothing_is_heard_of_has_failed_and_is_never_rung_again(house: House) -> None:
    await die_placing_a_call(house, key="one")
    before = await log_stands_at(house)
    async with restarted(house) as later:
        later.clock.wait(2 * later.whatsapp.patience)
        await calls.give_up(later.resources)

        lost = await the_call(later.resources)
        assert (lost.status, lost.failure, lost.known.ended_at) == (CallStatus.FAILED, LOST, later.clock.now)
        assert lost.lease_until is None
        assert await told(later, before) == [("CALL", "QUEUED", "FAILED", "INTERRUPTED")]
        permission = await permission_of(later.resources, later.meera)
        assert (permission.status, permission.unanswered_streak) == (Status.TEMPORARY, 0)

        assert (await rung(later, key="one")).id == lost.id
        assert len(later.whatsapp.rung) == 1
        await rung(later, key="two")
        assert len(later.whatsapp.rung) == 2


async def test_events_that_come_before_the_lease_ends_bring_the_call_to_life(house: House) -> None:
    await die_placing_a_call(house)
    async with restarted(house) as later:
        opaque = later.whatsapp.rung[0].opaque
        await hear(later.resources, meta.call_moved("wacid.1", "RINGING", NOON, opaque=opaque))
        later.clock.wait(2 * later.whatsapp.patience)

        assert await calls.give_up(later.resources) == 0
        alive = await the_call(later.resources)
        assert (alive.status, alive.whatsapp_call_id, alive.failure) == (CallStatus.RINGING, "wacid.1", None)


async def test_events_that_come_after_it_was_given_up_win(house: House) -> None:
    await die_placing_a_call(house)
    before = await log_stands_at(house)
    async with restarted(house) as later:
        opaque = later.whatsapp.rung[0].opaque
        later.clock.wait(2 * later.whatsapp.patience)
        await calls.give_up(later.resources)
        late = NOON + 60 * SECOND

        await hear(later.resources, meta.call_moved("wacid.1", "ACCEPTED", late, opaque=opaque))
        alive = await the_call(later.resources)
        assert (alive.status, alive.failure, alive.known.ended_at) == (CallStatus.IN_PROGRESS, None, None)
        assert await ring(later) == CallInProgress()

        await hear(later.resources, meta.terminated("wacid.1", late + 9 * SECOND, answered_at=late, opaque=opaque))
        ended = await the_call(later.resources)
        assert (ended.status, ended.failure, ended.duration_seconds) == (CallStatus.COMPLETED, None, 9)
        assert ended.known.ended_at == late + 9 * SECOND
        assert await told(later, before) == [
            ("CALL", "QUEUED", "FAILED", "INTERRUPTED"),
            ("CALL", "FAILED", "IN_PROGRESS", "CALL_EVENT"),
            ("CALL", "IN_PROGRESS", "COMPLETED", "CALL_EVENT"),
        ]


async def test_a_call_that_whatsapp_failed_after_it_was_given_up_shows_whatsapp_s_reason(house: House) -> None:
    await die_placing_a_call(house)
    async with restarted(house) as later:
        later.clock.wait(2 * later.whatsapp.patience)
        await calls.give_up(later.resources)
        opaque = later.whatsapp.rung[0].opaque
        await hear(later.resources, meta.terminated("wacid.1", NOON + SECOND, code=138021, opaque=opaque))

        failed = await the_call(later.resources)
        assert (failed.status, failed.failure) == (CallStatus.FAILED, "138021: No media")
        assert failed.known.ended_at == NOON + SECOND


async def test_an_answer_that_comes_after_all_wins_over_having_given_up(house: House) -> None:
    await allow(house)

    async def be_slow() -> None:
        house.clock.wait(2 * house.whatsapp.patience)
        async with restarted(house) as other:
            assert await calls.give_up(other.resources) == 1

    house.whatsapp.meanwhile = only_for(Rung, be_slow)
    placed = await rung(house)

    assert (placed.status, placed.whatsapp_call_id, placed.failure) == (CallStatus.CONNECTING, "wacid.1", None)
    assert (await the_call(house.resources)).status is CallStatus.CONNECTING


async def test_a_lost_answer_is_found_by_the_call_s_events(house: House) -> None:
    await allow(house)
    house.whatsapp.will(Unanswered("timed out"))
    placed = await rung(house)
    assert placed.status is CallStatus.QUEUED

    await hear(house.resources, meta.connected("wacid.1", NOON, opaque=f"call:{placed.id}"))

    kept = await the_call(house.resources)
    assert (kept.status, kept.whatsapp_call_id, kept.sdp_answer) == (CallStatus.CONNECTING, "wacid.1", meta.SDP_ANSWER)


async def test_events_overtake_the_answer_to_the_call_they_are_of(house: House) -> None:
    await allow(house)
    before = await log_stands_at(house)

    async def overtake() -> None:
        opaque = house.whatsapp.rung[0].opaque
        await hear(
            house.resources,
            meta.connected("wacid.1", NOON, opaque=opaque),
            meta.call_moved("wacid.1", "RINGING", NOON, opaque=opaque),
        )

    house.whatsapp.meanwhile = only_for(Rung, overtake)
    placed = await rung(house)

    assert (placed.status, placed.whatsapp_call_id) == (CallStatus.RINGING, "wacid.1")
    assert [step[1:3] for step in await told(house, before)] == [
        (None, "QUEUED"),
        ("QUEUED", "CONNECTING"),
        ("CONNECTING", "RINGING"),
    ]


async def test_events_without_our_own_id_overtake_the_answer_too(house: House) -> None:
    await allow(house)
    house.whatsapp.will(Taken("wacid.theirs"))

    async def overtake() -> None:
        await hear(house.resources, meta.call_moved("wacid.theirs", "RINGING", NOON))

    house.whatsapp.meanwhile = only_for(Rung, overtake)
    placed = await rung(house)

    assert (placed.status, placed.whatsapp_call_id) == (CallStatus.RINGING, "wacid.theirs")
    assert (await the_call(house.resources)).id == placed.id


async def test_a_call_of_another_system_of_the_business_is_not_taken_for_ours(house: House) -> None:
    await allow(house)

    async def overtake() -> None:
        await hear(house.resources, meta.call_moved("wacid.another", "RINGING", NOON, opaque="another system's"))

    house.whatsapp.meanwhile = only_for(Rung, overtake)
    placed = await rung(house)

    assert (placed.status, placed.whatsapp_call_id) == (CallStatus.CONNECTING, "wacid.1")
