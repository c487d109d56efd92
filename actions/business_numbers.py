"""Business numbers: added to a workspace, so that it can ask and call from them."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from models import customer as customers
from models.business_number import BusinessNumber, Environment
from models.change import Cause, Change, ChangeKind
from models.columns import new_id
from rules.limits import PolicyName

from . import log
from .customers import phone
from .faults import BadInputError
from .pair import ensure
from .resources import Resources

AT_ONCE = 1000


async def add(
    resources: Resources,
    workspace_id: UUID,
    *,
    phone_number_id: str,
    display_phone_number: str,
    waba_id: str,
    name: str,
    environment: Environment,
    policy: PolicyName = PolicyName.PRODUCTION,
) -> BusinessNumber:
    """Add a number that needs no checking. BadInputError if another has the same id."""
    now = resources.now()
    number = BusinessNumber(
        id=new_id(),
        workspace_id=workspace_id,
        phone_number_id=phone_number_id,
        display_phone_number=phone(display_phone_number) or "",
        waba_id=waba_id,
        name=name,
        environment=environment,
        policy=policy,
        created_at=now,
        updated_at=now,
    )
    try:
        return await write_down(resources, number)
    except IntegrityError as error:
        raise BadInputError(f"A business number with the id {phone_number_id} is there already.") from error


async def write_down(resources: Resources, number: BusinessNumber, *, actor: str | None = None) -> BusinessNumber:
    """Write a number down as it is, with an empty permission for every customer, and announce it.

    IntegrityError where Meta's id of it is known already, in whichever workspace.
    """
    async with resources.database.writing() as session:
        session.add(number)
        await session.flush()
        everybody = (await session.exec(customers.of_workspace(number.workspace_id))).all()
        for start in range(0, len(everybody), AT_ONCE):
            some = everybody[start : start + AT_ONCE]
            await ensure(session, [(number, customer) for customer in some], number.created_at)
        await log.append(session, [change_of(number, Cause.CREATED, actor)])
    await resources.feed.announce(number.workspace_id)
    return number


def change_of(number: BusinessNumber, cause: Cause, actor: str | None) -> Change:
    return Change(
        workspace_id=number.workspace_id,
        kind=ChangeKind.BUSINESS_NUMBER,
        cause=cause,
        actor=actor,
        occurred_at=number.updated_at,
        recorded_at=number.updated_at,
        subject_id=number.id,
        business_number_id=number.id,
    )
