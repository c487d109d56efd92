"""A WhatsApp for tests: it answers as it was told to, and remembers what was said to it."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from rules.permission import Status

from .cloud_api import (
    FreeForm,
    ListedTemplate,
    NumberSettings,
    Outcome,
    PermissionState,
    Recipient,
    Refused,
    Taken,
    Template,
    Unanswered,
    Unreached,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer was asked for permission."""

    phone_number_id: str
    recipient: Recipient
    content: Template | FreeForm
    opaque: str


@dataclass(frozen=True, slots=True)
class Rung:
    """A customer was rung."""

    phone_number_id: str
    recipient: Recipient
    sdp_offer: str
    opaque: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """A call was ended."""

    phone_number_id: str
    call_id: str


@dataclass(frozen=True, slots=True)
class StateAsked:
    """WhatsApp was asked what it believes of a customer's permission."""

    phone_number_id: str
    recipient: Recipient


Said = Asked | Rung | HungUp | StateAsked
State = PermissionState | Refused | Unreached | Unanswered
Settings = NumberSettings | Refused | Unreached | Unanswered
Listed = tuple[ListedTemplate, ...] | Refused | Unreached | Unanswered
Happens = Callable[[Said], Awaitable[None]]

NO_PERMISSION = PermissionState(Status.NOT_REQUESTED, None, requests=(), calls=())


@dataclass(slots=True)
class FakeWhatsApp:
    """Takes everything, unless `outcomes` holds something else to say (or raise) next.

    Messages are called wamid.1, wamid.2 …, calls wacid.1, wacid.2 …. `state` is its answer to what it believes,
    `settings` to whether the number may call, `listed` to which templates there are.
    `meanwhile`, where set, runs after something was heard and before it is answered: a webhook that overtakes the
    answer, or a wait for a gate that the test opens. `looked_up` holds whose settings and templates were asked for,
    `shows` is what it shows by path, `tokens` which tokens of numbers' own it was spoken to with.
    """

    patience: timedelta = timedelta(seconds=10)
    outcomes: deque[Outcome | BaseException] = field(default_factory=deque)
    state: State = NO_PERMISSION
    settings: Settings = field(default_factory=lambda: NumberSettings(calling_enabled=True, restricted_until=None))
    listed: Listed = field(default_factory=lambda: Unreached("this WhatsApp lists no templates"))
    meanwhile: Happens | None = None
    said: list[Said] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    access_token: str = "EAAB"  # noqa: S105 nobody's
    shows: dict[str, dict[str, Any] | Refused | Unreached | Unanswered] = field(default_factory=dict)

    async def look_up(self, path: str, **_asked: str) -> dict[str, Any] | Refused | Unreached | Unanswered:
        self.looked_up.append(path)
        return self.shows.get(path, Unreached("this WhatsApp shows nothing"))

    def speaking_as(self, access_token: str) -> "FakeWhatsApp":
        self.tokens.append(access_token)
        return self

    def will(self, *outcomes: Outcome | BaseException) -> None:
        """Answer what is said next with these, one each, in order."""
        self.outcomes.extend(outcomes)

    @property
    def asked(self) -> list[Asked]:
        return [said for said in self.said if isinstance(said, Asked)]

    @property
    def rung(self) -> list[Rung]:
        return [said for said in self.said if isinstance(said, Rung)]

    @property
    def consulted(self) -> list[StateAsked]:
        return [said for said in self.said if isinstance(said, StateAsked)]

    @property
    def hung_up(self) -> list[HungUp]:
        return [said for said in self.said if isinstance(said, HungUp)]

    async def request_permission(
        self, phone_number_id: str, recipient: Recipient, content: Template | FreeForm, opaque: str
    ) -> Outcome:
        asked = Asked(phone_number_id, recipient, content, opaque)
        self.said.append(asked)
        return await self._answer(asked, Taken(f"wamid.{len(self.asked)}"))

    async def start_call(self, phone_number_id: str, recipient: Recipient, sdp_offer: str, opaque: str) -> Outcome:
        rung = Rung(phone_number_id, recipient, sdp_offer, opaque)
        self.said.append(rung)
        return await self._answer(rung, Taken(f"wacid.{len(self.rung)}"))

    async def end_call(self, phone_number_id: str, call_id: str) -> Outcome:
        hung_up = HungUp(phone_number_id, call_id)
        self.said.append(hung_up)
        return await self._answer(hung_up, Taken(call_id))

    async def permission_state(self, phone_number_id: str, recipient: Recipient) -> State:
        state, asked = self.state, StateAsked(phone_number_id, recipient)
        self.said.append(asked)
        if self.meanwhile is not None:
            await self.meanwhile(asked)
        return state

    async def number_settings(self, phone_number_id: str) -> Settings:
        self.looked_up.append(phone_number_id)
        return self.settings

    async def templates(self, waba_id: str) -> Listed:
        self.looked_up.append(waba_id)
        return self.listed

    async def _answer(self, said: Said, usual: Outcome) -> Outcome:
        outcome = self.outcomes.popleft() if self.outcomes else usual
        if self.meanwhile is not None:
            await self.meanwhile(said)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome
