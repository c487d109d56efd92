"""One customer's page: what is allowed, why not, and all that happened."""

import re

import pytest
from playwright.async_api import expect

from .business import Business, Customer
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_everything_that_happened_is_told_while_it_happens(
    business: Business, desk: Desk, customer: Customer
) -> None:
    phone = business.phone(customer)
    await phone.write("Hello?")
    await desk.go(f"/customers/{customer.id}")
    await expect(desk.heading).to_have_text(customer.name)
    history = desk.page.get_by_role("region", name="What happened")
    await business.request(customer, text="May we call you about the delivery?")
    await expect(history).to_contain_text("bootstrap")
    await expect(history).to_contain_text("May we call you about the delivery?")
    await phone.read()
    await expect(history).to_contain_text("Read")
    await phone.allow()
    await expect(history).to_contain_text("Allowed for 7 days")

    await desk.page.get_by_role("button", name="Call: ").click()
    panel = desk.call_with(customer)
    await expect(panel).to_contain_text("Ringing")
    await phone.answer()
    await expect(panel).to_contain_text("Talking")
    await phone.hang_up()
    await expect(history).to_contain_text("Ended")

    await phone.grant(seconds=3)
    await expect(history).to_contain_text("Ran out")
    await desk.page.reload()
    for words in ("May we call you about the delivery?", "Allowed for 7 days", "Ended", "Ran out"):
        await expect(history).to_contain_text(words)


async def test_every_reason_why_not_is_told_with_the_moment_it_ends(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await business.request(customer)
    await desk.go(f"/customers/{customer.id}")
    status = desk.page.get_by_role("region", name="Status")
    await expect(status).to_contain_text("May not be called")
    await expect(status).to_contain_text("May not be asked")
    await expect(status).to_contain_text("1 of 1 request in 24 hours")
    await expect(status.get_by_role("listitem").filter(has_text=re.compile(r"\d:\d\d"))).not_to_have_count(0)


async def test_the_page_of_nobody_says_so(desk: Desk, customer: Customer) -> None:
    await desk.go(f"/customers/{customer.id[:-8]}AAAAAAAA")
    await expect(desk.page.get_by_text("There is no such customer.")).to_be_visible()
