"""Call permission requests as the business sends them, and what Meta says to them."""

import asyncio
from typing import Any

import httpx
import pytest

from .harness import DISPLAY, MEERA, NUMBER, TOKEN, WABA, Door, Sandbox


def _error(answer: httpx.Response) -> tuple[int, int]:
    error = answer.json()["error"]
    assert set(error) >= {"message", "type", "code", "error_data", "fbtrace_id"}
    assert error["error_data"]["messaging_product"] == "whatsapp"
    assert error["error_data"]["details"]
    return answer.status_code, error["code"]


async def test_a_request_is_accepted_with_the_ids_of_message_and_customer(sandbox: Sandbox) -> None:
    answer = await sandbox.ask("+91 98123-00457")
    assert answer.status_code == 200
    said = answer.json()
    assert said["messaging_product"] == "whatsapp"
    [contact] = said["contacts"]
    assert contact["input"] == "+91 98123-00457"
    assert contact["wa_id"] == MEERA
    assert contact["user_id"].startswith("IN.")
    assert said["messages"][0]["id"].startswith("wamid.")


async def test_a_request_is_told_as_sent_and_then_delivered_with_its_opaque_data(sandbox: Sandbox, door: Door) -> None:
    sent = (await sandbox.ask_by_template(biz_opaque_callback_data="cpr:6f1d2c")).json()
    await door.until(lambda: len(door.items("statuses")) == 2)
    assert [status["status"] for status in door.items("statuses")] == ["sent", "delivered"]
    [first, _] = door.changes()
    assert first["field"] == "messages"
    assert first["value"]["metadata"] == {"display_phone_number": DISPLAY, "phone_number_id": NUMBER}
    assert first["value"]["contacts"][0]["profile"] == {"name": "Meera Kulkarni"}
    status = first["value"]["statuses"][0]
    assert status["id"] == sent["messages"][0]["id"]
    assert status["biz_opaque_callback_data"] == "cpr:6f1d2c"
    assert status["recipient_id"] == MEERA
    assert isinstance(status["timestamp"], str)
    assert status["pricing"]["category"] == "utility"
    assert door.bodies[0]["entry"][0]["id"] == WABA


async def test_a_second_request_within_a_day_is_refused_and_counts_nothing(sandbox: Sandbox) -> None:
    assert (await sandbox.ask()).status_code == 200
    assert _error(await sandbox.ask_by_template()) == (400, 138009)
    assert len((await sandbox.phone())["messages"]) == 1


async def test_only_one_of_many_simultaneous_requests_goes_through(sandbox: Sandbox) -> None:
    async with httpx.AsyncClient(base_url=sandbox.client.base_url, trust_env=False, timeout=60) as other:
        twin = Sandbox(other, sandbox.config)
        answers = await asyncio.gather(*(each.ask() for each in [sandbox, twin] * 5))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9


async def test_a_connected_call_allows_the_next_request_at_once(sandbox: Sandbox) -> None:
    await sandbox.ask()
    assert (await sandbox.press("dial", {"connected": True, "seconds": 1})).status_code == 200
    assert (await sandbox.ask()).status_code == 200


async def test_a_missed_call_from_the_customer_does_not_free_the_requests(sandbox: Sandbox) -> None:
    await sandbox.ask()
    assert (await sandbox.press("dial")).status_code == 200
    assert _error(await sandbox.ask()) == (400, 138009)


async def test_free_form_is_refused_outside_the_window_and_a_template_is_not(sandbox: Sandbox) -> None:
    closed = await sandbox.press("window", {"open": False})
    assert closed.json() == {"window": {"open": False, "closes_at": None}}
    assert _error(await sandbox.ask()) == (400, 131047)
    text = {"messaging_product": "whatsapp", "to": MEERA, "type": "text", "text": {"body": "Hello"}}
    assert _error(await sandbox.graph(f"{NUMBER}/messages", text)) == (400, 131047)
    assert (await sandbox.ask_by_template()).status_code == 200


async def test_a_message_from_the_customer_opens_the_window(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("window", {"open": False})
    await sandbox.press("message", {"text": "Is my parcel late?"})
    assert (await sandbox.ask()).status_code == 200
    await door.until(lambda: bool(door.items("messages")))
    message = door.items("messages")[0]
    assert (message["type"], message["text"], message["from"]) == ("text", {"body": "Is my parcel late?"}, MEERA)


async def test_a_permanent_permission_makes_a_request_needless(sandbox: Sandbox) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    assert _error(await sandbox.ask()) == (400, 138017)


async def test_a_number_with_calling_off_can_neither_ask_nor_call(sandbox: Sandbox) -> None:
    off = {"calling": {"status": "DISABLED"}}
    assert (await sandbox.graph(f"{NUMBER}/settings", off)).json() == {"success": True}
    assert _error(await sandbox.ask()) == (401, 138000)
    assert _error(await sandbox.ring()) == (401, 138000)


async def test_a_paused_number_can_neither_ask_nor_call_and_says_so(sandbox: Sandbox, door: Door) -> None:
    await sandbox.client.post(f"/sandbox/numbers/{NUMBER}", json={"restricted": True, "seconds": 600})
    assert _error(await sandbox.ask()) == (400, 138014)
    assert _error(await sandbox.ring()) == (400, 138014)
    await door.until(lambda: bool(door.bodies))
    [change] = door.changes()
    assert change["field"] == "account_update"
    assert change["value"]["event"] == "ACCOUNT_RESTRICTION"
    restrictions = (await sandbox.graph(f"{NUMBER}/settings")).json()["calling"]["restrictions"]
    expiration = change["value"]["restriction_info"][0]["expiration"]
    assert restrictions["restrictions_list"][0]["expiration"] == expiration


async def test_the_template_is_shown_as_rendered(sandbox: Sandbox) -> None:
    await sandbox.ask_by_template()
    [request] = (await sandbox.phone())["requests"]
    assert request["text"] == "Hi Meera, may we call you on WhatsApp about your delivery?"
    assert request["template"] == {"name": "may_we_call", "language": "en"}
    assert (request["kind"], request["status"], request["live"]) == ("template", "delivered", True)


def _named(name: str, text: Any = "x", kind: str = "text") -> dict[str, Any]:
    return {"type": kind, "parameter_name": name, "text": text}


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ([_named("first_name")], 132000),
        ([_named("first_name"), _named("topic"), _named("more")], 132000),
        ([_named("first_name"), _named("subject")], 132012),
        ([_named("first_name"), _named("first_name")], 132012),
        ([_named("first_name"), _named("topic", kind="currency")], 132012),
        ([_named("first_name"), {"type": "text", "text": "no name"}], 132012),
        ([_named("first_name"), _named("topic", 7)], 100),
        ([_named("first_name"), _named("topic", "")], 100),
    ],
)
async def test_wrong_template_parameters_are_refused(
    sandbox: Sandbox, parameters: list[dict[str, Any]], code: int
) -> None:
    assert _error(await sandbox.ask_by_template(MEERA, *parameters)) == (400, code)
    assert (await sandbox.phone())["messages"] == []


async def test_an_unknown_template_or_language_is_refused(sandbox: Sandbox) -> None:
    for name, language in (("unknown", "en"), ("may_we_call", "pt_BR")):
        template = {"name": name, "language": {"code": language}}
        body = {"messaging_product": "whatsapp", "to": MEERA, "type": "template", "template": template}
        assert _error(await sandbox.graph(f"{NUMBER}/messages", body)) == (404, 132001)


async def test_a_new_template_is_approved_at_once_and_can_be_sent(sandbox: Sandbox, door: Door) -> None:
    made = await sandbox.graph(
        f"{WABA}/message_templates",
        {
            "name": "callback_consent_v2",
            "language": "en",
            "category": "MARKETING",
            "components": [
                {"type": "HEADER", "format": "TEXT", "text": "Ticket of {{1}}"},
                {"type": "BODY", "text": "May we call about {{1}}?", "example": {"body_text": [["T-1"]]}},
                {"type": "call_permission_request"},
            ],
        },
    )
    assert made.json()["status"] == "APPROVED"
    listed = (await sandbox.graph(f"{WABA}/message_templates")).json()["data"]
    assert [template["name"] for template in listed] == ["may_we_call", "callback_consent_v2"]
    template = {
        "name": "callback_consent_v2",
        "language": {"code": "en"},
        "components": [
            {"type": "header", "parameters": [{"type": "text", "text": "today"}]},
            {"type": "body", "parameters": [{"type": "text", "text": "T-2291"}]},
        ],
    }
    body = {"messaging_product": "whatsapp", "to": MEERA, "type": "template", "template": template}
    assert (await sandbox.graph(f"{NUMBER}/messages", body)).status_code == 200
    [request] = (await sandbox.phone())["requests"]
    assert (request["header"], request["text"]) == ("Ticket of today", "May we call about T-2291?")
    await door.until(lambda: len(door.changes()) == 3)
    assert door.changes()[0]["field"] == "message_template_status_update"


async def test_templates_are_listed_a_page_at_a_time(sandbox: Sandbox) -> None:
    for number in range(3):
        template: dict[str, Any] = {
            "name": f"consent_{number}",
            "language": "en",
            "category": "UTILITY",
            "components": [{"type": "BODY", "text": "May we call?"}, {"type": "call_permission_request"}],
        }
        assert (await sandbox.graph(f"{WABA}/message_templates", template)).status_code == 200
    names, more = [], "0"
    while more:
        page = (await sandbox.graph(f"{WABA}/message_templates", limit="3", after=more)).json()
        names.append([template["name"] for template in page["data"]])
        more = page["paging"]["cursors"]["after"] if "next" in page["paging"] else ""
    assert names == [["may_we_call", "consent_0", "consent_1"], ["consent_2"]]
    for limit, after in (("0", "0"), ("all", "0"), ("3", "?")):
        assert _error(await sandbox.graph(f"{WABA}/message_templates", limit=limit, after=after)) == (400, 100)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Not Allowed"},
        {"language": 5},
        {"category": "AUTHENTICATION"},
        {"components": []},
        {"components": [{"type": "BODY", "text": "Hi {{name}}"}, {"type": "call_permission_request"}]},
        {"components": [{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS"}, {"type": "call_permission_request"}]},
        {"components": [{"type": "BODY", "text": ""}, {"type": "call_permission_request"}]},
        {"name": "may_we_call"},
    ],
)
async def test_a_template_meta_would_not_take_is_refused(sandbox: Sandbox, change: dict[str, Any]) -> None:
    components = [{"type": "BODY", "text": "May we call?"}, {"type": "call_permission_request"}]
    body = {"name": "fine", "language": "en", "category": "UTILITY", "components": components} | change
    assert _error(await sandbox.graph(f"{WABA}/message_templates", body)) == (400, 100)


@pytest.mark.parametrize(
    "change",
    [
        {"messaging_product": "sms"},
        {"messaging_product": None},
        {"recipient_type": "group"},
        {"to": ""},
        {"to": 919812300457},
        {"to": "not a number"},
        {"to": None, "recipient": "IN.0000000000000000"},
        {"interactive": None},
        {"interactive": "call_permission_request"},
        {"interactive": {"type": "call_permission_request"}},
        {"interactive": {"type": "call_permission_request", "action": {"name": "else"}}},
        {"interactive": {"type": "call_permission_request", "action": [], "body": {"text": "x"}}},
        {
            "interactive": {
                "type": "call_permission_request",
                "action": {"name": "call_permission_request"},
                "footer": {"text": "no"},
            }
        },
        {"biz_opaque_callback_data": "x" * 513},
        {"type": 7},
    ],
)
async def test_a_malformed_request_is_invalid_in_metas_envelope(sandbox: Sandbox, change: dict[str, Any]) -> None:
    assert _error(await sandbox.ask(**change)) == (400, 100)
    assert (await sandbox.phone())["messages"] == []


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"to": "\\ud800"}', b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"],
)
async def test_a_body_that_is_no_json_object_is_invalid_everywhere(sandbox: Sandbox, raw: bytes) -> None:
    for edge in (f"{NUMBER}/messages", f"{NUMBER}/calls", f"{NUMBER}/settings", f"{WABA}/message_templates"):
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = await sandbox.client.post(f"/sandbox/graph/v23.0/{edge}", content=raw, headers=headers)
        assert _error(answer) == (400, 100)


async def test_a_wrong_token_is_refused_before_anything_else(sandbox: Sandbox) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}):
        answer = await sandbox.client.post(f"/sandbox/graph/v23.0/{NUMBER}/messages", json={}, headers=headers)
        assert _error(answer) == (401, 190)


async def test_unknown_ids_paths_and_methods_get_metas_envelope(sandbox: Sandbox) -> None:
    assert _error(await sandbox.graph("12345/messages", {})) == (400, 100)
    assert _error(await sandbox.graph(f"{NUMBER}/else")) == (400, 2500)
    assert _error(await sandbox.graph(f"{NUMBER}/messages")) == (400, 100)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert _error(await sandbox.client.delete(f"/sandbox/graph/v23.0/{NUMBER}", headers=headers)) == (400, 100)
    assert _error(await sandbox.client.get(f"/sandbox/graph/latest/{NUMBER}", headers=headers)) == (400, 2500)


async def test_the_business_cannot_address_itself(sandbox: Sandbox) -> None:
    assert _error(await sandbox.ask(DISPLAY)) == (400, 131021)


async def test_a_customer_can_be_addressed_by_user_id_and_the_phone_number_wins(sandbox: Sandbox) -> None:
    user_id = (await sandbox.phone())["user_id"]
    other = (await sandbox.phone("447700900123"))["user_id"]
    answer = await sandbox.ask(to=None, recipient=user_id)  # type: ignore[arg-type]  # null on the wire
    assert answer.json()["contacts"][0]["wa_id"] == MEERA
    answer = await sandbox.ask(to="5511961234567", recipient=other)
    assert answer.json()["contacts"][0]["wa_id"] == "5511961234567"


async def test_call_permissions_show_what_is_used_and_when_it_frees(sandbox: Sandbox) -> None:
    before = (await sandbox.graph(f"{NUMBER}/call_permissions", user_wa_id="+" + MEERA)).json()
    assert before["permission"] == {"status": "no_permission"}
    assert [action["can_perform_action"] for action in before["actions"]] == [True, False]
    await sandbox.ask()
    await sandbox.press("reply", {"answer": "temporary"})
    user_id = (await sandbox.phone())["user_id"]
    after = (await sandbox.graph(f"{NUMBER}/call_permissions", recipient=user_id)).json()
    [permission] = (await sandbox.phone())["permissions"]
    assert after["permission"] == {"status": "temporary", "expiration_time": permission["expires_at"]}
    [ask, call] = after["actions"]
    assert (ask["action_name"], ask["can_perform_action"]) == ("send_call_permission_request", False)
    [day, week] = ask["limits"]
    [request] = (await sandbox.phone())["requests"]
    assert day == {
        "time_period": "PT24H",
        "max_allowed": 1,
        "current_usage": 1,
        "limit_expiration_time": request["sent_at"] + 86_400,
    }
    assert week == {"time_period": "P7D", "max_allowed": 2, "current_usage": 1}
    assert (call["action_name"], call["can_perform_action"]) == ("start_call", True)
    assert call["limits"] == [{"time_period": "PT24H", "max_allowed": 100, "current_usage": 0}]


async def test_call_permissions_can_be_asked_for_five_times_a_second(sandbox: Sandbox) -> None:
    answers = [await sandbox.graph(f"{NUMBER}/call_permissions", user_wa_id=MEERA) for _ in range(7)]
    assert [answer.status_code for answer in answers[:5]] == [200] * 5
    assert _error(answers[5]) == (429, 613)


async def test_settings_are_merged_and_told_only_when_meta_would(sandbox: Sandbox, door: Door) -> None:
    await sandbox.graph(f"{NUMBER}/settings", {"calling": {"call_icons": {"restrict_to_user_countries": ["IN"]}}})
    await sandbox.graph(f"{NUMBER}/settings", {"calling": {"callback_permission_status": "ENABLED"}})
    calling = (await sandbox.graph(f"{NUMBER}/settings")).json()["calling"]
    assert calling["status"] == "ENABLED"
    assert calling["call_icons"] == {"restrict_to_user_countries": ["IN"]}
    await door.until(lambda: bool(door.bodies))
    [change] = door.changes()
    assert change["field"] == "account_settings_update"
    assert change["value"]["phone_number_settings"]["calling"]["callback_permission_status"] == "ENABLED"
    wrongs: list[dict[str, Any]] = [
        {"status": "ON"},
        {"status": True},
        {"else": 1},
        {"sip": []},
        {"sip": {"status": []}},
    ]
    for wrong in wrongs:
        assert _error(await sandbox.graph(f"{NUMBER}/settings", {"calling": wrong})) == (400, 100)
