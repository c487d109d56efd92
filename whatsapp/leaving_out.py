"""A delivery without what it says of some people: for what is kept raw after they are forgotten."""

from collections.abc import Collection
from typing import Any

import orjson


def without(body: bytes, phone_number_ids: Collection[str], names: Collection[str]) -> bytes:
    """Leave out of a delivery's body what names these people, as Meta writes them, to these numbers of ours.

    Each message, status, call or contact goes as a whole. What a delivery says to other numbers stays: there the same
    people may be other businesses' customers.
    """
    read = orjson.loads(body)
    for entry in _dicts(read.get("entry") if isinstance(read, dict) else None):
        for change in _dicts(entry.get("changes")):
            value = change.get("value")
            if isinstance(value, dict) and _number_of(value) in phone_number_ids:
                change["value"] = _cleaned(value, frozenset(names))
    return orjson.dumps(read)


def _cleaned(value: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    kept = {name: part for name, part in value.items() if not _names(part, names)}
    return {name: _without(part, names) for name, part in kept.items()}


def _number_of(value: dict[str, Any]) -> object:
    metadata = value.get("metadata")
    return metadata.get("phone_number_id") if isinstance(metadata, dict) else None


def _without(part: Any, names: frozenset[str]) -> Any:
    match part:
        case dict():
            return {name: _without(inner, names) for name, inner in part.items()}
        case list():
            return [_without(inner, names) for inner in part if not _names(inner, names)]
        case _:
            return part


def _names(part: Any, names: frozenset[str]) -> bool:
    """Tell whether it names one of them by itself, and not only in a list that it has."""
    match part:
        case str():
            return part.removeprefix("+") in names
        case dict():
            return any(_names(inner, names) for inner in part.values())
        case _:
            return False


def _dicts(parts: Any) -> list[dict[str, Any]]:
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
