"""Posts updates to the webhook until it says 200: signed, in order per phone, again after every failure."""

import asyncio
import hashlib
import heapq
import hmac
import json
import random
import ssl
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from .chaos import Chaos
from .store import Delivery, Store

FIRST_RETRY_SECONDS = 1.0
LAST_RETRY_SECONDS = 60.0
GIVE_UP_SECONDS = 604_800
ANSWER_WITHIN_SECONDS = 20.0
"""Meta waits about this long for the 200 (calling FAQ)."""
AT_ONCE = 16
"""POSTs in flight together; updates of one phone still follow each other."""
_GATHER_SECONDS = 0.05
_PHONE_FIELDS = ("messages", "calls")
"""Where each item has its own timestamp. Entries about anything else say when they were sent."""


@cache
def trusted() -> ssl.SSLContext:
    """Give the certificates that are trusted. Reading them takes longer than starting all the rest."""
    return httpx.create_ssl_context(trust_env=False)


def signature(secret: str, body: bytes) -> str:
    """Sign the raw bytes for X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def envelope(deliveries: Sequence[Delivery], now: float) -> bytes:
    """Write one POST's body. Like Meta's it escapes what is not ASCII, and slashes: only raw bytes verify."""
    entries: list[dict[str, Any]] = []
    for delivery in deliveries:
        update = delivery.update
        if not entries or entries[-1]["id"] != update.waba_id:
            entries.append({"id": update.waba_id, "changes": []})
        if update.field not in _PHONE_FIELDS:
            entries[-1]["time"] = int(now)
        entries[-1]["changes"].append({"value": update.value, "field": update.field})
    whole = {"object": "whatsapp_business_account", "entry": entries}
    return json.dumps(whole, separators=(",", ":")).replace("/", "\\/").encode()


def retry_after(attempts: int) -> float:
    """Tell how long to wait after so many failures."""
    return min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(attempts - 1, 16))


@dataclass(frozen=True, slots=True)
class _Load:
    """What one POST carries: so many deliveries from the front of each lane."""

    lanes: tuple[tuple[str, tuple[Delivery, ...]], ...]

    @property
    def deliveries(self) -> list[Delivery]:
        return [delivery for _, taken in self.lanes for delivery in taken]


class Outbox:
    """What is on its way to one webhook. `accept` deliveries once they are committed; `run` sends them."""

    def __init__(
        self, store: Store, urls: Sequence[str], secret: str, chaos: Callable[[], Chaos], clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._doors = deque(urls)
        self._secret = secret
        self._chaos = chaos
        self._clock = clock
        self._lanes: dict[str, deque[Delivery]] = {}
        self._ready: list[tuple[float, int, str]] = []
        self._news = asyncio.Event()
        self.trouble: str | None = None

    @property
    def waiting(self) -> int:
        """How many updates have not arrived."""
        return sum(len(lane) for lane in self._lanes.values())

    @property
    def due(self) -> int:
        """In how many lines something should be there by now, or is just being delivered."""
        now = self._clock()
        return sum(lane[0].due_at <= now for lane in self._lanes.values())

    def accept(self, deliveries: Iterable[Delivery]) -> None:
        """Take over deliveries that are already in the store."""
        ordered = self._chaos().keeps_order
        for delivery in deliveries:
            name = delivery.update.lane if ordered else f"{delivery.update.lane}#{delivery.number}"
            lane = self._lanes.setdefault(name, deque())
            lane.append(delivery)
            if len(lane) == 1:
                self._queue(name)
        self._news.set()

    async def run(self) -> None:
        """Send for as long as it is not cancelled. What is cut off is sent again after the next start."""
        slots = asyncio.Semaphore(AT_ONCE)
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with (
            httpx.AsyncClient(
                timeout=ANSWER_WITHIN_SECONDS, limits=limits, verify=trusted(), trust_env=False
            ) as client,
            asyncio.TaskGroup() as group,
        ):
            while True:
                await slots.acquire()
                load = await self._next()
                group.create_task(self._send(client, load)).add_done_callback(lambda _: slots.release())

    def _queue(self, lane: str) -> None:
        head = self._lanes[lane][0]
        heapq.heappush(self._ready, (head.due_at, head.number, lane))
        self._news.set()

    async def _next(self) -> _Load:
        while True:
            self._news.clear()
            wait = self._ready[0][0] - self._clock() if self._ready else None
            if wait is not None and wait <= 0:
                batch = self._chaos().batch
                if batch > 1:
                    await asyncio.sleep(_GATHER_SECONDS)
                return self._take(batch)
            try:
                async with asyncio.timeout(wait):
                    await self._news.wait()
            except TimeoutError:
                continue

    def _take(self, most: int) -> _Load:
        now = self._clock()
        lanes: list[tuple[str, tuple[Delivery, ...]]] = []
        while most > 0 and self._ready and self._ready[0][0] <= now:
            _, _, name = heapq.heappop(self._ready)
            taken: list[Delivery] = []
            for delivery in self._lanes[name]:
                if len(taken) == most or delivery.due_at > now:
                    break
                taken.append(delivery)
            most -= len(taken)
            lanes.append((name, tuple(taken)))
        return _Load(tuple(lanes))

    async def _send(self, client: httpx.AsyncClient, load: _Load) -> None:
        deliveries = load.deliveries
        if not self._chaos().keeps_order:
            random.shuffle(deliveries)
        body = envelope(deliveries, self._clock())
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(self._secret, body)}
        trouble: str | None = None
        for door in self._by_turns():
            try:
                answer = await client.post(door, content=body, headers=headers)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                trouble = f"it could not be reached ({type(error).__name__})"
            else:
                trouble = None if answer.status_code == httpx.codes.OK else f"it answered {answer.status_code}"
                break
        self.trouble = trouble
        self._settle(load, arrived=trouble is None)

    def _by_turns(self) -> Sequence[str]:
        """Give the doors, beginning with the one after that which was first the last time."""
        self._doors.rotate(-1)
        return tuple(self._doors)

    def _settle(self, load: _Load, *, arrived: bool) -> None:
        now = self._clock()
        finished = [delivery for delivery in load.deliveries if arrived or now - delivery.created_at >= GIVE_UP_SECONDS]
        numbers = {delivery.number for delivery in finished}
        postponed = [delivery for delivery in load.deliveries if delivery.number not in numbers]
        for delivery in postponed:
            delivery.attempts += 1
            delivery.due_at = now + retry_after(delivery.attempts)
        self._store.delivered(finished)
        self._store.postponed(postponed)
        for name, taken in load.lanes:
            lane = self._lanes[name]
            for delivery in taken:
                if delivery.number in numbers:
                    lane.remove(delivery)
            if lane:
                self._queue(name)
            else:
                del self._lanes[name]
