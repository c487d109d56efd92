"""From WhatsApp's webhook to the last of a thousand dashboards: two servers, PostgreSQL and Redis between them."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Annotated

import orjson
import typer
import uvloop
from rich.progress import Progress

from server.app import WEBHOOK_PATH

from .crowd import Crowd
from .databases import Kind
from .open_loop import Answers, Client, Post, post_steadily, within
from .report import Findings, Write, present
from .servers import Fleet, crowds_of, fleet

SERVERS = 2
DASHBOARDS = 1_000
RATES = {10: 15, 50: 10, 100: 10}  # answers a second, and for how many seconds


@dataclass(frozen=True, slots=True)
class Journey:
    """What became of the answers at one rate: times in seconds, shortest first."""

    rate: int
    recorded: Sequence[float]  # until WhatsApp was told so
    seen: Sequence[float]  # until the last dashboard showed it
    cost: Mapping[str, float]  # CPU seconds a second, by who used them


def journey(
    *,
    dashboards: Annotated[int, typer.Option(help="How many listen, half on each server.")] = DASHBOARDS,
    rates: Annotated[list[int] | None, typer.Option("--rate", help="Only so many answers a second.")] = None,
    write: Write = False,
) -> None:
    """Post customers' answers to two servers, and see when the last dashboard on either shows each."""
    wanted = {rate: RATES.get(rate, 10) for rate in rates} if rates else RATES
    with Progress(transient=True) as progress:
        journeys = uvloop.run(_travel(dashboards, wanted, progress))
    present("journey", [_told(dashboards, journeys)], packages=("asyncpg", "redis", "uvicorn"), write=write)


async def _travel(dashboards: int, rates: Mapping[int, int], progress: Progress) -> Sequence[Journey]:
    task = progress.add_task("Two servers, PostgreSQL and Redis", total=len(rates))
    async with fleet(Kind.POSTGRESQL, [[]] * SERVERS) as maycall, AsyncExitStack() as stack:
        doors = [await stack.enter_async_context(Client(each.url + WEBHOOK_PATH)) for each in maycall.servers]
        crowds = await stack.enter_async_context(crowds_of(maycall, dashboards))
        await _at(10, 2, maycall, doors, crowds)  # to warm it up
        journeys = []
        for rate, seconds in rates.items():
            journeys.append(await _at(rate, seconds, maycall, doors, crowds))
            progress.advance(task)
    return journeys


async def _at(rate: int, seconds: int, maycall: Fleet, doors: Sequence[Client], crowds: Sequence[Crowd]) -> Journey:
    for crowd in crowds:
        crowd.forget()
    answers = [maycall.answers(1) for _ in range(rate * seconds)]
    before = maycall.spent()
    begin = time.perf_counter()
    recorded = await _post(doors, [post for _, post in answers], rate)
    await asyncio.gather(*(crowd.until_heard(len(answers)) for crowd in crowds))
    lasted = time.perf_counter() - begin
    cost = {name: (after - before[name]) / lasted for name, after in maycall.spent().items()}
    due = {phones[0]: begin + place / rate for place, (phones, _) in enumerate(answers)}
    return Journey(rate, recorded, sorted(_seen(due, crowds)), cost)


async def _post(doors: Sequence[Client], posts: Sequence[Post], rate: int) -> Sequence[float]:
    """Post in an open loop, through the doors in turn; give how long each answer took."""

    async def through(place: int) -> Answers:
        await asyncio.sleep(place / rate)
        return await post_steadily(doors[place], posts[place :: len(doors)], rate / len(doors))

    answers = await asyncio.gather(*(through(place) for place in range(len(doors))))
    for each in answers:
        assert not each.refused, each.refused
    return sorted(latency for each in answers for latency in each.latencies)


def _seen(due: Mapping[str, float], crowds: Sequence[Crowd]) -> Iterator[float]:
    """Tell of each answer how long after it was due the last dashboard of the last crowd had it."""
    last: dict[str, float] = {}
    for crowd in crowds:
        crowd.check()
        for message, heard_at in zip(crowd.messages, crowd.heard_at, strict=True):
            phone = orjson.loads(message)["payload"]["data"]["callPermissionChanged"]["callPermission"]["customer"][
                "phone"
            ]
            last[phone] = max(heard_at, last.get(phone, 0.0))
    assert last.keys() == due.keys(), "an answer was not shown"
    return (last[phone] - due[phone] for phone in due)


def _told(dashboards: int, journeys: Sequence[Journey]) -> Findings:
    def row(each: Journey) -> list[str]:
        figures = [within(times, share) * 1000 for times in (each.recorded, each.seen) for share in (0.5, 0.99)]
        milliseconds = [f"{figure:,.0f}" for figure in figures]
        return [f"{each.rate}", *milliseconds, *(f"{cost:.2f}" for cost in each.cost.values())]

    columns = (
        "answers a second",
        "recorded: p50 ms",
        "p99 ms",
        "seen by the last: p50 ms",
        "p99 ms",
        "cores: servers",
        "PostgreSQL",
        "Redis",
        "dashboards",
    )
    title = f"From the webhook to the last of {dashboards:,} dashboards"
    return Findings(title, columns, [row(each) for each in journeys])
