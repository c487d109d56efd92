"""How much has gone out to listeners since the process began."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Traffic:
    messages: int = 0
    size: int = 0  # of them, in bytes
    let_go: int = 0  # listeners that did not keep up

    def handed(self, payloads: Sequence[bytes], listeners: int) -> None:
        """Count the same to so many listeners at once: none of them costs anything by itself."""
        self.messages += len(payloads) * listeners
        self.size += sum(map(len, payloads)) * listeners
