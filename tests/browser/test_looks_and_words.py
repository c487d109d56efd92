"""The page in another language, and in the dark."""

import pytest
from playwright.async_api import expect

from .business import Business, Customer
from .conftest import OpenDesk
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")

GROUND = "getComputedStyle(document.body).backgroundColor"


async def test_another_language_is_spoken_at_once_and_after_a_reload(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await business.phone(customer).grant(for_good=True)
    await desk.find(customer)
    await desk.page.get_by_role("button", name="Account of").click()
    await desk.page.get_by_role("menu").get_by_text("Español").click()
    await expect(desk.heading).to_have_text("Clientes")
    await desk.page.reload()
    await expect(desk.heading).to_have_text("Clientes")
    await expect(desk.row(customer)).to_contain_text("Siempre permitido")
    await expect(desk.page.locator("html")).to_have_attribute("lang", "es")


async def test_who_reads_spanish_is_spoken_to_in_spanish_from_the_start(open_desk: OpenDesk) -> None:
    desk = await open_desk(None, locale="es-MX")
    await desk.page.goto(desk.url)
    await expect(desk.page.get_by_role("button", name="Entrar", exact=True)).to_be_visible()


async def test_the_dark_can_be_chosen_and_stays_dark(desk: Desk) -> None:
    light = await desk.page.evaluate(GROUND)
    await desk.page.get_by_role("button", name="Account of").click()
    await desk.page.get_by_role("menu").get_by_text("Dark").click()
    await expect(desk.page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    assert await desk.page.evaluate(GROUND) != light
    await desk.page.reload()
    await expect(desk.page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")


async def test_whose_system_is_dark_gets_the_dark(open_desk: OpenDesk) -> None:
    desk = await open_desk(color_scheme="dark")
    await expect(desk.page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
