"""A program of the fleet: started, kept running, and ended."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .stream import Stream

SECONDS_TO_START = 120
FIRST_PATIENCE_SECONDS = 0.5
LONGEST_PATIENCE_SECONDS = 15.0
SECONDS_OF_HEALTH = 10.0  # after which a program that ends is one that ran well
SECONDS_TO_BE_HEARD = 2.0
_PIECE = 2**16


class FleetError(Exception):
    """The fleet cannot be started: a sentence that says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and the words by which it tells that it is ready; `rights` are whom it runs as.

    What a quiet one says before those words is passed on only if they do not come.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str]
    ready: str
    folder: Path
    end_by: signal.Signals = signal.SIGTERM
    rights: Mapping[str, Any] = field(default_factory=dict)
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class _Started:
    """A process, and what it and those it starts write to either output."""

    process: Process
    words: asyncio.StreamReader

    async def lines(self) -> AsyncIterator[str]:
        rest = b""
        while piece := await self.words.read(_PIECE):
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                yield line.decode(errors="replace")
        if rest:
            yield rest.decode(errors="replace")

    def kill(self) -> None:
        """End it, and the workers it may have left behind."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


async def _start(program: Program) -> _Started:
    # Not asyncio's own pipe: with that, a process counts as running for as long as its workers hold the other end.
    ours, theirs = os.pipe()
    words = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(words), os.fdopen(ours, "rb")
    )
    try:
        # A session of its own: Ctrl-C is for the fleet, which ends its programs in their order.
        process = await create_subprocess_exec(
            *program.command,
            cwd=program.folder,
            env=program.environment,
            stdin=DEVNULL,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            **program.rights,
        )
    finally:
        os.close(theirs)
    return _Started(process, words)


async def finish(program: Program, stream: Stream) -> None:
    """Run a program to its end, which is what it is for. FleetError when that is not a good one."""
    started = await _start(program)
    held: list[str] = []
    try:
        async for line in started.lines():
            held.append(line)
            if not program.quiet:
                _pass_on(held, program, stream)
        code = await started.process.wait()
    finally:
        started.kill()
    if code != 0:
        _pass_on(held, program, stream)
        raise FleetError(f"{program.name} {_how_it_ended(code)}. What it said stands above.")


class Running:
    """A program that runs, and is started again whenever it ends."""

    def __init__(self, program: Program, stream: Stream) -> None:
        self.program = program
        self._stream = stream
        self._ready = asyncio.Event()
        self._started: _Started | None = None
        self._hearing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it and wait until it is ready. FleetError when it ends before that, or takes too long."""
        self._ready.clear()
        self._started = started = await _start(self.program)
        self._hearing = asyncio.create_task(self._hear(started))
        tellers = {asyncio.create_task(self._ready.wait()), asyncio.create_task(started.process.wait())}
        try:
            await asyncio.wait(tellers, timeout=SECONDS_TO_START, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for teller in tellers:
                teller.cancel()
        if started.process.returncode is not None:
            await self._clear_away(started)
            how = _how_it_ended(started.process.returncode)
            raise FleetError(f"{self.program.name} {how}. What it said stands above.")
        if not self._ready.is_set():
            raise FleetError(f"{self.program.name} is not ready after {SECONDS_TO_START} s.")

    async def keep(self) -> None:
        """Start it again whenever it ends, sooner when it ran well; until cancelled."""
        patience = FIRST_PATIENCE_SECONDS
        while (started := self._started) is not None:
            since = asyncio.get_running_loop().time()
            how = _how_it_ended(await started.process.wait())
            await self._clear_away(started)
            if asyncio.get_running_loop().time() - since > SECONDS_OF_HEALTH:
                patience = FIRST_PATIENCE_SECONDS
            self._stream.tell(f"{self.program.name} {how}. It is started again in {patience:g} s.", "bold red")
            await asyncio.sleep(patience)
            patience = min(patience * 2, LONGEST_PATIENCE_SECONDS)
            try:
                await self.start()
            except FleetError:
                continue
            self._stream.tell(f"{self.program.name} is back.", "bold green")

    async def end(self, seconds: float) -> bool:
        """Ask it to end and tell whether it did in so many seconds; else it is killed."""
        started, in_time = self._started, True
        if started is None:
            return True
        try:
            if started.process.returncode is None:
                started.process.send_signal(self.program.end_by)
            async with asyncio.timeout(seconds):
                await started.process.wait()
        except TimeoutError:
            in_time = False
            self._stream.tell(f"{self.program.name} did not end within {seconds:.0f} s and is killed.", "bold red")
        await self._clear_away(started)
        return in_time

    def kill(self) -> None:
        """End it at once."""
        if self._started is not None:
            self._started.kill()

    async def _hear(self, started: _Started) -> None:
        held: list[str] = []
        async for line in started.lines():
            if self.program.ready in line:
                held.clear()
                self._ready.set()
            held.append(line)
            if self._ready.is_set() or not self.program.quiet:
                _pass_on(held, self.program, self._stream)
        _pass_on(held, self.program, self._stream)

    async def _clear_away(self, started: _Started) -> None:
        """End what the process left behind, and pass on its last words."""
        started.kill()
        await started.process.wait()
        if self._hearing is not None:
            await asyncio.wait({self._hearing}, timeout=SECONDS_TO_BE_HEARD)


def _pass_on(held: list[str], program: Program, stream: Stream) -> None:
    for line in held:
        stream.line(program.name, line)
    held.clear()


def _how_it_ended(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
