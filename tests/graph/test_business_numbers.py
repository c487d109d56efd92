"""Business numbers through the API: added, changed and looked after by admins, and their secrets shown to nobody."""

from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInterfaceType, GraphQLObjectType, build_schema, get_named_type

from graph.schema import schema
from rules.access import Scope
from tests.ground.house import House
from tests.whatsapp.showing import WABA, make_well
from whatsapp.cloud_api import Unreached

from .asking import Api, id_of, replies

NEW = "529183746501199"
TOKEN, APP_SECRET = "EAAB-the-secret-token-of-a-number", "0a1b2c3d-the-secret-of-an-app"
SHOWN = "id displayPhoneNumber phoneNumberId wabaId name environment hasOwnAccessToken hasOwnAppSecret"
CHECKS = "checks { aspect verdict finding particulars { name value } message }"
REFUSAL = f"... on Refusal {{ __typename code message }} ... on BusinessNumberUnusable {{ reasons aspects {CHECKS} }}"
CREATE = f"""mutation ($input: CreateBusinessNumberInput!) {{ createBusinessNumber(input: $input) {{
    ... on CreateBusinessNumberSuccess {{ businessNumber {{ {SHOWN} policy {{ name }} }} }} {REFUSAL} }} }}"""
UPDATE = f"""mutation ($input: UpdateBusinessNumberInput!) {{ updateBusinessNumber(input: $input) {{
    ... on UpdateBusinessNumberSuccess {{ businessNumber {{ {SHOWN} policy {{ name }} }} }} {REFUSAL} }} }}"""
HEALTH = "{ businessNumbers { name health { works unreachable checkedAt checks { aspect verdict message } } } }"


def new(**values: Any) -> dict[str, Any]:
    return {"phoneNumberId": NEW, "environment": "PRODUCTION", "wabaId": WABA} | values


async def test_a_number_is_added_and_changed_and_its_secrets_come_back_nowhere(house: House, api: Api) -> None:
    make_well(house.whatsapp, NEW)
    made = (await api.ask(CREATE, input=new(accessToken=TOKEN, appSecret=APP_SECRET)))["businessNumber"]
    assert made | {"id": ""} == {
        "id": "",
        "displayPhoneNumber": "+918045550142",
        "phoneNumberId": NEW,
        "wabaId": WABA,
        "name": "Chai & Co",
        "environment": "PRODUCTION",
        "hasOwnAccessToken": True,
        "hasOwnAppSecret": True,
        "policy": {"name": "PRODUCTION"},
    }
    changed = await api.ask(UPDATE, input={"businessNumberId": made["id"], "name": "Night desk", "appSecret": None})
    assert changed["businessNumber"] == made | {"name": "Night desk", "hasOwnAppSecret": False}
    everything = str(await api.answer(HEALTH)) + str(await api.answer(f"{{ businessNumbers {{ {SHOWN} }} }}"))
    assert "Night desk" in everything
    assert TOKEN not in everything
    assert APP_SECRET not in everything


async def test_a_refusal_says_each_reason_and_an_unreachable_whatsapp_is_one(house: House, api: Api) -> None:
    make_well(house.whatsapp, NEW)
    house.whatsapp.shows[f"{WABA}/subscribed_apps"] = {"data": []}
    refused = await api.ask(CREATE, input=new())
    assert (refused["__typename"], refused["code"]) == ("BusinessNumberUnusable", "BUSINESS_NUMBER_UNUSABLE")
    assert refused["reasons"] == [refused["message"]]
    assert refused["aspects"] == ["WEBHOOKS"]
    assert refused["checks"] == [
        {
            "aspect": "WEBHOOKS",
            "verdict": "FAILED",
            "finding": "WEBHOOKS_NOT_SUBSCRIBED",
            "particulars": [{"name": "wabaId", "value": WABA}],
            "message": refused["message"],
        }
    ]
    house.whatsapp.shows["debug_token"] = Unreached("no way there")
    assert await api.ask(CREATE, input=new()) == {
        "__typename": "WhatsAppRefused",
        "code": "BUSINESS_NUMBER_UNCHECKED",
        "message": "WhatsApp could not be asked about the number (no way there), so nothing was changed. Try again in a"
        " moment.",
    }
    assert len(await api.ask("{ businessNumbers { id } }")) == 1


async def test_health_says_what_was_found_or_why_nothing_was(house: House, api: Api) -> None:
    [own] = await api.ask(HEALTH)
    assert own["health"] == {
        "works": False,
        "unreachable": "this WhatsApp shows nothing",
        "checkedAt": "2026-11-20T12:00:00Z",
        "checks": [],
    }
    make_well(house.whatsapp, house.number.phone_number_id)
    [own] = await api.ask(HEALTH)
    assert own["health"]["works"] is True
    # Nobody has set an address there, so whether it is ours is not asked.
    assert {check["verdict"] for check in own["health"]["checks"]} == {"OK"}
    assert len(own["health"]["checks"]) == 7


async def test_a_number_tells_when_webhooks_last_told_of_it(house: House, api: Api) -> None:
    query = "{ businessNumbers { lastHeardAt } }"
    assert await api.ask(query) == [{"lastHeardAt": None}]
    await replies(house, house.meera)
    assert await api.ask(query) == [{"lastHeardAt": "2026-11-20T12:00:00Z"}]


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope is not Scope.ADMIN])
async def test_only_admins_may(house: House, api: Api, scope: Scope) -> None:
    _, secret = await house.business.viewer(scope)
    number_id = id_of(house.number)
    assert (await api.fault(CREATE, secret, input=new()))[0] == "FORBIDDEN"
    assert (await api.fault(UPDATE, secret, input={"businessNumberId": number_id, "name": "x"}))[0] == "FORBIDDEN"
    faults = (await api.answer(HEALTH, secret))["errors"]
    assert {fault["extensions"]["code"] for fault in faults} == {"FORBIDDEN"}
    assert house.whatsapp.looked_up == []


async def test_what_cannot_be_meant_is_told_without_the_secret(api: Api) -> None:
    code, message = await api.fault(CREATE, input=new(accessToken=f"{TOKEN} \n"))
    assert code == "BAD_USER_INPUT"
    assert TOKEN not in message
    assert (await api.fault(CREATE, input=new(phoneNumberId="../1")))[0] == "BAD_USER_INPUT"


def test_nothing_about_business_numbers_gives_out_a_secret() -> None:
    suspicious = set()
    for name, kind in build_schema(schema.as_str()).type_map.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__"):
            for field, shown in kind.fields.items():
                told = get_named_type(shown.type)
                is_text = not isinstance(told, GraphQLEnumType | GraphQLObjectType) and told.name != "Boolean"
                if is_text and any(word in field.lower() for word in ("secret", "token", "password", "key")):
                    suspicious.add(f"{name}.{field}")
    assert "CreateApiTokenSuccess.secret" in suspicious  # shown this once
    assert not [place for place in suspicious if place.startswith(("BusinessNumber", "CreateBusiness", "UpdateBusi"))]
