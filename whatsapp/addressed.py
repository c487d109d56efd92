"""Of which business numbers a delivery claims to speak, read before it is known who signed it.

Nothing else is read of it then: no more than is needed to know whose app secret to try.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Addressed:
    """Meta's ids of the accounts and business numbers that are named."""

    waba_ids: frozenset[str]
    phone_number_ids: frozenset[str]


def addressed(body: bytes) -> Addressed:
    """Read the raw bytes; of what is no delivery of Meta's, nothing is named."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Addressed(frozenset(), frozenset())
    entries = list(_objects(document, "entry"))
    values = [change.get("value") for entry in entries for change in _objects(entry, "changes")]
    phone_number_ids = (
        _inside(value, place).get("phone_number_id") for value in values for place in ("metadata", _SETTINGS)
    )
    return Addressed(_texts(entry.get("id") for entry in entries), _texts(phone_number_ids))


_SETTINGS = "phone_number_settings"


def _objects(parent: Any, name: str) -> Iterator[dict[str, Any]]:
    listed = parent.get(name) if isinstance(parent, dict) else None
    return (item for item in (listed if isinstance(listed, list) else []) if isinstance(item, dict))


def _inside(parent: Any, name: str) -> dict[str, Any]:
    inside = parent.get(name) if isinstance(parent, dict) else None
    return inside if isinstance(inside, dict) else {}


def _texts(values: Iterator[Any]) -> frozenset[str]:
    return frozenset(value for value in values if isinstance(value, str) and "\x00" not in value)
