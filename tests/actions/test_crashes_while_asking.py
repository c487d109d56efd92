"""A server that dies while it asks: whatever WhatsApp has is never sent again, and whatever it has not is sent once."""

import asyncio
from datetime import timedelta

import pytest

from actions import permissions
from models.permission_request import PermissionRequest
from rules.limits import PolicyName
from rules.permission import Response, Status
from rules.refusals import RequestLimitReached, WhatsAppUnavailable
from rules.request import RequestStatus
from tests.ground.house import DAY, HOUR, MINUTE, NOON, SECOND, House
from whatsapp.cloud_api import PermissionState, Refused, Taken, Unanswered, Unreached, Use
from whatsapp.errors import Code, MetaError
from whatsapp.fake import Asked, Said, StateAsked

from . import meta
from .doing import (
    Killed,
    allow,
    ask,
    asked,
    asking,
    believing,
    hear,
    log_stands_at,
    only_for,
    permission_of,
    requests_of,
    restarted,
    the_request,
    told,
)

TOO_LATE = "The server stopped before sending it, and it may not be sent any more."


async def die_before_the_answer(house: House, *, key: str | None = None) -> None:
    """Reserve the request, and be gone before WhatsApp's answer; `house.whatsapp.state` then says who has it."""
    house.whatsapp.will(Killed())
    with pytest.raises(Killed):
        await ask(house, key=key)


def lease(house: House) -> timedelta:
    return 2 * house.whatsapp.patience


# Before anything reached WhatsApp


async def test_while_the_lease_runs_nobody_picks_the_request_up(house: House) -> None:
    await die_before_the_answer(house)
    async with restarted(house) as later:
        later.clock.wait(lease(later) - SECOND)
        assert await permissions.pick_up(later.resources) == 0
        assert isinstance(await ask(later), RequestLimitReached)
        assert len(later.whatsapp.said) == 1


async def test_a_request_that_never_reached_whatsapp_is_sent_after_all_and_once(house: House) -> None:
    await die_before_the_answer(house, key="one")
    before = await log_stands_at(house)
    async with restarted(house) as later:
        later.whatsapp.state = believing(requests=0)
        later.clock.wait(lease(later))
        assert [await permissions.pick_up(later.resources) for _ in range(3)] == [1, 0, 0]

        first, again = later.whatsapp.asked
        assert first == again  # the same person, the same words, the same id of ours
        sent = await the_request(later.resources)
        assert (sent.status, sent.message_id, sent.sent_at) == (RequestStatus.SENT, "wamid.2", later.clock.now)
        assert (await asked(later, key="one")).id == sent.id
        assert await told(house, before) == [
            ("PERMISSION_REQUEST", "QUEUED", "SENT", "REQUESTED"),
            ("CALL_PERMISSION", "NOT_REQUESTED", "REQUESTED", "REQUESTED"),
        ]


async def test_a_request_that_nobody_expects_any_more_is_not_sent(house: House) -> None:
    await die_before_the_answer(house)
    async with restarted(house) as later:
        later.whatsapp.state = believing(requests=0)
        later.clock.wait(permissions.STILL_WANTED)
        await permissions.pick_up(later.resources)

        failed = await the_request(later.resources)
        assert (failed.status, failed.failure) == (RequestStatus.FAILED, TOO_LATE)
        assert len(later.whatsapp.asked) == 1
        await asked(later)  # and it does not count


async def test_a_request_that_is_still_expected_is_sent_up_to_the_last_second(house: House) -> None:
    await die_before_the_answer(house)
    async with restarted(house) as later:
        later.whatsapp.state = believing(requests=0)
        later.clock.wait(permissions.STILL_WANTED - SECOND)
        await permissions.pick_up(later.resources)
        assert (await the_request(later.resources)).status is RequestStatus.SENT


async def test_a_request_that_is_not_allowed_any_more_is_not_sent(house: House) -> None:
    await die_before_the_answer(house)
    async with restarted(house) as later:
        later.whatsapp.state = believing(requests=0, status=Status.PERMANENT)
        await allow(later, lasting=None)
        later.clock.wait(lease(later))
        await permissions.pick_up(later.resources)

        failed = await the_request(later.resources)
        assert (failed.status, failed.failure) == (RequestStatus.FAILED, TOO_LATE)
        assert len(later.whatsapp.asked) == 1


async def test_what_whatsapp_refuses_when_it_is_sent_after_all_has_failed(house: House) -> None:
    await die_before_the_answer(house, key="one")
    async with restarted(house) as later:
        later.whatsapp.state = believing(requests=0)
        later.whatsapp.will(Refused(MetaError(Code.UNDELIVERABLE, "", "no")))
        later.clock.wait(lease(later))
        await permissions.pick_up(later.resources)
        assert (await the_request(later.resources)).status is RequestStatus.FAILED


async def test_a_server_that_dies_while_it_picks_up_leaves_the_request_to_the_next(house: House) -> None:
    await die_before_the_answer(house)
    house.whatsapp.state = believing(requests=0)
    for kind in (StateAsked, Asked):

        async def die() -> None:
            raise Killed

        async with restarted(house) as later:
            later.whatsapp.meanwhile = only_for(kind, die)
            later.clock.wait(lease(later))
            with pytest.raises(Killed):
                await permissions.pick_up(later.resources)
            assert (await the_request(later.resources)).status is RequestStatus.QUEUED
    house.whatsapp.meanwhile = None
    house.whatsapp.state = believing(requests=1)  # the second one had got through before its server died

    async with restarted(house) as last:
        last.clock.wait(lease(last))
        await permissions.pick_up(last.resources)
        assert (await the_request(last.resources)).status is RequestStatus.SENT
        assert len(last.whatsapp.asked) == 2


# After WhatsApp took it


async def test_a_request_that_whatsapp_has_is_never_sent_again(house: House) -> None:
    await die_before_the_answer(house, key="one")
    before = await log_stands_at(house)
    async with restarted(house) as later:
        later.whatsapp.state = believing(requests=1)
        later.clock.wait(lease(later))
        assert [await permissions.pick_up(later.resources) for _ in range(3)] == [1, 0, 0]

        found = await the_request(later.resources)
        assert (found.status, found.message_id, found.sent_at) == (RequestStatus.SENT, None, NOON)
        assert len(later.whatsapp.asked) == 1
        assert (await asked(later, key="one")).id == found.id
        assert await told(house, before) == [
            ("PERMISSION_REQUEST", "QUEUED", "SENT", "INTERRUPTED"),
            ("CALL_PERMISSION", "NOT_REQUESTED", "REQUESTED", "INTERRUPTED"),
        ]


async def test_even_after_weeks_a_request_that_whatsapp_has_counts_as_sent(house: House) -> None:
    await die_before_the_answer(house)
    async with restarted(house) as later:
        later.whatsapp.state = PermissionState(
            Status.NOT_REQUESTED, None, (Use("PT24H", 1, 0, None), Use("P7D", 2, 1, None)), ()
        )
        later.clock.wait(6 * DAY)
        await permissions.pick_up(later.resources)
        found = await the_request(later.resources)
        assert (found.status, found.sent_at) == (RequestStatus.SENT, NOON)


async def test_earlier_requests_are_not_taken_for_the_one_in_doubt(house: House) -> None:
    await asked(house)
    house.clock.wait(2 * DAY)
    await die_before_the_answer(house)
    async with restarted(house) as later:
        later.whatsapp.state = PermissionState(
            Status.NOT_REQUESTED, None, (Use("PT24H", 1, 0, None), Use("P7D", 2, 1, None)), ()
        )
        later.clock.wait(lease(later))
        await permissions.pick_up(later.resources)
        assert len(later.whatsapp.asked) == 3


async def test_an_earlier_request_that_whatsapp_no_longer_counts_does_not_hide_the_one_it_has(house: House) -> None:
    await asked(house)
    await hear(house.resources, meta.message_moved("wamid.1", "failed", NOON + SECOND, code=131026))
    house.clock.wait(2 * DAY)
    await die_before_the_answer(house)
    async with restarted(house) as later:
        later.whatsapp.state = believing(requests=1)  # the one in doubt: what was not delivered was given back
        later.clock.wait(lease(later))
        await permissions.pick_up(later.resources)

        assert len(later.whatsapp.asked) == 2
        assert (await requests_of(later.resources))[1].status is RequestStatus.SENT


async def test_its_statuses_name_a_request_before_the_lease_ends(house: House) -> None:
    await die_before_the_answer(house)
    async with restarted(house) as later:
        opaque = later.whatsapp.asked[0].opaque
        await hear(later.resources, meta.message_moved("wamid.1", "delivered", NOON + SECOND, opaque=opaque))
        later.clock.wait(lease(later))
        assert await permissions.pick_up(later.resources) == 0

        found = await the_request(later.resources)
        assert (found.status, found.message_id, found.lease_until) == (RequestStatus.DELIVERED, "wamid.1", None)
        assert len(later.whatsapp.said) == 1


async def test_its_statuses_name_a_request_after_it_was_picked_up(house: House) -> None:
    await die_before_the_answer(house)
    async with restarted(house) as later:
        later.whatsapp.state = believing(requests=1)
        later.clock.wait(lease(later))
        await permissions.pick_up(later.resources)
        await hear(later.resources, meta.replied("wamid.reply", NOON + MINUTE, to="wamid.1"))
        opaque = later.whatsapp.asked[0].opaque
        await hear(later.resources, meta.message_moved("wamid.1", "sent", NOON, opaque=opaque))

        found = await the_request(later.resources)
        assert (found.status, found.message_id) == (RequestStatus.ANSWERED, "wamid.1")
        assert (found.answer, found.answered_at) == (Response.PERMANENT, NOON + MINUTE)


async def test_a_reply_that_came_while_no_server_knew_the_message_is_taken_up_with_its_name(house: House) -> None:
    await die_before_the_answer(house)
    async with restarted(house) as later:
        reply = meta.replied("wamid.reply", NOON + MINUTE, to="wamid.1", expires_at=NOON + HOUR)
        await hear(later.resources, reply)
        assert (await permission_of(later.resources, later.meera)).status is Status.TEMPORARY
        assert (await the_request(later.resources)).status is RequestStatus.QUEUED

        opaque = later.whatsapp.asked[0].opaque
        await hear(later.resources, meta.message_moved("wamid.1", "read", NOON + MINUTE, opaque=opaque))
        found = await the_request(later.resources)
        assert (found.status, found.answer, found.answered_at) == (
            RequestStatus.ANSWERED,
            Response.TEMPORARY,
            NOON + MINUTE,
        )


async def test_statuses_that_come_while_whatsapp_is_asked_settle_it(house: House) -> None:
    await die_before_the_answer(house)
    async with restarted(house) as later:
        later.whatsapp.state = believing(requests=0)  # counted a moment before it was
        opaque = later.whatsapp.asked[0].opaque

        async def overtake() -> None:
            await hear(later.resources, meta.message_moved("wamid.1", "sent", NOON, opaque=opaque))

        later.whatsapp.meanwhile = only_for(StateAsked, overtake)
        later.clock.wait(lease(later))
        await permissions.pick_up(later.resources)

        assert len(later.whatsapp.asked) == 1
        assert (await the_request(later.resources)).status is RequestStatus.SENT


# Answers that never come


@pytest.mark.parametrize("reached", [True, False])
async def test_a_lost_answer_is_resolved_by_whatsapp_s_own_count(house: House, *, reached: bool) -> None:
    house.whatsapp.will(Unanswered("timed out"))
    made = await asked(house)
    assert (made.status, made.lease_until) == (RequestStatus.QUEUED, NOON + lease(house))

    house.whatsapp.state = believing(requests=int(reached))
    house.clock.wait(lease(house))
    await permissions.pick_up(house.resources)

    assert (await the_request(house.resources)).status is RequestStatus.SENT
    assert len(house.whatsapp.asked) == (1 if reached else 2)


async def test_of_two_in_doubt_of_which_whatsapp_has_one_neither_is_sent_again(house: House) -> None:
    async with house.resources.database.writing() as session:
        number = await session.get_one(type(house.number), (house.number.workspace_id, house.number.id))
        number.policy = PolicyName.SANDBOX
    house.whatsapp.will(Unanswered("timed out"), Unanswered("timed out"))
    taken, lost = await asked(house), await asked(house)
    house.whatsapp.state = believing(requests=1)
    house.clock.wait(lease(house))
    await permissions.pick_up(house.resources)
    assert len(house.whatsapp.asked) == 2
    assert {request.status for request in await requests_of(house.resources)} == {RequestStatus.QUEUED}

    await hear(house.resources, meta.message_moved("wamid.1", "sent", NOON, opaque=f"cpr:{taken.id}"))
    house.clock.now = NOON + 15 * MINUTE
    await permissions.pick_up(house.resources)
    assert len(house.whatsapp.asked) == 2
    ended = {request.id: request.status for request in await requests_of(house.resources)}
    assert ended == {taken.id: RequestStatus.SENT, lost.id: RequestStatus.FAILED}


@pytest.mark.parametrize(
    "state",
    [
        Unanswered("timed out"),
        Unreached("refused"),
        Refused(MetaError(613, "", "too many")),
        PermissionState(Status.NOT_REQUESTED, None, (), ()),
    ],
)
async def test_while_whatsapp_does_not_say_what_it_has_nothing_is_sent_and_it_is_asked_again_later(
    house: House, state: PermissionState | Unanswered | Unreached | Refused
) -> None:
    await die_before_the_answer(house)
    async with restarted(house) as later:
        later.whatsapp.state = state
        later.clock.wait(lease(later))
        assert [await permissions.pick_up(later.resources) for _ in range(2)] == [1, 0]
        assert len(later.whatsapp.said) == 2
        assert await permissions.next_pick_up(later.resources) == later.clock.now + lease(later)

        later.whatsapp.state = believing(requests=0)
        later.clock.wait(lease(later))
        await permissions.pick_up(later.resources)
        assert (await the_request(later.resources)).status is RequestStatus.SENT


async def test_a_send_that_is_answered_after_its_lease_ended_is_recorded_with_its_name(house: House) -> None:
    house.whatsapp.state = believing(requests=1)

    async def be_slow() -> None:
        house.clock.wait(lease(house))
        async with restarted(house) as later:
            await permissions.pick_up(later.resources)

    house.whatsapp.meanwhile = only_for(Asked, be_slow)
    made = await asked(house)

    assert (made.status, made.message_id, made.sent_at) == (RequestStatus.SENT, "wamid.1", NOON)
    assert len(house.whatsapp.asked) == 1


# Cancelled, as when a server is told to stop


async def test_a_request_that_is_cancelled_while_whatsapp_is_spoken_to_is_looked_after_later(house: House) -> None:
    spoken_to = asyncio.Event()

    async def hang() -> None:
        spoken_to.set()
        await asyncio.Event().wait()

    house.whatsapp.meanwhile = only_for(Asked, hang)
    task = asyncio.create_task(ask(house))
    await spoken_to.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    house.whatsapp.meanwhile = None

    house.whatsapp.state = believing(requests=1)
    house.clock.wait(lease(house))
    await permissions.pick_up(house.resources)
    assert (await the_request(house.resources)).status is RequestStatus.SENT
    assert len(house.whatsapp.asked) == 1


# One server after another


async def test_whoever_sends_after_all_has_a_whole_lease_for_it(house: House) -> None:
    await die_before_the_answer(house)
    house.whatsapp.state = believing(requests=0)
    house.clock.wait(lease(house))

    async def be_slow(said: Said) -> None:
        house.clock.wait(lease(house) - SECOND)
        if isinstance(said, Asked):  # the message is on its way, and WhatsApp does not count it yet
            house.whatsapp.meanwhile = None
            async with restarted(house) as later:
                await permissions.pick_up(later.resources)

    house.whatsapp.meanwhile = be_slow
    await permissions.pick_up(house.resources)

    assert len(house.whatsapp.asked) == 2
    assert (await the_request(house.resources)).message_id == "wamid.2"


async def test_a_key_that_died_with_its_server_gives_the_request_again_and_never_a_second(house: House) -> None:
    await die_before_the_answer(house, key="one")
    async with restarted(house) as later:
        again = await permissions.request(later.resources, later.admin, asking(later, key="one"))
        assert isinstance(again, PermissionRequest)
        assert (again.status, len(later.whatsapp.asked)) == (RequestStatus.QUEUED, 1)


async def test_what_whatsapp_never_got_when_it_was_sent_after_all_frees_its_key(house: House) -> None:
    await die_before_the_answer(house, key="one")
    house.whatsapp.state = believing(requests=0)
    house.whatsapp.will(Unreached("refused"))
    house.clock.wait(lease(house))
    await permissions.pick_up(house.resources)

    house.whatsapp.will(Unreached("refused"), Taken("wamid.last"))
    assert await ask(house, key="one") == WhatsAppUnavailable()
    assert (await asked(house, key="one")).message_id == "wamid.last"
