"""What orchestrators ask: whether this process lives, and whether requests may be sent to it.

Ready is who can answer: the database answers in time and has tables that this code can work with, and we are not about
to leave. What makes news late makes nobody unready, because no other server would be better off: it is degraded, and
said. Dead is whose clock has ended: only a new start brings that back.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actions.resources import Resources
from models.database import Condition, Standing, condition

from .leaving import Leaving
from .scheduler import Pulse

PATIENCE_SECONDS = 2.0  # with the database
LONGEST_ROUND_SECONDS = 120.0
MOST_APART = timedelta(seconds=2)  # the machine's clock and the database's: permissions end by either

_STANDINGS = {
    Standing.BEHIND: "They lack what this version works with. Run: python -m server migrate",
    Standing.CURRENT: "They are what this version works with.",
    Standing.AHEAD: "A later version added to them, which this one need not know.",
    Standing.BEYOND: "They belong to a later version, with which this one cannot work. Start that version.",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, and a sentence on how it was found."""

    ok: bool
    says: str


class Health:
    def __init__(
        self, resources: Resources, leaving: Leaving, pulse: Pulse, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._resources = resources
        self._leaving = leaving
        self._pulse = pulse
        self._patience = patience_seconds
        self._asking: asyncio.Task[Condition] | None = None

    async def live(self, _request: Request) -> Response:
        """Answer 200 while the process serves, and what wakes by itself still does."""
        if self._pulse.ended and not self._leaving.begun.is_set():
            return JSONResponse({"status": "the clock has ended: nobody is told what runs out"}, status_code=503)
        return JSONResponse({"status": "live"})

    async def ready(self, _request: Request) -> Response:
        """Answer 200 only while requests can be served, and say what is not as it should be."""
        if self._leaving.begun.is_set():
            return JSONResponse({"status": "leaving"}, status_code=503)
        began = time.perf_counter()
        found = await self._condition()
        needed = _answers(found, time.perf_counter() - began)
        wanted = {"announcements": self._announcements(), "scheduler": self._scheduler()}
        if isinstance(found, Condition):
            wanted["clock"] = self._clock(found)
        able = all(check.ok for check in needed.values())
        well = all(check.ok for check in wanted.values())
        checks = {name: asdict(check) for name, check in (needed | wanted).items()}
        status = "unready" if not able else "ready" if well else "degraded"
        return JSONResponse({"status": status, "checks": checks}, status_code=200 if able else 503)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Ask no longer once the block ends."""
        yield
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking}, timeout=self._patience)

    # --- Without these nothing can be served ---

    async def _condition(self) -> Condition | str:
        """Ask the database, once for all who want to know: one that hangs must not gather questions."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(condition(self._resources.database), name="health")
            self._asking.add_done_callback(lambda asked: asked.cancelled() or asked.exception())
        await asyncio.wait({self._asking}, timeout=self._patience)
        if not self._asking.done():
            return f"It did not answer within {self._patience:g} seconds."
        with suppress(Exception):  # whatever it is, it is no answer
            return self._asking.result()
        return "It cannot be used."

    # --- Without these, news is late ---

    def _announcements(self) -> Check:
        if self._resources.feed.hears:
            return Check(ok=True, says="Other servers are heard.")
        return Check(ok=False, says="The broadcaster is not reached: changes by other servers come late.")

    def _scheduler(self) -> Check:
        if self._pulse.ended:
            return Check(ok=False, says="It has ended. Start this process anew.")
        stuck = self._pulse.stuck(LONGEST_ROUND_SECONDS)
        if stuck:
            return Check(ok=False, says=f"At one and the same for {LONGEST_ROUND_SECONDS:g} seconds: {stuck}.")
        if self._pulse.failing:
            return Check(ok=False, says=f"Failed when last tried: {', '.join(sorted(self._pulse.failing))}.")
        return Check(ok=True, says="Everything is attended to.")

    def _clock(self, found: Condition) -> Check:
        if found.now is None:
            return Check(ok=True, says="The database goes by this machine's.")
        apart = abs(self._resources.now() - found.now)
        seconds = f"{apart.total_seconds():.1f} seconds"
        if apart > MOST_APART:
            return Check(ok=False, says=f"It is {seconds} from the database's: permissions end too soon or too late.")
        return Check(ok=True, says=f"It is within {seconds} of the database's.")


def _answers(found: Condition | str, seconds: float) -> dict[str, Check]:
    if isinstance(found, str):
        return {"database": Check(ok=False, says=found)}
    return {
        "database": Check(ok=True, says=f"It answered within {seconds * 1000:.0f} ms."),
        "tables": Check(found.standing in (Standing.CURRENT, Standing.AHEAD), _STANDINGS[found.standing]),
    }
