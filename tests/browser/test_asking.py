"""Somebody is asked in the dashboard and answers on their phone."""

import re

import pytest
from playwright.async_api import expect

from .business import Business, Customer
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_who_is_asked_and_allows_calls_on_the_phone_is_seen_to_allow_them(
    business: Business, desk: Desk, customer: Customer
) -> None:
    row = await desk.find(customer)
    await expect(row).to_contain_text("Not asked")

    dialog = await desk.ask(customer)
    await dialog.get_by_role("button", name="Send the request").click()
    await expect(desk.notice(f"{customer.name} was asked.")).to_be_visible()
    await expect(dialog).to_be_hidden()
    await expect(row).to_contain_text("Asked")

    await business.phone(customer).allow()
    await expect(desk.notice(f"{customer.name} allows calls for 7 days.")).to_be_visible()
    await expect(row).to_contain_text("Allowed for 7 days")
    await expect(row.get_by_role("time")).to_have_text(re.compile("6d 23h"))
    await expect(row.get_by_role("button", name="Call")).to_be_enabled()
