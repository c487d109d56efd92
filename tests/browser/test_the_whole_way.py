import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Desk

MEERA, CAIO, LENA, ARJUN = "Meera Kulkarni", "Caio Prado", "Lena Vogt", "Arjun Nair"
A_SECOND = 1000
COUNTING = re.compile(r"6 d 23:59:\d\d")

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_who_is_asked_and_answers_on_the_phone_is_seen_to_allow_within_a_second(
    desk: Desk,
) -> None:
    await desk.meet(MEERA)
    await expect(desk.row(MEERA)).to_contain_text("NOT REQUESTED")
    await expect(await desk.take("Ask")).to_contain_text("RequestCallPermissionSuccess")
    await expect(desk.row(MEERA)).to_contain_text("REQUESTED")

    await expect(desk.phone(MEERA)).to_contain_text("Let Sandbox call you?")
    await desk.press(MEERA, "Allow for 7 days")
    await expect(desk.row(MEERA)).to_contain_text("TEMPORARY", timeout=A_SECOND)
    await expect(desk.row(MEERA)).to_contain_text(COUNTING)
    await expect(desk.line("permission · customer answered", "REQUESTED", "TEMPORARY")).to_have_count(1)

    refusal = await desk.take("Ask again the same day")
    await expect(refusal).to_contain_text('"code": "REQUEST_LIMIT_REACHED"')
    await expect(refusal).to_contain_text(re.compile(r'"availableAt": "\d{4}-'))

    await desk.press(MEERA, "Revoke permission")
    await expect(desk.row(MEERA)).to_contain_text("REVOKED", timeout=A_SECOND)
    callable_now = await desk.take("Whom may we call now?")
    await expect(callable_now).to_contain_text('"nodes":')
    await expect(callable_now).not_to_contain_text(MEERA)


async def test_a_call_is_seen_to_ring_to_be_answered_and_to_end(desk: Desk) -> None:
    await desk.meet(CAIO)
    await desk.allow_in_profile(CAIO)
    await expect(desk.row(CAIO)).to_contain_text("TEMPORARY")
    await expect(await desk.take("Call")).to_contain_text("StartCallSuccess")
    await expect(desk.row(CAIO)).to_contain_text("ringing")

    await desk.press(CAIO, "Answer")
    await expect(desk.row(CAIO)).to_contain_text("in progress", timeout=A_SECOND)
    await expect(desk.line("call · event", "RINGING", "IN PROGRESS")).to_have_count(1)

    await desk.press(CAIO, "Hang up")
    await expect(desk.line("call · event", "IN PROGRESS", "COMPLETED")).to_have_count(1, timeout=A_SECOND)
    await expect(desk.row(CAIO)).not_to_contain_text("in progress")
    await expect(await desk.take("Hang up")).to_contain_text("CALL_ALREADY_ENDED")


async def test_a_business_can_hang_up_from_the_console(desk: Desk) -> None:
    await desk.meet(LENA)
    await desk.allow_in_profile(LENA, "Always allow calls")
    await expect(desk.row(LENA)).to_contain_text("no end")
    await desk.take("Call")
    await desk.press(LENA, "Answer")
    await expect(desk.row(LENA)).to_contain_text("in progress")
    await expect(await desk.take("Hang up")).to_contain_text("EndCallSuccess")
    await expect(desk.line("hung up")).not_to_have_count(0)
    await expect(desk.phone(LENA).get_by_role("button", name="Answer", exact=True)).to_have_count(0)


async def test_a_short_permission_runs_out_before_the_watchers_eyes(desk: Desk) -> None:
    await desk.meet(ARJUN)
    # The page offers 15 seconds at the least, which is longer than a test should watch.
    await desk.phones.get_by_label("7 days lasts").evaluate("week => week.add(new Option('3 seconds', '3'))")
    await desk.phones.get_by_label("7 days lasts").select_option("3 seconds")
    await desk.allow_in_profile(ARJUN)
    await expect(desk.row(ARJUN)).to_contain_text("TEMPORARY")
    for left in ("00:02", "00:01"):
        await expect(desk.row(ARJUN)).to_contain_text(left)
    await expect(desk.row(ARJUN)).to_contain_text("EXPIRED", timeout=2 * A_SECOND)
    await expect(desk.line("permission · ran out", "TEMPORARY", "EXPIRED")).to_have_count(1)
    await expect(await desk.take("Call")).to_contain_text("PERMISSION_MISSING")
