"""What a person presses, and the webhooks it brings about."""

from typing import Any

import pytest

from .harness import DISPLAY, MEERA, NUMBER, Door, Sandbox


async def test_allowing_for_seven_days_is_told_with_its_exact_end(sandbox: Sandbox, door: Door) -> None:
    wamid = (await sandbox.ask()).json()["messages"][0]["id"]
    answer = await sandbox.press("reply", {"answer": "temporary"})
    assert answer.status_code == 200
    await door.until(lambda: bool(door.replies()))
    [reply] = door.replies()
    assert reply["context"] == {"from": DISPLAY, "id": wamid}
    assert reply["from"] == MEERA
    assert reply["interactive"]["type"] == "call_permission_reply"
    said = reply["interactive"]["call_permission_reply"]
    expiry = str(int(reply["timestamp"]) + 604_800)
    assert said == {
        "response": "accept",
        "is_permanent": False,
        "expiration_timestamp": expiry,
        "response_source": "user_action",
    }
    assert answer.json()["permission"]["expires_at"] == int(expiry)
    assert answer.json()["request"]["status"] == "answered"


async def test_allowing_for_good_has_no_end(sandbox: Sandbox, door: Door) -> None:
    await sandbox.ask()
    await sandbox.press("reply", {"answer": "permanent"})
    await door.until(lambda: bool(door.replies()))
    said = door.replies()[0]["interactive"]["call_permission_reply"]
    assert said == {"response": "accept", "is_permanent": True, "response_source": "user_action"}


async def test_declining_says_reject_and_nothing_more(sandbox: Sandbox, door: Door) -> None:
    wamid = (await sandbox.ask()).json()["messages"][0]["id"]
    await sandbox.press("reply", {"answer": "decline"})
    await door.until(lambda: bool(door.replies()))
    [reply] = door.replies()
    assert reply["context"]["id"] == wamid
    assert reply["interactive"]["call_permission_reply"] == {"response": "reject", "response_source": "user_action"}


async def test_answering_reads_the_message_first(sandbox: Sandbox, door: Door) -> None:
    await sandbox.ask()
    await sandbox.press("reply", {"answer": "decline"})
    await door.until(lambda: bool(door.replies()))
    assert [status["status"] for status in door.items("statuses")] == ["sent", "delivered", "read"]


async def test_looking_at_the_chat_reads_the_messages_once(sandbox: Sandbox, door: Door) -> None:
    await sandbox.ask()
    await sandbox.press("look")
    await sandbox.press("look")
    await sandbox.press("message", {"text": "Seen."})
    await door.until(lambda: bool(door.items("messages")))
    assert [status["status"] for status in door.items("statuses")] == ["sent", "delivered", "read"]
    assert (await sandbox.phone())["requests"][0]["status"] == "read"


async def test_an_answer_can_be_changed_and_never_shares_a_second(sandbox: Sandbox, door: Door) -> None:
    await sandbox.ask()
    for answer in ("decline", "temporary", "decline", "permanent"):
        assert (await sandbox.press("reply", {"answer": answer})).status_code == 200
    await door.until(lambda: len(door.replies()) == 4)
    seconds = [int(reply["timestamp"]) for reply in door.replies()]
    assert seconds == sorted(set(seconds))
    assert len({reply["context"]["id"] for reply in door.replies()}) == 1
    assert (await sandbox.phone())["permissions"][0]["status"] == "permanent"


async def test_a_grant_can_be_shortened(sandbox: Sandbox, door: Door) -> None:
    await sandbox.ask()
    await sandbox.press("reply", {"answer": "temporary", "seconds": 60})
    await door.until(lambda: bool(door.replies()))
    [reply] = door.replies()
    expiry = reply["interactive"]["call_permission_reply"]["expiration_timestamp"]
    assert int(expiry) == int(reply["timestamp"]) + 60


async def test_there_must_be_a_request_to_answer(sandbox: Sandbox, door: Door) -> None:
    answer = await sandbox.press("reply", {"answer": "temporary"})
    assert answer.status_code == 409
    assert answer.json()["error"].startswith("The phone 919812300457 has no live call permission request")
    assert door.bodies == []


async def test_a_newer_request_ends_an_unanswered_one(lenient: Sandbox) -> None:
    old = (await lenient.ask()).json()["messages"][0]["id"]
    await lenient.ask()
    assert [each["status"] for each in (await lenient.phone())["requests"]] == ["superseded", "delivered"]
    answer = await lenient.press("reply", {"answer": "temporary", "message_id": old})
    assert answer.status_code == 409
    assert "superseded" in answer.json()["error"]


async def test_an_answered_request_lives_until_the_newer_one_is_answered(lenient: Sandbox) -> None:
    old = (await lenient.ask()).json()["messages"][0]["id"]
    await lenient.press("reply", {"answer": "decline"})
    await lenient.ask()
    assert (await lenient.press("reply", {"answer": "temporary", "message_id": old})).status_code == 200
    await lenient.press("reply", {"answer": "permanent"})
    assert [each["status"] for each in (await lenient.phone())["requests"]] == ["superseded", "answered"]


async def test_revoking_is_a_reject_about_no_message(sandbox: Sandbox, door: Door) -> None:
    assert (await sandbox.press("revoke")).status_code == 409
    await sandbox.press("grant", {"answer": "permanent"})
    assert (await sandbox.press("revoke")).json()["permission"]["status"] == "revoked"
    await door.until(lambda: len(door.replies()) == 2)
    [granted, revoked] = door.replies()
    assert "context" not in granted
    assert granted["interactive"]["call_permission_reply"]["is_permanent"] is True
    assert "context" not in revoked
    assert revoked["interactive"]["call_permission_reply"] == {"response": "reject", "response_source": "user_action"}
    assert (await sandbox.ring()).json()["error"]["code"] == 138006


async def test_a_number_nobody_has_spoken_to_is_a_phone(sandbox: Sandbox) -> None:
    seen = await sandbox.phone("+44 7700 900123")
    assert seen["wa_id"] == "447700900123"
    assert seen["user_id"].startswith("GB.")
    assert (seen["messages"], seen["requests"], seen["calls"]) == ([], [], [])
    assert seen["window"]["open"] is True
    listed = (await sandbox.client.get("/sandbox/phones")).json()["phones"]
    assert [phone["wa_id"] for phone in listed] == [MEERA, "447700900123"]


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        ("reply", {}),
        ("reply", {"answer": "maybe"}),
        ("reply", {"answer": ["temporary"]}),
        ("reply", {"answer": "temporary", "seconds": 0}),
        ("reply", {"answer": "temporary", "seconds": 1.5}),
        ("reply", {"answer": "temporary", "seconds": "60"}),
        ("reply", {"answer": "temporary", "phone_number_id": "none"}),
        ("grant", {"answer": "decline"}),
        ("message", {"text": ""}),
        ("message", {"text": {}}),
        ("window", {}),
        ("window", {"open": "no"}),
        ("calls/wacid.x", {"do": "sing"}),
        ("dial", {"connected": 1}),
        ("dial", {"connected": True, "seconds": -1}),
    ],
)
async def test_a_malformed_press_is_told_in_a_sentence(sandbox: Sandbox, deed: str, body: dict[str, Any]) -> None:
    answer = await sandbox.press(deed, body)
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]


async def test_broken_json_and_numbers_that_are_none_are_told_in_a_sentence(sandbox: Sandbox) -> None:
    for raw in (b"{", b"[1]", b"[" * 100_000, b"\xff"):
        answer = await sandbox.client.post(f"/sandbox/phones/{MEERA}/reply", content=raw)
        assert answer.status_code == 400
    assert (await sandbox.client.get("/sandbox/phones/hello")).status_code == 400
    assert (await sandbox.client.get("/sandbox/nothing/here")).json() == {"error": "Not Found"}
    assert (await sandbox.client.post(f"/sandbox/numbers/{NUMBER}", json={"restricted": "x"})).status_code == 400
