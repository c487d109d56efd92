"""How things stand with a business number at Meta, for whoever looks after it."""

from datetime import datetime

import strawberry

from actions import checked_numbers
from actions.resources import Resources
from graph.checks import BusinessNumberCheck, shown_particulars
from models.business_number import BusinessNumber
from whatsapp.inspection import Finding, OutOfReach


@strawberry.type(description="What Meta says of a business number and of the credentials it is used with.")
class BusinessNumberHealth:
    works: bool = strawberry.field(description="Whether Meta could be asked and no check has failed.")
    checked_at: datetime = strawberry.field(description="When Meta was asked.")
    unreachable: str | None = strawberry.field(description="Why Meta could not be asked; null when it could.")
    checks: list[BusinessNumberCheck] = strawberry.field(description="All that was found; empty if Meta was not asked.")


async def health_of(resources: Resources, number: BusinessNumber) -> BusinessNumberHealth:
    found, now = await checked_numbers.look(resources, number), resources.now()
    if isinstance(found, OutOfReach):
        return BusinessNumberHealth(works=False, checked_at=now, unreachable=found.reason, checks=[])
    checks = [_shown(finding) for finding in found.findings]
    return BusinessNumberHealth(works=not found.failures, checked_at=now, unreachable=None, checks=checks)


def _shown(finding: Finding) -> BusinessNumberCheck:
    return BusinessNumberCheck(
        aspect=finding.aspect,
        verdict=finding.verdict,
        finding=finding.found,
        particulars=shown_particulars(finding.particulars),
        message=finding.message,
    )
