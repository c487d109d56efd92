"""The sandbox's updates, delivered to pywa's own webhook door and read by pywa's own parsing."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pywa.types import calls, templates
from pywa.types.account_update import AccountUpdate, AccountUpdateEvent, RestrictionType
from pywa.types.message import Message
from pywa.types.message_status import MessageStatus, MessageStatusType
from pywa.types.system import PhoneNumberChange

from .harness import DISPLAY, MEERA, NUMBER
from .pywa_business import VERIFY_TOKEN, Business, open_business


@pytest.fixture
async def business(tmp_path: Path) -> AsyncIterator[Business]:
    """A business run with pywa."""
    async with open_business(tmp_path) as opened:
        yield opened


async def test_the_door_is_pywas_own_and_checks_signatures(business: Business) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "42"}
    async with httpx.AsyncClient(trust_env=False, timeout=60) as stranger:
        assert (await stranger.get(business.own_url, params=asked)).text == "42"
        assert (await stranger.post(business.own_url, json={})).status_code == 401
    await business.sandbox.press("message", {"text": "Olá / नमस्ते"})
    await business.until(lambda: bool(business.of(Message)))
    [message] = business.of(Message)
    assert (message.text, message.from_user.wa_id, message.from_user.name) == ("Olá / नमस्ते", MEERA, "Meera Kulkarni")


async def test_message_statuses_are_read(business: Business) -> None:
    wamid = (await business.sandbox.ask_by_template(biz_opaque_callback_data="cpr:1")).json()["messages"][0]["id"]
    await business.sandbox.press("look")
    await business.until(lambda: len(business.of(MessageStatus)) == 3)
    statuses = business.of(MessageStatus)
    assert [status.status for status in statuses] == [
        MessageStatusType.SENT,
        MessageStatusType.DELIVERED,
        MessageStatusType.READ,
    ]
    assert {(status.id, status.tracker, status.from_user.wa_id) for status in statuses} == {(wamid, "cpr:1", MEERA)}
    assert statuses[0].pricing is not None
    assert statuses[0].pricing.category.value == "utility"


async def test_a_failed_message_is_not_read(business: Business) -> None:
    # Meta leaves `contacts` out of a failed status. pywa takes the customer from there, so it logs the loss and goes
    # on: it never learns that its request did not arrive. The update itself is there.
    await business.sandbox.script("errors", code=131026, on="messages", late=True)
    await business.sandbox.ask()
    await business.until(lambda: len(business.raw) == 2)
    value = business.raw[1]["entry"][0]["changes"][0]["value"]
    assert value["statuses"][0]["errors"][0]["code"] == 131026
    assert [status.status for status in business.of(MessageStatus)] == [MessageStatusType.SENT]


async def test_permission_replies_are_read(business: Business) -> None:
    wamid = (await business.sandbox.ask()).json()["messages"][0]["id"]
    for answer in ("temporary", "permanent", "decline"):
        await business.sandbox.press("reply", {"answer": answer})
    await business.sandbox.press("reply", {"answer": "temporary", "as_number": True})
    await business.until(lambda: len(business.of(calls.CallPermissionUpdate)) == 4)
    # `is_permanent` is not among what pywa reads: a permanent grant looks like a temporary one without an end.
    replies = business.of(calls.CallPermissionUpdate)
    assert [bool(reply) for reply in replies] == [True, True, False, True]
    assert [reply.expiration_timestamp is None for reply in replies] == [False, True, True, False]
    for reply in (replies[0], replies[3]):
        assert reply.expiration_timestamp is not None
        assert (reply.expiration_timestamp - reply.timestamp).total_seconds() == 604_800
    assert {reply.reply_to_message.id for reply in replies if reply.reply_to_message} == {wamid}
    assert {reply.response_source for reply in replies} == {calls.CallPermissionResponseSource.USER_ACTION}


async def test_a_hidden_number_is_read_as_a_user_id_and_a_username(business: Business) -> None:
    await business.sandbox.press("identity", {"username": "meera.k", "hide_phone": True})
    await business.sandbox.press("grant", {"answer": "permanent"})
    await business.until(lambda: bool(business.of(calls.CallPermissionUpdate)))
    [reply] = business.of(calls.CallPermissionUpdate)
    user = reply.from_user
    assert (user.wa_id, user.username, user.bsuid) == (
        None,
        "meera.k",
        (await business.sandbox.phone())["user_id"],
    )
    assert reply.reply_to_message is None


async def test_an_automatic_callback_permission_is_read(business: Business) -> None:
    await business.sandbox.graph(f"{NUMBER}/settings", {"calling": {"callback_permission_status": "ENABLED"}})
    wacid = (await business.sandbox.press("dial")).json()["call"]["wacid"]
    await business.until(lambda: bool(business.of(calls.CallPermissionUpdate)))
    [reply] = business.of(calls.CallPermissionUpdate)
    assert reply.response_source is calls.CallPermissionResponseSource.AUTOMATIC
    assert reply.reply_to_message is not None
    assert reply.reply_to_message.id == wacid


async def test_a_call_is_read_from_connect_to_terminate(business: Business) -> None:
    # Meta's sample of a call's status has no contacts; pywa was written against one that has, and needs them.
    await business.sandbox.script("variants", call_status_contacts=True)
    await business.sandbox.press("grant", {"answer": "permanent"})
    wacid = (await business.sandbox.ring(biz_opaque_callback_data="call:1")).json()["calls"][0]["id"]
    await business.sandbox.press(f"calls/{wacid}", {"do": "answer"})
    await business.sandbox.press(f"calls/{wacid}", {"do": "hang_up"})
    await business.until(lambda: bool(business.of(calls.CallTerminate)))
    [connect] = business.of(calls.CallConnect)
    assert (connect.id, connect.direction) == (wacid, calls.CallDirection.BUSINESS_INITIATED)
    assert connect.session is not None
    assert connect.session.sdp_type == "answer"
    statuses = business.of(calls.CallStatus)
    assert [status.status for status in statuses] == [calls.CallStatusType.RINGING, calls.CallStatusType.ACCEPTED]
    [terminate] = business.of(calls.CallTerminate)
    assert (terminate.id, terminate.status, terminate.tracker) == (
        wacid,
        calls.CallTerminateStatus.COMPLETED,
        "call:1",
    )
    assert terminate.start_time is not None
    assert terminate.end_time is not None
    assert terminate.duration == (terminate.end_time - terminate.start_time).total_seconds()
    assert {call.from_user.wa_id for call in (connect, *statuses, terminate)} == {MEERA}


async def test_a_missed_and_a_failed_call_are_read(business: Business) -> None:
    await business.sandbox.press("grant", {"answer": "permanent"})
    await business.sandbox.press(f"calls/{await business.sandbox.rung()}", {"do": "ignore"})
    await business.sandbox.press(f"calls/{await business.sandbox.rung()}", {"do": "fail", "code": 138021})
    await business.until(lambda: len(business.of(calls.CallTerminate)) == 2)
    missed, failed = business.of(calls.CallTerminate)
    assert (missed.status, missed.duration, missed.error) == (calls.CallTerminateStatus.COMPLETED, None, None)
    assert failed.status is calls.CallTerminateStatus.FAILED
    assert failed.error is not None
    assert failed.error.code == 138021


async def test_call_events_it_does_not_know_pass_by(business: Business) -> None:
    await business.sandbox.press("grant", {"answer": "permanent"})
    wacid = await business.sandbox.rung()
    for event in ("call_created", "call_recording_available"):
        await business.sandbox.press(f"calls/{wacid}", {"do": "event", "event": event})
    await business.sandbox.press(f"calls/{wacid}", {"do": "reject"})
    await business.until(lambda: bool(business.of(calls.CallTerminate)))
    assert [len(business.of(kind)) for kind in (calls.CallConnect, calls.CallTerminate)] == [1, 1]


async def test_of_a_batch_it_reads_the_first_only(business: Business) -> None:
    # pywa looks at entry[0].changes[0] and the first item there. Whatever else came in the same POST is lost, which is
    # why a client for real customers cannot be built on it as it is.
    await business.sandbox.script("chaos", batch=50, delay_seconds=[0.2, 0.2])
    for text in ("one", "two", "three"):
        await business.sandbox.press("message", {"text": text})
    await business.until(lambda: sum(len(update["entry"][0]["changes"]) for update in business.raw) == 3)
    assert len(business.of(Message)) == len(business.raw) < 3


async def test_a_changed_number_is_read_where_it_is_not_hidden(business: Business) -> None:
    await business.sandbox.press("message", {"text": "Hello"})
    moved = (await business.sandbox.press("change_number", {"to": "919900011122"})).json()
    await business.until(lambda: bool(business.of(PhoneNumberChange)))
    [change] = business.of(PhoneNumberChange)
    assert (change.old_wa_id, change.new_wa_id, change.new_user_id) == (MEERA, "919900011122", moved["user_id"])
    # Without a `from`, as Meta's sample of `user_changed_user_id` is, pywa cannot read it.
    await business.sandbox.press("identity", {"hide_phone": True}, "919900011122")
    await business.sandbox.press("change_number", {"to": MEERA}, "919900011122")
    await business.until(lambda: len(business.raw) == 3)
    told = business.raw[2]["entry"][0]["changes"][0]["value"]["messages"][0]
    assert told["system"]["type"] == "user_changed_user_id"
    assert len(business.of(PhoneNumberChange)) == 1


async def test_warnings_restrictions_and_templates_are_read(business: Business) -> None:
    await business.sandbox.script(f"numbers/{NUMBER}", violation=True)
    await business.sandbox.script(f"numbers/{NUMBER}", restricted=True, seconds=600)
    await business.sandbox.script("templates/may_we_call", status="PAUSED")
    await business.sandbox.script("templates/may_we_call", category="MARKETING")
    await business.until(lambda: len(business.heard) == 4)
    warned, restricted = business.of(AccountUpdate)
    assert warned.event is AccountUpdateEvent.ACCOUNT_VIOLATION
    assert warned.violation_info is not None
    assert warned.violation_info.type == "LOW_BUSINESS_INITIATED_CALLING_QUALITY"
    assert restricted.event is AccountUpdateEvent.ACCOUNT_RESTRICTION
    assert restricted.restriction_info[0].type is RestrictionType.RESTRICTED_BUSINESS_INITIATED_CALLING
    [status] = business.of(templates.TemplateStatusUpdate)
    assert (status.template_name, status.new_status) == ("may_we_call", templates.TemplateStatus.PAUSED)
    [category] = business.of(templates.TemplateCategoryUpdate)
    assert category.new_category is templates.TemplateCategory.MARKETING
    assert business.raw[0]["entry"][0]["changes"][0]["value"]["phone_number"] == DISPLAY
