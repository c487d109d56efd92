"""Whoever watches in this house: the one place where what happens becomes numbers, spans, and words in the log."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

from actions.observer import Operated
from models.change import Change, origin
from whatsapp.events import Delivery
from whatsapp.exchange import Exchange

from .logs import notes
from .metrics import Metrics
from .settings import Settings

if TYPE_CHECKING:
    from .tracing import Tracing


class Watch:
    """The `actions.observer.Observer` of a server, and what watches its exchanges with WhatsApp."""

    def __init__(self, metrics: Metrics, tracing: "Tracing | None" = None) -> None:
        self.metrics = metrics
        self._tracing = tracing

    def step(self, name: str, came_of: Collection[str] = ()) -> AbstractContextManager[object]:
        return nullcontext() if self._tracing is None else self._tracing.step(name, came_of)

    def recorded(self, read: Delivery, now: datetime) -> None:
        self.metrics.recorded(read, now)

    def not_recorded(self) -> None:
        self.metrics.not_recorded()

    def operated(self, done: Operated) -> None:
        self.metrics.operated(done)
        noted = notes.get()
        if noted is not None:
            noted.operation, noted.cost = done.kind, done.cost
            noted.code = next(iter([*done.codes, *(code.value for code in done.refused)]), None)

    def handed_out(self, told: Sequence[Change], listeners: int, now: datetime, began_at: int) -> None:
        self.metrics.handed_out(told, now)
        if self._tracing is not None:
            self._tracing.handed_out(told, listeners, began_at)

    @contextmanager
    def exchange(self, operation: str) -> Iterator[Exchange]:
        """Watch one thing said to WhatsApp."""
        began = time.perf_counter()
        with self.step(f"whatsapp: {operation}"):
            traceparent = origin.get()
            exchange = Exchange(operation, {"traceparent": traceparent} if traceparent else {})
            try:
                yield exchange
            finally:
                self.metrics.exchanged(exchange, time.perf_counter() - began)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send what is still to be sent once the block ends."""
        yield
        if self._tracing is not None:
            await asyncio.to_thread(self._tracing.close)


def watch_of(settings: Settings) -> Watch:
    """Count; and trace where there is somebody to send it to."""
    if settings.otlp_endpoint is None:
        return Watch(Metrics())
    # Its libraries take a good part of a second to load, which only who traces is to pay.
    tracing: type[Tracing] = import_module(".tracing", __package__).Tracing
    return Watch(Metrics(), tracing.to(settings.otlp_endpoint, settings.service_name))
