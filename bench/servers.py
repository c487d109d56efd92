"""Maycall's servers on one database, woken through Redis, and what they use."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import psutil

from server.app import WEBHOOK_PATH
from tests.ground.processes import ROOT, SERVE, ServerProcess, running_server
from tests.ground.redis_server import redis_server

from .business import Asked, found, give_tokens
from .crowd import Crowd
from .databases import Kind, database
from .deliveries import environment, signed, yes
from .open_loop import Client, Post

MOST_LISTENERS = 5_000
LISTENERS_OF_A_TOKEN = 100
CUSTOMERS = 5_000


@dataclass(frozen=True, slots=True)
class Fleet:
    """Servers of one business, and its customers who have not answered yet."""

    servers: Sequence[ServerProcess]
    tokens: Sequence[str]  # for its listeners, in turn
    customers: Iterator[Asked]

    def processes(self) -> list[psutil.Process]:
        return [psutil.Process(server.process.pid) for server in self.servers]

    def spent(self) -> dict[str, float]:
        """Tell how much CPU time all of it has used so far, in seconds, and this process, which are the dashboards."""
        return {
            "servers": spent(self.processes()),
            "PostgreSQL": spent(children("postgres")),
            "Redis": spent(children("valkey-server")),
            "dashboards": spent([psutil.Process()]),
        }

    def answers(self, count: int) -> tuple[Sequence[str], Post]:
        """Write one delivery in which the next customers say yes; give their phones and the delivery."""
        answering = list(islice(self.customers, count))
        assert len(answering) == count, "no customer is left who has not answered"
        now = datetime.now(UTC)
        return [each.phone for each in answering], signed(*(yes(each, now) for each in answering))


@asynccontextmanager
async def fleet(kind: Kind, prefixes: Iterable[Sequence[str]], folder: Path = ROOT) -> AsyncIterator[Fleet]:
    """Run a server of the checkout `folder` after each prefix, such as `taskset`'s, until the block ends."""
    async with AsyncExitStack() as stack:
        # In a thread: a migration has an event loop of its own.
        url = await asyncio.to_thread(stack.enter_context, database(kind))
        settings = environment(url) | {"MAYCALL_BROADCAST_URL": stack.enter_context(redis_server())}
        customers = await found(url, CUSTOMERS)
        tokens = await give_tokens(url, MOST_LISTENERS // LISTENERS_OF_A_TOKEN)
        servers = [
            await stack.enter_async_context(running_server(settings, command=[*prefix, *SERVE], folder=folder))
            for prefix in prefixes
        ]
        yield Fleet(servers, tokens, iter(customers))


@asynccontextmanager
async def crowds_of(maycall: Fleet, size: int) -> AsyncIterator[Sequence[Crowd]]:
    """Let so many listen, as many to each server as to the others."""

    async def tell() -> None:
        async with Client(maycall.servers[0].url + WEBHOOK_PATH) as client:
            _, post = maycall.answers(1)
            await client.post(post)

    async with AsyncExitStack() as stack:
        crowds = [
            await stack.enter_async_context(Crowd(f"{server.url}/graphql", maycall.tokens))
            for server in maycall.servers
        ]
        for crowd in crowds:
            await crowd.grow_to(size // len(crowds))
        for crowd in crowds:
            await crowd.listen(tell)
        for crowd in crowds:
            crowd.forget()
        yield crowds


def spent(processes: Iterable[psutil.Process]) -> float:
    """Tell how much CPU time they have used so far, in seconds; one that has ended counts no more."""
    total = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def children(name: str) -> list[psutil.Process]:
    """List this process's children that run this program, such as postgres."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            found += [child] if child.name() == name else []
    return found
