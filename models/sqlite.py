"""What a connection to SQLite does beyond its driver."""

import asyncio
import sqlite3
from functools import partial
from typing import Any

import aiosqlite

_ROWS_AT_ONCE = 64


class OnceStopped(aiosqlite.Connection):
    """A connection that is told once only to stop.

    Whoever is cancelled while it is closed tells it a second time (SQLAlchemy's terminate); the thread that would
    hear that has ended by then, and the end of the event loop would wait for its answer for ever.
    """

    _told = False
    _stopped: asyncio.Future[Any] | None = None

    def stop(self) -> asyncio.Future[Any] | None:
        if not self._told:
            self._told, self._stopped = True, super().stop()
        return self._stopped


def connect(database: str, **options: Any) -> OnceStopped:
    """Give a connection that opens when it is awaited, and whose thread keeps no process from ending."""
    connection = OnceStopped(partial(sqlite3.connect, database, **options), _ROWS_AT_ONCE)
    connection._thread.daemon = True  # noqa: SLF001 the driver has no other way; SQLAlchemy does the same
    return connection
