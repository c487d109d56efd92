"""Webhooks under failure, chaos and restarts."""

import asyncio
import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from sandbox.app import Config, create_app, running
from sandbox.outbox import retry_after, signature
from sandbox.store import BusyError
from tests.ground.processes import free_port

from .harness import MEERA, NUMBER, SECRET, Door, Sandbox, configured, open_door, run_sandbox


def test_the_signature_is_the_hmac_of_the_raw_bytes() -> None:
    body = b'{"object":"whatsapp_business_account"}'
    expected = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert signature(SECRET, body) == "sha256=" + expected


def test_retries_grow_from_a_second_to_a_minute() -> None:
    assert [retry_after(attempts) for attempts in (1, 2, 3, 6, 7, 5000)] == [1, 2, 4, 32, 60, 60]


async def test_anything_but_200_is_sent_again_and_keeps_its_order(sandbox: Sandbox, door: Door) -> None:
    door.answers = [201]
    await sandbox.ask()
    await sandbox.press("reply", {"answer": "decline"})
    await door.until(lambda: bool(door.replies()))
    assert door.refused == 1
    assert [status["status"] for status in door.items("statuses")] == ["sent", "delivered", "read"]


async def test_several_doors_take_turns_and_stand_in_for_one_that_is_closed(tmp_path: Path) -> None:
    closed = free_port()
    async with open_door() as left, open_door() as right:
        doors = (left.url, f"http://127.0.0.1:{closed}/webhooks/whatsapp", right.url)
        config = replace(configured(tmp_path / "phones.sqlite", ""), webhook_urls=doors)
        async with run_sandbox(config) as sandbox:
            for _ in range(6):
                await sandbox.press("grant", {"answer": "permanent"})
            await left.until(lambda: len(left.replies()) == 2)
            await right.until(lambda: len(right.replies()) == 4)


async def test_what_was_not_delivered_is_delivered_after_a_restart(tmp_path: Path) -> None:
    port = free_port()
    config = configured(tmp_path / "kept.sqlite", f"http://127.0.0.1:{port}/webhooks/whatsapp")
    async with run_sandbox(config) as sandbox:
        await sandbox.ask()
        await sandbox.press("reply", {"answer": "temporary"})
        before = await sandbox.phone()
    async with open_door(port) as door, run_sandbox(config) as sandbox:
        assert await sandbox.phone() == before
        await door.until(lambda: bool(door.replies()))
        assert [status["status"] for status in door.items("statuses")] == ["sent", "delivered", "read"]
        assert (await sandbox.ask()).json()["error"]["code"] == 138009


async def test_calls_settings_templates_and_chaos_survive_a_restart(config: Config) -> None:
    async with run_sandbox(config) as sandbox:
        await sandbox.press("grant", {"answer": "permanent"})
        wacid = await sandbox.rung()
        await sandbox.graph(f"{NUMBER}/settings", {"calling": {"call_icon_visibility": "DISABLE_ALL"}})
        await sandbox.chaos(duplicate=0.5, fail_sends={"131026": 0.1})
    async with run_sandbox(config) as sandbox:
        assert (await sandbox.press(f"calls/{wacid}", {"do": "answer"})).status_code == 200
        settings = (await sandbox.graph(f"{NUMBER}/settings")).json()
        assert settings["calling"]["call_icon_visibility"] == "DISABLE_ALL"
        chaos = (await sandbox.client.get("/sandbox/chaos")).json()
        assert (chaos["duplicate"], chaos["fail_sends"]) == (0.5, {"131026": 0.1})


async def test_a_second_sandbox_on_the_same_file_is_told_so(config: Config) -> None:
    async with running(create_app(config)):
        with pytest.raises(BusyError, match="Is another sandbox running on it"):
            async with running(create_app(config)):
                pass


async def test_duplicates_are_the_same_update_twice(sandbox: Sandbox, door: Door) -> None:
    await sandbox.chaos(duplicate=1.0)
    await sandbox.press("message", {"text": "Twice"})
    await door.until(lambda: len(door.bodies) == 2)
    assert door.bodies[0] == door.bodies[1]


async def test_a_batch_carries_many_updates_in_one_post(sandbox: Sandbox, door: Door) -> None:
    await sandbox.chaos(batch=50, delay_seconds=[0.2, 0.2])
    await asyncio.gather(*(sandbox.press("message", {"text": str(each)}) for each in range(20)))
    await door.until(lambda: len(door.items("messages")) == 20)
    assert len(door.bodies) < 20
    assert max(len(body["entry"][0]["changes"]) for body in door.bodies) > 1


async def test_reordering_loses_nothing(sandbox: Sandbox, door: Door) -> None:
    await sandbox.chaos(reorder=True, batch=20, delay_seconds=[0, 0.3])
    for each in range(20):
        await sandbox.press("message", {"text": str(each)})
    await door.until(lambda: len(door.items("messages")) == 20)
    texts = [message["text"]["body"] for message in door.items("messages")]
    assert texts != [str(each) for each in range(20)]
    assert sorted(map(int, texts)) == list(range(20))


async def test_a_late_failure_is_told_by_a_status_and_frees_the_request(sandbox: Sandbox, door: Door) -> None:
    await sandbox.chaos(fail_sends={"131026": 1.0})
    assert (await sandbox.ask(biz_opaque_callback_data="x")).status_code == 200
    await door.until(lambda: len(door.items("statuses")) == 2)
    failed = door.changes()[1]["value"]
    assert "contacts" not in failed
    [status] = failed["statuses"]
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131026)
    assert status["recipient_id"] == MEERA
    assert "recipient_user_id" not in status
    assert status["biz_opaque_callback_data"] == "x"
    assert (await sandbox.press("reply", {"answer": "temporary"})).status_code == 409
    assert (await sandbox.client.request("DELETE", "/sandbox/chaos")).json()["fail_sends"] == {}
    assert (await sandbox.ask()).status_code == 200


async def test_an_immediate_failure_answers_in_metas_envelope_and_counts_nothing(sandbox: Sandbox) -> None:
    await sandbox.chaos(fail_sends={"131056": 1.0})
    answer = await sandbox.ask()
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, 131056)
    await sandbox.chaos()
    assert (await sandbox.ask()).status_code == 200


async def test_a_call_can_fail_with_its_error_beside_it(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("grant", {"answer": "permanent"})
    await sandbox.chaos(fail_sends={"138021": 1.0})
    assert (await sandbox.ring()).status_code == 200
    await door.until(lambda: len(door.items("calls")) == 2)
    value = door.changes()[-1]["value"]
    assert value["calls"][0]["status"] == "FAILED"
    assert value["errors"][0]["code"] == 138021
    assert (await sandbox.phone())["permissions"][0]["unanswered_streak"] == 0


async def test_a_lost_answer_has_had_its_effect(sandbox: Sandbox) -> None:
    await sandbox.chaos(lose_answers=1.0)
    outcomes = set()
    for _ in range(20):
        try:
            outcomes.add((await sandbox.ask_by_template()).status_code)
        except httpx.RemoteProtocolError:
            outcomes.add(0)
    assert outcomes == {0, 500}
    assert len((await sandbox.phone())["requests"]) == 1


async def test_a_late_answer_comes_after_its_effect(sandbox: Sandbox) -> None:
    await sandbox.chaos(answer_delay_seconds=2)
    asking = asyncio.create_task(sandbox.ask())
    async with asyncio.timeout(60):
        while not (await sandbox.phone())["requests"]:
            assert not asking.done()
    assert not asking.done()
    assert (await asking).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"duplicate": 2},
        {"duplicate": "often"},
        {"delay_seconds": [5, 1]},
        {"delay_seconds": [1]},
        {"delay_seconds": "soon"},
        {"batch": 0},
        {"batch": 1.5},
        {"reorder": 1},
        {"fail_sends": {"x": 0.1}},
        {"fail_sends": {"131026": 7}},
        {"fail_sends": [131026]},
        {"unknown": 1},
    ],
)
async def test_chaos_that_makes_no_sense_is_told_in_a_sentence(sandbox: Sandbox, asked: dict[str, object]) -> None:
    answer = await sandbox.client.post("/sandbox/chaos", json=asked)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert (await sandbox.client.get("/sandbox/chaos")).json()["duplicate"] == 0


async def test_what_leaves_escapes_all_but_ascii_like_meta(sandbox: Sandbox, door: Door) -> None:
    await sandbox.press("message", {"text": "Olá / नमस्ते"})
    await door.until(lambda: bool(door.raw))
    assert door.raw[0].isascii()
    assert b"\\/" in door.raw[0]
    assert json.loads(door.raw[0]) == door.bodies[0]


async def test_strangers_and_other_sites_are_turned_away(config: Config) -> None:
    app = create_app(config)
    far = httpx.ASGITransport(app, client=("203.0.113.9", 4000))
    near = httpx.ASGITransport(app, client=("127.0.0.1", 4000))
    async with running(app):
        async with httpx.AsyncClient(transport=far, base_url="http://sandbox.example") as client:
            assert (await client.get("/phones")).status_code == 403
        async with httpx.AsyncClient(transport=near, base_url="http://127.0.0.1") as client:
            assert (await client.get("/phones")).status_code == 200
            for origin in ("https://evil.example", "null", "http://127.0.0.1:9999"):
                answer = await client.post("/chaos", json={}, headers={"Origin": origin})
                assert answer.status_code == 403
            assert (await client.post("/chaos", json={}, headers={"Origin": "http://127.0.0.1"})).status_code == 200
    opened = create_app(replace(config, open_to_network=True))
    far = httpx.ASGITransport(opened, client=("203.0.113.9", 4000))
    async with running(opened), httpx.AsyncClient(transport=far, base_url="http://sandbox.example") as client:
        assert (await client.get("/phones")).status_code == 200


async def test_it_says_so_when_it_is_not_running(config: Config) -> None:
    transport = httpx.ASGITransport(create_app(config))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.get("/phones")
    assert answer.status_code == 503
    assert "not running" in answer.json()["error"]


async def test_the_pages_are_served_with_a_strict_policy_and_warn_beside_real_numbers(config: Config) -> None:
    async with run_sandbox(replace(config, production_numbers=("+44 7700 900999",))) as sandbox:
        for path in ("/sandbox/", "/sandbox/settings"):
            page = await sandbox.client.get(path)
            assert page.status_code == 200
            assert '<base href="/sandbox/" />' in page.text
            assert "script-src 'self'" in page.headers["content-security-policy"]
        assert (await sandbox.client.get("/sandbox")).status_code == 307
        for path in ("state", "overview"):
            seen = (await sandbox.client.get(f"/sandbox/{path}")).json()
            assert seen["production_numbers"] == ["+44 7700 900999"]
        assert (await sandbox.client.get("/sandbox/page/phones.js")).status_code == 200


async def test_the_page_shows_few_of_many_phones_and_finds_the_rest(sandbox: Sandbox) -> None:
    for each in range(30):
        await sandbox.phone(f"4477009001{each:02}")
    seen = (await sandbox.client.get("/sandbox/state")).json()
    assert (seen["total"], len(seen["phones"])) == (31, 24)
    found = (await sandbox.client.get("/sandbox/state", params={"find": "meera"})).json()
    assert [phone["wa_id"] for phone in found["phones"]] == [MEERA]


async def test_the_page_shows_one_phone_by_its_number_or_user_id_wherever_it_moved(sandbox: Sandbox) -> None:
    async def alone(name: str) -> list[str]:
        seen = (await sandbox.client.get("/sandbox/state", params={"phone": name})).json()
        return [phone["wa_id"] for phone in seen["phones"]]

    meera = await sandbox.phone(MEERA)
    assert await alone(f"+{MEERA}") == await alone(meera["user_id"]) == [MEERA]
    assert await alone("+44 7700 900123") == ["447700900123"]  # every number is a phone
    await sandbox.press("change_number", {"to": "447700900124"}, wa_id="447700900123")
    assert await alone("447700900123") == ["447700900124"]
    assert (await sandbox.client.get("/sandbox/state", params={"phone": "nobody"})).status_code == 400
