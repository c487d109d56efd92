"""The report that an overview shows: what may be done now, and what became of requests and calls day by day."""

from datetime import date
from typing import Annotated

import strawberry

from actions import reports
from actions.reports import MOST_DAYS, Figures
from rules.access import Scope

from . import ids
from .context import Info
from .costs import COUNTS, priced
from .scalars import Duration


@strawberry.type(
    description="What became of the permission requests that were sent, and of the calls that the business placed."
)
class PermissionReportFigures:
    requests_sent: int = strawberry.field(description="How many requests WhatsApp took.")
    allowed: int = strawberry.field(description="How many of these the customer allowed, for a time or for good.")
    declined: int = strawberry.field(description="How many of these the customer declined.")
    ignored: int = strawberry.field(description="How many of these came to their end without an answer.")
    awaited: int = strawberry.field(description="How many of these may still be answered.")
    failed: int = strawberry.field(description="How many of these did not reach the customer.")
    acceptance: float | None = strawberry.field(
        description="Which part of those that were allowed, declined or ignored was allowed, 0 to 1; null for none."
    )
    average_time_to_answer: Duration | None = strawberry.field(
        description="How long customers took to answer, on average; null where nobody did."
    )
    calls_placed: int = strawberry.field(description="How many calls the business placed.")
    calls_connected: int = strawberry.field(description="How many of these the customer picked up.")
    calls_missed: int = strawberry.field(description="How many of these the customer missed or declined.")


@strawberry.type(description="One day of a report.")
class PermissionReportDay:
    day: date = strawberry.field(description="The day, in the report's time zone.")
    figures: PermissionReportFigures = strawberry.field(
        description="Of the requests that were sent, and the calls that were placed, on that day."
    )


@strawberry.type(description="How permissions stand, and what became of requests and calls over some days.")
class PermissionReport:
    callable_now: int = strawberry.field(description="How many permissions let the customer be rung at this moment.")
    running_out_today: int = strawberry.field(
        description="How many temporary permissions run out before midnight in the report's time zone."
    )
    running_out_this_week: int = strawberry.field(
        description="How many temporary permissions run out within seven days from now."
    )
    totals: PermissionReportFigures = strawberry.field(description="Of all the days together.")
    days: list[PermissionReportDay] = strawberry.field(description="Each day by itself, also those with nothing.")


@strawberry.type
class ReportQueries:
    @strawberry.field(
        description="How permissions stand now, and what became of the requests sent and the calls placed since.",
        metadata=priced(5 * COUNTS),
    )
    async def permission_report(
        self,
        info: Info,
        from_: Annotated[date, strawberry.argument(name="from", description="The first day.")],
        to: Annotated[date, strawberry.argument(description=f"The last day; {MOST_DAYS} days at the most.")],
        timezone: Annotated[
            str, strawberry.argument(description="Where a day begins at midnight, as in Asia/Kolkata.")
        ] = "UTC",
        business_number_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only of this business number.")
        ] = None,
    ) -> PermissionReport:
        info.context.viewer_with(Scope.PERMISSIONS_READ)
        viewer = info.context.viewer_with(Scope.CALLS_READ)
        number_id = ids.decode_as("BusinessNumber", business_number_id) if business_number_id is not None else None
        wanted = reports.span(from_, to, timezone)
        found = await reports.report(info.context.resources, viewer, wanted, number_id)
        return PermissionReport(
            callable_now=found.callable_now,
            running_out_today=found.running_out_today,
            running_out_this_week=found.running_out_this_week,
            totals=_shown(found.totals),
            days=[PermissionReportDay(day=day, figures=_shown(figures)) for day, figures in found.days],
        )


def _shown(figures: Figures) -> PermissionReportFigures:
    took = figures.average_time_to_answer
    return PermissionReportFigures(
        requests_sent=figures.sent,
        allowed=figures.allowed,
        declined=figures.declined,
        ignored=figures.ignored,
        awaited=figures.awaited,
        failed=figures.failed,
        acceptance=figures.acceptance,
        average_time_to_answer=Duration(took) if took is not None else None,
        calls_placed=figures.placed,
        calls_connected=figures.connected,
        calls_missed=figures.missed,
    )
