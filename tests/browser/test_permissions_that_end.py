import pytest
from playwright.async_api import expect

from .business import Business, Customer
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_who_takes_the_permission_back_on_the_phone_is_seen_to_and_cannot_be_called(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await business.request(customer)
    await business.phone(customer).allow()
    row = await desk.find(customer)
    await expect(row.get_by_role("button", name="Call")).to_be_enabled()
    await business.phone(customer).revoke()
    await expect(desk.notice(f"{customer.name} took the permission back.")).to_be_visible()
    await expect(row).to_contain_text("Taken back")
    await expect(row.get_by_role("button", name="Call")).to_be_disabled()


async def test_a_short_permission_runs_out_before_the_watchers_eyes_and_the_call_button_with_it(
    business: Business, desk: Desk, customer: Customer
) -> None:
    row = await desk.find(customer)
    # A grant is in whole seconds, and a busy machine may take one or two to show it.
    await business.phone(customer).grant(seconds=8)
    await expect(row.get_by_role("button", name="Call")).to_be_enabled()
    await expect(row.get_by_role("time").filter(has_text="0m")).to_be_visible()
    await desk.page.evaluate(WATCH)
    await expect(row).to_contain_text("Ran out")
    await expect(row.get_by_role("button", name="Call")).to_be_disabled()
    seen = await desk.page.evaluate("window.seen")
    over = [moment for moment in seen if "ran out" in moment["said"].lower()]
    assert over
    assert [moment for moment in over if moment["open"] or "Ran out" not in moment["said"]] == []


# Notes at each drawing of the page what the only row says, and whether its Call button may be pressed then.
WATCH = """() => {
  window.seen = [];
  const look = () => {
    const row = document.querySelector('[role=gridcell]')?.closest('[role=row]');
    const button = [...(row?.querySelectorAll('button') ?? [])].find((each) => /^Call/.test(each.ariaLabel ?? ''));
    if (row && button)
      window.seen.push({ said: row.textContent, open: button.ariaDisabled !== 'true' });
    requestAnimationFrame(look);
  };
  look();
}"""


async def test_whoever_may_be_called_leaves_the_list_of_whom_to_call_when_it_runs_out(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await desk.turn_to("Call now")
    await business.phone(customer).grant(seconds=8)
    await expect(desk.row(customer)).to_be_visible()
    await expect(desk.row(customer)).to_be_hidden()
