"""Two people at two desks: what one does the other sees, and in the end both see the same."""

import pytest
from playwright.async_api import expect

from .business import Business
from .conftest import OpenDesk
from .desk import Desk, agree

pytestmark = pytest.mark.asyncio(loop_scope="package")

AGENT = ("customers:read", "customers:write", "permissions:read", "permissions:request", "calls:read", "calls:write")


async def test_what_one_does_shows_at_the_other_desk_and_both_agree_in_the_end(
    business: Business, open_desk: OpenDesk
) -> None:
    tag = "two-desks"
    allowing, declining, silent = [await business.customer(name, tags=[tag]) for name in ("Asha", "Bo", "Chen")]
    ours, theirs = [await open_desk(await business.token(name, *AGENT)) for name in ("Meera", "Caio")]
    for desk in (ours, theirs):
        await desk.go(f"/customers?tag={tag}")
        await expect(desk.row(silent)).to_contain_text("Not asked")
        await desk.note_notices()

    for desk, other, customer in ((ours, theirs, allowing), (theirs, ours, declining)):
        dialog = await desk.ask(customer)
        await dialog.get_by_role("button", name="Send the request").click()
        await expect(other.row(customer)).to_contain_text("Asked")
    await business.phone(allowing).allow()
    await business.phone(declining).decline()

    for desk in (ours, theirs):
        await expect(desk.row(allowing)).to_contain_text("Allowed")
        await expect(desk.row(declining)).to_contain_text("Declined")
    # The answer is told to the one who asked, once, and to nobody else.
    asked = ["Asha was asked.", "Asha allows calls for 7 days."]
    assert [await ours.noted(2), await theirs.noted(2)] == [asked, ["Bo was asked.", "Bo declined."]]

    added = await business.customer("Dana", tags=[tag])
    for desk in (ours, theirs):
        await expect(desk.page.get_by_text("4 customers", exact=True)).to_be_visible()
        await desk.page.get_by_role("button", name="Show", exact=True).click()
        await expect(desk.row(added)).to_be_visible()
    await agree(ours.page.get_by_role("grid"), theirs.page.get_by_role("grid"))
    for desk in (ours, theirs):
        await desk.row(allowing).get_by_role("link", name=allowing.name).click()
    await agree(ours.history, theirs.history)
    await agree_on_history(ours, "Asked for permission", "Allowed for 7 days")


async def agree_on_history(desk: Desk, *lines: str) -> None:
    for line in lines:
        await expect(desk.history.get_by_text(line)).to_have_count(1)
