"""Customers are added one by one, and brought in from a file."""

import re

import pytest
from playwright.async_api import FilePayload, expect

from .business import Business, Customer
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_customer_is_added_once_the_phone_number_is_one(desk: Desk) -> None:
    await desk.turn_to("Customers")
    await desk.page.get_by_role("button", name="Add a customer").click()
    await desk.dialog.get_by_label("Name").fill("Olumide Adé")
    phone = desk.dialog.get_by_label("Phone")
    await phone.fill("12")
    await desk.dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(phone).to_have_attribute("aria-invalid", "true")
    await expect(phone).to_have_accessible_description(re.compile("Write it as E.164"))
    await phone.fill("+2348031234567")
    await expect(phone).not_to_have_attribute("aria-invalid", "true")
    await desk.dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(desk.notice("Olumide Adé was added.")).to_be_visible()
    await expect(desk.dialog).to_be_hidden()
    await desk.find(Customer("", "Olumide Adé", "+2348031234567"))


async def test_a_phone_that_is_another_customers_is_refused_at_its_field(desk: Desk, customer: Customer) -> None:
    await desk.turn_to("Customers")
    await desk.page.get_by_role("button", name="Add a customer").click()
    await desk.dialog.get_by_label("Phone").fill(customer.phone)
    await desk.dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(desk.dialog.get_by_label("Phone")).to_have_attribute("aria-invalid", "true")


async def test_a_file_is_brought_in_after_showing_what_would_come_of_it(
    business: Business, desk: Desk, customer: Customer
) -> None:
    lines = [f"Somebody {number},+4915198765{number:03},imported" for number in range(300)]
    sheet = "\n".join(["name,phone,tags", f"New Name,{customer.phone},", "Nobody,not a number,", *lines])
    await desk.turn_to("Customers")
    await desk.page.get_by_role("button", name="Import").click()
    file: FilePayload = {"name": "customers.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
    async with desk.page.expect_file_chooser() as choosing:
        await desk.dialog.get_by_role("button", name="File").click()
    await (await choosing.value).set_files(file)

    await expect(desk.dialog).to_contain_text("This would come of it:")
    await expect(desk.dialog).to_contain_text("300 new, 1 changed, 0 the same, 1 refused")
    refused = desk.dialog.get_by_role("table", name="Lines that were refused")
    await expect(refused.get_by_role("row")).to_contain_text(["Line 3"])
    await expect(refused).to_contain_text("is not a phone number")
    assert await imported(business) == 0

    await desk.page.evaluate(WATCH)
    await desk.dialog.get_by_role("button", name="Bring in 301 customers").click()
    await expect(desk.dialog).to_contain_text("Done:")
    await expect(desk.dialog).to_contain_text("300 new, 1 changed, 0 the same, 1 refused")
    assert "progressbar" in await desk.page.evaluate("window.roles")
    assert await imported(business) == 300
    await desk.dialog.get_by_role("button", name="Done").click()
    await desk.go("/customers?tag=imported")
    await expect(desk.page.get_by_text("300 customers", exact=True)).to_be_visible()


async def imported(business: Business) -> int:
    known = await business.ask('{ callPermissions(first: 1, filter: {customerTags: ["imported"]}) { totalCount } }')
    count: int = known["callPermissions"]["totalCount"]
    return count


# Notes which roles appear in the page while something is going on.
WATCH = """() => {
  window.roles = [];
  const look = () => { for (const each of document.querySelectorAll('[role]')) window.roles.push(each.role); };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""
