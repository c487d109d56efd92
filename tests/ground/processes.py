"""Real server processes: started as an operator would, watched, ended with Ctrl-C's signal or killed outright."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

import httpx

ROOT = Path(__file__).parents[2]
SERVE = [sys.executable, "-m", "server", "serve"]
WORKER = [sys.executable, "-m", "server", "worker"]
SECONDS_TO_START = 90
SECONDS_TO_STOP = 30
SECONDS_BETWEEN_LOOKS = 0.05


@dataclass(frozen=True)
class ServerProcess:
    """A server that answered; `stop` and `kill` may be called again once it has ended."""

    url: str
    process: asyncio.subprocess.Process
    log: Path

    def logs(self) -> str:
        """Read what it has written so far, to either of its outputs."""
        return self.log.read_text(errors="replace")

    async def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Interrupt it as Ctrl-C does, or tell it otherwise, and give its exit code: 0 for a clean end."""
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await asyncio.wait_for(self.process.wait(), SECONDS_TO_STOP)

    async def kill(self) -> None:
        """End it and its workers with no chance to tidy up, as a crash or `kill -9` would."""
        # Its workers can outlive it, so the whole group is meant, also when the first process is gone already.
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()

    @property
    def killed(self) -> bool:
        return self.process.returncode == -signal.SIGKILL


@asynccontextmanager
async def running_server(
    environment: Mapping[str, str],
    *arguments: str,
    port: int | None = None,
    command: list[str] = SERVE,
    alive_at: str = "/health/live",
    folder: Path = ROOT,
) -> AsyncIterator[ServerProcess]:
    """Run `python -m server serve` until the block ends; then it must stop cleanly unless the block killed it.

    It has started once it answers at `alive_at`; `folder` is the checkout that it is a server of. Of this process's
    own environment nothing that begins with MAYCALL_ is passed on. When anything fails, the server's log is added to
    the error.
    """
    port = port or free_port()
    words = [*command, "--port", f"{port}", *arguments]

    async def answers(server: ServerProcess) -> None:
        await _until_it_answers(server, alive_at)

    async with _running(environment, words, folder, f"http://127.0.0.1:{port}", answers) as server:
        yield server


@asynccontextmanager
async def running_worker(environment: Mapping[str, str]) -> AsyncIterator[ServerProcess]:
    """Run `python -m server worker` until the block ends, as a server is run; it has started once it says so."""
    async with _running(environment, WORKER, ROOT, "", _until_it_works) as worker:
        yield worker


@asynccontextmanager
async def _running(
    environment: Mapping[str, str],
    words: list[str],
    folder: Path,
    url: str,
    has_started: Callable[[ServerProcess], Awaitable[None]],
) -> AsyncIterator[ServerProcess]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAYCALL_")}
    with tempfile.TemporaryDirectory(prefix="maycall-server-") as temporary:
        log = Path(temporary) / "server.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *words,
                cwd=folder,
                env=inherited | dict(environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        server = ServerProcess(url, process, log)
        try:
            await has_started(server)
            yield server
            if not server.killed:
                code = await server.stop()
                assert code == 0, f"the server ended with {code}"
        except BaseException as error:
            error.add_note(f"The server's log:\n{server.logs()}")
            raise
        finally:
            await server.kill()


def free_port(in_a_row: int = 1) -> int:
    """Find the first of so many ports of the loopback in a row that nobody listens on.

    They are not of those that the system gives to whoever connects: one of them could be taken before it is used.
    Nor does a seed lead to them: Hypothesis sows the same in every process that tests at this moment.
    """
    while True:
        first = SystemRandom().randrange(10_000, 32_000)
        if all(_is_free(port) for port in range(first, first + in_a_row)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


async def _until_it_answers(server: ServerProcess, alive_at: str) -> None:
    async with asyncio.timeout(SECONDS_TO_START), httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        while True:
            assert server.process.returncode is None, f"the server ended with {server.process.returncode}"
            with suppress(httpx.TransportError):
                if (await client.get(alive_at)).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


async def _until_it_works(worker: ServerProcess) -> None:
    async with asyncio.timeout(SECONDS_TO_START):
        while "is at work" not in worker.logs():
            assert worker.process.returncode is None, f"the worker ended with {worker.process.returncode}"
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
