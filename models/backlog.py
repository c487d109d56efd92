"""What waits to be done: how much of it is due, and since when. One table a statement, and only what an index has."""

from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from .call import Call
from .call_permission import CallPermission
from .permission_request import PermissionRequest
from .webhook_delivery import WebhookDelivery
from .webhook_message import WebhookMessage

# Each queue by the moment from which a row of it is to be dealt with. Those that are kept are few enough to count:
# requests and calls that are being sent or whose outcome is not known, deliveries by WhatsApp that are not processed,
# and messages for partners' webhooks that have not got through.
KEPT = {
    "requests": col(PermissionRequest.lease_until),
    "calls": col(Call.lease_until),
    "deliveries": col(WebhookDelivery.retry_at),
    "messages": col(WebhookMessage.next_attempt_at),
}
ALL = KEPT | {"endings": col(CallPermission.next_moment), "verifications": col(CallPermission.verify_at)}


def waiting(queue: str) -> SelectOfScalar[int]:
    """Count what is kept in a queue, due or not."""
    return select(func.count()).where(KEPT[queue].is_not(None))


def due(queue: str, now: datetime) -> Select[int, datetime | None]:
    """Count what is due in a queue, and give the moment from which the oldest of it is."""
    return select(func.count(), func.min(ALL[queue])).where(ALL[queue] <= now)
