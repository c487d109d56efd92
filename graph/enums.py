"""The rules' words as GraphQL enums, every value described."""

from enum import Enum, StrEnum
from typing import TypeVar

import strawberry

from actions.imports import Outcome, Problem
from models.batch_entry import EntryState
from models.business_number import Environment
from models.change import Cause, ChangeKind
from models.permission_request import RequestKind
from rules.access import Role
from rules.call import CallStatus, Direction
from rules.eligibility import Caution
from rules.limits import PolicyName
from rules.permission import Response, Source, Status
from rules.refusals import RefusalCode
from rules.request import RequestStatus
from rules.webhooks import DeliveryStatus
from whatsapp.inspection import Aspect, Found, Verdict

E = TypeVar("E", bound=Enum)


def _show(kind: type[E], name: str, description: str, values: dict[E, str]) -> None:
    strawberry.enum(kind, name=name, description=description)
    for value in kind.__strawberry_definition__.values:  # type: ignore[attr-defined] # strawberry.enum has just set it
        value.description = values[kind[value.name]]


class CallPermissionOrder(StrEnum):
    EXPIRES_AT = "EXPIRES_AT"
    CREATED_AT = "CREATED_AT"


_show(
    CallPermissionOrder,
    "CallPermissionOrder",
    "What call permissions are ordered by.",
    {
        CallPermissionOrder.EXPIRES_AT: "Soonest to run out first; those that do not run out, or have done so, last.",
        CallPermissionOrder.CREATED_AT: "Oldest first.",
    },
)
_show(
    Status,
    "CallPermissionStatus",
    "What a customer's permission is, always as of now.",
    {
        Status.NOT_REQUESTED: "The customer was never asked, or no request of ours is open, and never answered.",
        Status.REQUESTED: "A request is with the customer, who has not answered it yet.",
        Status.TEMPORARY: "The customer allows calls until `expiresAt`.",
        Status.PERMANENT: "The customer allows calls until they take it back.",
        Status.DECLINED: "The customer said no. They may still change their mind.",
        Status.EXPIRED: "The customer allowed calls for a time, which has run out.",
        Status.REVOKED: "The customer, or WhatsApp after too many missed calls, took a permission back.",
    },
)
_show(
    Source,
    "PermissionSource",
    "Who brought a permission about.",
    {
        Source.USER_ACTION: "The customer themself.",
        Source.AUTOMATIC: "WhatsApp for the customer: after a call of theirs, or after too many missed calls.",
        Source.WHATSAPP: "WhatsApp said so when it was spoken to.",
    },
)
_show(
    Response,
    "PermissionAnswer",
    "What a customer answered to a request.",
    {
        Response.TEMPORARY: "Allowed for seven days.",
        Response.PERMANENT: "Allowed for good.",
        Response.DECLINED: "Declined.",
    },
)
_show(
    RequestKind,
    "PermissionRequestKind",
    "How a request was put.",
    {
        RequestKind.TEMPLATE: "As an approved template, which may be sent at any time.",
        RequestKind.FREE_FORM: "In free words, within 24 hours of the customer's last message.",
    },
)
_show(
    RequestStatus,
    "PermissionRequestStatus",
    "How far a request has come, always as of now.",
    {
        RequestStatus.QUEUED: "Reserved; WhatsApp has not confirmed it yet.",
        RequestStatus.SENT: "WhatsApp has taken it.",
        RequestStatus.DELIVERED: "It is on the customer's phone.",
        RequestStatus.READ: "The customer has seen it.",
        RequestStatus.ANSWERED: "The customer has answered, and may change the answer until `expiresAt`.",
        RequestStatus.FAILED: "It never got to the customer; `failure` says why.",
        RequestStatus.EXPIRED: "It can no longer be answered: seven days have passed since delivery or answer.",
        RequestStatus.SUPERSEDED: "A newer request has taken its place.",
    },
)
_show(
    CallStatus,
    "CallStatus",
    "How far a call has come.",
    {
        CallStatus.QUEUED: "Reserved; WhatsApp has not confirmed it yet.",
        CallStatus.CONNECTING: "WhatsApp is trying the customer's phone.",
        CallStatus.RINGING: "The customer's phone is ringing.",
        CallStatus.IN_PROGRESS: "The customer has picked up.",
        CallStatus.COMPLETED: "It was answered and has ended.",
        CallStatus.NO_ANSWER: "Nobody picked up.",
        CallStatus.REJECTED: "The customer declined it.",
        CallStatus.CANCELLED: "The business hung up before anybody answered.",
        CallStatus.FAILED: "It could not be made; `failure` says why.",
    },
)
_show(
    Direction,
    "CallDirection",
    "Who called whom.",
    {
        Direction.BUSINESS_INITIATED: "The business called the customer.",
        Direction.USER_INITIATED: "The customer called the business.",
    },
)
_show(
    Environment,
    "Environment",
    "Where a business number lives.",
    {
        Environment.SANDBOX: "In Maycall's stand-in for WhatsApp: nobody real is reached.",
        Environment.PRODUCTION: "On WhatsApp.",
    },
)
_show(
    PolicyName,
    "PolicyName",
    "Which of WhatsApp's two sets of limits holds.",
    {
        PolicyName.PRODUCTION: "The limits of real business numbers.",
        PolicyName.SANDBOX: "The wider limits of Meta's sandbox accounts and public test numbers.",
    },
)
_show(
    ChangeKind,
    "ChangeKind",
    "What a change is about.",
    {
        ChangeKind.CUSTOMER: "A customer.",
        ChangeKind.CALL_PERMISSION: "A permission to call.",
        ChangeKind.PERMISSION_REQUEST: "A permission request.",
        ChangeKind.CALL: "A call.",
        ChangeKind.BUSINESS_NUMBER: "A business number.",
        ChangeKind.WEBHOOK_ENDPOINT: "A webhook endpoint.",
    },
)
_show(
    Cause,
    "ChangeCause",
    "Why something changed.",
    {
        Cause.CREATED: "It was added.",
        Cause.UPDATED: "Somebody changed it.",
        Cause.REQUESTED: "The customer was asked for permission.",
        Cause.MESSAGE_STATUS: "WhatsApp reported how far the message has come.",
        Cause.CUSTOMER_ANSWERED: "The customer allowed, declined, or took a permission back.",
        Cause.AUTOMATIC: "WhatsApp granted or revoked by itself, for the customer.",
        Cause.RAN_OUT: "Its time was over.",
        Cause.SUPERSEDED: "A newer request took its place.",
        Cause.CALL_PLACED: "The business placed a call.",
        Cause.CALL_EVENT: "WhatsApp reported how far the call has come.",
        Cause.HUNG_UP: "The business hung up.",
        Cause.WHATSAPP: "WhatsApp refused, or said so when it was spoken to.",
        Cause.VERIFIED: "WhatsApp was asked, and believed otherwise.",
        Cause.OVERDUE: "Nothing was heard of the call for too long, so its end is taken to be lost.",
        Cause.IDENTITY: "The customer has another phone or WhatsApp user id now.",
        Cause.SWITCHED_OFF: "Maycall switched it off by itself; its `problem` says why.",
        Cause.INTERRUPTED: "A server stopped in the middle of it, and what became of it was found out.",
    },
)
_show(
    EntryState,
    "PermissionRequestBatchState",
    "How far the asking of one customer among many has come.",
    {
        EntryState.WAITING: "The customer is about to be asked; in a dry run, could be asked now.",
        EntryState.REQUESTED: "The customer was asked: see the request.",
        EntryState.LATER: "The customer cannot be asked now, but can be later: see `availableAt`. Ask anew then.",
        EntryState.ALREADY_ALLOWED: "The customer allows calls already, for a time or for good.",
        EntryState.REFUSED: "The customer cannot be asked; `message` says why.",
    },
)
_show(
    Outcome,
    "ImportOutcome",
    "What came of a row that was imported.",
    {
        Outcome.CREATED: "There is a new customer.",
        Outcome.UPDATED: "A customer who was known has been changed.",
        Outcome.UNCHANGED: "The customer is known, and nothing is new.",
        Outcome.REFUSED: "Nothing was done; `message` says why.",
    },
)
_show(
    Problem,
    "ImportProblem",
    "Why a row was not imported.",
    {
        Problem.INVALID: "One of its values cannot be meant, or it names nobody.",
        Problem.UNREACHABLE: "WhatsApp could not reach the customer: there is neither a phone nor a WhatsApp user id.",
        Problem.SAME_CUSTOMER_TWICE: "An earlier row means the same customer.",
        Problem.SEVERAL_CUSTOMERS: "Its names are those of different customers.",
    },
)
_show(
    DeliveryStatus,
    "WebhookDeliveryStatus",
    "What has become of something that a webhook endpoint is to be told.",
    {
        DeliveryStatus.WAITING: "It is to be sent, now or at `nextAttemptAt`, or once the endpoint is switched on.",
        DeliveryStatus.DELIVERED: "The endpoint has taken it.",
        DeliveryStatus.FAILED: "It was given up after three days. `retryWebhookDelivery` sends it again.",
    },
)
_show(
    Role,
    "Role",
    "What a person may do in the workspace.",
    {
        Role.ADMIN: "Everything, on every business number: also letting people and programs in.",
        Role.AGENT: "Ask for permissions and call, on chosen business numbers; add and change customers.",
        Role.VIEWER: "Look on, at chosen business numbers, and change nothing.",
    },
)
_show(
    Caution,
    "Caution",
    "What may go wrong although it is allowed.",
    {
        Caution.NUDGE_IF_UNANSWERED: "If this call goes unanswered too, WhatsApp asks the customer to think again.",
        Caution.REVOCATION_IF_UNANSWERED: "If this call goes unanswered too, WhatsApp takes the permission back.",
    },
)
_show(
    RefusalCode,
    "RefusalCode",
    "Why something was refused, for programs.",
    {
        RefusalCode.PERMISSION_MISSING: "The customer does not allow calls now.",
        RefusalCode.PERMISSION_ALREADY_PERMANENT: "The customer already allows calls for good.",
        RefusalCode.REQUEST_LIMIT_REACHED: "WhatsApp's limit on permission requests is used up.",
        RefusalCode.CALL_LIMIT_REACHED: "WhatsApp's limit on calls is used up.",
        RefusalCode.CALLING_DISABLED: "Calling is switched off for the business number.",
        RefusalCode.NUMBER_RESTRICTED: "WhatsApp has paused the business number.",
        RefusalCode.CALL_IN_PROGRESS: "A call with this customer is under way.",
        RefusalCode.CALL_ALREADY_ENDED: "The call is over.",
        RefusalCode.MESSAGING_WINDOW_CLOSED: "Only a template can be sent to this customer now.",
        RefusalCode.TEMPLATE_UNAVAILABLE: "The template is not there, not approved, paused or switched off.",
        RefusalCode.CUSTOMER_UNREACHABLE: "WhatsApp cannot reach this customer.",
        RefusalCode.CUSTOMER_ALREADY_EXISTS: "Another customer has this phone, user id or external id.",
        RefusalCode.IDEMPOTENCY_KEY_REUSED: "The idempotency key came before with another input.",
        RefusalCode.TOO_MANY_API_TOKENS: "The workspace has all the API tokens that it may have.",
        RefusalCode.TOO_MANY_ROWS: "More was given than can be done at once.",
        RefusalCode.LAST_ADMIN_TOKEN: "Without this token nobody could make another.",
        RefusalCode.ENCRYPTION_KEY_MISSING: "Maycall has no key to encrypt secrets with.",
        RefusalCode.WEBHOOK_ADDRESS_REFUSED: "Nothing is sent to this address; the message says why.",
        RefusalCode.WEBHOOK_DOCUMENT_REFUSED: "The document is no subscription that can be listened to.",
        RefusalCode.TOO_MANY_WEBHOOK_ENDPOINTS: "The workspace has all the webhook endpoints that it may have.",
        RefusalCode.WEBHOOK_PLACE_LOST: "The log no longer holds all that the endpoint has not been told.",
        RefusalCode.WEBHOOK_SECRET_JUST_ROTATED: "The secret before the last one still signs.",
        RefusalCode.WEBHOOK_DELIVERIES_WAITING: "The endpoint has not taken all that it is to be told.",
        RefusalCode.WEBHOOK_ENDPOINT_DISABLED: "The endpoint is switched off.",
        RefusalCode.LAST_ADMIN: "Nobody else who has signed in could manage the workspace.",
        RefusalCode.PERSON_ALREADY_EXISTS: "Somebody with this e-mail address is there already.",
        RefusalCode.ROLE_FROM_PROVIDER: "The sign-in provider decides on this person's role.",
        RefusalCode.NOT_SIGNED_IN: "The token is nobody's sign-in.",
        RefusalCode.CREDENTIALS_MISSING: "The workspace has no WhatsApp credentials to fall back on.",
        RefusalCode.BUSINESS_NUMBER_EXISTS: "The workspace has this business number already.",
        RefusalCode.BUSINESS_NUMBER_ELSEWHERE: "The business number cannot be added here.",
        RefusalCode.BUSINESS_NUMBER_UNUSABLE: "Meta says why the business number cannot be used like this.",
        RefusalCode.BUSINESS_NUMBER_UNCHECKED: "WhatsApp could not be asked about the business number.",
        RefusalCode.REFUSED_BY_WHATSAPP: "WhatsApp refused for another reason; the message says which.",
        RefusalCode.WHATSAPP_UNAVAILABLE: "WhatsApp could not be reached; nothing was sent.",
    },
)
_show(
    Aspect,
    "BusinessNumberAspect",
    "What is looked at when a business number is checked against Meta.",
    {
        Aspect.ACCESS_TOKEN: "The access token: whether it works, what it may do, and when it runs out.",
        Aspect.NUMBER: "Whether Meta shows the number, and which it is.",
        Aspect.ACCOUNT: "Whether it belongs to the WhatsApp Business Account.",
        Aspect.APP_SECRET: "Whether the app secret is that of the access token's app.",
        Aspect.CALLING: "Whether calling is switched on, and not paused.",
        Aspect.WEBHOOKS: "Whether the app hears of the account what is needed.",
        Aspect.TEMPLATES: "Whether a template can ask for permission to call.",
    },
)
_show(
    Found,
    "CheckFinding",
    "What was found of a business number at Meta; in brackets which particulars tell more.",
    {
        Found.TOKEN_REFUSED: "WhatsApp does not take the access token (`reason`).",
        Found.TOKEN_UNTOLD: "WhatsApp does not tell of the access token (`reason`).",
        Found.TOKEN_INVALID: "The access token is no longer valid.",
        Found.TOKEN_LACKS_SCOPES: "The access token may not do what is needed (each `scope` that it lacks).",
        Found.TOKEN_ENDS: "The access token works, and runs out (`endsAt`).",
        Found.TOKEN_LASTS: "The access token works, and does not run out.",
        Found.NUMBER_UNSEEN: "WhatsApp shows the access token no number with this id (`phoneNumberId`).",
        Found.NUMBER_SEEN: "WhatsApp shows the number (`phone`).",
        Found.NUMBER_RATED_RED: "WhatsApp shows the number and rates its quality RED (`phone`).",
        Found.ACCOUNT_FITS: "The number belongs to the account (`wabaId`).",
        Found.ACCOUNT_UNKNOWN: "Which account it belongs to cannot be found out with this access token.",
        Found.ACCOUNT_DIFFERS: "The number is not in the account, or the access token may not see it (`wabaId`).",
        Found.SECRET_FITS: "The app secret fits the access token.",
        Found.SECRET_DIFFERS: "The app secret is not that of the access token's app.",
        Found.CALLING_ON: "Calling is switched on.",
        Found.CALLING_OFF: "Calling is switched off.",
        Found.CALLING_PAUSED: "WhatsApp has paused calls and requests (`endsAt`, where WhatsApp tells it).",
        Found.CALLING_UNTOLD: "WhatsApp does not show the call settings (`reason`).",
        Found.WEBHOOKS_FIT: "The app hears of everything that is needed.",
        Found.WEBHOOKS_UNTOLD: "WhatsApp does not show which apps hear of the account (`reason`).",
        Found.WEBHOOKS_NOT_SUBSCRIBED: "The app does not hear of the account at all (`wabaId`).",
        Found.WEBHOOK_FIELDS_UNTOLD: "The app hears of the account; of what, WhatsApp does not tell.",
        Found.WEBHOOK_FIELDS_MISSING: "The app does not hear of what nothing works without (each `field`).",
        Found.WEBHOOK_FIELDS_USEFUL: "The app does not hear of what would be of use (each `field`).",
        Found.WEBHOOKS_ELSEWHERE: "The app tells its news at another address (`toldAt`) than Maycall's (`heardAt`).",
        Found.TEMPLATES_USABLE: "Some templates can ask for permission to call (`count`).",
        Found.TEMPLATES_NONE: "No approved template asks for permission to call.",
        Found.TEMPLATES_UNTOLD: "WhatsApp does not show the account's templates (`reason`).",
    },
)
_show(
    Verdict,
    "CheckVerdict",
    "How something stands.",
    {
        Verdict.OK: "All is well.",
        Verdict.WARNING: "It works, and something should be seen to.",
        Verdict.FAILED: "It does not work until something is done.",
        Verdict.UNKNOWN: "Meta does not tell.",
    },
)
