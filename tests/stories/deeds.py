"""What people, agents and Meta may do in a town, each as a value that can be told, done and done again."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol

from hypothesis import strategies as st

from tests.ground.house import SECOND

from .town import PHONES, PLACES, Pair, Town


class Deed(Protocol):
    async def happen(self, town: Town) -> None: ...


# --- Agents ---


@dataclass(frozen=True, slots=True)
class Ask:
    pair: Pair
    by_template: bool = True
    once_more: bool = False

    async def happen(self, town: Town) -> None:
        await town.ask(self.pair, by_template=self.by_template, once_more=self.once_more)


@dataclass(frozen=True, slots=True)
class Ring:
    pair: Pair

    async def happen(self, town: Town) -> None:
        await town.ring(self.pair)


@dataclass(frozen=True, slots=True)
class EndCall:
    pair: Pair

    async def happen(self, town: Town) -> None:
        await town.end_call(self.pair)


@dataclass(frozen=True, slots=True)
class Refresh:
    pair: Pair

    async def happen(self, town: Town) -> None:
        await town.refresh(self.pair)


BY_AGENTS = (Ask, Ring, EndCall, Refresh)


# --- Customers ---


@dataclass(frozen=True, slots=True)
class Answer:
    pair: Pair
    answer: Literal["temporary", "permanent", "decline"]
    seconds: int | None = None

    async def happen(self, town: Town) -> None:
        await town.on_phone(self.pair, "reply", answer=self.answer, seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Grant:
    pair: Pair
    answer: Literal["temporary", "permanent"]
    silent: bool = False

    async def happen(self, town: Town) -> None:
        done = await town.on_phone(self.pair, "grant", answer=self.answer, silent=self.silent)
        if done and self.silent:
            town.unheard.add(self.pair)


@dataclass(frozen=True, slots=True)
class Revoke:
    pair: Pair
    silent: bool = False

    async def happen(self, town: Town) -> None:
        done = await town.on_phone(self.pair, "revoke", silent=self.silent)
        if done and self.silent:
            town.unheard.add(self.pair)


@dataclass(frozen=True, slots=True)
class Write:
    pair: Pair

    async def happen(self, town: Town) -> None:
        await town.on_phone(self.pair, "message", text="Hello!")


@dataclass(frozen=True, slots=True)
class Look:
    pair: Pair

    async def happen(self, town: Town) -> None:
        await town.on_phone(self.pair, "look")


@dataclass(frozen=True, slots=True)
class Dial:
    """Call the business: it talks for so many seconds, or it is not picked up; None lets it ring."""

    pair: Pair
    talk: int | None = None

    async def happen(self, town: Town) -> None:
        await town.on_phone(
            self.pair, "dial", ring=self.talk is None, connected=bool(self.talk), seconds=self.talk or None
        )


@dataclass(frozen=True, slots=True)
class Press:
    """Press something on a phone on which a call rings or is talked on, if there is one."""

    which: int
    do: Literal["answer", "reject", "ignore", "hang_up", "vanish", "fail"]

    async def happen(self, town: Town) -> None:
        going_on = town.world.open_calls()
        if not going_on:
            return
        call = going_on[self.which % len(going_on)]
        more: dict[str, Any] = {"code": 138021} if self.do == "fail" else {}
        done = await town.press(f"/phones/{call.wa_id}/calls/{call.wacid}", do=self.do, **more)
        if done and self.do == "vanish":
            town.unheard.add(town.pair_of(call.wa_id, call.phone_number_id))


@dataclass(frozen=True, slots=True)
class Network:
    customer: int
    online: bool

    async def happen(self, town: Town) -> None:
        await town.press(f"/phones/{town.phones[self.customer]}/network", online=self.online)


# --- Meta ---


@dataclass(frozen=True, slots=True)
class Restrict:
    place: int
    seconds: int

    async def happen(self, town: Town) -> None:
        path = f"/numbers/{PLACES[self.place].phone_number_id}"
        await town.press(path, restricted=True, seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Switch:
    """Switch calling on or off for a number, and what it makes of calls back."""

    place: int
    status: Literal["ENABLED", "DISABLED"]
    callbacks: Literal["ENABLED", "DISABLED"]

    async def happen(self, town: Town) -> None:
        path = f"/numbers/{PLACES[self.place].phone_number_id}"
        calling = {"status": self.status, "callback_permission_status": self.callbacks}
        await town.press(path, calling=calling)


@dataclass(frozen=True, slots=True)
class DeliverAgain:
    which: int

    async def happen(self, town: Town) -> None:
        await town.deliver_again(self.which)


WEATHERS: dict[str, dict[str, Any]] = {
    "calm": {},
    "late and twice": {"duplicate": 0.4, "delay_seconds": [0, 600], "reorder": True},
    "in batches": {"duplicate": 0.4, "delay_seconds": [0, 600], "reorder": True, "batch": 50},
    "answers lost": {"lose_answers": 0.4, "delay_seconds": [0, 120]},
    "out of order": {"http_500": 0.3, "slow": [0, 0.02]},
    "failing": {"fail_sends": {"131026": 0.3, "138021": 0.3, "138007": 0.2}},
    "everything": {
        "duplicate": 0.3,
        "delay_seconds": [0, 300],
        "reorder": True,
        "lose_answers": 0.2,
        "http_500": 0.1,
        "fail_sends": {"131026": 0.1, "138021": 0.1},
    },
}


@dataclass(frozen=True, slots=True)
class Weather:
    name: str

    async def happen(self, town: Town) -> None:
        await town.press("/chaos")
        await town.press("/chaos", **WEATHERS[self.name])


# --- All of them ---


@dataclass(frozen=True, slots=True)
class Step:
    """A deed, some time after the one before."""

    after: timedelta
    deed: Deed


# Two of the pairs do most of it, so that one thing may lead to another.
_EVERY_PAIR = [(customer, place) for customer in range(len(PHONES)) for place in range(len(PLACES))]
_PAIRS = st.sampled_from([(0, 1)] * 12 + [(1, 0)] * 6 + _EVERY_PAIR)
_CUSTOMERS = st.integers(0, len(PHONES) - 1)
_PLACES = st.integers(0, len(PLACES) - 1)

# Whole seconds, and never none: of what happens in one second nobody can tell what came first.
_SOON = st.sampled_from([1, 2, 5, 20, 50, 70]).map(lambda seconds: seconds * SECOND)
_LATER = st.sampled_from([1, 5, 30, 200, 200, 900, 900, 3600, 5 * 3600, 25 * 3600, 8 * 86400]).map(
    lambda seconds: seconds * SECOND
)

_ANSWERS = st.sampled_from(["temporary", "temporary", "permanent", "decline"])
_LENGTHS = st.sampled_from([None, None, 60, 7200])
_ON_A_CALL = st.builds(
    Press,
    st.integers(0, 3),
    st.sampled_from(["answer", "answer", "answer", "reject", "ignore", "hang_up", "hang_up", "fail"]),
)


def _asking(pair: Pair) -> st.SearchStrategy[list[Step]]:
    """Somebody is asked, and perhaps answers, perhaps twice."""
    ask = st.builds(Ask, st.just(pair), st.booleans(), st.booleans())
    answer = st.builds(Answer, st.just(pair), _ANSWERS, _LENGTHS)
    return _scene(ask, st.lists(answer, max_size=2))


def _ringing(pair: Pair) -> st.SearchStrategy[list[Step]]:
    """Somebody is rung, who may have allowed it just before; and one or the other presses something."""
    ring, grant = st.builds(Ring, st.just(pair)), st.builds(Grant, st.just(pair), st.just("temporary"))
    pressed = st.lists(_ON_A_CALL | st.builds(EndCall, st.just(pair)), max_size=3)
    return _scene(ring, pressed) | _scene(grant, st.tuples(ring, pressed).map(lambda deeds: [deeds[0], *deeds[1]]))


def _dialling(pair: Pair) -> st.SearchStrategy[list[Step]]:
    """Somebody calls the business."""
    dial = st.builds(Dial, st.just(pair), st.sampled_from([None, 0, 20, 1000]))
    return _scene(dial, st.lists(_ON_A_CALL, max_size=2))


def _scene(beginning: st.SearchStrategy[Deed], rest: st.SearchStrategy[list[Any]]) -> st.SearchStrategy[list[Step]]:
    begun = st.builds(Step, _LATER, beginning)
    return st.tuples(begun, rest.flatmap(_soon)).map(lambda scene: [scene[0], *scene[1]])


def _soon(deeds: list[Deed]) -> st.SearchStrategy[list[Step]]:
    return st.tuples(*(st.builds(Step, _SOON, st.just(deed)) for deed in deeds)).map(list)


def _alone(*deeds: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Step]]:
    return st.builds(Step, _LATER, st.one_of(*deeds)).map(lambda step: [step])


ON_THE_PHONE = _alone(
    st.builds(Grant, _PAIRS, st.sampled_from(["temporary", "permanent"])),
    st.builds(Revoke, _PAIRS),
    st.builds(Write, _PAIRS),
    st.builds(Look, _PAIRS),
    st.builds(Network, _CUSTOMERS, st.booleans()),
    _ON_A_CALL,
)
META = _alone(
    st.builds(Restrict, _PLACES, st.sampled_from([60, 3600])),
    st.builds(Switch, _PLACES, *[st.sampled_from(["ENABLED", "ENABLED", "DISABLED"])] * 2),
)
UNHEARD = _alone(
    st.builds(Revoke, _PAIRS, st.just(value=True)),
    st.builds(Grant, _PAIRS, st.sampled_from(["temporary", "permanent"]), st.just(value=True)),
    st.builds(Press, st.integers(0, 3), st.just("vanish")),
)
SKY = _alone(st.builds(Weather, st.sampled_from(list(WEATHERS))), st.builds(DeliverAgain, st.integers(0, 20)))
REFRESHING = _alone(st.builds(Refresh, _PAIRS))
TALK = st.one_of(_PAIRS.flatmap(_asking), _PAIRS.flatmap(_ringing), _PAIRS.flatmap(_ringing), _PAIRS.flatmap(_dialling))


def stories(scenes: int, *kinds: st.SearchStrategy[list[Step]]) -> st.SearchStrategy[list[Step]]:
    """Some scenes of these kinds, one after the other."""
    several = st.lists(st.one_of(*kinds), min_size=scenes // 2, max_size=scenes)
    return several.map(lambda chosen: [step for scene in chosen for step in scene])
