"""How the stand-in says no: Meta's error codes with Meta's HTTP statuses, and plain sentences to scripts."""

import secrets
from typing import Any, Final

TITLES: Final[dict[int, tuple[str, int]]] = {
    1: ("An unknown error has occurred.", 500),
    4: ("Application request limit reached", 429),
    100: ("Invalid parameter", 400),
    190: ("Invalid OAuth access token", 401),
    368: ("Temporarily blocked for policies violations", 403),
    613: ("Calls to this api have exceeded the rate limit.", 429),
    2500: ("Unknown path components", 400),
    80007: ("Rate limit issues", 429),
    130429: ("Rate limit hit", 429),
    130472: ("User's number is part of an experiment", 400),
    131000: ("Something went wrong", 500),
    131016: ("Service unavailable", 503),
    131021: ("Recipient cannot be sender", 400),
    131026: ("Message undeliverable", 400),
    131030: ("Recipient phone number not in allowed list", 400),
    131031: ("Business Account locked", 403),
    131042: ("Business eligibility payment issue", 400),
    131047: ("Re-engagement message", 400),
    131048: ("Spam Rate limit hit", 429),
    131049: ("This message was not delivered to maintain healthy ecosystem engagement.", 400),
    131050: ("User has stopped marketing messages", 400),
    131051: ("Unsupported message type", 400),
    131055: ("Method not allowed", 400),
    131056: ("(Business Account, Consumer Account) pair rate limit hit", 429),
    131057: ("Account in maintenance mode", 503),
    132000: ("Number of parameters does not match the expected number of params", 400),
    132001: ("Template name does not exist in the translation", 404),
    132012: ("Parameter format does not match format in the created template", 400),
    132015: ("Template is Paused", 400),
    132016: ("Template is Disabled", 400),
    138000: ("Calling not enabled", 401),
    138001: ("Receiver uncallable", 400),
    138002: ("Concurrent calls limit reached", 429),
    138003: ("Duplicate call", 400),
    138004: ("Connection error", 500),
    138005: ("Call rate limit exceeded", 429),
    138006: ("No approved call permission from the recipient", 401),
    138007: ("Connection timeout", 500),
    138009: ("Call permission request limit hit", 400),
    138012: ("Business initiated calls limit hit", 400),
    138013: ("Business initiated calling is not available", 400),
    138014: ("Calling temporarily disabled due to low quality", 400),
    138017: ("Call permission already exists", 400),
    138019: ("Client call setup failed", 400),
    138020: ("Relay connection failed", 400),
    138021: ("Media receive timeout", 400),
    138022: ("Media send timeout", 400),
    138023: ("Connection status unknown", 400),
}
"""Title and HTTP status by code. Anything not listed is said as code 1's status would be for a caller: 400."""


def title(code: int) -> str:
    """Name the error as Meta does."""
    return TITLES.get(code, ("An error has occurred", 400))[0]


class MetaError(Exception):
    """A refusal in Meta's envelope (reference, "Error envelope")."""

    def __init__(self, code: int, details: str, *, subcode: int | None = None) -> None:
        super().__init__(f"(#{code}) {title(code)}: {details}")
        self.code = code
        self.details = details
        self.subcode = subcode

    @property
    def http_status(self) -> int:
        """The status Meta sends with this code."""
        return TITLES.get(self.code, ("", 400))[1]

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


class MalformedError(Exception):
    """A script asked for something unreadable: HTTP 400 with this sentence."""


class ImpossibleError(Exception):
    """A script asked for something that cannot happen now: HTTP 409 with this sentence."""
