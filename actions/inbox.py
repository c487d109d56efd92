"""Deliveries that come in at once are recorded together: one transaction and one commit for all who wait for it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from models.change import origin
from whatsapp.events import Delivery
from whatsapp.signature import INSTALLATION, Signer

# Beyond this many pieces of news a larger transaction records no more of them a second.
NEWS_AT_ONCE = 500


@dataclass(slots=True, eq=False)
class Arrival:
    """A delivery that somebody waits to see recorded, and what became of it."""

    body: bytes
    sha256: str
    read: Delivery
    signer: Signer = INSTALLATION
    settled: bool = False
    fault: Exception | None = None  # why it could not even be kept
    trace: str | None = field(default_factory=origin.get)


class Inbox:
    """Whoever gets the turn records for all who wait by then; the others find their delivery recorded.

    Alone, a delivery goes at once. The busier it is, the more go together, and the less each of them costs.
    """

    def __init__(self) -> None:
        self._waiting: list[Arrival] = []
        self._turn = asyncio.Lock()

    def __len__(self) -> int:
        """Count those that wait."""
        return len(self._waiting)

    async def have_recorded(self, arrival: Arrival, record: Callable[[Sequence[Arrival]], Awaitable[None]]) -> None:
        """Return once `record` has settled the arrival; raise its fault where it has one."""
        self._waiting.append(arrival)
        async with self._turn:
            while not arrival.settled:
                together = self._next()
                try:
                    await record(together)
                finally:  # should this one be cancelled, the others still wait
                    self._waiting[:0] = [each for each in together if not each.settled]
        if arrival.fault is not None:
            raise arrival.fault

    def _next(self) -> list[Arrival]:
        """Take those who came first, as many as fit into one transaction, and at least one."""
        together: list[Arrival] = []
        news = 0
        while self._waiting and (not together or news + len(self._waiting[0].read.news) <= NEWS_AT_ONCE):
            news += len(self._waiting[0].read.news)
            together.append(self._waiting.pop(0))
        return together
