"""What WhatsApp's errors, pauses and reports of failure mean beyond the thing that they were said of."""

import pytest

from actions import calls, verification
from models.business_number import BusinessNumber
from rules.call import CallStatus
from rules.permission import Status
from rules.refusals import (
    CallAlreadyEnded,
    CallingDisabled,
    CallInProgress,
    CallLimitReached,
    NumberRestricted,
    Refusal,
    RefusedByWhatsApp,
    WhatsAppUnavailable,
)
from rules.request import RequestStatus
from tests.ground.house import DAY, HOUR, MINUTE, NOON, SECOND, House
from whatsapp.cloud_api import NumberSettings, PermissionState, Refused, Unreached, Use
from whatsapp.errors import Code, MetaError

from . import meta
from .doing import (
    WEEK,
    allow,
    ask,
    asked,
    hear,
    log_stands_at,
    permission_of,
    refreshed,
    requests_of,
    ring,
    rung,
    the_call,
    the_request,
    told,
)

PAUSED = NumberSettings(calling_enabled=True, restricted_until=NOON + DAY)
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
    ("code", "settings", "first", "then"),
    [
        (Code.CALLING_RESTRICTED, PAUSED, NumberRestricted(), NumberRestricted(NOON + DAY)),
        (Code.CALLING_NOT_ENABLED, OFF, CallingDisabled(), CallingDisabled()),
    ],
)
@pytest.mark.parametrize("asks", [False, True])
async def test_an_error_about_the_number_has_its_settings_asked_for_and_taken_over(
    house: House,
    code: int,
    settings: NumberSettings,
    first: Refusal,
    then: Refusal,
    asks: bool,  # noqa: FBT001 pytest names it
) -> None:
    await allow(house)
    house.whatsapp.settings = settings
    house.whatsapp.will(no(code))
    before = await log_stands_at(house)

    assert await (ask(house) if asks else ring(house)) == first
    assert house.whatsapp.looked_up == [house.number.phone_number_id]
    assert ABOUT_THE_NUMBER in await told(house, before)
    said = len(house.whatsapp.said)
    assert await ring(house) == then
    assert await ask(house, house.caio) == then
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
    house.whatsapp.will(no(Code.CALLING_RESTRICTED))
    assert await ring(house) == NumberRestricted()
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
