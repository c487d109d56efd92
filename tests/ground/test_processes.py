import os
import random
import sys
from pathlib import Path

import httpx
import pytest

from tests.ground.processes import ServerProcess, free_port, running_server

ANSWERING = [sys.executable, f"{Path(__file__).with_name('answering.py')}"]


async def greeting(server: ServerProcess) -> str:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=60) as client:
        return (await client.get("/health/live")).text


async def test_a_server_answers_inside_the_block_and_has_ended_after_it() -> None:
    async with running_server({"MAYCALL_GREETING": "hello"}, command=ANSWERING) as server:
        assert await greeting(server) == "hello"
    assert server.process.returncode == 0
    with pytest.raises(httpx.ConnectError):
        await greeting(server)


async def test_a_server_sees_nothing_of_the_settings_around_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAYCALL_GREETING", "from outside")
    async with running_server({}, command=ANSWERING) as server:
        assert await greeting(server) == ""


async def test_an_interrupted_server_ends_cleanly_and_leaves_its_log_to_read() -> None:
    async with running_server({}, command=ANSWERING) as server:
        assert await server.stop() == 0
        assert "GET /health/live" in server.logs()
        assert "stopped" in server.logs()


async def test_a_killed_server_is_gone_at_once_and_says_nothing() -> None:
    async with running_server({}, command=ANSWERING) as server:
        await server.kill()
        assert "stopped" not in server.logs()
    with pytest.raises(ProcessLookupError):
        os.kill(server.process.pid, 0)


async def test_a_server_that_does_not_start_shows_its_log() -> None:
    with pytest.raises(AssertionError, match="the server ended with 1") as raised:
        async with running_server({}, "--fail", command=ANSWERING):
            pass
    assert "MAYCALL_GREETING is wrong" in "".join(raised.value.__notes__)


def test_a_seed_leads_to_no_port_that_another_process_would_find_by_it_too() -> None:
    here, there = ([random.seed(7), *(free_port() for _ in range(3))] for _ in range(2))
    assert here != there
