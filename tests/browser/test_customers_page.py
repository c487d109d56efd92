"""The table of all customers: found, filtered, ordered, and shared by its address."""

import re
from urllib.parse import urlencode

import pytest
from playwright.async_api import expect

from .business import Business
from .conftest import OpenDesk
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_customer_is_found_by_name_and_by_phone(business: Business, desk: Desk) -> None:
    wanted, other = await business.customer("Wilhelmina Zöllner"), await business.customer("Bartholomew Ng")
    await desk.turn_to("Customers")
    search = desk.page.get_by_role("searchbox")
    for words in ("zöll", wanted.phone):
        await search.fill(words)
        await expect(desk.row(wanted)).to_be_visible()
        await expect(desk.row(other)).to_be_hidden()
        await expect(desk.page).to_have_url(f"{desk.url}/customers?{urlencode({'search': words})}")
    await search.fill("nobody is called that")
    await expect(desk.page.get_by_text("No customer fits.")).to_be_visible()
    await desk.page.get_by_role("button", name="Clear the filters").click()
    await expect(desk.row(other)).to_be_visible()


async def test_filters_live_in_the_address_and_outlast_reload_back_and_forward(
    business: Business, desk: Desk, open_desk: OpenDesk
) -> None:
    allowing, declining = await business.customer(tags=["filtered"]), await business.customer(tags=["filtered"])
    await business.phone(allowing).grant()
    await business.request(declining)
    await business.phone(declining).decline()
    await desk.turn_to("Customers")
    await desk.page.get_by_role("combobox", name="Tags").fill("filtered")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.get_by_text("2 customers", exact=True)).to_be_visible()
    await desk.page.get_by_role("switch", name="May be called now").click()
    await expect(desk.row(declining)).to_be_hidden()
    await expect(desk.row(allowing)).to_be_visible()
    filtered = f"{desk.url}/customers?tag=filtered&callable=now"
    await expect(desk.page).to_have_url(filtered)

    await desk.page.reload()
    await expect(desk.row(allowing)).to_be_visible()
    await expect(desk.row(declining)).to_be_hidden()

    await desk.row(allowing).get_by_role("link", name=allowing.name).click()
    await expect(desk.heading).to_have_text(allowing.name)
    await desk.page.go_back()
    await expect(desk.page).to_have_url(filtered)
    await expect(desk.row(allowing)).to_be_visible()
    await expect(desk.row(declining)).to_be_hidden()
    await desk.page.go_forward()
    await expect(desk.heading).to_have_text(allowing.name)

    colleague = await open_desk()
    await colleague.page.goto(filtered)
    await expect(colleague.row(allowing)).to_be_visible()
    await expect(colleague.row(declining)).to_be_hidden()
    await expect(colleague.page.get_by_text("1 customer", exact=True)).to_be_visible()


async def test_the_status_filter_keeps_only_those_with_that_status(business: Business, desk: Desk) -> None:
    asked, silent = await business.customer(tags=["status"]), await business.customer(tags=["status"])
    await business.request(asked)
    await desk.go("/customers?tag=status")
    await expect(desk.row(silent)).to_be_visible()
    await desk.page.get_by_role("combobox", name="Status").click()
    await desk.page.get_by_role("option", name="Asked", exact=True).click()
    await expect(desk.row(silent)).to_be_hidden()
    await expect(desk.row(asked)).to_be_visible()
    await expect(desk.page).to_have_url(re.compile("status=REQUESTED"))


async def test_the_order_is_kept_in_the_address(business: Business, desk: Desk) -> None:
    late, soon = await business.customer(tags=["order"]), await business.customer(tags=["order"])
    await business.phone(late).grant(seconds=86_400)
    await business.phone(soon).grant(seconds=3_600)
    await desk.go("/customers?tag=order&sort=ending")
    rows = desk.page.get_by_role("row").filter(has_text="+9198765")
    await expect(rows).to_contain_text([soon.phone, late.phone])
    await desk.page.get_by_role("combobox", name="Order").select_option("Oldest first")
    await expect(rows).to_contain_text([late.phone, soon.phone])
    await expect(desk.page).to_have_url(re.compile("sort=oldest"))


async def test_only_what_runs_out_in_time_is_kept_by_that_filter(business: Business, desk: Desk) -> None:
    late, soon = await business.customer(tags=["within"]), await business.customer(tags=["within"])
    await business.phone(late).grant(seconds=2 * 86_400)
    await business.phone(soon).grant(seconds=3_600)
    await desk.go("/customers?tag=within&within=6h")
    await expect(desk.row(soon)).to_be_visible()
    await expect(desk.row(late)).to_be_hidden()
    await desk.open("/customers?tag=within&within=3d")
    await expect(desk.row(late)).to_be_visible()
