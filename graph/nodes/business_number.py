"""Business numbers as nodes, with the limits and templates they go by."""

from datetime import datetime
from uuid import UUID

import strawberry

from graph.context import Info
from graph.costs import ASKS_WHATSAPP, COUNTS, priced
from graph.scalars import Duration
from models import business_number as business_numbers
from models.business_number import Environment
from rules.access import Scope
from rules.limits import POLICIES, Limit, PolicyName
from whatsapp.cloud_api import ListedTemplate
from whatsapp.errors import code_of

from .node import Node, node_id, reads
from .number_health import BusinessNumberHealth, health_of
from .number_usage import BusinessNumberUsage, usage_of


@strawberry.type(description="One of WhatsApp's limits.")
class PolicyLimit:
    period: Duration = strawberry.field(description="The window, which rolls.")
    maximum: int = strawberry.field(description="How many uses the window allows.")


@strawberry.type(description="The numbers that WhatsApp's rules go by for a business number.")
class Policy:
    name: PolicyName = strawberry.field(description="Which set of numbers it is.")
    requests: list[PolicyLimit] = strawberry.field(
        description="How many permission requests one customer may get; any connected call frees them."
    )
    connected_calls: list[PolicyLimit] = strawberry.field(
        description="How many calls from the business one customer may pick up."
    )
    unanswered_before_nudge: int = strawberry.field(
        description="After how many unanswered calls in a row WhatsApp asks the customer to think again."
    )
    unanswered_before_revocation: int = strawberry.field(
        description="After how many unanswered calls in a row WhatsApp takes the permission back."
    )
    placed_calls: list[PolicyLimit] = strawberry.field(
        description="How many calls WhatsApp takes from the business number, whomever they go to; empty where none are"
        " known. Maycall counts, and WhatsApp refuses."
    )
    temporary_grant: Duration = strawberry.field(description="How long a temporary permission lasts.")


@strawberry.type(description="A message template that asks for permission to call.")
class Template:
    name: str = strawberry.field(description="Its name.")
    language: str = strawberry.field(description="Its language, such as en.")
    status: str = strawberry.field(
        description="WhatsApp's word on it: APPROVED, PENDING, REJECTED, PAUSED or DISABLED."
    )
    category: str = strawberry.field(description="UTILITY or MARKETING, which decides its price.")
    header: str | None = strawberry.field(description="The text above its body; null where it has none in words.")
    body: str = strawberry.field(description="Its text, with its parameters in double braces.")
    parameters: list[str] = strawberry.field(
        description="The names of its parameters, or their numbers; those of its header begin with `header.`."
    )


@strawberry.type(description="A WhatsApp number of the business, from which it asks and calls.")
class BusinessNumber(Node):
    display_phone_number: str = strawberry.field(description="The number as E.164.")
    phone_number_id: str = strawberry.field(description="Meta's id of the number.")
    name: str = strawberry.field(description="What the business calls it.")
    environment: Environment = strawberry.field(description="Where the number lives.")
    calling_enabled: bool = strawberry.field(description="Whether calling is switched on for it at WhatsApp.")
    restricted_until: datetime | None = strawberry.field(
        description="Until when WhatsApp has paused its calls and requests; null when it has not."
    )
    problem: str | None = strawberry.field(
        description="What WhatsApp holds against it that a person has to mend; null when all is well."
    )
    problem_code: int | None = strawberry.field(
        description="The code of WhatsApp's error that `problem` tells, for programs; null when all is well."
    )
    last_heard_at: datetime | None = strawberry.field(
        description="When WhatsApp's webhooks last told anything of it, to the minute; null while they have not."
    )
    policy: Policy = strawberry.field(description="The limits that hold for it.")
    waba_id: str = strawberry.field(description="The id of the WhatsApp Business Account it belongs to.")
    has_own_access_token: bool = strawberry.field(
        description="Whether it is spoken for with an access token of its own, and not the installation's."
    )
    has_own_app_secret: bool = strawberry.field(
        description="Whether WhatsApp's news of it come from an app of its own, and not the installation's."
    )
    row: strawberry.Private[business_numbers.BusinessNumber]

    @strawberry.field(
        description="The templates WhatsApp lists for it that ask for permission; null if it cannot be asked.",
        metadata=priced(ASKS_WHATSAPP),
    )
    async def templates(self, info: Info) -> list[Template] | None:
        info.context.viewer_with(Scope.PERMISSIONS_READ)
        resources = info.context.resources
        listed = await resources.templates.of(resources.whatsapp_of(self.row), self.row, resources.now())
        return None if listed is None else [_shown_template(own) for own in listed if own.asks]

    @strawberry.field(
        description="How things stand with it at Meta, asked now. For admins.", metadata=priced(5 * ASKS_WHATSAPP)
    )
    async def health(self, info: Info) -> BusinessNumberHealth:
        info.context.viewer_with(Scope.ADMIN)
        return await health_of(info.context.resources, self.row)

    @strawberry.field(
        description="How much of WhatsApp's limits is used, as counted here: WhatsApp is not asked.",
        metadata=priced(2 * COUNTS),
    )
    async def usage(self, info: Info) -> BusinessNumberUsage:
        info.context.viewer_with(Scope.PERMISSIONS_READ)
        info.context.viewer_with(Scope.CALLS_READ)
        return await usage_of(info.context.resources, self.row)


def shown_number(row: business_numbers.BusinessNumber) -> BusinessNumber:
    return BusinessNumber(
        id=node_id("BusinessNumber", row.id),
        display_phone_number=row.display_phone_number,
        phone_number_id=row.phone_number_id,
        name=row.name,
        environment=row.environment,
        calling_enabled=row.calling_enabled,
        restricted_until=row.restricted_until,
        problem=row.problem,
        problem_code=None if row.problem is None else code_of(row.problem),
        last_heard_at=row.heard_at,
        policy=_shown_policy(row.policy),
        waba_id=row.waba_id,
        has_own_access_token=row.access_token is not None,
        has_own_app_secret=row.app_secret is not None,
        row=row,
    )


def _shown_template(listed: ListedTemplate) -> Template:
    return Template(
        name=listed.name,
        language=listed.language,
        status=listed.status,
        category=listed.category,
        header=listed.header,
        body=listed.body,
        parameters=list(listed.parameters),
    )


def _shown_policy(name: PolicyName) -> Policy:
    policy = POLICIES[name]
    return Policy(
        name=name,
        requests=_shown_limits(policy.requests),
        connected_calls=_shown_limits(policy.connected_calls),
        unanswered_before_nudge=policy.unanswered_before_nudge,
        unanswered_before_revocation=policy.unanswered_before_revocation,
        placed_calls=_shown_limits(policy.placed_calls),
        temporary_grant=Duration(policy.temporary_grant),
    )


def _shown_limits(limits: tuple[Limit, ...]) -> list[PolicyLimit]:
    return [PolicyLimit(period=Duration(limit.period), maximum=limit.maximum) for limit in limits]


@reads("BusinessNumber")
async def _read(info: Info, row_id: UUID) -> BusinessNumber | None:
    row = await info.context.loaders.business_numbers.load(row_id)
    return shown_number(row) if row else None
