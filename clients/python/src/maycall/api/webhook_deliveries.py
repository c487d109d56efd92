from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Page, WebhookDelivery


class WebhookDeliveries(BaseModel):
    node: Optional[
        Annotated[
            Union["WebhookDeliveriesNodeNode", "WebhookDeliveriesNodeWebhookEndpoint"],
            Field(discriminator="typename__"),
        ]
    ]


class WebhookDeliveriesNodeNode(BaseModel):
    typename__: Literal[
        "ApiToken",
        "BusinessNumber",
        "Call",
        "CallPermission",
        "Customer",
        "Node",
        "PermissionRequest",
        "PermissionRequestBatch",
        "Person",
        "WebhookDelivery",
        "Workspace",
    ] = Field(alias="__typename")


class WebhookDeliveriesNodeWebhookEndpoint(BaseModel):
    typename__: Literal["WebhookEndpoint"] = Field(alias="__typename")
    deliveries: "WebhookDeliveriesNodeWebhookEndpointDeliveries"


class WebhookDeliveriesNodeWebhookEndpointDeliveries(BaseModel):
    nodes: list["WebhookDeliveriesNodeWebhookEndpointDeliveriesNodes"]
    page_info: "WebhookDeliveriesNodeWebhookEndpointDeliveriesPageInfo" = Field(alias="pageInfo")


WebhookDeliveriesNodeWebhookEndpointDeliveriesNodes = WebhookDelivery
WebhookDeliveriesNodeWebhookEndpointDeliveriesPageInfo = Page
WebhookDeliveries.model_rebuild()
WebhookDeliveriesNodeWebhookEndpoint.model_rebuild()
WebhookDeliveriesNodeWebhookEndpointDeliveries.model_rebuild()
