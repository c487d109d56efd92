"""Whether WhatsApp has paused a number's calls and requests, and until when.

What it says carries its date: the latest word counts, in whatever order the words come in, and an old one that is heard
again pauses nothing that has been let go since. Source: docs/reference/whatsapp-calling.md §2.8, §5.10 and §7.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# Where WhatsApp refuses because of a pause and nobody says until when: it is tried again after this long. Pauses for
# bad feedback last 7 days, but nobody knows how much of them is over.
UNTOLD_PAUSE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """What is known: WhatsApp's latest word (`told_until` None: not paused), and its latest refusal without an end."""

    told_at: datetime | None = None
    told_until: datetime | None = None
    met_at: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """When it ends or ended, None where there is none."""
        if self.met_at is None or (self.told_at is not None and self.told_at >= self.met_at):
            return self.told_until
        if self.told_until is not None and self.told_until > self.met_at:
            return self.told_until  # the pause that was met is the one that is known of
        return self.met_at + UNTOLD_PAUSE


def told(pause: Pause, at: datetime, until: datetime | None) -> Pause:
    """What is known once WhatsApp has said, at `at`, until when it pauses the number; None: it does not."""
    known = pause.told_at is not None and _weight(pause.told_at, pause.told_until) >= _weight(at, until)
    return pause if known else replace(pause, told_at=at, told_until=until)


def met(pause: Pause, at: datetime) -> Pause:
    """What is known once WhatsApp has refused something because of a pause, and did not say until when."""
    return replace(pause, met_at=at if pause.met_at is None else max(pause.met_at, at))


def _weight(at: datetime, until: datetime | None) -> tuple[datetime, bool, float]:
    """Order words by their date; of one moment the longer pause counts."""
    return at, until is not None, until.timestamp() if until is not None else 0.0
