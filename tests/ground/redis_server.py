"""A real Redis (Valkey, which speaks as it does): one for a whole run, or one of a test's own that it may kill."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fleet import valkey
from tests.ground.processes import free_port

SECONDS_TO_START = 60
SECONDS_BETWEEN_LOOKS = 0.01


class RedisServer:
    """A Redis on a port of its own, which it keeps however often it is killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it, and wait until it can be spoken to."""
        log = self._folder / "log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 our own words, no shell
                valkey.serving(self._port),
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the tests: Redis is still needed while they tidy up
            )
        latest = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            assert self._process.poll() is None, log.read_text()
            assert time.monotonic() < latest, log.read_text()
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def kill(self) -> None:
        """End it with no chance to say goodbye to anybody."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False


@contextmanager
def own_redis() -> Iterator[RedisServer]:
    """Give a Redis that was started for us alone."""
    with tempfile.TemporaryDirectory(prefix="maycall-redis-") as folder:
        server = RedisServer(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.kill()


@contextmanager
def redis_server() -> Iterator[str]:
    """Give the URL of a Redis: the one named by MAYCALL_TEST_REDIS_URL, or one of our own."""
    named = os.environ.get("MAYCALL_TEST_REDIS_URL")
    if named:
        yield named
        return
    with own_redis() as server:
        yield server.url
