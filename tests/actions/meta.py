"""What Meta says, one change of a delivery each: tests choose who, what and when."""

from datetime import datetime
from typing import Any

import orjson

from tests.ground.house import DISPLAY_PHONE_NUMBER, MEERA, PHONE_NUMBER_ID

Change = dict[str, Any]

MEERAS_PHONE = str(MEERA["phone"])
SDP_ANSWER = "v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\n"


def delivery(*changes: Change) -> bytes:
    """Write the body of one POST."""
    entry = {"id": "318840017724905", "changes": list(changes)}
    return orjson.dumps({"object": "whatsapp_business_account", "entry": [entry]})


def replied(
    message_id: str,
    at: datetime,
    *,
    to: str | None = None,
    yes: bool = True,
    expires_at: datetime | None = None,
    automatic: bool = False,
    phone: str = MEERAS_PHONE,
) -> Change:
    """Answer the message (or call) `to`; a yes without `expires_at` is for good."""
    reply: dict[str, Any] = {
        "response": "accept" if yes else "reject",
        "response_source": "automatic" if automatic else "user_action",
    }
    if yes:
        reply["is_permanent"] = expires_at is None
    if expires_at is not None:
        reply["expiration_timestamp"] = _seconds(expires_at)
    message = {
        "from": phone.removeprefix("+"),
        "id": message_id,
        "timestamp": _seconds(at),
        "type": "interactive",
        "interactive": {"type": "call_permission_reply", "call_permission_reply": reply},
    }
    if to is not None:
        message["context"] = {"from": DISPLAY_PHONE_NUMBER.removeprefix("+"), "id": to}
    return _change("messages", messages=[message])


def message_moved(
    message_id: str,
    status: str,
    at: datetime,
    *,
    opaque: str | None = None,
    code: int | None = None,
    phone: str = MEERAS_PHONE,
) -> Change:
    """Report a message as sent, delivered, read or (with Meta's `code`) failed."""
    moved = _status(message_id, status, at, opaque, phone)
    if code is not None:
        moved["errors"] = [{"code": code, "title": "Message undeliverable"}]
    return _change("messages", statuses=[moved])


def call_moved(
    call_id: str, status: str, at: datetime, *, opaque: str | None = None, phone: str = MEERAS_PHONE
) -> Change:
    """Report a call as RINGING, ACCEPTED or REJECTED."""
    return _change("calls", statuses=[_status(call_id, status, at, opaque, phone) | {"type": "call"}])


def connected(call_id: str, at: datetime, *, opaque: str | None = None, phone: str = MEERAS_PHONE) -> Change:
    session = {"sdp_type": "answer", "sdp": SDP_ANSWER}
    return _change("calls", calls=[_call(call_id, "connect", at, opaque, phone) | {"session": session}])


def terminated(
    call_id: str,
    at: datetime,
    *,
    answered_at: datetime | None = None,
    code: int | None = None,
    opaque: str | None = None,
    phone: str = MEERAS_PHONE,
) -> Change:
    """Report the end of a call; with Meta's `code` it failed."""
    call = _call(call_id, "terminate", at, opaque, phone) | {"status": "COMPLETED" if code is None else "FAILED"}
    if answered_at is not None:
        duration = int((at - answered_at).total_seconds())
        call |= {"start_time": _seconds(answered_at), "end_time": _seconds(at), "duration": duration}
    errors = {} if code is None else {"errors": [{"code": code, "message": "No media"}]}
    return _change("calls", calls=[call], **errors)


def dialled(call_id: str, at: datetime, *, answered_at: datetime | None, phone: str = MEERAS_PHONE) -> Change:
    """Report the end of a call that the customer placed."""
    change = terminated(call_id, at, answered_at=answered_at, phone=phone)
    [call] = change["value"]["calls"]
    call |= {"from": call["to"], "to": call["from"], "direction": "USER_INITIATED"}
    return change


def switched(at: datetime, *, calling: bool) -> Change:
    """Report that calling was switched on or off in the number's settings."""
    settings = {"phone_number_id": PHONE_NUMBER_ID, "calling": {"status": "ENABLED" if calling else "DISABLED"}}
    value = {"timestamp": _seconds(at), "type": "phone_number_settings", "phone_number_settings": settings}
    return {"field": "account_settings_update", "value": value}


def restricted(until: datetime) -> Change:
    """Report that Meta has paused the number's calls and requests."""
    restriction = {"restriction_type": "RESTRICTED_BUSINESS_INITIATED_CALLING", "expiration": _seconds(until)}
    value = {
        "phone_number": DISPLAY_PHONE_NUMBER.removeprefix("+"),
        "event": "ACCOUNT_RESTRICTION",
        "restriction_info": [restriction],
    }
    return {"field": "account_update", "value": value}


def _change(field: str, **content: Any) -> Change:
    metadata = {
        "display_phone_number": DISPLAY_PHONE_NUMBER.removeprefix("+"),
        "phone_number_id": PHONE_NUMBER_ID,
    }
    return {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **content}}


def _status(subject: str, status: str, at: datetime, opaque: str | None, phone: str) -> dict[str, Any]:
    told = {"id": subject, "status": status, "timestamp": _seconds(at), "recipient_id": phone.removeprefix("+")}
    return told if opaque is None else told | {"biz_opaque_callback_data": opaque}


def _call(call_id: str, event: str, at: datetime, opaque: str | None, phone: str) -> dict[str, Any]:
    told = {
        "id": call_id,
        "event": event,
        "timestamp": _seconds(at),
        "direction": "BUSINESS_INITIATED",
        "from": DISPLAY_PHONE_NUMBER.removeprefix("+"),
        "to": phone.removeprefix("+"),
    }
    return told if opaque is None else told | {"biz_opaque_callback_data": opaque}


def _seconds(moment: datetime) -> str:
    return str(int(moment.timestamp()))
