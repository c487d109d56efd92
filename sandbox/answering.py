"""What a person does on their phone beside calls: answer a request, change their mind, write, look."""

from dataclasses import replace

from . import identity, updates
from .config import BusinessNumber
from .conversation import window_opened
from .documents import Message
from .errors import ImpossibleError
from .messaging import mark_read, requests_of
from .permission import SEVEN_DAYS, Answer, Permission, Source, Standing, allows_calls, granted, refused
from .request import PermissionRequest, can_be_answered, latest_answerable, stage, superseded_on_answer
from .updates import AS_SAMPLED, Wording
from .world import World

_SAID = {
    Standing.TEMPORARY: "You allowed calls for a limited time",
    Standing.PERMANENT: "You allowed calls",
    Standing.DECLINED: "You declined calls",
    Standing.REVOKED: "You no longer allow calls",
}


def _reply(
    world: World,
    number: BusinessNumber,
    wa_id: str,
    permission: Permission,
    about: str | None = None,
    wording: Wording = AS_SAMPLED,
) -> None:
    """Save a permission decided at its own second and tell the business."""
    handset = world.touched(wa_id, number)
    world.save(replace(world.conversation(number, wa_id), permission=permission))
    automatic = permission.source is Source.AUTOMATIC
    message = Message(
        id=identity.new_message_id(wa_id),
        phone_number_id=number.phone_number_id,
        wa_id=wa_id,
        direction="system" if automatic else "from_customer",
        type="call_permission_reply",
        text=_SAID.get(permission.standing, "") if not automatic else _automatically(number, permission),
        at=permission.decided_at if permission.decided_at is not None else world.now,
    )
    world.put(world.messages, message)
    world.tell(updates.permission_reply(number, handset, message, permission, about, wording))


def _automatically(number: BusinessNumber, permission: Permission) -> str:
    if permission.standing is Standing.REVOKED:
        return f"You missed several calls, so {number.name} may no longer call you."
    return f"You called {number.name}, so they may call you back for 7 days."


def answer_request(
    world: World,
    number: BusinessNumber,
    wa_id: str,
    answer: Answer,
    *,
    seconds: int | None = None,
    message_id: str | None = None,
    wording: Wording = AS_SAMPLED,
    silent: bool = False,
) -> PermissionRequest:
    """Press a button under a request: the newest living one, or the one named. Everything is read with it.

    With `silent` the business is never told. Raises ImpossibleError when there is none to answer.
    """
    requests = requests_of(world, number, wa_id)
    if message_id is None:
        chosen = latest_answerable(requests, world.now)
        if chosen is None:
            raise ImpossibleError(f"The phone {wa_id} has no live call permission request to answer.")
    else:
        chosen = next((request for request in requests if request.id == message_id), None)
        if chosen is None:
            raise ImpossibleError(f"The phone {wa_id} has no call permission request {message_id}.")
        if not can_be_answered(chosen, world.now):
            raise ImpossibleError(f"The request can no longer be answered: it is {stage(chosen, world.now)}.")
    with world.writing(silent=silent):
        mark_read(world, number, wa_id)
        second = world.next_second(wa_id)
        for superseded in superseded_on_answer(requests, chosen, second):
            world.put(world.requests, superseded)
        current = world.requests.get(chosen.id) or chosen
        answered = replace(current, answer=answer, answered_at=second)
        world.put(world.requests, answered)
        before = world.conversation(number, wa_id).permission
        _reply(world, number, wa_id, _decided(before, answer, second, seconds), chosen.id, wording)
    return answered


def _decided(before: Permission, answer: Answer, second: int, seconds: int | None) -> Permission:
    if answer is Answer.DECLINE:
        return refused(before, second)
    return granted(answer, second, seconds=SEVEN_DAYS if seconds is None else seconds)


def grant(
    world: World,
    number: BusinessNumber,
    wa_id: str,
    answer: Answer,
    *,
    seconds: int | None = None,
    wording: Wording = AS_SAMPLED,
    silent: bool = False,
) -> Permission:
    """Allow calls in the business's profile: the same reply, about no message. With `silent` there is none."""
    with world.writing(silent=silent):
        second = world.next_second(wa_id)
        permission = granted(answer, second, seconds=SEVEN_DAYS if seconds is None else seconds)
        _reply(world, number, wa_id, permission, wording=wording)
    return permission


def revoke(
    world: World, number: BusinessNumber, wa_id: str, *, wording: Wording = AS_SAMPLED, silent: bool = False
) -> Permission:
    """Take the permission back in the business's profile. Raises ImpossibleError when there is none.

    With `silent` no update tells of it, as when Meta itself drops a permission: only GET call_permissions shows it.
    """
    before = world.conversation(number, wa_id).permission
    if not allows_calls(before, world.now):
        raise ImpossibleError(f"The phone {wa_id} does not allow calls, so there is nothing to revoke.")
    with world.writing(silent=silent):
        permission = refused(before, world.next_second(wa_id))
        _reply(world, number, wa_id, permission, wording=wording)
    return permission


def automatic_grant(world: World, number: BusinessNumber, wa_id: str, wacid: str) -> None:
    """Allow a call back, because the customer called. A permanent permission stays. Call inside a writing block."""
    before = world.conversation(number, wa_id).permission
    if before.standing is Standing.PERMANENT:
        return
    second = world.next_second(wa_id)
    _reply(world, number, wa_id, granted(Answer.TEMPORARY, second, source=Source.AUTOMATIC), wacid)


def automatic_revoke(world: World, number: BusinessNumber, wa_id: str) -> None:
    """Take the permission back after too many unanswered calls in a row. Call inside a writing block."""
    second = world.next_second(wa_id)
    _reply(world, number, wa_id, Permission(Standing.REVOKED, second, None, Source.AUTOMATIC))


def write(world: World, number: BusinessNumber, wa_id: str, text: str) -> Message:
    """Write to the business, which opens the customer service window."""
    with world.writing():
        mark_read(world, number, wa_id)
        handset = world.touched(wa_id, number)
        message = Message(
            id=identity.new_message_id(wa_id),
            phone_number_id=number.phone_number_id,
            wa_id=wa_id,
            direction="from_customer",
            type="text",
            text=text,
            at=world.next_second(wa_id),
        )
        world.put(world.messages, message)
        conversation = window_opened(world.conversation(number, wa_id), world.now)
        world.save(replace(conversation, spoke_at=world.now))
        world.tell(updates.text_message(number, handset, message))
    return message


def look(world: World, number: BusinessNumber, wa_id: str) -> None:
    """Open the chat: the business learns that its messages were read."""
    with world.writing():
        mark_read(world, number, wa_id)


def set_window(world: World, number: BusinessNumber, wa_id: str, *, is_open: bool) -> None:
    """Open the customer service window for 24 hours, or close it, without a word."""
    with world.writing():
        world.handset(wa_id)
        conversation = world.conversation(number, wa_id)
        closed = replace(conversation, window_closes_at=world.now)
        world.save(window_opened(conversation, world.now) if is_open else closed)
