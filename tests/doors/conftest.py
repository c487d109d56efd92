"""A server over a real socket, and programs for Node that knock at it with the clients that partners use."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.graph.asking import Api, opened
from tests.graph.streaming import Server, served
from tests.ground.house import House
from tests.ground.node import Program, missing, running_node

HERE = Path(__file__).parent


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give a database of this test's own: how a door behaves does not depend on which."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest_asyncio.fixture
async def server(house: House) -> AsyncIterator[Server]:
    async with served(house) as server:
        yield server


class Partner:
    """Whoever has a token, and a program that uses it."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token

    def running(self, program: str, **environment: str) -> AbstractAsyncContextManager[Program]:
        """Run one of the programs beside this file; it is told the server's address and the admin's token."""
        here = {
            "PORT": f"{self._port}",
            "URL": f"http://127.0.0.1:{self._port}/graphql",
            "TOKEN": self._token,
        }
        return running_node(HERE / program, **here, **environment)


@pytest.fixture(scope="session")
def packages() -> None:
    """See to it that there is a Node with the packages of these programs: a test is skipped without."""
    reason = missing(HERE)
    if reason:
        pytest.skip(reason)


@pytest.fixture
def partner(packages: None, server: Server) -> Partner:  # noqa: ARG001 it skips the test where they are missing
    """Give a partner with Node; without one on this machine the test is skipped."""
    return Partner(server.port, server.house.business.secret)


@pytest_asyncio.fixture
async def api(house: House) -> AsyncIterator[Api]:
    async with opened(house) as api:
        yield api
