"""Asking WhatsApp what it believes: by hand, before a call, and by itself; and settling where we differ."""

from datetime import datetime, timedelta

import pytest

from actions import errands, verification
from actions.faults import NotFoundError
from actions.verification import Difference
from models.columns import new_id
from rules.permission import Source, Status
from rules.refusals import (
    CallLimitReached,
    CustomerUnreachable,
    PermissionMissing,
    Refusal,
    RequestLimitReached,
    WhatsAppUnavailable,
)
from tests.ground.house import DAY, HOUR, MINUTE, NOON, SECOND, House, open_business
from whatsapp.cloud_api import PermissionState, Recipient, Refused, Unanswered, Unreached, Use
from whatsapp.errors import Code, MetaError
from whatsapp.fake import StateAsked

from . import meta
from .doing import (
    WEEK,
    allow,
    ask,
    asked,
    decline,
    everything_of,
    hear,
    log_stands_at,
    only_for,
    permission_of,
    refreshed,
    ring,
    rung,
    told,
)

State = PermissionState | Refused | Unreached | Unanswered
LATER = NOON + HOUR


def temporary(until: datetime | None = NOON + WEEK, requests: tuple[Use, ...] = ()) -> PermissionState:
    return PermissionState(Status.TEMPORARY, until, requests, ())


PERMANENT = PermissionState(Status.PERMANENT, None, (), ())
NOTHING = PermissionState(Status.NOT_REQUESTED, None, (), ())


# Where we agree


@pytest.mark.parametrize(
    ("believed", "state"), [("temporary", temporary()), ("permanent", PERMANENT), ("declined", NOTHING), ("", NOTHING)]
)
async def test_where_whatsapp_agrees_nothing_changes_but_when_it_was_asked(
    house: House, believed: str, state: PermissionState
) -> None:
    if believed == "declined":
        await decline(house)
    elif believed:
        await allow(house, lasting=WEEK if believed == "temporary" else None)
    house.clock.now, house.whatsapp.state = LATER, state
    before, logged = await permission_of(house.resources, house.meera), await log_stands_at(house)

    verified = await refreshed(house)

    after = await permission_of(house.resources, house.meera)
    assert (verified.differences, await log_stands_at(house)) == ((), logged)
    assert (after.status, after.granted_at, after.expires_at, after.known.source) == (
        before.status,
        before.granted_at,
        before.expires_at,
        before.known.source,
    )
    assert (after.verified_at, after.doubtful) == (LATER, False)
    assert (before.verified_at, verified.permission.verified_at) == (None, LATER)


async def test_a_permission_that_ran_out_and_that_whatsapp_does_not_know_any_more_is_agreed_on(house: House) -> None:
    await allow(house)
    house.clock.wait(WEEK + SECOND)
    assert (await refreshed(house)).differences == ()
    assert (await permission_of(house.resources, house.meera)).status is Status.EXPIRED


async def test_a_request_that_awaits_its_answer_is_no_difference(house: House) -> None:
    await asked(house)
    house.clock.now = LATER
    assert (await refreshed(house)).differences == ()
    assert (await permission_of(house.resources, house.meera)).status is Status.REQUESTED


# Where we differ


@pytest.mark.parametrize(
    ("lasting", "state", "difference", "step"),
    [
        (WEEK, NOTHING, Difference("status", "TEMPORARY", "no permission"), ("TEMPORARY", "REVOKED")),
        (None, NOTHING, Difference("status", "PERMANENT", "no permission"), ("PERMANENT", "REVOKED")),
        (WEEK, PERMANENT, Difference("status", "TEMPORARY", "PERMANENT"), ("TEMPORARY", "PERMANENT")),
        (None, temporary(), Difference("status", "PERMANENT", "TEMPORARY"), ("PERMANENT", "TEMPORARY")),
        (
            WEEK,
            temporary(NOON + DAY),
            Difference("expiresAt", "2026-11-27T12:00:00+00:00", "2026-11-21T12:00:00+00:00"),
            ("TEMPORARY", "TEMPORARY"),
        ),
        (
            timedelta(minutes=30),
            temporary(NOON + DAY),
            Difference("status", "EXPIRED", "TEMPORARY"),
            ("EXPIRED", "TEMPORARY"),
        ),
    ],
)
async def test_each_difference_is_told_taken_over_and_logged(
    house: House,
    lasting: timedelta | None,
    state: PermissionState,
    difference: Difference,
    step: tuple[str, str],
) -> None:
    await allow(house, lasting=lasting)
    house.clock.now, house.whatsapp.state = LATER, state
    before = await log_stands_at(house)

    verified = await refreshed(house)

    assert verified.differences == (difference,)
    changes = await told(house, before)
    assert changes[-1] == ("CALL_PERMISSION", *step, "VERIFIED")
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status.value, permission.verified_at) == (step[1], LATER)
    assert permission.status is not state.status or permission.expires_at == state.expires_at
    house.clock.wait(MINUTE)
    assert (await refreshed(house)).differences == ()


@pytest.mark.parametrize("declined", [False, True])
async def test_a_permission_that_we_never_heard_of_is_taken_over_with_whatsapp_as_its_source(
    house: House,
    declined: bool,  # noqa: FBT001 pytest names it
) -> None:
    if declined:
        await decline(house)
    house.clock.now, house.whatsapp.state = LATER, temporary()
    [difference] = (await refreshed(house)).differences
    assert (difference.believed, difference.whatsapp) == ("DECLINED" if declined else "NOT_REQUESTED", "TEMPORARY")
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.expires_at) == (Status.TEMPORARY, NOON + WEEK)
    assert permission.known.source is Source.WHATSAPP
    await rung(house)


async def test_what_whatsapp_knows_nothing_of_was_not_declined(house: House) -> None:
    house.clock.now = LATER
    assert (await refreshed(house)).differences == ()
    assert (await permission_of(house.resources, house.meera)).status is Status.NOT_REQUESTED


async def test_a_temporary_permission_whose_end_whatsapp_does_not_tell_ends_as_we_know_it_to(house: House) -> None:
    await allow(house)
    house.clock.now, house.whatsapp.state = LATER, temporary(None)
    assert (await refreshed(house)).differences == ()
    assert (await permission_of(house.resources, house.meera)).expires_at == NOON + WEEK


async def test_a_temporary_permission_whose_end_nobody_knows_ends_as_late_as_it_can(house: House) -> None:
    house.clock.now, house.whatsapp.state = LATER, temporary(None)
    await refreshed(house)
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.expires_at) == (Status.TEMPORARY, LATER + WEEK)


@pytest.mark.parametrize(
    ("state", "meaning"),
    [
        (Unreached("refused"), WhatsAppUnavailable()),
        (Unanswered("timed out"), WhatsAppUnavailable()),
        (Refused(MetaError(Code.QUERY_RATE_LIMIT, "", "no")), WhatsAppUnavailable()),
        (Refused(MetaError(Code.RECEIVER_UNCALLABLE, "", "no")), CustomerUnreachable()),
    ],
)
async def test_where_whatsapp_does_not_tell_nothing_changes(house: House, state: State, meaning: Refusal) -> None:
    await allow(house)
    house.clock.now, house.whatsapp.state = LATER, state
    before, logged = await everything_of(house.resources), await log_stands_at(house)

    refused = await verification.refresh(house.resources, house.admin, house.number.id, house.meera.id)

    assert refused == meaning
    assert (await everything_of(house.resources), await log_stands_at(house)) == (before, logged)


async def test_a_customer_or_number_of_another_workspace_is_not_found_and_not_asked_about(house: House) -> None:
    other = await open_business(house.resources, "Other", phone_number_id="2", display_phone_number="+918045550143")
    stranger = await other.customer(phone="+919812300458")
    for number_id, customer_id in (
        (house.number.id, stranger.id),
        (other.number.id, house.meera.id),
        (house.number.id, new_id()),
    ):
        with pytest.raises(NotFoundError, match="There is no such"):
            await verification.refresh(house.resources, house.admin, number_id, customer_id)
    assert house.whatsapp.said == []


# Meanwhile


async def test_a_yes_that_comes_while_whatsapp_is_asked_is_not_overruled_by_its_older_answer(house: House) -> None:
    async def meanwhile() -> None:
        house.clock.wait(2 * SECOND)
        await allow(house)
        house.clock.wait(2 * SECOND)

    house.whatsapp.meanwhile = only_for(StateAsked, meanwhile)
    await refreshed(house)
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.verified_at) == (Status.TEMPORARY, NOON)


async def test_a_yes_that_comes_while_whatsapp_is_asked_for_its_count_is_not_overruled_either(house: House) -> None:
    async def meanwhile() -> None:
        house.clock.wait(2 * SECOND)
        await allow(house)
        house.clock.wait(2 * SECOND)

    house.whatsapp.will(Refused(MetaError(Code.REQUESTS_USED_UP, "", "no")))
    house.whatsapp.meanwhile = only_for(StateAsked, meanwhile)
    assert isinstance(await ask(house), RequestLimitReached)
    assert (await permission_of(house.resources, house.meera)).status is Status.TEMPORARY


async def test_a_permission_that_runs_out_while_whatsapp_is_asked_has_expired_and_was_not_revoked(house: House) -> None:
    async def meanwhile() -> None:
        house.clock.wait(2 * SECOND)

    await allow(house, lasting=2 * SECOND)
    house.clock.wait(SECOND)
    house.whatsapp.meanwhile = only_for(StateAsked, meanwhile)
    await refreshed(house)
    assert (await permission_of(house.resources, house.meera)).status is Status.EXPIRED


async def test_a_call_that_connects_while_whatsapp_is_asked_frees_the_requests_all_the_same(house: House) -> None:
    async def meanwhile() -> None:
        house.clock.wait(MINUTE)
        await hear(house.resources, meta.dialled("wacid.t", house.clock.now, answered_at=NOON + 30 * SECOND))

    house.whatsapp.state = temporary(requests=(Use("PT24H", 1, 1, NOON + DAY),))
    house.whatsapp.meanwhile = only_for(StateAsked, meanwhile)
    await refreshed(house)
    await asked(house)


async def test_in_the_second_of_a_contradiction_whatsapp_s_answer_decides_nothing_and_is_asked_for_again(
    house: House,
) -> None:
    await allow(house, lasting=None)
    await decline(house)
    house.whatsapp.state = PERMANENT
    house.clock.wait(timedelta(milliseconds=600))
    await refreshed(house)
    permission = await permission_of(house.resources, house.meera)
    assert (permission.doubtful, permission.verify_at) == (True, house.clock.now + SECOND)
    assert await ring(house) == PermissionMissing(permission.status)

    house.clock.wait(SECOND)
    await errands.run(house.resources)
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.doubtful) == (Status.PERMANENT, False)
    await rung(house)


# WhatsApp's own counts


async def test_what_whatsapp_counts_bars_requests_until_then_and_no_longer(house: House) -> None:
    free_at = NOON + 7 * HOUR
    house.whatsapp.state = PermissionState(
        Status.NOT_REQUESTED, None, (Use("PT24H", 1, 1, free_at), Use("P7D", 2, 1, None)), ()
    )
    await refreshed(house)
    assert await ask(house) == RequestLimitReached(None, free_at)
    house.clock.now = free_at - SECOND
    assert await ask(house) == RequestLimitReached(None, free_at)
    house.clock.now = free_at
    await asked(house)


async def test_of_two_limits_that_are_used_up_the_longer_one_bars(house: House) -> None:
    uses = (Use("PT24H", 1, 1, NOON + HOUR), Use("P7D", 2, 2, NOON + DAY))
    house.whatsapp.state = PermissionState(Status.NOT_REQUESTED, None, uses, ())
    await refreshed(house)
    assert await ask(house) == RequestLimitReached(None, NOON + DAY)


async def test_a_connected_call_frees_the_requests_that_whatsapp_s_count_barred(house: House) -> None:
    house.whatsapp.state = temporary(requests=(Use("PT24H", 1, 1, NOON + DAY),))
    await refreshed(house)
    house.clock.now = LATER
    assert isinstance(await ask(house), RequestLimitReached)
    await hear(house.resources, meta.dialled("wacid.t", LATER, answered_at=LATER - MINUTE))
    await asked(house)


async def test_what_whatsapp_counts_bars_calls_until_then_and_a_call_does_not_free_them(house: House) -> None:
    await allow(house)
    free_at = NOON + 7 * HOUR
    house.whatsapp.state = PermissionState(Status.TEMPORARY, NOON + WEEK, (), (Use("PT24H", 100, 100, free_at),))
    house.clock.now = LATER
    await refreshed(house)
    assert await ring(house) == CallLimitReached(None, free_at)
    await hear(house.resources, meta.dialled("wacid.t", LATER, answered_at=LATER - MINUTE))
    assert await ring(house) == CallLimitReached(None, free_at)
    house.clock.now = free_at
    await rung(house)


async def test_what_whatsapp_counts_no_more_bars_nothing_any_more(house: House) -> None:
    house.whatsapp.state = PermissionState(Status.NOT_REQUESTED, None, (Use("PT24H", 1, 1, NOON + DAY),), ())
    await refreshed(house)
    house.clock.now, house.whatsapp.state = LATER, NOTHING
    await refreshed(house)
    await asked(house)


# By itself


async def due(house: House) -> datetime | None:
    return await errands.next_moment(house.resources)


async def test_a_living_permission_is_asked_about_daily_and_once_more_before_it_runs_out(house: House) -> None:
    await allow(house, lasting=50 * HOUR)
    house.whatsapp.state = temporary(NOON + 50 * HOUR)
    moments = []
    while (moment := await due(house)) is not None:
        house.clock.now = moment
        await errands.run(house.resources)
        moments.append(moment - NOON)
        if moment > NOON + 50 * HOUR:
            break
    assert moments[:3] == [DAY, 2 * DAY, 50 * HOUR - 10 * MINUTE]
    assert [said.recipient for said in house.whatsapp.consulted[:3]] == [Recipient("+919812300457", None)] * 3


async def test_a_permission_for_good_is_asked_about_daily(house: House) -> None:
    await allow(house, lasting=None)
    house.whatsapp.state = PERMANENT
    for day in range(1, 4):
        assert await due(house) == NOON + day * DAY
        house.clock.now = NOON + day * DAY
        await errands.run(house.resources)
    assert len(house.whatsapp.consulted) == 3


async def test_what_lets_nobody_call_is_not_asked_about(house: House) -> None:
    await decline(house)
    await asked(house, house.caio)
    house.clock.wait(DAY)
    await errands.run(house.resources)
    assert (await due(house), house.whatsapp.consulted) == (None, [])


async def test_a_permission_that_was_taken_back_in_silence_is_found_by_itself(house: House) -> None:
    await allow(house, lasting=None)
    house.whatsapp.state = NOTHING
    before = await log_stands_at(house)
    house.clock.wait(DAY)
    await errands.run(house.resources)
    assert await told(house, before) == [("CALL_PERMISSION", "PERMANENT", "REVOKED", "VERIFIED")]
    assert await ring(house) == PermissionMissing(Status.REVOKED)
    assert await due(house) is None


async def test_the_most_urgent_comes_first_doubt_before_routine_and_long_waits_before_short(house: House) -> None:
    phones = [f"+9198123010{number:02}" for number in range(4)]
    people = [await house.business.customer(phone=phone) for phone in phones]
    for person in people[:3]:
        await allow(house, person, lasting=None)
        house.clock.wait(HOUR)
    house.clock.now = NOON + 2 * DAY
    contradictory = (
        meta.replied("wamid.a", house.clock.now, phone=phones[3]),
        meta.replied("wamid.b", house.clock.now, yes=False, phone=phones[3]),
    )
    await hear(house.resources, *contradictory)
    house.clock.wait(SECOND)
    house.whatsapp.state = PERMANENT

    await errands.run(house.resources)

    assert [said.recipient.phone for said in house.whatsapp.consulted] == [phones[3], *phones[:3]]


@pytest.mark.parametrize("state", [Unreached("refused"), Unanswered("timed out")])
async def test_where_whatsapp_cannot_be_asked_the_errand_waits_a_minute_and_is_tried_again(
    house: House, state: State
) -> None:
    await allow(house)
    house.whatsapp.state = state
    house.clock.wait(DAY)
    await errands.run(house.resources)
    assert await due(house) == NOON + DAY + MINUTE
    house.clock.wait(MINUTE)
    house.whatsapp.state = temporary()
    await errands.run(house.resources)
    assert (await permission_of(house.resources, house.meera)).verified_at == house.clock.now


async def test_what_whatsapp_refuses_to_tell_rests_for_an_hour(house: House) -> None:
    await allow(house)
    house.whatsapp.state = Refused(MetaError(100, "", "no such user"))
    house.clock.wait(DAY)
    await errands.run(house.resources)
    assert await due(house) == NOON + DAY + HOUR


async def test_a_long_list_is_worked_off_in_rounds_so_that_abandoned_requests_need_not_wait_for_it(
    house: House,
) -> None:
    for number in range(12):
        person = await house.business.customer(phone=f"+9198123010{number:02}")
        await allow(house, person, lasting=None)
    house.clock.wait(DAY)
    house.whatsapp.state = PERMANENT

    async def a_second() -> None:
        house.clock.wait(SECOND)

    house.whatsapp.meanwhile = only_for(StateAsked, a_second)
    for done in (5, 10, 12):
        await errands.run(house.resources)
        assert len(house.whatsapp.consulted) == done
