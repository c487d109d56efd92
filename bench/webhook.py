"""WhatsApp's door: how fast a delivery is recorded, and how many a second."""

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer
from rich.progress import Progress
from sqlmodel import select

from models.columns import new_id
from models.database import Database
from models.webhook_delivery import WebhookDelivery
from server.app import WEBHOOK_PATH
from tests.actions import meta
from tests.ground.processes import ROOT, running_server

from .business import Asked, found
from .databases import Kind, database
from .deliveries import environment, signed, yes
from .open_loop import Answers, Client, Post, post_steadily
from .report import Findings, Write, present
from .servers import children, spent

CUSTOMERS = 20_000
CUSTOMERS_AT_ONCE = 200
SENT_TWICE = 0.02  # of Meta's deliveries
BATCH = 1_000  # items, the most that Meta puts into one delivery
LARGE = 3 * 1024 * 1024  # bytes, the most that Meta sends at once
LARGE_ONES = 5  # large deliveries of each kind, one after the other; the one in the middle counts
AT_ONCE = 64  # deliveries, when it goes as fast as it can

Change = meta.Change


def webhook(
    *,
    rate: Annotated[float, typer.Option(help="Deliveries a second.")] = 300,
    seconds: Annotated[float, typer.Option(help="For how long.")] = 20,
    databases: Annotated[list[Kind] | None, typer.Option("--on", help="On which database; on each.")] = None,
    beside: Annotated[Path | None, typer.Option(help="Another checkout of Maycall, measured in the same run.")] = None,
    write: Write = False,
) -> None:
    """Deliver what Meta delivers to a server: one thing at a time steadily, a thousand in one delivery, and 3 MB."""
    checkouts = [ROOT] if beside is None else [beside.resolve(), ROOT]
    with Progress(transient=True) as progress:
        measured = [
            _on(kind, checkout, rate, seconds, progress) for kind in databases or Kind for checkout in checkouts
        ]
    present("webhook", _told(measured, rate), packages=("sqlalchemy", "asyncpg", "uvicorn"), write=write)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU time in seconds."""

    server: float
    database: float


@dataclass(frozen=True, slots=True)
class Run:
    deliveries: int
    answers: Answers
    cost: Cost


@dataclass(frozen=True, slots=True)
class Measured:
    kind: Kind
    checkout: Path
    steady: Run
    flat_out: Run
    batch: float  # seconds
    large: float  # seconds


def _on(kind: Kind, checkout: Path, rate: float, seconds: float, progress: Progress) -> Measured:
    with database(kind) as url:
        task = progress.add_task(f"{kind.value}, {checkout.name}", total=5)
        return asyncio.run(_measure(kind, url, checkout, rate, seconds, lambda: progress.advance(task)))


async def _measure(kind: Kind, url: str, checkout: Path, rate: float, seconds: float, step: Any) -> Measured:
    customers = await found(url, CUSTOMERS)
    step()
    apart = random.Random(1)  # noqa: S311 the same in every run
    asked = iter(customers)
    async with running_server(environment(url), folder=checkout) as server, Client(server.url + WEBHOOK_PATH) as client:
        process = psutil.Process(server.process.pid)

        async def post(posts: Sequence[Post], per_second: float, at_once: int | None = None) -> Run:
            before = _spent(process)
            answers = await post_steadily(client, posts, per_second, at_once)
            after = _spent(process)
            step()
            assert not answers.refused, answers.refused
            return Run(len(posts), answers, Cost(after.server - before.server, after.database - before.database))

        await post(_single(asked, 200, apart), rate)  # to warm it up
        steady = await post(_single(asked, int(rate * seconds), apart), rate)
        flat_out = await post(_single(asked, int(rate * seconds), apart), float("inf"), AT_ONCE)
        batch = await post([_batch(asked) for _ in range(LARGE_ONES)], float("inf"), 1)
        large = await post([_large(asked) for _ in range(LARGE_ONES)], float("inf"), 1)
        await _check_all_is_recorded(url)
    return Measured(kind, checkout, steady, flat_out, batch.answers.within(0.5), large.answers.within(0.5))


def _spent(server: psutil.Process) -> Cost:
    """Tell what the server and PostgreSQL's processes have used so far."""
    return Cost(spent([server]), spent(children("postgres")))


async def _check_all_is_recorded(url: str) -> None:
    reading = Database(url)
    try:
        async with reading.reading() as session:
            kept = await session.exec(select(WebhookDelivery.processed_at, WebhookDelivery.skipped))
            assert all(processed_at is not None and skipped == [] for processed_at, skipped in kept)
    finally:
        await reading.close()


# --- What Meta delivers ---


def _single(asked: Iterator[Asked], count: int, apart: random.Random) -> list[Post]:
    """Write deliveries of one item each: many customers at once, what happens to each in its order."""
    going_on = [_story(next(asked)) for _ in range(CUSTOMERS_AT_ONCE)]
    posts: list[Post] = []
    while len(posts) < count:
        if posts and apart.random() < SENT_TWICE:
            posts.append(apart.choice(posts[-100:]))
            continue
        place = apart.randrange(len(going_on))
        change = next(going_on[place], None)
        if change is None:
            going_on[place] = _story(next(asked))
        else:
            posts.append(signed(change))
    return posts


def _story(customer: Asked) -> Iterator[Change]:
    """A customer receives the request, reads it, says yes and is called."""
    now, second, phone = datetime.now(UTC), timedelta(seconds=1), customer.phone
    call = f"wacid.HBgMOTE5ODEyMzAwNDU3FQIAERgg{new_id().hex}"
    for place, status in enumerate(("sent", "delivered", "read")):
        yield meta.message_moved(customer.message_id, status, now + place * second, phone=phone)
    yield yes(customer, now + 3 * second)
    yield meta.connected(call, now + 5 * second, phone=phone)
    yield meta.call_moved(call, "RINGING", now + 6 * second, phone=phone)
    yield meta.call_moved(call, "ACCEPTED", now + 8 * second, phone=phone)
    yield meta.terminated(call, now + 60 * second, answered_at=now + 8 * second, phone=phone)


def _batch(asked: Iterator[Asked]) -> Post:
    """Write one delivery of a thousand items: all that happens to 125 customers."""
    return signed(*(change for _ in range(BATCH // 8) for change in _story(next(asked))))


def _large(asked: Iterator[Asked]) -> Post:
    """Write one delivery of 3 MB: a thousand calls being answered, each with as long an answer as fits."""
    changes = [next(change for change in _story(next(asked)) if "calls" in change["value"]) for _ in range(BATCH)]
    filling = "a=extmap\r\n" * ((LARGE - len(meta.delivery(*changes))) // BATCH // 12)
    for change in changes:
        change["value"]["calls"][0]["session"]["sdp"] += filling
    return signed(*changes)


# --- What was found ---


def _told(measured: Sequence[Measured], rate: float) -> list[Findings]:
    several = len({each.checkout for each in measured}) > 1

    def where(each: Measured) -> str:
        return f"{each.kind}, {'now' if each.checkout == ROOT else 'before'}" if several else each.kind

    def table(title: str, run_of: Callable[[Measured], Run]) -> Findings:
        columns = ("p50 ms", "p99 ms", "longest ms", "recorded a second", "CPU ms each: server", "PostgreSQL")
        rows = [(where(each), *_row(run_of(each))) for each in measured]
        return Findings(title, ("database", *columns), rows)

    return [
        table(f"{rate:g} deliveries a second of one item each, in an open loop", lambda each: each.steady),
        table(f"As many as it takes, {AT_ONCE} at once", lambda each: each.flat_out),
        Findings(
            f"A large delivery, the median of {LARGE_ONES}",
            ("database", "1,000 items ms", "1,000 items in 3 MB ms"),
            [(where(each), _milliseconds(each.batch), _milliseconds(each.large)) for each in measured],
        ),
    ]


def _row(run: Run) -> list[str]:
    return [
        *(_milliseconds(run.answers.within(share)) for share in (0.5, 0.99, 1)),
        f"{run.deliveries / run.answers.seconds:.0f}",
        *(f"{spent / run.deliveries * 1000:.2f}" for spent in (run.cost.server, run.cost.database)),
    ]


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}"
