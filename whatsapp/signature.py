"""Is this really Meta? Source: docs/reference/whatsapp-calling.md §5.0."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeGuard

_PREFIX = "sha256="
_SIGNATURE = re.compile(rf"{_PREFIX}[0-9a-f]{{64}}")


def sign(body: bytes, app_secret: str) -> str:
    """Make the value of the header `X-Hub-Signature-256` for these raw bytes."""
    return _PREFIX + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def is_genuine(body: bytes, signature: str | None, app_secret: str) -> bool:
    """Tell, in constant time, whether `signature` was made of these raw bytes with the app's secret.

    Without a secret nothing is genuine.
    """
    if not app_secret or signature is None:
        return False
    return hmac.compare_digest(signature.encode(), sign(body, app_secret).encode())


def is_signature(signature: str | None) -> TypeGuard[str]:
    """Tell whether it looks like a signature at all."""
    return signature is not None and _SIGNATURE.fullmatch(signature) is not None


@dataclass(frozen=True, slots=True)
class Signer:
    """Of whom a delivery may speak: of the numbers with these ids of Meta's, or (None) as the installation's app may.

    `waba_ids` are the accounts of these numbers.
    """

    phone_number_ids: frozenset[str] | None = None
    waba_ids: frozenset[str] = frozenset()

    def may_speak_of_account(self, waba_id: str) -> bool:
        """Tell whether it may say that something about the account has changed, and is to be looked up again."""
        return self.phone_number_ids is None or waba_id in self.waba_ids

    @property
    def kept(self) -> list[str] | None:
        """What is to be kept of it with the delivery."""
        return None if self.phone_number_ids is None else sorted(self.phone_number_ids)

    @classmethod
    def of_kept(cls, kept: Iterable[str] | None) -> "Signer":
        return cls(None if kept is None else frozenset(kept))


INSTALLATION = Signer()


INSTALLATION = Signer()
