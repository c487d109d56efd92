"""The clients' examples as a stranger starts them, in each language that can be run here."""

import asyncio
import fcntl
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest

from tests.ground.node import NO_NODE, missing, node

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "clients" / "python"
TYPESCRIPT = ROOT / "clients" / "typescript"
SECONDS_TO_SAY_IT = 120.0


class Language(StrEnum):
    PYTHON = "python"
    TYPESCRIPT = "typescript"


def command(language: Language, example: str) -> list[str]:
    """Give what starts an example. Skips the test where the language is missing."""
    match language:
        case Language.PYTHON:
            return [sys.executable, f"{PYTHON / 'examples' / example}.py"]
        case Language.TYPESCRIPT:
            return [built_with_node(), f"{TYPESCRIPT / 'dist' / 'examples' / example}.js"]


def is_here(language: Language) -> bool:
    try:
        return bool(command(language, "watch"))
    except pytest.skip.Exception:
        return False


@cache
def built_with_node() -> str:
    """Build the TypeScript client if its sources are newer, and give the path of node. Skips the test without Node."""
    program, reason = node(), missing(TYPESCRIPT)
    if program is None or reason is not None:
        pytest.skip(reason or NO_NODE)
    with (TYPESCRIPT / "package.json").open() as lock:  # one of several processes builds, the others wait for it
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_built():
            build = [program, "node_modules/typescript/bin/tsc"]
            told = subprocess.run(build, cwd=TYPESCRIPT, check=False, capture_output=True, text=True)  # noqa: S603 our own words
            assert told.returncode == 0, told.stdout
    return program


def _is_built() -> bool:
    built = TYPESCRIPT / "dist" / "examples" / "watch.js"
    sources = [
        *TYPESCRIPT.glob("src/**/*"),
        *TYPESCRIPT.glob("examples/*.ts"),
        *TYPESCRIPT.glob("tests/*.ts"),
        *TYPESCRIPT.glob("*.json"),
    ]
    return built.exists() and built.stat().st_mtime > max(source.stat().st_mtime for source in sources)


@dataclass
class Program:
    """An example that runs, and the lines it has printed."""

    name: str
    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    said: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def listen(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            async with self.said:
                self.lines.append(line.decode().rstrip())
                self.said.notify_all()
        async with self.said:
            self.lines.append(f"ended with {await self.process.wait()}")
            self.said.notify_all()

    async def says(self, *lines: str) -> None:
        """Wait until these are all the lines it has printed. AssertionError when it prints others."""
        try:
            async with asyncio.timeout(SECONDS_TO_SAY_IT), self.said:
                await self.said.wait_for(lambda: len(self.lines) >= len(lines))
        except TimeoutError:
            pass  # what is missing is told below
        assert self.lines == [*lines], self.name


@asynccontextmanager
async def running(language: Language, words: Sequence[str], folder: Path, **environment: str) -> AsyncIterator[Program]:
    """Run an example in a folder until the block ends."""
    name, *arguments = words
    process = await asyncio.create_subprocess_exec(
        *command(language, name),
        *arguments,
        cwd=folder,
        env=surroundings() | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    program = Program(f"{language} {name}", process)
    listening = asyncio.create_task(program.listen())
    try:
        yield program
    finally:
        if process.returncode is None:
            process.kill()
        await listening


def surroundings() -> dict[str, str]:
    """Give this process's environment, without proxies, and with the Python client where it is found."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAYCALL_")}
    return inherited | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "PYTHONPATH": f"{PYTHON / 'src'}"}
