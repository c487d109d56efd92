"""importCustomers as those who use the API meet it."""

from typing import Any

from rules.access import Scope
from tests.ground.house import MEERA, House

from .asking import Api, done, id_of

IMPORT = """mutation ($input: ImportCustomersInput!) { importCustomers(input: $input) { __typename
    ... on ImportCustomersSuccess { created updated unchanged refused
        rows { row outcome customer { id phone } problem message } }
    ... on Refusal { code message } ... on TooManyRows { maximum } } }"""


async def test_customers_are_brought_in_and_each_row_is_told_of(house: House, api: Api) -> None:
    rows = [{"phone": "+919800000001", "name": "Asha"}, {"phone": MEERA["phone"]}, {"phone": "12"}]
    told = await api.ask(IMPORT, input={"customers": rows})
    assert {name: told[name] for name in ("created", "updated", "unchanged", "refused")} == {
        "created": 1,
        "updated": 0,
        "unchanged": 1,
        "refused": 1,
    }
    created, unchanged, refused = told["rows"]
    assert (created["row"], created["outcome"], created["customer"]["phone"]) == (0, "CREATED", "+919800000001")
    assert (unchanged["outcome"], unchanged["customer"]["id"]) == ("UNCHANGED", id_of(house.meera))
    assert (refused["row"], refused["outcome"], refused["problem"], refused["customer"]) == (
        2,
        "REFUSED",
        "INVALID",
        None,
    )
    assert refused["message"]


async def test_a_dry_run_changes_nothing(house: House, api: Api) -> None:
    before = await done(house)
    given: dict[str, Any] = {"customers": [{"phone": "+919800000001"}], "dryRun": True}
    told = await api.ask(IMPORT, input=given)
    assert await done(house) == before
    assert told["rows"] == [{"row": 0, "outcome": "CREATED", "customer": None, "problem": None, "message": None}]


async def test_more_than_a_thousand_rows_are_refused(house: House, api: Api) -> None:
    before = await done(house)
    told = await api.ask(IMPORT, input={"customers": [{"phone": "+919800000001"}] * 1001})
    assert await done(house) == before
    assert (told["code"], told["maximum"]) == ("TOO_MANY_ROWS", 1000)


async def test_to_import_needs_the_scope(house: House, api: Api) -> None:
    _, secret = await house.business.viewer(Scope.CUSTOMERS_READ)
    assert (await api.fault(IMPORT, secret, input={"customers": []}))[0] == "FORBIDDEN"
