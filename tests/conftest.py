"""What every test may ask for. The works behind it stand in tests/ground/; nothing starts before a test asks."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
import structlog
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, Page
from sqlalchemy import URL, make_url

from tests.ground.browser import NO_CHROMIUM, chromium, open_browser
from tests.ground.databases import (
    Migrate,
    apart,
    cloned,
    migrated_file,
    migrated_template,
    postgresql_server,
    sqlite_url_of,
)
from tests.ground.memory import in_memory
from tests.ground.redis_server import RedisServer, own_redis, redis_server
from tests.ground.watching import Watched, watching

if TYPE_CHECKING:
    from tests.ground.house import Deed, House

# SQLite waits for the disk at every commit, which takes longer than most tests: every tmp_path is in memory instead.
if folder := in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folder)

# No deadlines: on a busy machine a slow example is no fault of the code.
settings.register_profile("quick", deadline=None)
settings.register_profile(
    "soak",
    deadline=None,
    max_examples=20_000,
    stateful_step_count=200,
    suppress_health_check=[HealthCheck.too_slow],
)
# structlog's own way to show a fault, with every variable in colour, takes seconds of a busy processor.
structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])

settings.load_profile("soak" if os.environ.get("MAYCALL_TEST_SOAK") else "quick")


@pytest.fixture(scope="session")
def watched() -> Iterator[Watched]:
    with watching() as watched:
        yield watched


@pytest.fixture(autouse=True)
def _no_crossings(watched: Watched) -> Iterator[None]:
    """See to it that no statement, whichever test brings it about, can bring the rows of two workspaces together."""
    before = set(watched.touched)
    yield
    assert [sql for sql in watched.crossings if sql not in before] == []


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Undo what a command set up about logs: it writes to its test's own standard error, which closes with the test."""
    words, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    yield
    structlog.configure(**words)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture(scope="session")
def migrate() -> Migrate:
    """Give what brings the database at a URL up to date."""
    # Not at the top: the tests of rooms that remember nothing need not wait until all tables are loaded.
    from models.database import migrate  # noqa: PLC0415

    return migrate


@pytest.fixture(scope="session")
def postgresql() -> Iterator[URL]:
    """Give the address of a running PostgreSQL: MAYCALL_TEST_POSTGRES_URL, or one started for this run."""
    with postgresql_server() as url, pytest.MonkeyPatch.context() as patch:
        # On a machine with much else to do a test may stand still for longer than a server in production should.
        patch.setattr("models.database.MOST_IDLE_MILLISECONDS", 120_000)
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql: URL, migrate: Migrate) -> Iterator[str]:
    with migrated_template(postgresql, migrate) as name:
        yield name


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest, postgresql: URL, postgresql_template: str) -> Iterator[str]:
    """Give the URL of a PostgreSQL database of this test's own, up to date and empty but for the house it asks for."""
    template = postgresql_template
    if "house" in request.fixturenames:
        template, _ = request.getfixturevalue("furnished_postgresql")
    with cloned(postgresql, template) as url:
        yield url


@pytest.fixture
def bare_postgresql_url(postgresql: URL) -> Iterator[str]:
    """Give the URL of a PostgreSQL database of this test's own with no table in it."""
    with cloned(postgresql, "template1") as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, migrate: Migrate) -> Path:
    return migrated_file(tmp_path_factory.mktemp("sqlite"), migrate)


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> str:
    """Give the URL of an SQLite file of this test's own, up to date and empty but for the house it asks for."""
    template = sqlite_template
    if "house" in request.fixturenames:
        template, _ = request.getfixturevalue("furnished_sqlite")
    return sqlite_url_of(copyfile(template, tmp_path / "maycall.db"))


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Give the address of a running Redis: MAYCALL_TEST_REDIS_URL, or one started for this run."""
    with redis_server() as url:
        yield url


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """Give a Redis of this test's own, to be killed and started again."""
    with own_redis() as server:
        yield server


@pytest.fixture(params=os.environ.get("MAYCALL_TEST_DATABASES", "sqlite,postgresql").split(","))
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of a database of this test's own, up to date and empty: first on SQLite, then on PostgreSQL.

    MAYCALL_TEST_DATABASES=sqlite (or postgresql) keeps to one of them.
    """
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


# To make a business takes as long as most tests with one: it is made once for each kind of database, and copied.


@pytest.fixture(scope="session")
def furnished_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, "Deed"]:
    from tests.ground.house import furnish  # noqa: PLC0415 the same as for migrate

    template = copyfile(sqlite_template, tmp_path_factory.mktemp("furnished") / "template.db")
    return template, apart(lambda: asyncio.run(furnish(sqlite_url_of(template))))


@pytest.fixture(scope="session")
def furnished_postgresql(postgresql: URL, postgresql_template: str) -> Iterator[tuple[str, "Deed"]]:
    from tests.ground.house import furnish  # noqa: PLC0415 the same as for migrate

    with cloned(postgresql, postgresql_template) as url:
        yield make_url(url).database or "", apart(lambda: asyncio.run(furnish(url)))


@pytest_asyncio.fixture
async def house(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator["House"]:
    """Give a business with two customers, on SQLite and then on PostgreSQL; WhatsApp is a fake and time stands."""
    from tests.ground.house import entered  # noqa: PLC0415 the same as for migrate

    _, deed = request.getfixturevalue(f"furnished_{make_url(database_url).get_backend_name()}")
    async with entered(database_url, deed) as house:
        yield house


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    """Give a running Chromium; without one on this machine the test is skipped."""
    program = chromium()
    if program is None:
        pytest.skip(NO_CHROMIUM)
    async with open_browser(program) as browser:
        yield browser


@pytest_asyncio.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """Give an empty tab of a Chromium that remembers nothing of other tests."""
    async with await browser.new_context() as context:
        yield await context.new_page()
