"""Customers brought in by the hundred."""

from typing import Annotated

import strawberry

from actions.imports import MOST_ROWS, Import, Imported, Outcome, Problem, Row
from graph.context import Info
from graph.costs import priced
from graph.nodes import Customer, shown_customer
from graph.refusals import TooManyRows, shown
from rules import refusals as rules
from rules.access import Scope

from .customers import CreateCustomerInput, given


@strawberry.input(
    description="A customer to create, or to change: whoever has this phone, externalId or whatsappUserId. Of one who"
    " is known, what is left out stays, and null clears."
)
class ImportedCustomerInput(CreateCustomerInput):
    pass


@strawberry.input(description="Customers to bring in together.")
class ImportCustomersInput:
    customers: list[ImportedCustomerInput] = strawberry.field(description=f"The rows, {MOST_ROWS} at the most.")
    dry_run: bool = strawberry.field(default=False, description="Whether only to tell what would come of it.")


@strawberry.type(description="What came of one row.")
class ImportedCustomer:
    row: int = strawberry.field(description="Which row, counted from 0.")
    outcome: Outcome = strawberry.field(description="What came of it.")
    customer: Customer | None = strawberry.field(
        description="The customer as they are now; null where there is none: refused, or only to be created."
    )
    problem: Problem | None = strawberry.field(description="Why it was refused, for programs.")
    message: str | None = strawberry.field(description="Why it was refused, for people.")


@strawberry.type(description="The rows were looked at, each by itself. Those that were refused kept no other back.")
class ImportCustomersSuccess:
    created: int = strawberry.field(description="How many customers were created.")
    updated: int = strawberry.field(description="How many customers were changed.")
    unchanged: int = strawberry.field(description="Of how many rows nothing was new.")
    refused: int = strawberry.field(description="How many rows were refused.")
    rows: list[ImportedCustomer] = strawberry.field(description="What came of each row, in the same order.")


ImportCustomersResult = Annotated[
    ImportCustomersSuccess | TooManyRows,
    strawberry.union("ImportCustomersResult", description="What came of each row, or why none was looked at."),
]


@strawberry.type
class ImportMutations:
    @strawberry.mutation(
        description="Bring in customers: each row creates one, or changes one who is known. The same rows once more"
        " change nothing.",
        metadata=priced(each="input.customers"),
    )
    async def import_customers(
        self, info: Info, input: Annotated[ImportCustomersInput, strawberry.argument(description="Which customers.")]
    ) -> ImportCustomersResult:
        viewer = info.context.viewer_with(Scope.CUSTOMERS_WRITE)
        if len(input.customers) > MOST_ROWS:
            return shown(rules.TooManyRows(MOST_ROWS))  # type: ignore[return-value] # its union can show it
        importing = Import(info.context.resources, viewer.workspace_id, viewer.name, dry_run=input.dry_run)
        rows = [Row(index, given(row)) for index, row in enumerate(input.customers)]
        done = await importing.take(rows)
        return ImportCustomersSuccess(
            created=importing.totals[Outcome.CREATED],
            updated=importing.totals[Outcome.UPDATED],
            unchanged=importing.totals[Outcome.UNCHANGED],
            refused=importing.totals[Outcome.REFUSED],
            rows=[_shown(imported) for imported in done],
        )


def _shown(imported: Imported) -> ImportedCustomer:
    return ImportedCustomer(
        row=imported.number,
        outcome=imported.outcome,
        customer=shown_customer(imported.customer) if imported.customer else None,
        problem=imported.problem,
        message=imported.message,
    )
