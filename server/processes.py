"""Several server processes for one address: started, watched, started again when they die, and ended together.

Each listens by itself on the same address (SO_REUSEPORT): the system deals new connections out evenly, however long the
old ones last.
"""

import multiprocessing
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess

import structlog

from .leaving import SECONDS_ALTOGETHER

SECONDS_OF_HEALTH = 5.0  # whoever dies sooner after its start is started again after a rest
REST_SECONDS = 1.0

# Forked from a process that has read the code and done nothing: were they forked from here, what makes ids would be
# copied in the middle of its chances, and two processes would make the same ones.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["server.serve"])
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Member:
    """One of the processes, and what it says "I listen" through."""

    process: ForkServerProcess
    ready: Connection
    started_at: float


def keep_running(count: int, serve: Callable[[Connection, int], None], all_listen: Callable[[], None]) -> None:
    """Run so many processes that `serve` until SIGINT or SIGTERM; each sends anything once it listens.

    They are told their places, from 0; who takes the place of one that died is told the same.
    """
    with _told_to_stop() as told:
        members = [_start(serve, place) for place in range(count)]
        silent = {member.ready for member in members}
        while told not in (happened := wait([told, *silent, *(member.process.sentinel for member in members)])):
            for place, member in enumerate(members):
                if member.process.sentinel in happened:
                    silent.discard(member.ready)
                    member.ready.close()
                    _log.error("server_died", pid=member.process.pid, exit_code=member.process.exitcode)
                    if time.monotonic() - member.started_at < SECONDS_OF_HEALTH and wait([told], REST_SECONDS):
                        break
                    members[place] = _start(serve, place)
                    silent.add(members[place].ready)
                elif member.ready in happened:
                    silent.discard(member.ready)
                    with suppress(EOFError):  # it is just dying
                        member.ready.recv()
            if not silent:
                all_listen()
                all_listen = _nothing
        _end(members)


def _nothing() -> None:
    """Say no more that all listen: they did before."""


def _start(serve: Callable[[Connection, int], None], place: int) -> Member:
    ready, say_ready = _context.Pipe(duplex=False)
    process = _context.Process(target=serve, args=(say_ready, place))
    # Ctrl-C reaches everything that runs in a terminal, but it is ours to tell the others, once and all in order.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    process.start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    say_ready.close()
    return Member(process, ready, time.monotonic())


def _end(members: list[Member]) -> None:
    for member in members:
        member.process.terminate()
    latest = time.monotonic() + SECONDS_ALTOGETHER
    for member in members:
        member.process.join(max(0.0, latest - time.monotonic()))
        member.process.kill()  # which is nothing to one that has ended
        member.process.join()
        member.ready.close()


@contextmanager
def _told_to_stop() -> Iterator[socket.socket]:
    """Give what can be read from once a signal has told us to stop."""
    told, teller = socket.socketpair()
    teller.settimeout(0)
    ends = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(end, lambda _signal, _frame: None) for end in ends]
    wakes_before = signal.set_wakeup_fd(teller.fileno())
    try:
        yield told
    finally:
        signal.set_wakeup_fd(wakes_before)
        for end, handler in zip(ends, before, strict=True):
            signal.signal(end, handler)
        told.close()
        teller.close()
