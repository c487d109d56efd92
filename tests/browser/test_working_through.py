"""Many customers at once, one after the other, and their phones beside the page."""

import re

import pytest
from playwright.async_api import expect

from .business import Business, Customer
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_customers_phone_is_opened_beside_the_page_and_answered_there(desk: Desk, customer: Customer) -> None:
    row = await desk.find(customer)
    await row.get_by_role("button", name=f"More for {customer.name}").click()
    await desk.page.get_by_role("menuitem", name="Open their sandbox phone").click()
    beside = desk.page.get_by_role("complementary", name=f"{customer.name}'s phone")
    phone = beside.locator("iframe").content_frame
    await expect(phone.get_by_role("article")).to_have_count(1)

    dialog = await desk.ask(customer)
    await dialog.get_by_role("button", name="Send the request").click()
    await phone.get_by_role("button", name="Allow for 7 days").click()
    await expect(row).to_contain_text("Allowed")
    await expect(row.get_by_role("button", name="Call")).to_be_enabled()
    await beside.get_by_role("button", name="Close the phone").click()
    await expect(beside).to_be_hidden()


async def test_what_is_pressed_on_a_phone_counts_though_the_phone_changes_meanwhile(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await business.request(customer)
    page = desk.page
    await page.goto(f"{desk.url}/sandbox?phone={business.phone(customer).number}")
    await page.get_by_role("button", name="Allow for 7 days").hover()
    async with page.expect_response("**/sandbox/state?*"):
        await page.mouse.down()  # by which the message is read
    await page.evaluate("new Promise(requestAnimationFrame)")
    await page.mouse.up()
    await expect(page.get_by_text("You allowed calls for a while")).to_be_visible()


async def test_many_are_asked_together_after_it_was_told_what_would_come_of_it(business: Business, desk: Desk) -> None:
    first, second, allowing, asked = [await business.customer(tags=["together"]) for _ in range(4)]
    await business.phone(allowing).grant(for_good=True)
    await business.request(asked)
    await desk.go("/customers?tag=together")
    await expect(desk.row(allowing)).to_contain_text("Always allowed")
    await desk.page.get_by_role("checkbox", name="Choose all that are shown").check()
    await desk.page.get_by_role("button", name="Ask for permission").click()

    await desk.dialog.get_by_text("WhatsApp's own words").click()
    await desk.dialog.get_by_role("button", name="See what would come of it").click()
    for words in ("2 can be asked now", "1 can be asked later", "1 allows calls already"):
        await expect(desk.dialog.get_by_text(words)).to_be_visible()
    await expect(desk.dialog.get_by_role("listitem").filter(has_text=re.compile(r"from .*\d:\d\d"))).to_have_count(1)
    await expect(desk.row(first)).to_contain_text("Not asked")

    await desk.dialog.get_by_role("button", name="Ask 2 customers now").click()
    await expect(desk.dialog.get_by_text("2 were asked")).to_be_visible()
    await desk.dialog.get_by_role("button", name="Done").click()
    for customer in (first, second):
        await expect(desk.row(customer)).to_contain_text("Asked")


async def test_who_was_rung_moves_on_and_the_next_comes_up(business: Business, desk: Desk) -> None:
    soon, later = await business.customer("Soon Mehra", tags=["rounds"]), await business.customer(tags=["rounds"])
    await business.phone(soon).grant(seconds=3_600)
    await business.phone(later).grant(seconds=7_200)
    await desk.go("/call-now?tag=rounds")
    rows = desk.page.get_by_role("row").filter(has_text="+9198765")
    await expect(rows).to_contain_text([soon.phone, later.phone])

    panel = await desk.call(soon)
    await expect(panel).to_contain_text("Ringing")
    await expect(desk.page.get_by_role("heading", name="Allowed, but not now")).to_be_visible()
    await business.phone(soon).answer()
    await expect(panel).to_contain_text("Talking")
    await business.phone(soon).hang_up()
    await expect(desk.page.get_by_role("heading", name="Called today")).to_be_visible()
    await expect(rows).to_contain_text([later.phone, soon.phone])


async def test_a_customer_is_changed_and_deleted_after_it_was_said_what_goes(business: Business, desk: Desk) -> None:
    customer = await business.customer("Rosalind Achebe")
    await desk.go(f"/customers/{customer.id}")
    await desk.page.get_by_role("button", name="More for Rosalind Achebe").click()
    await desk.page.get_by_role("menuitem", name="Edit").click()
    await desk.dialog.get_by_label("Name").fill("Rosalind Obi")
    await desk.dialog.get_by_label("Time zone").fill("Africa/Lagos")
    await desk.dialog.get_by_role("button", name="Save").click()
    await expect(desk.notice("Rosalind Obi was changed.")).to_be_visible()
    await expect(desk.heading).to_have_text("Rosalind Obi")
    await expect(desk.page.get_by_title("Africa/Lagos")).to_contain_text("there")

    await desk.page.get_by_role("button", name="More for Rosalind Obi").click()
    await desk.page.get_by_role("menuitem", name="Delete").click()
    await expect(desk.dialog).to_contain_text("all requests with their words, and all calls")
    await desk.dialog.get_by_role("button", name="Delete for good").click()
    await expect(desk.notice("Rosalind Obi was deleted.")).to_be_visible()
    await expect(desk.page).to_have_url(f"{desk.url}/customers")
    found = await business.ask("query ($id: ID!) { customer(by: {id: $id}) { id } }", id=customer.id)
    assert found == {"customer": None}
