"""What clients say over graphql-transport-ws: whether it is a message of the protocol, before anything acts on it."""

from collections.abc import Mapping
from typing import Any

LONGEST_REASON = 123  # bytes: a closing frame has no room for more

_OBJECT = (dict, type(None))
_TEXT = (str, type(None))
# Of each message that a client may send, its parts and of what kind they have to be; what is not there is None.
_PARTS: dict[str, dict[str, tuple[type, ...]]] = {
    "connection_init": {"payload": _OBJECT},
    "ping": {"payload": _OBJECT},
    "pong": {"payload": _OBJECT},
    "subscribe": {"id": (str,), "payload": (dict,)},
    "complete": {"id": (str,)},
}
_ASKED: dict[str, tuple[type, ...]] = {
    "query": (str,),
    "operationName": _TEXT,
    "variables": _OBJECT,
    "extensions": _OBJECT,
    "documentId": _TEXT,
}


def fault_in(message: Mapping[str, Any]) -> str | None:
    """Say why a message is none of the protocol; None where nothing is wrong with it."""
    name = message.get("type")
    parts = _PARTS.get(name) if isinstance(name, str) else None
    if parts is None:
        return "This type of message is not known here."
    wrong = _wrong(message, parts)
    if wrong is None and name == "subscribe":
        wrong = "id" if not message["id"] else _wrong(message["payload"], _ASKED | _query(message["payload"]))
    return f"{name} has no {wrong} of the kind that it has to be." if wrong else None


def _wrong(message: Mapping[str, Any], parts: Mapping[str, tuple[type, ...]]) -> str | None:
    return next((part for part, kinds in parts.items() if not isinstance(message.get(part), kinds)), None)


def _query(payload: Mapping[str, Any]) -> dict[str, tuple[type, ...]]:
    """Say of what kind the query has to be: what names its document otherwise may leave it out."""
    named = payload.get("documentId") or "persistedQuery" in (payload.get("extensions") or ())
    return {"query": _TEXT} if named else {}


def fitting(text: str) -> str:
    """Cut a sentence to what fits into a closing frame."""
    said = text.encode()
    return text if len(said) <= LONGEST_REASON else f"{said[: LONGEST_REASON - 3].decode(errors='ignore')}…"
