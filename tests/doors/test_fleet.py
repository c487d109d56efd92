"""The same doors on a fleet: PostgreSQL, Redis and two servers, of which one is killed while partners listen to it."""

from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.ground.node import Program
from tests.ground.processes import ServerProcess, running_server
from tests.stories.business import CREATE, environment
from tests.stories.street import TOKEN, Maycall, seed

from .conftest import Partner

pytestmark = pytest.mark.usefixtures("packages")


def port_of(server: ServerProcess) -> int:
    port = urlsplit(server.url).port
    assert port is not None
    return port


async def write(server: ServerProcess, *phones: str) -> list[str]:
    """Add customers at a server, and give the cursors of what that changed."""
    maycall = Maycall(server.url)
    before = await maycall.log()
    for phone in phones:
        await maycall.do(CREATE, input={"phone": phone})
    return (await maycall.log())[len(before) :]


async def each_hears(programs: list[Program], cursors: list[str]) -> None:
    for program in programs:
        told: list[Any] = [await program.says() for _ in cursors]
        assert told == [{"event": "change", "cursor": cursor} for cursor in cursors]


async def test_every_audit_of_graphql_http_passes_on_a_fleet(postgresql_url: str, redis_url: str) -> None:
    async with (
        running_server(environment(postgresql_url, redis_url)) as server,
        Partner(port_of(server), TOKEN).running("audits.js") as program,
    ):
        assert [audit for audit in await program.rest() if audit["status"] != "ok"] == []


async def test_partners_hear_of_everything_once_wherever_it_happens_and_whichever_server_is_killed(
    postgresql_url: str, redis_url: str
) -> None:
    await seed(postgresql_url)
    settings = environment(postgresql_url, redis_url)
    async with AsyncExitStack() as stack, running_server(settings) as other:
        begin = (await write(other, "+919812300001"))[-1]
        async with running_server(settings) as first:
            partner = Partner(port_of(first), TOKEN)
            programs = [
                await stack.enter_async_context(partner.running(program, CASE="resume", AFTER=begin))
                for program in ("websocket.js", "events.js")
            ]
            await each_hears(programs, await write(other, "+919812300002", "+919812300003"))
            await each_hears(programs, await write(first, "+919812300004"))
            await first.kill()
        missed = await write(other, "+919812300005", "+919812300006")
        async with running_server(settings, port=port_of(first)):
            await each_hears(programs, missed + await write(other, "+919812300007"))
