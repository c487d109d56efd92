"""Pressing on the phones by script or from the page: JSON in, JSON out, a sentence when it cannot be."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import answering, calling, identity, updates
from .chaos import Chaos, merged
from .config import BusinessNumber
from .documents import Handset
from .errors import ImpossibleError, MalformedError
from .fields import Fields, read_object
from .graph_door import change_settings
from .permission import Answer
from .view import (
    call_view,
    default_number,
    message_view,
    number_view,
    overview,
    pair_view,
    permission_view,
    phone_view,
    request_view,
    window_view,
)
from .world import World

LONGEST_GRANT_SECONDS = 31_536_000
SHOWN_PHONES = 24
_SHOWN_LINES = 60
_RESTRICTION_SECONDS = 604_800

Deed = Callable[[World, Request, Fields], dict[str, Any]]


def _handset(world: World, request: Request) -> Handset:
    wa_id = identity.digits(request.path_params["wa_id"])
    if wa_id is None:
        raise MalformedError(f"{request.path_params['wa_id']} is not a phone number.")
    with world.writing():
        return world.handset(wa_id)


def _number(world: World, handset: Handset, asked: Fields) -> BusinessNumber:
    named = asked.optional_text("phone_number_id")
    number = default_number(world, handset) if named is None else world.numbers.get(named)
    if number is None:
        raise MalformedError(f"There is no business number with the id {named}." if named else "There is no number.")
    return number


def _seconds(asked: Fields) -> int | None:
    return asked.optional_whole("seconds", lowest=1, highest=LONGEST_GRANT_SECONDS)


def _list_phones(world: World, _: Request, __: Fields) -> dict[str, Any]:
    listed = [{"wa_id": it.wa_id, "name": it.name, "user_id": it.user_id} for it in world.handsets.every()]
    return {"phones": listed}


def _show(world: World, request: Request, _: Fields) -> dict[str, Any]:
    return phone_view(world, _handset(world, request))


def _name(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    name = asked.optional_text("name", longest=60)
    handset = _handset(world, request)
    with world.writing():
        # A phone added by hand comes to the front of the row.
        world.put(world.handsets, replace(handset, name=name or handset.name, active_at=world.clock()))
    return phone_view(world, world.handset(handset.wa_id))


def _reply(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    answer = Answer(asked.one_of("answer", tuple(Answer)))
    seconds, message_id = _seconds(asked), asked.optional_text("message_id")
    handset = _handset(world, request)
    named = None if message_id is None else world.requests.get(message_id)
    number = _number(world, handset, asked)
    if named is not None and not asked.has("phone_number_id"):
        number = world.numbers.get(named.phone_number_id, number)
    answered = answering.answer_request(world, number, handset.wa_id, answer, seconds=seconds, message_id=message_id)
    return {
        "request": request_view(answered, world.now),
        "permission": permission_view(world.conversation(number, handset.wa_id).permission, world.now),
    }


def _grant(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    answer = Answer(asked.one_of("answer", (Answer.PERMANENT, Answer.TEMPORARY)))
    seconds = _seconds(asked)
    handset = _handset(world, request)
    permission = answering.grant(world, _number(world, handset, asked), handset.wa_id, answer, seconds=seconds)
    return {"permission": permission_view(permission, world.now)}


def _revoke(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    handset = _handset(world, request)
    permission = answering.revoke(world, _number(world, handset, asked), handset.wa_id)
    return {"permission": permission_view(permission, world.now)}


def _call(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    deed = asked.one_of("do", ("answer", "reject", "ignore", "hang_up"))
    handset = _handset(world, request)
    return {"call": call_view(calling.person_does(world, handset.wa_id, request.path_params["wacid"], deed))}


def _dial(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    connected, ring = asked.optional_flag("connected"), asked.optional_flag("ring")
    seconds = asked.optional_whole("seconds", lowest=1, highest=calling.LONGEST_CALL_SECONDS)
    handset = _handset(world, request)
    number = _number(world, handset, asked)
    talk_for = (seconds or 1) if connected else None
    return {"call": call_view(calling.dial(world, number, handset.wa_id, talk_for=talk_for, ring=bool(ring)))}


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


def _show_chaos(world: World, _: Request, __: Fields) -> dict[str, Any]:
    return world.chaos.as_json()


def _set_chaos(world: World, _: Request, asked: Fields) -> dict[str, Any]:
    chaos = merged(world.chaos, asked)
    with world.writing():
        world.chaos = chaos
    return chaos.as_json()


def _end_chaos(world: World, _: Request, __: Fields) -> dict[str, Any]:
    with world.writing():
        world.chaos = Chaos()
    return world.chaos.as_json()


def _set_number(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    """Change what a number's owner or Meta would: calling settings, and a pause for bad feedback."""
    number = world.numbers.get(request.path_params["phone_number_id"])
    if number is None:
        raise MalformedError("There is no such business number.")
    restricted, seconds = asked.optional_flag("restricted"), _seconds(asked)
    if asked.has("calling"):
        change_settings(world, number, asked.inner("calling"))
    if restricted is not None:
        until = world.now + (seconds or _RESTRICTION_SECONDS) if restricted else 0
        with world.writing():
            world.put(world.states, replace(world.state(number), restricted_until=until))
            if restricted:
                world.tell(updates.restricted(number, until))
    return number_view(world, number)


def _overview(world: World, _: Request, __: Fields) -> dict[str, Any]:
    return overview(world)


def _state(world: World, request: Request, _: Fields) -> dict[str, Any]:
    """Show the phones of the page: all while they are few, else those `find` fits or that moved last."""
    find = request.query_params.get("find", "").strip().lower()
    handsets = world.handsets.every()
    if find:
        bare = identity.digits(find) or find
        handsets = [it for it in handsets if find in it.name.lower() or bare in it.wa_id]
    total = len(handsets)
    if total > SHOWN_PHONES:
        latest = sorted(handsets, key=lambda it: it.active_at, reverse=True)[:SHOWN_PHONES]
        names = {it.wa_id for it in latest}
        handsets = [it for it in handsets if it.wa_id in names]
    return {
        "revision": world.revision,
        "now": world.clock(),
        "total": total,
        "phones": [phone_view(world, it, latest=_SHOWN_LINES) for it in handsets],
        "numbers": [number_view(world, number) for number in world.config.numbers],
        "production_numbers": list(world.config.production_numbers),
    }


def routes(world: Callable[[], World]) -> list[Route]:
    """List the doors for scripts and pages."""

    def door(deed: Deed) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            body = await request.body() if request.method == "POST" else b""
            try:
                return JSONResponse(deed(world(), request, read_object(body, MalformedError)))
            except MalformedError as error:
                return JSONResponse({"error": str(error)}, status_code=400)
            except ImpossibleError as error:
                return JSONResponse({"error": str(error)}, status_code=409)

        return endpoint

    phone = "/phones/{wa_id}"
    return [
        Route("/phones", door(_list_phones), methods=["GET"]),
        Route(phone, door(_show), methods=["GET"]),
        Route(phone, door(_name), methods=["POST"]),
        Route(f"{phone}/reply", door(_reply), methods=["POST"]),
        Route(f"{phone}/grant", door(_grant), methods=["POST"]),
        Route(f"{phone}/revoke", door(_revoke), methods=["POST"]),
        Route(f"{phone}/calls/{{wacid}}", door(_call), methods=["POST"]),
        Route(f"{phone}/dial", door(_dial), methods=["POST"]),
        Route(f"{phone}/message", door(_write), methods=["POST"]),
        Route(f"{phone}/look", door(_look), methods=["POST"]),
        Route(f"{phone}/window", door(_window), methods=["POST"]),
        Route("/chaos", door(_show_chaos), methods=["GET"]),
        Route("/chaos", door(_set_chaos), methods=["POST"]),
        Route("/chaos", door(_end_chaos), methods=["DELETE"]),
        Route("/numbers/{phone_number_id}", door(_set_number), methods=["POST"]),
        Route("/overview", door(_overview), methods=["GET"]),
        Route("/state", door(_state), methods=["GET"]),
    ]
