"""Whether something may be done right now, as the API shows it."""

from datetime import datetime

import strawberry

from graph.refusals import LimitUsage, shown_usage
from rules.eligibility import Caution
from rules.eligibility import Eligibility as Verdict
from rules.refusals import RefusalCode


@strawberry.type(description="Something that stands in the way, and when it will be gone.")
class Blocker:
    code: RefusalCode = strawberry.field(description="What it is, for programs.")
    message: str = strawberry.field(description="What it is and what to do, for people.")
    available_at: datetime | None = strawberry.field(
        description="When it will be gone by itself; null where it will not, or nobody knows."
    )


@strawberry.type(description="Whether something may be done right now, and everything that stands in its way.")
class Eligibility:
    allowed: bool = strawberry.field(description="Whether it may be done right now.")
    blockers: list[Blocker] = strawberry.field(description="All that stands in the way, not only the first thing.")
    limits: list[LimitUsage] = strawberry.field(description="What is used of WhatsApp's limits.")
    cautions: list[Caution] = strawberry.field(description="What may go wrong although it is allowed.")


@strawberry.type(
    description="The day after the customer last wrote, called or picked up, in which free words may be sent."
)
class ServiceWindow:
    open: bool | None = strawberry.field(description="Whether it is open now; null where only WhatsApp knows.")
    closes_at: datetime | None = strawberry.field(description="When it closes, or closed; null where nobody knows.")


def shown_verdict(verdict: Verdict) -> Eligibility:
    return Eligibility(
        allowed=verdict.allowed,
        blockers=[
            Blocker(code=blocker.code, message=blocker.message, available_at=blocker.available_at)
            for blocker in verdict.blockers
        ],
        limits=[shown_usage(usage) for usage in verdict.limits],
        cautions=list(verdict.cautions),
    )
