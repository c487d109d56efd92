"""Whatever happens in a town, and however it is told, in the end Maycall knows what is true at WhatsApp.

`make soak` does it for long, and says how far it has come.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack, contextmanager
from functools import partial
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.ground.databases import cloned, sqlite_url_of
from tests.ground.house import MINUTE, Clock
from tests.ground.memory import in_memory

from .agreement import CHANGE, broken_chains, differences, retold, shown, unlike_the_log
from .deeds import (
    BY_AGENTS,
    META,
    ON_THE_PHONE,
    REFRESHING,
    SKY,
    TALK,
    UNHEARD,
    WEATHERS,
    Step,
    stories,
)
from .street import Watch, watching
from .town import BUSINESSES, Town, open_town

NewDatabase = Callable[[], AbstractContextManager[str]]

SOAK = settings.get_current_profile_name() == "soak"
SCENES = 120 if SOAK else 20
DELIVERED_AFTER = 15 * MINUTE  # later than any weather delays

# A story takes seconds, and a long one a minute: to tell a failing one shorter and shorter would take far longer.
pace = settings(
    max_examples=40 if SOAK else 2,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.reuse, Phase.generate],
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """Give what makes a database for one town: empty, up to date, and gone with it."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")

        @contextmanager
        def of_sqlite() -> Iterator[str]:
            with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
                yield sqlite_url_of(copyfile(template, Path(folder) / "maycall.db"))

        return of_sqlite
    server, name = request.getfixturevalue("postgresql"), request.getfixturevalue("postgresql_template")
    return lambda: cloned(server, name)


@pace
@given(story=stories(SCENES, *[TALK] * 5, *[ON_THE_PHONE] * 2, META, UNHEARD, SKY, REFRESHING))
def test_in_the_end_maycall_and_whatsapp_agree(new_database: NewDatabase, story: list[Step]) -> None:
    begun = time.monotonic()
    with new_database() as database_url, tempfile.TemporaryDirectory(dir=in_memory()) as folder:
        told = asyncio.run(_live(database_url, Path(folder), story))
    print(f"{len(story)} steps, {told} changes: they agree ({time.monotonic() - begun:.0f} s)")  # noqa: T201 progress


@settings(pace, max_examples=20 if SOAK else 1)  # each is two towns
@given(story=stories(SCENES, *[TALK] * 5, *[ON_THE_PHONE] * 2, META))
def test_the_same_facts_end_in_the_same_state_with_chaos_and_without(
    new_database: NewDatabase, story: list[Step]
) -> None:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(dir=in_memory()) as calm, tempfile.TemporaryDirectory(dir=in_memory()) as stormy:
        with new_database() as database_url:
            told_plainly = asyncio.run(_facts(database_url, Path(calm), story, "calm"))
        with new_database() as database_url:
            told_badly = asyncio.run(_facts(database_url, Path(stormy), story, "in batches"))
    assert told_badly == told_plainly
    print(f"{len(story)} steps twice: the same ({time.monotonic() - begun:.0f} s)")  # noqa: T201 progress


async def _live(database_url: str, folder: Path, story: list[Step]) -> int:
    """Let a story happen with chaos on, see that everything agrees, and give how many changes were told."""
    async with open_town(database_url, folder, Clock()) as town, AsyncExitStack() as stack:
        cursors = [(await town.ask_maycall(business, "{ changeCursor }"))["changeCursor"] for business in _ALL]
        watches = [await stack.enter_async_context(_watch(town, own, cursors[own])) for own in _ALL]
        await town.press("/chaos", **WEATHERS["everything"])
        for step in story:
            await town.pass_time(step.after)
            await step.deed.happen(town)
        await town.calm_down()

        found = await differences(town)
        assert not found, "\n".join(found)
        assert await broken_chains(town) == []
        for own in _ALL:
            end = (await town.ask_maycall(own, "{ changeCursor }"))["changeCursor"]
            if end != cursors[own]:
                await watches[own].until(partial(_stands_at, end))
            assert await unlike_the_log(town, own, watches[own].news, cursors[own]) == []
        return sum(len(watch.news) for watch in watches)


_ALL = range(BUSINESSES)


def _stands_at(cursor: str, change: dict[str, Any]) -> bool:
    return bool(change["cursor"] == cursor)


def _watch(town: Town, business: int, cursor: str) -> AbstractAsyncContextManager[Watch]:
    watched = f"subscription($after: String) {{ changes(after: $after) {{ {CHANGE} }} }}"
    return watching(town.url, watched, token=town.secrets[business], after=cursor)


async def _facts(database_url: str, folder: Path, story: list[Step], weather: str) -> dict[str, Any]:
    """Let a story happen in which agents act only once all is told, and give what is known in the end."""
    async with open_town(database_url, folder, Clock()) as town:
        await town.press("/chaos", **WEATHERS[weather])
        for step in story:
            await town.pass_time(max(step.after, DELIVERED_AFTER) if isinstance(step.deed, BY_AGENTS) else step.after)
            await step.deed.happen(town)
        await town.hang_up_everywhere()
        await town.pass_time(DELIVERED_AFTER)
        assert town.world.outbox.waiting == 0
        return retold(await shown(town))
