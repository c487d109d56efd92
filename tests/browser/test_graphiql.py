"""GraphiQL as a visitor meets it, everything it needs from this server alone."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, Request, expect

from server.pages import BUILT
from tests.ground.databases import sqlite_url_of
from tests.ground.processes import ServerProcess, running_server

from .business import TOKEN, environment, open_business
from .desk import watched

SOFIA = "+390651234001"
PATIENCE = 60_000  # its editor is large, and this machine may have much else to do

pytestmark = [
    pytest.mark.asyncio(loop_scope="package"),
    pytest.mark.skipif(
        not (BUILT / "graphiql.html").exists(), reason="GraphiQL is not built: make dashboard does it where Node is"
    ),
]


@dataclass(slots=True)
class Visit:
    page: Page
    complaints: list[str] = field(default_factory=list)
    asked_elsewhere: list[str] = field(default_factory=list)
    workers: list[str] = field(default_factory=list)

    @property
    def answer(self) -> Locator:
        return self.page.get_by_role("region", name="Result Window")

    async def run(self, example: str) -> None:
        """Turn to an example and run it, once the editor shows it and knows the schema."""
        await self.page.get_by_role("tab", name=example).click()
        await expect(self.page.locator(".graphiql-query-editor")).to_contain_text(example, timeout=PATIENCE)
        await self.page.get_by_role("button", name=re.compile("Execute query")).click()


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    """Give a server of its own: what is asked here would be news to those who watch the page."""
    database = copyfile(sqlite_template, tmp_path_factory.mktemp("graphiql") / "maycall.db")
    async with running_server(environment(sqlite_url_of(database))) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="package")
async def visit(server: ServerProcess, page: Page) -> AsyncIterator[Visit]:
    visit = Visit(page)

    def note(request: Request) -> None:
        if not request.url.startswith((server.url, "data:", "blob:")):
            visit.asked_elsewhere.append(request.url)

    page.on("request", note)
    page.on("worker", lambda worker: visit.workers.append(worker.url))
    page.set_default_timeout(PATIENCE)
    await watched(page, visit.complaints).goto(f"{server.url}/graphql#token={TOKEN}")
    yield visit
    assert (visit.asked_elsewhere, visit.complaints) == ([], [])


async def test_an_example_runs_and_a_change_is_seen_the_moment_it_happens(server: ServerProcess, visit: Visit) -> None:
    await expect(visit.page).to_have_url(f"{server.url}/graphql")  # the token is in it no more
    await visit.run("WhomCanICallNow")
    await expect(visit.answer).to_contain_text('"totalCount"', timeout=PATIENCE)

    await visit.run("Ask")
    await expect(visit.answer).to_contain_text(re.compile("RequestCallPermissionSuccess|REQUEST_"), timeout=PATIENCE)

    await visit.run("Watch")
    async with open_business(server.url) as business:
        await business.phone(SOFIA).grant()
    await expect(visit.answer).to_contain_text('"TEMPORARY"', timeout=PATIENCE)
    assert visit.workers != []
    assert [url for url in visit.workers if not url.startswith(f"{server.url}/assets/")] == []


async def test_without_a_token_it_asks_for_one(server: ServerProcess, visit: Visit) -> None:
    await visit.page.get_by_role("button", name="Sign out").click()
    await visit.page.get_by_label("Token").fill(TOKEN)
    await visit.page.get_by_role("button", name="Sign in").click()
    await visit.run("HowItStands")
    await expect(visit.answer).to_contain_text('"everybody"', timeout=PATIENCE)
    assert TOKEN not in visit.page.url
    assert visit.page.url.startswith(server.url)
