"""Servers that are compared: each alone on one core, with a crowd that hears it from the others."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from server.app import WEBHOOK_PATH
from tests.ground.processes import ROOT, ServerProcess, running_server

from .databases import Kind
from .open_loop import Client, Post
from .servers import fleet

PEERS = Path(__file__).parent / "peers"
OK = 200


Tell = Callable[[int], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Contestant:
    """A running server: where to listen, and how to have it told of so many changes at once."""

    url: str
    tokens: Sequence[str]  # for its listeners, in turn
    process: psutil.Process
    tell: Tell

    def memory(self) -> int:
        """Tell how much memory is resident, in bytes."""
        resident: int = self.process.memory_info().rss
        return resident


Running = Callable[[], AbstractAsyncContextManager[Contestant]]


@contextmanager
def own_core() -> Iterator[Sequence[str]]:
    """Keep a core for the server that is measured and put everything else on the others; give how to start on it."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) == 1:
        sys.exit("This needs two cores: one for the server, one for those who listen to it.")
    os.sched_setaffinity(0, cores[1:])
    try:
        yield ["taskset", "--cpu-list", f"{cores[0]}"]
    finally:
        os.sched_setaffinity(0, cores)


def servers(
    core: Sequence[str], only: Collection[str] | None = None, beside: Path | None = None
) -> Mapping[str, Running]:
    """Give all that are compared, or only those named; `beside` is another checkout of Maycall."""
    everybody: dict[str, Running] = {
        "Strawberry": partial(_stock, core),
        "Yoga": partial(_on_node, core, "yoga.mjs"),
        "Mercurius": partial(_on_node, core, "mercurius.mjs"),
        "Maycall": partial(_maycall, core, recorded_elsewhere=True),
        "Maycall, recording too": partial(_maycall, core),
    }
    if beside is not None:
        everybody["the other"] = partial(_maycall, core, beside.resolve(), recorded_elsewhere=True)
    return {name: server for name, server in everybody.items() if not only or name in only}


def install_peers() -> None:
    """Install the servers on Node, at the versions of the lock, unless they are there."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("Mercurius and GraphQL Yoga run on Node, and there is no npm here: install Node 20 or newer.")
    lock, installed = PEERS / "package-lock.json", PEERS / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([npm, "ci", "--silent"], cwd=PEERS, check=True)  # noqa: S603 our own words, no shell


@asynccontextmanager
async def _stock(core: Sequence[str]) -> AsyncIterator[Contestant]:
    """Run Strawberry as it comes."""
    async with _peer([*core, sys.executable, "-m", "bench.peers.stock"], {}) as contestant:
        yield contestant


@asynccontextmanager
async def _on_node(core: Sequence[str], script: str) -> AsyncIterator[Contestant]:
    """Run a server of bench/peers on Node."""
    command = [*core, shutil.which("node") or "node", f"{PEERS / script}"]
    async with _peer(command, {"NODE_ENV": "production"}) as contestant:
        yield contestant


@asynccontextmanager
async def _peer(command: list[str], settings: Mapping[str, str]) -> AsyncIterator[Contestant]:
    async with running_server(settings, command=command) as server:

        async def tell(count: int) -> None:
            await _post(f"{server.url}/changes/{count}", Post(b"", {}))

        yield _contestant(server, ["none is asked for"], tell)


@asynccontextmanager
async def _maycall(
    core: Sequence[str], folder: Path = ROOT, *, recorded_elsewhere: bool = False
) -> AsyncIterator[Contestant]:
    """Run Maycall on SQLite; changes come as WhatsApp's deliveries, to this server's door or to another's."""
    prefixes = [core, []] if recorded_elsewhere else [core]
    async with fleet(Kind.SQLITE, prefixes, folder) as maycall:

        async def tell(count: int) -> None:
            _, post = maycall.answers(count)
            await _post(maycall.servers[-1].url + WEBHOOK_PATH, post)

        yield _contestant(maycall.servers[0], maycall.tokens, tell)


async def _post(url: str, post: Post) -> None:
    """Post over a connection of its own: one that was kept might be closed by the server just then."""
    async with Client(url) as client:
        assert await client.post(post) == OK


def _contestant(server: ServerProcess, tokens: Sequence[str], tell: Tell) -> Contestant:
    return Contestant(f"{server.url}/graphql", tokens, psutil.Process(server.process.pid), tell)
