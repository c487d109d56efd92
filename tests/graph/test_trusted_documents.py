"""Documents known beforehand: named by a hash at every door, trusted or registered as Apollo's clients do."""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from structlog.testing import capture_logs

from graph import trusted
from graph.limits import STANDARD
from graph.schema import schema
from graph.trusted import Documents, ManifestError, Mode, read_manifests
from server.graphql_door import GraphQLDoor
from server.settings import SettingsError
from tests.ground.house import House, open_business
from tests.server.test_settings import settings

from .asking import Api, app
from .streaming import served

VIEWER = "query Who { viewer { name } }"
OTHER = "{ viewer { scopes } }"
STREAM = "subscription { changes { cursor } }"
SERVED = schema._schema  # noqa: SLF001 it has no other way in


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def apq(text: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(text)}}}


KNOWN = {sha256(VIEWER): VIEWER, "by-another-name": VIEWER, sha256(STREAM): STREAM}

Opening = Callable[[Documents], AbstractAsyncContextManager[Api]]


@pytest.fixture
def opening(house: House) -> Opening:
    """Give what opens a door that knows these documents."""

    @asynccontextmanager
    async def opened(documents: Documents) -> AsyncIterator[Api]:
        transport = httpx.ASGITransport(app(GraphQLDoor(house.resources, [], documents=documents)))
        async with httpx.AsyncClient(transport=transport, base_url="http://maycall") as client:
            yield Api(house, client)

    return opened


async def codes(api: Api, request: dict[str, Any], secret: str | None = None) -> list[str]:
    told = (await api.post(request, secret)).json()
    return [error["extensions"]["code"] for error in told.get("errors", ())]


async def test_a_document_is_named_by_its_hash_by_post_and_by_get(house: House, opening: Opening) -> None:
    async with opening(Documents(KNOWN)) as api:
        for named in (
            {"documentId": sha256(VIEWER)},
            {"documentId": f"sha256:{sha256(VIEWER)}"},
            {"documentId": "by-another-name"},
            apq(VIEWER),
            apq(VIEWER) | {"query": VIEWER},
        ):
            assert (await api.post(named)).json()["data"] == {"viewer": {"name": "admin"}}
            asked = {
                name: value if isinstance(value, str) else orjson.dumps(value).decode() for name, value in named.items()
            }
            headers = {"Authorization": f"Bearer {house.business.secret}"}
            got = await api.client.get("/graphql", params=asked, headers=headers)
            assert got.json()["data"] == {"viewer": {"name": "admin"}}
        assert await codes(api, {"documentId": sha256(OTHER)}) == ["DOCUMENT_NOT_FOUND"]
        assert await codes(api, apq(OTHER)) == ["PERSISTED_QUERY_NOT_SUPPORTED"]
        wrong = {"extensions": {"persistedQuery": {"version": 2}}}
        assert await codes(api, wrong) == ["BAD_USER_INPUT"]


async def test_only_trusted_documents_run_where_that_is_enforced(opening: Opening) -> None:
    async with opening(Documents(KNOWN, Mode.ENFORCE, automatic=True)) as api:
        assert await codes(api, {"query": VIEWER}) == []
        assert await codes(api, {"documentId": sha256(VIEWER)}) == []
        for other in ({"query": OTHER}, {"query": VIEWER + " "}, apq(OTHER) | {"query": OTHER}, {"query": "{"}):
            assert await codes(api, other) == ["DOCUMENT_NOT_TRUSTED"]
        assert await codes(api, apq(OTHER)) == ["PERSISTED_QUERY_NOT_SUPPORTED"]


async def test_an_audit_tells_of_each_other_document_once_and_runs_it(opening: Opening) -> None:
    documents = Documents(KNOWN, Mode.AUDIT)
    async with opening(documents) as api:
        with capture_logs() as logged:
            for _ in range(3):
                assert await codes(api, {"query": VIEWER}) == []
                assert await codes(api, {"query": OTHER, "operationName": None}) == []
        told = [line for line in logged if line["event"] == "document_not_trusted"]
        assert [line["sha256"] for line in told] == [sha256(OTHER)]
        assert "scopes" not in str(told)
    assert documents.untrusted == 3


async def test_clients_register_documents_as_apollos_do(house: House, opening: Opening) -> None:
    rival = await open_business(house.resources, "Rival", phone_number_id="99", display_phone_number="+918045550199")
    async with opening(Documents(automatic=True)) as api:
        first = await api.post(apq(VIEWER))
        assert first.status_code == 200
        [error] = first.json()["errors"]
        assert (error["message"], error["extensions"]) == (
            "PersistedQueryNotFound",
            {"code": "PERSISTED_QUERY_NOT_FOUND"},
        )
        for _ in range(2):
            assert (await api.post(apq(VIEWER) | {"query": VIEWER})).json()["data"] == {"viewer": {"name": "admin"}}
        assert (await api.post(apq(VIEWER))).json()["data"] == {"viewer": {"name": "admin"}}
        assert await codes(api, apq(VIEWER), rival.secret) == ["PERSISTED_QUERY_NOT_FOUND"]  # it learns nothing of it
        assert await codes(api, apq(VIEWER) | {"query": OTHER}) == ["BAD_USER_INPUT"]
        assert (await api.post(apq(VIEWER))).json()["data"] == {"viewer": {"name": "admin"}}


async def test_of_registered_documents_the_oldest_go_first(opening: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trusted, "MOST_REGISTERED", 2)
    texts = [f"{{ viewer {{ name }} }} #{number}" for number in range(3)]
    async with opening(Documents(automatic=True)) as api:
        for text in texts[:2]:
            await api.post(apq(text) | {"query": text})
        assert await codes(api, apq(texts[0])) == []  # used last
        await api.post(apq(texts[2]) | {"query": texts[2]})
        assert await codes(api, apq(texts[1])) == ["PERSISTED_QUERY_NOT_FOUND"]
        assert await codes(api, apq(texts[0])) == []
        monkeypatch.setattr(trusted, "MOST_REGISTERED_CHARACTERS", 10)
        await api.post(apq(texts[1]) | {"query": texts[1]})
        for text in texts:
            assert await codes(api, apq(text)) == ["PERSISTED_QUERY_NOT_FOUND"]


async def test_the_same_holds_on_a_websocket_and_for_streams(house: House) -> None:
    documents = Documents(KNOWN, Mode.ENFORCE)
    async with served(house, documents=documents) as server, server.line() as line:
        await line.send(id="a", type="subscribe", payload={"documentId": sha256(VIEWER)})
        assert (await line.receive())["payload"]["data"] == {"viewer": {"name": "admin"}}
        assert (await line.receive())["type"] == "complete"
        for number, payload in enumerate(({"query": OTHER}, {"documentId": "x"}, apq(OTHER))):
            await line.send(id=f"b{number}", type="subscribe", payload=payload)
            message = await line.receive()
            assert (message["type"], message["id"]) == ("error", f"b{number}")
            assert message["payload"][0]["extensions"]["code"] in (
                "DOCUMENT_NOT_TRUSTED",
                "DOCUMENT_NOT_FOUND",
                "PERSISTED_QUERY_NOT_SUPPORTED",
            )
        await line.send(id="c", type="subscribe", payload=apq(STREAM))
        while not server.hub.listeners:
            await line.send(type="ping")
            assert (await line.receive())["type"] == "pong"
        await house.business.customer(phone="+919812300902")
        assert (await line.receive())["payload"]["data"]["changes"]["cursor"]


# --- Manifests ---


def test_manifests_are_read_as_relay_graphql_codegen_and_apollo_write_them(tmp_path: Path) -> None:
    (tmp_path / "persisted-documents.json").write_bytes(orjson.dumps({sha256(VIEWER): VIEWER}))
    apollo = {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [{"id": sha256(OTHER), "body": OTHER, "name": "Other", "type": "query"}],
    }
    (tmp_path / "persisted-query-manifest.json").write_bytes(orjson.dumps(apollo))
    assert read_manifests(tmp_path, SERVED, STANDARD) == {sha256(VIEWER): VIEWER, sha256(OTHER): OTHER}
    assert read_manifests(tmp_path / "persisted-documents.json", SERVED, STANDARD) == {sha256(VIEWER): VIEWER}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "cannot be read"),
        (b"[]", "is neither an object from hash to document nor Apollo's list of operations"),
        (b'{"a": 7}', "is neither"),
        (b'{"operations": [7]}', "is neither"),
        (b'{"a": "{ nobody }"}', "The document a in .* cannot be run here: Cannot query field 'nobody'"),
        (b'{"a": "{"}', "cannot be run here: Syntax Error"),
    ],
)
def test_a_manifest_that_cannot_be_used_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, told: str
) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(content)
    with pytest.raises(ManifestError, match=told):
        read_manifests(path, SERVED, STANDARD)
    with pytest.raises(SettingsError, match="MAYCALL_TRUSTED_DOCUMENTS is wrong: "):
        _ = settings(monkeypatch, TRUSTED_DOCUMENTS=str(path)).documents
    with pytest.raises(ManifestError, match="cannot be read"):
        read_manifests(tmp_path / "nothing.json", SERVED, STANDARD)


def test_nothing_is_enforced_without_a_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="MAYCALL_TRUSTED_DOCUMENTS must be set"):
        settings(monkeypatch, TRUSTED_DOCUMENTS_MODE="enforce")
    (tmp_path / "manifest.json").write_bytes(orjson.dumps(KNOWN))
    found = settings(monkeypatch, TRUSTED_DOCUMENTS=str(tmp_path), TRUSTED_DOCUMENTS_MODE="enforce").documents
    assert (found.trusted, found.mode, found.automatic) == (KNOWN, Mode.ENFORCE, False)
