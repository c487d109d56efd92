"""A person takes another number, or becomes somebody else to the business."""

from dataclasses import replace

from . import identity, updates
from .conversation import Conversation
from .documents import Handset
from .errors import ImpossibleError
from .world import World

NUMBER, USER_ID = "user_changed_number", "user_changed_user_id"


def _check(world: World, handset: Handset, to: str) -> None:
    if any(number.display_phone_number == to for number in world.config.numbers):
        raise ImpossibleError(f"{to} is the business's own number.")
    there = world.handsets.get(to)
    used = bool(world.messages.of(to) or world.calls.of(to) or world.conversations.of(to))
    if there is not None and to != handset.wa_id and there.moved_to is None and used:
        raise ImpossibleError(f"The number {to} belongs to another phone.")
    if any(call.wa_id == handset.wa_id for call in world.open_calls()):
        raise ImpossibleError("The phone is on a call: hang up first.")


def _newcomer(world: World, handset: Handset, to: str) -> Handset:
    """Make the phone as it is under its new number, with user ids nobody has seen."""
    there = world.handsets.get(to)
    generation = 0 if there is None else there.generation + 1
    user = identity.user_id(to, generation)
    return replace(
        handset,
        wa_id=to,
        user_id=user,
        parent_user_id=None if handset.parent_user_id is None else identity.parent_user_id(user),
        generation=generation,
        moved_to=None,
        first_wa_id=handset.lane,
    )


def _carry(world: World, old: str, to: str, *, keep_permission: bool) -> list[str]:
    """Bring chats and calls along; return the ids of the business numbers they were with."""
    for message in world.messages.of(old):
        world.put(world.messages, replace(message, wa_id=to))
    for request in world.requests.of(old):
        world.put(world.requests, replace(request, wa_id=to))
    for call in world.calls.of(old):
        world.put(world.calls, replace(call, wa_id=to))
    pairs = [pair for pair in world.conversations.of(old) if pair.phone_number_id in world.numbers]
    for pair in pairs:
        world.save(Conversation(pair.phone_number_id, old))
        anew = Conversation(pair.phone_number_id, to, window_closes_at=pair.window_closes_at, spoke_at=pair.spoke_at)
        world.save(replace(pair, wa_id=to) if keep_permission else anew)
    return [pair.phone_number_id for pair in pairs if pair.spoke_at or pair.permission.decided_at is not None]


def change_number(
    world: World, handset: Handset, to: str, *, keep_permission: bool = False, kind: str | None = None
) -> Handset:
    """Let a phone go on under another number, with another user id; tell every business number it spoke with.

    What becomes of permissions is undocumented. Here the pair begins anew: no permission, nothing counted, only the
    window and the chat stay, requests in it included; with `keep_permission` everything stays. Nobody is on WhatsApp
    under the old number afterwards. With `to` its own number only the user id changes. `kind` is the system message's;
    None means the one that says what can be said: `user_changed_number`, or `user_changed_user_id` when the phone's
    number is hidden or stays. Raises ImpossibleError.
    """
    _check(world, handset, to)
    old = handset.wa_id
    chosen = kind or (USER_ID if handset.hides_phone or to == old else NUMBER)
    with world.writing():
        moved = _newcomer(world, handset, to)
        if to != old:
            left = Handset(old, identity.profile_name(old), handset.user_id, handset.added_at)
            world.put_handset(replace(left, generation=handset.generation, on_whatsapp=False, moved_to=to))
        world.put_handset(moved)
        second = world.next_second(to)
        for phone_number_id in _carry(world, old, to, keep_permission=keep_permission):
            number, message_id = world.numbers[phone_number_id], identity.new_message_id(to)
            world.tell(updates.identity_changed(number, handset, moved, message_id, chosen, second))
    return world.handset(to)


def settle(world: World, handset: Handset, name: str | None) -> Handset:
    """Give a number that was left to somebody else: a new person with a user id of their own."""
    generation = handset.generation + 1
    user = identity.user_id(handset.wa_id, generation)
    person = Handset(handset.wa_id, name or identity.profile_name(handset.wa_id), user, world.now)
    with world.writing():
        for pair in world.conversations.of(handset.wa_id):
            world.save(Conversation(pair.phone_number_id, handset.wa_id))
        world.put_handset(replace(person, generation=generation, active_at=world.clock()))
    return world.handset(handset.wa_id)


def set_identity(
    world: World,
    handset: Handset,
    *,
    username: str | None,
    hides_phone: bool | None,
    parent_user_id: str | None,
    on_whatsapp: bool | None,
) -> Handset:
    """Change by which names a person is known from now on; None keeps one, an empty text takes it away."""
    changed = replace(
        handset,
        username=handset.username if username is None else username or None,
        hides_phone=handset.hides_phone if hides_phone is None else hides_phone,
        parent_user_id=handset.parent_user_id if parent_user_id is None else parent_user_id or None,
        on_whatsapp=handset.on_whatsapp if on_whatsapp is None else on_whatsapp,
    )
    with world.writing():
        world.put_handset(changed)
    return changed
