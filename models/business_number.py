"""A business's WhatsApp number, from which it asks and calls."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Update, and_, or_, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from rules.limits import PolicyName
from rules.pause import Pause

from .columns import Moment, moment, new_id, text_of
from .sealed import Sealed, sealed


class Environment(StrEnum):
    SANDBOX = "SANDBOX"  # Maycall's stand-in for WhatsApp
    PRODUCTION = "PRODUCTION"  # WhatsApp itself


class BusinessNumber(SQLModel, table=True):
    __tablename__ = "business_number"

    workspace_id: UUID = Field(foreign_key="workspace.id", primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    phone_number_id: str = Field(unique=True)  # Meta's id of the number: says whose a webhook is
    display_phone_number: str  # E.164
    waba_id: str
    name: str
    environment: Environment = Field(sa_type=text_of(Environment))
    policy: PolicyName = Field(sa_type=text_of(PolicyName))
    access_token: Sealed | None = sealed()  # its own, to speak to WhatsApp with; None: the installation's
    app_secret: Sealed | None = sealed()  # what WhatsApp signs its deliveries about it with; None: the installation's
    calling_enabled: bool = True
    settings_at: datetime | None = moment()  # of Meta's latest word on `calling_enabled`
    restricted_until: datetime | None = moment()  # what follows from the three after it: see rules.pause
    pause_told_at: datetime | None = moment()
    pause_told_until: datetime | None = moment()
    pause_met_at: datetime | None = moment()
    problem: str | None = None  # what WhatsApp holds against it that a person has to mend
    problem_at: datetime | None = moment()  # of the latest word on that, also of the one that it is mended
    queries_free_at: datetime | None = moment()  # when WhatsApp may next be asked what it believes of a customer
    heard_at: datetime | None = moment()  # when WhatsApp last told anything of it, to the minute
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)

    @property
    def pause(self) -> Pause:
        """What is known of WhatsApp's pausing it, in the words of the rules."""
        return Pause(self.pause_told_at, self.pause_told_until, self.pause_met_at)

    def remember(self, pause: Pause) -> None:
        """Write down what is known of its being paused, and until when it therefore is."""
        self.pause_told_at, self.pause_told_until = pause.told_at, pause.told_until
        self.pause_met_at, self.restricted_until = pause.met_at, pause.ends_at


def of_workspace(workspace_id: UUID) -> SelectOfScalar[BusinessNumber]:
    return (
        select(BusinessNumber).where(col(BusinessNumber.workspace_id) == workspace_id).order_by(col(BusinessNumber.id))
    )


def by_ids(workspace_id: UUID, ids: Collection[UUID]) -> SelectOfScalar[BusinessNumber]:
    return select(BusinessNumber).where(
        col(BusinessNumber.workspace_id) == workspace_id, col(BusinessNumber.id).in_(ids)
    )


def by_phone_number_ids(phone_number_ids: Collection[str]) -> SelectOfScalar[BusinessNumber]:
    return select(BusinessNumber).where(col(BusinessNumber.phone_number_id).in_(phone_number_ids))


def by_display_phone_number(display_phone_number: str) -> SelectOfScalar[BusinessNumber]:
    return select(BusinessNumber).where(col(BusinessNumber.display_phone_number) == display_phone_number)


def locked(workspace_id: UUID, number_id: UUID) -> SelectOfScalar[BusinessNumber]:
    """Find the number and lock its row until the commit; rows that refer to it may be made meanwhile."""
    return by_ids(workspace_id, [number_id]).with_for_update(key_share=True)


def heard(workspace_id: UUID, number_id: UUID, now: datetime) -> Update:
    """Note that WhatsApp told something of a number at `now`."""
    own = and_(col(BusinessNumber.workspace_id) == workspace_id, col(BusinessNumber.id) == number_id)
    return update(BusinessNumber).where(own).values(heard_at=now)


def named(waba_ids: Collection[str], phone_number_ids: Collection[str]) -> SelectOfScalar[BusinessNumber]:
    """Find the numbers with these ids of Meta's, and all of these accounts, whosever they are."""
    return select(BusinessNumber).where(
        or_(col(BusinessNumber.waba_id).in_(waba_ids), col(BusinessNumber.phone_number_id).in_(phone_number_ids))
    )


def with_own_secret(waba_ids: Collection[str], phone_number_ids: Collection[str]) -> SelectOfScalar[BusinessNumber]:
    """Find those of them that have an app secret of their own."""
    return named(waba_ids, phone_number_ids).where(col(BusinessNumber.app_secret).is_not(None))
