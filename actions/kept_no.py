"""WhatsApp's own "no", told again from what was kept of it with the request or call that it ended."""

from dataclasses import replace
from datetime import datetime

from rules.permission import Status
from rules.refusals import CallLimitReached, NumberRestricted, Refusal, RequestLimitReached
from whatsapp.errors import Code, MetaError, refusal

from .pair import Pair


def told_again(code: int, failure: str | None, until: datetime | None, status: Status) -> Refusal:
    """Say the "no" that was kept as `failure`, which is the error in words: its code, then the details."""
    said = refusal(MetaError(code, "", (failure or "").removeprefix(f"{code}: ")), status)
    if isinstance(said, RequestLimitReached | CallLimitReached | NumberRestricted):
        return replace(said, available_at=until)
    return said


def until(code: int, pair: Pair) -> datetime | None:
    """Tell until when the "no" holds, where WhatsApp has said so by now, or None."""
    match code:
        case Code.REQUESTS_USED_UP:
            return pair.permission.requests_barred_until
        case Code.CALLS_USED_UP:
            return pair.permission.calls_barred_until
        case Code.CALLING_RESTRICTED:
            return pair.number.restricted_until
        case _:
            return None
