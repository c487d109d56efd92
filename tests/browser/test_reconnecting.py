from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tests.ground.processes import running_server

from .business import Customer, environment, open_business
from .conftest import OpenDesk
from .gate import gate_before

MEERA, CAIO = Customer("", "Meera Kulkarni", "+919812300457"), Customer("", "Caio Prado", "+5511987650321")

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_page_whose_server_was_killed_comes_back_with_what_it_missed_and_tells_each_answer_once(
    sqlite_url: str, open_desk: OpenDesk
) -> None:
    settings = environment(sqlite_url)
    async with running_server(settings) as first, gate_before(first.url) as (gate, url):
        desk = await open_desk(url=url)
        desk.is_to_lose_its_server()
        await desk.turn_to("Customers")
        await desk.note_notices()
        async with open_business(first.url) as business:
            early, meanwhile, late = [await business.customer(name) for name in ("Asha", "Bo", "Chen")]
            for customer in (early, meanwhile, late):
                await business.request(customer)
            await business.phone(MEERA.phone).grant()
            await business.phone(early).allow()
        await expect(desk.row(MEERA)).to_contain_text("Allowed")
        await expect(desk.notice("Asha allows calls for 7 days.")).to_be_visible()
        await desk.page.evaluate("window.neverLoadedAgain = true")
        await first.kill()
        await expect(desk.sign).to_contain_text("Reconnecting")
        gate.shut()

        async with running_server(settings, port=urlsplit(first.url).port) as second:
            async with open_business(second.url) as business:
                await business.phone(MEERA.phone).revoke()
                await business.phone(CAIO.phone).grant(for_good=True)
                await business.phone(meanwhile).decline()
            witness = await open_desk(url=second.url)
            await witness.turn_to("Customers")
            await expect(witness.row(CAIO)).to_contain_text("Always allowed")
            await expect(desk.row(MEERA)).to_contain_text("Allowed")
            await expect(desk.row(CAIO)).to_contain_text("Not asked")

            gate.open()
            await expect(desk.sign).to_have_text("Live")
            await expect(desk.row(MEERA)).to_contain_text("Taken back")
            await expect(desk.row(CAIO)).to_contain_text("Always allowed")
            assert await desk.page.evaluate("window.neverLoadedAgain")
            async with open_business(second.url) as business:
                await business.phone(late).allow(for_good=True)
            await expect(desk.notice("Chen always allows calls.")).to_be_visible()
            told = ["Asha allows calls for 7 days.", "Bo declined.", "Chen always allows calls."]
            assert await desk.noted(3) == told

            await desk.row(MEERA).get_by_role("link", name=MEERA.name).click()
            history = desk.page.get_by_role("region", name="What happened")
            for line in ("Permission: Not asked → Allowed", "Permission: Allowed → Taken back"):
                await expect(history.get_by_text(line)).to_have_count(1)
            witness.is_to_lose_its_server()
            await second.kill()
