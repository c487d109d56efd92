"""Lists and nodes by Relay's specification, and the caches that stand on it."""

from typing import Any

import pytest

from tests.actions.doing import log_stands_at
from tests.graph.asking import Api, id_of, replies
from tests.graph.hearing import cursor
from tests.ground.house import House

from .conftest import Partner

NAMES = ["Caio Prado", "Meera Kulkarni", "One", "Three", "Two"]


async def five(house: House) -> None:
    """Have five customers."""
    for number, name in enumerate(("One", "Two", "Three")):
        await house.business.customer(name=name, phone=f"+91981230050{number}")


@pytest.mark.parametrize("case", ["apollo", "urql"])
async def test_a_cache_merges_pages_and_knows_a_node_again_in_live_news(
    house: House, partner: Partner, case: str
) -> None:
    await five(house)
    after = cursor(house, await log_stands_at(house))
    async with partner.running("caches.js", CASE=case, AFTER=after) as program:
        pages = []
        while (said := await program.says())["event"] == "page":
            pages.append(said)
        assert (said["event"], said["Meera Kulkarni"]) == ("before", "NOT_REQUESTED")
        await replies(house, house.meera)
        [last] = await program.rest()
    assert last == said | {"event": "after", "Meera Kulkarni": "TEMPORARY"}
    assert pages[-1]["more"] is False
    if case == "apollo":  # which shows the merged list after every page
        assert [len(page["names"]) for page in pages] == [2, 4, 5]
        assert sorted(pages[-1]["names"]) == NAMES


# --- What Relay's own runtime expects of a server ---

PAGE = """query ($first: Int, $after: String, $last: Int, $before: String) {
    customers(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { id name } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def page(api: Api, **arguments: Any) -> tuple[list[str], dict[str, Any], list[str]]:
    found = await api.ask(PAGE, **arguments)
    names = [edge["node"]["name"] for edge in found["edges"]]
    return names, found["pageInfo"], [edge["cursor"] for edge in found["edges"]]


async def test_pages_go_forwards_and_backwards_over_the_same_list(house: House, api: Api) -> None:
    await five(house)
    everybody, info, cursors = await page(api, first=100)
    assert (len(everybody), info["hasNextPage"], info["hasPreviousPage"]) == (5, False, False)
    assert (info["startCursor"], info["endCursor"]) == (cursors[0], cursors[-1])

    forwards: list[str] = []
    after = None
    while True:
        names, info, own = await page(api, first=2, after=after)
        forwards += names
        assert (info["startCursor"], info["endCursor"]) == (own[0], own[-1])
        after = info["endCursor"]
        if not info["hasNextPage"]:
            break
    assert forwards == everybody

    backwards: list[str] = []
    before = None
    while True:
        names, info, _ = await page(api, last=2, before=before)
        backwards = names + backwards
        before = info["startCursor"]
        if not info["hasPreviousPage"]:
            break
    assert backwards == everybody

    between, _, _ = await page(api, first=100, after=cursors[0], before=cursors[4])
    assert between == everybody[1:4]
    nothing, info, _ = await page(api, first=2, after=cursors[-1])
    assert (nothing, info["hasNextPage"], info["startCursor"], info["endCursor"]) == ([], False, None, None)


async def test_the_schema_has_what_relays_compiler_looks_for(api: Api) -> None:
    """As its server specification names it: the interface, its fields, and pages that are never null."""
    asked = """{ node: __type(name: "Node") { kind fields { name type { kind ofType { name } } } }
        info: __type(name: "PageInfo") { fields { name type { kind } } }
        query: __type(name: "Query") { fields { name args { name } type { name } } }
        schema: __schema { types { name fields { name type { kind ofType { name kind } } } } } }"""
    described = (await api.answer(asked))["data"]
    assert described["node"]["kind"] == "INTERFACE"
    assert {"name": "id", "type": {"kind": "NON_NULL", "ofType": {"name": "ID"}}} in described["node"]["fields"]
    info = {field["name"]: field["type"]["kind"] for field in described["info"]["fields"]}
    assert info == {
        "hasNextPage": "NON_NULL",
        "hasPreviousPage": "NON_NULL",
        "startCursor": "SCALAR",
        "endCursor": "SCALAR",
    }
    [node] = [field for field in described["query"]["fields"] if field["name"] == "node"]
    assert (node["type"]["name"], [argument["name"] for argument in node["args"]]) == ("Node", ["id"])
    connections = [kind for kind in described["schema"]["types"] if kind["name"].endswith("Connection")]
    assert connections != []
    for kind in connections:
        fields = {field["name"]: field["type"] for field in kind["fields"]}
        assert fields["pageInfo"] == {"kind": "NON_NULL", "ofType": {"name": "PageInfo", "kind": "OBJECT"}}, kind
        assert fields["edges"]["kind"] == "NON_NULL", kind
    for kind in (kind for kind in described["schema"]["types"] if kind["name"].endswith("Edge")):
        assert {"node", "cursor"} <= {field["name"] for field in kind["fields"]}, kind


async def test_a_node_is_found_again_by_its_id_and_its_id_stays_the_same(house: House, api: Api) -> None:
    own = id_of(house.meera)
    found = await api.ask("query ($id: ID!) { node(id: $id) { __typename id ... on Customer { name } } }", id=own)
    assert found == {"__typename": "Customer", "id": own, "name": "Meera Kulkarni"}
