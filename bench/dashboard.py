"""The dashboard in a real Chromium: its first load, ten thousand customers scrolled, and a hundred changes a second."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from playwright.async_api import Browser, CDPSession, Page, Response, expect
from rich.progress import Progress

from server.app import WEBHOOK_PATH
from server.pages import BUILT
from tests.ground.browser import NO_CHROMIUM, chromium, open_browser
from tests.ground.processes import ROOT, running_server

from .business import Asked, found, give_tokens
from .databases import Kind, database
from .deliveries import environment, signed, yes
from .open_loop import Client, Post, post_steadily, within
from .report import Findings, Write, present

CUSTOMERS = 10_000
A_SECOND = 100  # changes
IN_VIEW = 12  # of those who answer: the first rows of the oldest customers
STROLL, STROLLS = 300, 200  # pixels a turn: five rows, a hundred a second, which is too fast to read any; and how many
WHEEL = 3_000  # pixels a turn: fifty rows, a thousand a second, as fast as a hand flings it
SECONDS_BETWEEN_TURNS = 0.05
SECONDS_BETWEEN_KEYS = 0.4
SECONDS_TO_SETTLE = 2
PATIENCE = 120_000  # ms
MIB = 1 << 20

# Where the changes are seen: those who answer first stand first.
FLOODED = ("/customers?sort=oldest", "/call-now")

# What the page itself sees of its own smoothness, since it was last asked.
WATCH = """
(() => {
  const nothing = () => ({ frames: [], tasks: [], events: [], asked: [] });
  let seen = nothing();
  let before;
  const frame = (now) => {
    if (before !== undefined) seen.frames.push(now - before);
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  performance.setResourceTimingBufferSize(100000);
  const observe = (what, into, wanted) =>
    new PerformanceObserver((list) => into().push(...list.getEntries().filter(wanted).map((each) => each.duration)))
      .observe({ durationThreshold: 16, ...what });
  observe({ type: "longtask" }, () => seen.tasks, () => true);
  observe({ type: "event" }, () => seen.events, ({ name }) => name === "keydown");
  observe({ type: "resource" }, () => seen.asked, ({ name }) => name.endsWith("/graphql"));
  window.seenSince = () => {
    const told = seen;
    seen = nothing();
    return told;
  };
})()
"""


@dataclass(frozen=True, slots=True)
class Smoothness:
    """What a page saw of itself for a while: times in ms, shortest first."""

    frames: Sequence[float]
    long_tasks: Sequence[float]  # over 50 ms
    keys: Sequence[float]  # from the key until it is painted
    asked: Sequence[float]  # questions to the server

    def words(self) -> Sequence[str]:
        return (
            *(f"{within(self.frames, share):,.0f}" for share in (0.5, 0.95, 0.99, 1)),
            f"{len(self.long_tasks)}",
            f"{sum(self.long_tasks):,.0f}",
        )


@dataclass(frozen=True, slots=True)
class Load:
    files: int
    script_bytes: int  # as they came over the wire
    to_rows: float  # seconds from going there until the first row can be seen


@dataclass(frozen=True, slots=True)
class Flood:
    smoothness: Smoothness
    grown: float  # MiB of the heap, after collecting
    elements: int  # more than before
    behind: float  # seconds from the last change's record until the rows are right


@dataclass(frozen=True, slots=True)
class Measured:
    name: str
    cold: Load
    warm: Load
    stroll: Smoothness
    down: Smoothness
    back: Smoothness
    floods: Mapping[str, Flood]


def dashboard(
    *,
    against: Annotated[
        Path | None, typer.Option(help="Another checkout, built, to be measured beside this one.")
    ] = None,
    customers: Annotated[int, typer.Option(help="How many customers.")] = CUSTOMERS,
    seconds: Annotated[int, typer.Option(help="How long the changes come on each page.")] = 20,
    write: Write = False,
) -> None:
    """Work with the dashboard of a business with many customers, in a real Chromium, while much happens."""
    folders = {"now": ROOT} | ({"before": against.resolve()} if against else {})
    measured = asyncio.run(_measure(folders, customers, seconds))
    present("dashboard", _told(measured, customers, seconds), packages=("uvicorn", "playwright"), write=write)


async def _measure(folders: Mapping[str, Path], customers: int, seconds: int) -> Sequence[Measured]:
    program = chromium()
    if program is None:
        raise SystemExit(NO_CHROMIUM)
    measured = []
    with Progress(transient=True) as progress:
        task = progress.add_task("The dashboard", total=len(folders))
        for name, folder in folders.items():
            if not (folder / BUILT.relative_to(ROOT) / "index.html").exists():
                raise SystemExit(f"The dashboard in {folder} is not built: make dashboard does it where Node is.")
            async with open_browser(program) as browser, _business(folder, customers) as business:
                measured.append(await business.measure(name, browser, seconds))
            progress.advance(task)
    return measured


@asynccontextmanager
async def _business(folder: Path, customers: int) -> AsyncIterator["_Business"]:
    async with AsyncExitStack() as stack:
        # In a thread: a migration has an event loop of its own.
        url = await asyncio.to_thread(stack.enter_context, database(Kind.SQLITE))
        asked = await found(url, customers)
        [token] = await give_tokens(url, 1)
        server = await stack.enter_async_context(running_server(environment(url), folder=folder))
        door = await stack.enter_async_context(Client(server.url + WEBHOOK_PATH))
        yield _Business(server.url, token, asked, iter(asked), door, set())


@dataclass(frozen=True, slots=True)
class _Business:
    url: str
    token: str
    asked: Sequence[Asked]
    waiting: Iterator[Asked]  # who has not answered yet
    door: Client
    answered: set[str]  # by their phones

    async def measure(self, name: str, browser: Browser, seconds: int) -> Measured:
        async with await browser.new_context(viewport={"width": 1440, "height": 900}) as window:
            await window.add_init_script(WATCH)
            await window.new_page()  # so that the first load starts no process
            cold = await self._load(await window.new_page(), f"#token={self.token}")
            page = await window.new_page()
            warm = await self._load(page)
            stroll = await self._stroll(page)
            down, back = await self._scroll(page)
            await page.close()
            floods = {path: await self._flood(await window.new_page(), path, seconds) for path in FLOODED}
        return Measured(name, cold, warm, stroll, down, back, floods)

    async def _load(self, page: Page, fragment: str = "") -> Load:
        scripts: list[Response] = []
        page.on("response", lambda each: scripts.append(each) if urlsplit(each.url).path.endswith(".js") else None)
        begin = time.perf_counter()
        await page.goto(f"{self.url}/customers{fragment}", wait_until="commit")
        await expect(page.get_by_role("grid").get_by_role("link").first).to_be_visible(timeout=PATIENCE)
        to_rows = time.perf_counter() - begin
        sizes = [(await each.request.sizes())["responseBodySize"] for each in scripts]
        return Load(len(scripts), sum(max(0, size) for size in sizes), to_rows)  # below nothing: it was kept

    async def _stroll(self, page: Page) -> Smoothness:
        await page.mouse.move(720, 600)
        await _since(page)
        for _ in range(STROLLS):
            await page.mouse.wheel(0, STROLL)
            await asyncio.sleep(SECONDS_BETWEEN_TURNS)
        return await _since(page)

    async def _scroll(self, page: Page) -> tuple[Smoothness, Smoothness]:
        grid = page.get_by_role("grid")
        await page.mouse.move(720, 600)
        await _since(page)
        while int(await grid.get_attribute("aria-rowcount") or 0) <= len(self.asked) or not await _at_end(page):
            await page.mouse.wheel(0, WHEEL)
            await asyncio.sleep(SECONDS_BETWEEN_TURNS)
        await expect(grid.locator(f'[aria-rowindex="{len(self.asked) + 1}"]')).to_be_visible(timeout=PATIENCE)
        down = await _since(page)
        while await page.evaluate("scrollY > 0"):
            await page.mouse.wheel(0, -WHEEL)
            await asyncio.sleep(SECONDS_BETWEEN_TURNS)
        await expect(grid.locator('[aria-rowindex="2"]')).to_be_visible(timeout=PATIENCE)
        return down, await _since(page)

    async def _flood(self, page: Page, path: str, seconds: int) -> Flood:
        await page.goto(f"{self.url}{path}")
        await expect(page.get_by_role("banner").get_by_role("status")).to_have_text("Live", timeout=PATIENCE)
        await asyncio.sleep(SECONDS_TO_SETTLE)
        inside = await page.context.new_cdp_session(page)
        before, elements = await _held(inside)
        await _since(page)
        posting = asyncio.create_task(post_steadily(self.door, self._posts(A_SECOND * seconds), A_SECOND))
        await _press_keys(page, posting)
        recorded = time.perf_counter()
        smoothness = await _since(page)
        assert not (await posting).refused, "the server took not every change"
        await self._is_right(page)
        behind = time.perf_counter() - recorded
        await asyncio.sleep(SECONDS_TO_SETTLE)
        after, more = await _held(inside)
        await page.close()
        return Flood(smoothness, (after - before) / MIB, more - elements, behind)

    async def _is_right(self, page: Page) -> None:
        """Wait until a page shows all that was answered: whose row is in view, or how many may be called."""
        if "/customers" in page.url:
            await expect(page.locator('[data-status="REQUESTED"]')).to_have_count(0, timeout=PATIENCE)
            await expect(page.locator('[data-status="TEMPORARY"]').first).to_be_visible(timeout=PATIENCE)
        else:
            said = page.get_by_role("main").get_by_text(re.compile("may be called at this moment"))
            await expect(said).to_have_text(re.compile(rf"^{len(self.answered)} customers"), timeout=PATIENCE)

    def _posts(self, count: int) -> Sequence[Post]:
        """Let the next customers allow calls, and each fifth time one of the first of all, who stand on the page."""
        now = datetime.now(UTC)
        again = cycle(self.asked[:IN_VIEW])
        answering = [next(again) if turn % 5 == 0 else next(self.waiting) for turn in range(count)]
        self.answered.update(customer.phone for customer in answering)
        return [signed(yes(customer, now + timedelta(milliseconds=turn))) for turn, customer in enumerate(answering)]


async def _press_keys(page: Page, until: asyncio.Task[Any]) -> None:
    """Write into the search, or step through what is listed, until the task is done."""
    search = page.get_by_role("searchbox")
    writes = await search.count() > 0
    if writes:
        await search.focus()
    for key in cycle("A customer" if writes else "jjjjkk"):
        if until.done():
            return
        if key == "A" and writes:
            await search.fill("")
        await page.keyboard.press(key)
        await asyncio.sleep(SECONDS_BETWEEN_KEYS)


async def _since(page: Page) -> Smoothness:
    """Ask a page how smooth it was since it was last asked."""
    seen: dict[str, list[float]] = await page.evaluate("seenSince()")
    return Smoothness(*(sorted(seen[name]) for name in ("frames", "tasks", "events", "asked")))


async def _at_end(page: Page) -> bool:
    found: bool = await page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2")
    return found


async def _held(inside: CDPSession) -> tuple[float, int]:
    """Give the bytes that the page's scripts hold once they have tidied up, and how many elements there are."""
    await inside.send("HeapProfiler.collectGarbage")
    heap = await inside.send("Runtime.getHeapUsage")
    counted = await inside.send("Memory.getDOMCounters")
    return heap["usedSize"], counted["nodes"]


def _told(measured: Sequence[Measured], customers: int, seconds: int) -> Sequence[Findings]:
    def lasted(of: Sequence[float]) -> Sequence[str]:
        return [f"{within(of, share):,.0f}" if of else "none" for share in (0.5, 0.99)]

    frames = ("p50 ms", "p95 ms", "p99 ms", "longest ms", "long tasks", "of them ms")
    return [
        Findings(
            "The first load of Customers, and the next one",
            ("which", "scripts", "kB of script", "s to the first rows", "next: kB", "next: s"),
            [
                (
                    each.name,
                    f"{each.cold.files}",
                    f"{each.cold.script_bytes / 1000:,.0f}",
                    f"{each.cold.to_rows:.2f}",
                    f"{each.warm.script_bytes / 1000:,.0f}",
                    f"{each.warm.to_rows:.2f}",
                )
                for each in measured
            ],
        ),
        Findings(
            f"{customers:,} customers scrolled: time between frames",
            ("which", *frames, "a page: p50 ms", "p99 ms"),
            [
                (f"{each.name}, {way}", *smooth.words(), *lasted(smooth.asked))
                for each in measured
                for way, smooth in (
                    ("a hundred rows a second", each.stroll),
                    ("flung down", each.down),
                    ("flung back", each.back),
                )
            ],
        ),
        Findings(
            f"{A_SECOND} changes a second for {seconds} s: time between frames, and from a key to its paint",
            ("which", *frames, "key: p50 ms", "p99 ms", "questions", "heap, MiB more", "nodes more", "s behind"),
            [
                (
                    f"{each.name}, {urlsplit(path).path}",
                    *flood.smoothness.words(),
                    *lasted(flood.smoothness.keys),
                    f"{len(flood.smoothness.asked)}",
                    f"{flood.grown:.1f}",
                    f"{flood.elements}",
                    f"{flood.behind:.2f}",
                )
                for each in measured
                for path, flood in each.floods.items()
            ],
        ),
    ]
