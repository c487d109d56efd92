"""May we ask this customer? May we ring them? The whole question, answered by "go" or by every blocker."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from . import permission as permissions
from .limits import Limit, LimitUsage, Policy, usage
from .permission import Permission, Status
from .refusals import (
    CallingDisabled,
    CallInProgress,
    CallLimitReached,
    MessagingWindowClosed,
    NumberRestricted,
    PermissionAlreadyPermanent,
    PermissionMissing,
    Refusal,
    RequestLimitReached,
)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of one business number and one customer.

    `requested` holds when each request began to count, `connected_out` when each business-initiated call was picked
    up, `last_connected_at` the last connected call in either direction, `last_contact_at` when the customer last wrote,
    called, or picked up (None: not that we know). WhatsApp's own counts may bar requests and calls longer than ours.
    """

    policy: Policy
    permission: Permission = field(default_factory=Permission)
    requested: tuple[datetime, ...] = ()
    connected_out: tuple[datetime, ...] = ()
    last_connected_at: datetime | None = None
    call_in_progress: bool = False
    unanswered_streak: int = 0
    requests_barred_until: datetime | None = None
    calls_barred_until: datetime | None = None
    last_contact_at: datetime | None = None
    calling_enabled: bool = True
    restricted_until: datetime | None = None


class Caution(StrEnum):
    """What may go wrong although it is allowed. Source: docs/reference/whatsapp-calling.md §1.4."""

    NUDGE_IF_UNANSWERED = "NUDGE_IF_UNANSWERED"
    REVOCATION_IF_UNANSWERED = "REVOCATION_IF_UNANSWERED"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """`permission_ends_at` is when the permission that a call needs runs out, None where none does."""

    blockers: tuple[Refusal, ...]
    limits: tuple[LimitUsage, ...]
    permission_ends_at: datetime | None = None
    cautions: tuple[Caution, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.blockers

    @property
    def available_at(self) -> datetime | None:
        """When waiting alone will have freed the way, or None where it will not (or need not)."""
        ends = [blocker.available_at for blocker in self.blockers]
        known = [end for end in ends if end is not None]
        if not known or len(known) < len(ends):
            return None
        free_at = max(known)
        runs_out_first = self.permission_ends_at is not None and self.permission_ends_at <= free_at
        return None if runs_out_first else free_at

    @property
    def refusal(self) -> Refusal:
        """The one blocker to tell when only one can be: the one that waiting does not end, else the longest."""
        return max(
            self.blockers,
            key=lambda blocker: (blocker.available_at is None, _timestamp(blocker.available_at)),
        )


def may_request(situation: Situation, now: datetime, *, in_free_words: bool = False) -> Eligibility:
    """Whether a permission request may go out at `now` (docs/reference/whatsapp-calling.md §2.1, §2.8, §7).

    `in_free_words` and not as a template: then the customer service window must not be known to be closed.
    """
    since = situation.last_connected_at
    # Of one moment nobody knows which came first: the request counts.
    counting = [moment for moment in situation.requested if since is None or moment >= since]
    limits = _usages(situation.policy.requests, counting, now)
    blockers = [*_number_blockers(situation, now)]
    if permissions.at(situation.permission, now) is Status.PERMANENT:
        blockers.append(PermissionAlreadyPermanent())
    if in_free_words and window_open(situation, now) is False:
        blockers.append(MessagingWindowClosed())
    blockers += [RequestLimitReached(limit, limit.resets_at) for limit in limits if limit.exhausted]
    if situation.requests_barred_until is not None and now < situation.requests_barred_until:
        blockers.append(RequestLimitReached(available_at=situation.requests_barred_until))
    return Eligibility(tuple(blockers), limits)


def may_call(situation: Situation, now: datetime) -> Eligibility:
    """Whether the customer may be rung at `now` (docs/reference/whatsapp-calling.md §1.6, §2.1, §2.8)."""
    limits = _usages(situation.policy.connected_calls, situation.connected_out, now)
    blockers = [*_number_blockers(situation, now)]
    status = permissions.at(situation.permission, now)
    if not status.allows_calls:
        blockers.append(PermissionMissing(status))
    if situation.call_in_progress:
        blockers.append(CallInProgress())
    blockers += [CallLimitReached(limit, limit.resets_at) for limit in limits if limit.exhausted]
    if situation.calls_barred_until is not None and now < situation.calls_barred_until:
        blockers.append(CallLimitReached(available_at=situation.calls_barred_until))
    ends_at = permissions.next_moment(situation.permission, now) if status.allows_calls else None
    return Eligibility(tuple(blockers), limits, ends_at, _cautions(situation))


def window_closes_at(situation: Situation) -> datetime | None:
    """When the customer service window closes, or closed; None where it is not known to have been open (§6.6)."""
    if situation.last_contact_at is None:
        return None
    return situation.last_contact_at + situation.policy.service_window


def window_open(situation: Situation, now: datetime) -> bool | None:
    """Whether free words may be sent now; None where only WhatsApp knows."""
    closes_at = window_closes_at(situation)
    return None if closes_at is None else now < closes_at


def _cautions(situation: Situation) -> tuple[Caution, ...]:
    """Warn before the call that WhatsApp would react to if it went unanswered as well."""
    unanswered = situation.unanswered_streak + 1
    if unanswered >= situation.policy.unanswered_before_revocation:
        return (Caution.REVOCATION_IF_UNANSWERED,)
    if unanswered == situation.policy.unanswered_before_nudge:
        return (Caution.NUDGE_IF_UNANSWERED,)
    return ()


def _number_blockers(situation: Situation, now: datetime) -> list[Refusal]:
    blockers: list[Refusal] = []
    if not situation.calling_enabled:
        blockers.append(CallingDisabled())
    if situation.restricted_until is not None and now < situation.restricted_until:
        blockers.append(NumberRestricted(situation.restricted_until))
    return blockers


def _usages(
    limits: tuple[Limit, ...], uses: list[datetime] | tuple[datetime, ...], now: datetime
) -> tuple[LimitUsage, ...]:
    return tuple(usage(limit, uses, now) for limit in limits)


def _timestamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment is not None else 0.0
