"""Who watches what is done: told of it by kinds and numbers, never whom it concerns."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from models.change import Change
from rules.refusals import RefusalCode
from whatsapp.events import Delivery


@dataclass(frozen=True, slots=True)
class Operated:
    """A GraphQL operation: its errors' codes, its refusals where it was a mutation, and what it cost in points."""

    kind: str
    seconds: float
    codes: Sequence[str] = ()
    refused: Sequence[RefusalCode] = ()
    cost: int | None = None


class Observer(Protocol):
    """None of this waits or fails."""

    def step(self, name: str, came_of: Collection[str] = ()) -> AbstractContextManager[object]:
        """Take what happens in the block for one step of what is going on, or of what it came of (traceparents)."""

    def recorded(self, read: Delivery, now: datetime) -> None:
        """A delivery of WhatsApp's came for the first time, and is committed."""

    def not_recorded(self) -> None:
        """A piece of news could not be recorded, and is kept to be tried again."""

    def operated(self, done: Operated) -> None:
        """Somebody's operation is over; a stream's is once they listen."""

    def handed_out(self, told: Sequence[Change], listeners: int, now: datetime, began_at: int) -> None:
        """What was executed for these changes, from a moment on (ns), has just been handed to so many listeners."""


class Nobody:
    """Does not look."""

    def step(self, name: str, came_of: Collection[str] = ()) -> AbstractContextManager[object]:  # noqa: ARG002
        return nullcontext()

    def recorded(self, read: Delivery, now: datetime) -> None:
        pass

    def not_recorded(self) -> None:
        pass

    def operated(self, done: Operated) -> None:
        pass

    def handed_out(self, told: Sequence[Change], listeners: int, now: datetime, began_at: int) -> None:
        pass
