"""All the stand-in knows, in memory and on disk, and the one way to change it.

Everything here runs on one event loop without awaiting, so each change is seen whole or not at all, and two sends at
the same instant are counted one after the other.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import uniform
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from . import identity
from .call import Call, is_active
from .chaos import Chaos, drawn_between, happens
from .config import BusinessNumber, Config
from .conversation import WINDOW_SECONDS, Conversation
from .documents import Account, Handset, Message, NumberState, Update
from .errors import MetaError
from .outbox import Outbox
from .request import PermissionRequest
from .store import Draft, Store
from .template import Template, check_sendable, may_we_call
from .trouble import Asked, Script, Trouble, taken
from .variants import Variants, as_told

T = TypeVar("T")
_CHAOS = "chaos"
_SCRIPT = "script"
_VARIANTS = "variants"


class Shelf(Generic[T]):
    """Documents of one kind by id, also by the phone they belong to, in the order they came."""

    def __init__(self, kind: str, document: type[T], key: Callable[[T], str], owner: Callable[[T], str]) -> None:
        self.kind = kind
        self._adapter: TypeAdapter[T] = TypeAdapter(document)
        self._key = key
        self._owner = owner
        self._all: dict[str, T] = {}
        self._owned: dict[str, dict[str, T]] = {}

    def load(self, store: Store) -> None:
        """Read what is on disk."""
        for _, body in store.documents(self.kind):
            self.keep(self._adapter.validate_json(body))

    def get(self, key: str) -> T | None:
        """Find one."""
        return self._all.get(key)

    def of(self, owner: str) -> list[T]:
        """List a phone's, oldest first."""
        return list(self._owned.get(owner, {}).values())

    def every(self) -> list[T]:
        """List all, oldest first."""
        return list(self._all.values())

    def key(self, document: T) -> str:
        """Give a document's id."""
        return self._key(document)

    def keep(self, document: T) -> None:
        """Put it in its place in memory."""
        key = self._key(document)
        before = self._all.get(key)
        if before is not None and self._owner(before) != self._owner(document):
            del self._owned[self._owner(before)][key]
        self._all[key] = document
        self._owned.setdefault(self._owner(document), {})[key] = document

    def forget(self, document: T) -> None:
        """Take it away from memory."""
        key = self._key(document)
        del self._all[key]
        del self._owned[self._owner(document)][key]

    def as_row(self, key: str) -> tuple[str, str, str]:
        """Write it for the store."""
        return self.kind, key, self._adapter.dump_json(self._all[key]).decode()


@dataclass(slots=True)
class _Writing:
    """What one block has changed so far, with the way back."""

    changed: dict[tuple[str, str], Callable[[], tuple[str, str, str]]] = field(default_factory=dict)
    undo: list[Callable[[], None]] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    silent: bool = False


def _pair(phone_number_id: str, wa_id: str) -> str:
    return f"{phone_number_id}/{wa_id}"


class World:
    """The stand-in's memory. Change it inside `with world.writing():` only; updates leave when that is committed."""

    def __init__(self, config: Config, store: Store, clock: Callable[[], float]) -> None:
        self.config = config
        self.clock = clock
        self.numbers = {number.phone_number_id: number for number in config.numbers}
        self.handsets = Shelf("handset", Handset, lambda it: it.wa_id, lambda it: it.wa_id)
        self.conversations = Shelf(
            "conversation", Conversation, lambda it: _pair(it.phone_number_id, it.wa_id), lambda it: it.wa_id
        )
        self.messages = Shelf("message", Message, lambda it: it.id, lambda it: it.wa_id)
        self.requests = Shelf("request", PermissionRequest, lambda it: it.id, lambda it: it.wa_id)
        self.calls = Shelf("call", Call, lambda it: it.wacid, lambda it: it.wa_id)
        self.states = Shelf("number", NumberState, lambda it: it.phone_number_id, lambda it: it.phone_number_id)
        self.accounts = Shelf("account", Account, lambda it: it.waba_id, lambda it: it.waba_id)
        self.templates = Shelf(
            "template", Template, lambda it: f"{it.waba_id}/{it.name}/{it.language}", lambda it: it.waba_id
        )
        self._chaos = Shelf("chaos", Chaos, lambda _: _CHAOS, lambda _: _CHAOS)
        self._script = Shelf("script", Script, lambda _: _SCRIPT, lambda _: _SCRIPT)
        self._variants = Shelf("variants", Variants, lambda _: _VARIANTS, lambda _: _VARIANTS)
        self._store = store
        self._block: _Writing | None = None
        self.outbox = Outbox(store, config.webhook_urls, config.app_secret, lambda: self.chaos, clock)
        self.revision = 0
        self.deadlines_moved = asyncio.Event()
        self._listeners: set[asyncio.Event] = set()
        self._user_ids: dict[str, str] = {}
        self._open_calls: dict[str, Call] = {}
        self._load()

    @property
    def now(self) -> int:
        """The present in whole Unix seconds."""
        return int(self.clock())

    @property
    def chaos(self) -> Chaos:
        """How much goes wrong at present."""
        return self._chaos.get(_CHAOS) or Chaos()

    @chaos.setter
    def chaos(self, chaos: Chaos) -> None:
        self.put(self._chaos, chaos)

    @property
    def script(self) -> Script:
        """What is to go wrong next."""
        return self._script.get(_SCRIPT) or Script()

    @script.setter
    def script(self, script: Script) -> None:
        self.put(self._script, script)

    @property
    def variants(self) -> Variants:
        """Which of Meta's sources is followed where they disagree."""
        return self._variants.get(_VARIANTS) or Variants()

    @variants.setter
    def variants(self, variants: Variants) -> None:
        self.put(self._variants, variants)

    def take_trouble(self, asked: Asked, *, late: bool) -> Trouble | None:
        """Take what is scripted for this answer, if anything is. Call inside a writing block."""
        left, found = taken(self.script, asked, late=late)
        if found is not None:
            self.script = left
        return found

    def _load(self) -> None:
        shelves = (self.handsets, self.conversations, self.messages, self.requests, self.calls, self.states)
        for shelf in (*shelves, self.accounts, self.templates, self._chaos, self._script, self._variants):
            shelf.load(self._store)
        for known in self.handsets.every():
            self._know(known)
        self._open_calls = {call.wacid: call for call in self.calls.every() if is_active(call)}
        self.outbox.accept(self._store.undelivered())
        with self.writing():
            for waba_id in dict.fromkeys(number.waba_id for number in self.config.numbers):
                first = may_we_call(waba_id, self.new_template_id())
                if self.templates.get(self.templates.key(first)) is None:
                    self.put(self.templates, first)
            for phone in self.config.phones:
                wa_id = identity.digits(phone.wa_id)
                handset = None if wa_id is None else self.handset(wa_id)
                if handset is not None and handset.moved_to is None:
                    self.rename(handset, phone.name)

    @contextmanager
    def writing(self, *, silent: bool = False) -> Iterator[None]:
        """Change things together: all of it is committed and then told, or nothing happened.

        With `silent` it happens, and Meta says nothing of it.
        """
        block = _Writing(silent=silent)
        self._block = block
        try:
            yield
            if not block.changed and not block.updates:
                return
            drafts = [draft for update in block.updates for draft in self._drafts(update)]
            deliveries = self._store.write([row() for row in block.changed.values()], drafts)
        except BaseException:
            for step in reversed(block.undo):
                step()
            raise
        finally:
            self._block = None
        self.outbox.accept(deliveries)
        self.revision += 1
        self.deadlines_moved.set()
        for listener in self._listeners:
            listener.set()

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """Give an event that is set after every change."""
        event = asyncio.Event()
        self._listeners.add(event)
        try:
            yield event
        finally:
            self._listeners.discard(event)

    def is_subscribed(self, waba_id: str) -> bool:
        """Tell whether the app hears of the account: what happens meanwhile is told nobody, ever."""
        account = self.accounts.get(waba_id)
        return account is None or account.subscribed

    def _drafts(self, update: Update) -> list[Draft]:
        if not self.is_subscribed(update.waba_id):
            return []
        now, chaos = self.clock(), self.chaos
        copies = 2 if happens(chaos.duplicate) else 1
        return [Draft(update, now, now + drawn_between(chaos.delay_seconds)) for _ in range(copies)]

    def _writing_now(self) -> _Writing:
        if self._block is None:
            raise RuntimeError("Change the world inside `with world.writing():`.")
        return self._block

    def put(self, shelf: Shelf[T], document: T) -> None:
        """Save a document, in place of the one with its id."""
        block = self._writing_now()
        key = shelf.key(document)
        before = shelf.get(key)
        if before is None:
            block.undo.append(lambda: shelf.forget(document))
        else:
            block.undo.append(lambda: shelf.keep(before))
        shelf.keep(document)
        block.changed[shelf.kind, key] = lambda: shelf.as_row(key)

    def put_call(self, call: Call) -> None:
        """Save a call, and whether it is still going on."""
        before = self._open_calls.get(call.wacid)
        self._writing_now().undo.append(lambda: self._track(call.wacid, before))
        self.put(self.calls, call)
        self._track(call.wacid, call)

    def _track(self, wacid: str, call: Call | None) -> None:
        if call is not None and is_active(call):
            self._open_calls[wacid] = call
        else:
            self._open_calls.pop(wacid, None)

    def open_calls(self) -> list[Call]:
        """List the calls that ring or are talked on."""
        return list(self._open_calls.values())

    def tell(self, update: Update) -> None:
        """Send an update to the webhook once this block is committed."""
        block = self._writing_now()
        if not block.silent:
            block.updates.append(as_told(update, self.variants))

    def handset(self, wa_id: str) -> Handset:
        """Find the phone with these digits; it comes into being when first spoken to."""
        found = self.handsets.get(wa_id)
        if found is not None:
            return found
        made = Handset(wa_id, identity.profile_name(wa_id), identity.user_id(wa_id), added_at=self.now)
        self.put_handset(made)
        return made

    def put_handset(self, handset: Handset) -> None:
        """Save a phone, to be found by its user ids too."""
        self._know(handset)
        self.put(self.handsets, handset)

    def _know(self, handset: Handset) -> None:
        self._user_ids[handset.user_id] = handset.wa_id
        if handset.parent_user_id is not None:
            self._user_ids[handset.parent_user_id] = handset.wa_id

    def handset_by_user_id(self, user_id: str) -> Handset | None:
        """Find a phone by its business-scoped user id or its parent user id."""
        found = self.handsets.get(self._user_ids.get(user_id, ""))
        return found if found is not None and user_id in (found.user_id, found.parent_user_id) else None

    def rename(self, handset: Handset, name: str) -> None:
        """Give the profile a name."""
        if handset.name != name:
            self.put(self.handsets, replace(handset, name=name))

    def conversation(self, number: BusinessNumber, wa_id: str) -> Conversation:
        """Find what Meta counts for the pair. A new pair begins with an open customer service window."""
        found = self.conversations.get(_pair(number.phone_number_id, wa_id))
        return found or Conversation(number.phone_number_id, wa_id, window_closes_at=self.now + WINDOW_SECONDS)

    def save(self, conversation: Conversation) -> None:
        """Save what Meta counts for a pair."""
        self.put(self.conversations, conversation)

    def state(self, number: BusinessNumber) -> NumberState:
        """Find a number's settings."""
        return self.states.get(number.phone_number_id) or NumberState(number.phone_number_id)

    def template(self, number: BusinessNumber, name: str, language: str) -> Template:
        """Find a template that may be sent. Raises MetaError 132001, 132015 or 132016."""
        found = self.templates.get(f"{number.waba_id}/{name}/{language}")
        if found is None:
            raise MetaError(132001, f"template name ({name}) does not exist in {language}")
        check_sendable(found)
        return found

    def new_template_id(self) -> str:
        """Make a template's id: sixteen digits."""
        return str(1_000_000_000_000_000 + int(uniform(0, 8_999_999_999_999_999)))  # noqa: S311 - an id, no secret

    def touched(self, wa_id: str, number: BusinessNumber) -> Handset:
        """Note that something happened on a phone, with which of the business's numbers."""
        handset = replace(self.handset(wa_id), active_at=self.clock(), latest_number=number.phone_number_id)
        self.put(self.handsets, handset)
        return handset

    def next_second(self, wa_id: str) -> int:
        """Give the second at which a phone now speaks: the present, or one after the last time it spoke."""
        handset = self.handset(wa_id)
        second = max(self.now, handset.last_said_at + 1)
        self.put(self.handsets, replace(handset, last_said_at=second))
        return second
