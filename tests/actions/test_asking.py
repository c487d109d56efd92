"""Asking for permission: what goes out, what stands in the way, and what WhatsApp's own "no" means."""

from dataclasses import asdict

import pytest

from actions import permissions
from actions.faults import NotFoundError
from actions.permissions import Asking
from models.columns import new_id
from models.permission_request import PermissionRequest, RequestKind
from rules.limits import PolicyName
from rules.permission import Response, Source, Status
from rules.refusals import (
    CallingDisabled,
    CustomerUnreachable,
    IdempotencyKeyReused,
    MessagingWindowClosed,
    NumberRestricted,
    PermissionAlreadyPermanent,
    Refusal,
    RefusedByWhatsApp,
    RequestLimitReached,
    TemplateUnavailable,
    WhatsAppUnavailable,
)
from rules.request import RequestStatus
from tests.ground.house import DAY, HOUR, NOON, SECOND, House, open_business
from whatsapp.cloud_api import PermissionState, Recipient, Refused, Template, Unanswered, Unreached, Use
from whatsapp.errors import Code, MetaError
from whatsapp.fake import Asked, StateAsked

from . import meta
from .doing import (
    TEXT,
    allow,
    ask,
    asked,
    asking,
    believing,
    decline,
    hear,
    log_stands_at,
    nothing_written_or_sent,
    permission_of,
    requests_of,
    the_request,
    told,
)

# What goes out


async def test_a_request_is_kept_sent_and_told(house: House) -> None:
    template = Template("may_we_call", "en", {"first_name": "Meera", "topic": "your parcel"})
    before = await log_stands_at(house)

    made = await permissions.request(house.resources, house.admin, asking(house, content=template, key="one"))

    assert isinstance(made, PermissionRequest)
    assert house.whatsapp.said == [
        Asked("529183746501122", Recipient("+919812300457", None), template, f"cpr:{made.id}")
    ]
    kept = await the_request(house.resources)
    assert (kept.id, kept.kind, kept.content) == (made.id, RequestKind.TEMPLATE, asdict(template))
    assert (kept.status, kept.message_id, kept.sent_at, kept.lease_until) == (
        RequestStatus.SENT,
        "wamid.1",
        NOON,
        None,
    )
    assert (kept.requested_by, kept.token_id) == ("admin", house.admin.token_id)
    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.latest_request_id) == (Status.REQUESTED, made.id)
    assert await told(house, before) == [
        ("PERMISSION_REQUEST", None, "QUEUED", "REQUESTED"),
        ("PERMISSION_REQUEST", "QUEUED", "SENT", "REQUESTED"),
        ("CALL_PERMISSION", "NOT_REQUESTED", "REQUESTED", "REQUESTED"),
    ]


async def test_no_transaction_is_open_while_whatsapp_is_spoken_to(house: House) -> None:
    async def look() -> None:
        # On PostgreSQL this would wait for the row's lock for ever, on SQLite for the writers' turn.
        await decline(house)
        seen.append((await the_request(house.resources)).status)

    seen: list[RequestStatus] = []
    house.whatsapp.meanwhile = lambda _said: look()

    await asked(house)

    assert seen == [RequestStatus.QUEUED]


async def test_customers_and_numbers_of_another_workspace_are_not_found(house: House) -> None:
    other = await open_business(house.resources, "Other", phone_number_id="2", display_phone_number="+918045550143")
    stranger = await other.customer(phone="+919812300458")
    asked_for = [
        (stranger.id, house.number.id, "customer"),
        (house.meera.id, other.number.id, "business number"),
        (new_id(), house.number.id, "customer"),
    ]
    async with nothing_written_or_sent(house):
        for customer_id, number_id, missing in asked_for:
            with pytest.raises(NotFoundError, match=f"There is no such {missing}"):
                await permissions.request(house.resources, house.admin, Asking(customer_id, number_id, TEXT))


# What stands in the way


async def test_a_second_request_in_a_day_is_refused_until_the_first_is_a_day_old(house: House) -> None:
    await asked(house)
    house.clock.wait(DAY - SECOND)

    async with nothing_written_or_sent(house):
        refused = await ask(house)
    assert isinstance(refused, RequestLimitReached)
    assert refused.available_at == NOON + DAY
    assert refused.limit is not None
    assert (refused.limit.period, refused.limit.maximum, refused.limit.used) == (DAY, 1, 1)

    house.clock.wait(SECOND)
    await asked(house)


async def test_a_third_request_in_a_week_is_refused_until_the_first_is_a_week_old(house: House) -> None:
    await asked(house)
    house.clock.wait(2 * DAY)
    await asked(house)
    house.clock.wait(2 * DAY)

    async with nothing_written_or_sent(house):
        refused = await ask(house)
    assert isinstance(refused, RequestLimitReached)
    assert refused.available_at == NOON + 7 * DAY


async def test_a_call_that_was_picked_up_frees_the_requests(house: House) -> None:
    await asked(house)
    house.clock.wait(HOUR)
    await hear(house.resources, meta.dialled("wacid.theirs", house.clock.now, answered_at=house.clock.now - 5 * SECOND))

    await asked(house)
    assert len(house.whatsapp.asked) == 2


async def test_whoever_allows_calls_for_good_is_not_asked(house: House) -> None:
    await allow(house, lasting=None)
    async with nothing_written_or_sent(house):
        assert await ask(house) == PermissionAlreadyPermanent()


async def test_whoever_allows_calls_for_a_week_may_be_asked_again(house: House) -> None:
    await allow(house)
    await asked(house)
    assert (await permission_of(house.resources, house.meera)).status is Status.TEMPORARY


async def test_nobody_is_asked_from_a_number_whose_calling_is_switched_off(house: House) -> None:
    await hear(house.resources, meta.switched(NOON, calling=False))
    async with nothing_written_or_sent(house):
        assert await ask(house) == CallingDisabled()

    await hear(house.resources, meta.switched(NOON + SECOND, calling=True))
    await asked(house)


async def test_nobody_is_asked_from_a_number_that_meta_has_paused_until_the_pause_ends(house: House) -> None:
    await hear(house.resources, meta.restricted(NOON + 7 * DAY))
    async with nothing_written_or_sent(house):
        assert await ask(house) == NumberRestricted(NOON + 7 * DAY)

    house.clock.wait(7 * DAY)
    await asked(house)


async def test_the_blocker_that_waiting_does_not_end_is_the_one_that_is_told(house: House) -> None:
    await hear(house.resources, meta.restricted(NOON + 7 * DAY))
    await allow(house, lasting=None)
    async with nothing_written_or_sent(house):
        assert await ask(house) == PermissionAlreadyPermanent()


async def test_a_number_with_meta_s_test_limits_may_ask_25_times_a_day(house: House) -> None:
    business = await open_business(
        house.resources,
        "Test",
        phone_number_id="2",
        display_phone_number="+918045550143",
        policy=PolicyName.SANDBOX,
    )
    customer = await business.customer(phone="+919812300457")
    again = Asking(customer.id, business.number.id, TEXT)
    results = [await permissions.request(house.resources, business.admin, again) for _ in range(26)]
    assert [isinstance(result, PermissionRequest) for result in results] == [True] * 25 + [False]
    assert len(house.whatsapp.asked) == 25


# WhatsApp's own "no"


def no(code: int, details: str = "no") -> Refused:
    return Refused(MetaError(code, "", details))


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (Code.WINDOW_CLOSED, MessagingWindowClosed()),
        (Code.UNDELIVERABLE, CustomerUnreachable()),
        (Code.NOT_ON_ALLOW_LIST, CustomerUnreachable()),
        (Code.CALLING_NOT_ENABLED, CallingDisabled()),
        (Code.TEMPLATE_MISSING, TemplateUnavailable("WhatsApp does not take this template (no).")),
        (131009, RefusedByWhatsApp(131009, "no")),
    ],
)
async def test_what_whatsapp_refuses_is_told_as_what_it_means_and_leaves_the_way_free(
    house: House, code: int, meaning: Refusal
) -> None:
    house.whatsapp.will(no(code))
    before = await log_stands_at(house)

    assert await ask(house, key="one") == meaning
    assert await ask(house, key="one") == meaning  # the same key gives the first result again
    assert len(house.whatsapp.asked) == 1

    failed = await the_request(house.resources)
    assert (failed.status, failed.failure, failed.refused_code) == (RequestStatus.FAILED, f"{code}: no", code)
    assert (await permission_of(house.resources, house.meera)).status is Status.NOT_REQUESTED
    assert await told(house, before) == [
        ("PERMISSION_REQUEST", None, "QUEUED", "REQUESTED"),
        ("PERMISSION_REQUEST", "QUEUED", "FAILED", "WHATSAPP"),
    ]

    await asked(house)  # what failed before it was sent does not count


async def test_where_whatsapp_counts_more_requests_than_we_do_it_also_says_when_there_is_room(house: House) -> None:
    free_at = NOON + 7 * HOUR
    house.whatsapp.will(no(Code.REQUESTS_USED_UP))
    house.whatsapp.state = PermissionState(
        Status.NOT_REQUESTED, None, (Use("PT24H", 1, 1, free_at), Use("P7D", 2, 1, None)), ()
    )

    assert await ask(house) == RequestLimitReached(None, free_at)
    assert house.whatsapp.said[1:] == [StateAsked("529183746501122", Recipient("+919812300457", None))]


async def test_where_whatsapp_does_not_say_when_there_is_room_nothing_is_made_up(house: House) -> None:
    house.whatsapp.will(no(Code.REQUESTS_USED_UP), no(Code.REQUESTS_USED_UP))
    house.whatsapp.state = Unanswered("timed out")
    assert await ask(house) == RequestLimitReached()
    house.whatsapp.state = believing()
    assert await ask(house) == RequestLimitReached()


async def test_where_whatsapp_knows_of_a_permission_for_good_it_is_believed(house: House) -> None:
    house.whatsapp.will(no(Code.ALREADY_PERMANENT))
    before = await log_stands_at(house)

    assert await ask(house, key="one") == PermissionAlreadyPermanent()

    permission = await permission_of(house.resources, house.meera)
    assert (permission.status, permission.confirmed_at, permission.expires_at) == (Status.PERMANENT, NOON, None)
    assert permission.known.source is Source.WHATSAPP
    assert await told(house, before + 1) == [
        ("PERMISSION_REQUEST", "QUEUED", "FAILED", "WHATSAPP"),
        ("CALL_PERMISSION", "NOT_REQUESTED", "PERMANENT", "WHATSAPP"),
    ]
    assert await ask(house, key="one") == PermissionAlreadyPermanent()
    assert len(house.whatsapp.asked) == 1


@pytest.mark.parametrize("outcome", [no(Code.THROUGHPUT_LIMIT), no(Code.MAINTENANCE), Unreached("refused")])
async def test_what_never_happened_frees_its_idempotency_key(house: House, outcome: Refused | Unreached) -> None:
    house.whatsapp.will(outcome)
    assert await ask(house, key="one") == WhatsAppUnavailable()

    sent = await asked(house, key="one")
    assert sent.message_id == "wamid.2"
    assert [made.status for made in await requests_of(house.resources)] == [RequestStatus.FAILED, RequestStatus.SENT]


async def test_a_lost_answer_leaves_the_request_queued_and_the_way_blocked(house: House) -> None:
    house.whatsapp.will(Unanswered("timed out"))

    made = await asked(house, key="one")
    again = await asked(house, key="one")

    assert (made.status, again.id, again.status) == (RequestStatus.QUEUED, made.id, RequestStatus.QUEUED)
    assert isinstance(await ask(house), RequestLimitReached)
    assert len(house.whatsapp.asked) == 1


# Idempotency


async def test_the_same_key_with_the_same_input_gives_the_first_request_again(house: House) -> None:
    first = await asked(house, key="one")
    house.clock.wait(DAY - SECOND)
    async with nothing_written_or_sent(house):
        assert (await asked(house, key="one")).id == first.id


async def test_the_same_key_with_another_input_is_refused(house: House) -> None:
    await asked(house, key="one")
    house.clock.wait(DAY - SECOND)
    others = [
        asking(house, key="one", content=Template("may_we_call", "en", {})),
        asking(house, house.caio, key="one"),
    ]
    async with nothing_written_or_sent(house):
        for other in others:
            assert await permissions.request(house.resources, house.admin, other) == IdempotencyKeyReused()


async def test_two_workspaces_may_use_the_same_key(house: House) -> None:
    other = await open_business(house.resources, "Other", phone_number_id="2", display_phone_number="+918045550143")
    stranger = await other.customer(phone="+919812300457")
    await asked(house, key="one")

    theirs = await permissions.request(house.resources, other.admin, Asking(stranger.id, other.number.id, TEXT, "one"))
    assert isinstance(theirs, PermissionRequest)
    assert len(house.whatsapp.asked) == 2


async def test_a_request_that_was_answered_still_is_the_first_result_of_its_key(house: House) -> None:
    first = await asked(house, key="one")
    await hear(house.resources, meta.replied("wamid.reply", NOON, to="wamid.1", yes=False))

    again = await asked(house, key="one")
    assert (again.id, again.status, again.answer) == (first.id, RequestStatus.ANSWERED, Response.DECLINED)
