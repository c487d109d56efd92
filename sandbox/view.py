"""The stand-in's knowledge as JSON, for scripts and for the pages. Times are Unix seconds."""

from typing import Any

from . import identity
from .call import Call, duration
from .config import BusinessNumber
from .conversation import Conversation, call_usage, request_usage, window_is_open
from .documents import Handset, Message
from .limits import Usage
from .messaging import possible
from .permission import Permission, allows_calls, at, meta_status
from .request import PermissionRequest, can_be_answered, expires_at, stage
from .template import as_listed
from .world import World


def message_view(message: Message) -> dict[str, Any]:
    """Show one line of the chat."""
    return {
        "id": message.id,
        "phone_number_id": message.phone_number_id,
        "direction": message.direction,
        "type": message.type,
        "text": message.text,
        "status": message.status,
        "at": message.at,
    }


def request_view(request: PermissionRequest, now: int) -> dict[str, Any]:
    """Show one call permission request, as of now. `live` is whether it can still be answered."""
    template = None if request.template is None else {"name": request.template, "language": request.language}
    return {
        "id": request.id,
        "phone_number_id": request.phone_number_id,
        "kind": request.kind.value,
        "template": template,
        "header": request.header,
        "text": request.text,
        "footer": request.footer,
        "status": stage(request, now).value,
        "live": can_be_answered(request, now),
        "answer": None if request.answer is None else request.answer.value,
        "sent_at": request.sent_at,
        "delivered_at": request.delivered_at,
        "read_at": request.read_at,
        "answered_at": request.answered_at,
        "expires_at": expires_at(request),
        "failure": request.failure,
    }


def call_view(call: Call) -> dict[str, Any]:
    """Show one call."""
    return {
        "wacid": call.wacid,
        "phone_number_id": call.phone_number_id,
        "direction": call.direction.value,
        "status": call.status.value,
        "started_at": call.started_at,
        "answered_at": call.answered_at,
        "ended_at": call.ended_at,
        "duration_seconds": duration(call),
        "failure": call.failure,
    }


def window_view(conversation: Conversation, now: int) -> dict[str, Any]:
    """Show the customer service window."""
    is_open = window_is_open(conversation, now)
    return {"open": is_open, "closes_at": conversation.window_closes_at if is_open else None}


def permission_view(permission: Permission, now: int) -> dict[str, Any]:
    """Show a permission, as of now."""
    current = at(permission, now)
    return {
        "status": current.standing.value,
        "allowed": allows_calls(current, now),
        "expires_at": current.expires_at,
        "decided_at": current.decided_at,
        "source": None if current.source is None else current.source.value,
    }


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "period": usage.period.value,
        "maximum": usage.maximum,
        "used": usage.used,
        "frees_at": usage.frees_at,
    }


def pair_view(world: World, number: BusinessNumber, wa_id: str) -> dict[str, Any]:
    """Show all that stands between a phone and one of the business's numbers."""
    now = world.now
    conversation = world.conversation(number, wa_id)
    return {
        "phone_number_id": number.phone_number_id,
        "display_phone_number": number.display_phone_number,
        "number": identity.readable(number.display_phone_number),
        "name": number.name,
        **permission_view(conversation.permission, now),
        "unanswered_streak": conversation.unanswered_streak,
        "request_limits": [_usage(usage) for usage in request_usage(conversation, number.limits, now)],
        "call_limits": [_usage(call_usage(conversation, number.limits, now))],
        "window": window_view(conversation, now),
    }


def phone_view(world: World, handset: Handset, *, latest: int | None = None) -> dict[str, Any]:
    """Show one phone with all that is on it, lists oldest first; `latest` cuts each list to its newest."""
    wa_id, now = handset.wa_id, world.now
    number = default_number(world, handset)
    messages, requests, calls = world.messages.of(wa_id), world.requests.of(wa_id), world.calls.of(wa_id)
    if latest is not None:
        messages, requests, calls = messages[-latest:], requests[-latest:], calls[-latest:]
    return {
        "wa_id": wa_id,
        "number": identity.readable(wa_id),
        "name": handset.name,
        "user_id": handset.user_id,
        "parent_user_id": handset.parent_user_id,
        "username": handset.username,
        "hides_phone": handset.hides_phone,
        "on_whatsapp": handset.on_whatsapp,
        "online": handset.online,
        "moved_to": handset.moved_to,
        "phone_number_id": None if number is None else number.phone_number_id,
        "messages": [message_view(message) for message in messages],
        "requests": [request_view(request, now) for request in requests],
        "permissions": [pair_view(world, each, wa_id) for each in world.config.numbers],
        "calls": [call_view(call) for call in calls],
        "window": None if number is None else window_view(world.conversation(number, wa_id), now),
    }


def default_number(world: World, handset: Handset) -> BusinessNumber | None:
    """Find the business's number a phone dealt with last, or else the first there is."""
    latest = None if handset.latest_number is None else world.numbers.get(handset.latest_number)
    return latest or next(iter(world.config.numbers), None)


def number_view(world: World, number: BusinessNumber) -> dict[str, Any]:
    """Show one of the business's numbers with its limits and settings."""
    state = world.state(number)
    limits = number.limits
    return {
        "phone_number_id": number.phone_number_id,
        "display_phone_number": number.display_phone_number,
        "number": identity.readable(number.display_phone_number),
        "waba_id": number.waba_id,
        "name": number.name,
        "calling": state.calling,
        "restricted_until": state.restricted_until if world.now < state.restricted_until else None,
        "restrictions": {kind.value: end for kind, end in state.restrictions.items() if world.now < end},
        "limits": {
            "requests_per_day": limits.requests_per_day,
            "requests_per_week": limits.requests_per_week,
            "connected_calls_per_day": limits.connected_calls_per_day,
            "nudge_after": limits.nudge_after,
            "revoke_after": limits.revoke_after,
        },
    }


def overview(world: World) -> dict[str, Any]:
    """Show what the settings page is about."""
    return {
        "numbers": [number_view(world, number) for number in world.config.numbers],
        "templates": [as_listed(template) for template in world.templates.every()],
        "chaos": world.chaos.as_json(),
        "outbox": {
            "urls": list(world.config.webhook_urls),
            "waiting": world.outbox.waiting,
            "trouble": world.outbox.trouble,
        },
        "production_numbers": list(world.config.production_numbers),
    }


def _ledger_pair(world: World, number: BusinessNumber, conversation: Conversation) -> dict[str, Any]:
    wa_id, now = conversation.wa_id, world.now
    handset = world.handset(wa_id)
    may_ask, may_call = possible(world, number, handset)
    requests = [each for each in world.requests.of(wa_id) if each.phone_number_id == number.phone_number_id]
    calls = [each for each in world.calls.of(wa_id) if each.phone_number_id == number.phone_number_id]
    opaque = {each.id: message.opaque for each in requests if (message := world.messages.get(each.id)) is not None}
    return {
        "phone_number_id": number.phone_number_id,
        "wa_id": wa_id,
        "user_id": handset.user_id,
        "parent_user_id": handset.parent_user_id,
        "username": handset.username,
        "hides_phone": handset.hides_phone,
        "on_whatsapp": handset.on_whatsapp,
        "moved_to": handset.moved_to,
        "permission": {
            **permission_view(conversation.permission, now),
            "meta_status": meta_status(conversation.permission, now),
        },
        "window": window_view(conversation, now),
        "unanswered_streak": conversation.unanswered_streak,
        "request_limits": [_usage(usage) for usage in request_usage(conversation, number.limits, now)],
        "call_limits": [_usage(call_usage(conversation, number.limits, now))],
        "requests_at": list(conversation.requests_at),
        "connected_at": list(conversation.connected_at),
        "can_request": may_ask,
        "can_call": may_call,
        "requests": [{**request_view(each, now), "opaque": opaque.get(each.id)} for each in requests],
        "calls": [{**call_view(each), "opaque": each.opaque, "told": not each.untold} for each in calls],
    }


def ledger(world: World, phone_number_id: str | None = None, wa_id: str | None = None) -> dict[str, Any]:
    """Show what is true at Meta of every (business number, customer) pair that has dealt with each other, as of now.

    `waiting` is how many updates have not arrived: until it is 0, the business cannot know all of it.
    """
    pairs = world.conversations.every() if wa_id is None else world.conversations.of(wa_id)
    wanted = (
        (world.numbers[pair.phone_number_id], pair)
        for pair in pairs
        if pair.phone_number_id in world.numbers and phone_number_id in (None, pair.phone_number_id)
    )
    return {
        "now": world.now,
        "revision": world.revision,
        "waiting": world.outbox.waiting,
        "numbers": [number_view(world, number) for number in world.config.numbers],
        "pairs": [_ledger_pair(world, number, pair) for number, pair in wanted],
    }
