"""A server with its sandbox, a console signed in by its address, and the phones in a window beside it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.ground.browser import NO_CHROMIUM, chromium, open_browser
from tests.ground.databases import sqlite_url_of
from tests.ground.processes import ServerProcess, running_server

TOKEN = "mc_for-the-stories"


def environment(database_url: str) -> dict[str, str]:
    return {"MAYCALL_DATABASE_URL": database_url, "MAYCALL_SANDBOX": "true", "MAYCALL_BOOTSTRAP_TOKEN": TOKEN}


@dataclass(slots=True)
class Desk:
    """What somebody at a desk sees: the console and the customers' phones."""

    server: ServerProcess
    console: Page
    phones: Page
    complaints: list[str] = field(default_factory=list)

    @property
    def sign(self) -> Locator:
        """Where the console says how its line to the server fares."""
        return self.console.get_by_role("banner").get_by_role("status")

    def row(self, name: str) -> Locator:
        return self.console.locator("#people").get_by_role("row").filter(has_text=name)

    def line(self, *words: str) -> Locator:
        """Find the lines in the stream of changes that say all of this."""
        found = self.console.locator("#stream li")
        for word in words:
            found = found.filter(has_text=word)
        return found

    def step(self, title: str) -> Locator:
        return self.console.locator("details").filter(has=self.console.get_by_text(title, exact=True))

    async def meet(self, name: str) -> None:
        await self.console.get_by_label("Try it with").select_option(name)

    async def take(self, title: str) -> Locator:
        """Open a step of the tour, run it, and give where its answer stands."""
        step = self.step(title)
        await step.locator("summary").click()
        await step.get_by_role("button", name="Run").click()
        return step.get_by_role("region", name="Answer")

    def phone(self, name: str) -> Locator:
        return self.phones.get_by_role("article", name=f"Phone of {name}")

    async def press(self, name: str, button: str) -> None:
        await self.phone(name).get_by_role("button", name=button, exact=True).click()

    async def allow_in_profile(self, name: str, choice: str = "Allow calls for 7 days") -> None:
        await self.press(name, "Business profile")
        await self.press(name, choice)


def watched(page: Page, complaints: list[str]) -> Page:
    """Have everything that the browser has to say against a page written down."""

    def written(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.type}: {message.text}")

    page.on("pageerror", lambda error: complaints.append(f"{error}"))
    page.on("console", written)
    return page


together = pytest_asyncio.fixture(scope="package", loop_scope="package")
each = pytest_asyncio.fixture(loop_scope="package")


@together
async def browser() -> AsyncIterator[Browser]:
    """Give one running Chromium for all stories; without one on this machine they are skipped."""
    program = chromium()
    if program is None:
        pytest.skip(NO_CHROMIUM)
    async with open_browser(program) as browser:
        yield browser


@each
async def page(browser: Browser) -> AsyncIterator[Page]:
    """Give an empty tab of a window that remembers nothing of other stories."""
    async with await browser.new_context() as window:
        yield await window.new_page()


@together
async def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    """Give one server for all stories: each is about somebody of its own."""
    database = copyfile(sqlite_template, tmp_path_factory.mktemp("stories") / "maycall.db")
    async with running_server(environment(sqlite_url_of(database))) as server:
        yield server


@each
async def desk(server: ServerProcess, page: Page, browser: Browser) -> AsyncIterator[Desk]:
    # In windows of their own: a tab behind another is drawn once a second only.
    async with await browser.new_context() as window:
        desk = Desk(server, page, await window.new_page())
        watched(desk.console, desk.complaints)
        watched(desk.phones, desk.complaints)
        await desk.phones.goto(f"{server.url}/sandbox/")
        await desk.console.goto(f"{server.url}/console/#token={TOKEN}")
        await expect(desk.sign).to_have_text("live")
        yield desk
        assert desk.complaints == []


async def press_by_script(server: ServerProcess, phone: str, deed: str, **body: object) -> None:
    """Do on a phone of the sandbox what a person would press."""
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        (await client.post(f"/sandbox/phones/{phone}/{deed}", json=body)).raise_for_status()
