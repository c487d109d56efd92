"""Pressing on the phones, by script or from the page."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from . import answering, calling, identity, messaging, moving
from .chaos import ENDING_CODES
from .config import BusinessNumber
from .documents import Handset
from .door import opened, seconds
from .errors import ImpossibleError, MalformedError
from .fields import Fields
from .permission import Answer
from .updates import CAN_BE_OMITTED, Wording
from .view import (
    call_view,
    default_number,
    message_view,
    pair_view,
    permission_view,
    phone_view,
    request_view,
    window_view,
)
from .world import World

_EVENT = re.compile(r"[a-z][a-z_]{0,63}", re.ASCII)
_DEEDS = ("answer", "reject", "ignore", "hang_up", "vanish", "fail", "event")


def _found(world: World, request: Request) -> Handset:
    wa_id = identity.digits(request.path_params["wa_id"])
    if wa_id is None:
        raise MalformedError(f"{request.path_params['wa_id']} is not a phone number.")
    with world.writing():
        return world.handset(wa_id)


def _handset(world: World, request: Request) -> Handset:
    """Find a phone on which something can be pressed."""
    handset = _found(world, request)
    if handset.moved_to is not None:
        raise ImpossibleError(f"The phone {handset.wa_id} has changed its number to {handset.moved_to}.")
    if not handset.on_whatsapp:
        raise ImpossibleError(f"The phone {handset.wa_id} is not on WhatsApp.")
    return handset


def _number(world: World, handset: Handset, asked: Fields) -> BusinessNumber:
    named = asked.optional_text("phone_number_id")
    number = default_number(world, handset) if named is None else world.numbers.get(named)
    if number is None:
        raise MalformedError(f"There is no business number with the id {named}." if named else "There is no number.")
    return number


def _wording(asked: Fields) -> Wording:
    omitted = asked.values.get("omit")
    omitted = [] if omitted is None else omitted
    if not isinstance(omitted, list) or not all(name in CAN_BE_OMITTED for name in omitted):
        raise MalformedError(f"The parameter omit must be a list of {', '.join(CAN_BE_OMITTED)}.")
    also = asked.inner("also").values if asked.has("also") else {}
    return Wording(bool(asked.optional_flag("as_number")), frozenset(omitted), also)


def _list_phones(world: World, _: Request, __: Fields) -> dict[str, Any]:
    listed = [
        {"wa_id": it.wa_id, "name": it.name, "user_id": it.user_id, "moved_to": it.moved_to}
        for it in world.handsets.every()
    ]
    return {"phones": listed}


def _show(world: World, request: Request, _: Fields) -> dict[str, Any]:
    return phone_view(world, _found(world, request))


def _name(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    name = asked.optional_text("name", longest=60)
    handset = _found(world, request)
    if handset.moved_to is not None:
        return phone_view(world, moving.settle(world, handset, name))
    with world.writing():
        # A phone added by hand comes to the front of the row.
        world.put(world.handsets, replace(handset, name=name or handset.name, active_at=world.clock()))
    return phone_view(world, world.handset(handset.wa_id))


def _reply(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    answer = Answer(asked.one_of("answer", tuple(Answer)))
    lasting, message_id = seconds(asked), asked.optional_text("message_id")
    wording, silent = _wording(asked), bool(asked.optional_flag("silent"))
    handset = _handset(world, request)
    named = None if message_id is None else world.requests.get(message_id)
    number = _number(world, handset, asked)
    if named is not None and not asked.has("phone_number_id"):
        number = world.numbers.get(named.phone_number_id, number)
    answered = answering.answer_request(
        world,
        number,
        handset.wa_id,
        answer,
        seconds=lasting,
        message_id=message_id,
        wording=wording,
        silent=silent,
    )
    return {
        "request": request_view(answered, world.now),
        "permission": permission_view(world.conversation(number, handset.wa_id).permission, world.now),
    }


def _grant(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    answer = Answer(asked.one_of("answer", (Answer.PERMANENT, Answer.TEMPORARY)))
    lasting, wording, silent = seconds(asked), _wording(asked), bool(asked.optional_flag("silent"))
    handset = _handset(world, request)
    number = _number(world, handset, asked)
    permission = answering.grant(world, number, handset.wa_id, answer, seconds=lasting, wording=wording, silent=silent)
    return {"permission": permission_view(permission, world.now)}


def _revoke(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    wording, silent = _wording(asked), bool(asked.optional_flag("silent"))
    handset = _handset(world, request)
    number = _number(world, handset, asked)
    permission = answering.revoke(world, number, handset.wa_id, wording=wording, silent=silent)
    return {"permission": permission_view(permission, world.now)}


def _call(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    deed, silent = asked.one_of("do", _DEEDS), bool(asked.optional_flag("silent"))
    wacid = request.path_params["wacid"]
    match deed:
        case "vanish":
            call = calling.vanish(world, _handset(world, request).wa_id, wacid)
        case "fail":
            code = asked.optional_whole("code", lowest=min(ENDING_CODES), highest=max(ENDING_CODES))
            if code is None:
                raise MalformedError(
                    f"The parameter code is required: one of {', '.join(map(str, sorted(ENDING_CODES)))}."
                )
            connects = bool(asked.optional_flag("connected"))
            wa_id = _handset(world, request).wa_id
            call = calling.fail(world, wa_id, wacid, code, connects=connects, silent=silent)
        case "event":
            event = asked.text("event")
            if not _EVENT.fullmatch(event):
                raise MalformedError("The parameter event must be lower-case letters and underscores.")
            call = calling.tell_of(world, _handset(world, request).wa_id, wacid, event)
        case _:
            call = calling.person_does(world, _handset(world, request).wa_id, wacid, deed, silent=silent)
    return {"call": call_view(call)}


def _dial(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    connected, ring = asked.optional_flag("connected"), asked.optional_flag("ring")
    callback, silent = asked.optional_flag("callback"), bool(asked.optional_flag("silent"))
    talked = asked.optional_whole("seconds", lowest=1, highest=calling.LONGEST_CALL_SECONDS)
    handset = _handset(world, request)
    number = _number(world, handset, asked)
    call = calling.dial(
        world,
        number,
        handset.wa_id,
        talk_for=(talked or 1) if connected else None,
        ring=bool(ring),
        callback=callback is not False,
        silent=silent,
    )
    return {"call": call_view(call)}


def _write(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    text = asked.text("text")
    handset = _handset(world, request)
    message = answering.write(world, _number(world, handset, asked), handset.wa_id, text)
    return {"message": message_view(message)}


def _look(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    handset = _handset(world, request)
    number = _number(world, handset, asked)
    answering.look(world, number, handset.wa_id)
    return {"permission": pair_view(world, number, handset.wa_id)}


def _window(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    is_open = asked.optional_flag("open")
    if is_open is None:
        raise MalformedError("The parameter open is required: true or false.")
    handset = _handset(world, request)
    chosen = [_number(world, handset, asked)] if asked.has("phone_number_id") else list(world.config.numbers)
    for number in chosen:
        answering.set_window(world, number, handset.wa_id, is_open=is_open)
    shown = _number(world, handset, asked)
    return {"window": window_view(world.conversation(shown, handset.wa_id), world.now)}


def _identify(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    username, parent = asked.optional_text("username"), asked.optional_text("parent_user_id")
    if username and not identity.is_username(username):
        raise MalformedError("The parameter username must be 3 to 30 of a-z, 0-9, full stop and underscore.")
    if parent and not identity.is_parent_user_id(parent):
        raise MalformedError("The parameter parent_user_id must look like IN.ENT.7401982236615548.")
    hides_phone, on_whatsapp = asked.optional_flag("hide_phone"), asked.optional_flag("on_whatsapp")
    handset = _found(world, request)
    if handset.moved_to is not None:
        raise ImpossibleError(f"The phone {handset.wa_id} has changed its number to {handset.moved_to}.")
    other = world.handset_by_user_id(parent or "")
    if other is not None and other.wa_id != handset.wa_id:
        raise ImpossibleError(f"The parent user id {parent} is another phone's.")
    changed = moving.set_identity(
        world,
        handset,
        username=username,
        hides_phone=hides_phone,
        parent_user_id=parent,
        on_whatsapp=on_whatsapp,
    )
    return phone_view(world, changed)


def _change_number(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    named = asked.text("to")
    to = identity.digits(named)
    if to is None:
        raise MalformedError(f"{named} is not a phone number.")
    kind = asked.one_of("event", (moving.NUMBER, moving.USER_ID)) if asked.has("event") else None
    keep = bool(asked.optional_flag("keep_permission"))
    handset = _handset(world, request)
    return phone_view(world, moving.change_number(world, handset, to, keep_permission=keep, kind=kind))


def _network(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    online = asked.optional_flag("online")
    if online is None:
        raise MalformedError("The parameter online is required: true or false.")
    handset = _handset(world, request)
    messaging.set_online(world, handset.wa_id, online=online)
    return phone_view(world, world.handset(handset.wa_id))


def routes(world: Callable[[], World]) -> list[Route]:
    """List the doors of the phones."""
    phone = "/phones/{wa_id}"
    deeds = {
        phone: _name,
        f"{phone}/reply": _reply,
        f"{phone}/grant": _grant,
        f"{phone}/revoke": _revoke,
        f"{phone}/calls/{{wacid}}": _call,
        f"{phone}/dial": _dial,
        f"{phone}/message": _write,
        f"{phone}/look": _look,
        f"{phone}/window": _window,
        f"{phone}/identity": _identify,
        f"{phone}/change_number": _change_number,
        f"{phone}/network": _network,
    }
    return [
        Route("/phones", opened(world, _list_phones), methods=["GET"]),
        Route(phone, opened(world, _show), methods=["GET"]),
        *(Route(path, opened(world, deed), methods=["POST"]) for path, deed in deeds.items()),
    ]
