"""WhatsApp's own "no", told again from what was kept of it with the request or call that it ended."""

from rules.permission import Status
from rules.refusals import Refusal
from whatsapp.errors import MetaError, refusal


def told_again(code: int, failure: str | None, status: Status) -> Refusal:
    """Say the "no" that was kept as `failure`, which is the error in words: its code, then the details."""
    return refusal(MetaError(code, "", (failure or "").removeprefix(f"{code}: ")), status)
