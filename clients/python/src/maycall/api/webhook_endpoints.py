from pydantic import Field

from .base_model import BaseModel
from .fragments import Page, WebhookEndpoint


class WebhookEndpoints(BaseModel):
    webhook_endpoints: "WebhookEndpointsWebhookEndpoints" = Field(alias="webhookEndpoints")


class WebhookEndpointsWebhookEndpoints(BaseModel):
    nodes: list["WebhookEndpointsWebhookEndpointsNodes"]
    page_info: "WebhookEndpointsWebhookEndpointsPageInfo" = Field(alias="pageInfo")


WebhookEndpointsWebhookEndpointsNodes = WebhookEndpoint
WebhookEndpointsWebhookEndpointsPageInfo = Page
WebhookEndpoints.model_rebuild()
WebhookEndpointsWebhookEndpoints.model_rebuild()
