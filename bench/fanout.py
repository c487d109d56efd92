"""One change to many listeners: Maycall beside Strawberry as it comes, Mercurius and GraphQL Yoga."""

import asyncio
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.progress import Progress

from . import contest
from .contest import Contestant, Running
from .crowd import Crowd
from .report import Findings, Write, present
from .servers import spent

A_FEW = 10  # listeners that get a server going before its memory is looked at
SECONDS_TO_WARM_UP = 1.0
SECONDS = 2.0
SIZES = {100: 1, 1_000: 3, 5_000: 1}  # listeners, and in how many rounds

PACKAGES = ("strawberry-graphql", "uvicorn", "uvloop", "websockets")

Beside = Annotated[Path | None, typer.Option(help="Another checkout of Maycall, measured in the same run.")]
Only = Annotated[list[str] | None, typer.Option(help="Only these servers.")]


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit to one server found."""

    delivered: float  # messages a CPU-second
    last: float  # seconds until the last listener had it, the median of the visit
    memory: float  # bytes a connection
    size: float  # bytes a message


def fanout(
    *,
    beside: Beside = None,
    only: Only = None,
    listeners: Annotated[list[int] | None, typer.Option(help="Only so many of them, in one round.")] = None,
    write: Write = False,
) -> None:
    """Tell 100, 1,000 and 5,000 listeners of one change after the other, servers in turn."""
    sizes = dict.fromkeys(listeners, 1) if listeners else SIZES
    contest.install_peers()
    with contest.own_core() as core, Progress(transient=True) as progress:
        servers = contest.servers(core, only, beside)
        visits = {size: take_turns(servers, size, 1, rounds, progress) for size, rounds in sizes.items()}
    found = [told(f"One change to {size:,} listeners", own) for size, own in visits.items()]
    present("fanout", found, packages=PACKAGES, write=write)


def take_turns(
    servers: Mapping[str, Running], size: int, at_once: int, rounds: int, progress: Progress
) -> Mapping[str, Sequence[Visit]]:
    """Visit one server after the other, several times."""
    visits: dict[str, list[Visit]] = {name: [] for name in servers}
    task = progress.add_task("", total=rounds * len(servers))
    for _ in range(rounds):
        for name, server in servers.items():
            progress.update(task, description=f"{at_once} to {size:,}: {name}")
            visits[name].append(uvloop.run(visit(server, size, at_once)))
            progress.advance(task)
    return visits


async def visit(running: Running, size: int, at_once: int) -> Visit:
    """Start the server, let so many listen, and tell them of changes, so many at once."""
    async with running() as server, Crowd(server.url, server.tokens) as crowd:
        await crowd.grow_to(A_FEW)
        await crowd.listen(partial(server.tell, 1))
        empty = server.memory()
        await crowd.grow_to(size)
        memory = (server.memory() - empty) / (size - A_FEW)
        await crowd.listen(partial(server.tell, 1))
        await _keep_telling(server, crowd, at_once, SECONDS_TO_WARM_UP)
        crowd.forget()
        before = spent([server.process])
        lasted = await _keep_telling(server, crowd, at_once, SECONDS)
        cost = spent([server.process]) - before
        crowd.check()
        return Visit(
            delivered=size * len(crowd.messages) / cost,
            last=statistics.median(lasted),
            memory=memory,
            size=crowd.octets / size / len(crowd.messages),
        )


async def _keep_telling(server: Contestant, crowd: Crowd, at_once: int, seconds: float) -> Sequence[float]:
    """Tell changes for so long, the next when everybody has the ones before; give how long each took, in seconds."""
    begin, lasted = time.perf_counter(), []
    while time.perf_counter() - begin < seconds:
        told = time.perf_counter()
        last, _ = await asyncio.gather(crowd.until_heard(len(crowd.heard_at) + at_once), server.tell(at_once))
        lasted.append(last - told)
    return lasted


def told(title: str, visits: Mapping[str, Sequence[Visit]]) -> Findings:
    """Show the medians of the rounds. Ratios are taken inside each round."""

    def middle(name: str, figure: Callable[[Visit], float]) -> float:
        return statistics.median(figure(each) for each in visits[name])

    def times(yardstick: str, name: str) -> str:
        pairs = zip(visits[name], visits.get(yardstick, ()), strict=False)
        ratios = [each.delivered / other.delivered for each, other in pairs]
        return f"{statistics.median(ratios):.2f}" if ratios else ""

    def row(name: str) -> list[str]:
        return [
            name,
            f"{middle(name, lambda each: each.delivered):,.0f}",
            times("Strawberry", name),
            times("Mercurius", name),
            f"{middle(name, lambda each: each.last) * 1000:,.1f}",
            f"{middle(name, lambda each: each.memory) / 1024:.1f}",
            f"{middle(name, lambda each: each.size):.0f}",
        ]

    columns = (
        "server",
        "messages a CPU-second",
        "times Strawberry",
        "times Mercurius",
        "last has it, ms",
        "KiB a connection",
        "bytes each",
    )
    return Findings(title, columns, [row(name) for name in visits])
