"""A browser before the doors of signing in, in a house, with a provider of our own beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from server.brake import Brake
from server.graphql_door import GraphQLDoor
from server.settings import Settings
from server.sign_in import SignIn
from tests.ground.house import House
from tests.ground.provider import CLIENT_ID, CLIENT_SECRET, Provider, running

HERE = "http://maycall.example"


@dataclass
class Doors:
    house: House
    provider: Provider
    browser: httpx.AsyncClient
    brake: Brake

    async def begin(self) -> str:
        """Go to the door, and give where it sends the browser to."""
        response = await self.browser.get(f"{HERE}/sign-in")
        assert response.status_code == 303, response.text
        return response.headers["Location"]

    async def meet(self) -> str:
        """Go to the door and to the provider, and give where that sends the browser back to."""
        response = await self.browser.get(await self.begin())
        assert response.status_code == 302
        return response.headers["Location"]

    async def arrive(self) -> httpx.Response:
        """Go all the way, and give the last door's answer."""
        return await self.browser.get(await self.meet())

    async def sign_in(self) -> str:
        """Sign in, which must succeed, and give the token."""
        response = await self.arrive()
        assert response.status_code == 303, response.text
        where = urlsplit(response.headers["Location"])
        assert (where.path, where.query) == ("/", "")
        [token] = parse_qs(where.fragment)["token"]
        return token

    async def refused(self, status: int) -> str:
        """Try to sign in, which must not succeed, and give the sentence that says why."""
        response = await self.arrive()
        assert response.status_code == status, response.text
        return sentence(response)

    async def ask(self, query: str, secret: str) -> Any:
        """Ask with a token, and give the whole answer."""
        headers = {"Authorization": f"Bearer {secret}"}
        response = await self.browser.post(f"{HERE}/graphql", json={"query": query}, headers=headers)
        return response.json()


def sentence(response: httpx.Response) -> str:
    """Give what a page says is the matter."""
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    return response.text.partition("<p>")[2].partition("</p>")[0]


@asynccontextmanager
async def opened(house: House, **settings: Any) -> AsyncIterator[Doors]:
    """Open the doors, with a provider unless the settings name none; they come over what is usual."""
    async with running(lambda: house.clock.now) as provider:
        usual = {
            "oidc_issuer": provider.url,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
            "public_url": HERE,
        }
        given = Settings(sandbox=True, **usual | settings)
        brake = Brake(given.failed_sign_ins, house.resources.now)
        sign_in = SignIn(house.resources, given, brake)
        graphql = GraphQLDoor(house.resources, [], brake=brake)
        app = Starlette(routes=[*sign_in.routes, Route("/graphql", graphql)])
        mounts = {HERE: httpx.ASGITransport(app)}
        async with httpx.AsyncClient(mounts=mounts, trust_env=False) as browser, sign_in.running():
            yield Doors(house, provider, browser, brake)
