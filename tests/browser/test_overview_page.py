import re

import pytest
from playwright.async_api import Locator, expect

from .business import Business, Customer
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")


def figure(desk: Desk, name: str) -> Locator:
    """Find what is counted, with its name."""
    return desk.page.get_by_role("main").get_by_text(name, exact=True).first.locator("..")


async def read(desk: Desk, name: str) -> int:
    """Give the number that is shown, once there is one."""
    await expect(figure(desk, name)).to_have_text(re.compile(r"\d"))
    found = re.search(r"\d+", await figure(desk, name).inner_text())
    assert found
    return int(found[0])


async def test_what_happens_is_counted_while_it_happens(business: Business, desk: Desk, customer: Customer) -> None:
    await business.request(await business.customer())  # with nothing to count there are no figures
    names = ("Requests sent", "Allowed", "Calls connected", "Calls missed")
    await desk.turn_to("Overview")
    before = {name: await read(desk, name) for name in names}

    async def grown(name: str) -> None:
        await expect(figure(desk, name)).to_have_text(re.compile(rf"^(?:{name})?{before[name] + 1}(?!\d)"))

    phone = business.phone(customer)
    await business.request(customer)
    await grown("Requests sent")
    await phone.allow()
    await grown("Allowed")
    await business.call(customer)
    await phone.answer()
    await phone.hang_up()
    await grown("Calls connected")
    await business.call(customer)
    await phone.ignore()
    await grown("Calls missed")


async def test_the_span_is_kept_in_the_address_and_a_figure_leads_to_whom_it_counts(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await business.phone(customer).grant(seconds=3_600)
    await desk.turn_to("Overview")
    await desk.page.get_by_text("7 days", exact=True).click()
    await expect(desk.page).to_have_url(f"{desk.url}/overview?span=week")
    await desk.page.reload()
    await expect(desk.page.get_by_role("radio", name="7 days")).to_be_checked()
    await desk.page.get_by_role("link", name="run out today").click()
    await expect(desk.heading).to_have_text("Customers")
    await expect(desk.row(customer)).to_be_visible()
