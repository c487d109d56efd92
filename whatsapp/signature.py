"""Is this really Meta? Source: docs/reference/whatsapp-calling.md §5.0."""

import hashlib
import hmac

_PREFIX = "sha256="


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
