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
    TemplateUnavailable,
    WhatsAppUnavailable,
)


class Code(IntEnum):
    NOT_SIGNED_IN = 0
    UNKNOWN = 1
    SERVICE_UNAVAILABLE = 2
    NO_CAPABILITY = 3
    APP_RATE_LIMIT = 4
    PERMISSION_DENIED = 10
    TOKEN_EXPIRED = 190
    BLOCKED_FOR_POLICY = 368
    QUERY_RATE_LIMIT = 613
    ACCOUNT_RATE_LIMIT = 80007
    THROUGHPUT_LIMIT = 130429
    SOMETHING_WENT_WRONG = 131000
    ACCESS_DENIED = 131005
    SERVICE_OVERLOADED = 131016
    UNDELIVERABLE = 131026
    NOT_ON_ALLOW_LIST = 131030
    ACCOUNT_LOCKED = 131031
    PAYMENT_MISSING = 131042
    PAYMENT_METHOD_MISSING = 131044
    WINDOW_CLOSED = 131047
    SPAM_RATE_LIMIT = 131048
    NOT_FOR_SIP = 131055
    PAIR_RATE_LIMIT = 131056
    MAINTENANCE = 131057
    MARKETING_LIMIT = 131064
    TEMPLATE_PARAMETER_COUNT = 132000
    TEMPLATE_MISSING = 132001
    TEMPLATE_TEXT_TOO_LONG = 132005
    TEMPLATE_POLICY = 132007
    TEMPLATE_PARAMETER_FORMAT = 132012
    TEMPLATE_PAUSED = 132015
    TEMPLATE_DISABLED = 132016
    GENERIC = 135000
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
        Code.GENERIC,
        Code.PAIR_RATE_LIMIT,
        Code.MAINTENANCE,
        Code.CALL_CONNECTION,
        Code.CALL_TIMEOUT,
    }
)

# WhatsApp does not know either what became of it: it may have been done, so it is never blindly done again.
UNCERTAIN = frozenset({Code.UNKNOWN})

# What is said again by itself; a call that could not be connected in time is for a person to place again (§7.1).
RETRIED = TRANSIENT - UNCERTAIN - {Code.CALL_TIMEOUT}

# Something that a person of the business has to mend; granted or not, nothing goes out before (also 200 to 299).
ALARMING = frozenset(
    {
        Code.NOT_SIGNED_IN,
        Code.NO_CAPABILITY,
        Code.PERMISSION_DENIED,
        Code.TOKEN_EXPIRED,
        Code.BLOCKED_FOR_POLICY,
        Code.ACCESS_DENIED,
        Code.ACCOUNT_LOCKED,
        Code.PAYMENT_MISSING,
        Code.PAYMENT_METHOD_MISSING,
        Code.SPAM_RATE_LIMIT,
        Code.NOT_FOR_SIP,
        Code.MARKETING_LIMIT,
        *range(200, 300),
    }
)

# The number itself may not call or ask: its settings tell whether, and until when.
ABOUT_NUMBER = frozenset({Code.CALLING_NOT_ENABLED, Code.CALLING_UNAVAILABLE, Code.CALLING_RESTRICTED})

TEMPLATE_TROUBLE = frozenset(
    {Code.TEMPLATE_MISSING, Code.TEMPLATE_PAUSED, Code.TEMPLATE_DISABLED, Code.TEMPLATE_POLICY}
)


@dataclass(frozen=True, slots=True)
class MetaError:
    """An error as Meta's envelope tells it (§3.7)."""

    code: int
    message: str
    details: str

    def __str__(self) -> str:
        return f"{self.code}: {self.details or self.message}"


def code_of(said: str) -> int | None:
    """Give the code of an error that was kept as its words; None where they are no error's."""
    code = said.partition(":")[0]
    return int(code) if code.isdecimal() else None


def refusal(error: MetaError, status: Status = Status.NOT_REQUESTED) -> Refusal:
    """Say Meta's "no" as one of ours; `status` is what we believed the permission to be."""
    if error.code == Code.NO_PERMISSION:
        return PermissionMissing(status)
    if error.code in TRANSIENT:
        return WhatsAppUnavailable()
    if error.code in TEMPLATE_TROUBLE:
        return TemplateUnavailable(f"WhatsApp does not take this template ({error.details or error.message}).")
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
