"""How the stand-in says no: Meta's error codes with Meta's HTTP statuses, and plain sentences to scripts."""

import secrets
from typing import Any, Final

TITLES: Final[dict[int, tuple[str, int]]] = {
    0: ("Authentication error", 401),
    1: ("An unknown error has occurred.", 500),
    2: ("Service temporarily unavailable", 503),
    3: ("Capability or permissions issue", 500),
    4: ("Application request limit reached", 429),
    10: ("Permission is either not granted or has been removed", 403),
    100: ("Invalid parameter", 400),
    190: ("Invalid OAuth access token", 401),
    368: ("Temporarily blocked for policies violations", 403),
    613: ("Calls to this api have exceeded the rate limit.", 429),
    2500: ("Unknown path components", 400),
    80007: ("Rate limit issues", 429),
    130429: ("Rate limit hit", 429),
    130472: ("User's number is part of an experiment", 400),
    130497: ("Business account is restricted from messaging users in this country", 403),
    131000: ("Something went wrong", 500),
    131005: ("Access denied", 403),
    131008: ("Required parameter is missing", 400),
    131009: ("Parameter value is not valid", 400),
    131016: ("Service unavailable", 503),
    131021: ("Recipient cannot be sender", 400),
    131026: ("Message undeliverable", 400),
    131030: ("Recipient phone number not in allowed list", 400),
    131031: ("Business Account locked", 403),
    131042: ("Business eligibility payment issue", 400),
    131044: ("No valid payment method", 400),
    131047: ("Re-engagement message", 400),
    131048: ("Spam Rate limit hit", 429),
    131049: ("This message was not delivered to maintain healthy ecosystem engagement.", 400),
    131050: ("User has stopped marketing messages", 400),
    131051: ("Unsupported message type", 400),
    131055: ("Method not allowed", 400),
    131056: ("(Business Account, Consumer Account) pair rate limit hit", 429),
    131057: ("Account in maintenance mode", 503),
    131062: ("Business-scoped user IDs are not supported for this message", 400),
    131063: ("Marketing templates are not enabled on Cloud API", 400),
    131064: ("Messaging limited after template classification violations", 400),
    132000: ("Number of parameters does not match the expected number of params", 400),
    132001: ("Template name does not exist in the translation", 404),
    132005: ("Hydrated text too long", 400),
    132007: ("Template format character policy violated", 400),
    132008: ("Template parameter format is invalid", 400),
    132012: ("Parameter format does not match format in the created template", 400),
    132015: ("Template is Paused", 400),
    132016: ("Template is Disabled", 400),
    133016: ("Too many registrations or deregistrations", 400),
    135000: ("Generic user error", 400),
    137000: ("Recipient identity key hash mismatch", 400),
    138000: ("Calling not enabled", 401),
    138001: ("Receiver uncallable", 400),
    138002: ("Concurrent calls limit reached", 429),
    138003: ("Duplicate call", 400),
    138004: ("Connection error", 500),
    138005: ("Call rate limit exceeded", 429),
    138006: ("No approved call permission from the recipient", 401),
    138007: ("Connection timeout", 500),
    138009: ("Call permission request limit hit", 400),
    138011: ("No conversation with the recipient yet", 400),
    138012: ("Business initiated calls limit hit", 400),
    138013: ("Business initiated calling is not available", 400),
    138014: ("Calling temporarily disabled due to low quality", 400),
    138015: ("Calling cannot be enabled with this messaging limit", 400),
    138017: ("Call permission already exists", 400),
    138018: ("Calling cannot be enabled without a calls subscription", 400),
    138019: ("Client call setup failed", 400),
    138020: ("Relay connection failed", 400),
    138021: ("Media receive timeout", 400),
    138022: ("Media send timeout", 400),
    138023: ("Connection status unknown", 400),
}
"""Title and HTTP status by code: those of the reference, section 7. Anything not listed is answered with 400."""

DETAILS: Final[dict[int, str]] = {
    0: "We were unable to authenticate the app user.",
    190: "Your access token has expired.",
    613: "Wait before asking again.",
    130429: "Cloud API message throughput has been reached.",
    131026: "The recipient is not on WhatsApp, has an old version of it, or has not accepted its terms.",
    131047: "More than 24 hours have passed since the recipient last replied to the sender number.",
    131048: "Too many messages from this number were blocked or flagged as spam.",
    131049: "Try again after at least 24 hours.",
    131056: "Too many messages were sent from this number to the same recipient in a short time.",
    138000: "Calling is not enabled on this business phone number.",
    138001: "The recipient is not on WhatsApp, has an old version of it, or has not accepted its terms.",
    138006: "The recipient has not approved calls from this business phone number.",
    138009: "The limit of call permission requests to this recipient has been reached.",
    138012: "The limit of connected calls to this recipient in 24 hours has been reached.",
    138014: "Business-initiated calls and call permission requests are paused.",
    138017: "The user has already given this business a permanent call permission.",
}
"""What `error_data.details` says of a code when the rule that refuses says nothing more exact."""

HTTP_STATUSES: Final = range(400, 600)
_GRANT_CODES: Final = range(200, 300)


def _known(code: int) -> tuple[str, int]:
    if code in _GRANT_CODES:
        return TITLES[10][0], 403
    return TITLES.get(code, ("An error has occurred", 400))


def title(code: int) -> str:
    """Name the error as Meta does."""
    return _known(code)[0]


def details_of(code: int) -> str:
    """Say what Meta says about a code beside its title."""
    return DETAILS.get(code, title(code).rstrip(".") + ".")


class MetaError(Exception):
    """A refusal in Meta's envelope (reference, "Error envelope")."""

    def __init__(
        self, code: int, details: str | None = None, *, subcode: int | None = None, http_status: int | None = None
    ) -> None:
        self.code = code
        self.details = details or details_of(code)
        self.subcode = subcode
        self.http_status = _known(code)[1] if http_status is None else http_status
        super().__init__(f"(#{code}) {title(code)}: {self.details}")

    def envelope(self) -> dict[str, Any]:
        """Build the answer's body."""
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {title(self.code)}",
            "type": "OAuthException",
            "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details},
            "fbtrace_id": "A" + secrets.token_urlsafe(16),
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error}


class BareHttpError(Exception):
    """What answers is not Meta's API but something before it: a status and a page, no envelope."""

    def __init__(self, http_status: int) -> None:
        super().__init__(f"HTTP {http_status}")
        self.http_status = http_status


class MalformedError(Exception):
    """A script asked for something unreadable: HTTP 400 with this sentence."""


class ImpossibleError(Exception):
    """A script asked for something that cannot happen now: HTTP 409 with this sentence."""
