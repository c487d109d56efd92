"""Two servers against one: answers in, messages out, and what the fleet costs."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from math import inf
from typing import Annotated

import typer
import uvloop
from rich.progress import Progress, TaskID

from server.app import WEBHOOK_PATH

from .crowd import Crowd
from .databases import Kind
from .open_loop import Client, post_steadily
from .report import Findings, Write, present
from .servers import Fleet, crowds_of
from .servers import fleet as running_fleet

DASHBOARDS = 1_000
ANSWERS = 1_500
AT_ONCE = 32
WARMING_UP = 100  # answers


@dataclass(frozen=True, slots=True)
class Throughput:
    """What a number of servers got done, and what it took: CPU time in seconds."""

    servers: int
    dashboards: int
    answers: int
    seconds: float  # until the last dashboard showed the last answer
    cost: Mapping[str, float]
    memory: int  # bytes of all servers


def fleet(
    *,
    dashboards: Annotated[int, typer.Option(help="How many listen, on all servers together.")] = DASHBOARDS,
    answers: Annotated[int, typer.Option(help="How many customers answer.")] = ANSWERS,
    write: Write = False,
) -> None:
    """Post answers as fast as they are taken, to one server and to two: with nobody listening, and with many."""
    with Progress(transient=True) as progress:
        task = progress.add_task("One server, then two", total=4)
        measured = [
            uvloop.run(_with(servers, listening, answers, progress, task))
            for listening in (0, dashboards)
            for servers in (1, 2)
        ]
    present("fleet", [_told(measured)], packages=("asyncpg", "redis", "uvicorn"), write=write)


async def _with(servers: int, dashboards: int, answers: int, progress: Progress, task: TaskID) -> Throughput:
    async with running_fleet(Kind.POSTGRESQL, [[]] * servers) as maycall, AsyncExitStack() as stack:
        doors = [await stack.enter_async_context(Client(each.url + WEBHOOK_PATH)) for each in maycall.servers]
        crowds = await stack.enter_async_context(crowds_of(maycall, dashboards)) if dashboards else []
        await _post(doors, maycall, WARMING_UP)
        await asyncio.gather(*(crowd.until_heard(WARMING_UP) for crowd in crowds))
        for crowd in crowds:
            crowd.forget()
        measured = await _measure(maycall, doors, crowds, answers)
    progress.advance(task)
    return measured


async def _measure(maycall: Fleet, doors: Sequence[Client], crowds: Sequence[Crowd], answers: int) -> Throughput:
    before = maycall.spent()
    begin = time.perf_counter()
    await _post(doors, maycall, answers)
    await asyncio.gather(*(crowd.until_heard(answers) for crowd in crowds))
    seconds = time.perf_counter() - begin
    for crowd in crowds:
        crowd.check()
    return Throughput(
        servers=len(doors),
        dashboards=sum(map(len, crowds)),
        answers=answers,
        seconds=seconds,
        cost={name: after - before[name] for name, after in maycall.spent().items()},
        memory=sum(process.memory_info().rss for process in maycall.processes()),
    )


async def _post(doors: Sequence[Client], maycall: Fleet, answers: int) -> None:
    posts = [maycall.answers(1)[1] for _ in range(answers)]
    shares = (
        post_steadily(door, posts[place :: len(doors)], inf, AT_ONCE // len(doors)) for place, door in enumerate(doors)
    )
    for share in await asyncio.gather(*shares):
        assert not share.refused, share.refused


def _told(measured: Sequence[Throughput]) -> Findings:
    def row(each: Throughput) -> list[str]:
        messages = each.answers * each.dashboards
        return [
            f"{each.dashboards:,}",
            f"{each.servers}",
            f"{each.answers / each.seconds:,.0f}",
            f"{messages / each.seconds:,.0f}",
            *(f"{cost / each.answers * 1000:.2f}" for cost in each.cost.values()),
            f"{each.memory / 1024**2:.0f}",
        ]

    columns = (
        "dashboards",
        "servers",
        "answers a second",
        "messages a second",
        "CPU ms an answer: servers",
        "PostgreSQL",
        "Redis",
        "dashboards",
        "servers' memory MiB",
    )
    title = f"As many answers as are taken, {AT_ONCE} at once"
    return Findings(title, columns, [row(each) for each in measured])
