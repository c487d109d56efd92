"""A model too simple to be wrong: calls are allowed while the last word heard is a "yes" that has not run out."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from rules.permission import Confirmed, Denied, Happening, Response

NEVER = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)


def last_word_is_yes(heard: Iterable[Happening], now: datetime) -> bool:
    """Whether everything said in the last second in which anything was said still allows calls at `now`."""
    words = [_word(happening) for happening in heard]
    last = max((said_at for said_at, _ in words), default=NEVER)
    return bool(words) and all(now < good_until for said_at, good_until in words if said_at == last)


def _word(happening: Happening) -> tuple[datetime, datetime]:
    """When it was said, and until when it allows calls."""
    if isinstance(happening, Denied):
        # WhatsApp denies a grant of an earlier second, not one of the same second: just before that second, then.
        return happening.at.replace(microsecond=0) - timedelta(microseconds=1), NEVER
    if isinstance(happening, Confirmed):
        return happening.at.replace(microsecond=0), happening.expires_at or FOREVER
    if happening.response is Response.DECLINED:
        return happening.at, NEVER
    if happening.response is Response.PERMANENT:
        return happening.at, FOREVER
    return happening.at, happening.expires_at or happening.at + timedelta(hours=168)
