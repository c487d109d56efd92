"""The API's door, opened in a house."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.ground.house import House

from .asking import Api, opened


@pytest_asyncio.fixture
async def api(house: House) -> AsyncIterator[Api]:
    async with opened(house) as api:
        yield api
