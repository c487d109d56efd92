"""What can be done about customers."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import UNSET

from actions import customers as customer_actions
from actions import deletion
from graph import ids
from graph.context import Info
from graph.nodes import Customer, shown_customer
from graph.refusals import CallInProgress, CustomerAlreadyExists, shown
from models.customer import Customer as CustomerRow
from rules.access import Scope


@strawberry.input(description="A new customer, who needs a phone or a whatsappUserId.")
class CreateCustomerInput:
    name: str | None = strawberry.field(default=UNSET, description="What the customer is called.")
    phone: str | None = strawberry.field(default=UNSET, description="The customer's phone as E.164.")
    whatsapp_user_id: str | None = strawberry.field(
        default=UNSET, description="WhatsApp's business-scoped user id of the customer."
    )
    external_id: str | None = strawberry.field(default=UNSET, description="The business's own id of the customer.")
    tags: list[str] | None = strawberry.field(default=UNSET, description="The business's own tags, 50 at the most.")
    timezone: str | None = strawberry.field(default=UNSET, description="The customer's time zone, as in Asia/Kolkata.")


@strawberry.input(description="What to change of a customer: what is left out stays, null clears.")
class UpdateCustomerInput(CreateCustomerInput):
    customer_id: strawberry.ID = strawberry.field(description="Which customer.")


@strawberry.type(description="The customer was created.")
class CreateCustomerSuccess:
    customer: Customer = strawberry.field(description="The new customer.")


@strawberry.type(description="The customer was changed.")
class UpdateCustomerSuccess:
    customer: Customer = strawberry.field(description="The customer as it is now.")


CreateCustomerResult = Annotated[
    CreateCustomerSuccess | CustomerAlreadyExists,
    strawberry.union("CreateCustomerResult", description="The new customer, or why there is none."),
]
UpdateCustomerResult = Annotated[
    UpdateCustomerSuccess | CustomerAlreadyExists,
    strawberry.union("UpdateCustomerResult", description="The changed customer, or why nothing was changed."),
]


@strawberry.input(description="Which customer to delete.")
class DeleteCustomerInput:
    customer_id: strawberry.ID = strawberry.field(description="Which customer.")


@strawberry.type(
    description="The customer is deleted, with all that was known of them. It is told as a change of the kind CUSTOMER"
    " with the status DELETED, whose node is null."
)
class DeleteCustomerSuccess:
    deleted_customer_id: strawberry.ID = strawberry.field(description="What the customer's id was.")
    deleted_at: datetime = strawberry.field(description="When it was deleted: the first time, if it was before.")


DeleteCustomerResult = Annotated[
    DeleteCustomerSuccess | CallInProgress,
    strawberry.union("DeleteCustomerResult", description="That the customer is deleted, or why not."),
]


_CUSTOMER_FIELDS = ("name", "phone", "whatsapp_user_id", "external_id", "tags", "timezone")


def given(input: CreateCustomerInput) -> dict[str, object]:
    values = {name: getattr(input, name) for name in _CUSTOMER_FIELDS}
    return {name: value for name, value in values.items() if value is not UNSET}


@strawberry.type
class CustomerMutations:
    @strawberry.mutation(description="Add a customer.")
    async def create_customer(
        self, info: Info, input: Annotated[CreateCustomerInput, strawberry.argument(description="The new customer.")]
    ) -> CreateCustomerResult:
        viewer = info.context.viewer_with(Scope.CUSTOMERS_WRITE)
        result = await customer_actions.create(info.context.resources, viewer, given(input))
        if isinstance(result, CustomerRow):
            return CreateCustomerSuccess(customer=shown_customer(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(description="Change a customer: what is left out stays, null clears.")
    async def update_customer(
        self, info: Info, input: Annotated[UpdateCustomerInput, strawberry.argument(description="What to change.")]
    ) -> UpdateCustomerResult:
        viewer = info.context.viewer_with(Scope.CUSTOMERS_WRITE)
        customer_id = ids.decode_as("Customer", input.customer_id)
        result = await customer_actions.update(info.context.resources, viewer, customer_id, given(input))
        if isinstance(result, CustomerRow):
            return UpdateCustomerSuccess(customer=shown_customer(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(
        description="Delete a customer with all that is known of them, permissions, requests and calls included."
        " Their lines of the log stay, and lead nowhere. What is kept raw is erased soon after."
    )
    async def delete_customer(
        self, info: Info, input: Annotated[DeleteCustomerInput, strawberry.argument(description="Which customer.")]
    ) -> DeleteCustomerResult:
        viewer = info.context.viewer_with(Scope.CUSTOMERS_WRITE)
        result = await deletion.delete(info.context.resources, viewer, ids.decode_as("Customer", input.customer_id))
        if isinstance(result, deletion.Deleted):
            return DeleteCustomerSuccess(deleted_customer_id=input.customer_id, deleted_at=result.at)
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show
