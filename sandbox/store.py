"""The SQLite file: JSON documents, and the updates that have not reached the webhook yet."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .documents import Update

_TABLES = """
CREATE TABLE IF NOT EXISTS document (
    place INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, id)
);
CREATE TABLE IF NOT EXISTS delivery (
    number INTEGER PRIMARY KEY AUTOINCREMENT, lane TEXT NOT NULL, waba_id TEXT NOT NULL, field TEXT NOT NULL,
    value TEXT NOT NULL, created_at REAL NOT NULL, due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
);
"""


class BusyError(Exception):
    """Another process holds the file."""


@dataclass(slots=True)
class Delivery:
    """One update on its way. `number` gives the order; `due_at` and `attempts` change when the door is closed."""

    number: int
    update: Update
    created_at: float
    due_at: float
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """An update not yet written down."""

    update: Update
    created_at: float
    due_at: float


class Store:
    """One process's hold on the file. Every write is one committed transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Everything happens on the event loop's thread, which need not be the one that made the connection.
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.5)
        try:
            # Two processes would each believe their own memory: the second one is told at once.
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_TABLES)
        except sqlite3.OperationalError as error:
            self._connection.close()
            raise BusyError(
                f"The sandbox cannot use {path} ({error}). Is another sandbox running on it? Stop it, or name "
                "another file."
            ) from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def documents(self, kind: str) -> list[tuple[str, str]]:
        """Read every document of a kind as (id, JSON), oldest first."""
        rows = self._connection.execute("SELECT id, body FROM document WHERE kind = ? ORDER BY place", (kind,))
        return rows.fetchall()

    def write(self, documents: Iterable[tuple[str, str, str]], drafts: Sequence[Draft]) -> list[Delivery]:
        """Save documents (kind, id, JSON) and updates in one transaction; return the updates with their numbers."""
        deliveries: list[Delivery] = []
        connection = self._connection
        connection.execute("BEGIN")
        try:
            connection.executemany(
                "INSERT INTO document (kind, id, body) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                documents,
            )
            for draft in drafts:
                update = draft.update
                cursor = connection.execute(
                    "INSERT INTO delivery (lane, waba_id, field, value, created_at, due_at) VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        update.lane,
                        update.waba_id,
                        update.field,
                        json.dumps(update.value),
                        draft.created_at,
                        draft.due_at,
                    ),
                )
                number = cursor.lastrowid or 0
                deliveries.append(Delivery(number, update, draft.created_at, draft.due_at))
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return deliveries

    def undelivered(self) -> list[Delivery]:
        """Read what is still on its way, in order."""
        rows: list[tuple[Any, ...]] = self._connection.execute(
            "SELECT number, lane, waba_id, field, value, created_at, due_at, attempts FROM delivery ORDER BY number"
        ).fetchall()
        return [
            Delivery(number, Update(lane, waba_id, field, json.loads(value)), created_at, due_at, attempts)
            for number, lane, waba_id, field, value, created_at, due_at, attempts in rows
        ]

    def delivered(self, deliveries: Iterable[Delivery]) -> None:
        """Forget what has arrived, or was given up."""
        self._many("DELETE FROM delivery WHERE number = ?", [(delivery.number,) for delivery in deliveries])

    def postponed(self, deliveries: Iterable[Delivery]) -> None:
        """Remember when to try again."""
        self._many(
            "UPDATE delivery SET due_at = ?, attempts = ? WHERE number = ?",
            [(delivery.due_at, delivery.attempts, delivery.number) for delivery in deliveries],
        )

    def _many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        self._connection.execute("BEGIN")
        try:
            self._connection.executemany(statement, rows)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
