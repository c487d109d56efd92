"""Somebody is asked in the dashboard and answers on their phone."""

import re

import pytest
from playwright.async_api import expect

from .business import Business, Customer
from .conftest import OpenDesk
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_who_is_asked_and_allows_calls_on_the_phone_is_seen_to_allow_them_without_a_reload(
    business: Business, desk: Desk, customer: Customer
) -> None:
    row = await desk.find(customer)
    await expect(row).to_contain_text("Not asked")
    await desk.page.evaluate("window.neverLoadedAgain = true")

    dialog = await desk.ask(customer)
    await dialog.get_by_role("button", name="Send the request").click()
    await expect(desk.notice(f"{customer.name} was asked.")).to_be_visible()
    await expect(dialog).to_be_hidden()
    await expect(row).to_contain_text("Asked")

    await business.phone(customer).allow()
    await expect(desk.notice(f"{customer.name} allows calls for 7 days.")).to_be_visible()
    await expect(row).to_contain_text("Allowed for 7 days")
    await expect(row.get_by_role("time").filter(has_text="6d 23h")).to_be_visible()
    await expect(row.get_by_role("button", name="Call")).to_be_enabled()
    assert await desk.page.evaluate("window.neverLoadedAgain")


async def test_who_always_allows_calls_is_seen_to_and_need_not_be_asked_again(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await business.request(customer)
    row = await desk.find(customer)
    await business.phone(customer).allow(for_good=True)
    await expect(desk.notice(f"{customer.name} always allows calls.")).to_be_visible()
    await expect(row).to_contain_text("for good")
    await expect(row.get_by_role("button", name="Ask")).to_be_disabled()
    await row.get_by_role("button", name="Ask").hover(force=True)
    await expect(desk.page.get_by_role("tooltip")).to_be_visible()


async def test_who_declines_is_seen_to_decline_and_cannot_be_called(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await business.request(customer)
    row = await desk.find(customer)
    await business.phone(customer).decline()
    await expect(desk.notice(f"{customer.name} declined.")).to_be_visible()
    await expect(row).to_contain_text("Declined")
    await expect(row.get_by_role("button", name="Call")).to_be_disabled()


async def test_who_says_nothing_until_the_request_runs_out_is_waited_for_no_longer(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await business.request(customer)
    row = await desk.find(customer)
    await expect(row).to_contain_text("Delivered")
    await business.read_long_ago(customer)
    await expect(row).to_contain_text("Never answered")
    await expect(row).to_contain_text("Not asked")


async def test_only_who_asked_is_told_of_the_answer(
    business: Business, desk: Desk, customer: Customer, open_desk: OpenDesk
) -> None:
    await business.request(customer)
    other = await open_desk(await business.token("another agent", "customers:read", "permissions:read", "calls:read"))
    row = await other.find(customer)
    await business.phone(customer).allow()
    await expect(desk.notice(f"{customer.name} allows calls for 7 days.")).to_be_visible()
    await expect(row).to_contain_text("Allowed for 7 days")
    await expect(other.notice(customer.name)).to_have_count(0)


async def test_words_of_ones_own_go_out_only_after_the_customer_has_written(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await business.wrote_long_ago(customer)
    await desk.find(customer)
    dialog = await desk.ask(customer)
    await dialog.get_by_text("In your own words").click()
    await expect(dialog).to_contain_text("has not written in the last 24 hours")
    await dialog.get_by_role("button", name="Cancel").click()

    await business.phone(customer).write("Is my order on its way?")
    dialog = await desk.ask(customer)
    await dialog.get_by_text("In your own words").click()
    await dialog.get_by_role("textbox", name="Message").fill("May we call you about your order?")
    await dialog.get_by_role("button", name="Send the request").click()
    await expect(desk.notice(f"{customer.name} was asked.")).to_be_visible()
    assert (await business.phone(customer).seen())["requests"][-1]["text"] == "May we call you about your order?"


async def test_a_template_is_shown_as_it_will_read_and_sent_with_what_was_filled_in(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await desk.find(customer)
    dialog = await desk.ask(customer)
    await dialog.get_by_text("With a template").click()
    await dialog.get_by_label("first_name").fill("Ishaan")
    await expect(dialog.get_by_role("button", name="Send the request")).to_be_disabled()
    await dialog.get_by_label("topic").fill("your new card")
    await dialog.get_by_role("button", name="Send the request").click()
    await expect(desk.notice(f"{customer.name} was asked.")).to_be_visible()
    [request] = (await business.phone(customer).seen())["requests"]
    assert request["template"] == {"name": "may_we_call", "language": "en"}
    assert "Ishaan" in request["text"]
    assert "your new card" in request["text"]


async def test_a_limit_that_is_used_up_is_told_before_the_click_with_the_moment_it_ends(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await business.request(customer)
    row = await desk.find(customer)
    again = row.get_by_role("button", name="Ask again")
    await expect(again).to_be_disabled()
    await again.focus()
    await expect(desk.page.get_by_role("tooltip")).to_contain_text(re.compile(r"(limit|once|24 hours).*\d", re.DOTALL))


async def test_a_request_that_is_refused_says_why_and_when_it_is_possible_again(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await desk.find(customer)
    dialog = await desk.ask(customer)
    # Somebody else is quicker, while this one still thinks about the words.
    await business.request(customer)
    await dialog.get_by_role("button", name="Send the request").click()
    await expect(dialog.get_by_role("alert")).to_contain_text(re.compile(r"(limit|once|24 hours).*\d", re.DOTALL))
    await expect(dialog.get_by_role("button", name="Send the request")).to_be_visible()
    assert len((await business.phone(customer).seen())["requests"]) == 1
