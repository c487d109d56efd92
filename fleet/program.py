"""A program of the fleet: started, kept running, and ended."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .stream import Stream

SECONDS_TO_START = 60
FIRST_PATIENCE_SECONDS = 0.5
LONGEST_PATIENCE_SECONDS = 15.0
SECONDS_OF_HEALTH = 10.0  # after which a program that ends is one that ran well
SECONDS_TO_BE_HEARD = 2.0
_PIECE = 2**16


class FleetError(Exception):
    """The fleet cannot be started: a sentence that says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and the words by which it tells that it is ready. `rights` are whom it runs as."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    ready: str
    folder: Path
    end_by: signal.Signals = signal.SIGTERM
    rights: Mapping[str, Any] = field(default_factory=dict)


async def finish(program: Program, stream: Stream, *, quiet: bool = False) -> None:
    """Run a program to its end. FleetError when that is not a good one; a quiet one's words are passed on only then."""
    process = await _start(program)
    words: list[str] = []
    try:
        async for line in _lines(process):
            if quiet:
                words.append(line)
            else:
                stream.line(program.name, line)
        code = await process.wait()
    finally:
        _kill(process)
    if code != 0:
        for line in words:
            stream.line(program.name, line)
        raise FleetError(f"{program.name} {_how_it_ended(code)}. What it said stands above.")


class Running:
    """A program that runs, and is started again whenever it ends."""

    def __init__(self, program: Program, stream: Stream) -> None:
        self.program = program
        self._stream = stream
        self._process: Process | None = None
        self._ready = asyncio.Event()
        self._hearing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it and wait until it is ready. FleetError when it ends before that, or takes too long."""
        self._ready.clear()
        self._process = process = await _start(self.program)
        self._hearing = asyncio.create_task(self._hear(process))
        tellers = {asyncio.create_task(self._ready.wait()), asyncio.create_task(process.wait())}
        try:
            await asyncio.wait(tellers, timeout=SECONDS_TO_START, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for teller in tellers:
                teller.cancel()
        if process.returncode is not None:
            await self._heard_out(process)
            raise FleetError(f"{self.program.name} {_how_it_ended(process.returncode)}. What it said stands above.")
        if not self._ready.is_set():
            raise FleetError(f"{self.program.name} is not ready after {SECONDS_TO_START} s.")

    async def keep(self) -> None:
        """Start it again whenever it ends, sooner when it ran well; until cancelled."""
        patience = FIRST_PATIENCE_SECONDS
        while (process := self._process) is not None:
            started = asyncio.get_running_loop().time()
            code = await process.wait()
            await self._heard_out(process)
            if asyncio.get_running_loop().time() - started > SECONDS_OF_HEALTH:
                patience = FIRST_PATIENCE_SECONDS
            self._stream.tell(
                f"{self.program.name} {_how_it_ended(code)}. It is started again in {patience:g} s.", "bold red"
            )
            await asyncio.sleep(patience)
            patience = min(patience * 2, LONGEST_PATIENCE_SECONDS)
            try:
                await self.start()
            except FleetError:
                continue
            self._stream.tell(f"{self.program.name} is back.", "bold green")

    async def end(self, seconds: float) -> bool:
        """Ask it to end and tell whether it did in so many seconds; else it is killed."""
        process = self._process
        if process is None:
            return True
        in_time = True
        try:
            if process.returncode is None:
                process.send_signal(self.program.end_by)
            async with asyncio.timeout(seconds):
                await process.wait()
        except TimeoutError:
            in_time = False
            self._stream.tell(f"{self.program.name} did not end within {seconds:.0f} s and is killed.", "bold red")
        await self._heard_out(process)
        return in_time

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            _kill(self._process)

    async def _hear(self, process: Process) -> None:
        async for line in _lines(process):
            self._stream.line(self.program.name, line)
            if self.program.ready in line:
                self._ready.set()

    async def _heard_out(self, process: Process) -> None:
        """Clear away what a process left behind, its own workers included, and pass on its last words."""
        _kill(process)
        await process.wait()
        if self._hearing is not None:
            await asyncio.wait({self._hearing}, timeout=SECONDS_TO_BE_HEARD)


async def _start(program: Program) -> Process:
    # A session of its own: Ctrl-C is for the fleet, which ends its programs in their order.
    return await create_subprocess_exec(
        *program.command,
        cwd=program.folder,
        env=program.environment,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,
        start_new_session=True,
        **program.rights,
    )


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


async def _lines(process: Process) -> AsyncIterator[str]:
    rest = b""
    while process.stdout and (piece := await process.stdout.read(_PIECE)):
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace")
    if rest:
        yield rest.decode(errors="replace")


def _how_it_ended(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
