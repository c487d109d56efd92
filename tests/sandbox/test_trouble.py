"""Failures on demand: the next answer, or a share of them."""

from typing import Any

import httpx
import pytest

from sandbox.app import Config
from sandbox.chaos import ENDING_CODES
from sandbox.errors import TITLES

from .harness import MEERA, NUMBER, WABA, Door, Sandbox, run_sandbox

OTHER = "447700900123"


def _code(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_every_code_can_be_had_with_metas_status(sandbox: Sandbox) -> None:
    for code, (_, status) in sorted(TITLES.items()):
        await sandbox.script("errors", code=code, on="messages")
        answer = await sandbox.ask()
        assert _code(answer) == (status, code)
        error = answer.json()["error"]
        assert (error["type"], error["error_data"]["messaging_product"]) == ("OAuthException", "whatsapp")
        assert error["message"].startswith(f"(#{code}) ")
        assert error["error_data"]["details"]
    assert (await sandbox.phone())["messages"] == []
    assert (await sandbox.ask()).status_code == 200


async def test_a_permission_code_out_of_metas_range_and_one_nobody_knows(sandbox: Sandbox) -> None:
    await sandbox.script("errors", code=294)
    await sandbox.script("errors", code=999_999)
    assert [_code(await sandbox.ask()) for _ in range(2)] == [(403, 294), (400, 999_999)]


async def test_an_error_is_for_its_address_its_customer_and_its_number_of_times(sandbox: Sandbox) -> None:
    await sandbox.script("errors", code=138006, on="calls", wa_id="+91 98123 00457", times=2)
    await sandbox.press("grant", {"answer": "permanent"})
    await sandbox.press("grant", {"answer": "permanent"}, OTHER)
    assert (await sandbox.ring(OTHER)).status_code == 200
    assert (await sandbox.known())["permission"] == {"status": "permanent"}
    assert _code(await sandbox.ring()) == (401, 138006)
    [left] = (await sandbox.client.get("/sandbox/errors")).json()["errors"]
    assert (left["times"], left["on"], left["wa_id"]) == (1, "calls", MEERA)
    by_name = await sandbox.ring(to=None, recipient=(await sandbox.phone())["user_id"])  # type: ignore[arg-type]
    assert _code(by_name) == (401, 138006)
    assert (await sandbox.client.get("/sandbox/errors")).json() == {"errors": []}
    assert (await sandbox.ring()).status_code == 200


@pytest.mark.parametrize(
    ("on", "method", "edge"),
    [
        ("call_permissions", "GET", f"{NUMBER}/call_permissions?user_wa_id={MEERA}"),
        ("settings", "GET", f"{NUMBER}/settings"),
        ("settings", "POST", f"{NUMBER}/settings"),
        ("templates", "GET", f"{WABA}/message_templates"),
        ("any", "GET", f"{NUMBER}/settings"),
        ("any", "GET", f"{WABA}/phone_numbers"),
    ],
)
async def test_every_address_can_fail(sandbox: Sandbox, on: str, method: str, edge: str) -> None:
    await sandbox.script("errors", code=131016, on=on)
    headers = {"Authorization": "Bearer an-access-token"}
    body: dict[str, Any] | None = {"calling": {}} if method == "POST" else None
    path = f"/sandbox/graph/v23.0/{edge}"
    assert _code(await sandbox.client.request(method, path, json=body, headers=headers)) == (503, 131016)
    assert (await sandbox.client.request(method, path, json=body, headers=headers)).status_code == 200


async def test_a_call_action_belongs_to_its_customer(sandbox: Sandbox) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    wacid = await sandbox.rung()
    await sandbox.script("errors", code=138004, on="calls", wa_id=MEERA)
    body = {"messaging_product": "whatsapp", "call_id": wacid, "action": "terminate"}
    assert _code(await sandbox.graph(f"{NUMBER}/calls", body)) == (500, 138004)
    assert (await sandbox.graph(f"{NUMBER}/calls", body)).status_code == 200


async def test_an_error_may_have_another_status_other_details_or_no_envelope(sandbox: Sandbox) -> None:
    await sandbox.script("errors", code=131056, http_status=400, details="Slowly.")
    await sandbox.script("errors", http_status=502)
    answer = await sandbox.ask()
    assert _code(answer) == (400, 131056)
    assert answer.json()["error"]["error_data"]["details"] == "Slowly."
    bare = await sandbox.ask()
    assert (bare.status_code, bare.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert (await sandbox.ask()).status_code == 200


async def test_an_answer_can_be_wrong_about_what_was_done(sandbox: Sandbox, door: Door) -> None:
    await sandbox.script("errors", code=1, effect=True)
    assert _code(await sandbox.ask(biz_opaque_callback_data="x")) == (500, 1)
    await door.until(lambda: len(door.items("statuses")) == 2)
    assert len((await sandbox.phone())["requests"]) == 1


async def test_a_message_can_fail_late(sandbox: Sandbox, door: Door) -> None:
    await sandbox.script("errors", code=131049, on="messages", late=True)
    assert (await sandbox.ask()).status_code == 200
    await door.until(lambda: len(door.items("statuses")) == 2)
    failed = door.items("statuses")[1]
    assert (failed["status"], failed["errors"][0]["code"]) == ("failed", 131049)
    [request] = (await sandbox.phone())["requests"]
    assert (request["status"], request["failure"]) == ("failed", 131049)
    assert (await sandbox.ask()).status_code == 200


@pytest.mark.parametrize("code", sorted(ENDING_CODES))
async def test_a_call_can_fail_at_any_point(lenient: Sandbox, door: Door, code: int) -> None:
    for wa_id in (MEERA, OTHER):
        await lenient.press("grant", {"answer": "permanent"}, wa_id)
    await lenient.script("errors", code=code, on="calls", late=True)
    assert (await lenient.ring()).status_code == 200
    ringing, talking = await lenient.rung(OTHER), await lenient.rung()
    await lenient.press(f"calls/{ringing}", {"do": "fail", "code": code}, OTHER)
    await lenient.press(f"calls/{talking}", {"do": "answer"})
    await lenient.press(f"calls/{talking}", {"do": "fail", "code": code})
    await door.until(lambda: len([call for call in door.items("calls") if call["event"] == "terminate"]) == 3)
    ends = [change["value"] for change in door.changes() if change["value"].get("calls", [{}])[0].get("status")]
    assert [end["calls"][0]["status"] for end in ends] == ["FAILED"] * 3
    assert [end["errors"][0]["code"] for end in ends] == [code] * 3
    assert not any("duration" in end["calls"][0] for end in ends)
    assert {call["failure"] for call in (await lenient.phone())["calls"]} == {code}


async def test_a_call_of_unknown_outcome_may_have_counted_as_connected(sandbox: Sandbox) -> None:
    await sandbox.ask()
    await sandbox.press("reply", {"answer": "permanent"})
    for connected, used in ((False, 0), (True, 1)):
        wacid = await sandbox.rung()
        await sandbox.press(f"calls/{wacid}", {"do": "fail", "code": 138023, "connected": connected})
        [ask, call] = (await sandbox.known())["actions"]
        assert call["limits"][0]["current_usage"] == used
        assert ask["limits"][0]["current_usage"] == 1 - used


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"code": -1},
        {"code": 131056.5},
        {"code": "131056"},
        {"code": 131056, "times": 0},
        {"code": 131056, "on": "everything"},
        {"code": 131056, "wa_id": "nobody"},
        {"code": 131056, "http_status": 200},
        {"http_status": 500, "on": "calls", "late": True},
        {"code": 131026, "late": True},
        {"code": 131026, "on": "messages", "late": True, "effect": True},
        {"code": 131026, "when": "now"},
    ],
)
async def test_an_error_that_makes_no_sense_is_told_in_a_sentence(sandbox: Sandbox, asked: dict[str, object]) -> None:
    answer = await sandbox.client.post("/sandbox/errors", json=asked)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert (await sandbox.client.get("/sandbox/errors")).json() == {"errors": []}


async def test_errors_and_variants_survive_a_restart_and_can_be_cleared(config: Config) -> None:
    async with run_sandbox(config) as sandbox:
        await sandbox.script("errors", code=131056, times=3)
        await sandbox.script("variants", asks_per_second=100)
    async with run_sandbox(config) as sandbox:
        assert _code(await sandbox.ask()) == (429, 131056)
        assert (await sandbox.client.get("/sandbox/variants")).json()["asks_per_second"] == 100
        assert (await sandbox.client.delete("/sandbox/errors")).json() == {"errors": []}
        assert (await sandbox.client.delete("/sandbox/variants")).json()["asks_per_second"] == 5
        assert (await sandbox.ask()).status_code == 200


async def test_a_500_from_before_meta_has_no_envelope_and_no_effect(sandbox: Sandbox) -> None:
    await sandbox.chaos(http_500=1)
    answer = await sandbox.ask()
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert (await sandbox.phone())["messages"] == []
    assert (await sandbox.client.delete("/sandbox/chaos")).json()["http_500"] == 0


async def test_slow_answers_take_a_time_between_two(sandbox: Sandbox) -> None:
    seen: dict[str, Any] = await sandbox.script("chaos", slow=[0.01, 0.02])
    assert seen["slow"] == [0.01, 0.02]
    answer = await sandbox.ask()
    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() >= 0.01
    assert (await sandbox.client.post("/sandbox/chaos", json={"slow": [2, 1]})).status_code == 400
