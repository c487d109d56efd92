"""Meta's error codes by name, and what each means for us. Source: docs/reference/whatsapp-calling.md §7.

The code decides, never the HTTP status: 138000 and 138006 come as 401 and are not about the access token.
"""

from dataclasses import dataclass
from enum import IntEnum

from rules.permission import Status
from rules.refusals import (
    CallingDisabled,
    CallInProgress,
    CallLimitReached,
    CustomerUnreachable,
    MessagingWindowClosed,
    NumberRestricted,
    PermissionAlreadyPermanent,
    PermissionMissing,
    Refusal,
    RefusedByWhatsApp,
    RequestLimitReached,
    WhatsAppUnavailable,
)


class Code(IntEnum):
    UNKNOWN = 1
    SERVICE_UNAVAILABLE = 2
    APP_RATE_LIMIT = 4
    QUERY_RATE_LIMIT = 613
    ACCOUNT_RATE_LIMIT = 80007
    THROUGHPUT_LIMIT = 130429
    SOMETHING_WENT_WRONG = 131000
    SERVICE_OVERLOADED = 131016
    UNDELIVERABLE = 131026
    NOT_ON_ALLOW_LIST = 131030
    WINDOW_CLOSED = 131047
    PAIR_RATE_LIMIT = 131056
    MAINTENANCE = 131057
    CALLING_NOT_ENABLED = 138000
    RECEIVER_UNCALLABLE = 138001
    CONCURRENT_CALLS = 138002
    CALL_RUNNING = 138003
    CALL_CONNECTION = 138004
    CALLS_STARTED_TODAY = 138005
    NO_PERMISSION = 138006
    CALL_TIMEOUT = 138007
    REQUESTS_USED_UP = 138009
    CALLS_USED_UP = 138012
    CALLING_UNAVAILABLE = 138013
    CALLING_RESTRICTED = 138014
    ALREADY_PERMANENT = 138017


TRANSIENT = frozenset(
    {
        Code.UNKNOWN,
        Code.SERVICE_UNAVAILABLE,
        Code.APP_RATE_LIMIT,
        Code.QUERY_RATE_LIMIT,
        Code.ACCOUNT_RATE_LIMIT,
        Code.THROUGHPUT_LIMIT,
        Code.SOMETHING_WENT_WRONG,
        Code.SERVICE_OVERLOADED,
        Code.PAIR_RATE_LIMIT,
        Code.MAINTENANCE,
        Code.CALL_CONNECTION,
        Code.CALL_TIMEOUT,
    }
)


@dataclass(frozen=True, slots=True)
class MetaError:
    """An error as Meta's envelope tells it (§3.7)."""

    code: int
    message: str
    details: str

    def __str__(self) -> str:
        return f"{self.code}: {self.details or self.message}"


def refusal(error: MetaError, status: Status = Status.NOT_REQUESTED) -> Refusal:
    """Say Meta's "no" as one of ours; `status` is what we believed the permission to be."""
    if error.code == Code.NO_PERMISSION:
        return PermissionMissing(status)
    if error.code in TRANSIENT:
        return WhatsAppUnavailable()
    return _MEANINGS.get(error.code) or RefusedByWhatsApp(error.code, error.details or error.message)


_MEANINGS: dict[int, Refusal] = {
    Code.ALREADY_PERMANENT: PermissionAlreadyPermanent(),
    Code.REQUESTS_USED_UP: RequestLimitReached(),
    Code.CALLS_USED_UP: CallLimitReached(),
    Code.CALLS_STARTED_TODAY: CallLimitReached(),
    Code.CONCURRENT_CALLS: CallLimitReached(),
    Code.CALL_RUNNING: CallInProgress(),
    Code.CALLING_NOT_ENABLED: CallingDisabled(),
    Code.CALLING_UNAVAILABLE: CallingDisabled(),
    Code.CALLING_RESTRICTED: NumberRestricted(),
    Code.WINDOW_CLOSED: MessagingWindowClosed(),
    Code.UNDELIVERABLE: CustomerUnreachable(),
    Code.RECEIVER_UNCALLABLE: CustomerUnreachable(),
    Code.NOT_ON_ALLOW_LIST: CustomerUnreachable(),
}
