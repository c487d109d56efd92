"""Programs for Node, run beside a test: what they print is what they found out, and none outlives its test."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

OLDEST = (20, 19)
SECONDS = 120.0  # until a test stops waiting for a program, on a machine that has much else to do

NO_NODE = "no Node.js 20.19 or newer here: install it, and make test brings what these tests need"


@cache
def node() -> str | None:
    """Find the Node that is there, if it is new enough."""
    program = shutil.which("node")
    if program is None:
        return None
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    parts = version.strip().removeprefix("v").split(".")
    return program if all(map(str.isdigit, parts)) and tuple(map(int, parts[:2])) >= OLDEST else None


def missing(folder: Path) -> str | None:
    """Say what keeps the programs in a folder from being run; None where nothing does."""
    if node() is None:
        return NO_NODE
    installed = folder / "node_modules" / "installed"
    if not installed.exists() or installed.read_text() != (folder / "package-lock.json").read_text():
        return (
            f"the packages of {folder.name}/package-lock.json are not installed: make {installed.parent.parent} does it"
        )
    return None


@dataclass(slots=True)
class Program:
    """One that runs: each line that it prints is one thing that it says, as JSON."""

    process: asyncio.subprocess.Process

    async def says(self) -> Any:
        """Give what it says next. AssertionError with its complaints where it has ended."""
        assert self.process.stdout is not None
        async with asyncio.timeout(SECONDS):
            line = await self.process.stdout.readline()
        assert line, await self.complaints()
        return orjson.loads(line)

    async def rest(self) -> list[Any]:
        """Give everything that it says until it ends, which it has to do by itself and well."""
        assert self.process.stdout is not None
        async with asyncio.timeout(SECONDS):
            said = await self.process.stdout.read()
            code = await self.process.wait()
        assert code == 0, await self.complaints()
        return [orjson.loads(line) for line in said.splitlines()]

    async def hears(self, word: object) -> None:
        """Tell it something: one line of JSON."""
        assert self.process.stdin is not None
        self.process.stdin.write(orjson.dumps(word) + b"\n")
        await self.process.stdin.drain()

    async def complaints(self) -> str:
        assert self.process.stderr is not None
        async with asyncio.timeout(SECONDS):
            return (await self.process.stderr.read()).decode(errors="replace")


@asynccontextmanager
async def running_node(program: Path, **environment: str) -> AsyncIterator[Program]:
    """Run a program until the block ends: then it and all that it started are killed, if they have not ended."""
    found = node()
    assert found is not None
    process = await asyncio.create_subprocess_exec(
        found,
        program.name,
        cwd=program.parent,
        env={"PATH": os.environ.get("PATH", ""), "NODE_ENV": "production"} | environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield Program(process)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
