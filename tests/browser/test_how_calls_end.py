"""How a call from the dashboard ends, whoever ends it."""

import re

import pytest
from playwright.async_api import Locator, expect

from .business import Business, Customer, Phone
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def ringing(business: Business, desk: Desk, customer: Customer) -> tuple[Phone, Locator]:
    """Ring somebody who allows it; give their phone, which rings, and the panel of the call."""
    phone = business.phone(customer)
    await phone.grant()
    await desk.find(customer)
    panel = await desk.call(customer)
    await expect(panel).to_contain_text("Ringing")
    return phone, panel


async def test_a_call_rings_is_answered_talks_and_ends_when_the_customer_hangs_up(
    business: Business, desk: Desk, customer: Customer
) -> None:
    phone, panel = await ringing(business, desk, customer)
    await phone.answer()
    await expect(panel).to_contain_text("Talking")
    await expect(panel).to_contain_text(re.compile(r"(?!0:00)\d+:\d\d"))
    await phone.hang_up()
    await expect(panel).to_contain_text("Ended")
    await panel.get_by_role("button", name="Close").click()
    await expect(panel).to_be_hidden()
    await expect(desk.row(customer)).to_contain_text("Ended")


async def test_whoever_called_can_hang_up(business: Business, desk: Desk, customer: Customer) -> None:
    phone, panel = await ringing(business, desk, customer)
    await phone.answer()
    await expect(panel).to_contain_text("Talking")
    await panel.get_by_role("button", name="Hang up").click()
    await expect(panel).to_contain_text("Ended")
    assert [call["status"] for call in (await phone.seen())["calls"]] == ["completed"]


async def test_a_call_that_is_hung_up_while_it_rings_rings_no_longer(
    business: Business, desk: Desk, customer: Customer
) -> None:
    _, panel = await ringing(business, desk, customer)
    await panel.get_by_role("button", name="Hang up").click()
    await expect(panel).to_contain_text("Cancelled")


async def test_a_call_that_the_customer_rejects_says_so(business: Business, desk: Desk, customer: Customer) -> None:
    phone, panel = await ringing(business, desk, customer)
    await phone.reject()
    await expect(panel).to_contain_text("Declined")
    await expect(desk.row(customer)).to_contain_text("Declined")


async def test_before_the_call_that_would_cost_the_permission_there_is_a_warning(
    business: Business, desk: Desk, customer: Customer
) -> None:
    phone, panel = await ringing(business, desk, customer)
    await phone.ignore()
    await expect(panel).to_contain_text("No answer")
    await panel.get_by_role("button", name="Close").click()
    await expect(desk.row(customer)).to_contain_text("No answer")

    for _ in range(2):
        await business.call(customer)
        await phone.ignore()
    await desk.go(f"/customers/{customer.id}")
    await expect(desk.page.get_by_text("3 calls in a row went unanswered")).to_be_visible()
    await desk.find(customer)
    panel = await desk.call(customer)
    await expect(panel).to_contain_text("WhatsApp takes the permission back")
    await panel.get_by_role("button", name="Cancel").click()
    await expect(panel).to_be_hidden()
    assert len((await phone.seen())["calls"]) == 3  # this one was not placed

    panel = await desk.call(customer)
    await panel.get_by_role("button", name="Call anyway").click()
    await expect(panel).to_contain_text("Ringing")
    await phone.ignore()
    await expect(desk.row(customer)).to_contain_text("Taken back")
    await expect(desk.row(customer).get_by_role("button", name="Call")).to_be_disabled()
