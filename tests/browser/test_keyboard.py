"""What is done often is done by keys alone."""

import re

import pytest
from playwright.async_api import expect

from .business import Business
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_rows_are_walked_asked_and_called_by_keys_alone(business: Business, desk: Desk) -> None:
    second, first = await business.customer(tags=["keys"]), await business.customer(tags=["keys"])
    await business.phone(second).grant()
    await desk.go("/customers?tag=keys")
    await expect(desk.row(first)).to_be_visible()
    keys = desk.page.keyboard

    await keys.press("j")
    await expect(desk.row(first)).to_be_focused()
    await keys.press("j")
    await expect(desk.row(second)).to_be_focused()
    await keys.press("k")
    await expect(desk.row(first)).to_be_focused()
    await keys.press("r")
    await expect(desk.dialog).to_contain_text(f"Ask {first.name} for permission to call")
    await keys.press("Escape")
    await expect(desk.dialog).to_have_count(0)  # as long as there is one, no key is a command

    await keys.press("j")
    await expect(desk.row(second)).to_be_focused()
    await keys.press("c")
    await expect(desk.call_with(second)).to_contain_text("Ringing")
    await desk.call_with(second).get_by_role("button", name="Hang up").click()
    await expect(desk.call_with(second)).to_contain_text("Cancelled")
    await desk.call_with(second).get_by_role("button", name="Close").click()

    await desk.row(second).focus()
    await keys.press("Enter")
    await expect(desk.page).to_have_url(re.compile(f"/customers/{second.id}"))


async def test_r_and_c_do_nothing_where_that_may_not_be_done(business: Business, desk: Desk) -> None:
    customer = await business.customer(tags=["no keys"])
    await business.request(customer)
    await desk.go("/customers?tag=no+keys")
    await desk.row(customer).focus()
    for key in "rc":
        await desk.page.keyboard.press(key)
    await desk.page.keyboard.press("?")
    await expect(desk.dialog).to_contain_text("Keyboard")  # which is the only thing that opened


async def test_slash_searches_and_what_is_typed_there_is_no_command(desk: Desk) -> None:
    await desk.turn_to("Customers")
    await expect(desk.heading).to_have_text("Customers")
    await desk.page.keyboard.press("/")
    search = desk.page.get_by_role("searchbox")
    await expect(search).to_be_focused()
    await desk.page.keyboard.type("?gcj")
    await expect(search).to_have_value("?gcj")
    await expect(desk.dialog).to_be_hidden()
    await desk.page.keyboard.press("Escape")
    await expect(search).not_to_be_focused()


async def test_g_and_a_letter_go_to_each_page_and_the_question_mark_tells_all_keys(desk: Desk) -> None:
    for letter, heading in (
        ("c", "Customers"),
        ("r", "Requests"),
        ("o", "Overview"),
        ("s", "Settings"),
        ("n", "Call now"),
    ):
        await desk.page.keyboard.type(f"g{letter}")  # in one go: g waits for its letter a second and a half only
        await expect(desk.heading).to_have_text(heading)
    await desk.page.keyboard.press("?")
    await expect(desk.dialog).to_contain_text("Go to a page")
    await desk.page.keyboard.press("Escape")
    await expect(desk.dialog).to_be_hidden()


async def test_a_menu_is_opened_walked_and_left_by_keys_alone(business: Business, desk: Desk) -> None:
    customer = await business.customer()
    row = await desk.find(customer)
    more = row.get_by_role("button", name=f"More for {customer.name}")
    for _ in range(2):  # the first time it has to be brought
        await more.focus()
        await desk.page.keyboard.press("Enter")
        await expect(desk.page.get_by_role("menuitem").first).to_be_focused()
        await expect(more).to_have_attribute("aria-expanded", "true")
        await desk.page.keyboard.press("ArrowDown")
        await expect(desk.page.get_by_role("menuitem").nth(1)).to_be_focused()
        await desk.page.keyboard.press("Escape")
        await expect(desk.page.get_by_role("menu")).to_be_hidden()
        await expect(more).to_be_focused()


async def test_why_a_button_is_closed_is_told_to_who_comes_to_it_by_keys_and_goes_with_escape(
    business: Business, desk: Desk
) -> None:
    customer = await business.customer()
    call = (await desk.find(customer)).get_by_role("button", name="Call")
    await call.focus()
    await expect(desk.page.get_by_role("tooltip")).to_have_text(await call.get_attribute("aria-description") or "?")
    await desk.page.keyboard.press("Escape")
    await expect(desk.page.get_by_role("tooltip")).to_be_hidden()


async def test_what_is_typed_while_the_choice_of_tags_is_brought_is_kept(business: Business, desk: Desk) -> None:
    tagged, other = await business.customer(tags=["quick"]), await business.customer()
    for customer in (tagged, other):  # who are among the first to be called, however many there are
        await business.phone(customer).grant(seconds=3_600)
    await desk.open("/call-now")
    await expect(desk.row(other)).to_be_visible()
    await desk.page.get_by_role("combobox", name="Tags").click()
    await desk.page.keyboard.type("quick")
    await desk.page.keyboard.press("Enter")
    await expect(desk.row(other)).to_be_hidden()
    await expect(desk.row(tagged)).to_be_visible()
    await expect(desk.page).to_have_url(re.compile("tag=quick"))
