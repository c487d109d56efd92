"""Requests under way, how far they have come, and whom to ask again."""

import pytest
from playwright.async_api import expect

from .business import Business, Customer
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_request_is_seen_to_be_sent_delivered_read_and_answered(
    business: Business, desk: Desk, customer: Customer
) -> None:
    phone = business.phone(customer)
    await phone.do("network", online=False)
    await desk.turn_to("Requests")
    await business.request(customer)
    row = desk.row(customer)
    await expect(row).to_contain_text("Sent")
    await expect(row).to_contain_text("bootstrap")
    await phone.do("network", online=True)
    await expect(row).to_contain_text("Delivered")
    await phone.read()
    await expect(row).to_contain_text("Read")
    await phone.decline()
    await expect(row).to_be_hidden()

    await desk.page.get_by_text("Declined", exact=True).click()
    await expect(desk.page).to_have_url(f"{desk.url}/requests?view=declined")
    await expect(desk.row(customer)).to_contain_text("Declined")


async def test_one_that_nobody_answered_stands_there_with_the_moment_to_ask_again(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await business.request(customer)
    await desk.go("/requests?view=unanswered")
    await business.read_long_ago(customer)
    await expect(desk.row(customer)).to_contain_text("Never answered")


async def test_one_that_whatsapp_did_not_take_says_why(business: Business, desk: Desk, customer: Customer) -> None:
    await business.phone(customer).do("identity", on_whatsapp=False)
    await business.request(customer)
    await desk.go("/requests?view=failed")
    await expect(desk.row(customer)).to_contain_text("Failed")
