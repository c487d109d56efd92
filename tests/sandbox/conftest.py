"""A running sandbox over real HTTP, and a door that collects what it sends."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.app import Config, Limits

from .harness import Door, Sandbox, configured, open_door, run_sandbox


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """A door that takes every webhook."""
    async with open_door() as opened:
        yield opened


@pytest.fixture
def config(tmp_path: Path, door: Door) -> Config:
    """A sandbox's configuration with Meta's production limits."""
    return configured(tmp_path / "sandbox.sqlite", door.url)


@pytest.fixture
async def sandbox(config: Config) -> AsyncIterator[Sandbox]:
    """A running sandbox."""
    async with run_sandbox(config) as started:
        yield started


@pytest.fixture
async def lenient(config: Config, tmp_path: Path) -> AsyncIterator[Sandbox]:
    """A running sandbox with as many requests as a test needs, and few unanswered calls."""
    loose = configured(tmp_path / "lenient.sqlite", config.webhook_urls[0], Limits(25, 100, 100, 2, 4))
    async with run_sandbox(loose) as started:
        yield started
