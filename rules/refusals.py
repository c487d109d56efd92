"""Each expected "no" as a small frozen value: its code, a sentence to act on, and when it ends where that is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from .limits import LimitUsage
from .permission import Status


class RefusalCode(StrEnum):
    PERMISSION_MISSING = "PERMISSION_MISSING"
    PERMISSION_ALREADY_PERMANENT = "PERMISSION_ALREADY_PERMANENT"
    REQUEST_LIMIT_REACHED = "REQUEST_LIMIT_REACHED"
    CALL_LIMIT_REACHED = "CALL_LIMIT_REACHED"
    CALLING_DISABLED = "CALLING_DISABLED"
    NUMBER_RESTRICTED = "NUMBER_RESTRICTED"
    CALL_IN_PROGRESS = "CALL_IN_PROGRESS"
    CALL_ALREADY_ENDED = "CALL_ALREADY_ENDED"
    MESSAGING_WINDOW_CLOSED = "MESSAGING_WINDOW_CLOSED"
    TEMPLATE_UNAVAILABLE = "TEMPLATE_UNAVAILABLE"
    CUSTOMER_UNREACHABLE = "CUSTOMER_UNREACHABLE"
    CUSTOMER_ALREADY_EXISTS = "CUSTOMER_ALREADY_EXISTS"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    TOO_MANY_API_TOKENS = "TOO_MANY_API_TOKENS"
    TOO_MANY_ROWS = "TOO_MANY_ROWS"
    LAST_ADMIN_TOKEN = "LAST_ADMIN_TOKEN"  # noqa: S105 a name
    ENCRYPTION_KEY_MISSING = "ENCRYPTION_KEY_MISSING"
    WEBHOOK_ADDRESS_REFUSED = "WEBHOOK_ADDRESS_REFUSED"
    WEBHOOK_DOCUMENT_REFUSED = "WEBHOOK_DOCUMENT_REFUSED"
    TOO_MANY_WEBHOOK_ENDPOINTS = "TOO_MANY_WEBHOOK_ENDPOINTS"
    WEBHOOK_PLACE_LOST = "WEBHOOK_PLACE_LOST"
    WEBHOOK_SECRET_JUST_ROTATED = "WEBHOOK_SECRET_JUST_ROTATED"  # noqa: S105 a name
    WEBHOOK_DELIVERIES_WAITING = "WEBHOOK_DELIVERIES_WAITING"
    WEBHOOK_ENDPOINT_DISABLED = "WEBHOOK_ENDPOINT_DISABLED"
    LAST_ADMIN = "LAST_ADMIN"
    PERSON_ALREADY_EXISTS = "PERSON_ALREADY_EXISTS"
    ROLE_FROM_PROVIDER = "ROLE_FROM_PROVIDER"
    NOT_SIGNED_IN = "NOT_SIGNED_IN"
    CREDENTIALS_MISSING = "CREDENTIALS_MISSING"
    BUSINESS_NUMBER_EXISTS = "BUSINESS_NUMBER_EXISTS"
    BUSINESS_NUMBER_ELSEWHERE = "BUSINESS_NUMBER_ELSEWHERE"
    BUSINESS_NUMBER_UNUSABLE = "BUSINESS_NUMBER_UNUSABLE"
    BUSINESS_NUMBER_UNCHECKED = "BUSINESS_NUMBER_UNCHECKED"
    REFUSED_BY_WHATSAPP = "REFUSED_BY_WHATSAPP"
    WHATSAPP_UNAVAILABLE = "WHATSAPP_UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class PermissionMissing:
    """There is no live permission to call; `status` says why."""

    code: ClassVar = RefusalCode.PERMISSION_MISSING
    status: Status
    available_at: None = None

    @property
    def message(self) -> str:
        return f"{_WHY_NO_PERMISSION[self.status]} Ask for permission before calling."


@dataclass(frozen=True, slots=True)
class PermissionAlreadyPermanent:
    code: ClassVar = RefusalCode.PERMISSION_ALREADY_PERMANENT
    available_at: None = None

    @property
    def message(self) -> str:
        return "The customer already allows calls for good. There is nothing to ask: call them."


@dataclass(frozen=True, slots=True)
class RequestLimitReached:
    """Requests are used up. `limit` is None when only WhatsApp knows the count (error 138009)."""

    code: ClassVar = RefusalCode.REQUEST_LIMIT_REACHED
    limit: LimitUsage | None = None
    available_at: datetime | None = None

    @property
    def message(self) -> str:
        if self.limit is None:
            return "WhatsApp allows no further permission request to this customer for now. Try again later."
        return (
            f"{_times(self.limit.maximum, 'permission request')} in {_hours(self.limit.period)} is all WhatsApp"
            " allows, until the customer takes part in a call. Ask again when this limit resets."
        )


@dataclass(frozen=True, slots=True)
class CallLimitReached:
    """Connected calls are used up. `limit` is None when only WhatsApp knows the count (errors 138012, 138005)."""

    code: ClassVar = RefusalCode.CALL_LIMIT_REACHED
    limit: LimitUsage | None = None
    available_at: datetime | None = None

    @property
    def message(self) -> str:
        if self.limit is None:
            return "WhatsApp allows no further call for now. Try again later."
        return (
            f"{_times(self.limit.maximum, 'connected call')} in {_hours(self.limit.period)} is all WhatsApp allows."
            " Call again when this limit resets."
        )


@dataclass(frozen=True, slots=True)
class CallingDisabled:
    code: ClassVar = RefusalCode.CALLING_DISABLED
    available_at: None = None

    @property
    def message(self) -> str:
        return "Calling is switched off for this business number. Enable it in the number's WhatsApp settings."


@dataclass(frozen=True, slots=True)
class NumberRestricted:
    code: ClassVar = RefusalCode.NUMBER_RESTRICTED
    available_at: datetime | None = None

    @property
    def message(self) -> str:
        return "WhatsApp has paused calls and requests from this business number. Wait until the pause ends."


@dataclass(frozen=True, slots=True)
class CallInProgress:
    code: ClassVar = RefusalCode.CALL_IN_PROGRESS
    available_at: None = None

    @property
    def message(self) -> str:
        return "A call with this customer is under way. Wait until it has ended."


@dataclass(frozen=True, slots=True)
class CallAlreadyEnded:
    code: ClassVar = RefusalCode.CALL_ALREADY_ENDED
    available_at: None = None

    @property
    def message(self) -> str:
        return "This call has already ended. There is nothing to hang up."


@dataclass(frozen=True, slots=True)
class MessagingWindowClosed:
    code: ClassVar = RefusalCode.MESSAGING_WINDOW_CLOSED
    available_at: None = None

    @property
    def message(self) -> str:
        return "The customer has not written in the last 24 hours, so WhatsApp takes only templates. Send a template."


@dataclass(frozen=True, slots=True)
class TemplateUnavailable:
    """The template cannot be sent now: there is none, or it is not approved, paused, or switched off."""

    code: ClassVar = RefusalCode.TEMPLATE_UNAVAILABLE
    reason: str
    available_at: None = None

    @property
    def message(self) -> str:
        return f"{self.reason} Choose one of the approved templates."


@dataclass(frozen=True, slots=True)
class CustomerUnreachable:
    code: ClassVar = RefusalCode.CUSTOMER_UNREACHABLE
    available_at: None = None

    @property
    def message(self) -> str:
        return (
            "WhatsApp cannot reach this customer: no account, an old app, or terms not accepted. Use another channel."
        )


@dataclass(frozen=True, slots=True)
class CustomerAlreadyExists:
    """Another customer of the workspace has this `field`'s value."""

    code: ClassVar = RefusalCode.CUSTOMER_ALREADY_EXISTS
    field: str
    available_at: None = None

    @property
    def message(self) -> str:
        return f"Another customer already has this {self.field}. Look that customer up instead."


@dataclass(frozen=True, slots=True)
class IdempotencyKeyReused:
    code: ClassVar = RefusalCode.IDEMPOTENCY_KEY_REUSED
    available_at: None = None

    @property
    def message(self) -> str:
        return "This idempotency key was used before with another input. Use a new key for a new request."


@dataclass(frozen=True, slots=True)
class TooManyApiTokens:
    """The workspace has all the working tokens that it may have."""

    code: ClassVar = RefusalCode.TOO_MANY_API_TOKENS
    maximum: int
    available_at: None = None

    @property
    def message(self) -> str:
        return f"There are {self.maximum} working tokens, as many as there may be. Revoke those that nobody uses."


@dataclass(frozen=True, slots=True)
class TooManyRows:
    """More was given than can be done at once."""

    code: ClassVar = RefusalCode.TOO_MANY_ROWS
    maximum: int
    available_at: None = None

    @property
    def message(self) -> str:
        return f"{self.maximum} is the most that can be done at once. Split it into several."


@dataclass(frozen=True, slots=True)
class LastAdminToken:
    """Without this token nobody could make another."""

    code: ClassVar = RefusalCode.LAST_ADMIN_TOKEN
    available_at: None = None

    @property
    def message(self) -> str:
        return "This is the only token that can make others. Make another one with the scope admin first."


@dataclass(frozen=True, slots=True)
class EncryptionKeyMissing:
    """A secret would have to be kept, and there is nothing to seal it with."""

    code: ClassVar = RefusalCode.ENCRYPTION_KEY_MISSING
    available_at: None = None

    @property
    def message(self) -> str:
        return "There is no key to encrypt secrets with. Whoever runs Maycall has to set MAYCALL_ENCRYPTION_KEY first."


@dataclass(frozen=True, slots=True)
class WebhookAddressRefused:
    """Nothing is sent to this address: `reason` is a sentence."""

    code: ClassVar = RefusalCode.WEBHOOK_ADDRESS_REFUSED
    reason: str
    available_at: None = None

    @property
    def message(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class WebhookDocumentRefused:
    """The document is no subscription that can be listened to: `mistakes` says why."""

    code: ClassVar = RefusalCode.WEBHOOK_DOCUMENT_REFUSED
    mistakes: tuple[str, ...]
    available_at: None = None

    @property
    def message(self) -> str:
        return f"The document cannot be subscribed with: {' '.join(self.mistakes)}"


@dataclass(frozen=True, slots=True)
class TooManyWebhookEndpoints:
    """The workspace has all the webhook endpoints that it may have."""

    code: ClassVar = RefusalCode.TOO_MANY_WEBHOOK_ENDPOINTS
    maximum: int
    available_at: None = None

    @property
    def message(self) -> str:
        return f"There are {self.maximum} webhook endpoints, as many as there may be. Delete those that nobody uses."


@dataclass(frozen=True, slots=True)
class WebhookPlaceLost:
    """The log is no longer complete after the endpoint's place in it."""

    code: ClassVar = RefusalCode.WEBHOOK_PLACE_LOST
    available_at: None = None

    @property
    def message(self) -> str:
        return (
            "The log no longer holds all that has happened since the endpoint was switched off. Read afresh, with"
            " changeCursor, and give that cursor as `after` to go on from there."
        )


@dataclass(frozen=True, slots=True)
class WebhookSecretJustRotated:
    """The secret before the last one still signs, and receivers may still go by it."""

    code: ClassVar = RefusalCode.WEBHOOK_SECRET_JUST_ROTATED
    available_at: datetime

    @property
    def message(self) -> str:
        return (
            "The secret was rotated less than 24 hours ago, and the one before still signs. Wait until it does not, or"
            " rotate with `atOnce: true`: then only the new one signs from now on."
        )


@dataclass(frozen=True, slots=True)
class WebhookDeliveriesWaiting:
    """The endpoint has not taken all that it is to be told."""

    code: ClassVar = RefusalCode.WEBHOOK_DELIVERIES_WAITING
    waiting: int
    available_at: None = None

    @property
    def message(self) -> str:
        return (
            f"{self.waiting} deliveries are waiting to be taken by the endpoint, and would be lost. Say"
            " `discardWaiting: true` to delete it all the same."
        )


@dataclass(frozen=True, slots=True)
class WebhookEndpointDisabled:
    code: ClassVar = RefusalCode.WEBHOOK_ENDPOINT_DISABLED
    available_at: None = None

    @property
    def message(self) -> str:
        return "The endpoint is switched off. Switch it on first: what waits for it is then sent."


@dataclass(frozen=True, slots=True)
class LastAdmin:
    """Without this person nobody who signs in could manage the workspace."""

    code: ClassVar = RefusalCode.LAST_ADMIN
    available_at: None = None

    @property
    def message(self) -> str:
        return "This is the only admin who has signed in. Make somebody else an admin, and let them sign in first."


@dataclass(frozen=True, slots=True)
class PersonAlreadyExists:
    code: ClassVar = RefusalCode.PERSON_ALREADY_EXISTS
    available_at: None = None

    @property
    def message(self) -> str:
        return "Somebody with this e-mail address is there already. Change that person instead."


@dataclass(frozen=True, slots=True)
class RoleFromProvider:
    code: ClassVar = RefusalCode.ROLE_FROM_PROVIDER
    available_at: None = None

    @property
    def message(self) -> str:
        return "The sign-in provider decides on this person's role. Change it there: it holds from the next sign-in."


@dataclass(frozen=True, slots=True)
class NotSignedIn:
    code: ClassVar = RefusalCode.NOT_SIGNED_IN
    available_at: None = None

    @property
    def message(self) -> str:
        return "This token is nobody's sign-in, so there is nothing to sign out of. An admin can revoke it."


@dataclass(frozen=True, slots=True)
class CredentialsMissing:
    """A number would have to be spoken for with the installation's own token, which is not lent to everybody."""

    code: ClassVar = RefusalCode.CREDENTIALS_MISSING
    available_at: None = None

    @property
    def message(self) -> str:
        return "This workspace has no WhatsApp credentials to fall back on. Give the number an accessToken of its own."


@dataclass(frozen=True, slots=True)
class BusinessNumberExists:
    code: ClassVar = RefusalCode.BUSINESS_NUMBER_EXISTS
    available_at: None = None

    @property
    def message(self) -> str:
        return "The workspace has this business number already. Change it instead."


@dataclass(frozen=True, slots=True)
class BusinessNumberElsewhere:
    """Somebody else here has the number; whoever asks has shown that Meta lets them use it."""

    code: ClassVar = RefusalCode.BUSINESS_NUMBER_ELSEWHERE
    available_at: None = None

    @property
    def message(self) -> str:
        return "This business number cannot be added here. If it is yours, ask whoever runs Maycall."


@dataclass(frozen=True, slots=True)
class Reason:
    """One of several: what it is about, what was found for programs, and a sentence; its particulars by their names."""

    aspect: str
    found: str
    message: str
    particulars: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BusinessNumberUnusable:
    """Meta says why the number cannot be used like this."""

    code: ClassVar = RefusalCode.BUSINESS_NUMBER_UNUSABLE
    reasons: tuple[Reason, ...]
    available_at: None = None

    @property
    def message(self) -> str:
        return " ".join(reason.message for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class NumberUnchecked:
    """Meta could not be asked about the number, so nothing was written down."""

    code: ClassVar = RefusalCode.BUSINESS_NUMBER_UNCHECKED
    reason: str
    available_at: None = None

    @property
    def message(self) -> str:
        return (
            f"WhatsApp could not be asked about the number ({self.reason}), so nothing was changed."
            " Try again in a moment."
        )


@dataclass(frozen=True, slots=True)
class RefusedByWhatsApp:
    """Meta said no with an error that no other refusal names."""

    code: ClassVar = RefusalCode.REFUSED_BY_WHATSAPP
    whatsapp_code: int
    details: str
    available_at: None = None

    @property
    def message(self) -> str:
        return f"WhatsApp refused (error {self.whatsapp_code}): {self.details}"


@dataclass(frozen=True, slots=True)
class WhatsAppUnavailable:
    """Nothing was sent: WhatsApp could not be reached, or is too busy to take it."""

    code: ClassVar = RefusalCode.WHATSAPP_UNAVAILABLE
    available_at: None = None

    @property
    def message(self) -> str:
        return "WhatsApp could not be reached, so nothing was sent. Try again in a moment."


Refusal = (
    PermissionMissing
    | PermissionAlreadyPermanent
    | RequestLimitReached
    | CallLimitReached
    | CallingDisabled
    | NumberRestricted
    | CallInProgress
    | CallAlreadyEnded
    | MessagingWindowClosed
    | TemplateUnavailable
    | CustomerUnreachable
    | CustomerAlreadyExists
    | IdempotencyKeyReused
    | TooManyApiTokens
    | TooManyRows
    | LastAdminToken
    | EncryptionKeyMissing
    | WebhookAddressRefused
    | WebhookDocumentRefused
    | TooManyWebhookEndpoints
    | WebhookPlaceLost
    | WebhookSecretJustRotated
    | WebhookDeliveriesWaiting
    | WebhookEndpointDisabled
    | LastAdmin
    | PersonAlreadyExists
    | RoleFromProvider
    | NotSignedIn
    | CredentialsMissing
    | BusinessNumberExists
    | BusinessNumberElsewhere
    | BusinessNumberUnusable
    | NumberUnchecked
    | RefusedByWhatsApp
    | WhatsAppUnavailable
)

_WHY_NO_PERMISSION = {
    Status.NOT_REQUESTED: "The customer has not allowed calls.",
    Status.REQUESTED: "The customer has not answered the permission request yet.",
    Status.DECLINED: "The customer declined calls.",
    Status.EXPIRED: "The customer's permission has run out.",
    Status.REVOKED: "The customer's permission was taken back.",
    Status.TEMPORARY: "WhatsApp knows of no permission from this customer.",
    Status.PERMANENT: "WhatsApp knows of no permission from this customer.",
}


def _times(maximum: int, what: str) -> str:
    return f"{maximum} {what}{'' if maximum == 1 else 's'}"


def _hours(period: timedelta) -> str:
    days, hours = period.days, period.seconds // 3600
    return f"{days} days" if days > 1 and not hours else f"{days * 24 + hours} hours"
