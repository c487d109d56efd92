"""The life of one call permission request, from reservation to its end.

Source: docs/reference/whatsapp-calling.md §1.5. Every fact is the first (or for answers the last) of its kind, so that
statuses may arrive in any order and any number of times.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from .limits import Policy
from .permission import OpenRequest, Response


class RequestStatus(StrEnum):
    QUEUED = "QUEUED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    READ = "READ"
    ANSWERED = "ANSWERED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    SUPERSEDED = "SUPERSEDED"

    @property
    def lives(self) -> bool:
        """Whether the customer may still answer, or change the answer."""
        return self not in (RequestStatus.FAILED, RequestStatus.EXPIRED, RequestStatus.SUPERSEDED)

    @property
    def awaits_answer(self) -> bool:
        return self in (RequestStatus.SENT, RequestStatus.DELIVERED, RequestStatus.READ)


class MessageStatus(StrEnum):
    """What Meta reports of a message."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Request:
    """What is known of one request. `sent_at` is when WhatsApp took the message."""

    reserved_at: datetime
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    failed_at: datetime | None = None
    answer: Response | None = None
    answered_at: datetime | None = None

    @property
    def received_at(self) -> datetime | None:
        """When the customer had it at the latest: a delivery report may be missing where a later one is not."""
        reports = (self.delivered_at, self.read_at, self.answered_at)
        return min((moment for moment in reports if moment is not None), default=None)

    @property
    def counted_at(self) -> datetime | None:
        """The moment from which it counts against the request limits; None once it has failed before being sent.

        What the customer has received was sent, whatever the sending seemed to end in.
        """
        if self.failed_at is not None and self.sent_at is None and self.received_at is None:
            return None
        # Meta's times are in whole seconds, so "sent" may seem to come before the reservation.
        return max(self.sent_at or self.reserved_at, self.reserved_at)


def after_status(request: Request, status: MessageStatus, at: datetime) -> Request:
    """The request once Meta has reported `status` of its message."""
    match status:
        case MessageStatus.SENT:
            return replace(request, sent_at=_first(request.sent_at, at))
        case MessageStatus.DELIVERED:
            return replace(request, delivered_at=_first(request.delivered_at, at))
        case MessageStatus.READ:
            return replace(request, read_at=_first(request.read_at, at))
        case MessageStatus.FAILED:
            return replace(request, failed_at=_first(request.failed_at, at))
        case _:
            assert_never(status)


def after_answer(request: Request, answer: Response, at: datetime) -> Request:
    """The request once the customer has answered; the latest answer counts, in one second the "no"."""
    if request.answered_at is None or request.answer is None:
        return replace(request, answer=answer, answered_at=at)
    known, news = (request.answered_at, _caution(request.answer)), (at, _caution(answer))
    return replace(request, answer=answer, answered_at=at) if news > known else request


def dies_at(request: Request, policy: Policy) -> datetime | None:
    """When it can no longer be answered: 7 days after its answer, else after its delivery (§1.5)."""
    if request.answered_at is not None:
        return request.answered_at + policy.request_life
    if request.received_at is not None:
        return request.received_at + policy.request_life
    if request.sent_at is not None:
        return request.sent_at + policy.undelivered_request_life
    return None


def at(request: Request, newer: Iterable[Request], policy: Policy, now: datetime) -> RequestStatus:
    """What the request is at `now`, given the requests to the same customer that came after it."""
    if request.failed_at is not None and request.received_at is None:
        return RequestStatus.FAILED
    if request.sent_at is None and request.received_at is None:
        return RequestStatus.QUEUED  # whether it was sent has to be found out first, whatever came after it
    end = dies_at(request, policy)
    if any(_supersedes(later, request, end) for later in newer):
        return RequestStatus.SUPERSEDED
    if end is not None and now >= end:
        return RequestStatus.EXPIRED
    return _progress(request)


def open_request(request: Request, newer: Iterable[Request], policy: Policy, now: datetime) -> OpenRequest | None:
    """The request as one that awaits its first answer, or None where it does not."""
    end = dies_at(request, policy)
    if end is None or not at(request, newer, policy, now).awaits_answer:
        return None
    return OpenRequest(asked_at=request.reserved_at, dies_at=end)


def _supersedes(later: Request, earlier: Request, end: datetime | None) -> bool:
    """An unanswered request ends when a newer one arrives, an answered one when that is answered (§1.5, §12.6).

    One that had come to its `end` before that has run out already.
    """
    moment = later.received_at if earlier.answered_at is None else later.answered_at
    return moment is not None and (end is None or moment < end)


def _progress(request: Request) -> RequestStatus:
    if request.answered_at is not None:
        return RequestStatus.ANSWERED
    if request.read_at is not None:
        return RequestStatus.READ
    if request.delivered_at is not None:
        return RequestStatus.DELIVERED
    return RequestStatus.SENT if request.sent_at is not None else RequestStatus.QUEUED


def _first(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else min(known, at)


def _caution(answer: Response) -> int:
    return (Response.PERMANENT, Response.TEMPORARY, Response.DECLINED).index(answer)
