"""Calls in both directions, from the first ring to the last update."""

import asyncio
from dataclasses import replace
from typing import Any

from . import identity, updates
from .answering import automatic_grant, automatic_revoke
from .call import RING_SECONDS, Call, CallStatus, Direction, answered, ended
from .chaos import CALL_CODES, ENDING_CODES, drawn_failure
from .config import BusinessNumber
from .conversation import Consequence, call_usage, connected, unanswered, window_opened
from .documents import Handset
from .errors import ImpossibleError, MetaError
from .fields import Fields
from .messaging import check_calling, check_product, has_open_call, mark_read, notice, recipient
from .permission import allows_calls
from .restriction import Restriction
from .sdp import LONGEST, answer_to, fault_in_offer, new_offer, says_where
from .trouble import Asked, Edge
from .world import World

LONGEST_CALL_SECONDS = 86_400


def act(world: World, number: BusinessNumber, body: Fields) -> dict[str, Any]:
    """Answer POST /{phone_number_id}/calls. Raises MetaError with the code Meta gives; nothing has then rung."""
    check_product(body)
    match body.one_of("action", ("connect", "pre_accept", "accept", "reject", "terminate")):
        case "connect":
            return _connect(world, number, body)
        case "pre_accept":
            _customers_call(world, number, body)
        case "accept":
            call = _customers_call(world, number, body)
            with world.writing():
                _picked_up(world, number, call)
        case "reject":
            call = _customers_call(world, number, body)
            with world.writing():
                _finish(world, number, call, CallStatus.REJECTED)
        case _:
            call = _own_call(world, number, body)
            with world.writing():
                _finish(world, number, call, CallStatus.CANCELLED)
    return {"messaging_product": "whatsapp", "success": True}


def _connect(world: World, number: BusinessNumber, body: Fields) -> dict[str, Any]:
    opaque = body.optional_text("biz_opaque_callback_data", longest=512)
    session = body.inner("session")
    session.one_of("sdp_type", ("offer",))
    offer = session.text("sdp", longest=LONGEST)
    fault = fault_in_offer(offer)
    if fault is not None:
        raise MetaError(100, fault)
    with world.writing():
        handset, _ = recipient(world, body, number)
        _check_call(world, number, handset)
        call = Call(
            wacid=identity.new_call_id(handset.wa_id),
            phone_number_id=number.phone_number_id,
            wa_id=handset.wa_id,
            direction=Direction.BUSINESS,
            status=CallStatus.RINGING,
            started_at=world.now,
            ends_by=world.now + RING_SECONDS,
            opaque=opaque,
            offer=offer,
        )
        world.touched(handset.wa_id, number)
        world.put_call(call)
        if not says_where(offer):
            _rings(world, number, call, answer_to(offer))
        scripted = world.take_trouble(Asked(Edge.CALLS, number.phone_number_id, handset.wa_id), late=True)
        failure = drawn_failure(world.chaos, ENDING_CODES) if scripted is None else scripted.code
        if failure is not None:
            _finish(world, number, call, CallStatus.FAILED, failure)
    started: dict[str, Any] = {"messaging_product": "whatsapp", "calls": [{"id": call.wacid}]}
    return started | ({"success": True} if world.variants.call_success else {})


def _rings(world: World, number: BusinessNumber, call: Call, answer: str) -> None:
    """Hand the answer over, and tell that the phone rings. Call inside a writing block."""
    world.put_call(replace(call, offer=None))
    handset = world.handset(call.wa_id)
    world.tell(updates.call_connect(number, handset, call, answer))
    if handset.online and call.status is CallStatus.RINGING:
        world.tell(updates.call_status(number, handset, call, "RINGING", world.now))


def answer_offer(world: World, wacid: str, answer: str) -> None:
    """Answer the offer of a call that still waits for that; one that is over meanwhile is let be."""
    call = world.calls.get(wacid)
    number = None if call is None else world.numbers.get(call.phone_number_id)
    if call is None or number is None or call.offer is None:
        return
    with world.writing():
        _rings(world, number, call, answer)


def _check_call(world: World, number: BusinessNumber, handset: Handset) -> None:
    check_calling(world, number)
    if world.state(number).calling.get("sip", {}).get("status") == "ENABLED":
        raise MetaError(131055, "Calls of a number with SIP are not started here.")
    if not handset.on_whatsapp:
        raise MetaError(138001)
    conversation = world.conversation(number, handset.wa_id)
    if not allows_calls(conversation.permission, world.now):
        raise MetaError(138006, "The recipient has not approved calls from this business phone number.")
    if has_open_call(world, number, handset.wa_id):
        raise MetaError(138003, "A call with this user is already in progress.")
    used = call_usage(conversation, number.limits, world.now)
    if used.frees_at is not None:
        raise MetaError(138012, f"{used.used} calls were connected. The next one is possible at {used.frees_at}.")
    code = drawn_failure(world.chaos, CALL_CODES)
    if code is not None:
        raise MetaError(code, "Chaos is switched on in the sandbox.")


def _own_call(world: World, number: BusinessNumber, body: Fields) -> Call:
    call = world.calls.get(body.text("call_id"))
    if call is None or call.phone_number_id != number.phone_number_id:
        raise MetaError(100, "The parameter call_id names no call of this number.")
    if call.ended_at is not None:
        raise MetaError(100, "The call is over already.")
    return call


def _customers_call(world: World, number: BusinessNumber, body: Fields) -> Call:
    call = _own_call(world, number, body)
    if call.direction is not Direction.CUSTOMER or call.status is not CallStatus.RINGING:
        raise MetaError(100, "Only a ringing call from a customer can be answered by the business.")
    session = body.inner("session") if body.has("session") else None
    if session is not None:
        session.one_of("sdp_type", ("answer",))
        session.text("sdp", longest=LONGEST)
    return call


def _picked_up(world: World, number: BusinessNumber, call: Call, *, seconds: int | None = None) -> None:
    now = world.now
    talking = answered(call, now, seconds=seconds)
    by_business = call.direction is Direction.BUSINESS
    world.put_call(talking)
    world.save(connected(world.conversation(number, call.wa_id), now, by_business=by_business))
    handset = world.touched(call.wa_id, number)
    if by_business:
        world.tell(updates.call_status(number, handset, talking, "ACCEPTED", now))


def _finish(world: World, number: BusinessNumber, call: Call, status: CallStatus, code: int | None = None) -> None:
    """End a call and do what follows: the update, and for one nobody took, the nudge or the revocation."""
    over = ended(call, status, world.now, failure=code)
    handset = world.touched(call.wa_id, number)
    world.put_call(over)
    if over.status is CallStatus.REJECTED and over.direction is Direction.BUSINESS:
        world.tell(updates.call_status(number, handset, over, "REJECTED", world.now))
    world.tell(updates.call_terminate(number, handset, over, code))
    # A call the business gives up counts too: the customer has missed it. A failed one says nothing about them.
    counts = over.answered_at is None and over.status is not CallStatus.FAILED
    if over.direction is Direction.BUSINESS and counts:
        conversation, consequence = unanswered(world.conversation(number, call.wa_id), number.limits, world.now)
        world.save(conversation)
        if consequence is Consequence.NUDGE:
            missed = conversation.unanswered_streak
            notice(
                world,
                number,
                call.wa_id,
                f"You did not answer the last {missed} calls. Do you still want {number.name} to call you?",
            )
        if consequence is Consequence.REVOKE:
            automatic_revoke(world, number, call.wa_id)


def call_of(world: World, wa_id: str, wacid: str) -> Call:
    """Find a phone's call. Raises ImpossibleError when it has none of that id."""
    call = world.calls.get(wacid)
    if call is None or call.wa_id != wa_id:
        raise ImpossibleError(f"The phone {wa_id} has no call {wacid}.")
    return call


def _number_of(world: World, call: Call) -> BusinessNumber:
    number = world.numbers.get(call.phone_number_id)
    if number is None:
        raise ImpossibleError("The call belongs to a number that is no longer here.")
    return number


def _open_call(world: World, wa_id: str, wacid: str) -> tuple[Call, BusinessNumber]:
    call = call_of(world, wa_id, wacid)
    number = _number_of(world, call)
    if call.ended_at is not None:
        raise ImpossibleError(f"The call is over: {call.status}.")
    return call, number


def vanish(world: World, wa_id: str, wacid: str) -> Call:
    """End a call at Meta without any update: talked on, it is over; ringing, it was missed, with all that follows.

    Raises ImpossibleError when it is over already.
    """
    call, number = _open_call(world, wa_id, wacid)
    with world.writing(silent=True):
        _finish(world, number, call, CallStatus.NO_ANSWER)
        world.put_call(replace(call_of(world, wa_id, wacid), untold=True))
    return call_of(world, wa_id, wacid)


def fail(world: World, wa_id: str, wacid: str, code: int, *, connects: bool = False, silent: bool = False) -> Call:
    """End a call as FAILED with one of ENDING_CODES, ringing or talked on.

    138023 leaves open whether the two were connected: with `connects` a ringing call counts as one that was.
    Raises ImpossibleError when it is over already.
    """
    call, number = _open_call(world, wa_id, wacid)
    with world.writing(silent=silent):
        if connects and call.answered_at is None:
            by_business = call.direction is Direction.BUSINESS
            world.save(connected(world.conversation(number, wa_id), world.now, by_business=by_business))
        _finish(world, number, call, CallStatus.FAILED, code)
        if silent:
            world.put_call(replace(call_of(world, wa_id, wacid), untold=True))
    return call_of(world, wa_id, wacid)


def tell_of(world: World, wa_id: str, wacid: str, event: str) -> Call:
    """Send an update about a call that changes nothing: an event the business need not know, at any time."""
    call = call_of(world, wa_id, wacid)
    number = _number_of(world, call)
    with world.writing():
        world.tell(updates.call_event(number, world.handset(wa_id), call, event, world.now))
    return call


def person_does(world: World, wa_id: str, wacid: str, deed: str, *, silent: bool = False) -> Call:
    """Do what the person does with a call: answer, reject, ignore or hang_up.

    On a call the person places, `answer`, `reject` and `ignore` are done by the business's side. With `silent` the
    updates of this step are lost. Raises ImpossibleError when the call is not at the stage for it.
    """
    call, number = _open_call(world, wa_id, wacid)
    if deed != "hang_up" and call.status is not CallStatus.RINGING:
        raise ImpossibleError("The call is being talked on; it can only be hung up.")
    with world.writing(silent=silent):
        match deed:
            case "answer":
                if call.direction is Direction.BUSINESS:
                    mark_read(world, number, wa_id)
                _picked_up(world, number, call)
            case "reject":
                _finish(world, number, call, CallStatus.REJECTED)
            case "ignore":
                _finish(world, number, call, CallStatus.NO_ANSWER)
            case _:
                # Hanging up while it rings: on a call from the business that is a rejection.
                ringing_for_me = call.direction is Direction.BUSINESS
                _finish(world, number, call, CallStatus.REJECTED if ringing_for_me else CallStatus.CANCELLED)
        over = call_of(world, wa_id, wacid)
        if silent and over.ended_at is not None:
            world.put_call(replace(over, untold=True))
    return call_of(world, wa_id, wacid)


def dial(
    world: World,
    number: BusinessNumber,
    wa_id: str,
    *,
    talk_for: int | None,
    ring: bool,
    callback: bool = True,
    silent: bool = False,
) -> Call:
    """Let the customer call the business.

    With `talk_for` the business picks up and the call ends after so many seconds; with `ring` it rings until someone
    does something, at most RING_SECONDS; otherwise it ends unanswered at once. Where the number is set so, the call
    permits a call back, unless `callback` says that the person does not want one. Raises ImpossibleError.
    """
    if world.state(number).calling["status"] != "ENABLED":
        raise ImpossibleError(f"{number.name} has calling switched off, so its chat shows no call button.")
    until = world.state(number).restrictions
    if any(world.now < until.get(kind, 0) for kind in (Restriction.CUSTOMER_CALLS, Restriction.CALL_BUTTON)):
        raise ImpossibleError(f"Meta has paused calls to {number.name}, so its chat shows no call button.")
    if has_open_call(world, number, wa_id):
        raise ImpossibleError("There is a call already.")
    with world.writing(silent=silent):
        handset = world.touched(wa_id, number)
        call = Call(
            wacid=identity.new_call_id(wa_id),
            phone_number_id=number.phone_number_id,
            wa_id=wa_id,
            direction=Direction.CUSTOMER,
            status=CallStatus.RINGING,
            started_at=world.now,
            ends_by=world.now + RING_SECONDS,
        )
        world.put_call(call)
        conversation = window_opened(world.conversation(number, wa_id), world.now)
        world.save(replace(conversation, spoke_at=world.now))
        world.tell(updates.call_connect(number, handset, call, new_offer()))
        if talk_for is not None:
            _picked_up(world, number, call, seconds=talk_for)
        elif not ring:
            _finish(world, number, call, CallStatus.NO_ANSWER)
        if callback and world.state(number).calling.get("callback_permission_status") == "ENABLED":
            automatic_grant(world, number, wa_id, call.wacid)
    return call_of(world, wa_id, call.wacid)


def end_overdue(world: World) -> float | None:
    """End every call whose time is up; return the seconds until the next one's is, None without any."""
    waits: list[float] = []
    for call in world.open_calls():
        number = world.numbers.get(call.phone_number_id)
        if call.ends_by is None or number is None:
            continue
        wait = call.ends_by - world.clock()
        if wait > 0:
            waits.append(wait)
            continue
        with world.writing():
            _finish(world, number, call, CallStatus.NO_ANSWER)
    return min(waits, default=None)


async def keep_time(world: World) -> None:
    """End calls when their time is up, for as long as it is not cancelled."""
    while True:
        world.deadlines_moved.clear()
        wait = end_overdue(world)
        try:
            async with asyncio.timeout(wait):
                await world.deadlines_moved.wait()
        except TimeoutError:
            continue
