"""Each of the rules' refusals as a GraphQL type."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, assert_never

import strawberry

from rules import refusals as rules
from rules.limits import LimitUsage as Usage
from rules.permission import Status
from rules.refusals import RefusalCode
from whatsapp.inspection import Aspect, Found, Verdict

from .checks import BusinessNumberCheck, shown_particulars
from .scalars import Duration

_heard: ContextVar[list[RefusalCode] | None] = ContextVar("heard", default=None)


@contextmanager
def listening() -> Iterator[list[RefusalCode]]:
    """Give the list on which every refusal that is shown in the block is noted."""
    heard: list[RefusalCode] = []
    before = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(before)


@strawberry.type(description="How much of one of WhatsApp's limits is used up.")
class LimitUsage:
    period: Duration = strawberry.field(description="The window, which rolls: a use counts for this long.")
    maximum: int = strawberry.field(description="How many uses the window allows.")
    used: int = strawberry.field(description="How many of them are used.")
    resets_at: datetime | None = strawberry.field(
        description="When the next use becomes free; null while the limit is not used up."
    )


@strawberry.interface(description="An expected no. Nothing was changed and nothing was sent.")
class Refusal:
    code: RefusalCode = strawberry.field(description="Why, for programs.")
    message: str = strawberry.field(description="Why, and what to do, for people.")
    available_at: datetime | None = strawberry.field(
        description="When waiting alone will have freed the way; null where it will not, or nobody knows."
    )


@strawberry.type(description="The customer does not allow calls now.")
class PermissionMissing(Refusal):
    status: Status = strawberry.field(description="What the permission is instead.")


@strawberry.type(description="The customer already allows calls for good, so there is nothing to ask.")
class PermissionAlreadyPermanent(Refusal):
    pass


@strawberry.type(description="One of WhatsApp's limits is used up.")
class LimitReached(Refusal):
    limit: LimitUsage | None = strawberry.field(description="The limit; null where only WhatsApp knows the count.")


@strawberry.type(description="The business number cannot ask or call now: switched off, or paused by WhatsApp.")
class NumberUnavailable(Refusal):
    pass


@strawberry.type(description="A call with this customer is under way.")
class CallInProgress(Refusal):
    pass


@strawberry.type(description="The call is over, so there is nothing to hang up.")
class CallAlreadyEnded(Refusal):
    pass


@strawberry.type(description="The template cannot be sent now.")
class TemplateUnavailable(Refusal):
    pass


@strawberry.type(description="The customer cannot be reached this way.")
class CustomerNotReachable(Refusal):
    pass


@strawberry.type(description="Another customer has this phone, user id or external id.")
class CustomerAlreadyExists(Refusal):
    field: str = strawberry.field(description="Which of the input's fields is taken.")


@strawberry.type(description="The idempotency key came before with another input.")
class IdempotencyKeyReused(Refusal):
    pass


@strawberry.type(description="The workspace has all the API tokens that it may have.")
class TooManyApiTokens(Refusal):
    maximum: int = strawberry.field(description="How many working tokens a workspace may have.")


@strawberry.type(description="More was given than can be done at once.")
class TooManyRows(Refusal):
    maximum: int = strawberry.field(description="How many can be done at once.")


@strawberry.type(description="Without this token nobody could make another.")
class LastAdminToken(Refusal):
    pass


@strawberry.type(description="Maycall has no key to encrypt secrets with, and keeps none without.")
class EncryptionKeyMissing(Refusal):
    pass


@strawberry.type(description="Nothing is sent to this address.")
class WebhookAddressRefused(Refusal):
    pass


@strawberry.type(description="The document is no subscription that can be listened to.")
class WebhookDocumentRefused(Refusal):
    mistakes: list[str] = strawberry.field(description="All that is wrong with it, each in a sentence.")


@strawberry.type(description="The workspace has all the webhook endpoints that it may have.")
class TooManyWebhookEndpoints(Refusal):
    maximum: int = strawberry.field(description="How many endpoints a workspace may have.")


@strawberry.type(description="The log no longer holds all that has happened since the endpoint was switched off.")
class WebhookPlaceLost(Refusal):
    pass


@strawberry.type(description="The secret before the last one still signs, until `availableAt`.")
class WebhookSecretJustRotated(Refusal):
    pass


@strawberry.type(description="The endpoint has not taken all that it is to be told.")
class WebhookDeliveriesWaiting(Refusal):
    waiting: int = strawberry.field(description="How many deliveries would be lost.")


@strawberry.type(description="The endpoint is switched off.")
class WebhookEndpointDisabled(Refusal):
    pass


@strawberry.type(description="Without this person nobody who signs in could manage the workspace.")
class LastAdmin(Refusal):
    pass


@strawberry.type(description="Somebody with this e-mail address is there already.")
class PersonAlreadyExists(Refusal):
    pass


@strawberry.type(description="The sign-in provider decides on this person's role.")
class RoleFromProvider(Refusal):
    pass


@strawberry.type(description="The token is nobody's sign-in, so there is nothing to sign out of.")
class NotSignedIn(Refusal):
    pass


@strawberry.type(description="The number needs credentials of its own: the workspace has none to fall back on.")
class CredentialsMissing(Refusal):
    pass


@strawberry.type(description="The business number cannot be added: it is there already.")
class BusinessNumberTaken(Refusal):
    pass


@strawberry.type(description="Meta says why the business number cannot be used with these credentials.")
class BusinessNumberUnusable(Refusal):
    reasons: list[str] = strawberry.field(description="Each reason, with what to do about it.")
    aspects: list[Aspect] = strawberry.field(description="What each of the reasons is about, in the same order.")
    checks: list[BusinessNumberCheck] = strawberry.field(
        description="What was found, for programs: one for each of the reasons, in the same order."
    )


@strawberry.type(description="WhatsApp refused, or could not be reached.")
class WhatsAppRefused(Refusal):
    whatsapp_code: int | None = strawberry.field(description="Meta's error code, where there is one.")
    details: str | None = strawberry.field(
        default=None, description="What WhatsApp or the way there said, without what the message says around it."
    )


def shown_usage(usage: Usage) -> LimitUsage:
    return LimitUsage(period=Duration(usage.period), maximum=usage.maximum, used=usage.used, resets_at=usage.resets_at)


def shown(refusal: rules.Refusal) -> Refusal:  # noqa: C901, PLR0911, PLR0912 one case for each refusal
    """Give the refusal as its GraphQL type."""
    heard = _heard.get()
    if heard is not None:
        heard.append(refusal.code)
    said: dict[str, Any] = {
        "code": refusal.code,
        "message": refusal.message,
        "available_at": refusal.available_at,
    }
    match refusal:
        case rules.PermissionMissing(status=status):
            return PermissionMissing(**said, status=status)
        case rules.PermissionAlreadyPermanent():
            return PermissionAlreadyPermanent(**said)
        case rules.RequestLimitReached(limit=limit) | rules.CallLimitReached(limit=limit):
            return LimitReached(**said, limit=shown_usage(limit) if limit else None)
        case rules.CallingDisabled() | rules.NumberRestricted():
            return NumberUnavailable(**said)
        case rules.CallInProgress():
            return CallInProgress(**said)
        case rules.CallAlreadyEnded():
            return CallAlreadyEnded(**said)
        case rules.MessagingWindowClosed() | rules.CustomerUnreachable():
            return CustomerNotReachable(**said)
        case rules.TemplateUnavailable():
            return TemplateUnavailable(**said)
        case rules.CustomerAlreadyExists(field=field):
            return CustomerAlreadyExists(**said, field=field)
        case rules.IdempotencyKeyReused():
            return IdempotencyKeyReused(**said)
        case rules.TooManyApiTokens(maximum=maximum):
            return TooManyApiTokens(**said, maximum=maximum)
        case rules.TooManyRows(maximum=maximum):
            return TooManyRows(**said, maximum=maximum)
        case rules.LastAdminToken():
            return LastAdminToken(**said)
        case rules.EncryptionKeyMissing():
            return EncryptionKeyMissing(**said)
        case rules.WebhookAddressRefused():
            return WebhookAddressRefused(**said)
        case rules.WebhookDocumentRefused(mistakes=mistakes):
            return WebhookDocumentRefused(**said, mistakes=list(mistakes))
        case rules.TooManyWebhookEndpoints(maximum=maximum):
            return TooManyWebhookEndpoints(**said, maximum=maximum)
        case rules.WebhookPlaceLost():
            return WebhookPlaceLost(**said)
        case rules.WebhookSecretJustRotated():
            return WebhookSecretJustRotated(**said)
        case rules.WebhookDeliveriesWaiting(waiting=waiting):
            return WebhookDeliveriesWaiting(**said, waiting=waiting)
        case rules.WebhookEndpointDisabled():
            return WebhookEndpointDisabled(**said)
        case rules.LastAdmin():
            return LastAdmin(**said)
        case rules.PersonAlreadyExists():
            return PersonAlreadyExists(**said)
        case rules.RoleFromProvider():
            return RoleFromProvider(**said)
        case rules.NotSignedIn():
            return NotSignedIn(**said)
        case rules.CredentialsMissing():
            return CredentialsMissing(**said)
        case rules.BusinessNumberExists() | rules.BusinessNumberElsewhere():
            return BusinessNumberTaken(**said)
        case rules.BusinessNumberUnusable(reasons=reasons):
            return _unusable(said, reasons)
        case rules.NumberUnchecked(reason=reason):
            return WhatsAppRefused(**said, whatsapp_code=None, details=reason)
        case rules.RefusedByWhatsApp(whatsapp_code=code, details=details):
            return WhatsAppRefused(**said, whatsapp_code=code, details=details)
        case rules.WhatsAppUnavailable():
            return WhatsAppRefused(**said, whatsapp_code=None)
        case _:
            assert_never(refusal)


def _unusable(said: dict[str, Any], reasons: tuple[rules.Reason, ...]) -> BusinessNumberUnusable:
    checks = [
        BusinessNumberCheck(
            aspect=Aspect(reason.aspect),
            verdict=Verdict.FAILED,
            finding=Found(reason.found),
            particulars=shown_particulars(reason.particulars),
            message=reason.message,
        )
        for reason in reasons
    ]
    return BusinessNumberUnusable(
        **said, reasons=[own.message for own in checks], aspects=[own.aspect for own in checks], checks=checks
    )
