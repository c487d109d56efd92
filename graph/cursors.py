"""Opaque cursors: a place in a list, and a place in a workspace's log."""

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from .faults import Reason, bad_input

_BEYOND_ANY_LOG = 2**63


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("it has no time zone")
    return moment.astimezone(UTC)


def _sequence(text: str) -> int:
    number = int(text)
    if not 0 <= number < _BEYOND_ANY_LOG:
        raise ValueError("no log is that long")
    return number


_PLAIN: dict[type, Callable[[str], Any]] = {datetime: _moment, UUID: UUID, int: _sequence}


def encode_key(key: tuple[Any, ...]) -> str:
    """Write down where a row stands: the values of the columns that the list is ordered by."""
    return base64.urlsafe_b64encode(orjson.dumps([str(value) for value in key])).decode()


def decode_key(cursor: str, kinds: tuple[type, ...]) -> tuple[Any, ...]:
    """Read a place in a list ordered by columns of these `kinds`. BAD_USER_INPUT for another list's cursor."""
    try:
        values = orjson.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        if isinstance(values, list) and len(values) == len(kinds) and all(isinstance(value, str) for value in values):
            return tuple(_PLAIN[kind](value) for kind, value in zip(kinds, values, strict=True))
    except (binascii.Error, ValueError, OverflowError):
        pass
    raise bad_input(f"{cursor[:80]!r} is not a cursor of this list. Take cursors from its pageInfo or edges.")


def encode_log(workspace_id: UUID, sequence: int) -> str:
    """Write down a place in a log, and which workspace's log it is."""
    return base64.urlsafe_b64encode(f"log:{workspace_id}:{sequence}".encode()).decode()


def decode_log(cursor: str, workspace_id: UUID) -> int:
    """Read a place in this workspace's log. BAD_USER_INPUT for another log's cursor, or one never given out."""
    forged = bad_input("This is not a cursor of a log. Read changeCursor and start from there.", Reason.CURSOR_FORGED)
    try:
        mark, owner, digits = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().split(":")
        own, sequence = UUID(owner) == workspace_id, _sequence(digits)
    except (binascii.Error, ValueError):
        raise forged from None
    if mark != "log" or not digits.isascii() or not digits.isdigit():
        raise forged
    if not own:
        raise bad_input(
            "This is not a cursor of your workspace's log. Read changeCursor and start from there.",
            Reason.CURSOR_FOREIGN,
        )
    return sequence


def check_place(position: int, pruned_to: int, stands_at: int) -> int:
    """Give a place in a log that is complete after `pruned_to` and stands at `stands_at`. BAD_USER_INPUT elsewhere."""
    if position < pruned_to:
        raise bad_input(
            "This cursor is older than what is kept of the log. Read afresh, with changeCursor, and start from there.",
            Reason.CURSOR_TOO_OLD,
        )
    if position > stands_at:
        raise bad_input("This cursor is ahead of the log. Read changeCursor and start from there.", Reason.CURSOR_AHEAD)
    return position
