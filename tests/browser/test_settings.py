"""What admins look after in the dashboard: numbers, limits, people, tokens and webhooks."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from server.beginnings import SANDBOX_PHONE_NUMBER_ID, SPARE_PHONE_NUMBER_ID
from tests.ground.databases import sqlite_url_of
from tests.ground.processes import ServerProcess, running_server
from tests.ground.receiver import Says, receiving

from .business import Business, Customer, environment
from .conftest import OpenDesk
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")

CLIPBOARD = ["clipboard-read", "clipboard-write"]
SEE = "{ customers(first: 1) { nodes { id } } }"


async def status_of(business: Business, secret: str) -> tuple[int, Any]:
    """Ask as a program does that holds this token, and give the answer's status and body."""
    async with httpx.AsyncClient(base_url=business.url, trust_env=False, timeout=60) as program:
        answer = await program.post("/graphql", json={"query": SEE}, headers={"Authorization": f"Bearer {secret}"})
    return answer.status_code, answer.json()


def one(desk: Desk, name: str) -> Locator:
    """Find a token, a person, a number or an endpoint by its name."""
    return desk.page.get_by_role("listitem", name=name, exact=True).or_(
        desk.page.get_by_role("region", name=name, exact=True)
    )


# --- Tokens ---


async def test_a_token_is_made_copied_once_used_and_revoked(business: Business, open_desk: OpenDesk) -> None:
    desk = await open_desk(permissions=CLIPBOARD)
    await desk.go("/settings/tokens")
    await desk.page.get_by_role("button", name="Make a token").click()
    await desk.dialog.get_by_label("Name").fill("Night export")
    await desk.dialog.get_by_role("button", name="Make a token").click()
    await expect(desk.dialog.get_by_text("Choose at least one thing that it may do.")).to_be_visible()
    await desk.dialog.get_by_role("checkbox", name="See customers").check()
    await desk.dialog.get_by_role("button", name="Make a token").click()

    secret = await desk.dialog.get_by_label("Secret").input_value()
    await desk.dialog.get_by_role("button", name="Copy").click()
    await expect(desk.dialog.get_by_role("button", name="Copied")).to_be_visible()
    assert await desk.page.evaluate("navigator.clipboard.readText()") == secret
    await desk.dialog.get_by_role("button", name="I have it").click()
    await expect(desk.dialog).to_have_count(0)
    await expect(one(desk, "Night export")).to_contain_text("See customers")
    assert secret not in await desk.page.content()
    status, answer = await status_of(business, secret)
    assert (status, "errors" in answer) == (200, False)

    await desk.page.get_by_role("button", name="Revoke: Night export").click()
    await expect(desk.dialog).to_contain_text("every request with it is refused")
    await desk.dialog.get_by_role("button", name="Revoke").click()
    await expect(desk.notice("“Night export” works no longer.")).to_be_visible()
    await expect(one(desk, "Night export")).to_be_hidden()
    await desk.page.get_by_text(re.compile(r"Ended \(\d+\)")).click()
    await expect(one(desk, "Night export")).to_contain_text(re.compile("Revoked .+ Never used|Revoked"))
    status, answer = await status_of(business, secret)
    assert (status, answer["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


# --- People ---


async def test_people_are_invited_changed_and_removed_and_without_a_provider_it_is_told_how_to_have_one(
    desk: Desk,
) -> None:
    await desk.go("/settings/people")
    await expect(desk.page.get_by_text("Nobody can sign in with a company account yet")).to_be_visible()
    await expect(desk.page.get_by_text("MAYCALL_OIDC_ISSUER=")).to_be_visible()

    await desk.page.get_by_role("button", name="Invite somebody").click()
    await desk.dialog.get_by_label("E-mail address").fill("nobody at all")
    await desk.dialog.get_by_role("button", name="Invite somebody").click()
    await expect(desk.dialog.get_by_text("is not an e-mail address")).to_be_visible()
    await desk.dialog.get_by_label("E-mail address").fill("ravi@example.com")
    await desk.dialog.get_by_role("radio", name="Viewer").check()
    await desk.dialog.get_by_role("checkbox", name="Sandbox").check()
    await desk.dialog.get_by_role("button", name="Invite somebody").click()
    await expect(one(desk, "ravi@example.com")).to_contain_text("Viewer · Sandbox")

    await desk.page.get_by_role("button", name="Change: ravi@example.com").click()
    await desk.dialog.get_by_role("radio", name="Agent").check()
    await desk.dialog.get_by_label("Every business number").check()
    await desk.dialog.get_by_role("button", name="Save").click()
    await expect(one(desk, "ravi@example.com")).to_contain_text("Agent · every number")

    await desk.page.get_by_role("button", name="Remove: ravi@example.com").click()
    await expect(desk.dialog).to_contain_text("signed out everywhere")
    await desk.dialog.get_by_role("button", name="Remove").click()
    await expect(desk.notice("ravi@example.com may come in no longer.")).to_be_visible()
    await expect(one(desk, "ravi@example.com")).to_be_hidden()


async def test_who_is_no_admin_sees_what_they_may_and_whom_to_ask_about_the_rest(
    business: Business, open_desk: OpenDesk
) -> None:
    desk = await open_desk(await business.token("Looker", "customers:read"))
    await desk.go("/settings")
    await expect(one(desk, "Sandbox")).to_contain_text("In order")
    await expect(desk.page.get_by_text("Admins of My business add, check and change business numbers.")).to_be_visible()
    await expect(desk.page.get_by_role("button", name="Check now")).to_have_count(0)
    for tab in ("People", "Tokens", "Webhooks"):
        await desk.page.get_by_role("tab", name=tab).click()
        await expect(desk.page.get_by_role("heading", name="This is for admins")).to_be_visible()
        await expect(desk.page.get_by_role("tabpanel")).to_contain_text("My business")
    await desk.page.get_by_role("tab", name="Limits and usage").click()
    await expect(desk.page.get_by_text("your token needs permissions:read and calls:read")).to_be_visible()
    await expect(desk.page.get_by_text("nodes in a page")).to_be_visible()


# --- Limits ---


async def test_what_is_used_of_the_limits_is_drawn_and_follows_what_happens(
    business: Business, desk: Desk, customer: Customer
) -> None:
    await desk.go("/settings/limits")
    sent = desk.page.get_by_role("row", name="Requests sent").get_by_role("cell").first
    exhausted = desk.page.get_by_role("progressbar", name="Customers who cannot be asked again yet")
    before = int((await sent.inner_text()).replace(",", ""))
    barred = int(await exhausted.get_attribute("aria-valuenow") or "")
    await business.request(customer)
    await expect(sent).to_have_text(f"{before + 1:,}")
    await expect(exhausted).to_have_attribute("aria-valuenow", f"{barred + 1}")
    await expect(desk.page.get_by_role("listitem").filter(has_text="May be asked once in 24 hours")).to_be_visible()
    await expect(desk.page.get_by_text("Operations are not counted here")).to_be_visible()


# --- Webhooks ---


async def test_an_endpoint_is_told_and_what_fails_is_seen_to_be_tried_again(business: Business, desk: Desk) -> None:
    async with receiving(Says(), Says(503, body=b"not now")) as receiver:
        await desk.go("/settings/webhooks")
        await desk.page.get_by_role("button", name="Add an endpoint").first.click()
        await desk.dialog.get_by_label("Name").fill("Warehouse")
        await desk.dialog.get_by_label("Address").fill("ftp://nowhere.example")
        await desk.dialog.get_by_label("What it is told").select_option("Everything that changes")
        await desk.dialog.get_by_role("button", name="Add an endpoint").click()
        await expect(desk.dialog.get_by_text("The address must begin with https://")).to_be_visible()
        await desk.dialog.get_by_label("Address").fill(receiver.url)
        await desk.dialog.get_by_role("button", name="Add an endpoint").click()
        secret = await desk.dialog.get_by_label("Secret").input_value()
        await desk.dialog.get_by_role("button", name="I have it").click()

        card = one(desk, "Warehouse")
        await card.get_by_role("button", name="Send a test").click()
        await expect(card).to_contain_text(re.compile(r"The test arrived: 200 after \d+ ms\."))
        [test] = await receiver.has(1)
        assert test.verified(secret, datetime.now(UTC))["type"] == "test"

        await business.customer("Told by post")
        log = card.get_by_role("region", name="Deliveries to Warehouse").get_by_role("listitem")
        told = log.filter(has_text="changes").first
        await receiver.has(2)
        await expect(told).to_contain_text("503")
        await expect(told).to_contain_text("1 attempt")
        await expect(told).to_contain_text("next try")
        await told.get_by_role("button", name="Details of the delivery").click()
        await expect(told).to_contain_text("not now")
        await told.get_by_role("button", name="Send again").click()
        await expect(told).to_contain_text("Delivered")
        assert {got.id for got in receiver.got[1:]} == {receiver.got[1].id}  # the same, however often it is sent

        await card.get_by_role("button", name="Pause").click()
        await expect(card).to_contain_text("Paused")
        await business.customer("Told later")
        before = len(receiver.got)
        await card.get_by_role("button", name="Resume").click()
        await receiver.has(before + 1)

        await card.get_by_role("button", name="More for Warehouse").click()
        await desk.page.get_by_role("menuitem", name="New secret").click()
        await desk.dialog.get_by_role("button", name="Make a new secret").click()
        assert await desk.dialog.get_by_label("Secret").input_value() != secret
        await desk.dialog.get_by_role("button", name="I have it").click()
        await expect(card).to_contain_text("The secret before this one still signs until")

        receiver.always = Says(503)
        await business.customer("Never told")
        await expect(log.filter(has_text="next try").first).to_be_visible()
        await card.get_by_role("button", name="More for Warehouse").click()
        await desk.page.get_by_role("menuitem", name="Delete").click()
        await desk.dialog.get_by_role("button", name="Delete").click()
        await desk.dialog.get_by_role("checkbox", name="Delete it although deliveries wait for it").check()
        await desk.dialog.get_by_role("button", name="Delete").click()
        await expect(card).to_have_count(0)


# --- Business numbers ---


@pytest_asyncio.fixture(loop_scope="package")
async def alone(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """Give one story a server: what it does to business numbers would be in every other story's way."""
    database = copyfile(sqlite_template, tmp_path / "maycall.db")
    async with running_server(environment(sqlite_url_of(database))) as server:
        yield server


@pytest.mark.usefixtures("server")  # which says what is missing where nothing is built
async def test_a_number_is_added_once_meta_agrees_and_its_health_is_told_as_it_changes(
    alone: ServerProcess, open_desk: OpenDesk
) -> None:
    desk, colleague = await open_desk(url=alone.url), await open_desk(url=alone.url)
    await desk.go("/settings/numbers")
    await colleague.go("/settings/numbers")
    health = one(desk, "Sandbox").get_by_role("region", name="Health of Sandbox")
    await expect(health).to_contain_text("Meta finds nothing in the way")
    await expect(health.get_by_role("listitem")).to_have_count(7)

    await desk.page.get_by_role("button", name="Add a number").click()
    await desk.dialog.get_by_label("Phone number ID").fill(SANDBOX_PHONE_NUMBER_ID)
    await desk.dialog.get_by_label("Where it lives").select_option("SANDBOX")
    await desk.dialog.get_by_role("button", name="Check and add").click()
    await expect(desk.dialog.get_by_text("already")).to_be_visible()
    await desk.dialog.get_by_label("Phone number ID").fill(SPARE_PHONE_NUMBER_ID)
    await desk.dialog.get_by_label("Access token", exact=True).fill("EAAnonsense")
    await desk.dialog.get_by_role("button", name="Check and add").click()
    # What the sandbox says in Meta's place, at the field that it is about.
    await expect(desk.dialog.get_by_label("Access token", exact=True)).to_have_accessible_description(
        re.compile("190: Invalid OAuth access token")
    )
    await desk.dialog.get_by_label("Access token", exact=True).fill("")
    await desk.dialog.get_by_label("Name").fill("Night desk")
    await desk.dialog.get_by_role("button", name="Check and add").click()
    await expect(desk.notice("Night desk was added.")).to_be_visible()
    for each in (desk, colleague):  # who has not loaded anything anew
        await expect(one(each, "Night desk")).to_contain_text("In order")

    await desk.page.get_by_role("button", name="Change: Night desk").click()
    await desk.dialog.get_by_label("Name").fill("Late desk")
    await desk.dialog.get_by_role("button", name="Check and save").click()
    await expect(one(colleague, "Late desk")).to_contain_text("In order")

    async with httpx.AsyncClient(base_url=alone.url, trust_env=False, timeout=60) as meta:
        switched = {"calling": {"status": "DISABLED"}}
        (await meta.post(f"/sandbox/numbers/{SPARE_PHONE_NUMBER_ID}", json=switched)).raise_for_status()
    late = one(desk, "Late desk")
    await expect(late).to_contain_text("Switch calling on in WhatsApp Manager")
    await late.get_by_role("button", name="Check now").click()
    await expect(late.get_by_role("listitem").filter(has_text="Calling")).to_contain_text("see to it")

    await colleague.page.get_by_role("button", name="Account of").click()
    await colleague.page.get_by_role("menu").get_by_text("Español").click()
    await colleague.page.get_by_role("button", name="Comprobar ahora: Late desk").click()
    health = one(colleague, "Late desk").get_by_role("region", name="Salud de Late desk")
    await expect(health).to_contain_text("Las llamadas están desactivadas. Actívelas en los ajustes")
    await expect(health).to_contain_text("El número es +")
    await colleague.page.get_by_role("button", name="Añadir un número").click()
    await colleague.dialog.get_by_label("Identificador del número").fill(SPARE_PHONE_NUMBER_ID)
    await colleague.dialog.get_by_role("button", name="Comprobar y añadir").click()
    await expect(colleague.dialog.get_by_text("Este número ya está aquí. Cámbielo.")).to_be_visible()
