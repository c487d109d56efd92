"""Live delivery: one execution and one serialisation for all who ask the same, and one loop that hands out the bytes.

A run follows the log for everybody with the same key. Whoever comes back after a cursor begins as a run of their own
there, which ends in another one as soon as that has what it still lacks: resuming and being live are the same.
"""

import asyncio
import contextvars
import time
from collections import deque
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

import orjson
import structlog
from graphql import GraphQLError
from strawberry.http import process_result

from actions.access import Viewer
from actions.observer import Operated
from actions.resources import Resources
from models.change import Change, ChangeKind
from rules.access import Scope

from .charges import charge_stream
from .context import Context
from .cursors import check_place, decode_log, encode_log
from .documents import Watched, watched
from .faults import Code, coded, codes_of, is_ours
from .limits import STANDARD, Limits
from .loaders import Loaders
from .schema import schema
from .tail import AT_ONCE, Tail
from .tokens import Tokens, ended
from .traffic import Traffic

MOST_WAITING = 1024 * 1024  # bytes handed to a listener that have not gone out: beyond, it is let go
PORTION = 128 * 1024  # bytes collected before they are handed out, however much more there is
PORTION_SECONDS = 0.1
KEPT = 256 * 1024  # bytes that a run keeps of what it has handed out, for those who come back
PATIENCE_SECONDS = 10.0  # for a listener to take a portion
KEPT_ROUNDS = 4
CHECK_SECONDS = 2.0  # between rounds: how long a revoked token can go unnoticed
MOST_TRIES = 3  # at a change that cannot be told because something fails on our side

NOBODY = UUID(int=0)

_log = structlog.get_logger()


class Listener(Protocol):
    """Whoever is told what happens. None of this waits, but for `drained`."""

    @property
    def waiting(self) -> int:
        """Count the bytes that were delivered and have not gone out."""

    def deliver(self, payloads: Sequence[bytes]) -> None:
        """Hand over execution results as JSON, in order."""

    def refuse(self, errors: Sequence[GraphQLError]) -> None:
        """Say why there will never be any. It has no seat any more."""

    def complete(self) -> None:
        """Say that this was all. It has no seat any more."""

    def let_go(self, cursor: str) -> None:
        """End the connection: it does not keep up, and may come back with this cursor. It has no seat any more."""

    def stop(self) -> None:
        """End the connection: the server stops. It has no seat any more."""

    async def drained(self) -> None:
        """Wait until next to nothing is waiting."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A subscription as it was asked for."""

    document: str
    operation_name: str | None
    variables: dict[str, Any]
    watched: Watched


def asked(document: object, operation_name: object, variables: object, limits: Limits = STANDARD) -> Asked | None:
    """Read what was asked; None for anything but a subscription, which goes another way."""
    if not isinstance(document, str) or not isinstance(operation_name, str | None):
        return None
    found = watched(schema._schema, document, operation_name, limits)  # noqa: SLF001 the schema has no other way in
    if found is None or not isinstance(variables, dict | None):
        return None
    return Asked(document, operation_name, variables or {}, found)


@dataclass(frozen=True, slots=True)
class Key:
    """All that decides what a stream shows. Runs are made of it alone, so that who shares one may see the same."""

    workspace_id: UUID
    scopes: frozenset[Scope]
    numbers: frozenset[UUID] | None  # the business numbers that they are held to; None: all
    holder: UUID | None  # the token, only where the document asks for what depends on it
    document: str
    operation_name: str | None
    variables: bytes  # as JSON, without the one that only says where to begin

    def context(self, resources: Resources, limits: Limits, log: "Run") -> Context:
        viewer = Viewer(self.workspace_id, self.holder or NOBODY, "", self.scopes, numbers=self.numbers)
        loaders = Loaders(resources, viewer)
        return Context(resources, viewer, loaders, limits, shared=self.holder is None, log=log)

    def shows(self, change: Change) -> bool:
        """Tell whether a change is about a number that they may use, or about none."""
        return self.numbers is None or change.business_number_id is None or change.business_number_id in self.numbers

    def held_by(self, viewer: Viewer) -> "Key":
        """Give the same for somebody who may do what this viewer may."""
        return replace(self, scopes=viewer.scopes, numbers=viewer.numbers)


class Seat:
    """A listener's place in a run: in a different one from time to time."""

    __slots__ = ("_charged", "listener", "run", "token_id")

    def __init__(self, listener: Listener, token_id: UUID, charged: Mapping[str, Any]) -> None:
        self.listener = listener
        self.token_id = token_id
        self.run: Run | None = None
        self._charged: Mapping[str, Any] | None = charged

    def deliver(self, payloads: Sequence[bytes]) -> None:
        """Hand over results; the first tells what it cost to join."""
        if self._charged is not None:
            told = orjson.dumps({"extensions": self._charged})
            payloads = [b"%b,%b" % (payloads[0][:-1], told[1:]), *payloads[1:]]
            self._charged = None
        self.listener.deliver(payloads)

    def leave(self) -> None:
        if self.run is not None:
            self.run.leave(self)


class Run:
    """One stream of executions, and all who are served by it.

    Everything up to `position` has been handed out; what of it came after `since` is kept for those who come later.
    """

    def __init__(self, hub: "Hub", key: Key, variable: str | None, tail: Tail, position: int) -> None:
        self.key = key
        self.seats: set[Seat] = set()
        self.since = self.position = position
        self._hub = hub
        self._variable = variable
        self.tail = tail
        self.kept: deque[tuple[int, bytes]] = deque()
        self._kept_bytes = 0
        self._ages = deque([position], KEPT_ROUNDS)  # where it stood at the last rounds
        self._collected: list[tuple[int, bytes]] = []
        self._collected_bytes = 0
        self._portion_ends = 0.0
        self._portion_began = 0  # in nanoseconds of the machine's clock
        self._news: list[Change] = []  # of what is collected, those that happened while we listened
        self._live_from = tail.position
        self._telling: Change | None = None
        self._done = self._at = position  # all up to here is collected; this one is being executed
        self._opened = self._resting = False
        self._context = key.context(hub.resources, hub.limits, self)
        self._context.described = hub.described
        self._tries = 0
        tail.followers += 1
        # In nobody's context: it serves many, and outlives whoever was the first.
        self.task = asyncio.create_task(self._serve(), name="run", context=contextvars.Context())
        self.task.add_done_callback(lambda _task: hub.forget(self))

    # --- Seats ---

    def covers(self, position: int) -> bool:
        """Tell whether it still has all that came after this position."""
        return self.since <= position <= self.position

    def take(self, seat: Seat, position: int) -> None:
        """Serve this seat from now on, with all that came after a position that it covers."""
        self.seats.add(seat)
        seat.run = self
        payloads = [payload for sequence, payload in self.kept if sequence > position]
        self._hub.traffic.handed(payloads, 1)
        self._deliver(seat, payloads)

    def leave(self, seat: Seat) -> None:
        self.seats.discard(seat)
        seat.run = None
        if not self.seats:
            self._hub.close_to_joiners(self)
            if self._resting:  # whoever reads or executes finds out by itself
                self.task.cancel()

    def end(self, seat: Seat, error: GraphQLError) -> None:
        """Tell one listener, and nobody else, why this is the end."""
        self.leave(seat)
        seat.listener.deliver([orjson.dumps({"data": None, "errors": [error.formatted]})])
        seat.listener.complete()

    def _deliver(self, seat: Seat, payloads: Sequence[bytes]) -> None:
        waiting = seat.listener.waiting
        if waiting and waiting + sum(map(len, payloads)) > MOST_WAITING:
            self._let_go(seat)
        elif payloads:
            seat.deliver(payloads)

    def _let_go(self, seat: Seat) -> None:
        self._hub.traffic.let_go += 1
        self.leave(seat)
        seat.listener.let_go(encode_log(self.key.workspace_id, self.position))

    # --- The log, as the subscription's resolver reads it ---

    async def changes(self, kinds: Collection[ChangeKind]) -> AsyncIterator[Change]:
        while self.seats:
            batch = await self.tail.after(self._done)
            self._opened = True
            self._context.loaders.expect(batch)
            for change in batch:
                self._at, self._telling = change.sequence, change
                if change.kind in kinds and self.key.shows(change):
                    yield change
                self._done = change.sequence
            self._hand_out()
            if self._merged():
                return
            if len(batch) == AT_ONCE:
                await self._keep_pace()
            elif not batch:
                self._resting = True
                await self.tail.grown(self._done)
                self._resting = False

    # --- Executing and handing out ---

    async def _serve(self) -> None:
        try:
            await self._keep_pace()
            while self.seats and not self._merged() and not await self._stream():
                self._hand_out()
                await asyncio.sleep(0.1 * 4**self._tries)
                self._tries += 1
        except Exception:  # noqa: BLE001 a bug of ours: nobody is left waiting for what does not come
            _log.exception("run_failed", document=sha256(self.key.document.encode()).hexdigest())
        for seat in tuple(self.seats):
            self.leave(seat)
            seat.listener.complete()

    async def _stream(self) -> bool:
        """Execute change after change until the end; False where one failed on our side and is to be tried again."""
        variables = orjson.loads(self.key.variables)
        if self._variable is not None:
            variables[self._variable] = encode_log(self.key.workspace_id, self._done)
        results = await schema.subscribe(
            self.key.document,
            variable_values=variables,
            context_value=self._context,
            operation_name=self.key.operation_name,
        )
        async with aclosing(results):
            async for result in results:
                if not self.seats:
                    return True
                if result.data is None and self._tries < MOST_TRIES and is_ours(result.errors):
                    return False
                self._tries = 0
                if not self._opened:
                    self._refuse(result.errors or [])
                    return True
                self._collect(orjson.dumps(process_result(result)))
                if self._collected_bytes >= PORTION:
                    self._hand_out(self._at)
                    await self._keep_pace()
                elif asyncio.get_running_loop().time() > self._portion_ends:
                    self._hand_out(self._at)
        self._hand_out(self._at)
        return True

    def _refuse(self, errors: Sequence[GraphQLError]) -> None:
        for seat in tuple(self.seats):
            self.leave(seat)
            seat.listener.refuse(errors)

    def _collect(self, payload: bytes) -> None:
        if not self._collected:
            self._portion_ends = asyncio.get_running_loop().time() + PORTION_SECONDS
            self._portion_began = time.time_ns()
        self._collected.append((self._at, payload))
        if self._telling is not None and self._at > self._live_from:
            self._news.append(self._telling)
        self._collected_bytes += len(payload)

    def _hand_out(self, up_to: int | None = None) -> None:
        """Hand all that is collected to every listener, in one write each."""
        if self._collected:
            payloads = [payload for _, payload in self._collected]
            for seat in tuple(self.seats):
                self._deliver(seat, payloads)
            self._note(payloads)
            self.kept += self._collected
            self._kept_bytes += self._collected_bytes
            self._collected, self._collected_bytes = [], 0
        self.position = self._done if up_to is None else up_to
        self._keep_within(KEPT)

    def _note(self, payloads: Sequence[bytes]) -> None:
        resources, listeners = self._hub.resources, len(self.seats)
        self._hub.traffic.handed(payloads, listeners)
        news, self._news = self._news, []
        if news and listeners:
            resources.observer.handed_out(news, listeners, resources.now(), self._portion_began)

    async def _keep_pace(self) -> None:
        """Let those who cannot take more at once go on in a run of their own, and wait for whoever is alone there."""
        behind = [seat for seat in self.seats if seat.listener.waiting > PORTION]
        if behind and len(behind) < len(self.seats):
            self._part(behind)
        elif behind:
            patience = PATIENCE_SECONDS if len(behind) == 1 else PATIENCE_SECONDS / 10
            drained = [asyncio.ensure_future(seat.listener.drained()) for seat in behind]
            _, stuck = await asyncio.wait(drained, timeout=patience)
            for waiting in stuck:
                waiting.cancel()
            still = [seat for seat in behind if seat in self.seats and seat.listener.waiting > PORTION]
            for seat in still:
                if len(behind) == 1:
                    self._let_go(seat)
                else:
                    self._part([seat])

    def _part(self, seats: Sequence[Seat]) -> None:
        run = self._hub.start(self.key, self._variable, self.tail, self.position)
        for seat in seats:
            self.leave(seat)
            run.take(seat, self.position)

    def pass_on(self, seat: Seat, key: Key) -> None:
        """Let one listener go on, where they stand, in what shows them as much as they may see by now."""
        run = next((run for run in self._hub.runs(key) if run.covers(self.position)), None)
        if run is None:
            run = self._hub.start(key, self._variable, self.tail, self.position)
        self.leave(seat)
        run.take(seat, self.position)

    # --- Runs that have come to the same place are one ---

    def _merged(self) -> bool:
        """Pass all listeners on to another run that has what they lack, where there is one."""
        older = True
        for run in self._hub.runs(self.key):
            if run is self:
                older = False
            elif run.covers(self.position) and (older or run.position > self.position):
                run.absorb(self)
                return True
        return False

    def absorb(self, run: "Run") -> None:
        """Take over what another run has: its listeners, and what it keeps from before our own time."""
        if run.since < self.since:
            before = [(sequence, payload) for sequence, payload in run.kept if sequence <= self.since]
            self.kept.extendleft(reversed(before))
            self._kept_bytes += sum(len(payload) for _, payload in before)
            self.since = run.since
            self._keep_within(KEPT)
        for seat in tuple(run.seats):
            run.leave(seat)
            self.take(seat, run.position)

    def _keep_within(self, most: int) -> None:
        while self._kept_bytes > most:
            self.since, payload = self.kept.popleft()
            self._kept_bytes -= len(payload)

    def age(self) -> None:
        """Forget what was there some rounds ago: by now it would be shown differently."""
        if len(self._ages) == KEPT_ROUNDS:
            self.since = max(self.since, self._ages[0])
            while self.kept and self.kept[0][0] <= self.since:
                self._kept_bytes -= len(self.kept.popleft()[1])
        self._ages.append(self.position)


class Hub:
    """All that is live in this process."""

    def __init__(self, resources: Resources, connections_per_token: int, limits: Limits = STANDARD) -> None:
        self.resources = resources
        self.limits = limits
        self.described = True
        self.tokens = Tokens(resources, connections_per_token)
        self.traffic = Traffic()
        self._tails: dict[UUID, Tail] = {}
        self._runs: dict[Key, list[Run]] = {}
        self._rounds: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        """Count all who listen."""
        return sum(len(run.seats) for runs in self._runs.values() for run in runs)

    @property
    def distinct(self) -> int:
        """Count what is executed: runs, each for all who ask the same."""
        return sum(map(len, self._runs.values()))

    def enter(self, viewer: Viewer) -> None:
        """Let a lasting connection in. TooManyConnectionsError where its token has too many."""
        self.tokens.enter(viewer)
        if self._rounds is None:
            self._rounds = asyncio.create_task(self._go_round(), name="rounds", context=contextvars.Context())

    def leave(self, viewer: Viewer) -> None:
        self.tokens.leave(viewer)
        if not self.tokens and self._rounds is not None:
            self._rounds.cancel()
            self._rounds = None

    async def join(self, listener: Listener, viewer: Viewer, wanted: Asked) -> Seat:
        """Give a listener of a connection that has entered a seat. GraphQLError for what the caller did wrong."""
        began, codes = time.perf_counter(), list[str]()
        try:
            return await self._join(listener, viewer, wanted)
        except Exception as error:
            codes = codes_of([error]) if isinstance(error, GraphQLError) else [Code.INTERNAL_SERVER_ERROR.value]
            raise
        finally:
            self.resources.observer.operated(Operated("subscription", time.perf_counter() - began, codes))

    async def _join(self, listener: Listener, viewer: Viewer, wanted: Asked) -> Seat:
        await self.tokens.check(viewer)
        described = schema._schema  # noqa: SLF001 there is no other way in
        whole = wanted.document, wanted.operation_name, wanted.variables
        charged = await charge_stream(described, self.resources, viewer, self.limits, whole)
        begin = wanted.watched.begin(wanted.variables)
        tail = self._tail(viewer.workspace_id)
        tail.followers += 1
        try:
            position = await _position(tail, begin.after)
            viewer = self.tokens.latest(viewer)  # from here on nothing waits: what changes now is met in a round
            key = Key(
                viewer.workspace_id,
                viewer.scopes,
                viewer.numbers,
                viewer.token_id if wanted.watched.personal else None,
                wanted.document,
                wanted.operation_name,
                orjson.dumps(begin.shared, option=orjson.OPT_SORT_KEYS),
            )
            seat = Seat(listener, viewer.token_id, charged)
            run = next((run for run in self.runs(key) if run.covers(position)), None)
            if run is None:
                run = self.start(key, begin.variable, tail, position)
            run.take(seat, position)
            return seat
        finally:
            self._unfollow(tail)

    def close(self) -> None:
        """End every connection: the server stops, and their clients are to come back."""
        for run in [run for runs in self._runs.values() for run in runs]:
            for seat in tuple(run.seats):
                run.leave(seat)
                seat.listener.stop()
        if self._rounds is not None:
            self._rounds.cancel()
            self._rounds = None

    # --- For runs ---

    def runs(self, key: Key) -> Sequence[Run]:
        """List the runs that can be joined, oldest first."""
        return self._runs.get(key, ())

    def start(self, key: Key, variable: str | None, tail: Tail, position: int) -> Run:
        run = Run(self, key, variable, tail, position)
        self._runs.setdefault(key, []).append(run)
        return run

    def close_to_joiners(self, run: Run) -> None:
        own = self._runs.get(run.key, [])
        if run in own:
            own.remove(run)
        if not own:
            self._runs.pop(run.key, None)

    def forget(self, run: Run) -> None:
        self.close_to_joiners(run)
        self._unfollow(run.tail)

    # --- Tails and rounds ---

    def _tail(self, workspace_id: UUID) -> Tail:
        tail = self._tails.get(workspace_id)
        if tail is None:
            tail = self._tails[workspace_id] = Tail(self.resources, workspace_id)
            tail.open()
        return tail

    def _unfollow(self, tail: Tail) -> None:
        tail.followers -= 1
        if not tail.followers:
            del self._tails[tail.workspace_id]
            tail.close()

    async def _go_round(self) -> None:
        """End the streams of tokens that no longer work, or let others see less by now; let runs forget what is old."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            for run in self._running():
                run.age()
            try:
                changed, over = await self.tokens.looked()
            except Exception:  # noqa: BLE001 whatever the database does: the next round may find it well again
                _log.warning("tokens_not_checked", exc_info=True)
                continue
            for run in self._running() if over or changed else ():
                for seat in tuple(run.seats):
                    if seat.token_id in over:
                        run.end(seat, ended())
                    elif seat.token_id in changed and (key := run.key.held_by(changed[seat.token_id])) != run.key:
                        run.pass_on(seat, key)

    def _running(self) -> list[Run]:
        return [run for runs in self._runs.values() for run in runs]


async def _position(tail: Tail, after: object) -> int:
    """Find where to begin. BAD_USER_INPUT for what is no place in this log."""
    if not isinstance(after, str):  # what is neither text nor null is refused when it is executed
        await tail.look()
        return tail.position
    position = decode_log(after, tail.workspace_id)
    if position > tail.position:
        await tail.look()
    return check_place(position, 0, tail.position)  # whether it is too old is seen when it is read from


def fault_of(error: Exception) -> GraphQLError:
    """Give whatever went wrong before a stream as its listener may see it."""
    known = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
    return coded(known, executing=True)
