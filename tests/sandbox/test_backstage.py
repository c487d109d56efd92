"""What Meta decides by itself: restrictions, templates, what it says to nobody, and how it words things."""

import time
from typing import Any

import httpx
import pytest

from sandbox.app import BusinessNumber, Config

from .harness import DISPLAY, MEERA, NUMBER, WABA, Door, Sandbox, run_sandbox

BUSINESS_CALLS = "RESTRICTED_BUSINESS_INITIATED_CALLING"
CUSTOMER_CALLS = "RESTRICTED_USER_INITIATED_CALLING"


def _code(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["error"]["code"]


def _said(door: Door) -> list[dict[str, Any]]:
    return [reply["interactive"]["call_permission_reply"] for reply in door.replies()]


async def test_a_warning_comes_before_a_restriction(sandbox: Sandbox, door: Door) -> None:
    await sandbox.script(f"numbers/{NUMBER}", violation=True)
    assert (await sandbox.ask()).status_code == 200
    await sandbox.script(f"numbers/{NUMBER}", violation="USER_INITIATED_CALLS_LOW_PICKUP_RATE")
    await sandbox.script(f"numbers/{NUMBER}", restricted=True, seconds=600)
    await door.until(lambda: len(_account(door)) == 3)
    first, second, third = _account(door)
    assert (first["event"], first["phone_number"]) == ("ACCOUNT_VIOLATION", DISPLAY)
    assert first["violation_info"]["violation_type"] == "LOW_BUSINESS_INITIATED_CALLING_QUALITY"
    assert first["violation_info"]["remediation"]
    assert second["violation_info"]["violation_type"] == "USER_INITIATED_CALLS_LOW_PICKUP_RATE"
    assert third["restriction_info"][0]["restriction_type"] == BUSINESS_CALLS
    [entry] = door.bodies[-1]["entry"]
    assert isinstance(entry["time"], int)


def _account(door: Door) -> list[dict[str, Any]]:
    return [change["value"] for change in door.changes() if change["field"] == "account_update"]


async def test_a_restriction_ends_by_itself_and_answers_given_meanwhile_stay(config: Config) -> None:
    shift = 0.0
    async with run_sandbox(config, clock=lambda: time.time() + shift) as sandbox:
        await sandbox.ask()
        await sandbox.script(f"numbers/{NUMBER}", restricted=True, seconds=600)
        await sandbox.press("reply", {"answer": "permanent"})
        assert _code(await sandbox.ring()) == (400, 138014)
        assert [action["can_perform_action"] for action in (await sandbox.known())["actions"]] == [False, False]
        shift = 601
        assert "restrictions" not in (await sandbox.graph(f"{NUMBER}/settings")).json()["calling"]
        assert (await sandbox.ring()).status_code == 200


async def test_customers_calls_can_be_restricted_apart_from_the_businesss(sandbox: Sandbox, door: Door) -> None:
    await sandbox.script(f"numbers/{NUMBER}", restricted=True, restriction=CUSTOMER_CALLS)
    assert (await sandbox.press("dial")).status_code == 409
    assert (await sandbox.ask()).status_code == 200
    await sandbox.script(f"numbers/{NUMBER}", restricted=True)
    listed = (await sandbox.graph(f"{NUMBER}/settings")).json()["calling"]["restrictions"]["restrictions_list"]
    assert [restriction["type"] for restriction in listed] == [BUSINESS_CALLS, CUSTOMER_CALLS]
    left = await sandbox.script(f"numbers/{NUMBER}", restricted=False, restriction=BUSINESS_CALLS)
    assert (left["restricted_until"], list(left["restrictions"])) == (None, [CUSTOMER_CALLS])
    left = await sandbox.script(f"numbers/{NUMBER}", restricted=False)
    assert left["restrictions"] == {}
    assert (await sandbox.press("dial")).status_code == 200
    await door.until(lambda: len(_account(door)) == 2)


@pytest.mark.parametrize("asked", [{"violation": "RUDENESS"}, {"violation": 1}, {"restriction": "ALL"}])
async def test_a_restriction_there_is_not_is_told_in_a_sentence(sandbox: Sandbox, asked: dict[str, object]) -> None:
    answer = await sandbox.client.post(f"/sandbox/numbers/{NUMBER}", json=asked)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


@pytest.mark.parametrize(
    ("status", "code"),
    [("PAUSED", (400, 132015)), ("DISABLED", (400, 132016)), ("REJECTED", (404, 132001)), ("PENDING", (404, 132001))],
)
async def test_a_template_that_is_not_approved_cannot_be_sent(
    sandbox: Sandbox, door: Door, status: str, code: tuple[int, int]
) -> None:
    said = await sandbox.script("templates/may_we_call", language="en", status=status, reason="ABUSIVE_CONTENT")
    assert said["template"]["status"] == status
    assert _code(await sandbox.ask_by_template()) == code
    listed = (await sandbox.graph(f"{WABA}/message_templates", status=status)).json()["data"]
    assert [template["name"] for template in listed] == ["may_we_call"]
    await sandbox.script("templates/may_we_call", status="APPROVED")
    assert (await sandbox.ask_by_template()).status_code == 200
    await door.until(lambda: len(door.changes()) == 4)
    down, up = (change["value"] for change in door.changes() if change["field"] == "message_template_status_update")
    assert (down["event"], down["reason"], up["event"], up["reason"]) == (
        status,
        "ABUSIVE_CONTENT",
        "APPROVED",
        "NONE",
    )
    assert (down["message_template_name"], down["message_template_language"]) == ("may_we_call", "en")
    assert ("other_info" in down, "disable_info" in down) == (status == "PAUSED", status == "DISABLED")


async def test_a_template_moved_to_another_category_costs_differently(sandbox: Sandbox, door: Door) -> None:
    await sandbox.script("templates/may_we_call", category="MARKETING")
    await sandbox.ask_by_template()
    await door.until(lambda: len(door.changes()) == 3)
    change = next(change for change in door.changes() if change["field"] == "template_category_update")
    told = change["value"]
    assert (told["previous_category"], told["new_category"]) == ("UTILITY", "MARKETING")
    assert door.items("statuses")[0]["pricing"]["category"] == "marketing"


async def test_a_template_there_is_not_or_not_alone_is_told_in_a_sentence(sandbox: Sandbox) -> None:
    components = [{"type": "BODY", "text": "¿Podemos llamarle?"}, {"type": "call_permission_request"}]
    made = {"name": "may_we_call", "language": "es", "category": "UTILITY", "components": components}
    assert (await sandbox.graph(f"{WABA}/message_templates", made)).status_code == 200
    for path, asked, status in (
        ("may_we_sing", {}, 409),
        ("may_we_call", {"language": "pt_BR"}, 409),
        ("may_we_call", {"status": "PAUSED"}, 400),
        ("may_we_call", {"language": "es", "status": "SAD"}, 400),
    ):
        answer = await sandbox.client.post(f"/sandbox/templates/{path}", json=asked)
        assert (answer.status_code, list(answer.json())) == (status, ["error"])


async def test_a_silent_revocation_shows_only_when_meta_is_asked(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    await sandbox.press("revoke", {"silent": True})
    assert (await sandbox.known())["permission"] == {"status": "no_permission"}
    assert _code(await sandbox.ring()) == (401, 138006)
    await sandbox.press("grant", {"answer": "temporary", "silent": True})
    assert (await sandbox.known())["permission"]["status"] == "temporary"
    await sandbox.ask()
    await sandbox.press("reply", {"answer": "decline", "silent": True})
    await sandbox.press("message", {"text": "That was all."})
    await door.until(lambda: any(message["type"] == "text" for message in door.items("messages")))
    assert [said["response"] for said in _said(door)] == ["accept"]
    assert [status["status"] for status in door.items("statuses")] == ["sent", "delivered"]


async def test_a_reply_can_be_told_in_other_words(sandbox: Sandbox, door: Door) -> None:
    await sandbox.ask()
    await sandbox.press("reply", {"answer": "temporary", "as_number": True, "omit": ["response_source", "context"]})
    await sandbox.press("reply", {"answer": "permanent", "omit": ["is_permanent", "contacts", "type"]})
    await sandbox.press("reply", {"answer": "temporary", "omit": ["expiration_timestamp"]})
    await sandbox.press("revoke", {"also": {"response_source": "carrier_pigeon", "mood": 7}})
    await door.until(lambda: len(door.replies()) == 4)
    number, permanent, endless, revoked = _said(door)
    assert set(number) == {"response", "is_permanent", "expiration_timestamp"}
    assert number["expiration_timestamp"] == int(door.replies()[0]["timestamp"]) + 604_800
    assert "context" not in door.replies()[0]
    assert permanent == {"response": "accept", "response_source": "user_action"}
    assert "type" not in door.replies()[1]["interactive"]
    assert endless == {"response": "accept", "is_permanent": False, "response_source": "user_action"}
    assert revoked == {"response": "reject", "response_source": "carrier_pigeon", "mood": 7}
    values = [change["value"] for change in door.changes() if "messages" in change["value"]]
    assert ["contacts" in value for value in values] == [True, False, True, True]
    assert len({reply["context"]["id"] for reply in door.replies()[1:3]}) == 1


@pytest.mark.parametrize(
    "asked", [{"omit": ["response"]}, {"omit": "context"}, {"as_number": 1}, {"also": []}, {"silent": "yes"}]
)
async def test_words_that_cannot_be_are_told_in_a_sentence(sandbox: Sandbox, asked: dict[str, object]) -> None:
    await sandbox.ask()
    answer = await sandbox.press("reply", {"answer": "temporary"} | asked)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


async def test_where_metas_sources_disagree_the_other_one_can_be_followed(sandbox: Sandbox, door: Door) -> None:
    chosen = await sandbox.script(
        "variants",
        expiry_field="expiration",
        expiry_as_number=True,
        call_status_contacts=True,
        upper_case_settings=True,
        title_case_ends=True,
        context_from="customer",
        nameless_account=True,
    )
    assert chosen["asks_per_second"] == 5
    await sandbox.ask()
    await sandbox.press("reply", {"answer": "temporary"})
    assert set((await sandbox.known())["permission"]) == {"status", "expiration"}
    wacid = await sandbox.rung()
    await sandbox.press(f"calls/{wacid}", {"do": "reject"})
    await sandbox.graph(f"{NUMBER}/settings", {"calling": {"call_icon_visibility": "DISABLE_ALL"}})
    await sandbox.script(f"numbers/{NUMBER}", restricted=True)
    await door.until(lambda: len(_account(door)) == 1 and len(door.items("calls")) == 2)
    [reply] = door.replies()
    assert reply["context"]["from"] == MEERA
    assert isinstance(_said(door)[0]["expiration_timestamp"], int)
    ringing = [change["value"] for change in door.changes() if change["field"] == "calls"][1]
    assert ringing["contacts"][0]["wa_id"] == MEERA
    assert door.items("calls")[1]["status"] == "Completed"
    settings = [change for change in door.changes() if change["field"] == "account_settings_update"]
    assert settings[0]["value"]["type"] == "PHONE_NUMBER_SETTINGS"
    account = [
        entry for body in door.bodies for entry in body["entry"] if entry["changes"][0]["field"] == "account_update"
    ]
    assert account[0]["id"] == "0"
    assert (await sandbox.script("variants"))["context_from"] is None


async def test_the_number_of_questions_a_second_can_be_set(sandbox: Sandbox) -> None:
    await sandbox.script("variants", asks_per_second=2)
    answers = [await sandbox.graph(f"{NUMBER}/call_permissions", user_wa_id=MEERA) for _ in range(4)]
    assert _code(answers[2]) == (429, 613)
    assert [answer.status_code for answer in answers[:2]] == [200, 200]


@pytest.mark.parametrize(
    "asked", [{"asks_per_second": 0}, {"expiry_field": "end"}, {"expiry_as_number": 1}, {"accent": "northern"}]
)
async def test_a_variant_there_is_not_is_told_in_a_sentence(sandbox: Sandbox, asked: dict[str, object]) -> None:
    answer = await sandbox.client.post("/sandbox/variants", json=asked)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


async def test_a_number_with_sip_starts_no_calls_here(sandbox: Sandbox) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    await sandbox.graph(f"{NUMBER}/settings", {"calling": {"sip": {"status": "ENABLED"}}})
    assert _code(await sandbox.ring()) == (400, 131055)


async def test_the_ledger_holds_what_is_true_at_meta(sandbox: Sandbox, door: Door) -> None:
    wamid = (await sandbox.ask(biz_opaque_callback_data="cpr:1")).json()["messages"][0]["id"]
    await sandbox.press("reply", {"answer": "temporary"})
    lost = (await sandbox.ring(biz_opaque_callback_data="call:1")).json()["calls"][0]["id"]
    await sandbox.press(f"calls/{lost}", {"do": "answer"})
    await sandbox.press(f"calls/{lost}", {"do": "vanish"})
    missed = (await sandbox.press("dial")).json()["call"]["wacid"]
    await door.until(lambda: bool([call for call in door.items("calls") if call["id"] == missed]))
    seen = await sandbox.ledger()
    [pair] = seen["pairs"]
    assert (pair["phone_number_id"], pair["wa_id"], pair["on_whatsapp"]) == (NUMBER, MEERA, True)
    assert (pair["permission"]["status"], pair["permission"]["meta_status"]) == ("temporary", "temporary")
    assert pair["permission"]["expires_at"] == pair["permission"]["decided_at"] + 604_800
    [request] = pair["requests"]
    assert (request["id"], request["opaque"], request["status"]) == (wamid, "cpr:1", "answered")
    told = [(call["wacid"], call["opaque"], call["status"], call["told"]) for call in pair["calls"]]
    assert told == [(lost, "call:1", "completed", False), (missed, None, "no_answer", True)]
    assert (len(pair["requests_at"]), len(pair["connected_at"])) == (0, 1)
    assert [limit["used"] for limit in pair["request_limits"] + pair["call_limits"]] == [0, 0, 1]
    assert (pair["can_request"], pair["can_call"], pair["unanswered_streak"]) == (True, True, 0)
    assert [number["phone_number_id"] for number in seen["numbers"]] == [NUMBER]
    assert seen["waiting"] >= 0


async def test_the_ledger_can_be_asked_for_one_pair(config: Config) -> None:
    second = BusinessNumber("529183746501199", "918045550199", WABA, "Sunrise Returns")
    numbers = (*config.numbers, second)
    async with run_sandbox(_with(config, numbers)) as sandbox:
        for wa_id in (MEERA, "447700900123"):
            for number in numbers:
                await sandbox.press("message", {"text": "Hello", "phone_number_id": number.phone_number_id}, wa_id)
        assert len((await sandbox.ledger())["pairs"]) == 4
        assert len((await sandbox.ledger(wa_id="+91 98123 00457"))["pairs"]) == 2
        [pair] = (await sandbox.ledger(wa_id=MEERA, phone_number_id=second.phone_number_id))["pairs"]
        assert (pair["wa_id"], pair["phone_number_id"]) == (MEERA, second.phone_number_id)
        assert (await sandbox.ledger(wa_id="15005550006"))["pairs"] == []
        assert (await sandbox.client.get("/sandbox/ledger", params={"wa_id": "x"})).status_code == 400


def _with(config: Config, numbers: tuple[BusinessNumber, ...]) -> Config:
    return Config(config.webhook_urls, config.app_secret, config.access_token, config.database, numbers)
