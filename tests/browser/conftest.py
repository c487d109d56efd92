"""One server with its sandbox for all stories of a process, each with customers of its own; and desks in Chromium."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from shutil import copyfile
from typing import Any, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from server.pages import BUILT
from tests.ground.browser import NO_CHROMIUM, chromium, open_browser
from tests.ground.databases import sqlite_url_of
from tests.ground.processes import ServerProcess, running_server

from .business import TOKEN, Business, Customer, environment, open_business
from .desk import Desk, open_window

NOT_BUILT = "the dashboard is not built: make dashboard does it where Node is"
PATIENCE = 30_000  # milliseconds: this machine may have much else to do

expect.set_options(timeout=PATIENCE)

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
    """Give one server for all stories: each is about customers of its own."""
    if not (BUILT / "index.html").exists():
        pytest.skip(NOT_BUILT)
    database = copyfile(sqlite_template, tmp_path_factory.mktemp("stories") / "maycall.db")
    async with running_server(environment(sqlite_url_of(database))) as server:
        yield server


@together
async def business(server: ServerProcess) -> AsyncIterator[Business]:
    """Give the business that the stories are about, to speak to without a browser."""
    async with open_business(server.url) as business:
        yield business


class OpenDesk(Protocol):
    async def __call__(self, token: str | None = TOKEN, *, url: str = ..., **window: Any) -> Desk:
        """Open a window of its own and sign in there; without a token, it stays an empty tab."""


@each
async def open_desk(browser: Browser, server: ServerProcess) -> AsyncIterator[OpenDesk]:
    """Give what opens desks: for a story about several, about another token, another server, or another window."""
    desks: list[Desk] = []
    async with AsyncExitStack() as windows:

        async def open_one(token: str | None = TOKEN, *, url: str = server.url, **window: Any) -> Desk:
            desk = await windows.enter_async_context(open_window(browser, url, **window))
            desk.page.set_default_timeout(PATIENCE)
            desks.append(desk)
            if token is not None:
                await desk.sign_in(token)
            return desk

        yield open_one
        assert [desk.unexpected for desk in desks] == [[] for _ in desks]


@each
async def desk(open_desk: OpenDesk) -> Desk:
    """Give the desk of somebody who may do everything."""
    return await open_desk()


@each
async def customer(business: Business) -> Customer:
    """Give a customer who has not been asked yet, and whom no other story is about."""
    return await business.customer()
