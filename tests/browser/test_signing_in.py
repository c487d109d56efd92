import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import TOKEN, Desk, watched
from tests.ground.processes import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_the_address_signs_in_and_nobody_finds_the_token_in_it_later(desk: Desk) -> None:
    page = desk.console
    assert page.url == f"{desk.server.url}/console/"
    await expect(page.locator("#who")).to_have_text("My business, as bootstrap")
    await page.reload()
    await expect(desk.row("Caio Prado")).to_contain_text("+5511987650321")
    await page.get_by_role("button", name="Sign out").click()
    await page.reload()
    await expect(page.get_by_label("Token")).to_be_focused()


async def test_without_a_token_it_asks_for_one_and_says_when_it_does_not_work(
    server: ServerProcess, page: Page
) -> None:
    complaints: list[str] = []
    await watched(page, complaints).goto(f"{server.url}/console/")
    await page.get_by_label("Token").fill("mc_mistyped")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert").last).to_contain_text("This token does not work.")
    assert [complaint for complaint in complaints if "401" not in complaint] == []
    await page.get_by_label("Token").fill(TOKEN)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("row")).to_have_count(6)


async def test_it_is_used_by_keyboard_and_fits_a_phone(desk: Desk) -> None:
    page = desk.console
    await page.set_viewport_size({"width": 360, "height": 740})
    step = desk.step("Whom may we ask?")
    await step.locator("summary").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Control+Enter")
    await expect(step.get_by_role("region", name="Answer")).to_contain_text('"totalCount": 5')
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_phones_open_in_a_window_beside_it(desk: Desk) -> None:
    async with desk.console.expect_popup() as opened:
        await desk.console.get_by_role("link", name="Phones", exact=True).click()
    phones = await opened.value
    await expect(phones.get_by_role("article", name="Phone of Lena Vogt")).to_be_visible()
