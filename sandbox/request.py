"""The life of one call permission request. Pure: `now` is Unix seconds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from .permission import SEVEN_DAYS, Answer


class Kind(StrEnum):
    """How the request was sent; both kinds share one counter."""

    TEMPLATE = "template"
    FREE_FORM = "free_form"


class Stage(StrEnum):
    """How far a request has come."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    ANSWERED = "answered"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class PermissionRequest:
    """One request as the customer has it: `id` is the message's `wamid`, the texts are as rendered.

    `failure` is Meta's code of one that did not arrive.
    """

    id: str
    phone_number_id: str
    wa_id: str
    kind: Kind
    text: str
    sent_at: int
    header: str | None = None
    footer: str | None = None
    template: str | None = None
    language: str | None = None
    delivered_at: int | None = None
    read_at: int | None = None
    answered_at: int | None = None
    answer: Answer | None = None
    failed_at: int | None = None
    superseded_at: int | None = None
    failure: int | None = None


def expires_at(request: PermissionRequest) -> int | None:
    """Tell when it dies by itself: 7 days after the answer, or after delivery while unanswered."""
    since = request.answered_at if request.answered_at is not None else request.delivered_at
    return None if since is None else since + SEVEN_DAYS


def stage(request: PermissionRequest, now: int) -> Stage:
    """Tell how far it has come, as of now."""
    if request.failed_at is not None:
        return Stage.FAILED
    if request.superseded_at is not None:
        return Stage.SUPERSEDED
    end = expires_at(request)
    if end is not None and now >= end:
        return Stage.EXPIRED
    if request.answered_at is not None:
        return Stage.ANSWERED
    if request.read_at is not None:
        return Stage.READ
    return Stage.SENT if request.delivered_at is None else Stage.DELIVERED


def can_be_answered(request: PermissionRequest, now: int) -> bool:
    """Whether the person can still press a button under it, for the first time or to change the answer."""
    return stage(request, now) in {Stage.DELIVERED, Stage.READ, Stage.ANSWERED}


def latest_answerable(requests: Sequence[PermissionRequest], now: int) -> PermissionRequest | None:
    """Pick the newest living request; `requests` come oldest first."""
    return next((request for request in reversed(requests) if can_be_answered(request, now)), None)


def superseded_on_arrival(older: Sequence[PermissionRequest], now: int) -> list[PermissionRequest]:
    """List the unanswered requests a newly received one ends, as they are afterwards.

    An answered one lives on until the person interacts with the newer: see `superseded_on_answer`.
    """
    return [
        replace(request, superseded_at=now)
        for request in older
        if can_be_answered(request, now) and request.answered_at is None
    ]


def superseded_on_answer(
    requests: Sequence[PermissionRequest], answered: PermissionRequest, now: int
) -> list[PermissionRequest]:
    """List the requests older than the one just answered that thereby end, as they are afterwards."""
    older = requests[: [request.id for request in requests].index(answered.id)]
    return [replace(request, superseded_at=now) for request in older if can_be_answered(request, now)]
