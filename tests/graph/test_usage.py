"""How much of WhatsApp's limits and of Maycall's own is used, as the API tells it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from graph.limits import Limits
from rules.access import Scope
from rules.limits import DAY, POLICIES, Limit, PolicyName
from server.graphql_door import GraphQLDoor
from tests.actions import meta
from tests.actions.doing import allow, asked, hear, rung
from tests.ground.house import HOUR, MINUTE, SECOND, House, open_business
from whatsapp.cloud_api import Taken

from .asking import Api, app

USAGE = """{ businessNumbers { usage {
    windows { period requestsSent customersAsked callsPlaced callsConnected }
    placedCalls { period maximum used resetsAt }
    customers requestsExhausted callsExhausted oneCallFromRevocation } } }"""
LIMITS = """{ viewer { limits { points { maximum used resetsAt } operationCost pageSize depth aliases rootFields
    mutations tokens document customersImported customersAsked
    apiTokens { maximum used } webhookEndpoints { maximum used } } } }"""


async def used(api: Api) -> Any:
    [number] = await api.ask(USAGE)
    return number["usage"]


async def missed(house: House, call_id: str) -> None:
    house.whatsapp.will(Taken(call_id))
    await rung(house)
    house.clock.wait(MINUTE)
    await hear(house.resources, meta.terminated(call_id, house.clock.now))


async def test_what_went_out_counts_for_a_day_and_for_a_week(house: House, api: Api) -> None:
    nothing = {"requestsSent": 0, "customersAsked": 0, "callsPlaced": 0, "callsConnected": 0}
    assert await used(api) == {
        "windows": [{"period": "PT24H"} | nothing, {"period": "P7D"} | nothing],
        "placedCalls": [{"period": "PT24H", "maximum": 10_000, "used": 0, "resetsAt": None}],
        "customers": 2,
        "requestsExhausted": 0,
        "callsExhausted": 0,
        "oneCallFromRevocation": 0,
    }
    house.whatsapp.will(Taken("wamid.1"), Taken("wamid.2"))
    await asked(house)
    await asked(house, house.caio)
    told = await used(api)
    assert told["windows"][0] == {"period": "PT24H"} | nothing | {"requestsSent": 2, "customersAsked": 2}
    assert told["requestsExhausted"] == 2  # once in 24 hours

    house.clock.wait(DAY + SECOND)
    await allow(house)
    house.whatsapp.will(Taken("wamid.3"), Taken("wacid.1"))
    await asked(house, house.caio)
    await rung(house)
    await hear(house.resources, meta.terminated("wacid.1", house.clock.now, answered_at=house.clock.now))
    told = await used(api)
    today, week = told["windows"]
    assert today == {"period": "PT24H", "requestsSent": 1, "customersAsked": 1, "callsPlaced": 1, "callsConnected": 1}
    assert week == {"period": "P7D", "requestsSent": 3, "customersAsked": 2, "callsPlaced": 1, "callsConnected": 1}
    assert told["placedCalls"][0]["used"] == 1
    assert told["requestsExhausted"] == 1  # Caio, twice in a week: the call has freed Meera
    house.clock.wait(7 * DAY)
    told = await used(api)
    assert [window["requestsSent"] for window in told["windows"]] == [0, 0]
    assert told["requestsExhausted"] == 0


async def test_whom_the_next_missed_call_would_lose_is_counted(house: House, api: Api) -> None:
    await allow(house)
    for number in range(3):
        assert (await used(api))["oneCallFromRevocation"] == 0
        await missed(house, f"wacid.{number}")
        house.clock.wait(HOUR)
    told = await used(api)
    assert (told["oneCallFromRevocation"], told["windows"][0]["callsPlaced"]) == (1, 3)
    assert told["windows"][0]["callsConnected"] == 0
    house.clock.wait(7 * DAY)  # the permission has run out: there is nothing to lose
    assert (await used(api))["oneCallFromRevocation"] == 0


async def test_a_limit_of_the_number_that_is_used_up_tells_when_the_next_call_is_free(
    house: House, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    production = POLICIES[PolicyName.PRODUCTION]
    tight = replace(production, placed_calls=(Limit(DAY, 2),))
    monkeypatch.setitem(POLICIES, PolicyName.PRODUCTION, tight)
    await allow(house)
    began = house.clock.now
    for number in range(2):
        await missed(house, f"wacid.{number}")
    [limit] = (await used(api))["placedCalls"]
    assert (limit["used"], limit["maximum"]) == (2, 2)
    assert limit["resetsAt"] == f"{(began + DAY).isoformat().removesuffix('+00:00')}Z"
    house.clock.wait(DAY - 2 * MINUTE + SECOND)
    [limit] = (await used(api))["placedCalls"]
    assert (limit["used"], limit["resetsAt"]) == (1, None)


async def test_what_others_used_does_not_count(house: House, api: Api) -> None:
    rival = await open_business(
        house.resources, "Rival", phone_number_id="1002003004005", display_phone_number="+918045550199"
    )
    await asked(house)
    [theirs] = await api.ask(USAGE, rival.secret)
    assert theirs["usage"]["windows"][1]["requestsSent"] == 0
    assert theirs["usage"]["customers"] == 0


@pytest.mark.parametrize("scope", [Scope.PERMISSIONS_READ, Scope.CALLS_READ])
async def test_usage_needs_both_scopes(house: House, api: Api, scope: Scope) -> None:
    _, secret = await house.business.viewer(scope)
    assert (await api.fault(USAGE, secret))[0] == "FORBIDDEN"
    _, both = await house.business.viewer(Scope.PERMISSIONS_READ, Scope.CALLS_READ)
    assert len(await api.ask(USAGE, both)) == 1


async def test_the_viewers_limits_are_the_installations_and_the_points_the_tokens_own(house: House, api: Api) -> None:
    first = await api.answer(LIMITS)
    cost = first["extensions"]["cost"]
    assert first["data"]["viewer"]["limits"] == {
        "points": {"maximum": 60_000, "used": cost["requested"], "resetsAt": cost["resetsAt"]},
        "operationCost": 5000,
        "pageSize": 100,
        "depth": 10,
        "aliases": 30,
        "rootFields": 20,
        "mutations": 4,
        "tokens": 2000,
        "document": 100_000,
        "customersImported": 1000,
        "customersAsked": 1000,
        "apiTokens": {"maximum": 1000, "used": 1},
        "webhookEndpoints": {"maximum": 20, "used": 0},
    }
    _, secret = await house.business.viewer(Scope.CUSTOMERS_READ)
    limits = (await api.ask(LIMITS, secret))["limits"]
    assert limits["points"]["used"] == cost["requested"]  # nobody else's
    assert (limits["apiTokens"], limits["webhookEndpoints"]) == (None, None)
    assert (await api.ask(LIMITS))["limits"]["apiTokens"]["used"] == 2


async def test_a_token_that_no_longer_works_takes_no_place(house: House, api: Api) -> None:
    await house.business.viewer(Scope.CUSTOMERS_READ, expires_at=house.clock.now + HOUR)
    assert (await api.ask(LIMITS))["limits"]["apiTokens"]["used"] == 2
    house.clock.wait(HOUR)
    assert (await api.ask(LIMITS))["limits"]["apiTokens"]["used"] == 1


@pytest_asyncio.fixture
async def generous(house: House) -> AsyncIterator[Api]:
    """Open the API's door where nobody counts."""
    transport = httpx.ASGITransport(app(GraphQLDoor(house.resources, [], limits=Limits(points=0, depth=7))))
    async with httpx.AsyncClient(transport=transport, base_url="http://maycall") as client:
        yield Api(house, client)


async def test_where_points_are_not_counted_there_are_none(generous: Api) -> None:
    limits = (await generous.ask(LIMITS))["limits"]
    assert (limits["points"], limits["depth"]) == (None, 7)
