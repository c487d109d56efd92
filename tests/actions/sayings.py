"""More of what Meta says: people without a phone, new names, plain messages, and templates."""

from datetime import datetime
from typing import Any

from . import meta

MEERAS_USER_ID = "IN.7401982236615548"
ACCOUNT = "318840017724905"  # what meta.delivery says the entry is about


def by(
    said: meta.Change, *, phone: str | None = None, user_id: str | None = None, parent: str | None = None
) -> meta.Change:
    """Have the very same said by, or of, somebody with these names and no others."""
    items: list[dict[str, Any]] = [
        item for kind in ("messages", "statuses", "calls") for item in said["value"].get(kind, ())
    ]
    business = said["value"]["metadata"]["display_phone_number"]
    for item in items:
        for end in ("from", "to", "recipient_id"):
            if item.get(end, business) != business:
                _name(item, end, phone.removeprefix("+") if phone else None)
                prefix = "recipient" if end == "recipient_id" else end
                _name(item, f"{prefix}_user_id", user_id)
                _name(item, f"{prefix}_parent_user_id", parent)
    return said


def wrote(message_id: str, at: datetime, *, phone: str = meta.MEERAS_PHONE) -> meta.Change:
    """Report a plain message of the customer."""
    said = meta.replied(message_id, at, phone=phone)
    [message] = said["value"]["messages"]
    del message["interactive"]
    message |= {"type": "text", "text": {"body": "Hello"}}
    return said


def changed_number(message_id: str, at: datetime, *, old: str, new: str, user_id: str | None = None) -> meta.Change:
    """Report that who had the phone `old` has `new` now, and with it maybe a new user id."""
    names = {"wa_id": new.removeprefix("+"), "user_id": user_id}
    return _system(message_id, at, "user_changed_number", names, phone=old)


def changed_user_id(message_id: str, at: datetime, *, old: str, new: str, phone: str | None = None) -> meta.Change:
    """Report that the user id `old` is `new` now; `phone` only where the new one may be known."""
    names = {"previous_user_id": old, "user_id": new, "wa_id": phone.removeprefix("+") if phone else None}
    return _system(message_id, at, "user_changed_user_id", names)


def template_moved(field: str = "message_template_status_update") -> meta.Change:
    """Report that something about a template has changed."""
    value = {"event": "PAUSED", "message_template_name": "may_we_call", "message_template_language": "en"}
    return {"field": field, "value": value}


def _system(
    message_id: str, at: datetime, kind: str, names: dict[str, str | None], phone: str = meta.MEERAS_PHONE
) -> meta.Change:
    said = wrote(message_id, at, phone=phone)
    [message] = said["value"]["messages"]
    told = {name: value for name, value in names.items() if value is not None}
    if kind == "user_changed_user_id":
        del message["from"]
        message["from_user_id"] = told["user_id"]
    message |= {"type": "system", "system": {"type": kind, "body": "User changed", **told}}
    return said


def _name(item: dict[str, Any], key: str, value: str | None) -> None:
    item.pop(key, None)
    if value is not None:
        item[key] = value
