"""A workspace's changes as they happen, told once to each of all who come, go and come back while others write."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLError
from sqlmodel import col, delete
from structlog.testing import capture_logs

from actions import calls
from graph import cursors, documents, live, tail
from graph.documents import KnownDocuments
from graph.live import Hub
from models import change as changes
from models import workspace as workspaces
from models.change import Change, ChangeKind
from models.columns import new_id
from rules.access import Scope
from tests.actions.doing import allow, ask, log_stands_at, placing, restarted
from tests.ground.house import House, open_business

from .asking import call_event
from .hearing import ALL, Ear, cursor, join, opened, write


@pytest_asyncio.fixture
async def hub(house: House) -> AsyncIterator[Hub]:
    async with opened(house) as hub:
        yield hub


async def hammer(house: House, times: int) -> None:
    for _ in range(times):
        await write(house, random.randint(1, 4))  # noqa: S311 chance, not secrets


# --- Nothing lost, nothing doubled ---


async def test_with_writers_hammering_nothing_is_missed_doubled_or_out_of_order(house: House, hub: Hub) -> None:
    begin = await log_stands_at(house)
    starts: list[int | None] = [begin]
    ears = [await join(hub, house, begin)]
    writers = [asyncio.create_task(hammer(house, 12)) for _ in range(4)]
    for _ in range(10):
        await write(house)
        starts += [random.randint(begin, await log_stands_at(house)), None]  # noqa: S311 chance, not secrets
        ears += [await join(hub, house, starts[-2]), await join(hub, house)]
    await asyncio.gather(*writers)
    await write(house)
    end = await log_stands_at(house)
    for start, ear in zip(starts, ears, strict=True):
        await ear.has(end)
        first = ear.sequences[0] if start is None else start + 1
        assert ear.sequences == list(range(first, end + 1))


async def test_a_listener_that_comes_back_again_and_again_sees_each_change_once(house: House, hub: Hub) -> None:
    begin = await log_stands_at(house)
    writer = asyncio.create_task(hammer(house, 30))
    seen: list[int] = []
    while not writer.done() or seen[-1:] != [await log_stands_at(house)]:
        position = seen[-1] if seen else begin
        ear = await join(hub, house, position)
        if not writer.done() or position < await log_stands_at(house):
            await ear.has(position + 1)
        assert ear.seat is not None
        ear.seat.leave()
        seen += ear.sequences
    await writer
    assert seen == list(range(begin + 1, await log_stands_at(house) + 1))


async def test_what_is_written_before_and_after_the_joining_is_seen(house: House, hub: Hub) -> None:
    position = await log_stands_at(house)
    await write(house)  # found by reading
    ear = await join(hub, house, position)
    await ear.has(position + 1)
    await write(house)  # and this one by the bell
    await ear.has(position + 2)
    assert ear.sequences == [position + 1, position + 2]


async def test_without_a_cursor_what_was_committed_before_is_not_told(house: House, hub: Hub) -> None:
    early = await join(hub, house)
    await write(house, 3, silently=True)
    late = await join(hub, house)
    await write(house)
    end = await log_stands_at(house)
    await early.has(end)
    await late.has(end)
    assert (early.sequences, late.sequences) == ([end - 3, end - 2, end - 1, end], [end])


async def test_only_the_kinds_asked_for_are_seen(house: House, hub: Hub) -> None:
    position = await log_stands_at(house)
    await allow(house)
    await ask(house)
    ear = await join(hub, house, position, kinds=["PERMISSION_REQUEST"])
    await ear.has(position + 1)
    assert {told["data"]["changes"]["kind"] for told in ear.told} == {"PERMISSION_REQUEST"}


async def test_another_workspace_s_changes_are_not_seen(house: House, hub: Hub) -> None:
    position = await log_stands_at(house)
    ear = await join(hub, house, position)
    other = await open_business(house.resources, "Other", phone_number_id="2", display_phone_number="+918045550143")
    await other.customer(phone="+919812300457")
    await write(house)
    await ear.has(position + 1)
    assert ear.sequences == [position + 1]


async def test_a_listener_on_another_server_that_no_ring_reaches_still_sees_everything(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "LOOK_UP_SECONDS", 0.02)
    position = await log_stands_at(house)
    async with restarted(house) as other, opened(other) as hub:
        ear = await join(hub, other, position)
        for number in range(1, 4):
            await write(house)
            await ear.has(position + number)
        assert ear.sequences == [position + 1, position + 2, position + 3]


class Walker:
    """Listens, stalls, is let go, leaves and comes back with its last cursor, and keeps all that it ever saw."""

    def __init__(self, hub: Hub, house: House, start: int, kinds: list[ChangeKind]) -> None:
        self.hub, self.house, self.start, self.kinds = hub, house, start, kinds
        self.seen: list[int] = []
        self.last: str | int = start
        self.ear: Ear | None = None

    async def come(self) -> None:
        if self.ear is None:
            self.ear = await join(self.hub, self.house, self.last, kinds=[kind.value for kind in self.kinds])

    def go(self) -> None:
        if self.ear is not None and self.ear.seat is not None:
            self.ear.seat.leave()
            self.seen += self.ear.sequences
            self.last = cursor(self.house, self.seen[-1]) if self.seen else self.start
            self.ear = None

    async def step(self, chance: random.Random) -> None:
        if self.ear is None or self.ear.over:
            self.go()
            await self.come()
        elif chance.random() < 0.2:
            self.go()
        elif chance.random() < 0.3:
            self.ear.stalled = True
        else:
            self.ear.recover()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_whatever_happens_each_listener_has_seen_the_log_in_order_and_once(
    house: House, hub: Hub, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """With everything so small that nothing ever fits: portions, memories and patience."""
    for module, name, value in (
        (live, "MOST_WAITING", 900),
        (live, "PORTION", 250),
        (live, "KEPT", 700),
        (live, "PATIENCE_SECONDS", 0.02),
        (live, "CHECK_SECONDS", 0.02),
        (live, "KEPT_ROUNDS", 2),
        (tail, "KEPT", 12),
        (tail, "AT_ONCE", 5),
        (live, "AT_ONCE", 5),
        (tail, "LOOK_UP_SECONDS", 0.02),
    ):
        monkeypatch.setattr(module, name, value)
    chance = random.Random(seed)  # noqa: S311 chance, not secrets
    begin = await log_stands_at(house)
    walkers = [Walker(hub, house, begin, chance.choice([ALL, ALL, ALL, [ChangeKind.CALL], ALL[:3]])) for _ in range(12)]
    for _ in range(40):
        await write(house, chance.choice([1, 1, 2, 9]), silently=chance.random() < 0.3)
        for walker in chance.sample(walkers, 5):
            await walker.step(chance)
        if chance.random() < 0.3:
            await asyncio.sleep(0.01)
    async with house.resources.database.reading() as session:
        logged = (await session.exec(changes.after(house.business.workspace.id, begin, 1000))).all()
    monkeypatch.setattr(live, "PATIENCE_SECONDS", 2.0)  # or on a machine that stands still nobody ever catches up
    for walker in walkers:
        expected = [change.sequence for change in logged if change.kind in walker.kinds]
        async with asyncio.timeout(60):
            while walker.seen != expected:
                assert walker.seen == expected[: len(walker.seen)]
                walker.go()
                await walker.come()
                await asyncio.sleep(0.01)


# --- Where a stream may begin ---


async def test_a_cursor_of_another_log_a_forged_one_and_one_ahead_are_refused_with_their_reason(
    house: House, hub: Hub
) -> None:
    stands_at = await log_stands_at(house)
    for wrong, reason in (
        (cursors.encode_log(new_id(), 1), "CURSOR_FOREIGN"),
        (cursor(house, stands_at + 1), "CURSOR_AHEAD"),
        ("nonsense", "CURSOR_FORGED"),
        ("", "CURSOR_FORGED"),
        (cursor(house, stands_at).replace("b", "a", 1), "CURSOR_FORGED"),
    ):
        with pytest.raises(GraphQLError) as refused:
            await join(hub, house, wrong)
        assert refused.value.extensions == {"code": "BAD_USER_INPUT", "reason": reason}


async def test_a_cursor_older_than_what_is_kept_is_refused_with_its_reason(house: House, hub: Hub) -> None:
    position = await log_stands_at(house)
    await write(house, 5)
    async with house.resources.database.writing() as session:
        await session.exec(delete(Change).where(col(Change.sequence) <= position + 2))
        await session.exec(workspaces.prune_to(house.business.workspace.id, 0, position + 2))
    gone = await join(hub, house, position)
    await gone.ended()
    assert (gone.told, gone.refused) == ([], ["CURSOR_TOO_OLD"])
    there = await join(hub, house, position + 2)
    await there.has(position + 5)
    assert there.sequences == [position + 3, position + 4, position + 5]


# --- Once for all ---


@pytest.fixture
def executions(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Collect every result of a stream that was executed."""
    results: list[Any] = []

    def count(_: KnownDocuments, result: Any) -> Any:
        results.append(result)
        yield

    monkeypatch.setattr(KnownDocuments, "on_stream_result", count)
    return results


async def test_a_thousand_listeners_of_one_document_cost_one_execution_a_change(
    house: House, hub: Hub, executions: list[Any]
) -> None:
    ears = [await join(hub, house) for _ in range(1000)]
    await write(house, 3)
    end = await log_stands_at(house)
    for ear in ears:
        await ear.has(end)
    assert len(executions) == 3
    assert {tuple(ear.sequences) for ear in ears} == {(end - 2, end - 1, end)}


async def test_many_changes_at_once_go_out_in_one_write(house: House, hub: Hub) -> None:
    ears = [await join(hub, house) for _ in range(3)]
    await write(house, 20)
    end = await log_stands_at(house)
    for ear in ears:
        await ear.has(end)
        assert ear.writes == [20]


async def test_a_storm_of_listeners_that_come_back_executes_what_they_missed_about_once(
    house: House, hub: Hub, executions: list[Any]
) -> None:
    begin = await log_stands_at(house)
    await write(house, 20)
    end = begin + 20
    places = [random.Random(7).choice([begin, begin + 3, begin + 10, end]) for _ in range(500)]  # noqa: S311
    ears = await asyncio.gather(*(join(hub, house, place) for place in places))
    for place, ear in zip(places, ears, strict=True):
        if place != end:
            await ear.has(end)
        assert ear.sequences == list(range(place + 1, end + 1))
    assert len(executions) <= 20 + 17 + 10


async def test_viewers_with_different_rights_never_share(house: House, executions: list[Any]) -> None:
    reader, _ = await house.business.viewer(Scope.CALLS_READ)
    other, _ = await house.business.viewer(Scope.CALLS_READ)
    nosy, _ = await house.business.viewer(Scope.CALLS_READ, Scope.CUSTOMERS_READ)
    async with opened(house, reader, other, nosy) as hub:
        position = await log_stands_at(house)
        viewers = [house.admin, reader, other, nosy]
        ears = [await join(hub, house, position, by=viewer) for viewer in viewers]
        await write(house, 3, ChangeKind.CUSTOMER, ChangeKind.CALL, ChangeKind.CALL_PERMISSION)
        await ears[0].has(position + 3)
        await ears[3].has(position + 2)
        for ear in ears[1:3]:
            await ear.has(position + 2)
        assert [ear.sequences for ear in ears] == [
            [position + 1, position + 2, position + 3],
            [position + 2],
            [position + 2],
            [position + 1, position + 2],
        ]
        assert len(executions) == 3 + 1 + 2


CALLS = "subscription ($after: String) { callChanged(after: $after) { cursor call { sdpAnswer } } }"
STEPS = "subscription ($after: String) { callChanged(after: $after) { cursor call { status } } }"


async def test_what_only_its_holder_may_see_is_executed_for_each_token_and_all_else_for_all(
    house: House, executions: list[Any]
) -> None:
    """Two tokens with the same scopes: what one of them has placed a call for, the other never sees."""
    own, _ = await house.business.viewer(Scope.CALLS_READ, Scope.CALLS_WRITE)
    other, _ = await house.business.viewer(Scope.CALLS_READ, Scope.CALLS_WRITE)
    await allow(house)
    async with opened(house, own, other) as hub:
        position = await log_stands_at(house)
        await calls.start(house.resources, own, placing(house))
        await call_event(house, house.meera, "wacid.1", "connect", session={"sdp_type": "answer", "sdp": "v=0"})
        end = await log_stands_at(house)
        steps = end - position

        ears = [await join(hub, house, position, CALLS, by=viewer) for viewer in (own, other, own)]
        for ear in ears:
            await ear.has(end)
        assert [ear.told[-1]["data"]["callChanged"]["call"]["sdpAnswer"] for ear in ears] == ["v=0", None, "v=0"]
        assert len(executions) == 2 * steps

        executions.clear()
        ears = [await join(hub, house, position, STEPS, by=viewer) for viewer in (own, other)]
        for ear in ears:
            await ear.has(end)
        assert len(executions) == steps


async def test_a_field_that_asks_who_holds_the_token_and_does_not_say_so_fails_instead_of_being_shared(
    house: House, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await allow(house)
    position = await log_stands_at(house)
    await calls.start(house.resources, house.admin, placing(house))
    monkeypatch.setattr(documents._Reader, "enter_field", lambda *_: None)  # noqa: SLF001 as if nothing were marked
    document = CALLS.replace("sdpAnswer", "answer: sdpAnswer")  # one that nobody has looked at before
    with capture_logs() as logs:
        ear = await join(hub, house, None, document)
        await call_event(house, house.meera, "wacid.1", "connect", session={"sdp_type": "answer", "sdp": "v=0"})
        await ear.has(position)
    assert {told["data"]["callChanged"]["call"]["answer"] for told in ear.told} == {None}
    assert all(told["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR" for told in ear.told)
    assert {line["event"] for line in logs} == {"fault"}
