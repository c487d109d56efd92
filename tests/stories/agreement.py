"""What Maycall shows, held beside what is true at WhatsApp's stand-in."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from graph import ids
from models.call import Call
from models.change import Change, ChangeKind
from models.permission_request import PermissionRequest
from sandbox.view import ledger
from whatsapp.errors import Code

from .town import BUSINESSES, Town

ELIGIBILITY = "{ allowed blockers { code availableAt } limits { period maximum used resetsAt } }"
PAIRS = f"""query($after: String) {{ callPermissions(first: 100, after: $after) {{ pageInfo {{ endCursor hasNextPage }}
  nodes {{ id status grantedAt expiresAt respondedAt source customer {{ id phone whatsappUserId }}
    businessNumber {{ phoneNumberId }} canCall {ELIGIBILITY} canRequest {ELIGIBILITY} }} }} }}"""
ASKED = """query($after: String) { permissionRequests(first: 100, after: $after) { pageInfo { endCursor hasNextPage }
  nodes { id kind status answer sentAt deliveredAt readAt answeredAt expiresAt customer { id }
    businessNumber { phoneNumberId } } } }"""
RUNG = """query($after: String) { calls(first: 100, after: $after) { pageInfo { endCursor hasNextPage }
  nodes { id direction status startedAt answeredAt endedAt durationSeconds customer { id }
    businessNumber { phoneNumberId } } } }"""
CHANGE = "cursor kind previousStatus status cause occurredAt"
LOG = f"query($after: String) {{ changes(first: 100, after: $after) {{ edges {{ node {{ {CHANGE} }} }} }} }}"

LIMITS = {Code.REQUESTS_USED_UP, Code.CALLS_USED_UP}


@dataclass(slots=True)
class Shown:
    """One customer and one number, as the API shows them; requests and calls oldest first."""

    permission: dict[str, Any]
    requests: list[dict[str, Any]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)


async def shown(town: Town) -> dict[tuple[str, str], Shown]:
    """Read everything through the API, by the number's and the customer's ids."""
    found: dict[tuple[str, str], Shown] = {}
    for business in range(BUSINESSES):
        for permission in await _all(town, business, PAIRS, "callPermissions"):
            found[_ends(permission)] = Shown(permission)
        for request in await _all(town, business, ASKED, "permissionRequests"):
            found[_ends(request)].requests.insert(0, request)
        for call in await _all(town, business, RUNG, "calls"):
            found[_ends(call)].calls.insert(0, call)
    return found


def retold(own: dict[tuple[str, str], Shown]) -> dict[str, Any]:
    """Say what is shown without the ids that differ from one town to the next; calls in the order of their time."""
    told = {}
    for (number, _), one in own.items():
        name = one.permission["customer"]["whatsappUserId"] or one.permission["customer"]["phone"]
        calls = sorted((_nameless(call) for call in one.calls), key=repr)
        told[f"{number}, {name}"] = [_nameless(one.permission), [_nameless(each) for each in one.requests], calls]
    return told


def _nameless(node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name not in ("id", "customer", "businessNumber")}


async def _all(town: Town, business: int, query: str, name: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = []
    page: dict[str, Any] = {"endCursor": None, "hasNextPage": True}
    while page["hasNextPage"]:
        data = (await town.ask_maycall(business, query, after=page["endCursor"]))[name]
        listed += data["nodes"]
        page = data["pageInfo"]
    return listed


def _ends(node: dict[str, Any]) -> tuple[str, str]:
    return node["businessNumber"]["phoneNumberId"], node["customer"]["id"]


async def differences(town: Town) -> list[str]:
    """List everything in which the two do not agree, a sentence each."""
    own = await shown(town)
    theirs = ledger(town.world)
    assert theirs["waiting"] == 0
    found: list[str] = []
    known = set()
    for pair in theirs["pairs"]:
        if pair["moved_to"] is not None:
            continue
        number = pair["phone_number_id"]
        key = next(
            (key for key, one in own.items() if key[0] == number and _is_of(pair, one.permission["customer"])),
            None,
        )
        if key is None:
            found.append(f"{number}, {pair['wa_id']}: Maycall knows nothing of the two")
            continue
        known.add(key)
        unheard = town.pair_of(pair["wa_id"], number) in town.unheard
        compared = Compared(pair, own[key], town.clock.now, town.left_open, unheard=unheard)
        found += [f"{number}, {pair['wa_id']}: {sentence}" for sentence in compared.differences()]
    for key, one in own.items():
        if key not in known and (one.calls or any(request["sentAt"] for request in one.requests)):
            found.append(f"{key}: WhatsApp knows nothing of the two")
    found += [sentence async for sentence in _refused_for_a_limit(town)]
    return found


def _is_of(pair: dict[str, Any], customer: dict[str, Any]) -> bool:
    if customer["whatsappUserId"] is not None:
        return bool(customer["whatsappUserId"] == pair["user_id"])
    return bool(customer["phone"] == f"+{pair['wa_id']}")


@dataclass(frozen=True, slots=True)
class Compared:
    """One pair at WhatsApp (a pair of the ledger) beside the same at Maycall.

    `unheard`: WhatsApp kept something to itself, so that Maycall knows no more than what it was told when it asked.
    Who ended the calls that were `left_open`, WhatsApp does not say.
    """

    theirs: dict[str, Any]
    ours: Shown
    now: datetime
    left_open: set[str]
    unheard: bool

    def differences(self) -> Iterator[str]:
        yield from self._permission()
        yield from self._requests()
        yield from self._calls()
        yield from self._usage("request_limits", "can_request", self.ours.permission["canRequest"])
        yield from self._usage("call_limits", "can_call", self.ours.permission["canCall"])

    def _permission(self) -> Iterator[str]:
        theirs, ours = self.theirs["permission"], self.ours.permission
        allowed = ours["status"] in ("TEMPORARY", "PERMANENT")
        if allowed is not theirs["allowed"] or (allowed and ours["status"] != theirs["status"].upper()):
            yield f"the permission is {theirs['status']}, Maycall has it {ours['status']}"
        elif allowed and _seconds(ours["expiresAt"]) != theirs["expires_at"]:
            yield f"the permission ends {theirs['expires_at']}, Maycall says {ours['expiresAt']}"
        elif not allowed and not self.unheard and ours["status"] not in self._possible(theirs):
            yield f"the permission is {theirs['status']}, Maycall has it {ours['status']}"

    def _possible(self, theirs: dict[str, Any]) -> set[str]:
        awaited = [
            request
            for request in self.theirs["requests"]
            if request["status"] in ("sent", "delivered", "read")
            and (theirs["decided_at"] is None or request["sent_at"] > theirs["decided_at"])
        ]
        if awaited:
            return {"REQUESTED"}
        return {"NOT_REQUESTED" if theirs["status"] == "none" else theirs["status"].upper()}

    def _requests(self) -> Iterator[str]:
        ours = {_opaque("cpr", request["id"]): request for request in self.ours.requests}
        theirs: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for request in self.theirs["requests"]:
            theirs[request["opaque"]].append(request)
        for opaque, sent in theirs.items():
            reached = [request for request in sent if request["status"] != "failed"]
            if len(reached) > 1:
                yield f"the request {opaque} reached the customer {len(reached)} times"
            if opaque not in ours:
                yield f"Maycall has no request {opaque}"
                continue
            shown = ours.pop(opaque)
            last = (reached or sent)[-1]
            expected = (last["status"].upper(), last["answer"] and _ANSWERS[last["answer"]])
            if not self.unheard and (shown["status"], shown["answer"]) != expected:
                yield f"the request {opaque} is {expected}, Maycall has it {(shown['status'], shown['answer'])}"
        for opaque, request in ours.items():
            if request["status"] != "FAILED":
                yield f"the request {opaque} never reached WhatsApp, Maycall has it {request['status']}"

    def _calls(self) -> Iterator[str]:
        ours = {_opaque("call", call["id"]): call for call in self.ours.calls}
        placed = {call["opaque"]: call for call in self.theirs["calls"] if call["direction"] == "BUSINESS_INITIATED"}
        dialled = [call for call in self.theirs["calls"] if call["direction"] == "USER_INITIATED"]
        for opaque, call in placed.items():
            if opaque not in ours:
                yield f"Maycall has no call {opaque}"
                continue
            yield from self._call(call, ours.pop(opaque))
        received = [call for call in ours.values() if call["direction"] == "USER_INITIATED"]
        if len(received) != len(dialled):
            yield f"the customer called {len(dialled)} times, Maycall has {len(received)} calls"
        else:
            received.sort(key=lambda call: call["startedAt"])
            for theirs, call in zip(dialled, received, strict=True):
                yield from self._call(theirs, call)
        for opaque, call in ours.items():
            if call["direction"] == "BUSINESS_INITIATED" and call["status"] != "FAILED":
                yield f"the call {opaque} never reached WhatsApp, Maycall has it {call['status']}"

    def _call(self, theirs: dict[str, Any], ours: dict[str, Any]) -> Iterator[str]:
        expected = theirs["status"].upper()
        if not theirs["told"]:
            return
        shown = ours["status"]
        by_customer = theirs["direction"] == "USER_INITIATED" and theirs["answered_at"] is None
        if by_customer and expected in ("CANCELLED", "REJECTED", "NO_ANSWER"):
            expected = "NO_ANSWER"  # Meta tells no more of a call that the business did not take
        if expected == "CANCELLED" and ours["id"] in self.left_open:
            expected = "NO_ANSWER"
        if (shown, ours["direction"]) != (expected, theirs["direction"]) or (
            expected == "COMPLETED"
            and (_seconds(ours["answeredAt"]), ours["durationSeconds"])
            != (
                theirs["answered_at"],
                theirs["duration_seconds"],
            )
        ):
            yield f"a call is {theirs}, Maycall has it {ours}"

    def _usage(self, name: str, possible: str, ours: dict[str, Any]) -> Iterator[str]:
        expected = [(limit["period"], limit["maximum"], self._used(name, limit)) for limit in self.theirs[name]]
        counted = [(limit["period"], limit["maximum"], limit["used"]) for limit in ours["limits"]]
        if counted != expected:
            yield f"{name} are {expected}, Maycall counts {counted}"
        allowed = self.theirs[possible] and all(used < maximum for _, maximum, used in expected)
        going_on = any(call["ended_at"] is None for call in self.theirs["calls"])
        if possible == "can_call" and going_on:
            allowed = False
        if ours["allowed"] is not allowed:
            yield f"{possible} is {allowed}, Maycall says {ours}"

    def _used(self, name: str, limit: dict[str, Any]) -> int:
        """Tell what counts: to Maycall also what was sent and did not arrive, of which Meta says nothing (§2.3)."""
        used: int = limit["used"]
        if name == "call_limits":
            return used
        connected = [call["answered_at"] for call in self.theirs["calls"] if call["answered_at"] is not None]
        since = max([self.now.timestamp() - _LENGTHS[limit["period"]] + 1, *connected])
        reached = {request["opaque"] for request in self.theirs["requests"] if request["status"] != "failed"}
        failed = {request["opaque"] for request in self.theirs["requests"] if request["sent_at"] >= since}
        return used + len(failed - reached)


_ANSWERS = {"temporary": "TEMPORARY", "permanent": "PERMANENT", "decline": "DECLINED"}
_LENGTHS = {"PT24H": 86_400, "P7D": 604_800}


def _opaque(mark: str, global_id: str) -> str:
    return f"{mark}:{ids.decode(global_id)[1]}"


def _seconds(written: str | None) -> int | None:
    return None if written is None else int(datetime.fromisoformat(written).astimezone(UTC).timestamp())


async def _refused_for_a_limit(town: Town) -> Any:
    """Tell of everything that went out although a limit forbade it."""
    async with town.resources.database.reading() as session:
        for request in await session.exec(
            select(PermissionRequest).where(col(PermissionRequest.refused_code).in_(LIMITS))
        ):
            yield f"the request {request.id} was refused by WhatsApp for a limit: {request.failure}"
        for call in await session.exec(select(Call).where(col(Call.refused_code).in_(LIMITS))):
            yield f"the call {call.id} was refused by WhatsApp for a limit: {call.failure}"


async def unlike_the_log(town: Town, business: int, heard: list[dict[str, Any]], after: str) -> list[str]:
    """Tell whether a subscription that began `after` a cursor has brought each line of the log once, in its order."""
    log: list[dict[str, Any]] = []
    while edges := (await town.ask_maycall(business, LOG, after=log[-1]["cursor"] if log else after))["changes"][
        "edges"
    ]:
        log += [edge["node"] for edge in edges]
    if heard == log:
        return []
    first = next((place for place, (one, other) in enumerate(zip(heard, log, strict=False)) if one != other), None)
    return [f"a subscription heard {len(heard)} changes and the log has {len(log)}; the first to differ is {first}"]


async def broken_chains(town: Town) -> list[str]:
    """List where the log's steps do not fit together, or do not lead to what is shown."""
    found = []
    last: dict[UUID, str | None] = {}
    async with town.resources.database.reading() as session:
        changes = (await session.exec(select(Change).order_by(col(Change.workspace_id), col(Change.sequence)))).all()
    for change in changes:
        if change.kind not in (ChangeKind.CALL_PERMISSION, ChangeKind.PERMISSION_REQUEST, ChangeKind.CALL):
            continue
        before = last.get(change.subject_id, "NOT_REQUESTED" if change.kind is ChangeKind.CALL_PERMISSION else None)
        if change.previous_status != before:
            found.append(
                f"{change.kind} {change.subject_id}, {change.sequence}: from {change.previous_status}, was {before}"
            )
        last[change.subject_id] = change.status
    for one in (await shown(town)).values():
        for node in (one.permission, *one.requests, *one.calls):
            row_id = ids.decode(node["id"])[1]
            if row_id in last and last[row_id] != node["status"]:
                found.append(f"the log ends {row_id} with {last[row_id]}, but {node['status']} is shown")
    return found
