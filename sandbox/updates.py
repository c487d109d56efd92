"""The webhook updates, exactly in Meta's shapes (webhooks, sections 5.1 to 5.10 of the reference)."""

from typing import Any

from .call import Call, CallStatus, Direction, duration
from .config import BusinessNumber
from .documents import Handset, Message, NumberState, Update, metadata
from .errors import title
from .permission import Permission, Standing
from .template import Template

_HELP = "https://developers.facebook.com/documentation/business-messaging/whatsapp/"


def _contacts(handset: Handset) -> list[dict[str, Any]]:
    return [{"profile": {"name": handset.name}, "wa_id": handset.wa_id, "user_id": handset.user_id}]


def _update(number: BusinessNumber, handset: Handset, field: str, value: dict[str, Any]) -> Update:
    full = {"messaging_product": "whatsapp", "metadata": metadata(number), **value}
    return Update(handset.wa_id, number.waba_id, field, full)


def _opaque(data: str | None) -> dict[str, str]:
    return {} if data is None else {"biz_opaque_callback_data": data}


def message_status(number: BusinessNumber, handset: Handset, message: Message, status: str, at: int) -> Update:
    """Tell that a message was sent, delivered or read."""
    told: dict[str, Any] = {
        "id": message.id,
        "status": status,
        "timestamp": str(at),
        "recipient_id": handset.wa_id,
        "recipient_user_id": handset.user_id,
        **_opaque(message.opaque),
    }
    if message.pricing is not None:
        told["pricing"] = message.pricing
    return _update(number, handset, "messages", {"contacts": _contacts(handset), "statuses": [told]})


def message_failed(number: BusinessNumber, handset: Handset, message: Message, code: int, at: int) -> Update:
    """Tell that a message could not be delivered: without contacts, and without an id it was not addressed by."""
    who = {"recipient_id": handset.wa_id} if message.addressed_by_phone else {"recipient_user_id": handset.user_id}
    told = {
        "id": message.id,
        "status": "failed",
        "timestamp": str(at),
        **who,
        **_opaque(message.opaque),
        "errors": [
            {
                "code": code,
                "title": title(code),
                "message": title(code),
                "error_data": {"details": title(code) + "."},
                "href": _HELP + "support/error-codes",
            }
        ],
    }
    return _update(number, handset, "messages", {"statuses": [told]})


def _said(
    number: BusinessNumber, handset: Handset, message: Message, content: dict[str, Any], context: dict[str, str] | None
) -> Update:
    told: dict[str, Any] = {} if context is None else {"context": context}
    told |= {
        "from": handset.wa_id,
        "from_user_id": handset.user_id,
        "id": message.id,
        "timestamp": str(message.at),
        **content,
    }
    return _update(number, handset, "messages", {"contacts": _contacts(handset), "messages": [told]})


def permission_reply(
    number: BusinessNumber, handset: Handset, message: Message, permission: Permission, about: str | None
) -> Update:
    """Tell what the customer now allows. `about` is the request's or call's id; None from the profile."""
    reply: dict[str, Any] = {"response": "reject"}
    if permission.standing is Standing.TEMPORARY:
        reply = {"response": "accept", "is_permanent": False, "expiration_timestamp": str(permission.expires_at)}
    elif permission.standing is Standing.PERMANENT:
        reply = {"response": "accept", "is_permanent": True}
    reply["response_source"] = None if permission.source is None else permission.source.value
    context = None
    if about is not None:
        author = handset.wa_id if about.startswith("wacid.") else number.display_phone_number
        context = {"from": author, "id": about}
    content = {
        "type": "interactive",
        "interactive": {"type": "call_permission_reply", "call_permission_reply": reply},
    }
    return _said(number, handset, message, content, context)


def text_message(number: BusinessNumber, handset: Handset, message: Message) -> Update:
    """Tell what the customer wrote."""
    return _said(number, handset, message, {"type": "text", "text": {"body": message.text}}, None)


def _call(number: BusinessNumber, handset: Handset, call: Call, event: str, at: int) -> dict[str, Any]:
    told: dict[str, Any] = {"id": call.wacid}
    if call.direction is Direction.BUSINESS:
        told |= {"to": handset.wa_id, "to_user_id": handset.user_id, "from": number.display_phone_number}
    else:
        told |= {"from": handset.wa_id, "from_user_id": handset.user_id, "to": number.display_phone_number}
    return told | {
        "event": event,
        "timestamp": str(at),
        "direction": call.direction.value,
        **_opaque(call.opaque),
    }


def call_connect(number: BusinessNumber, handset: Handset, call: Call, sdp: str) -> Update:
    """Hand over the customer side's SDP: an answer to the business's call, an offer for the customer's own."""
    kind = "answer" if call.direction is Direction.BUSINESS else "offer"
    told = _call(number, handset, call, "connect", call.started_at) | {"session": {"sdp_type": kind, "sdp": sdp}}
    return _update(number, handset, "calls", {"contacts": _contacts(handset), "calls": [told]})


def call_status(number: BusinessNumber, handset: Handset, call: Call, status: str, at: int) -> Update:
    """Tell RINGING, ACCEPTED or REJECTED of a business-initiated call. Meta's sample has no contacts."""
    told = {
        "id": call.wacid,
        "timestamp": str(at),
        "type": "call",
        "status": status,
        "recipient_id": handset.wa_id,
        "recipient_user_id": handset.user_id,
        **_opaque(call.opaque),
    }
    return _update(number, handset, "calls", {"statuses": [told]})


def call_terminate(number: BusinessNumber, handset: Handset, call: Call, code: int | None = None) -> Update:
    """Tell that a call is over: times only if it was picked up, errors beside the calls only if it failed."""
    at = call.ended_at if call.ended_at is not None else call.started_at
    failed = call.status is CallStatus.FAILED
    told = _call(number, handset, call, "terminate", at) | {"status": "FAILED" if failed else "COMPLETED"}
    talked = duration(call)
    if talked is not None and not failed:
        told |= {"start_time": str(call.answered_at), "end_time": str(call.ended_at), "duration": talked}
    value: dict[str, Any] = {"contacts": _contacts(handset), "calls": [told]}
    if code is not None:
        value["errors"] = [
            {
                "code": code,
                "message": title(code),
                "href": _HELP + "calling/troubleshooting#calling-error-codes",
                "error_data": {"details": title(code) + "."},
            }
        ]
    return _update(number, handset, "calls", value)


def settings_changed(number: BusinessNumber, state: NumberState, at: int) -> Update:
    """Tell new calling settings."""
    value = {
        "messaging_product": "whatsapp",
        "timestamp": str(at),
        "type": "phone_number_settings",
        "phone_number_settings": {"phone_number_id": number.phone_number_id, "calling": state.calling},
    }
    return Update(number.phone_number_id, number.waba_id, "account_settings_update", value)


def restricted(number: BusinessNumber, until: int) -> Update:
    """Tell that Meta has paused the number's calls and requests."""
    value = {
        "phone_number": number.display_phone_number,
        "event": "ACCOUNT_RESTRICTION",
        "restriction_info": [{"restriction_type": "RESTRICTED_BUSINESS_INITIATED_CALLING", "expiration": until}],
    }
    return Update(number.phone_number_id, number.waba_id, "account_update", value)


def template_approved(template: Template) -> Update:
    """Tell that a template may be sent."""
    value = {
        "event": "APPROVED",
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
        "reason": "NONE",
    }
    return Update(template.waba_id, template.waba_id, "message_template_status_update", value)
