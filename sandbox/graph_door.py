"""HTTP as Meta speaks it: /graph/{version}/{id}/{edge}. Every failure is Meta's error envelope."""

import asyncio
import random
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from . import calling, credentials, identity, messaging, updates
from .chaos import drawn_between, happens
from .config import BusinessNumber
from .documents import Handset
from .errors import BareHttpError, MetaError
from .fields import Fields, read_object
from .restriction import Restriction
from .template import as_listed, made
from .trouble import EDGES, Asked, Edge
from .world import World

_VERSION = re.compile(r"v\d{1,3}\.\d{1,3}")
_MOST_TEMPLATES = 250
_LOSE_CONNECTION_SHARE = 0.5
_TELLING_SETTINGS = ("status", "call_icon_visibility", "callback_permission_status", "srtp_key_exchange_protocol")
_SETTINGS: Mapping[str, tuple[str, ...] | None] = {
    "status": ("ENABLED", "DISABLED"),
    "call_icon_visibility": ("DEFAULT", "DISABLE_ALL"),
    "callback_permission_status": ("ENABLED", "DISABLED"),
    "srtp_key_exchange_protocol": ("DTLS", "SDES"),
    "call_icons": None,
    "call_hours": None,
    "sip": None,
    "audio": None,
    "voicemail": None,
}
"""What `calling` may hold: the values of the switches, None for objects kept as they come."""


def _complain(sentence: str) -> MetaError:
    return MetaError(100, sentence)


def _page(status: int) -> Response:
    """Answer as what stands before Meta's API does when it is in trouble."""
    page = f"<html><body><h1>{status}</h1><p>Sorry, something went wrong.</p></body></html>"
    return HTMLResponse(page, status_code=status)


class _LostAnswer(Response):
    """Begins an answer and stops, so that the server drops the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI calls it
        headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


class GraphDoor:
    """Answers Meta's calls for one world, given anew at each start."""

    def __init__(self, world: Callable[[], World]) -> None:
        self._find_world = world
        self._asked: dict[str, deque[float]] = {}

    async def __call__(self, request: Request) -> Response:
        """Answer one request. The effect comes before chaos takes the answer, except for `http_500`."""
        world = self._find_world()
        body = await request.body()
        answer = self._spoken(world, request, body)
        wait = world.chaos.answer_delay_seconds + drawn_between(world.chaos.slow)
        if wait:
            await asyncio.sleep(wait)
        if happens(world.chaos.lose_answers):
            if random.random() < _LOSE_CONNECTION_SHARE:  # noqa: S311 - chance, not secrets
                return _LostAnswer()
            lost = MetaError(1, "Chaos is switched on in the sandbox.")
            return JSONResponse(lost.envelope(), status_code=lost.http_status)
        return answer

    def _spoken(self, world: World, request: Request, body: bytes) -> Response:
        if happens(world.chaos.http_500):
            return _page(500)
        try:
            return JSONResponse(self._answer(world, request, body))
        except MetaError as error:
            return JSONResponse(error.envelope(), status_code=error.http_status)
        except BareHttpError as error:
            return _page(error.http_status)

    def _answer(self, world: World, request: Request, body: bytes) -> dict[str, Any]:
        token = credentials.check(world.config, request)
        version, _, rest = request.path_params["path"].strip("/").partition("/")
        if not _VERSION.fullmatch(version):
            raise MetaError(2500, "The path must begin with a version such as v23.0.")
        node, _, edge = rest.partition("/")
        number = world.numbers.get(node)
        if number is not None:
            edges = _number_edges(self, world, number, request)
        elif node in ("debug_token", world.config.app_id):
            edges = credentials.edges(world, node, token, request)
        else:
            edges = _account_edges(world, node, request)
        if node not in ("debug_token", world.config.app_id):
            credentials.refuse_app(world.config, token)
        if not edges:
            raise MetaError(
                100,
                f"Unsupported {request.method.lower()} request. Object with ID '{node}' does not exist, cannot be "
                "loaded due to missing permissions, or does not support this operation.",
                subcode=33,
            )
        if edge not in {known for _, known in edges}:
            raise MetaError(2500, f"Unknown path components: /{edge}")
        deed = edges.get((request.method, edge))
        if deed is None:
            raise MetaError(100, f"Unsupported request - method type: {request.method.lower()}")
        fields = read_object(body, _complain) if request.method == "POST" else Fields({}, _complain)
        asked = Asked(
            EDGES.get(edge, Edge.ANY),
            None if number is None else number.phone_number_id,
            _customer(world, fields.values if request.method == "POST" else request.query_params),
        )
        with world.writing():
            trouble = world.take_trouble(asked, late=False)
        if trouble is not None and not trouble.effect:
            raise trouble.error()
        answer = deed(fields)
        if trouble is not None:
            raise trouble.error()
        return answer

    def permissions(self, world: World, number: BusinessNumber, request: Request) -> dict[str, Any]:
        """Answer GET call_permissions, at most so many times a second per number: see `Variants`."""
        asked = self._asked.setdefault(number.phone_number_id, deque())
        present = time.monotonic()
        while asked and present - asked[0] >= 1:
            asked.popleft()
        most = world.variants.asks_per_second
        if len(asked) >= most:
            raise MetaError(613, f"Call permissions may be asked for at most {most} times a second.")
        asked.append(present)
        return messaging.permissions(world, number, _asked_about(world, request))


def _customer(world: World, said: Mapping[str, Any]) -> str | None:
    """Find the phone a request is about, as far as that can be told before it is read properly."""
    for name in ("to", "user_wa_id"):
        if isinstance(said.get(name), str) and (wa_id := identity.digits(said[name])) is not None:
            return wa_id
    named, wacid = said.get("recipient"), said.get("call_id")
    if isinstance(named, str) and (handset := world.handset_by_user_id(named)) is not None:
        return handset.wa_id
    call = world.calls.get(wacid) if isinstance(wacid, str) else None
    return None if call is None else call.wa_id


def _asked_about(world: World, request: Request) -> Handset:
    wa_id, user_id = request.query_params.get("user_wa_id"), request.query_params.get("recipient")
    if wa_id:
        digits = identity.digits(wa_id)
        if digits is None:
            raise MetaError(100, "The parameter user_wa_id must be a phone number.")
        with world.writing():
            return world.handset(digits)
    if user_id:
        handset = world.handset_by_user_id(user_id)
        if handset is None:
            raise MetaError(100, "The parameter recipient names no user this business knows.")
        return handset
    raise MetaError(100, "The parameter user_wa_id is required.")


_Edges = dict[tuple[str, str], Callable[[Fields], dict[str, Any]]]


def _number_edges(door: GraphDoor, world: World, number: BusinessNumber, request: Request) -> _Edges:
    return {
        ("GET", ""): lambda _: _described(number),
        ("POST", "messages"): lambda body: messaging.send(world, number, body),
        ("POST", "calls"): lambda body: calling.act(world, number, body),
        ("GET", "call_permissions"): lambda _: door.permissions(world, number, request),
        ("GET", "settings"): lambda _: _settings(world, number),
        ("POST", "settings"): lambda body: change_settings(world, number, body.inner("calling")),
    }


def _account_edges(world: World, waba_id: str, request: Request) -> _Edges:
    numbers = [number for number in world.config.numbers if number.waba_id == waba_id]
    if not numbers:
        return {}
    return {
        ("GET", ""): lambda _: {"id": waba_id, "name": numbers[0].name},
        ("GET", "phone_numbers"): lambda _: _paged([_described(number) for number in numbers], request),
        ("GET", "subscribed_apps"): lambda _: credentials.subscribed(world, waba_id),
        ("POST", "subscribed_apps"): lambda _: credentials.subscribe(world, waba_id, subscribed=True),
        ("DELETE", "subscribed_apps"): lambda _: credentials.subscribe(world, waba_id, subscribed=False),
        ("GET", "message_templates"): lambda _: _templates(world, waba_id, request),
        ("POST", "message_templates"): lambda body: _make_template(world, waba_id, body),
    }


def _described(number: BusinessNumber) -> dict[str, Any]:
    return {
        "id": number.phone_number_id,
        "display_phone_number": "+" + number.display_phone_number,
        "verified_name": number.name,
        "quality_rating": "GREEN",
    }


def _settings(world: World, number: BusinessNumber) -> dict[str, Any]:
    state = world.state(number)
    shown: dict[str, Any] = dict(state.calling)
    ends = {Restriction.BUSINESS_CALLS: state.restricted_until} | state.restrictions
    listed = [
        {"type": kind.value, "reason": kind.reason, "expiration": end} for kind, end in ends.items() if world.now < end
    ]
    if listed:
        shown["restrictions"] = {"restrictions_list": listed}
    return {"calling": shown}


def change_settings(world: World, number: BusinessNumber, asked: Fields) -> dict[str, Any]:
    """Merge new calling settings into a number's and tell the webhook what Meta tells. Raises `asked.complaint`."""
    changed: dict[str, Any] = {}
    for name in asked.values:
        if name not in _SETTINGS:
            raise asked.complaint(f"The parameter {asked.where(name)} is not known.")
        choices = _SETTINGS[name]
        changed[name] = dict(asked.inner(name).values) if choices is None else asked.one_of(name, choices)
    if "sip" in changed and "status" in changed["sip"]:
        asked.inner("sip").one_of("status", ("ENABLED", "DISABLED"))
    before = world.state(number)
    after = replace(before, calling=before.calling | changed)
    telling = any(before.calling.get(name) != after.calling.get(name) for name in _TELLING_SETTINGS)
    sip = before.calling.get("sip", {}).get("status") != after.calling.get("sip", {}).get("status")
    with world.writing():
        world.put(world.states, after)
        if telling or sip:
            world.tell(updates.settings_changed(number, after, world.now))
    return {"success": True}


def _templates(world: World, waba_id: str, request: Request) -> dict[str, Any]:
    wanted = {name: request.query_params.get(name) for name in ("name", "language", "status", "category")}
    listed = [as_listed(template) for template in world.templates.of(waba_id)]
    chosen = [one for one in listed if all(value in (None, one[name]) for name, value in wanted.items())]
    shown: dict[str, Any] = _paged(chosen, request)
    if "summary" in request.query_params:
        shown["summary"] = {
            "total_count": len(chosen),
            "message_template_count": len(listed),
            "message_template_limit": _MOST_TEMPLATES,
            "are_translations_complete": True,
        }
    return shown


def _paged(chosen: list[dict[str, Any]], request: Request) -> dict[str, Any]:
    """Show so many from where the page before ended; a cursor is the place of what it stands beside."""
    limit, after = request.query_params.get("limit", "25"), request.query_params.get("after", "0")
    if not (limit.isdecimal() and int(limit) and after.isdecimal()):
        raise MetaError(100, "limit must be a number above 0, and after a cursor of the page before.")
    start, end = int(after), int(after) + int(limit)
    paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(end)}}
    if end < len(chosen):
        paging["next"] = str(request.url.include_query_params(after=end))
    return {"data": chosen[start:end], "paging": paging}


def _make_template(world: World, waba_id: str, body: Fields) -> dict[str, Any]:
    template = made(body, world.new_template_id(), waba_id)
    if world.templates.get(world.templates.key(template)) is not None:
        raise MetaError(100, "There is already a template of this name and language.", subcode=2388024)
    with world.writing():
        world.put(world.templates, template)
        world.tell(updates.template_status(template, "NONE", world.now))
    return {"id": template.id, "status": "APPROVED", "category": template.category}
