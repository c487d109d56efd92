"""Answers scripted beforehand: the next one, or the next few, go wrong in exactly this way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from .errors import HTTP_STATUSES, BareHttpError, MetaError
from .fields import Fields

MOST_TIMES = 1_000_000
LONGEST_CODE = 999_999


class Edge(StrEnum):
    """Which of Meta's addresses an answer comes from."""

    MESSAGES = "messages"
    CALLS = "calls"
    PERMISSIONS = "call_permissions"
    SETTINGS = "settings"
    TEMPLATES = "templates"
    ANY = "any"


EDGES = {"message_templates": Edge.TEMPLATES} | {edge.value: edge for edge in Edge if edge is not Edge.ANY}
"""By the last part of the path."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what: the edge, the business number if one is named, and the customer it is about if any."""

    edge: Edge
    phone_number_id: str | None = None
    wa_id: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """One scripted failure, for `times` more answers.

    Without a `code` there is no Graph envelope, only `http_status`. With `effect` the thing is done all the same and
    only the answer tells otherwise; with `late` the answer is fine and the code comes by webhook: a message then
    fails, a call rings and ends as FAILED. None for `phone_number_id` or `wa_id` fits every one.
    """

    code: int | None
    times: int = 1
    on: Edge = Edge.ANY
    wa_id: str | None = None
    phone_number_id: str | None = None
    details: str | None = None
    http_status: int | None = None
    effect: bool = False
    late: bool = False

    def fits(self, asked: Asked, *, late: bool) -> bool:
        """Whether this answer is the one it was meant for."""
        return (
            self.late is late
            and self.on in (Edge.ANY, asked.edge)
            and self.wa_id in (None, asked.wa_id)
            and self.phone_number_id in (None, asked.phone_number_id)
        )

    def error(self) -> Exception:
        """Make what the caller gets to see."""
        if self.code is None:
            return BareHttpError(self.http_status or 500)
        return MetaError(self.code, self.details, http_status=self.http_status)

    def as_json(self) -> dict[str, Any]:
        """Show it the way a script sets it, with the times that are left."""
        return {
            "code": self.code,
            "times": self.times,
            "on": self.on.value,
            "wa_id": self.wa_id,
            "phone_number_id": self.phone_number_id,
            "details": self.details,
            "http_status": self.http_status,
            "effect": self.effect,
            "late": self.late,
        }


@dataclass(frozen=True, slots=True)
class Script:
    """All that is still to go wrong, in the order it was asked for."""

    troubles: tuple[Trouble, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Show it as a list."""
        return {"errors": [trouble.as_json() for trouble in self.troubles]}


_NAMES = frozenset(Trouble(1).as_json())


def read(asked: Fields, wa_id: str | None) -> Trouble:
    """Read a scripted failure; `wa_id` is the one asked for, in WhatsApp's form. Raises `asked.complaint`."""
    unknown = sorted(set(asked.values) - _NAMES)
    if unknown:
        raise asked.complaint(f"Unknown: {', '.join(unknown)}. Known: {', '.join(sorted(_NAMES))}.")
    code = asked.optional_whole("code", lowest=0, highest=LONGEST_CODE)
    http_status = asked.optional_whole("http_status", lowest=min(HTTP_STATUSES), highest=max(HTTP_STATUSES))
    if code is None and http_status is None:
        raise asked.complaint("Name Meta's code, or an http_status to answer without Meta's envelope.")
    effect, late = bool(asked.optional_flag("effect")), bool(asked.optional_flag("late"))
    edge = Edge(asked.one_of("on", tuple(Edge)) if asked.has("on") else Edge.ANY)
    if late and (effect or code is None or edge not in (Edge.MESSAGES, Edge.CALLS)):
        raise asked.complaint("A late failure needs a code, no effect, and to be on messages or calls.")
    return Trouble(
        code=code,
        times=asked.optional_whole("times", lowest=1, highest=MOST_TIMES) or 1,
        on=edge,
        wa_id=wa_id,
        phone_number_id=asked.optional_text("phone_number_id"),
        details=asked.optional_text("details"),
        http_status=http_status,
        effect=effect,
        late=late,
    )


def taken(script: Script, asked: Asked, *, late: bool) -> tuple[Script, Trouble | None]:
    """Take the first failure that fits this answer off the script."""
    found = next((trouble for trouble in script.troubles if trouble.fits(asked, late=late)), None)
    if found is None:
        return script, None
    return Script(_without_one(script.troubles, found)), found


def _without_one(troubles: Sequence[Trouble], used: Trouble) -> tuple[Trouble, ...]:
    place = next(place for place, trouble in enumerate(troubles) if trouble is used)
    left = (replace(used, times=used.times - 1),) if used.times > 1 else ()
    return (*troubles[:place], *left, *troubles[place + 1 :])
