from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import TOKEN, Desk, environment, press_by_script
from tests.browser.gate import gate_before
from tests.ground.processes import running_server

MEERA, CAIO = "+919812300457", "+5511987650321"

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_console_whose_server_was_killed_comes_back_with_what_it_missed(
    database_url: str, page: Page, browser: Browser
) -> None:
    async with running_server(environment(database_url)) as first, gate_before(first.url) as (gate, url):
        desk = Desk(first, page, page)
        await page.goto(f"{url}/console/#token={TOKEN}")
        await expect(desk.sign).to_have_text("live")
        await press_by_script(first, MEERA, "grant", answer="temporary")
        await expect(desk.row("Meera Kulkarni")).to_contain_text("TEMPORARY")
        await first.kill()
        await expect(desk.sign).to_have_text("reconnecting…")
        gate.shut()

        async with (
            running_server(environment(database_url), port=urlsplit(first.url).port) as second,
            await browser.new_context() as elsewhere,
        ):
            await press_by_script(second, MEERA, "revoke")
            await press_by_script(second, CAIO, "grant", answer="permanent")
            witness = Desk(second, await elsewhere.new_page(), page)
            await witness.console.goto(f"{second.url}/console/#token={TOKEN}")
            await expect(witness.row("Caio Prado")).to_contain_text("PERMANENT")
            await expect(desk.row("Meera Kulkarni")).to_contain_text("TEMPORARY")
            await expect(desk.row("Caio Prado")).to_contain_text("NOT REQUESTED")

            gate.open()
            await expect(desk.sign).to_have_text("live", timeout=10_000)
            await expect(desk.row("Meera Kulkarni")).to_contain_text("REVOKED")
            await expect(desk.row("Caio Prado")).to_contain_text("PERMANENT")
            for name, before, after in (
                ("Meera Kulkarni", "NOT REQUESTED", "TEMPORARY"),
                ("Meera Kulkarni", "TEMPORARY", "REVOKED"),
                ("Caio Prado", "NOT REQUESTED", "PERMANENT"),
            ):
                await expect(desk.line(name, "permission", before, after)).to_have_count(1)
            await second.kill()
