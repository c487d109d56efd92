"""What WhatsApp's errors, pauses and reports of failure mean beyond the thing that they were said of."""

import pytest

from actions import calls, reactions, verification
from models.business_number import BusinessNumber
from rules import pause as pause_rules
from rules.call import CallStatus
from rules.pause import UNTOLD_PAUSE
from rules.permission import Status
from rules.refusals import (
    CallAlreadyEnded,
    CallingDisabled,
    CallInProgress,
    CallLimitReached,
    NumberRestricted,
    Refusal,
    RefusedByWhatsApp,
    RequestLimitReached,
    WhatsAppUnavailable,
)
from rules.request import RequestStatus
from tests.ground.house import DAY, HOUR, MINUTE, NOON, SECOND, House
from whatsapp.cloud_api import NumberSettings, PermissionState, Refused, Unreached, Use
from whatsapp.errors import Code, MetaError
from whatsapp.fake import Settings

from . import meta
from .doing import (
    WEEK,
    allow,
    ask,
    asked,
    hear,
    log_stands_at,
    nothing_written_or_sent,
    permission_of,
    refreshed,
    requests_of,
    ring,
    rung,
    the_call,
    the_request,
    told,
)

ON = NumberSettings(calling_enabled=True, restricted_until=None)
PAUSED = NumberSettings(calling_enabled=True, restricted_until=NOON + 6 * HOUR)
PAUSED_FOR_WHO_KNOWS_HOW_LONG = NumberSettings(calling_enabled=True, restricted_until=None, paused_without_end=True)
OFF = NumberSettings(calling_enabled=False, restricted_until=None)
ABOUT_THE_NUMBER = ("BUSINESS_NUMBER", None, None, "WHATSAPP")


def no(code: int) -> Refused:
    return Refused(MetaError(code, "", "no"))


async def number_of(house: House) -> BusinessNumber:
    async with house.resources.database.reading() as session:
        return await session.get_one(BusinessNumber, (house.number.workspace_id, house.number.id))


# What becomes of a message


async def test_each_status_of_the_message_moves_the_request_and_delivery_starts_its_week(house: House) -> None:
    await asked(house)
    house.clock.wait(DAY)
    seen = []
    for number, status in enumerate(("sent", "delivered", "read"), 1):
        await hear(house.resources, meta.message_moved("wamid.1", status, NOON + number * HOUR))
        request = await the_request(house.resources)
        seen.append((request.status, request.expires_at))
    assert seen == [
        (RequestStatus.SENT, NOON + 30 * DAY),
        (RequestStatus.DELIVERED, NOON + 2 * HOUR + WEEK),
        (RequestStatus.READ, NOON + 2 * HOUR + WEEK),
    ]


async def test_what_was_read_was_delivered_though_nobody_said_so_and_what_is_late_takes_nothing_back(
    house: House,
) -> None:
    await asked(house)
    house.clock.wait(HOUR)
    await hear(house.resources, meta.message_moved("wamid.1", "read", NOON + MINUTE))
    await hear(house.resources, meta.message_moved("wamid.1", "sent", NOON))
    request = await the_request(house.resources)
    assert (request.status, request.expires_at) == (RequestStatus.READ, NOON + MINUTE + WEEK)
    await hear(house.resources, meta.message_moved("wamid.1", "delivered", NOON + SECOND))
    assert (await the_request(house.resources)).expires_at == NOON + SECOND + WEEK


async def test_a_message_that_failed_ends_the_request_with_its_reason(house: House) -> None:
    await asked(house)
    before = await log_stands_at(house)
    await hear(house.resources, meta.message_moved("wamid.1", "failed", NOON + SECOND, code=131026))
    request = await the_request(house.resources)
    assert (request.status, request.failure) == (RequestStatus.FAILED, "131026: Message undeliverable")
    assert await told(house, before) == [
        ("PERMISSION_REQUEST", "SENT", "FAILED", "MESSAGE_STATUS"),
        ("CALL_PERMISSION", "REQUESTED", "NOT_REQUESTED", "MESSAGE_STATUS"),
    ]


async def test_a_message_that_was_delivered_did_not_fail_whatever_comes_after(house: House) -> None:
    await asked(house)
    await hear(house.resources, meta.message_moved("wamid.1", "delivered", NOON))
    await hear(house.resources, meta.message_moved("wamid.1", "failed", NOON + SECOND, code=131026))
    assert (await the_request(house.resources)).status is RequestStatus.DELIVERED


async def test_a_failure_on_the_way_that_a_person_has_to_mend_is_the_number_s_problem_too(house: House) -> None:
    await asked(house)
    await hear(house.resources, meta.message_moved("wamid.1", "failed", NOON + SECOND, code=Code.PAYMENT_MISSING))
    assert (await number_of(house)).problem == "131042: Message undeliverable"


# The number: paused, switched off, in trouble


async def test_a_pause_that_meta_announces_ends_by_itself(house: House) -> None:
    await allow(house)
    before = await log_stands_at(house)
    await hear(house.resources, meta.restricted(NOON + DAY))
    await hear(house.resources, meta.restricted(NOON + HOUR))  # an older one that comes late
    assert await told(house, before) == [ABOUT_THE_NUMBER]
    for refused in (await ask(house), await ring(house)):
        assert refused == NumberRestricted(NOON + DAY)
        assert refused.available_at == NOON + DAY
    house.clock.now = NOON + DAY - SECOND
    assert await ring(house) == NumberRestricted(NOON + DAY)
    house.clock.now = NOON + DAY
    await rung(house)


async def test_an_answer_that_is_given_during_a_pause_stays_valid(house: House) -> None:
    await asked(house)
    await hear(house.resources, meta.restricted(NOON + DAY))
    await hear(house.resources, meta.replied("wamid.yes", NOON, to="wamid.1"))
    house.clock.now = NOON + DAY
    await rung(house)


@pytest.mark.parametrize(
    ("code", "settings", "refused"),
    [
        (Code.CALLING_RESTRICTED, PAUSED, NumberRestricted(NOON + 6 * HOUR)),
        (Code.CALLING_RESTRICTED, PAUSED_FOR_WHO_KNOWS_HOW_LONG, NumberRestricted(NOON + UNTOLD_PAUSE)),
        (Code.CALLING_RESTRICTED, ON, NumberRestricted(NOON + UNTOLD_PAUSE)),
        (Code.CALLING_RESTRICTED, Unreached("refused"), NumberRestricted(NOON + UNTOLD_PAUSE)),
        (Code.CALLING_NOT_ENABLED, OFF, CallingDisabled()),
        (Code.CALLING_UNAVAILABLE, OFF, CallingDisabled()),
        (Code.CALLING_UNAVAILABLE, ON, CallingDisabled()),
        (Code.CALLING_UNAVAILABLE, Unreached("refused"), CallingDisabled()),
    ],
)
@pytest.mark.parametrize("asks", [False, True])
async def test_an_error_about_the_number_has_its_settings_asked_for_and_taken_over(
    house: House,
    code: int,
    settings: Settings,
    refused: Refusal,
    asks: bool,  # noqa: FBT001 pytest names it
) -> None:
    await allow(house)
    house.whatsapp.settings = settings
    house.whatsapp.will(no(code))
    before = await log_stands_at(house)

    assert await (ask(house) if asks else ring(house)) == refused
    assert house.whatsapp.looked_up == [house.number.phone_number_id]
    assert ABOUT_THE_NUMBER in await told(house, before)
    said = len(house.whatsapp.said)
    assert await ring(house) == refused
    assert await ask(house, house.caio) == refused
    assert len(house.whatsapp.said) == said


async def test_settings_that_say_nothing_new_change_nothing(house: House) -> None:
    await allow(house)
    before = await log_stands_at(house)
    house.whatsapp.will(no(Code.CALLING_NOT_ENABLED))
    assert await ring(house) == CallingDisabled()
    assert ABOUT_THE_NUMBER not in await told(house, before)
    await rung(house)


async def test_settings_that_cannot_be_asked_for_change_nothing(house: House) -> None:
    await allow(house)
    house.whatsapp.settings = Unreached("refused")
    house.whatsapp.will(no(Code.CALLING_NOT_ENABLED))
    before = await log_stands_at(house)
    assert await ring(house) == CallingDisabled()
    assert ABOUT_THE_NUMBER not in await told(house, before)
    await rung(house)


async def test_a_pause_whose_end_nobody_told_is_tried_again_after_a_day(house: House) -> None:
    await allow(house)
    house.whatsapp.will(no(Code.CALLING_RESTRICTED))
    await ring(house)
    house.clock.now = NOON + UNTOLD_PAUSE
    await rung(house)


async def test_a_number_whatsapp_does_not_let_call_is_a_person_s_to_mend_and_may_call_once_its_settings_are_told_anew(
    house: House,
) -> None:
    await allow(house)
    house.whatsapp.will(no(Code.CALLING_UNAVAILABLE))
    await ring(house)
    assert (await number_of(house)).problem == "138013: no"
    await hear(house.resources, meta.switched(NOON - SECOND, calling=True))  # older than the refusal
    assert await ring(house) == CallingDisabled()
    house.clock.wait(HOUR)
    await hear(house.resources, meta.switched(house.clock.now, calling=True))
    await rung(house)
    assert (await number_of(house)).problem is None


async def test_an_old_pause_that_is_heard_of_again_pauses_nothing_that_newer_news_let_go(house: House) -> None:
    await allow(house)
    pause = meta.restricted(NOON + WEEK)
    await hear(house.resources, pause)
    house.clock.wait(HOUR)
    async with house.resources.database.writing() as session:  # as when its settings were asked for and told of none
        number = await session.get_one(BusinessNumber, (house.number.workspace_id, house.number.id))
        number.remember(pause_rules.told(number.pause, house.clock.now, None))
    await hear(house.resources, pause, meta.message_moved("wamid.nobody's", "sent", NOON))
    assert (await number_of(house)).restricted_until is None
    await rung(house)


async def test_settings_that_tell_of_no_pause_end_the_one_that_was_told_before(house: House) -> None:
    await hear(house.resources, meta.restricted(NOON + WEEK))
    house.clock.wait(HOUR)
    # A request that was under way when the pause was told.
    await reactions.react(house.resources, house.number, MetaError(Code.CALLING_NOT_ENABLED, "", "no"))
    assert (await number_of(house)).restricted_until is None


async def test_older_news_of_the_settings_do_not_overrule_those_that_were_asked_for(house: House) -> None:
    await allow(house)
    house.clock.wait(HOUR)
    house.whatsapp.settings = OFF
    house.whatsapp.will(no(Code.CALLING_NOT_ENABLED))
    await ring(house)
    await hear(house.resources, meta.switched(NOON, calling=True))
    assert await ring(house) == CallingDisabled()
    await hear(house.resources, meta.switched(NOON + HOUR + SECOND, calling=True))
    await rung(house)


@pytest.mark.parametrize("code", [Code.TOKEN_EXPIRED, Code.PAYMENT_MISSING, 200])
async def test_what_a_person_has_to_mend_is_the_number_s_problem_until_whatsapp_takes_something_again(
    house: House, code: int
) -> None:
    await allow(house)
    before = await log_stands_at(house)
    house.whatsapp.will(no(code), no(code))

    assert await ring(house) == RefusedByWhatsApp(code, "no")
    assert await ask(house) == RefusedByWhatsApp(code, "no")
    assert (await number_of(house)).problem == f"{code}: no"
    assert (await told(house, before)).count(ABOUT_THE_NUMBER) == 1

    await rung(house)
    assert (await number_of(house)).problem is None
    assert (await told(house, before)).count(ABOUT_THE_NUMBER) == 2


async def test_a_token_that_has_expired_is_noticed_also_while_asking_what_whatsapp_believes(house: House) -> None:
    house.whatsapp.state = no(Code.TOKEN_EXPIRED)
    refused = await verification.refresh(house.resources, house.admin, house.number.id, house.meera.id)
    assert refused == RefusedByWhatsApp(Code.TOKEN_EXPIRED, "no")
    assert (await number_of(house)).problem == "190: no"


async def test_what_a_person_has_to_mend_is_noticed_also_when_it_ends_a_call(house: House) -> None:
    await allow(house)
    await rung(house)
    failed = meta.terminated("wacid.1", NOON, code=Code.PAYMENT_METHOD_MISSING)
    await hear(house.resources, failed)
    assert (await number_of(house)).problem == "131044: No media"

    await rung(house)  # it is mended
    again = meta.terminated("wacid.1", NOON + SECOND, code=Code.PAYMENT_METHOD_MISSING)
    await hear(house.resources, failed, again)
    assert (await number_of(house)).problem is None


async def test_a_failure_that_is_older_than_the_mending_is_no_problem_any_more(house: House) -> None:
    await asked(house)
    await allow(house)
    house.whatsapp.will(no(Code.PAYMENT_MISSING))
    await ring(house)
    house.clock.wait(HOUR)
    await rung(house)
    assert (await number_of(house)).problem is None
    await hear(house.resources, meta.message_moved("wamid.1", "failed", NOON + MINUTE, code=Code.PAYMENT_MISSING))
    assert (await number_of(house)).problem is None


async def test_what_speaks_against_the_number_is_noticed_also_when_hanging_up(house: House) -> None:
    await allow(house)
    placed = await rung(house)
    house.whatsapp.will(no(Code.TOKEN_EXPIRED))
    assert await calls.end(house.resources, house.admin, placed.id) == RefusedByWhatsApp(Code.TOKEN_EXPIRED, "no")
    assert (await number_of(house)).problem == "190: no"
    assert (await the_call(house.resources)).status is CallStatus.CONNECTING


async def test_an_ordinary_no_is_nobody_s_problem(house: House) -> None:
    house.whatsapp.will(no(Code.UNDELIVERABLE), no(Code.WINDOW_CLOSED), no(100))
    for _ in range(3):
        await ask(house)
    assert (await number_of(house)).problem is None


@pytest.mark.parametrize("code", [Code.THROUGHPUT_LIMIT, Code.CALL_CONNECTION])
async def test_what_whatsapp_was_too_busy_for_was_not_sent_and_not_rung(house: House, code: int) -> None:
    await allow(house)
    house.whatsapp.will(no(code), no(code))
    assert await ask(house) == WhatsAppUnavailable()
    assert await ring(house) == WhatsAppUnavailable()

    [request], call = await requests_of(house.resources), await the_call(house.resources)
    assert (request.status, request.sent_at, request.known.counted_at) == (RequestStatus.FAILED, None, None)
    assert (call.status, call.known.connected_at) == (CallStatus.FAILED, None)
    assert (await permission_of(house.resources, house.meera)).unanswered_streak == 0
    await asked(house)
    await rung(house)


# The same "no" again


@pytest.mark.parametrize("code", [Code.REQUESTS_USED_UP, Code.CALLING_RESTRICTED])
async def test_asked_again_with_the_same_key_the_no_is_told_again_with_its_end(house: House, code: int) -> None:
    house.whatsapp.settings = PAUSED
    house.whatsapp.state = PermissionState(Status.NOT_REQUESTED, None, (Use("PT24H", 1, 1, NOON + 6 * HOUR),), ())
    house.whatsapp.will(no(code))
    first = await ask(house, key="one")
    assert isinstance(first, RequestLimitReached | NumberRestricted)
    assert first.available_at == NOON + 6 * HOUR
    house.clock.wait(HOUR)
    async with nothing_written_or_sent(house):
        assert await ask(house, key="one") == first


async def test_rung_again_with_the_same_key_the_no_is_told_again_with_its_end(house: House) -> None:
    await allow(house)
    house.whatsapp.settings = PAUSED
    house.whatsapp.will(no(Code.CALLING_RESTRICTED))
    assert await ring(house, key="one") == NumberRestricted(NOON + 6 * HOUR)
    house.clock.now = NOON + 6 * HOUR
    async with nothing_written_or_sent(house):
        assert await ring(house, key="one") == NumberRestricted(NOON + 6 * HOUR)


# The pair


@pytest.mark.parametrize(
    ("code", "meaning"), [(Code.CALL_RUNNING, CallInProgress()), (Code.CALLS_USED_UP, CallLimitReached())]
)
async def test_where_whatsapp_counts_calls_that_we_do_not_know_of_the_pair_is_in_doubt(
    house: House, code: int, meaning: Refusal
) -> None:
    await allow(house)
    house.clock.wait(MINUTE)
    house.whatsapp.will(no(code))
    assert await ring(house) == meaning
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.doubtful) == (Status.TEMPORARY, True)

    free_at = NOON + 7 * HOUR
    house.whatsapp.state = PermissionState(Status.TEMPORARY, NOON + WEEK, (), (Use("PT24H", 100, 100, free_at),))
    assert await ring(house) == CallLimitReached(None, free_at)
    assert len(house.whatsapp.rung) == 1


async def test_a_call_that_has_ended_for_whatsapp_is_refused_to_be_hung_up_as_what_it_is(house: House) -> None:
    await allow(house)
    placed = await rung(house)
    await hear(house.resources, meta.terminated("wacid.1", NOON))
    assert await calls.end(house.resources, house.admin, placed.id) == CallAlreadyEnded()


async def test_the_number_s_problem_does_not_hide_what_whatsapp_believes(house: House) -> None:
    house.whatsapp.will(no(Code.PAYMENT_MISSING))
    await ask(house)
    await refreshed(house)
    assert (await number_of(house)).problem == "131042: no"
