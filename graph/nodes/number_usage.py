"""How much of WhatsApp's limits a business number has used, for whoever plans calls."""

import strawberry

from actions import usage
from actions.resources import Resources
from actions.usage import Window
from graph.refusals import LimitUsage, shown_usage
from graph.scalars import Duration
from models.business_number import BusinessNumber


@strawberry.type(description="What went out from a business number in the time before now.")
class BusinessNumberUsageWindow:
    period: Duration = strawberry.field(description="How long before now it begins.")
    requests_sent: int = strawberry.field(description="How many permission requests WhatsApp took.")
    customers_asked: int = strawberry.field(description="To how many different customers they went.")
    calls_placed: int = strawberry.field(description="How many calls WhatsApp took.")
    calls_connected: int = strawberry.field(description="How many of these the customer picked up.")


@strawberry.type(description="How much of WhatsApp's limits a business number has used.")
class BusinessNumberUsage:
    windows: list[BusinessNumberUsageWindow] = strawberry.field(
        description="What went out within 24 hours, and within seven days."
    )
    placed_calls: list[LimitUsage] = strawberry.field(
        description="What is used of the limits on calls of the number itself; empty where none are known."
    )
    customers: int = strawberry.field(description="How many customers the limits are counted for, each by themself.")
    requests_exhausted: int = strawberry.field(
        description="How many of them may not be asked now, because a limit on requests is used up."
    )
    calls_exhausted: int = strawberry.field(
        description="How many of them may not be called now, because a limit on calls is used up."
    )
    one_call_from_revocation: int = strawberry.field(
        description="How many of them allow calls, and take that back if the next one goes unanswered."
    )


async def usage_of(resources: Resources, number: BusinessNumber) -> BusinessNumberUsage:
    used = await usage.usage(resources, number)
    return BusinessNumberUsage(
        windows=[_shown(window) for window in used.windows],
        placed_calls=[shown_usage(limit) for limit in used.placed_calls],
        customers=used.customers,
        requests_exhausted=used.requests_exhausted,
        calls_exhausted=used.calls_exhausted,
        one_call_from_revocation=used.at_stake,
    )


def _shown(window: Window) -> BusinessNumberUsageWindow:
    return BusinessNumberUsageWindow(
        period=Duration(window.period),
        requests_sent=window.sent,
        customers_asked=window.asked,
        calls_placed=window.placed,
        calls_connected=window.connected,
    )
