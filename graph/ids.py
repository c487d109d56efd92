"""Opaque global ids: what kind of node, and which."""

import base64
import binascii
from uuid import UUID

from .faults import bad_input

KINDS = (
    "Workspace", "BusinessNumber", "Customer", "CallPermission", "PermissionRequest", "Call", "ApiToken",
    "WebhookEndpoint", "WebhookDelivery", "PermissionRequestBatch", "Person",
)  # fmt: skip


def encode(kind: str, row_id: UUID) -> str:
    return base64.urlsafe_b64encode(f"{kind}:{row_id}".encode()).decode()


def decode(global_id: str) -> tuple[str, UUID]:
    """Read a global id. BAD_USER_INPUT for anything that this API never gave out."""
    try:
        kind, _, row_id = base64.b64decode(global_id, altchars=b"-_", validate=True).decode().partition(":")
        if kind in KINDS:
            return kind, UUID(row_id)
    except (binascii.Error, ValueError):
        pass
    raise bad_input(f"{global_id[:80]!r} is not an id of this API. Take ids from its answers, as they are.")


def decode_as(kind: str, global_id: str) -> UUID:
    """Read a global id that must be of one kind. BAD_USER_INPUT for any other."""
    found, row_id = decode(global_id)
    if found != kind:
        raise bad_input(f"This is the id of a {found}, but a {kind} is needed here.")
    return row_id
