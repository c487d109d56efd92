"""What is made of Meta's word on a number and its credentials, whatever that is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from whatsapp.cloud_api import NumberSettings, Refused, Unanswered, Unreached
from whatsapp.errors import MetaError
from whatsapp.fake import FakeWhatsApp
from whatsapp.inspection import Aspect, Found, Inspection, OutOfReach, Subject, Verdict, inspect

from .showing import APP, DOOR, FIELDS, NUMBER, SCOPES, WABA, all_well, subscription, token

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SUBJECT = Subject(NUMBER, WABA, "an-app-secret", DOOR)
NO = Refused(MetaError(100, "Invalid parameter", ""))


async def found(whatsapp: FakeWhatsApp, subject: Subject = SUBJECT) -> Inspection:
    inspection = await inspect(whatsapp, subject, NOW)
    assert isinstance(inspection, Inspection), inspection
    return inspection


async def verdict(whatsapp: FakeWhatsApp, aspect: Aspect, subject: Subject = SUBJECT) -> tuple[Verdict, str]:
    [own] = [each for each in (await found(whatsapp, subject)).findings if each.aspect is aspect]
    return own.verdict, own.message


async def test_where_all_is_well_everything_is_said_to_be_and_meta_says_what_the_number_is() -> None:
    inspection = await found(all_well())
    assert [(each.aspect, each.verdict) for each in inspection.findings] == [(own, Verdict.OK) for own in Aspect]
    assert (inspection.display_phone_number, inspection.verified_name) == ("+918045550142", "Chai & Co")
    assert (inspection.waba_id, inspection.calling_enabled, inspection.failures) == (WABA, True, ())


async def test_an_account_that_is_not_given_is_found_among_those_that_the_token_names() -> None:
    whatsapp = all_well()
    granted = [{"scope": SCOPES[1], "target_ids": ["7", "8", WABA]}]
    whatsapp.shows |= {"debug_token": token(granular_scopes=granted), "7/phone_numbers": NO}
    whatsapp.shows["8/phone_numbers"] = {"data": [{"id": "2"}]}
    assert (await found(whatsapp, Subject(NUMBER, None, "s"))).waba_id == WABA
    whatsapp.shows["debug_token"] = token(granular_scopes=[])
    kind, message = await verdict(whatsapp, Aspect.ACCOUNT, Subject(NUMBER, None, "s"))
    assert kind is Verdict.FAILED
    assert message.endswith(
        "Give the id of its account, from WhatsApp Manager, and assign that account to the token's system user."
    )


@pytest.mark.parametrize(
    ("answer", "kind", "beginning"),
    [
        (Refused(MetaError(190, "Invalid OAuth access token", "")), Verdict.FAILED, "WhatsApp does not take"),
        (token(is_valid=False), Verdict.FAILED, "The access token is no longer valid."),
        (token(expires_at=int(NOW.timestamp())), Verdict.FAILED, "The access token is no longer valid."),
        (
            token(scopes=["whatsapp_business_messaging"]),
            Verdict.FAILED,
            "The access token may not do what is needed: it lacks whatsapp_business_management.",
        ),
        (
            token(expires_at=int((NOW + timedelta(days=2)).timestamp())),
            Verdict.WARNING,
            "The access token runs out at 2026-11-22 12:00 UTC.",
        ),
        (
            token(expires_at=int((NOW + timedelta(days=50)).timestamp())),
            Verdict.OK,
            "The access token runs out at 2027-01-09 12:00 UTC.",
        ),
        (NO, Verdict.UNKNOWN, "WhatsApp does not tell of the access token"),
    ],
)
async def test_what_meta_says_of_the_token_decides(answer: Any, kind: Verdict, beginning: str) -> None:
    whatsapp = all_well()
    whatsapp.shows["debug_token"] = answer
    said, message = await verdict(whatsapp, Aspect.ACCESS_TOKEN)
    assert (said, message[: len(beginning)]) == (kind, beginning)


async def test_a_number_that_is_not_shown_is_told_without_asking_further() -> None:
    whatsapp = all_well()
    whatsapp.shows[NUMBER] = NO
    inspection = await found(whatsapp)
    [failure] = inspection.failures
    assert failure.message.startswith(f"WhatsApp shows this access token no number with the id {NUMBER}.")
    assert whatsapp.looked_up == ["debug_token", NUMBER]


async def test_a_number_of_another_account_fails() -> None:
    whatsapp = all_well()
    whatsapp.shows[f"{WABA}/phone_numbers"] = {"data": [{"id": "1"}]}
    kind, message = await verdict(whatsapp, Aspect.ACCOUNT)
    assert kind is Verdict.FAILED
    assert message.startswith(f"The number does not belong to the WhatsApp Business Account {WABA}")


async def test_a_number_on_a_later_page_is_found_and_a_list_without_end_is_given_up() -> None:
    whatsapp = all_well()
    page = {"data": [{"id": "1"}], "paging": {"cursors": {"after": "x"}, "next": "https://…"}}
    whatsapp.shows[f"{WABA}/phone_numbers"] = page
    assert (await verdict(whatsapp, Aspect.ACCOUNT))[0] is Verdict.FAILED
    assert whatsapp.looked_up.count(f"{WABA}/phone_numbers") == 10


@pytest.mark.parametrize("apps", [[], [{"whatsapp_business_api_data": {"id": "another"}}]])
async def test_an_app_that_does_not_hear_of_the_account_fails(apps: list[Any]) -> None:
    whatsapp = all_well()
    whatsapp.shows[f"{WABA}/subscribed_apps"] = {"data": apps}
    kind, message = await verdict(whatsapp, Aspect.WEBHOOKS)
    assert kind is Verdict.FAILED
    assert f"POST /{WABA}/subscribed_apps" in message


@pytest.mark.parametrize(
    ("answer", "kind", "part"),
    [
        (subscription(fields=["messages"]), Verdict.FAILED, "does not hear of calls,"),
        (subscription(active=False), Verdict.FAILED, "does not hear of messages and calls,"),
        ({"data": []}, Verdict.FAILED, "does not hear of messages and calls,"),
        (subscription(fields=FIELDS[:4]), Verdict.WARNING, "does not hear of message_template_status_update:"),
        (subscription(callback_url="https://old.example"), Verdict.WARNING, "tells its news at https://old.example,"),
        (NO, Verdict.UNKNOWN, "WhatsApp does not tell"),
    ],
)
async def test_the_fields_that_the_app_hears_of_decide(answer: Any, kind: Verdict, part: str) -> None:
    whatsapp = all_well()
    whatsapp.shows[f"{APP}/subscriptions"] = answer
    said, message = await verdict(whatsapp, Aspect.WEBHOOKS)
    assert (said, part in message) == (kind, True), message
    assert whatsapp.tokens == [f"{APP}|an-app-secret"]


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        (NumberSettings(calling_enabled=True, restricted_until=None), Verdict.OK),
        (NumberSettings(calling_enabled=False, restricted_until=None), Verdict.WARNING),
        (NumberSettings(calling_enabled=True, restricted_until=NOW + timedelta(days=1)), Verdict.WARNING),
        (NumberSettings(calling_enabled=True, restricted_until=None, paused_without_end=True), Verdict.WARNING),
        (NO, Verdict.UNKNOWN),
    ],
)
async def test_calling_that_is_off_or_paused_is_a_warning(settings: Any, kind: Verdict) -> None:
    whatsapp = all_well()
    whatsapp.settings = settings
    assert (await verdict(whatsapp, Aspect.CALLING))[0] is kind


@pytest.mark.parametrize(("listed", "kind"), [((), Verdict.WARNING), (NO, Verdict.FAILED)])
async def test_without_a_template_to_ask_with_it_is_told(listed: Any, kind: Verdict) -> None:
    whatsapp = all_well()
    whatsapp.listed = listed
    assert (await verdict(whatsapp, Aspect.TEMPLATES))[0] is kind


@pytest.mark.parametrize("place", ["debug_token", NUMBER, f"{WABA}/phone_numbers", f"{WABA}/subscribed_apps"])
@pytest.mark.parametrize("silence", [Unreached("no way"), Unanswered("no answer"), {"data": "nonsense"}])
async def test_whatever_is_not_answered_leaves_all_unknown(place: str, silence: Any) -> None:
    whatsapp = all_well()
    whatsapp.shows[place] = silence
    assert isinstance(await inspect(whatsapp, SUBJECT, NOW), OutOfReach)


async def test_settings_and_templates_that_are_not_answered_leave_all_unknown() -> None:
    whatsapp = all_well()
    whatsapp.settings = Unreached("no way")
    assert await inspect(whatsapp, SUBJECT, NOW) == OutOfReach("no way")
    whatsapp = all_well()
    whatsapp.listed = Unanswered("no answer")
    assert await inspect(whatsapp, SUBJECT, NOW) == OutOfReach("no answer")


def test_a_subject_shows_no_secret() -> None:
    assert "an-app-secret" not in repr(SUBJECT)


@pytest.mark.parametrize(
    ("shown", "said", "particulars"),
    [
        ({}, Found.TOKEN_LASTS, ()),
        ({}, Found.NUMBER_SEEN, (("phone", "+918045550142"),)),
        ({}, Found.ACCOUNT_FITS, (("wabaId", WABA),)),
        ({"debug_token": NO}, Found.TOKEN_UNTOLD, (("reason", "100: Invalid parameter"),)),
        (
            {"debug_token": token(scopes=[])},
            Found.TOKEN_LACKS_SCOPES,
            (("scope", "whatsapp_business_messaging"), ("scope", "whatsapp_business_management")),
        ),
        (
            {"debug_token": token(expires_at=int((NOW + timedelta(days=2)).timestamp()))},
            Found.TOKEN_ENDS,
            (("endsAt", "2026-11-22T12:00:00+00:00"),),
        ),
        ({NUMBER: NO}, Found.NUMBER_UNSEEN, (("phoneNumberId", NUMBER),)),
        ({f"{WABA}/phone_numbers": {"data": []}}, Found.ACCOUNT_DIFFERS, (("wabaId", WABA),)),
        ({f"{WABA}/subscribed_apps": NO}, Found.WEBHOOKS_UNTOLD, (("reason", "100: Invalid parameter"),)),
        ({f"{WABA}/subscribed_apps": {"data": []}}, Found.WEBHOOKS_NOT_SUBSCRIBED, (("wabaId", WABA),)),
        (
            {f"{APP}/subscriptions": subscription(active=False)},
            Found.WEBHOOK_FIELDS_MISSING,
            (("field", "messages"), ("field", "calls")),
        ),
        (
            {f"{APP}/subscriptions": subscription(callback_url="https://old.example")},
            Found.WEBHOOKS_ELSEWHERE,
            (("toldAt", "https://old.example"), ("heardAt", DOOR)),
        ),
    ],
)
async def test_what_was_found_is_told_to_programs_with_its_particulars(
    shown: dict[str, Any], said: Found, particulars: tuple[tuple[str, str], ...]
) -> None:
    whatsapp = all_well()
    whatsapp.shows |= shown
    findings = (await found(whatsapp)).findings
    assert (said, particulars) in [(own.found, own.particulars) for own in findings]
