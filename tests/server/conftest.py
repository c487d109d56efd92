"""Meta's door, opened in a house."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.ground.house import House

from .door import Door, opened


@pytest_asyncio.fixture
async def door(house: House) -> AsyncIterator[Door]:
    async with opened(house.resources) as door:
        yield door
