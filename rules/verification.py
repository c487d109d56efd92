"""When WhatsApp should be asked what it believes of a permission.

It reports most changes, but not that a permission has run out, and a report can be lost: so what lets us call is asked
about again, most urgently what something has spoken against. Source: docs/reference/whatsapp-calling.md §1.3, §11.10.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

UNSEEN_FOR = timedelta(hours=24)  # a live permission that WhatsApp has not spoken of for this long is asked about
BEFORE_EXPIRY = timedelta(minutes=10)  # and once more when it is about to run out

# Meta's times are in whole seconds: what was unclear in one may be clear in the next.
AGAIN_AFTER = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Known:
    """What the moment depends on.

    `heard_at` is when WhatsApp last said anything of the permission, `asked_at` when it was last asked.
    """

    doubtful: bool
    callable: bool
    heard_at: datetime | None
    expires_at: datetime | None
    asked_at: datetime | None = None


def due_at(known: Known, now: datetime) -> datetime | None:
    """When to ask, or None for never: at once in doubt; a live permission daily, and before it runs out."""
    if known.doubtful:
        return now if known.asked_at is None else max(now, known.asked_at + AGAIN_AFTER)
    if not known.callable or known.heard_at is None:
        return None
    routine = known.heard_at + UNSEEN_FOR
    last_look = known.expires_at - BEFORE_EXPIRY if known.expires_at is not None else None
    return min(routine, last_look) if last_look is not None and known.heard_at < last_look else routine
