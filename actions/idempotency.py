"""The same key with the same input gives the first result again; with another input it is refused."""

import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

import orjson

from rules.refusals import IdempotencyKeyReused


class Keyed(Protocol):
    input_hash: str | None


def fingerprint(values: Mapping[str, Any]) -> str:
    """Give what two inputs have in common only when they are the same."""
    written = orjson.dumps(values, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(written).hexdigest()


def clashes(earlier: Keyed, input_hash: str) -> IdempotencyKeyReused | None:
    """Refuse where the key of `earlier` now comes with another input."""
    return None if earlier.input_hash == input_hash else IdempotencyKeyReused()
