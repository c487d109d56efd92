"""What a script says in Meta's place, or asks it behind the scenes: numbers, templates, errors, chaos, the ledger."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from . import identity, updates
from .chaos import Chaos, merged
from .config import BusinessNumber
from .documents import Handset
from .door import Deed, opened, seconds
from .errors import ImpossibleError, MalformedError
from .fields import Fields
from .graph_door import change_settings
from .restriction import Restriction, Violation
from .template import Template, TemplateStatus, as_listed
from .trouble import Script, read
from .variants import Variants, chosen
from .view import ledger, number_view, overview, phone_view
from .world import World

SHOWN_PHONES = 24
_SHOWN_LINES = 60
_RESTRICTION_SECONDS = 604_800


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


def _show_errors(world: World, _: Request, __: Fields) -> dict[str, Any]:
    return world.script.as_json()


def _add_error(world: World, _: Request, asked: Fields) -> dict[str, Any]:
    named = asked.optional_text("wa_id")
    wa_id = None if named is None else identity.digits(named)
    if named is not None and wa_id is None:
        raise MalformedError(f"{named} is not a phone number.")
    trouble = read(asked, wa_id)
    with world.writing():
        world.script = Script((*world.script.troubles, trouble))
    return world.script.as_json()


def _clear_errors(world: World, _: Request, __: Fields) -> dict[str, Any]:
    with world.writing():
        world.script = Script()
    return world.script.as_json()


def _show_variants(world: World, _: Request, __: Fields) -> dict[str, Any]:
    return world.variants.as_json()


def _set_variants(world: World, _: Request, asked: Fields) -> dict[str, Any]:
    variants = chosen(world.variants, asked)
    with world.writing():
        world.variants = variants
    return variants.as_json()


def _end_variants(world: World, _: Request, __: Fields) -> dict[str, Any]:
    with world.writing():
        world.variants = Variants()
    return world.variants.as_json()


def _violation(asked: Fields) -> Violation | None:
    if asked.values.get("violation") is True:
        return Violation.BUSINESS_CALLS
    return Violation(asked.one_of("violation", tuple(Violation))) if asked.has("violation") else None


def _set_number(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    """Change what a number's owner or Meta would: calling settings, warnings and restrictions."""
    number = world.numbers.get(request.path_params["phone_number_id"])
    if number is None:
        raise MalformedError("There is no such business number.")
    restricted, lasting, violation = asked.optional_flag("restricted"), seconds(asked), _violation(asked)
    kind = Restriction(asked.one_of("restriction", tuple(Restriction))) if asked.has("restriction") else None
    if asked.has("calling"):
        change_settings(world, number, asked.inner("calling"))
    with world.writing():
        if violation is not None:
            world.tell(updates.violated(number, violation))
        if restricted:
            _restrict(world, number, kind or Restriction.BUSINESS_CALLS, lasting or _RESTRICTION_SECONDS)
        elif restricted is not None:
            _release(world, number, kind)
    return number_view(world, number)


def _restrict(world: World, number: BusinessNumber, kind: Restriction, lasting: int) -> None:
    state, until = world.state(number), world.now + lasting
    if kind is Restriction.BUSINESS_CALLS:
        state = replace(state, restricted_until=until)
    else:
        state = replace(state, restrictions=state.restrictions | {kind: until})
    world.put(world.states, state)
    world.tell(updates.restricted(number, until, kind))


def _release(world: World, number: BusinessNumber, kind: Restriction | None) -> None:
    """End one restriction before its time, or all. Meta has no update for that."""
    state = world.state(number)
    left = {other: until for other, until in state.restrictions.items() if kind not in (None, other)}
    until = 0 if kind in (None, Restriction.BUSINESS_CALLS) else state.restricted_until
    world.put(world.states, replace(state, restricted_until=until, restrictions=left))


def _template(world: World, request: Request, asked: Fields) -> Template:
    name, language, waba_id = (
        request.path_params["name"],
        asked.optional_text("language"),
        asked.optional_text("waba_id"),
    )
    fitting = [
        template
        for template in world.templates.every()
        if template.name == name and language in (None, template.language) and waba_id in (None, template.waba_id)
    ]
    if not fitting:
        raise ImpossibleError(f"There is no template {name}" + (f" in {language}." if language else "."))
    if len({template.language for template in fitting}) > 1:
        raise MalformedError(f"The template {name} has several languages: name one as language.")
    return fitting[0]


def _set_template(world: World, request: Request, asked: Fields) -> dict[str, Any]:
    """Change what Meta would about a template, and tell what has changed."""
    status = TemplateStatus(asked.one_of("status", tuple(TemplateStatus))) if asked.has("status") else None
    category = asked.one_of("category", ("MARKETING", "UTILITY")) if asked.has("category") else None
    reason = asked.optional_text("reason") or "NONE"
    before = _template(world, request, asked)
    after = replace(before, status=status or before.status, category=category or before.category)
    with world.writing():
        world.put(world.templates, after)
        if after.status is not before.status:
            world.tell(updates.template_status(after, reason, world.now))
        if after.category != before.category:
            world.tell(updates.template_category(after, before.category))
    return {"template": as_listed(after)}


def _overview(world: World, _: Request, __: Fields) -> dict[str, Any]:
    return overview(world)


def _ledger(world: World, request: Request, _: Fields) -> dict[str, Any]:
    asked = request.query_params.get("wa_id")
    wa_id = None if asked is None else identity.digits(asked)
    if asked is not None and wa_id is None:
        raise MalformedError(f"{asked} is not a phone number.")
    return ledger(world, request.query_params.get("phone_number_id"), wa_id)


def _state(world: World, request: Request, _: Fields) -> dict[str, Any]:
    """Show the phones of the page: all while they are few, else those `find` fits or the latest; or one `phone`."""
    alone = request.query_params.get("phone")
    find = request.query_params.get("find", "").strip().lower()
    handsets = [it for it in world.handsets.every() if it.moved_to is None]
    if alone is not None:
        handsets = [_one(world, alone)]
    elif find:
        bare = identity.digits(find) or find
        handsets = [it for it in handsets if find in f"{it.name} {it.username or ''}".lower() or bare in it.wa_id]
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


def _one(world: World, name: str) -> Handset:
    """Find the phone with this number, which need not have been spoken to, or with this user id, wherever it moved."""
    handset = world.handset_by_user_id(name)
    if handset is None:
        wa_id = identity.digits(name)
        if wa_id is None:
            raise MalformedError(f"{name} is neither a phone number nor a user id that a phone here has.")
        with world.writing():
            handset = world.handset(wa_id)
    while handset.moved_to is not None:
        handset = world.handset(handset.moved_to)
    return handset


def routes(world: Callable[[], World]) -> list[Route]:
    """List the doors."""
    doors: dict[str, dict[str, Deed]] = {
        "/chaos": {"GET": _show_chaos, "POST": _set_chaos, "DELETE": _end_chaos},
        "/errors": {"GET": _show_errors, "POST": _add_error, "DELETE": _clear_errors},
        "/variants": {"GET": _show_variants, "POST": _set_variants, "DELETE": _end_variants},
        "/numbers/{phone_number_id}": {"POST": _set_number},
        "/templates/{name}": {"POST": _set_template},
        "/overview": {"GET": _overview},
        "/ledger": {"GET": _ledger},
        "/state": {"GET": _state},
    }
    return [
        Route(path, opened(world, deed), methods=[method])
        for path, deeds in doors.items()
        for method, deed in deeds.items()
    ]
