"""Calls in both directions, through to their webhooks."""

import time
from dataclasses import replace
from typing import Any

import httpx
import pytest

from sandbox.app import BusinessNumber, Config, Limits
from sandbox.call import RING_SECONDS
from sandbox.sdp import answer_to, fault_in_offer, new_offer

from .harness import DISPLAY, MEERA, NUMBER, OFFER, Door, Sandbox, run_sandbox


def _code(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["error"]["code"]


def _ended(door: Door) -> list[dict[str, Any]]:
    return [call for call in door.items("calls") if call["event"] == "terminate"]


async def test_without_permission_nothing_rings(sandbox: Sandbox) -> None:
    assert _code(await sandbox.ring()) == (401, 138006)
    assert (await sandbox.phone())["calls"] == []


async def test_an_answered_call_is_told_from_connect_to_terminate(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    wacid = (await sandbox.ring(biz_opaque_callback_data="call:1")).json()["calls"][0]["id"]
    assert (await sandbox.phone())["calls"][0]["status"] == "ringing"
    assert (await sandbox.press(f"calls/{wacid}", {"do": "answer"})).json()["call"]["status"] == "in_progress"
    assert (await sandbox.press(f"calls/{wacid}", {"do": "hang_up"})).json()["call"]["status"] == "completed"
    await door.until(lambda: bool(_ended(door)))
    [connect, terminate] = door.items("calls")
    assert connect["id"] == wacid
    assert (connect["event"], connect["direction"]) == ("connect", "BUSINESS_INITIATED")
    assert (connect["from"], connect["to"]) == (DISPLAY, MEERA)
    assert connect["to_user_id"] == (await sandbox.phone())["user_id"]
    assert connect["session"]["sdp_type"] == "answer"
    sdp = connect["session"]["sdp"]
    assert "a=setup:active\r\n" in sdp
    assert "a=mid:audio0\r\n" in sdp
    assert "a=rtpmap:96 opus/48000/2\r\n" in sdp
    statuses = door.items("statuses", "calls")
    assert [(each["type"], each["status"]) for each in statuses] == [("call", "RINGING"), ("call", "ACCEPTED")]
    assert terminate["status"] == "COMPLETED"
    assert terminate["duration"] == int(terminate["end_time"]) - int(terminate["start_time"])
    opaque = {each["biz_opaque_callback_data"] for each in (connect, terminate, *statuses)}
    assert opaque == {"call:1"}


async def test_a_rejected_call_is_told_and_ends_without_times(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    wacid = await sandbox.rung()
    await sandbox.press(f"calls/{wacid}", {"do": "reject"})
    await door.until(lambda: bool(_ended(door)))
    assert [each["status"] for each in door.items("statuses", "calls")] == ["RINGING", "REJECTED"]
    [terminate] = _ended(door)
    assert terminate["status"] == "COMPLETED"
    assert not {"start_time", "end_time", "duration"} & set(terminate)


async def test_an_ignored_call_ends_unanswered_at_once(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    wacid = await sandbox.rung()
    assert (await sandbox.press(f"calls/{wacid}", {"do": "ignore"})).json()["call"]["status"] == "no_answer"
    await door.until(lambda: bool(_ended(door)))
    assert [each["status"] for each in door.items("statuses", "calls")] == ["RINGING"]
    assert "duration" not in _ended(door)[0]
    again = await sandbox.press(f"calls/{wacid}", {"do": "answer"})
    assert again.status_code == 409


async def test_the_business_can_cancel_a_ringing_call_and_hang_up_only_once(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    wacid = await sandbox.rung()
    body = {"messaging_product": "whatsapp", "call_id": wacid, "action": "terminate"}
    done = await sandbox.graph(f"{NUMBER}/calls", body)
    assert done.json() == {"messaging_product": "whatsapp", "success": True}
    assert _code(await sandbox.graph(f"{NUMBER}/calls", body)) == (400, 100)
    await door.until(lambda: bool(_ended(door)))
    assert (await sandbox.phone())["calls"][0]["status"] == "cancelled"


async def test_one_customer_has_one_call_at_a_time(sandbox: Sandbox) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    await sandbox.rung()
    assert _code(await sandbox.ring()) == (400, 138003)


async def test_a_call_nobody_takes_rings_out(config: Config, door: Door) -> None:
    shift = 0.0
    async with run_sandbox(config, clock=lambda: time.time() + shift) as sandbox:
        await sandbox.press("grant", {"answer": "permanent"})
        await sandbox.rung()
        shift = RING_SECONDS + 1.0
        await sandbox.press("message", {"text": "anything that moves the clock's keeper"})
        await door.until(lambda: bool(_ended(door)))
        assert (await sandbox.phone())["calls"][0]["status"] == "no_answer"


async def test_two_missed_calls_nudge_and_four_revoke_by_themselves(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    for deed in ("ignore", "reject", "ignore", "reject"):
        await sandbox.press(f"calls/{await sandbox.rung()}", {"do": deed})
    await door.until(lambda: len(door.replies()) == 2)
    revoked = door.replies()[1]
    assert "context" not in revoked
    assert revoked["interactive"]["call_permission_reply"] == {"response": "reject", "response_source": "automatic"}
    seen = await sandbox.phone()
    assert seen["permissions"][0]["status"] == "revoked"
    nudges = [message["text"] for message in seen["messages"] if message["type"] == "system"]
    assert nudges == ["You did not answer the last 2 calls. Do you still want Sunrise Deliveries to call you?"]
    assert _code(await sandbox.ring()) == (401, 138006)


async def test_answering_opens_the_window_and_frees_the_requests(sandbox: Sandbox) -> None:
    await sandbox.ask()
    await sandbox.press("reply", {"answer": "temporary"})
    await sandbox.press("window", {"open": False})
    await sandbox.press(f"calls/{await sandbox.rung()}", {"do": "answer"})
    assert (await sandbox.phone())["window"]["open"] is True
    assert (await sandbox.ask()).status_code == 200


async def test_connected_calls_have_a_daily_limit(config: Config) -> None:
    number = BusinessNumber(NUMBER, DISPLAY, "318840017724905", "Sunrise", Limits(1, 2, 2, 2, 4))
    async with run_sandbox(replace(config, numbers=(number,))) as sandbox:
        await sandbox.press("grant", {"answer": "permanent"})
        for _ in range(2):
            wacid = await sandbox.rung()
            await sandbox.press(f"calls/{wacid}", {"do": "answer"})
            await sandbox.press(f"calls/{wacid}", {"do": "hang_up"})
        refused = await sandbox.ring()
        assert _code(refused) == (400, 138012)
        assert "next one is possible at" in refused.json()["error"]["error_data"]["details"]


async def test_american_numbers_cannot_call(config: Config) -> None:
    number = BusinessNumber(NUMBER, "12025550142", "318840017724905", "Sunrise")
    async with run_sandbox(replace(config, numbers=(number,))) as sandbox:
        assert _code(await sandbox.ask()) == (400, 138013)


async def test_a_permission_that_has_run_out_rings_nothing(config: Config) -> None:
    shift = 0.0
    async with run_sandbox(config, clock=lambda: time.time() + shift) as sandbox:
        await sandbox.press("grant", {"answer": "temporary"})
        shift = 604_801.0
        assert _code(await sandbox.ring()) == (401, 138006)
        assert (await sandbox.phone())["permissions"][0]["status"] == "expired"


async def test_a_customers_missed_call_is_told_and_opens_the_window(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("window", {"open": False})
    call = (await sandbox.press("dial")).json()["call"]
    assert (call["direction"], call["status"]) == ("USER_INITIATED", "no_answer")
    await door.until(lambda: bool(_ended(door)))
    [connect, terminate] = door.items("calls")
    assert connect["session"]["sdp_type"] == "offer"
    assert fault_in_offer(connect["session"]["sdp"]) is None
    assert (connect["from"], connect["to"]) == (MEERA, DISPLAY)
    assert "duration" not in terminate
    seen = await sandbox.phone()
    assert (seen["window"]["open"], seen["permissions"][0]["status"]) == (True, "none")
    assert door.replies() == []


async def test_a_customers_call_grants_a_call_back_when_the_number_is_set_so(sandbox: Sandbox, door: Door) -> None:
    await sandbox.graph(f"{NUMBER}/settings", {"calling": {"callback_permission_status": "ENABLED"}})
    call = (await sandbox.press("dial", {"connected": True, "seconds": 1})).json()["call"]
    await door.until(lambda: bool(door.replies() and _ended(door)))
    [reply] = door.replies()
    assert reply["context"] == {"from": MEERA, "id": call["wacid"]}
    said = reply["interactive"]["call_permission_reply"]
    assert (said["response"], said["is_permanent"], said["response_source"]) == ("accept", False, "automatic")
    assert int(said["expiration_timestamp"]) == int(reply["timestamp"]) + 604_800
    [terminate] = _ended(door)
    assert terminate["duration"] == 1


async def test_the_business_can_take_a_customers_call(sandbox: Sandbox, door: Door) -> None:
    wacid = (await sandbox.press("dial", {"ring": True})).json()["call"]["wacid"]
    session = {"sdp_type": "answer", "sdp": answer_to(new_offer())}
    for action in ("pre_accept", "accept"):
        body = {"messaging_product": "whatsapp", "call_id": wacid, "action": action, "session": session}
        assert (await sandbox.graph(f"{NUMBER}/calls", body)).status_code == 200
    await sandbox.press(f"calls/{wacid}", {"do": "hang_up"})
    await door.until(lambda: bool(_ended(door)))
    assert "duration" in _ended(door)[0]


@pytest.mark.parametrize(
    "session",
    [
        None,
        "v=0",
        {"sdp_type": "answer", "sdp": OFFER},
        {"sdp_type": "offer"},
        {"sdp_type": "offer", "sdp": "hello"},
        {"sdp_type": "offer", "sdp": OFFER.replace("\r\n", "\n")},
        {"sdp_type": "offer", "sdp": OFFER.replace("\r\n", "\\r\\n")},
        {"sdp_type": "offer", "sdp": OFFER + "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\n"},
        {"sdp_type": "offer", "sdp": OFFER + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"},
        {"sdp_type": "offer", "sdp": OFFER.replace("a=ice-pwd", "a=else")},
        {"sdp_type": "offer", "sdp": OFFER.replace("actpass", "active")},
        {"sdp_type": "offer", "sdp": OFFER.replace("opus", "speex")},
        {"sdp_type": "offer", "sdp": OFFER + "a" * 70_000},
    ],
)
async def test_a_bad_sdp_is_invalid(sandbox: Sandbox, session: Any) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    assert _code(await sandbox.ring(session=session)) == (400, 100)
    assert (await sandbox.phone())["calls"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"messaging_product": "whatsapp"},
        {"messaging_product": "whatsapp", "action": "hold"},
        {"messaging_product": "whatsapp", "action": "terminate"},
        {"messaging_product": "whatsapp", "action": "terminate", "call_id": "wacid.unknown"},
        {"messaging_product": "whatsapp", "action": "accept", "call_id": 5},
    ],
)
async def test_a_malformed_call_action_is_invalid(sandbox: Sandbox, body: dict[str, Any]) -> None:
    assert _code(await sandbox.graph(f"{NUMBER}/calls", body)) == (400, 100)


async def test_a_call_of_another_phone_cannot_be_pressed_on(sandbox: Sandbox) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    wacid = await sandbox.rung()
    assert (await sandbox.press(f"calls/{wacid}", {"do": "answer"}, "447700900123")).status_code == 409


async def test_a_missed_call_grants_a_call_back_too_and_a_person_may_not_want_it(sandbox: Sandbox, door: Door) -> None:
    await sandbox.graph(f"{NUMBER}/settings", {"calling": {"callback_permission_status": "ENABLED"}})
    assert (await sandbox.press("dial", {"callback": False})).status_code == 200
    assert (await sandbox.known())["permission"] == {"status": "no_permission"}
    call = (await sandbox.press("dial")).json()["call"]
    assert call["status"] == "no_answer"
    await door.until(lambda: bool(door.replies()))
    [reply] = door.replies()
    assert reply["context"] == {"from": MEERA, "id": call["wacid"]}
    assert (await sandbox.known())["permission"]["status"] == "temporary"


async def test_a_call_back_takes_nothing_from_a_permanent_permission(sandbox: Sandbox) -> None:
    await sandbox.graph(f"{NUMBER}/settings", {"calling": {"callback_permission_status": "ENABLED"}})
    await sandbox.press("grant", {"answer": "permanent"})
    await sandbox.press("dial")
    assert (await sandbox.known())["permission"] == {"status": "permanent"}


async def test_a_call_can_vanish_without_a_word(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    talked = await sandbox.rung()
    await sandbox.press(f"calls/{talked}", {"do": "answer"})
    assert (await sandbox.press(f"calls/{talked}", {"do": "vanish"})).json()["call"]["status"] == "completed"
    assert (await sandbox.press(f"calls/{talked}", {"do": "vanish"})).status_code == 409
    missed = await sandbox.rung()
    assert (await sandbox.press(f"calls/{missed}", {"do": "vanish"})).json()["call"]["status"] == "no_answer"
    body = {"messaging_product": "whatsapp", "call_id": missed, "action": "terminate"}
    assert _code(await sandbox.graph(f"{NUMBER}/calls", body)) == (400, 100)
    [pair] = (await sandbox.ledger())["pairs"]
    assert pair["unanswered_streak"] == 1
    await sandbox.press("message", {"text": "That was all."})
    await door.until(lambda: any(message["type"] == "text" for message in door.items("messages")))
    assert _ended(door) == []


async def test_a_revocation_that_vanishes_with_the_last_missed_call_is_told_to_nobody(
    lenient: Sandbox, door: Door
) -> None:
    await lenient.press("grant", {"answer": "permanent"})
    for _ in range(4):
        await lenient.press(f"calls/{await lenient.rung()}", {"do": "vanish"})
    assert (await lenient.known())["permission"] == {"status": "no_permission"}
    await lenient.press("message", {"text": "That was all."})
    await door.until(lambda: any(message["type"] == "text" for message in door.items("messages")))
    assert len(door.replies()) == 1


async def test_one_step_of_a_call_can_be_silent(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    wacid = await sandbox.rung()
    await sandbox.press(f"calls/{wacid}", {"do": "answer", "silent": True})
    await sandbox.press(f"calls/{wacid}", {"do": "hang_up"})
    await door.until(lambda: bool(_ended(door)))
    assert [status["status"] for status in door.items("statuses", "calls")] == ["RINGING"]
    assert "duration" in _ended(door)[0]


async def test_events_nobody_needs_come_at_any_time_and_change_nothing(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    wacid = await sandbox.rung()
    await sandbox.press(f"calls/{wacid}", {"do": "event", "event": "call_created"})
    await sandbox.press(f"calls/{wacid}", {"do": "answer"})
    await sandbox.press(f"calls/{wacid}", {"do": "hang_up"})
    for event in ("call_recording_available", "call_transcription_available", "call_put_on_hold"):
        said = await sandbox.press(f"calls/{wacid}", {"do": "event", "event": event})
        assert said.json()["call"]["status"] == "completed"
    await door.until(lambda: len(door.items("calls")) == 6)
    events = {call["event"]: call for call in door.items("calls")}
    assert "session" not in events["call_created"]
    assert set(events["call_recording_available"]["call_recording"]["audio"]) == {"id", "sha256", "mime_type", "url"}
    assert events["call_transcription_available"]["call_transcription"]["type"] == "document"
    assert events["call_put_on_hold"]["id"] == wacid


@pytest.mark.parametrize(
    "asked", [{"do": "fail"}, {"do": "fail", "code": 138006}, {"do": "event"}, {"do": "event", "event": "Hold!"}]
)
async def test_a_press_on_a_call_that_cannot_be_is_told_in_a_sentence(
    sandbox: Sandbox, asked: dict[str, object]
) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    answer = await sandbox.press(f"calls/{await sandbox.rung()}", asked)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


async def test_a_call_to_a_phone_without_network_does_not_ring(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    await sandbox.press("network", {"online": False})
    wacid = await sandbox.rung()
    await sandbox.press(f"calls/{wacid}", {"do": "ignore"})
    await door.until(lambda: bool(_ended(door)))
    assert door.items("statuses", "calls") == []
