"""Everybody can use it: whoever cannot see it, sees it dimly, has a keyboard only, or a phone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, ViewportSize, expect

from .axe import AXE, NARROW, NO_AXE, WIDE, overflow, too_small, violations
from .business import Business, Customer
from .conftest import OpenDesk
from .desk import Desk

pytestmark = [
    pytest.mark.asyncio(loop_scope="package"),
    pytest.mark.skipif(not AXE.exists(), reason=NO_AXE),
]

# Each page by its address, with words that are there once all of it is.
PAGES = {
    "/call-now": "Ada",
    "/customers": "Ada",
    "/requests?view=all": "Ada",
    "/overview": "What came of requests",
    "/settings/numbers": "Access token",
    "/settings/limits": "Customers asked",
    "/settings/people": "Invite somebody",
    "/settings/tokens": "Nightly export",
    "/settings/webhooks": "Add an endpoint",
}
MENU = ["Call now", "Customers", "Requests", "Overview", "Settings"]


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def people(business: Business) -> AsyncIterator[list[Customer]]:
    """Give customers of every kind: who allow calls for now or for good, declined, took it back, were only asked.

    Somebody of the business has left it.
    """
    made = [await business.customer(name, tags=["vip"]) for name in ("Ada", "Bo", "Cleo", "Dev", "Eli", "Fay")]
    for customer in made[:4]:
        await business.request(customer)
    # So that she is among the first to be called, however many other stories are about.
    await business.phone(made[0]).allow(seconds=3 * 3600)
    await business.phone(made[1]).allow(for_good=True)
    await business.phone(made[2]).decline()
    await business.phone(made[4]).grant(seconds=1)
    await business.phone(made[5]).grant()
    await business.phone(made[5]).revoke()
    await business.token("Nightly export", "customers:read")
    invited = await business.do("invitePerson", {"email": "gone@example.com", "role": "VIEWER"}, "person { id }")
    await business.do("removePerson", {"personId": invited["person"]["id"]})
    yield made


async def looked_at(page: Page, what: str) -> list[str]:
    """Look at what is shown wide and narrow, in the light and in the dark, and tell what is wrong with it."""
    wrong = []
    looks: list[tuple[ViewportSize, Literal["light", "dark"]]] = [
        (WIDE, "light"),
        (NARROW, "light"),
        (NARROW, "dark"),
        (WIDE, "dark"),
    ]
    for size, scheme in looks:
        await page.set_viewport_size(size)
        await page.emulate_media(color_scheme=scheme)
        await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        wrong += [f"{what}, {scheme}, {size['width']}: {one}" for one in await violations(page)]
        if size is NARROW and (wider := await overflow(page)):
            wrong.append(f"{what} is {wider} pixels wider than a phone")
        if size is NARROW and scheme == "light":
            wrong += [f"{what} leaves a finger too little: {one}" for one in await too_small(page)]
    return wrong


async def test_axe_finds_nothing_on_any_page_and_a_phone_shows_all_of_it(desk: Desk, people: list[Customer]) -> None:
    wrong = []
    for address, words in {**PAGES, f"/customers/{people[0].id}": "What happened"}.items():
        await desk.go(address)
        await expect(desk.page.get_by_role("main").get_by_text(words).first).to_be_visible()
        await expect(desk.page.locator("[aria-busy=true], .mantine-Skeleton-root, [data-loading]")).to_have_count(0)
        wrong += await looked_at(desk.page, address)
    assert wrong == []


async def test_axe_finds_nothing_on_the_way_in(open_desk: OpenDesk) -> None:
    desk = await open_desk(None)
    await desk.page.goto(desk.url)
    await expect(desk.page.get_by_label("Token")).to_be_visible()
    assert await looked_at(desk.page, "the way in") == []


Opening = Callable[[Desk, Customer], Awaitable[Locator]]


async def _asking(desk: Desk, customer: Customer) -> Locator:
    return (await desk.find(customer)).get_by_role("button", name="Ask")


async def _on_customers(desk: Desk, name: str) -> Locator:
    await desk.go("/customers")
    return desk.page.get_by_role("button", name=name, exact=True)


async def _adding(desk: Desk, _: Customer) -> Locator:
    return await _on_customers(desk, "Add a customer")


async def _importing(desk: Desk, _: Customer) -> Locator:
    return await _on_customers(desk, "Import")


async def _help(desk: Desk, _: Customer) -> Locator:
    return desk.page.get_by_role("banner").get_by_role("button", name="Keyboard help")


async def _making_a_token(desk: Desk, _: Customer) -> Locator:
    await desk.go("/settings/tokens")
    return desk.page.get_by_role("button", name="Make a token")


async def _adding_an_endpoint(desk: Desk, _: Customer) -> Locator:
    await desk.go("/settings/webhooks")
    return desk.page.get_by_role("button", name="Add an endpoint")


@pytest.mark.parametrize("opening", [_asking, _adding, _importing, _help, _making_a_token, _adding_an_endpoint])
async def test_axe_finds_nothing_in_a_dialog_which_takes_the_focus_and_gives_it_back(
    desk: Desk, people: list[Customer], opening: Opening
) -> None:
    button = await opening(desk, people[5])
    await button.focus()
    await desk.page.keyboard.press("Enter")
    await expect(desk.dialog).to_be_visible()
    await expect(desk.dialog.locator(":focus")).to_have_count(1)
    assert await looked_at(desk.page, f"the dialog behind {opening.__name__}") == []

    await desk.page.keyboard.press("Escape")
    await expect(desk.dialog).to_be_hidden()
    await expect(button).to_be_focused()


async def test_axe_finds_nothing_in_the_account_menu_which_the_arrow_keys_walk(desk: Desk) -> None:
    button = desk.page.get_by_role("button", name="Account of")
    await button.focus()
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.get_by_role("menuitem", name="Sign out")).to_be_visible()
    assert await looked_at(desk.page, "the menu") == []
    await desk.page.get_by_role("menuitemradio", name="Dark").click()
    await expect(desk.page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    await expect(desk.page.get_by_role("menuitemradio", name="Dark")).to_be_checked()
    await desk.page.keyboard.press("Escape")
    await expect(button).to_be_focused()


async def test_the_keyboard_goes_past_the_navigation_and_to_everything_behind_it(
    desk: Desk, people: list[Customer]
) -> None:
    await desk.open("/call-now")
    await expect(desk.row(people[0])).to_be_visible()
    await desk.page.keyboard.press("Tab")
    await expect(desk.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.get_by_role("main")).to_be_focused()

    await desk.open("/call-now")
    reached = []
    for _ in range(12):
        await desk.page.keyboard.press("Tab")
        reached.append(await desk.page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.innerText"))
        # Where one writes, the frame's colour tells, and the caret.
        shown = await desk.page.evaluate(
            "(at => at.matches('input') || getComputedStyle(at).outlineStyle !== 'none')(document.activeElement)"
        )
        assert shown or reached[-1] == "Skip to the content", reached
    assert [name.split("\n")[0] for name in reached if name.split("\n")[0] in MENU] == MENU


async def test_what_changes_on_the_page_is_said_aloud(business: Business, desk: Desk, customer: Customer) -> None:
    await desk.find(customer)
    spoken = desk.page.locator("[data-says=changes][aria-live=polite]")
    await expect(spoken).to_have_text("")
    await business.phone(customer).grant()
    await expect(spoken).to_have_text(f"{customer.name}: Allowed")


async def test_nothing_jumps_while_news_arrives(business: Business, desk: Desk) -> None:
    made = [await business.customer(f"Jumper {number}") for number in range(8)]
    await desk.open("/customers")
    await expect(desk.row(made[0])).to_be_visible()
    await desk.page.evaluate(
        """() => { window.jumped = 0; new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.jumped += entry.value;
        }).observe({ type: "layout-shift" }); }"""
    )
    for customer in made:
        await business.phone(customer).grant()
    for customer in made:
        await expect(desk.row(customer)).to_contain_text("Allowed")
    await business.phone(made[0]).revoke()
    await expect(desk.row(made[0])).to_contain_text("Taken back")
    # What browsers' makers call good is below 0.1; a row that moved another by its own height would be above.
    assert await desk.page.evaluate("window.jumped") < 0.05
