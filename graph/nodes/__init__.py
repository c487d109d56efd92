"""The things that Maycall knows, as nodes: how they look, how a row becomes one, how one is read by its id."""

from .api_token import TOKENS, ApiToken, shown_token
from .business_number import BusinessNumber, shown_number
from .customer import (
    CALLS,
    CUSTOMERS,
    LOG,
    REQUESTS,
    Call,
    CallPermission,
    Change,
    Customer,
    PermissionRequest,
    shown_call,
    shown_change,
    shown_customer,
    shown_permission,
    shown_request,
    visible_kinds,
)
from .node import Node, load_node, readable_kinds
from .person import PEOPLE, Person, shown_person
from .request_batch import PermissionRequestBatch, PermissionRequestBatchEntry, shown_batch, shown_entry
from .webhook import (
    ENDPOINTS,
    WebhookDelivery,
    WebhookEndpoint,
    shown_delivery,
    shown_endpoint,
)
from .workspace import Workspace, load_workspace

__all__ = [
    "CALLS",
    "CUSTOMERS",
    "ENDPOINTS",
    "LOG",
    "PEOPLE",
    "REQUESTS",
    "TOKENS",
    "ApiToken",
    "BusinessNumber",
    "Call",
    "CallPermission",
    "Change",
    "Customer",
    "Node",
    "PermissionRequest",
    "PermissionRequestBatch",
    "PermissionRequestBatchEntry",
    "Person",
    "WebhookDelivery",
    "WebhookEndpoint",
    "Workspace",
    "load_node",
    "load_workspace",
    "readable_kinds",
    "shown_batch",
    "shown_call",
    "shown_change",
    "shown_customer",
    "shown_delivery",
    "shown_endpoint",
    "shown_entry",
    "shown_number",
    "shown_permission",
    "shown_person",
    "shown_request",
    "shown_token",
    "visible_kinds",
]
