"""What can go wrong. A refusal is none of it: it is an answer."""

from collections.abc import Sequence
from typing import Any


class MaycallError(Exception):
    """Whatever this client raises."""


class UnreachableError(MaycallError):
    """The server could not be reached, or its answer was lost on the way and asking again is not known to be safe."""


class FaultError(MaycallError):
    """The server answered with an error: `code` says which, for programs."""

    def __init__(self, errors: Sequence[dict[str, Any]], *, advice: str = "") -> None:
        first = errors[0]
        self.errors = errors
        self.extensions: dict[str, Any] = first.get("extensions") or {}
        self.code = str(self.extensions.get("code", ""))
        super().__init__(" ".join(filter(None, [str(first.get("message", "")), advice])))


class UnauthenticatedError(FaultError):
    """The token is wrong, was revoked or has run out."""


class ThrottledError(FaultError):
    """Too much was asked for, for longer than this client is ready to wait; `retry_after` seconds would help."""

    @property
    def retry_after(self) -> float:
        return float(self.extensions.get("retryAfter") or 1)


class CursorLostError(FaultError):
    """The log cannot be resumed after this cursor: read afresh, and begin after the cursor read with it."""

    @property
    def reason(self) -> str:
        return str(self.extensions["reason"])


def fault_of(errors: Sequence[dict[str, Any]]) -> FaultError:
    """Give what these GraphQL errors are raised as."""
    found = FaultError(errors)
    if found.code == "UNAUTHENTICATED":
        return UnauthenticatedError(errors)
    if found.code == "THROTTLED":
        return ThrottledError(errors)
    if str(found.extensions.get("reason", "")).startswith("CURSOR_"):
        return CursorLostError(errors, advice="What you hold may be out of date.")
    return found
