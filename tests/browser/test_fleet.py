"""The dashboard on a fleet: two servers, a worker, PostgreSQL and Redis, with the customers' phones beside them."""

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect
from sqlalchemy import URL

from server.pages import BUILT
from tests.ground.databases import cloned
from tests.ground.processes import ServerProcess, free_port, running_server, running_worker

from .business import TOKEN, Business, Customer, Phone, environment, open_business
from .conftest import NOT_BUILT, OpenDesk
from .desk import agree
from .gate import gate_before

pytestmark = pytest.mark.asyncio(loop_scope="package")

SANDBOX = [sys.executable, "-m", "server", "sandbox"]


@dataclass(frozen=True, slots=True)
class Fleet:
    here: ServerProcess
    there: ServerProcess
    business: Business  # as its programs see it at the server `there`
    settings: dict[str, str]
    phones: httpx.AsyncClient

    def phone(self, customer: Customer) -> Phone:
        return Phone(customer.phone.removeprefix("+"), self.phones)


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def fleet(
    postgresql: URL, postgresql_template: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Fleet]:
    if not (BUILT / "index.html").exists():
        pytest.skip(NOT_BUILT)
    port = free_port(in_a_row=3)
    ports = (port, port + 1)
    async with AsyncExitStack() as stack:
        settings = environment(stack.enter_context(cloned(postgresql, postgresql_template))) | {
            "MAYCALL_BROADCAST_URL": redis_url,
            "MAYCALL_SANDBOX": "false",
            "MAYCALL_SANDBOX_URL": f"http://127.0.0.1:{port + 2}/sandbox",
            "MAYCALL_WHATSAPP_ACCESS_TOKEN": "a token",
            "MAYCALL_WHATSAPP_APP_SECRET": "a secret",
            "MAYCALL_WHATSAPP_VERIFY_TOKEN": "another secret",
        }
        doors = [word for each in ports for word in ("--door", f"http://127.0.0.1:{each}/webhooks/whatsapp")]
        kept = ("--database", f"{tmp_path_factory.mktemp('fleet') / 'sandbox.db'}")
        sandbox = await stack.enter_async_context(
            running_server(settings, *doors, *kept, port=port + 2, command=SANDBOX, alive_at="/sandbox/chaos")
        )
        here, there = [await stack.enter_async_context(running_server(settings, port=each)) for each in ports]
        await stack.enter_async_context(running_worker(settings))
        business = await stack.enter_async_context(open_business(there.url))
        phones = await stack.enter_async_context(httpx.AsyncClient(base_url=sandbox.url, trust_env=False, timeout=60))
        yield Fleet(here, there, business, settings, phones)


async def test_what_is_asked_at_one_server_and_answered_on_the_phone_is_seen_at_the_other(
    fleet: Fleet, open_desk: OpenDesk
) -> None:
    tag = "fleet"
    allowing, declining, passing = [await fleet.business.customer(name, tags=[tag]) for name in ("Asha", "Bo", "Chen")]
    here, there = await open_desk(url=fleet.here.url), await open_desk(url=fleet.there.url)
    for desk in (here, there):
        await desk.go(f"/customers?tag={tag}")
        await expect(desk.row(passing)).to_contain_text("Not asked")

    for desk, other, customer in ((here, there, allowing), (there, here, declining), (here, there, passing)):
        dialog = await desk.ask(customer)
        await dialog.get_by_role("button", name="Send the request").click()
        await expect(dialog).to_be_hidden()
        await expect(other.row(customer)).to_contain_text("Asked")
    await fleet.phone(allowing).allow()
    await fleet.phone(declining).decline()
    await fleet.phone(passing).allow(seconds=1)
    for desk in (here, there):
        await expect(desk.row(allowing)).to_contain_text("Allowed")
        await expect(desk.row(declining)).to_contain_text("Declined")
        await expect(desk.row(passing)).to_contain_text("Ran out")
        await expect(desk.row(allowing).get_by_role("button", name="Call")).to_be_enabled()
        await expect(desk.row(passing).get_by_role("button", name="Call")).to_be_disabled()
    await fleet.phone(allowing).revoke()
    for desk in (here, there):
        await expect(desk.row(allowing)).to_contain_text("Taken back")
    await agree(here.page.get_by_role("grid"), there.page.get_by_role("grid"))

    for desk in (here, there):
        await desk.row(allowing).get_by_role("link", name=allowing.name).click()
        for line in ("Allowed for 7 days", "Permission: Allowed → Taken back"):
            await expect(desk.history.get_by_text(line)).to_have_count(1)
    await agree(here.history, there.history)


async def test_a_page_whose_server_is_killed_goes_on_at_the_other_with_what_it_missed(
    fleet: Fleet, open_desk: OpenDesk
) -> None:
    customer = await fleet.business.customer()
    async with running_server(fleet.settings) as doomed, gate_before(doomed.url) as (gate, url):
        desk = await open_desk(url=url)
        desk.is_to_lose_its_server()
        row = await desk.find(customer)
        await expect(row).to_contain_text("Not asked")
        await desk.page.evaluate("window.neverLoadedAgain = true")
        gate.shut()
        await doomed.kill()
        await expect(desk.sign).to_contain_text("Reconnecting")
        await fleet.phone(customer).grant(for_good=True)

        gate.lead_to(fleet.here.url)
        await expect(desk.sign).to_have_text("Live")
        await expect(row).to_contain_text("Always allowed")
        await row.get_by_role("link", name=customer.name).click()
        await expect(desk.history.get_by_text("Permission: Not asked → Always allowed")).to_have_count(1)
        assert await desk.page.evaluate("window.neverLoadedAgain")
        assert TOKEN not in desk.page.url
