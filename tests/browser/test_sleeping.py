"""A machine sleeps with the page open, and wakes to what is true."""

import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, expect

from tests.ground.processes import ServerProcess
from tests.stories.street import until

from .business import SECONDS, Business
from .conftest import OpenDesk
from .gate import gate_before

pytestmark = pytest.mark.asyncio(loop_scope="package")

TAG = "slept-through"

STATUS = """query ($id: ID!, $number: ID!) {
    customer(by: {id: $id}) { callPermission(businessNumberId: $number) { status } }
}"""

# The clock of this machine goes an hour behind the server's, and all that the page knows of the time is from there.
AN_HOUR_BEHIND = "const now = Date.now; Date.now = () => now() - 3_600_000;"


@asynccontextmanager
async def asleep(browser: Browser) -> AsyncIterator[None]:
    """Let every page of a browser stand still until the block ends: no timer goes on, nothing is heard."""
    speaking = await browser.new_browser_cdp_session()
    processes = (await speaking.send("SystemInfo.getProcessInfo"))["processInfo"]
    pages = [process["id"] for process in processes if process["type"] == "renderer"]
    for page in pages:
        os.kill(page, signal.SIGSTOP)
    try:
        yield
    finally:
        for page in pages:
            os.kill(page, signal.SIGCONT)
        await speaking.detach()


async def test_a_page_that_slept_wakes_to_what_is_true_and_tells_each_answer_once(
    business: Business, server: ServerProcess, browser: Browser, open_desk: OpenDesk
) -> None:
    names = ("Asha", "Bo", "Chen", "Dana", "Eli")
    before, allowing, declining, granting, passing = [await business.customer(name, tags=[TAG]) for name in names]
    for customer in (before, allowing, declining):
        await business.request(customer)
    async with gate_before(server.url) as (gate, url):
        desk = await open_desk(None, url=url)
        await desk.page.add_init_script(AN_HOUR_BEHIND)
        await desk.sign_in(address=f"/customers?tag={TAG}")
        await desk.note_notices()
        await business.phone(before).allow()
        await expect(desk.notice("Asha allows calls for 7 days.")).to_be_visible()
        await business.phone(passing).grant(seconds=3)
        await expect(desk.row(passing)).to_contain_text(re.compile("Allowed|Ran out"))  # on a busy machine

        async with asleep(browser):
            gate.lose()
            await business.phone(allowing).allow(for_good=True)
            await business.phone(declining).decline()
            await business.phone(granting).grant(seconds=3 * 3600)

            async def over() -> bool | None:
                known = await business.ask(STATUS, id=passing.id, number=business.number)
                return known["customer"]["callPermission"]["status"] == "EXPIRED" or None

            await until(over, SECONDS)
        # Somebody looks at it again.
        await desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await expect(desk.notice("Bo always allows calls.")).to_be_visible()
        for customer, status in ((allowing, "Always allowed"), (declining, "Declined"), (passing, "Ran out")):
            await expect(desk.row(customer)).to_contain_text(status)
        await expect(desk.row(granting).get_by_role("time").first).to_have_text(re.compile(r"^2h 5\dm$"))
        await expect(desk.row(passing).get_by_role("button", name="Call")).to_be_disabled()
        told = ["Asha allows calls for 7 days.", "Bo always allows calls.", "Chen declined."]
        assert await desk.noted(3) == told
