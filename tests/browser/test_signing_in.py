import re

import pytest
from playwright.async_api import expect

from .business import TOKEN, Business, Customer
from .conftest import OpenDesk
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_the_link_signs_in_and_nobody_finds_the_token_in_the_address_later(
    desk: Desk, customer: Customer
) -> None:
    assert desk.page.url == f"{desk.url}/call-now"
    await expect(desk.page.get_by_role("button", name="Account of bootstrap")).to_contain_text("My business")
    await desk.page.reload()
    await expect(desk.sign).to_have_text("Live")
    await desk.turn_to("Customers")
    await expect(desk.row(customer)).to_be_visible()


async def test_the_link_to_a_page_signs_in_and_opens_that_page(open_desk: OpenDesk, customer: Customer) -> None:
    desk = await open_desk(None)
    await desk.sign_in(address=f"/customers/{customer.id}?from=mail")
    await expect(desk.heading).to_have_text(customer.name)
    assert TOKEN not in desk.page.url


async def test_a_pasted_token_signs_in_and_one_that_does_not_work_is_told(open_desk: OpenDesk) -> None:
    desk = await open_desk(None)
    desk.expected.append("401")
    await desk.page.goto(desk.url)
    await desk.page.get_by_label("Token", exact=True).fill("mc_mistyped")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.get_by_label("Token", exact=True)).to_have_accessible_description(
        re.compile("does not work")
    )
    await desk.page.get_by_label("Token", exact=True).fill(f" {TOKEN} ")
    await desk.page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(desk.sign).to_have_text("Live")


async def test_who_signs_out_stays_out(desk: Desk) -> None:
    await desk.page.get_by_role("button", name="Account of").click()
    await desk.page.get_by_role("menuitem", name="Sign out").click()
    await expect(desk.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    await expect(desk.page.get_by_role("status")).to_have_count(0)
    await desk.page.reload()
    await expect(desk.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


async def test_whose_token_is_revoked_is_shut_out_at_once_and_told_why(business: Business, open_desk: OpenDesk) -> None:
    made = await business.do(
        "createApiToken", {"name": "leaves today", "scopes": ["permissions:read"]}, "secret apiToken { id }"
    )
    desk = await open_desk(made["secret"])
    desk.expected.append("401")  # if it asks for something at that moment
    await business.do("revokeApiToken", {"apiTokenId": made["apiToken"]["id"]})
    await expect(
        desk.page.get_by_role("status").filter(has_text="the token was revoked or has run out")
    ).to_be_visible()
