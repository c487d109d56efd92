"""Every table, imported for its effect: so that migrations and sessions know them all."""

from . import (
    allowance,
    api_token,
    business_number,
    call,
    call_permission,
    change,
    customer,
    erasure,
    forgotten_name,
    former_name,
    permission_reply,
    permission_request,
    webhook_delivery,
    webhook_endpoint,
    webhook_message,
    workspace,
)

__all__ = [
    "allowance",
    "api_token",
    "business_number",
    "call",
    "call_permission",
    "change",
    "customer",
    "erasure",
    "forgotten_name",
    "former_name",
    "permission_reply",
    "permission_request",
    "webhook_delivery",
    "webhook_endpoint",
    "webhook_message",
    "workspace",
]
