"""Where Prometheus reads. Whichever process is asked, it tells of all that share its address, each under its place.

Without a token of its own it is open to this machine and its private networks only, and never through a proxy.
"""

import asyncio
import hmac
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from actions import backlog
from actions.backlog import Backlog
from actions.resources import Resources

from .metrics import depths
from .siblings import Siblings

SECONDS_KNOWN = 5.0  # how long what waits in the database is taken to be as it was
PATIENCE_SECONDS = 2.0  # with the database
WORKER = "worker"

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


@dataclass(slots=True)
class MetricsDoor:
    resources: Resources
    registry: CollectorRegistry
    siblings: Siblings
    token: str | None = None
    _asking: asyncio.Task[Backlog] | None = None
    _known: Backlog | None = None
    _known_at: float = field(default=-SECONDS_KNOWN)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Tell the other processes of this one until the block ends."""
        async with self.siblings.telling(self.tell):
            yield
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking}, timeout=PATIENCE_SECONDS)

    async def read(self, request: Request) -> Response:
        refusal = self._refused(request)
        if refusal is not None:
            return refusal
        told = {
            place: text_string_to_metric_families(text.decode()) for place, text in (await self.siblings.ask()).items()
        }
        found = await self._backlog()
        families = _together(told | {self.siblings.place: self.registry.collect()})
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        everything = _Gathered([*families, *(depths(found) if found is not None else ())])
        return Response(encode(everything), headers={"Content-Type": content_type})

    def tell(self) -> bytes:
        """Give this process's own, for another one to pass on."""
        return generate_latest(self.registry)

    def _refused(self, request: Request) -> Response | None:
        if self.token is not None:
            given = request.headers.get("Authorization", "").encode()
            if hmac.compare_digest(given, f"Bearer {self.token}".encode()):
                return None
            return PlainTextResponse("Send the token: Authorization: Bearer <MAYCALL_METRICS_TOKEN>.", status_code=401)
        forwarded = any(name in request.headers for name in _FORWARDED)
        if request.client is not None and not forwarded and _is_near(request.client.host):
            return None
        return PlainTextResponse("Set MAYCALL_METRICS_TOKEN to read the metrics from afar.", status_code=403)

    async def _backlog(self) -> Backlog | None:
        """Give what waits in the database as it was some seconds ago; None where the database does not say."""
        if time.monotonic() - self._known_at > SECONDS_KNOWN:
            if self._asking is None or self._asking.done():
                self._asking = asyncio.create_task(backlog.counted(self.resources), name="backlog")
                self._asking.add_done_callback(lambda asked: asked.cancelled() or asked.exception())
            await asyncio.wait({self._asking}, timeout=PATIENCE_SECONDS)
            answered = self._asking.done() and not self._asking.cancelled() and self._asking.exception() is None
            self._known = self._asking.result() if answered else None
            self._known_at = time.monotonic()
        return self._known


@dataclass(frozen=True, slots=True)
class _Gathered(Collector):
    families: list[Metric]

    def collect(self) -> Iterable[Metric]:
        return self.families


def _together(told: Mapping[int, Iterable[Metric]]) -> list[Metric]:
    """Bring the same metric of several processes together, each sample under its process's place."""
    merged: dict[str, Metric] = {}
    for place, families in sorted(told.items()):
        for family in families:
            own = merged.setdefault(family.name, Metric(family.name, family.documentation, family.type))
            own.samples += [
                Sample(sample.name, {**sample.labels, WORKER: str(place)}, sample.value)
                for sample in family.samples
                if not sample.name.endswith("_created")  # when a counter began is of use to nobody here
            ]
    return [family for family in merged.values() if family.samples]


def _is_near(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private
