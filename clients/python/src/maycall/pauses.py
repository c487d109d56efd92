"""How long to wait before trying again: longer each time, and never all clients at once."""

import random

FIRST_SECONDS = 0.25
LONGEST_SECONDS = 30.0


class Pauses:
    """The pauses between tries that fail one after the other."""

    def __init__(self) -> None:
        self._failed = 0

    def next(self) -> float:
        """Give the next pause in seconds."""
        longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2**self._failed)
        self._failed = min(self._failed + 1, 16)
        return random.uniform(longest / 2, longest)  # noqa: S311 chance, not secrets

    def begin_anew(self) -> None:
        """Forget what failed: it works again."""
        self._failed = 0
