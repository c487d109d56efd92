"""The webhook updates, exactly in Meta's shapes (webhooks, sections 5.1 to 5.11 of the reference).

Where its sources disagree these are the samples' shapes; `variants.as_told` turns them into the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from .call import Call, CallStatus, Direction, duration
from .config import BusinessNumber
from .documents import Handset, Message, NumberState, Update, metadata
from .errors import details_of, title
from .permission import Permission, Standing
from .restriction import Restriction, Violation
from .template import Template, TemplateStatus

_HELP = "https://developers.facebook.com/documentation/business-messaging/whatsapp/"


@dataclass(frozen=True, slots=True)
class Wording:
    """How one reply is told, where a script wants it unlike the samples.

    `omit` names what is left out of the reply, or of what surrounds it (`context`, `contacts`, and `type` for the
    interactive's); `also` is put into the reply as it is.
    """

    as_number: bool = False
    omit: frozenset[str] = frozenset()
    also: Mapping[str, Any] = field(default_factory=dict)


AS_SAMPLED = Wording()
CAN_BE_OMITTED = (
    "response_source",
    "is_permanent",
    "expiration_timestamp",
    "context",
    "contacts",
    "type",
)


def _contacts(handset: Handset) -> list[dict[str, Any]]:
    profile = {"name": handset.name}
    if handset.username is not None:
        profile["username"] = handset.username
    return [{"profile": profile, **named(handset, "wa_id", "")}]


def named(handset: Handset, phone_field: str, prefix: str) -> dict[str, str]:
    """Name a customer: by phone number unless it is hidden, by user id, and by parent user id if there is one."""
    names = {} if handset.hides_phone else {phone_field: handset.wa_id}
    names[f"{prefix}user_id"] = handset.user_id
    if handset.parent_user_id is not None:
        names[f"{prefix}parent_user_id"] = handset.parent_user_id
    return names


def _update(number: BusinessNumber, handset: Handset, name: str, value: dict[str, Any]) -> Update:
    full = {"messaging_product": "whatsapp", "metadata": metadata(number), **value}
    return Update(handset.lane, number.waba_id, name, full)


def _opaque(data: str | None) -> dict[str, str]:
    return {} if data is None else {"biz_opaque_callback_data": data}


def message_status(number: BusinessNumber, handset: Handset, message: Message, status: str, at: int) -> Update:
    """Tell that a message was sent, delivered or read."""
    told: dict[str, Any] = {
        "id": message.id,
        "status": status,
        "timestamp": str(at),
        **named(handset, "recipient_id", "recipient_"),
        **_opaque(message.opaque),
    }
    if message.pricing is not None:
        told["pricing"] = message.pricing
    return _update(number, handset, "messages", {"contacts": _contacts(handset), "statuses": [told]})


def message_failed(number: BusinessNumber, handset: Handset, message: Message, code: int, at: int) -> Update:
    """Tell that a message could not be delivered: without contacts, and without an id it was not addressed by."""
    who = {"recipient_id": handset.wa_id}
    if not message.addressed_by_phone:
        who = named(handset, "recipient_id", "recipient_")
        who.pop("recipient_id", None)
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
                "error_data": {"details": details_of(code)},
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
        **named(handset, "from", "from_"),
        "id": message.id,
        "timestamp": str(message.at),
        **content,
    }
    return _update(number, handset, "messages", {"contacts": _contacts(handset), "messages": [told]})


def permission_reply(
    number: BusinessNumber,
    handset: Handset,
    message: Message,
    permission: Permission,
    about: str | None,
    wording: Wording = AS_SAMPLED,
) -> Update:
    """Tell what the customer now allows. `about` is the request's or call's id; None from the profile."""
    reply: dict[str, Any] = {"response": "reject"}
    if permission.standing is Standing.TEMPORARY:
        reply = {"response": "accept", "is_permanent": False, "expiration_timestamp": str(permission.expires_at)}
    elif permission.standing is Standing.PERMANENT:
        reply = {"response": "accept", "is_permanent": True}
    reply["response_source"] = None if permission.source is None else permission.source.value
    if wording.as_number and permission.standing is Standing.TEMPORARY:
        reply["expiration_timestamp"] = permission.expires_at
    reply = {name: value for name, value in reply.items() if name not in wording.omit} | dict(wording.also)
    context = None
    if about is not None and "context" not in wording.omit:
        by_customer = about.startswith("wacid.") and not handset.hides_phone
        context = {"from": handset.wa_id if by_customer else number.display_phone_number, "id": about}
    interactive = {"type": "call_permission_reply", "call_permission_reply": reply}
    if "type" in wording.omit:
        del interactive["type"]
    update = _said(number, handset, message, {"type": "interactive", "interactive": interactive}, context)
    if "contacts" in wording.omit:
        del update.value["contacts"]
    return update


def text_message(number: BusinessNumber, handset: Handset, message: Message) -> Update:
    """Tell what the customer wrote."""
    return _said(number, handset, message, {"type": "text", "text": {"body": message.text}}, None)


def identity_changed(
    number: BusinessNumber, before: Handset, after: Handset, message_id: str, kind: str, at: int
) -> Update:
    """Tell that a customer has another number or user id, as a system message without contacts.

    A `user_changed_number` comes from the customer as they were known until then; a `user_changed_user_id`, as in the
    documentation's sample, from whom they are now.
    """
    by_number = kind == "user_changed_number"
    hidden = after.hides_phone
    names = (before.user_id, after.user_id) if hidden else (before.wa_id, after.wa_id)
    system: dict[str, Any] = {
        "type": kind,
        "body": f"User {after.name} changed from {names[0]} to {names[1]}",
        **named(after, "wa_id", ""),
        "previous_user_id": before.user_id,
    }
    if before.parent_user_id is not None:
        system["previous_parent_user_id"] = before.parent_user_id
    told = {
        **named(before if by_number else after, "from", "from_"),
        "id": message_id,
        "timestamp": str(at),
        "type": "system",
        "system": system,
    }
    return _update(number, after, "messages", {"messages": [told]})


def _call(number: BusinessNumber, handset: Handset, call: Call, event: str, at: int) -> dict[str, Any]:
    told: dict[str, Any] = {"id": call.wacid}
    if call.direction is Direction.BUSINESS:
        told |= {**named(handset, "to", "to_"), "from": number.display_phone_number}
    else:
        told |= {**named(handset, "from", "from_"), "to": number.display_phone_number}
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
    """Tell RINGING, ACCEPTED or REJECTED of a business-initiated call. Meta's sample is without the contacts."""
    told = {
        "id": call.wacid,
        "timestamp": str(at),
        "type": "call",
        "status": status,
        **named(handset, "recipient_id", "recipient_"),
        **_opaque(call.opaque),
    }
    return _update(number, handset, "calls", {"contacts": _contacts(handset), "statuses": [told]})


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
                "error_data": {"details": details_of(code)},
            }
        ]
    return _update(number, handset, "calls", value)


def call_event(number: BusinessNumber, handset: Handset, call: Call, event: str, at: int) -> Update:
    """Tell something else about a call: what Meta added in 2026, or what it may add."""
    told = _call(number, handset, call, event, at)
    if event in {"call_recording_available", "call_transcription_available"}:
        kind, mime_type = ("audio", "audio/ogg") if "recording" in event else ("document", "application/json")
        media = {
            "id": str(int.from_bytes(call.wacid.encode()[-7:])),
            "sha256": sha256(call.wacid.encode()).hexdigest(),
            "mime_type": mime_type,
            "url": "https://media.sandbox.example/" + call.wacid.rstrip("="),
        }
        told[event.removesuffix("_available")] = {"type": kind, kind: media}
    return _update(number, handset, "calls", {"contacts": _contacts(handset), "calls": [told]})


def settings_changed(number: BusinessNumber, state: NumberState, at: int) -> Update:
    """Tell new calling settings."""
    value = {
        "messaging_product": "whatsapp",
        "timestamp": str(at),
        "type": "phone_number_settings",
        "phone_number_settings": {"phone_number_id": number.phone_number_id, "calling": state.calling},
    }
    return Update(number.phone_number_id, number.waba_id, "account_settings_update", value)


def restricted(number: BusinessNumber, until: int, kind: Restriction = Restriction.BUSINESS_CALLS) -> Update:
    """Tell that Meta has taken something away from the number for a while, such as its calls and requests."""
    value = {
        "phone_number": number.display_phone_number,
        "event": "ACCOUNT_RESTRICTION",
        "restriction_info": [{"restriction_type": kind.value, "expiration": until}],
    }
    return Update(number.phone_number_id, number.waba_id, "account_update", value)


def violated(number: BusinessNumber, kind: Violation) -> Update:
    """Tell that Meta will take something away from the number if its calls get no better."""
    value = {
        "phone_number": number.display_phone_number,
        "event": "ACCOUNT_VIOLATION",
        "violation_info": {
            "violation_type": kind.value,
            "remediation": "Call people who expect it, and who have time for it.",
        },
    }
    return Update(number.phone_number_id, number.waba_id, "account_update", value)


def _template(template: Template) -> dict[str, Any]:
    return {
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }


def template_status(template: Template, reason: str, at: int) -> Update:
    """Tell what has become of a template."""
    value: dict[str, Any] = {"event": template.status.value, **_template(template), "reason": reason}
    if template.status is TemplateStatus.PAUSED:
        value["other_info"] = {"title": "FIRST_PAUSE", "description": "Paused for 3 hours, as its quality was low."}
    if template.status is TemplateStatus.DISABLED:
        value["disable_info"] = {"disable_date": at}
    return Update(template.waba_id, template.waba_id, "message_template_status_update", value)


def template_category(template: Template, previous: str) -> Update:
    """Tell that Meta counts a template among another category now."""
    value = {**_template(template), "previous_category": previous, "new_category": template.category}
    return Update(template.waba_id, template.waba_id, "template_category_update", value)
