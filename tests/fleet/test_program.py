"""Programs of a few words, started, killed and ended as servers are."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from io import StringIO
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from fleet.environment import fleet_of, handed_on
from fleet.leftovers import end_leftovers
from fleet.program import FleetError, Program, Running, finish
from fleet.stream import Stream
from fleet.valkey import serving
from tests.ground.processes import free_port

READY = "print('ready', flush=True); time.sleep(60)"
STUBBORN = f"signal.signal(signal.SIGTERM, signal.SIG_IGN); {READY}"


class Paper(Stream):
    """A stream that can be read."""

    def __init__(self) -> None:
        self.paper = StringIO()
        super().__init__(Console(file=self.paper, highlight=False))

    async def until(self, words: str) -> None:
        async with asyncio.timeout(60):
            while words not in self.paper.getvalue():  # noqa: ASYNC110 a file does not say when it has grown
                await asyncio.sleep(0.01)


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Program]:
    def make(words: str) -> Program:
        command = [sys.executable, "-S", "-c", f"import os, signal, sys, time; {words}"]
        return Program("server", command, handed_on(tmp_path), "ready", tmp_path)

    return make


def of(folder: Path) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if fleet_of(process) == f"{folder}"]


@asynccontextmanager
async def kept(program: Program, paper: Paper) -> AsyncIterator[Running]:
    running = Running(program, paper)
    await running.start()
    keeping = asyncio.create_task(running.keep())
    try:
        yield running
    finally:
        keeping.cancel()
        await running.end(5)


async def test_whoever_dies_is_told_and_started_again_with_growing_patience(
    program: Callable[[str], Program], paper: Paper, tmp_path: Path
) -> None:
    async with kept(program(READY), paper):
        for patience in ("0.5", "1"):
            [process] = of(tmp_path)
            process.kill()
            await paper.until(f"server was ended by SIGKILL. It is started again in {patience} s.")
            await paper.until("server is back.")
            paper.paper.seek(0)
            paper.paper.truncate()
        assert len(of(tmp_path)) == 1
    assert of(tmp_path) == []


async def test_the_workers_of_one_that_died_go_with_it(
    program: Callable[[str], Program], paper: Paper, tmp_path: Path
) -> None:
    async with kept(program(f"os.fork(); {READY}"), paper):
        async with asyncio.timeout(60):
            while len(before := of(tmp_path)) < 2:  # noqa: ASYNC110 nobody says when
                await asyncio.sleep(0.01)
        [first] = [process for process in before if process.ppid() == os.getpid()]
        first.kill()
        await paper.until("server is back.")
        assert not set(before) & set(of(tmp_path))


async def test_whoever_ends_before_it_is_ready_stops_the_start_with_a_sentence(
    program: Callable[[str], Program], paper: Paper
) -> None:
    with pytest.raises(FleetError, match=r"^server ended with exit code 3\. What it said stands above\.$"):
        await Running(program("print('MAYCALL_X is wrong.'); sys.exit(3)"), paper).start()
    assert "│ MAYCALL_X is wrong." in paper.paper.getvalue()


async def test_whoever_does_not_end_when_asked_is_killed_and_told(
    program: Callable[[str], Program], paper: Paper, tmp_path: Path
) -> None:
    running = Running(program(STUBBORN), paper)
    await running.start()
    assert not await running.end(0.2)
    assert "server did not end within 0 s and is killed." in paper.paper.getvalue()
    assert of(tmp_path) == []


async def test_a_quiet_program_is_heard_only_when_it_fails(program: Callable[[str], Program], paper: Paper) -> None:
    async with kept(replace(program(f"print('warming up'); {READY}"), quiet=True), paper):
        assert paper.paper.getvalue() == "server │ ready\n"
    paper.paper.seek(0)
    paper.paper.truncate()
    await finish(replace(program("print('one of many lines')"), quiet=True), paper)
    assert paper.paper.getvalue() == ""
    with pytest.raises(FleetError, match=r"^server ended with exit code 1\. What it said stands above\.$"):
        await finish(replace(program("print('no room left'); sys.exit(1)"), quiet=True), paper)
    assert "│ no room left" in paper.paper.getvalue()


async def test_what_a_killed_fleet_has_left_is_ended_and_nothing_else(
    program: Callable[[str], Program], paper: Paper, tmp_path: Path
) -> None:
    ours, others = Running(program(READY), paper), Running(program(READY), paper)
    await ours.start()
    await others.start()
    elsewhere = tmp_path / "elsewhere"
    assert end_leftovers(elsewhere) == 0
    assert len(of(tmp_path)) == 2
    ending = asyncio.create_task(asyncio.to_thread(end_leftovers, tmp_path))
    assert await asyncio.wait_for(ending, 60) == 2
    assert of(tmp_path) == []
    for running in (ours, others):
        assert await running.end(5)


async def test_services_too_can_be_known_as_left_behind(paper: Paper, tmp_path: Path) -> None:
    redis = Program("redis", serving(free_port()), handed_on(tmp_path), "Ready to accept connections", tmp_path)
    running = Running(redis, paper)
    await running.start()
    assert len(of(tmp_path)) == 1
    assert await running.end(5)
