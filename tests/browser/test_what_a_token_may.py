"""Nobody is offered what their token does not let them do."""

import pytest
from playwright.async_api import expect

from .business import Business, Customer
from .conftest import OpenDesk

pytestmark = pytest.mark.asyncio(loop_scope="package")

READING = ("customers:read", "permissions:read", "calls:read")


async def test_who_may_only_read_sees_everything_and_is_offered_nothing(
    business: Business, open_desk: OpenDesk, customer: Customer
) -> None:
    await business.phone(customer).grant()
    desk = await open_desk(await business.token("only looks", *READING))
    row = await desk.find(customer)
    await expect(row).to_contain_text("Allowed")
    for name in ("Ask", "Call"):
        await expect(row.get_by_role("button", name=name, disabled=False)).to_have_count(0)
    for name in ("Add a customer", "Import"):
        await expect(desk.page.get_by_role("button", name=name)).to_have_count(0)
    await row.focus()
    for key in "rc":
        await desk.page.keyboard.press(key)
    await expect(desk.dialog).to_be_hidden()
    await expect(desk.call_with(customer)).to_be_hidden()

    await desk.turn_to("Settings")
    await expect(desk.heading).to_have_text("Settings")
    await desk.page.get_by_role("tab", name="Tokens").click()
    await expect(desk.page.get_by_role("tabpanel").filter(visible=True)).to_contain_text("admin")
    await expect(desk.page.get_by_role("button", name="Make a token")).to_have_count(0)


async def test_who_may_ask_but_not_call_is_offered_just_that(
    business: Business, open_desk: OpenDesk, customer: Customer
) -> None:
    await business.phone(customer).grant()
    desk = await open_desk(await business.token("asks", *READING, "permissions:request"))
    row = await desk.find(customer)
    await expect(row.get_by_role("button", name="Ask")).to_be_enabled()
    await expect(row.get_by_role("button", name="Call", disabled=False)).to_have_count(0)
    dialog = await desk.ask(customer)
    await dialog.get_by_role("button", name="Send the request").click()
    await expect(desk.notice(f"{customer.name} was asked.")).to_be_visible()


async def test_who_may_read_permissions_but_not_calls_finds_no_broken_page(
    business: Business, open_desk: OpenDesk
) -> None:
    desk = await open_desk(await business.token("reads less", "customers:read", "permissions:read"))
    for page in ("Customers", "Requests", "Overview", "Call now"):
        await desk.turn_to(page)
        await expect(desk.heading).to_have_text(page)
        await expect(desk.page.locator("[aria-busy=true]")).to_have_count(0)
        await expect(desk.page.get_by_role("alert")).to_have_count(0)
    await desk.turn_to("Overview")
    await expect(desk.page.get_by_role("main")).to_contain_text("your token needs permissions:read and calls:read")
