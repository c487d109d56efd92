"""A workspace in which nobody is yet."""

from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copyfile

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.ground.databases import sqlite_url_of
from tests.ground.processes import running_server

from .business import Business, Customer, environment, open_business
from .conftest import OpenDesk

pytestmark = pytest.mark.asyncio(loop_scope="package")


@pytest_asyncio.fixture(loop_scope="package")
async def empty(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Business]:
    """Give a business that has no customers, on a server of its own."""
    database = copyfile(sqlite_template, tmp_path / "maycall.db")
    async with running_server(environment(sqlite_url_of(database))) as server, open_business(server.url) as business:
        listed = await business.ask("{ customers(first: 100) { nodes { id } } }")
        for customer in listed["customers"]["nodes"]:
            await business.do("deleteCustomer", {"customerId": customer["id"]})
        yield business


async def test_whoever_comes_first_is_led_from_an_empty_page_to_the_first_answer(
    empty: Business, open_desk: OpenDesk
) -> None:
    desk = await open_desk(url=empty.url)
    first = Customer("", "Zainab Bello", "+2348031234567")
    await expect(desk.page.get_by_text("Nobody may be called right now").first).to_be_visible()
    await desk.page.get_by_role("link", name="Choose whom to ask").click()
    await expect(desk.page.get_by_text("Nobody here yet")).to_be_visible()
    await desk.page.get_by_role("button", name="Add the first customer").click()
    await desk.dialog.get_by_label("Name").fill(first.name)
    await desk.dialog.get_by_label("Phone").fill(first.phone)
    await desk.dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(desk.row(first)).to_be_visible()

    dialog = await desk.ask(first)
    await dialog.get_by_role("button", name="Send the request").click()
    await expect(desk.notice("Zainab Bello was asked.")).to_be_visible()
    await empty.phone(first).allow()
    await expect(desk.notice("Zainab Bello allows calls for 7 days.")).to_be_visible()
    await desk.turn_to("Call now")
    await expect(desk.row(first).get_by_role("button", name="Call")).to_be_enabled()
