"""What customers answer, in each of the seven ways of docs/reference/whatsapp-calling.md §5.2, and in odd ones."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlmodel import select

from models.permission_reply import PermissionReply
from rules.permission import Response, Source, Status
from rules.refusals import PermissionMissing, RequestLimitReached
from rules.request import RequestStatus
from tests.ground.house import DAY, HOUR, NOON, SECOND, House
from whatsapp.cloud_api import PermissionState, Unreached
from whatsapp.fake import Asked

from . import meta
from .doing import (
    TEMPLATE,
    WEEK,
    ask,
    asked,
    everything_of,
    hear,
    log_stands_at,
    only_for,
    permission_of,
    requests_of,
    ring,
    rung,
    the_request,
    told,
)
from .sayings import MEERAS_USER_ID, by

LATER = NOON + HOUR
UNTIL = LATER + WEEK


async def heard_an_hour_later(house: House, *said: meta.Change) -> int:
    """Let an hour pass and Meta deliver this; give where the log stood before."""
    house.clock.now = LATER
    before = await log_stands_at(house)
    await hear(house.resources, *said)
    return before


def reply(
    number: int, at: datetime = LATER, *, to: str | None = None, yes: bool = True, until: datetime | None = None
) -> meta.Change:
    return meta.replied(f"wamid.reply{number}", at, to=to, yes=yes, expires_at=until)


# The seven, to requests that Maycall sent


@pytest.mark.parametrize(
    ("until", "status", "answer"),
    [(UNTIL, Status.TEMPORARY, Response.TEMPORARY), (None, Status.PERMANENT, Response.PERMANENT)],
)
async def test_a_yes_to_a_request_of_ours_answers_it_and_allows_calls(
    house: House, until: datetime | None, status: Status, answer: Response
) -> None:
    await asked(house)
    before = await heard_an_hour_later(house, reply(1, to="wamid.1", until=until))

    permission, request = await permission_of(house.resources, house.meera), await the_request(house.resources)
    assert (permission.status, permission.granted_at, permission.expires_at) == (status, LATER, until)
    assert permission.known.source is Source.USER_ACTION
    assert (request.status, request.answer, request.answered_at) == (RequestStatus.ANSWERED, answer, LATER)
    assert await told(house, before) == [
        ("PERMISSION_REQUEST", "SENT", "ANSWERED", "CUSTOMER_ANSWERED"),
        ("CALL_PERMISSION", "REQUESTED", status.value, "CUSTOMER_ANSWERED"),
    ]
    await rung(house)


async def test_a_no_to_a_request_of_ours_answers_it_and_allows_nothing(house: House) -> None:
    await asked(house)
    before = await heard_an_hour_later(house, reply(1, to="wamid.1", yes=False))

    request = await the_request(house.resources)
    assert (request.status, request.answer, request.answered_at) == (RequestStatus.ANSWERED, Response.DECLINED, LATER)
    assert await told(house, before) == [
        ("PERMISSION_REQUEST", "SENT", "ANSWERED", "CUSTOMER_ANSWERED"),
        ("CALL_PERMISSION", "REQUESTED", "DECLINED", "CUSTOMER_ANSWERED"),
    ]
    assert await ring(house) == PermissionMissing(Status.DECLINED)


async def test_a_yes_from_the_business_s_profile_allows_calls_and_leaves_the_request_unanswered(house: House) -> None:
    await asked(house)
    await heard_an_hour_later(house, reply(1))

    permission, request = await permission_of(house.resources, house.meera), await the_request(house.resources)
    assert (permission.status, permission.known.source) == (Status.PERMANENT, Source.USER_ACTION)
    assert (request.status, request.answer) == (RequestStatus.SENT, None)


async def test_a_callback_allows_calls_for_a_while_by_itself(house: House) -> None:
    calling = meta.dialled("wacid.theirs", LATER, answered_at=None)
    grant = meta.replied("wamid.auto", LATER, to="wacid.theirs", expires_at=UNTIL, automatic=True)
    before = await heard_an_hour_later(house, calling, grant)

    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.expires_at) == (Status.TEMPORARY, UNTIL)
    assert permission.known.source is Source.AUTOMATIC
    assert await told(house, before) == [
        ("CALL", None, "NO_ANSWER", "CALL_EVENT"),
        ("CALL_PERMISSION", "NOT_REQUESTED", "TEMPORARY", "AUTOMATIC"),
    ]


@pytest.mark.parametrize("until", [NOON + WEEK, None])
async def test_whatsapp_takes_a_permission_back_after_too_many_missed_calls(
    house: House, until: datetime | None
) -> None:
    await hear(house.resources, reply(1, NOON, until=until))
    before = await heard_an_hour_later(house, meta.replied("wamid.auto", LATER, yes=False, automatic=True))

    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.known.source) == (Status.REVOKED, Source.AUTOMATIC)
    assert [change[1:] for change in await told(house, before)] == [
        ("TEMPORARY" if until else "PERMANENT", "REVOKED", "AUTOMATIC")
    ]
    assert await ring(house) == PermissionMissing(Status.REVOKED)


async def test_what_whatsapp_does_by_itself_is_no_word_of_the_customer_and_opens_no_window(house: House) -> None:
    await heard_an_hour_later(house, meta.replied("wamid.auto", LATER, yes=False, automatic=True))
    assert (await permission_of(house.resources, house.meera)).last_contact_at is None


async def test_a_customer_takes_a_permission_back_in_the_profile(house: House) -> None:
    await hear(house.resources, reply(1, NOON))
    await heard_an_hour_later(house, reply(2, yes=False))

    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.known.source) == (Status.REVOKED, Source.USER_ACTION)


# From what Maycall never saw


@pytest.mark.parametrize("context", ["wamid.of-another-system", None])
@pytest.mark.parametrize(
    ("until", "status"), [(UNTIL, Status.TEMPORARY), (None, Status.PERMANENT), (None, Status.DECLINED)]
)
async def test_an_answer_to_what_was_never_asked_here_counts_all_the_same(
    house: House, context: str | None, until: datetime | None, status: Status
) -> None:
    yes = status is not Status.DECLINED
    await heard_an_hour_later(house, reply(1, to=context, yes=yes, until=until))

    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.expires_at) == (status, until)
    assert await requests_of(house.resources) == []


async def test_an_answer_to_another_system_s_request_does_not_answer_ours(house: House) -> None:
    await asked(house)
    await heard_an_hour_later(house, reply(1, to="wamid.of-another-system", yes=False))
    assert (await the_request(house.resources)).status is RequestStatus.SENT
    assert (await permission_of(house.resources, house.meera)).status is Status.DECLINED


async def test_somebody_nobody_knows_becomes_a_customer_by_answering(house: House) -> None:
    before = await heard_an_hour_later(house, by(reply(1), user_id="IN.1"), by(reply(2), phone="+919812300999"))
    assert [kind for kind, *_ in await told(house, before)] == [
        "CUSTOMER",
        "CUSTOMER",
        "CALL_PERMISSION",
        "CALL_PERMISSION",
    ]


# Several answers


async def test_each_answer_to_one_request_takes_the_place_of_the_one_before(house: House) -> None:
    await asked(house)
    answers = [
        (reply(1, NOON + SECOND, to="wamid.1", yes=False), Response.DECLINED, Status.DECLINED),
        (reply(2, NOON + HOUR, to="wamid.1", until=NOON + WEEK), Response.TEMPORARY, Status.TEMPORARY),
        (reply(3, NOON + DAY, to="wamid.1"), Response.PERMANENT, Status.PERMANENT),
        (reply(4, NOON + 2 * DAY, to="wamid.1", yes=False), Response.DECLINED, Status.REVOKED),
        (reply(5, NOON + 3 * DAY, to="wamid.1", until=NOON + WEEK), Response.TEMPORARY, Status.TEMPORARY),
    ]
    house.clock.wait(3 * DAY)
    for said, answer, status in answers:
        await hear(house.resources, said)
        request = await the_request(house.resources)
        assert (request.status, request.answer) == (RequestStatus.ANSWERED, answer)
        assert (await permission_of(house.resources, house.meera)).status is status
    assert (await the_request(house.resources)).expires_at == NOON + 10 * DAY


async def test_answers_that_arrive_in_any_order_end_in_the_last_one(house: House) -> None:
    await asked(house)
    house.clock.now = NOON + 3 * DAY
    answers = [
        reply(1, NOON + SECOND, to="wamid.1", until=NOON + WEEK),
        reply(2, NOON + HOUR, to="wamid.1", yes=False),
        reply(3, NOON + DAY, to="wamid.1", until=NOON + 8 * DAY),
    ]
    backwards: Sequence[meta.Change] = list(permutations(answers))[-1]
    for said in backwards:
        await hear(house.resources, said)
    request, permission = await the_request(house.resources), await permission_of(house.resources, house.meera)
    assert (request.answer, request.answered_at) == (Response.TEMPORARY, NOON + DAY)
    assert (permission.status, permission.expires_at) == (Status.TEMPORARY, NOON + 8 * DAY)


async def test_the_answer_that_overtakes_our_own_commit_of_the_sending_is_not_lost(house: House) -> None:
    answer = reply(1, NOON, to="wamid.1", until=NOON + WEEK)
    house.whatsapp.meanwhile = only_for(Asked, lambda: hear(house.resources, answer))

    made = await asked(house)

    assert (made.status, made.answer, made.answered_at) == (RequestStatus.ANSWERED, Response.TEMPORARY, NOON)
    assert (await permission_of(house.resources, house.meera)).status is Status.TEMPORARY


async def test_a_request_that_was_declined_may_still_be_granted_and_a_new_one_obeys_the_limits(house: House) -> None:
    await asked(house)
    await heard_an_hour_later(house, reply(1, to="wamid.1", yes=False))
    assert isinstance(await ask(house), RequestLimitReached)
    house.clock.wait(DAY)
    await asked(house, content=TEMPLATE)
    await hear(house.resources, reply(2, house.clock.now, to="wamid.1"))

    first, second = await requests_of(house.resources)
    assert (first.answer, second.answer) == (Response.PERMANENT, None)
    assert (await permission_of(house.resources, house.meera)).status is Status.PERMANENT


# Times


async def test_times_may_be_numbers_as_well_as_texts(house: House) -> None:
    said = reply(1, until=UNTIL)
    [message] = said["value"]["messages"]
    message["timestamp"] = int(message["timestamp"])
    answer = message["interactive"]["call_permission_reply"]
    answer["expiration_timestamp"] = int(answer["expiration_timestamp"])
    await heard_an_hour_later(house, said)

    permission = await permission_of(house.resources, house.meera)
    assert (permission.granted_at, permission.expires_at) == (LATER, UNTIL)


async def test_an_answer_that_comes_after_its_own_expiry_has_run_out_already(house: House) -> None:
    await asked(house)
    house.clock.now = NOON + 8 * DAY
    before = await log_stands_at(house)
    await hear(house.resources, reply(1, NOON + HOUR, to="wamid.1", until=NOON + HOUR + WEEK))

    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.expires_at, permission.verify_at) == (
        Status.EXPIRED,
        NOON + HOUR + WEEK,
        None,
    )
    assert await told(house, before) == [
        ("PERMISSION_REQUEST", "SENT", "EXPIRED", "CUSTOMER_ANSWERED"),
        ("CALL_PERMISSION", "REQUESTED", "EXPIRED", "CUSTOMER_ANSWERED"),
    ]
    assert await ring(house) == PermissionMissing(Status.EXPIRED)


async def test_a_yes_for_a_while_that_does_not_say_how_long_lasts_a_week_until_whatsapp_was_asked(house: House) -> None:
    said = reply(1)
    said["value"]["messages"][0]["interactive"]["call_permission_reply"]["is_permanent"] = False
    await heard_an_hour_later(house, said)

    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.expires_at, permission.doubtful) == (Status.TEMPORARY, UNTIL, True)

    house.whatsapp.state = PermissionState(Status.TEMPORARY, LATER + 3 * DAY, (), ())
    await rung(house)
    permission = await permission_of(house.resources, house.meera)
    assert (permission.expires_at, permission.doubtful) == (LATER + 3 * DAY, False)


# Contradictions


TWO_AT_ONCE = [
    (reply(1, until=UNTIL), reply(2, yes=False)),
    (reply(1), reply(2, yes=False)),
    (reply(1), reply(2, until=UNTIL)),
]


@pytest.mark.parametrize("said", [*TWO_AT_ONCE, *(pair[::-1] for pair in TWO_AT_ONCE)])
async def test_of_two_different_answers_in_one_second_only_whatsapp_knows_which_counts(
    house: House, said: tuple[meta.Change, meta.Change]
) -> None:
    house.clock.now = LATER
    for one in said:
        await hear(house.resources, one)
    assert (await permission_of(house.resources, house.meera)).doubtful

    house.whatsapp.state = Unreached("refused")
    assert not isinstance(await ring(house), PermissionMissing)
    assert house.whatsapp.rung == []

    house.clock.wait(SECOND)
    house.whatsapp.state = PermissionState(Status.PERMANENT, None, (), ())
    await rung(house)
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.doubtful) == (Status.PERMANENT, False)


async def test_the_same_answer_twice_in_one_second_is_no_contradiction(house: House) -> None:
    await heard_an_hour_later(house, reply(1, until=UNTIL), reply(2, until=UNTIL))
    assert not (await permission_of(house.resources, house.meera)).doubtful


async def test_a_permission_for_good_that_becomes_one_for_a_while_is_looked_at_again(house: House) -> None:
    await hear(house.resources, reply(1, NOON))
    await heard_an_hour_later(house, reply(2, until=UNTIL))
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.expires_at, permission.doubtful) == (Status.TEMPORARY, UNTIL, True)


# Who it was


@pytest.mark.parametrize(
    "names",
    [
        {"phone": meta.MEERAS_PHONE},
        {"user_id": MEERAS_USER_ID},
        {"phone": meta.MEERAS_PHONE, "user_id": MEERAS_USER_ID},
    ],
)
async def test_a_customer_with_two_names_is_heard_by_either_and_by_both(house: House, names: dict[str, str]) -> None:
    both = by(reply(1, NOON, until=NOON + WEEK), phone=meta.MEERAS_PHONE, user_id=MEERAS_USER_ID)
    await hear(house.resources, both)
    people = len(await everything_of(house.resources))
    await heard_an_hour_later(house, by(reply(2, yes=False), **names))

    assert (await permission_of(house.resources, house.meera)).status is Status.REVOKED
    assert len(await everything_of(house.resources)) == people


async def test_the_answer_is_kept_as_it_was_given(house: House) -> None:
    await heard_an_hour_later(house, reply(1, to="wamid.elsewhere", until=UNTIL + timedelta(days=1)))
    async with house.resources.database.reading() as session:
        [kept] = (await session.exec(select(PermissionReply))).all()
    assert (kept.message_id, kept.context_id, kept.response, kept.source, kept.replied_at, kept.expires_at) == (
        "wamid.reply1",
        "wamid.elsewhere",
        Response.TEMPORARY,
        Source.USER_ACTION,
        LATER,
        UNTIL + timedelta(days=1),
    )
