"""Businesses that share an installation."""

import asyncio

from sqlmodel import col, select

from actions import workspaces
from actions.faults import BadInputError
from models.workspace import Workspace
from tests.ground.house import House


async def test_of_those_made_at_the_same_instant_with_one_name_one_is_there(house: House) -> None:
    asked = [workspaces.create(house.resources, "Bakery") for _ in range(5)]
    made = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(one).__name__ for one in made) == [BadInputError.__name__] * 4 + [Workspace.__name__]
    async with house.resources.database.reading() as session:
        named = select(Workspace).where(col(Workspace.name) == "Bakery")
        assert len((await session.exec(named)).all()) == 1
