"""Customers without a number, with another one, or with none at all."""

from typing import Any

import pytest

from sandbox.app import Config

from .harness import DISPLAY, MEERA, NUMBER, OFFER, Door, Sandbox, run_sandbox

NEW = "919900011122"
PARENT = "IN.ENT.6655443322110099"


def _system(door: Door) -> list[dict[str, Any]]:
    return [message for message in door.items("messages") if message["type"] == "system"]


async def _hide(sandbox: Sandbox, **more: Any) -> str:
    """Give Meera a username and hide her number; return her user id."""
    asked = {"username": "meera.k", "hide_phone": True} | more
    answer = await sandbox.press("identity", asked)
    assert answer.status_code == 200, answer.text
    user_id: str = answer.json()["user_id"]
    return user_id


async def test_a_hidden_number_is_in_no_update(sandbox: Sandbox, door: Door) -> None:
    user_id = await _hide(sandbox)
    sent = await sandbox.ask(to=None, recipient=user_id)  # type: ignore[arg-type]  # null on the wire
    assert sent.json()["contacts"] == [{"input": user_id, "user_id": user_id}]
    await sandbox.press("reply", {"answer": "permanent"})
    call = {"messaging_product": "whatsapp", "recipient": user_id, "action": "connect"}
    rung = await sandbox.graph(f"{NUMBER}/calls", call | {"session": {"sdp_type": "offer", "sdp": OFFER}})
    await sandbox.press(f"calls/{rung.json()['calls'][0]['id']}", {"do": "answer"})
    await sandbox.press(f"calls/{rung.json()['calls'][0]['id']}", {"do": "hang_up"})
    await sandbox.press("dial")
    await sandbox.press("message", {"text": "Hello"})
    await door.until(lambda: any(message["type"] == "text" for message in door.items("messages")))
    assert MEERA not in door.raw[0].decode()
    for change in door.changes():
        value = change["value"]
        for contact in value.get("contacts", []):
            assert contact["profile"] == {"name": "Meera Kulkarni", "username": "meera.k"}
            assert (contact["user_id"], "wa_id" in contact) == (user_id, False)
        for message in value.get("messages", []):
            assert (message["from_user_id"], "from" in message) == (user_id, False)
            assert message.get("context", {"from": DISPLAY})["from"] == DISPLAY
        for status in value.get("statuses", []):
            assert (status["recipient_user_id"], "recipient_id" in status) == (user_id, False)
    connect, terminate, incoming, missed = door.items("calls")
    assert [(call["to_user_id"], "to" in call) for call in (connect, terminate)] == [(user_id, False)] * 2
    assert [(call["from_user_id"], "from" in call) for call in (incoming, missed)] == [(user_id, False)] * 2


async def test_a_callback_permission_of_a_hidden_number_names_the_call_and_not_the_number(
    sandbox: Sandbox, door: Door
) -> None:
    await _hide(sandbox)
    await sandbox.graph(f"{NUMBER}/settings", {"calling": {"callback_permission_status": "ENABLED"}})
    call = (await sandbox.press("dial")).json()["call"]
    await door.until(lambda: bool(door.replies()))
    assert door.replies()[0]["context"] == {"from": DISPLAY, "id": call["wacid"]}


async def test_a_parent_user_id_is_told_everywhere_and_can_be_sent_to(sandbox: Sandbox, door: Door) -> None:
    user_id = await _hide(sandbox, parent_user_id=PARENT)
    sent = await sandbox.ask(to=None, recipient=PARENT)  # type: ignore[arg-type]  # null on the wire
    assert sent.json()["contacts"] == [{"input": PARENT, "user_id": user_id, "parent_user_id": PARENT}]
    seen = await sandbox.graph(f"{NUMBER}/call_permissions", recipient=PARENT)
    assert seen.json()["permission"] == {"status": "no_permission"}
    await sandbox.press("reply", {"answer": "temporary"})
    await door.until(lambda: bool(door.replies()))
    assert door.replies()[0]["from_parent_user_id"] == PARENT
    assert {status["recipient_parent_user_id"] for status in door.items("statuses")} == {PARENT}
    assert (await sandbox.press("identity", {"parent_user_id": PARENT}, NEW)).status_code == 409
    assert (await sandbox.press("identity", {"parent_user_id": ""})).json()["parent_user_id"] is None
    gone = await sandbox.ask(to=None, recipient=PARENT)  # type: ignore[arg-type]  # null on the wire
    assert gone.json()["error"]["code"] == 100


async def test_the_phone_number_wins_and_a_failure_names_only_what_was_addressed(sandbox: Sandbox, door: Door) -> None:
    user_id = await _hide(sandbox)
    other = (await sandbox.phone(NEW))["user_id"]
    await sandbox.script("errors", code=131026, on="messages", late=True, times=2)
    assert (await sandbox.ask(MEERA, recipient=other)).json()["contacts"][0]["wa_id"] == MEERA
    await sandbox.ask(to=None, recipient=user_id)  # type: ignore[arg-type]  # null on the wire
    await door.until(lambda: len(door.items("statuses")) == 4)
    failed = [status for status in door.items("statuses") if status["status"] == "failed"]
    assert [status.get("recipient_id") for status in failed] == [MEERA, None]
    assert [status.get("recipient_user_id") for status in failed] == [None, user_id]


async def test_a_username_alone_hides_nothing_and_can_be_given_up(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("identity", {"username": "meera.k"})
    await sandbox.press("message", {"text": "one"})
    await sandbox.press("identity", {"username": ""})
    await sandbox.press("message", {"text": "two"})
    await door.until(lambda: len(door.items("messages")) == 2)
    contacts = [change["value"]["contacts"][0] for change in door.changes()]
    assert [contact["profile"].get("username") for contact in contacts] == ["meera.k", None]
    assert {contact["wa_id"] for contact in contacts} == {MEERA}


async def test_a_changed_number_is_told_and_begins_without_permission(sandbox: Sandbox, door: Door) -> None:
    await sandbox.ask()
    await sandbox.press("reply", {"answer": "permanent"})
    before = (await sandbox.phone())["user_id"]
    moved = (await sandbox.press("change_number", {"to": "+91 99000 11122"})).json()
    assert (moved["wa_id"], moved["name"], moved["permissions"][0]["status"]) == (NEW, "Meera Kulkarni", "none")
    assert moved["user_id"] != before
    assert [request["status"] for request in moved["requests"]] == ["answered"]
    await door.until(lambda: bool(_system(door)))
    assert "contacts" not in door.changes()[-1]["value"]
    [told] = _system(door)
    assert (told["from"], told["from_user_id"]) == (MEERA, before)
    assert told["system"] == {
        "type": "user_changed_number",
        "body": f"User Meera Kulkarni changed from {MEERA} to {NEW}",
        "wa_id": NEW,
        "user_id": moved["user_id"],
        "previous_user_id": before,
    }
    assert (await sandbox.known(NEW))["permission"] == {"status": "no_permission"}
    assert (await sandbox.known())["permission"] == {"status": "no_permission"}


async def test_a_permission_may_also_move_along(sandbox: Sandbox) -> None:
    await sandbox.ask()
    await sandbox.press("reply", {"answer": "permanent"})
    await sandbox.press("change_number", {"to": NEW, "keep_permission": True})
    assert (await sandbox.known(NEW))["permission"] == {"status": "permanent"}
    [day, _] = (await sandbox.known(NEW))["actions"][0]["limits"]
    assert day["current_usage"] == 1
    assert (await sandbox.known())["permission"] == {"status": "no_permission"}


async def test_a_hidden_number_changes_as_a_user_id(sandbox: Sandbox, door: Door) -> None:
    before = await _hide(sandbox, parent_user_id=PARENT)
    await sandbox.press("message", {"text": "Hello"})
    after = (await sandbox.press("change_number", {"to": NEW})).json()
    await door.until(lambda: bool(_system(door)))
    [told] = _system(door)
    assert "from" not in told
    assert told["from_user_id"] == after["user_id"]
    assert told["system"] == {
        "type": "user_changed_user_id",
        "body": f"User Meera Kulkarni changed from {before} to {after['user_id']}",
        "user_id": after["user_id"],
        "parent_user_id": after["parent_user_id"],
        "previous_user_id": before,
        "previous_parent_user_id": PARENT,
    }


async def test_a_user_id_can_change_without_the_number_and_the_event_can_be_chosen(
    sandbox: Sandbox, door: Door
) -> None:
    await sandbox.press("message", {"text": "Hello"})
    before = (await sandbox.phone())["user_id"]
    after = (await sandbox.press("change_number", {"to": MEERA})).json()["user_id"]
    await sandbox.press("change_number", {"to": NEW, "event": "user_changed_user_id"})
    await door.until(lambda: len(_system(door)) == 2)
    first, second = _system(door)
    assert [told["system"]["type"] for told in (first, second)] == ["user_changed_user_id"] * 2
    assert (first["from"], first["system"]["previous_user_id"], first["system"]["user_id"]) == (MEERA, before, after)
    assert (second["from"], second["system"]["wa_id"]) == (NEW, NEW)


async def test_only_numbers_the_customer_dealt_with_are_told(sandbox: Sandbox, door: Door) -> None:
    assert (await sandbox.press("change_number", {"to": NEW})).status_code == 200
    await sandbox.press("message", {"text": "Hello"}, NEW)
    await door.until(lambda: bool(door.items("messages")))
    assert _system(door) == []


async def test_nobody_is_behind_the_old_number_until_somebody_else_takes_it(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    gone = (await sandbox.phone())["user_id"]
    await sandbox.press("change_number", {"to": NEW})
    assert (await sandbox.phone())["moved_to"] == NEW
    assert (await sandbox.press("message", {"text": "Hello"})).status_code == 409
    assert (await sandbox.ask_by_template()).status_code == 200
    await sandbox.ask_by_template(None, recipient=gone)  # type: ignore[arg-type]  # null on the wire
    await door.until(lambda: len([each for each in door.items("statuses") if each["status"] == "failed"]) == 2)
    assert (await sandbox.ring()).json()["error"]["code"] == 138001
    someone = await sandbox.script(f"phones/{MEERA}", name="Rahul Rane")
    assert (someone["name"], someone["moved_to"], someone["on_whatsapp"]) == ("Rahul Rane", None, True)
    assert someone["user_id"] not in (gone, (await sandbox.phone(NEW))["user_id"])
    assert (await sandbox.press("message", {"text": "Wrong number?"})).status_code == 200


async def test_a_number_can_be_gone_back_to(sandbox: Sandbox) -> None:
    first = (await sandbox.phone())["user_id"]
    await sandbox.press("change_number", {"to": NEW})
    back = (await sandbox.press("change_number", {"to": MEERA}, NEW)).json()
    assert (back["wa_id"], back["name"], back["moved_to"]) == (MEERA, "Meera Kulkarni", None)
    assert back["user_id"] != first
    phones = (await sandbox.client.get("/sandbox/phones")).json()["phones"]
    assert {phone["wa_id"]: phone["moved_to"] for phone in phones} == {MEERA: None, NEW: MEERA}
    assert (await sandbox.client.get("/sandbox/state")).json()["total"] == 1


async def test_a_number_in_use_cannot_be_taken_and_a_call_keeps_its_phone(sandbox: Sandbox) -> None:
    await sandbox.press("message", {"text": "Hello"}, NEW)
    for to in (NEW, DISPLAY):
        assert (await sandbox.press("change_number", {"to": to})).status_code == 409
    await sandbox.press("dial", {"ring": True})
    assert (await sandbox.press("change_number", {"to": "919900011133"})).status_code == 409
    assert (await sandbox.press("change_number", {"to": "nowhere"})).status_code == 400
    assert (await sandbox.press("change_number", {})).status_code == 400


async def test_somebody_who_left_whatsapp_can_be_reached_by_nothing(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    await sandbox.press("identity", {"on_whatsapp": False})
    assert (await sandbox.known())["permission"] == {"status": "no_permission"}
    assert [action["can_perform_action"] for action in (await sandbox.known())["actions"]] == [False, False]
    assert (await sandbox.ring()).json()["error"]["code"] == 138001
    assert (await sandbox.press("dial")).status_code == 409
    text = {"messaging_product": "whatsapp", "to": MEERA, "type": "text", "text": {"body": "Hello"}}
    assert (await sandbox.graph(f"{NUMBER}/messages", text)).status_code == 200
    await door.until(lambda: any(status["status"] == "failed" for status in door.items("statuses")))
    await sandbox.press("identity", {"on_whatsapp": True})
    assert (await sandbox.known())["permission"] == {"status": "permanent"}


async def test_a_phone_without_network_gets_its_messages_later(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("network", {"online": False})
    await sandbox.ask()
    [request] = (await sandbox.phone())["requests"]
    assert (request["status"], request["live"], request["expires_at"]) == ("sent", False, None)
    assert (await sandbox.press("reply", {"answer": "temporary"})).status_code == 409
    await sandbox.press("network", {"online": True})
    assert (await sandbox.press("reply", {"answer": "temporary"})).status_code == 200
    await door.until(lambda: bool(door.replies()))
    assert [status["status"] for status in door.items("statuses")] == ["sent", "delivered", "read"]


@pytest.mark.parametrize(
    ("deed", "asked"),
    [
        ("identity", {"username": "No Spaces"}),
        ("identity", {"username": "ab"}),
        ("identity", {"hide_phone": "yes"}),
        ("identity", {"parent_user_id": "IN.123"}),
        ("change_number", {"to": NEW, "event": "user_changed_shoes"}),
        ("network", {}),
    ],
)
async def test_a_name_that_cannot_be_is_told_in_a_sentence(
    sandbox: Sandbox, deed: str, asked: dict[str, object]
) -> None:
    answer = await sandbox.press(deed, asked)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


async def test_names_survive_a_restart(config: Config) -> None:
    async with run_sandbox(config) as sandbox:
        await _hide(sandbox, parent_user_id=PARENT)
        await sandbox.press("change_number", {"to": NEW})
        before = await sandbox.phone(NEW)
    async with run_sandbox(config) as sandbox:
        assert await sandbox.phone(NEW) == before
        assert (before["username"], before["hides_phone"]) == ("meera.k", True)
        for name in (before["user_id"], before["parent_user_id"]):
            seen = await sandbox.graph(f"{NUMBER}/call_permissions", recipient=name)
            assert seen.status_code == 200
        assert (await sandbox.phone())["moved_to"] == NEW
