"""What can be done. Each mutation has its own result: its success, or one of the refusals."""

import strawberry

from .batches import BatchMutations
from .business_numbers import BusinessNumberMutations
from .calls import CallMutations
from .customers import CustomerMutations
from .imports import ImportMutations
from .people import PeopleMutations
from .permissions import PermissionMutations
from .tokens import TokenMutations
from .webhooks import WebhookMutations


@strawberry.type(description="What can be done.")
class Mutation(
    CustomerMutations,
    ImportMutations,
    PermissionMutations,
    BatchMutations,
    CallMutations,
    BusinessNumberMutations,
    TokenMutations,
    PeopleMutations,
    WebhookMutations,
):
    """Every mutation there is, one room of them after the other."""


__all__ = ["Mutation"]
