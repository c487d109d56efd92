"""The same key with the same input gives the first result again for a day; with another input it is refused."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import orjson
from sqlmodel.sql.expression import SelectOfScalar

from models.database import Session
from rules.refusals import IdempotencyKeyReused

KEPT = timedelta(hours=24)
OWN = "batch:"  # how our own keys begin, which are never free: a server may go on after days with what it began


class Hashed(Protocol):
    input_hash: str | None


class Keyed(Hashed, Protocol):
    idempotency_key: str | None

    @property
    def reserved_at(self) -> datetime: ...


Row = TypeVar("Row", bound=Keyed)


async def earlier(session: Session, with_key: SelectOfScalar[Row], now: datetime) -> Row | None:
    """Give what was done with a key. What is a day ago loses it: in a session that writes, once that is flushed."""
    found = (await session.exec(with_key)).first()
    if found is None or now < found.reserved_at + KEPT or (found.idempotency_key or "").startswith(OWN):
        return found
    found.idempotency_key = None
    return None


def fingerprint(values: Mapping[str, Any]) -> str:
    """Give what two inputs have in common only when they are the same."""
    written = orjson.dumps(values, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(written).hexdigest()


def clashes(earlier: Hashed, input_hash: str) -> IdempotencyKeyReused | None:
    """Refuse where the key of `earlier` now comes with another input."""
    return None if earlier.input_hash == input_hash else IdempotencyKeyReused()
