"""MAYCALL_WORKERS: several processes for one address, watched, started again, ended together."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress

import httpx
import psutil

from tests.ground.processes import ServerProcess, free_port, running_server

from .test_commands import Command, command, sentence
from .test_worker import fleet

__all__ = ["command"]

LONG = 60.0  # seconds: nothing here waits for as long
SECONDS_BETWEEN_LOOKS = 0.05


def several(url: str) -> dict[str, str]:
    return fleet(url) | {"MAYCALL_WORKERS": "3"}


def listening(server: ServerProcess) -> set[int]:
    """Give the ids of the processes that take connections."""
    port = int(server.url.rsplit(":", 1)[1])
    found = set()
    for child in psutil.Process(server.process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            open_here = {
                connection.status for connection in child.net_connections("tcp") if connection.laddr.port == port
            }
            found |= {child.pid} if psutil.CONN_LISTEN in open_here else set()
    return found


def shares(server: ServerProcess) -> list[int]:
    """Give how many connections each process holds."""
    port = int(server.url.rsplit(":", 1)[1])
    return [
        sum(
            connection.status == psutil.CONN_ESTABLISHED and connection.laddr.port == port
            for connection in psutil.Process(pid).net_connections("tcp")
        )
        for pid in listening(server)
    ]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG):
        while not condition():  # noqa: ASYNC110 nobody says so
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


async def test_several_processes_share_an_address_evenly_and_a_dead_one_is_started_again(
    postgresql_url: str, command: Command
) -> None:
    async with running_server(several(postgresql_url)) as server:
        await until(lambda: len(listening(server)) == 3)
        await until(lambda: server.logs().count("Maycall is ready") == 1)
        port = int(server.url.rsplit(":", 1)[1])

        # Connections that last, as those of dashboards do.
        held = [socket.create_connection(("127.0.0.1", port)) for _ in range(300)]
        await until(lambda: sum(shares(server)) == 300)
        assert min(shares(server)) > 50
        for connection in held:
            connection.close()

        told = await asyncio.to_thread(command, several(postgresql_url), "serve", "--port", f"{port}")
        assert sentence(told).startswith(f"Port {port} is in use.")

        victim = min(listening(server))
        os.kill(victim, signal.SIGKILL)
        await until(lambda: len(listening(server) - {victim}) == 3)
        assert f'"pid": {victim}, "exit_code": -9' in server.logs()
        async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=60) as client:
            assert (await client.get("/health/ready")).json()["status"] == "ready"
            scraped = (await client.get("/metrics")).text
            assert [f'maycall_listeners{{worker="{place}"}} 0.0' in scraped for place in range(3)] == [True] * 3


async def test_told_to_stop_all_of_them_end(postgresql_url: str) -> None:
    async with running_server(several(postgresql_url)) as server:
        await until(lambda: len(listening(server)) == 3)
        family = psutil.Process(server.process.pid).children(recursive=True)
        async with asyncio.timeout(20):
            assert await server.stop(signal.SIGTERM) == 0
        await until(lambda: not any(one.is_running() for one in family))
        assert "Traceback" not in server.logs()
        assert "server_died" not in server.logs()


async def test_when_the_first_process_is_killed_the_others_do_not_stay_behind(postgresql_url: str) -> None:
    async with running_server(several(postgresql_url)) as server:
        await until(lambda: len(listening(server)) == 3)
        family = psutil.Process(server.process.pid).children(recursive=True)
        os.kill(server.process.pid, signal.SIGKILL)
        await server.process.wait()
        await until(lambda: not any(one.is_running() for one in family))


def test_several_processes_need_what_crosses_processes(command: Command, sqlite_url: str) -> None:
    environment = {"MAYCALL_SANDBOX": "true", "MAYCALL_DATABASE_URL": sqlite_url, "MAYCALL_WORKERS": "2"}
    assert sentence(command(environment, "serve", "--port", f"{free_port()}")) == (
        "More than one worker (MAYCALL_WORKERS) needs MAYCALL_DATABASE_URL=postgresql://…, because SQLite is for a"
        " single process; and MAYCALL_BROADCAST_URL=redis://… or postgresql://…, for the processes to hear of each"
        " other; and no MAYCALL_SANDBOX but MAYCALL_SANDBOX_URL, with the sandbox as a process of its own."
    )
