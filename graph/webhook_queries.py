"""What can be read of webhook endpoints."""

import strawberry

from models import webhook_endpoint as webhook_endpoints
from rules.access import Scope

from .connections import After, Before, Connection, First, Last, PageArguments, connect
from .context import Info
from .nodes import ENDPOINTS, WebhookEndpoint, shown_endpoint


@strawberry.type
class WebhookQueries:
    @strawberry.field(description="The workspace's webhook endpoints, oldest first.")
    async def webhook_endpoints(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[WebhookEndpoint]:
        own = webhook_endpoints.of_workspace(info.context.workspace_with(Scope.ADMIN))
        return await connect(info.context, own, ENDPOINTS, PageArguments(first, after, last, before), shown_endpoint)
