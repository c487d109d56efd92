"""What the business says: POST /{phone_number_id}/messages and GET call_permissions, with Meta's rules."""

from dataclasses import dataclass, replace
from typing import Any

from . import identity, updates
from .call import Direction
from .chaos import CALL_CODES, ENDING_CODES, LATE_CODES, drawn_failure
from .config import BusinessNumber
from .conversation import (
    Conversation,
    call_usage,
    request_failed,
    request_sent,
    request_usage,
    window_is_open,
)
from .documents import Handset, Message
from .errors import MetaError
from .fields import Fields
from .limits import PRODUCTION, Usage
from .permission import NEVER_ASKED, Permission, Standing, allows_calls, at, meta_status
from .request import Kind, PermissionRequest, superseded_on_arrival
from .template import rendered
from .trouble import Asked, Edge
from .world import World

NO_BUSINESS_CALLS_FROM = frozenset({"US", "CA", "EG", "VN", "NG"})
"""Countries whose business numbers cannot call or ask to (calling overview, "availability")."""

NOT_ON_WHATSAPP = 131026
"""What becomes of a message to a number that nobody uses WhatsApp with."""
_FREE_FORM = ("text", "image", "audio", "video", "document", "sticker", "location", "contacts", "reaction")
_INTERACTIVE = ("button", "list", "cta_url", "flow", "voice_call", "location_request_message", "product")
_SERVICE_PRICING = {
    "billable": False,
    "pricing_model": "PMP",
    "category": "service",
    "type": "free_customer_service",
}


@dataclass(frozen=True, slots=True)
class _Content:
    """What a message shows on the phone. `request` says how it asks for permission, if it does."""

    type: str
    text: str
    pricing: dict[str, Any]
    header: str | None = None
    footer: str | None = None
    request: Kind | None = None
    template: str | None = None
    language: str | None = None


def check_product(body: Fields) -> None:
    """Refuse a body that does not say it is about WhatsApp. Raises MetaError 100."""
    if body.optional_text("messaging_product") != "whatsapp":
        raise MetaError(100, "The parameter messaging_product is required and must be whatsapp.")


def recipient(world: World, body: Fields, number: BusinessNumber) -> tuple[Handset, bool]:
    """Find whom `to`, or else `recipient`, names; the second value is whether it was by phone number.

    Raises MetaError 100, or 131021 when the business addresses itself.
    """
    to = body.optional_text("to")
    if to:
        wa_id = identity.digits(to)
        if wa_id is None:
            raise MetaError(100, "The parameter to must be a phone number.")
        if wa_id == number.display_phone_number:
            raise MetaError(131021, "Recipient phone number is the sender's.")
        return world.handset(wa_id), True
    named = body.optional_text("recipient")
    if not named:
        raise MetaError(100, "The parameter to is required.")
    handset = world.handset_by_user_id(named)
    if handset is None:
        raise MetaError(100, "The parameter recipient names no user this business knows.")
    return handset, False


def check_calling(world: World, number: BusinessNumber) -> None:
    """Refuse what a number without business-initiated calls cannot do. Raises MetaError 138000, 138013 or 138014."""
    state = world.state(number)
    if state.calling["status"] != "ENABLED":
        raise MetaError(138000, "Calling is not enabled on this business phone number.")
    # Meta's public test numbers are American and may call nevertheless; they have the test limits.
    if number.limits == PRODUCTION and identity.country(number.display_phone_number) in NO_BUSINESS_CALLS_FROM:
        raise MetaError(138013, "Business-initiated calling is not available in this number's country.")
    if world.now < state.restricted_until:
        raise MetaError(
            138014, f"Business-initiated calls and call permission requests are paused until {state.restricted_until}."
        )


def _asked(body: Fields) -> _Content:
    interactive = body.inner("interactive")
    kind = interactive.text("type")
    if kind in _INTERACTIVE:
        text = interactive.inner("body").text("text") if interactive.has("body") else ""
        return _Content(kind, text, _SERVICE_PRICING)
    if kind != "call_permission_request":
        raise MetaError(100, f"The parameter interactive.type {kind} is not known.")
    if interactive.inner("action").optional_text("name") != "call_permission_request":
        raise MetaError(100, "The parameter interactive.action.name must be call_permission_request.")
    for part in ("header", "footer"):
        if interactive.has(part):
            raise MetaError(100, f"A call permission request takes no {part}.")
    text = ""
    if interactive.has("body"):
        text = interactive.inner("body").text("text", longest=1024)
    return _Content("call_permission_request", text, _SERVICE_PRICING, request=Kind.FREE_FORM)


def _templated(world: World, number: BusinessNumber, body: Fields) -> _Content:
    sent = body.inner("template")
    name = sent.text("name")
    template = world.template(number, name, sent.inner("language").text("code"))
    filled = rendered(template, sent)
    pricing = {"billable": True, "pricing_model": "PMP", "category": template.category.lower(), "type": "regular"}
    return _Content(
        "call_permission_request" if template.asks_permission else "template",
        filled.body,
        pricing,
        filled.header,
        filled.footer,
        Kind.TEMPLATE if template.asks_permission else None,
        template.name,
        template.language,
    )


def _content(world: World, number: BusinessNumber, body: Fields) -> _Content:
    kind = body.optional_text("type") or "text"
    match kind:
        case "template":
            return _templated(world, number, body)
        case "interactive":
            return _asked(body)
        case "text":
            return _Content(kind, body.inner("text").text("body"), _SERVICE_PRICING)
        case _ if kind in _FREE_FORM:
            if not body.has(kind):
                raise MetaError(100, f"The parameter {kind} is required.")
            return _Content(kind, f"[{kind}]", _SERVICE_PRICING)
    raise MetaError(131051, f"Message type {kind} is not supported.")


def _check_request(world: World, number: BusinessNumber, conversation: Conversation) -> None:
    if at(conversation.permission, world.now).standing is Standing.PERMANENT:
        raise MetaError(138017, "The user has already given this business a permanent call permission.")
    for usage in request_usage(conversation, number.limits, world.now):
        if usage.frees_at is not None:
            raise MetaError(
                138009,
                f"Only {usage.maximum} call permission requests are allowed per {usage.period}. "
                f"The next one is possible at {usage.frees_at}.",
            )


def send(world: World, number: BusinessNumber, body: Fields) -> dict[str, Any]:
    """Take a message and deliver it at once, as POST /{phone_number_id}/messages answers.

    Raises MetaError with the code Meta gives; nothing has then been counted or delivered.
    """
    check_product(body)
    if body.optional_text("recipient_type") not in (None, "individual"):
        raise MetaError(100, "The parameter recipient_type must be individual.")
    opaque = body.optional_text("biz_opaque_callback_data", longest=512)
    with world.writing():
        handset, by_phone = recipient(world, body, number)
        content = _content(world, number, body)
        if content.request is not None:
            check_calling(world, number)
        conversation = world.conversation(number, handset.wa_id)
        by_template = content.template is not None
        if not by_template and not window_is_open(conversation, world.now):
            raise MetaError(
                131047, "More than 24 hours have passed since the recipient last replied to the sender number."
            )
        if content.request is not None:
            _check_request(world, number, conversation)
        _meet_chaos(world)
        message = Message(
            id=identity.new_message_id(handset.wa_id),
            phone_number_id=number.phone_number_id,
            wa_id=handset.wa_id,
            direction="from_business",
            type=content.type,
            text=content.text,
            at=world.now,
            opaque=opaque,
            pricing=content.pricing,
            addressed_by_phone=by_phone,
        )
        _deliver(world, number, replace(conversation, spoke_at=world.now), message, content)
    contact = updates.named(handset, "wa_id", "")
    if by_phone:
        contact["wa_id"] = handset.wa_id
    asked_for = body.optional_text("to") or body.optional_text("recipient")
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": asked_for, **contact}],
        "messages": [{"id": message.id}],
    }


def _meet_chaos(world: World) -> None:
    code = drawn_failure(world.chaos, but=CALL_CODES | ENDING_CODES | LATE_CODES)
    if code is not None:
        raise MetaError(code, "Chaos is switched on in the sandbox.")


def _deliver(
    world: World, number: BusinessNumber, conversation: Conversation, message: Message, content: _Content
) -> None:
    now = world.now
    handset = world.touched(message.wa_id, number)
    request = None
    if content.request is not None:
        conversation = request_sent(conversation, now)
        request = PermissionRequest(
            id=message.id,
            phone_number_id=number.phone_number_id,
            wa_id=message.wa_id,
            kind=content.request,
            text=content.text,
            sent_at=now,
            header=content.header,
            footer=content.footer,
            template=content.template,
            language=content.language,
        )
    world.tell(updates.message_status(number, handset, message, "sent", now))
    failure = _late_failure(world, number, handset)
    if failure is not None:
        world.put(world.messages, replace(message, status="failed"))
        world.tell(updates.message_failed(number, handset, message, failure, now))
        if request is not None:
            world.put(world.requests, replace(request, failed_at=now, failure=failure))
            conversation = request_failed(conversation, now)
    elif handset.online:
        _arrive(world, number, message, request)
    else:
        world.put(world.messages, replace(message, status="sent"))
        if request is not None:
            world.put(world.requests, request)
    world.save(conversation)


def _late_failure(world: World, number: BusinessNumber, handset: Handset) -> int | None:
    if not handset.on_whatsapp:
        return NOT_ON_WHATSAPP
    scripted = world.take_trouble(Asked(Edge.MESSAGES, number.phone_number_id, handset.wa_id), late=True)
    return drawn_failure(world.chaos, LATE_CODES) if scripted is None else scripted.code


def _arrive(world: World, number: BusinessNumber, message: Message, request: PermissionRequest | None) -> None:
    now = world.now
    world.put(world.messages, replace(message, status="delivered"))
    world.tell(updates.message_status(number, world.handset(message.wa_id), message, "delivered", now))
    if request is not None:
        for ended in superseded_on_arrival(requests_of(world, number, message.wa_id), now):
            world.put(world.requests, ended)
        world.put(world.requests, replace(request, delivered_at=now))


def set_online(world: World, wa_id: str, *, online: bool) -> None:
    """Switch a phone's network on or off; messages that waited for it arrive in their order."""
    with world.writing():
        world.put_handset(replace(world.handset(wa_id), online=online))
        if not online:
            return
        for message in world.messages.of(wa_id):
            number = world.numbers.get(message.phone_number_id)
            if message.status == "sent" and number is not None:
                _arrive(world, number, message, world.requests.get(message.id))


def requests_of(world: World, number: BusinessNumber, wa_id: str) -> list[PermissionRequest]:
    """List a pair's requests, oldest first."""
    return [request for request in world.requests.of(wa_id) if request.phone_number_id == number.phone_number_id]


def notice(world: World, number: BusinessNumber, wa_id: str, text: str) -> None:
    """Show a line in the chat that WhatsApp itself writes; the business does not learn of it."""
    line = Message(identity.new_message_id(wa_id), number.phone_number_id, wa_id, "system", "system", text, world.now)
    world.put(world.messages, line)


def _limit(usage: Usage) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "time_period": usage.period.value,
        "max_allowed": usage.maximum,
        "current_usage": usage.used,
    }
    if usage.frees_at is not None:
        shown["limit_expiration_time"] = usage.frees_at
    return shown


def _permission(permission: Permission, now: int, expiry_field: str) -> dict[str, Any]:
    status = meta_status(permission, now)
    shown: dict[str, Any] = {"status": status}
    if status == "temporary":
        shown[expiry_field] = permission.expires_at
    return shown


def permissions(world: World, number: BusinessNumber, handset: Handset) -> dict[str, Any]:
    """Answer GET /{phone_number_id}/call_permissions. Somebody who is not on WhatsApp allows nothing: no error."""
    now = world.now
    conversation = world.conversation(number, handset.wa_id)
    requests = request_usage(conversation, number.limits, now)
    calls = call_usage(conversation, number.limits, now)
    permission = conversation.permission if handset.on_whatsapp else NEVER_ASKED
    may_ask, may_call = possible(world, number, handset)
    return {
        "messaging_product": "whatsapp",
        "permission": _permission(permission, now, world.variants.expiry_field),
        "actions": [
            {
                "action_name": "send_call_permission_request",
                "can_perform_action": may_ask,
                "limits": [_limit(usage) for usage in requests],
            },
            {"action_name": "start_call", "can_perform_action": may_call, "limits": [_limit(calls)]},
        ],
    }


def possible(world: World, number: BusinessNumber, handset: Handset) -> tuple[bool, bool]:
    """Tell whether the number could ask the customer now, and whether it could ring them."""
    now, state = world.now, world.state(number)
    conversation = world.conversation(number, handset.wa_id)
    calls_are_open = state.calling["status"] == "ENABLED" and now >= state.restricted_until and handset.on_whatsapp
    permanent = at(conversation.permission, now).standing is Standing.PERMANENT
    unused = all(usage.frees_at is None for usage in request_usage(conversation, number.limits, now))
    may_call = allows_calls(conversation.permission, now)
    below_limit = call_usage(conversation, number.limits, now).frees_at is None
    return calls_are_open and not permanent and unused, calls_are_open and may_call and below_limit


def mark_read(world: World, number: BusinessNumber, wa_id: str) -> None:
    """Tell the business that the person has seen its messages. Call inside a writing block."""
    handset, now = world.handset(wa_id), world.now
    for message in world.messages.of(wa_id):
        if message.phone_number_id == number.phone_number_id and message.status == "delivered":
            world.put(world.messages, replace(message, status="read"))
            world.tell(updates.message_status(number, handset, message, "read", now))
    for request in requests_of(world, number, wa_id):
        if request.delivered_at is not None and request.read_at is None:
            world.put(world.requests, replace(request, read_at=now))


def has_open_call(world: World, number: BusinessNumber, wa_id: str, direction: Direction | None = None) -> bool:
    """Whether the pair is on a call, ringing included."""
    return any(
        call.wa_id == wa_id and call.phone_number_id == number.phone_number_id and direction in (None, call.direction)
        for call in world.open_calls()
    )
