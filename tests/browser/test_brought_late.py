"""What a page brings only when it is reached for, and what becomes of it where that cannot be had."""

import pytest
from playwright.async_api import Route, expect

from .business import Business
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def lost(route: Route) -> None:
    await route.abort("connectionfailed")


async def test_a_menu_that_cannot_be_had_just_now_takes_nothing_with_it(business: Business, desk: Desk) -> None:
    customer = await business.customer()
    desk.expected.append("ERR_CONNECTION_FAILED")
    await desk.page.route("**/assets/{RowMenuItems,Hint}-*", lost)
    row = await desk.find(customer)
    async with desk.page.expect_event("requestfailed", lambda request: "RowMenuItems" in request.url):
        await row.get_by_role("button", name="More for").click()
    async with desk.page.expect_event("requestfailed", lambda request: "Hint" in request.url):
        await row.get_by_role("button", name="Call").hover(force=True)
    await expect(row).to_be_visible()
    await expect(await desk.ask(customer)).to_contain_text(f"Ask {customer.name} for permission to call")


async def test_a_dialog_that_cannot_be_had_leaves_no_empty_page_behind(business: Business, desk: Desk) -> None:
    customer = await business.customer()
    desk.expected += ["ERR_CONNECTION_FAILED", "Failed to fetch dynamically imported module"]
    await desk.page.route("**/assets/RequestDialog-*", lost)
    await desk.find(customer)
    await desk.row(customer).get_by_role("button", name="Ask").click()
    await expect(desk.page.get_by_role("alert")).to_be_visible()
    await desk.page.unroute("**/assets/RequestDialog-*")
    await desk.page.get_by_role("button", name="Try again").click()
    await expect(await desk.ask(customer)).to_contain_text(f"Ask {customer.name} for permission to call")


async def test_what_may_be_reached_for_later_is_brought_once_it_is_quiet(business: Business, desk: Desk) -> None:
    customer = await business.customer()
    await desk.page.clock.install()
    await desk.open(f"/customers?search={customer.phone.removeprefix('+')}")
    await expect(desk.row(customer)).to_be_visible()
    async with desk.page.expect_response("**/assets/PhoneDock-*.js"):  # of dialogs the last
        await desk.page.clock.fast_forward("00:30")
    await desk.page.context.set_offline(offline=True)
    desk.expected.append("ERR_")
    await desk.row(customer).get_by_role("button", name="Ask").click()
    await expect(desk.dialog).to_contain_text(f"Ask {customer.name} for permission to call")
