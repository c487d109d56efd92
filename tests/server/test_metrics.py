"""What Prometheus reads: what happened at each door, once, under few labels, and of all processes of one address."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import Route

from models.webhook_delivery import WebhookDelivery
from server.app import create_app
from server.metrics import Metrics
from server.metrics_door import MetricsDoor
from server.observing import Watch
from server.siblings import Siblings
from tests.actions.test_backlog import deliver_later
from tests.ground.house import House
from tests.whatsapp.samples import sample
from whatsapp.cloud_api import Refused, Taken, Unanswered, Unreached
from whatsapp.errors import MetaError

from .test_app import OWN_URL, real
from .whole import TOKEN, Whole, whole


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest_asyncio.fixture
async def server(database_url: str, tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole(database_url, tmp_path) as server:
        yield server


def near(*routes: Route, client: tuple[str, int] = ("127.0.0.1", 1)) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=[*routes]), client=client)
    return httpx.AsyncClient(transport=transport, base_url=OWN_URL)


# --- What is counted ---


async def test_each_answer_is_counted_by_its_door_and_status(server: Whole) -> None:
    await server.post("{ viewer { name } }")
    await server.post("{ viewer { name } }", {"Authorization": "Bearer nobody's"})
    await server.client.post("/webhooks/whatsapp", content=b"{}")
    await server.client.get("/whatever/a/stranger/comes/up/with")
    await server.client.request("PROPFIND", "/graphql")
    count = "maycall_http_requests_total"
    assert await server.scraped(count, door="graphql", method="POST", status="200") == 1
    assert await server.scraped(count, door="graphql", method="POST", status="401") == 1
    assert await server.scraped(count, door="webhook", status="401") == 1
    assert await server.scraped(count, door="other", status="404") == 1
    assert await server.scraped(count, door="graphql", method="other") == 1
    assert await server.scraped("maycall_http_request_duration_seconds_count", door="graphql") == 3


async def test_each_operation_is_counted_by_its_kind_and_its_code(server: Whole) -> None:
    await server.post("{ viewer { name } }")
    await server.post("{ viewer { nonsense } }")
    await server.post("{ ")
    count = "maycall_graphql_operations_total"
    assert await server.scraped(count, kind="query", code="OK") == 1
    assert await server.scraped(count, kind="query", code="GRAPHQL_VALIDATION_FAILED") == 1
    assert await server.scraped(count, kind="unknown", code="GRAPHQL_PARSE_FAILED") == 1
    assert await server.scraped("maycall_graphql_operation_duration_seconds_count") == 3
    assert await server.scraped("maycall_graphql_operation_cost_points_count") == 1


async def test_a_mutation_s_refusal_is_counted_and_what_is_only_shown_is_not(server: Whole) -> None:
    assert (await server.request_permission())["__typename"] == "RequestCallPermissionSuccess"
    assert await server.scraped("maycall_refusals_total") == 0
    assert (await server.request_permission())["code"] == "REQUEST_LIMIT_REACHED"
    await server.ask("{ callPermissions(first: 9) { nodes { canRequest { blockers { code } } } } }")
    assert await server.scraped("maycall_refusals_total") == 1
    assert await server.scraped("maycall_refusals_total", code="REQUEST_LIMIT_REACHED") == 1


async def test_what_is_said_to_whatsapp_is_counted_by_what_came_of_it(server: Whole) -> None:
    await server.request_permission()
    count = "maycall_whatsapp_requests_total"
    assert await server.scraped(count, operation="POST messages", outcome="taken", code="") == 1
    assert await server.scraped("maycall_whatsapp_request_duration_seconds_count", operation="POST messages") == 1


@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [
        (Refused(MetaError(138006, "", "")), "refused", "138006"),
        (Refused(MetaError(987654321, "", "")), "refused", "other"),
        (Unreached(""), "unreached", ""),
        (Unanswered(""), "unanswered", ""),
        (None, "unanswered", ""),
        (Taken("wamid"), "taken", ""),
    ],
)
async def test_each_outcome_has_its_name_and_only_codes_that_are_known_become_labels(
    answer: object, outcome: str, code: str
) -> None:
    metrics = Metrics()
    with Watch(metrics).exchange("POST calls") as exchange:
        exchange.answer = answer
    labels = {"operation": "POST calls", "outcome": outcome, "code": code}
    assert metrics.registry.get_sample_value("maycall_whatsapp_requests_total", labels) == 1


async def test_a_delivery_is_counted_once_with_its_news_and_how_late_they_were(server: Whole) -> None:
    for _ in range(2):
        assert (await server.deliver(sample("20"))).status_code == 200
    await server.deliver(b"nothing that WhatsApp would say")
    assert await server.scraped("maycall_webhook_deliveries_total") == 1
    news = await server.scraped("maycall_webhook_news_total")
    assert news > 3
    assert await server.scraped("maycall_webhook_lag_seconds_count") == news
    assert await server.scraped("maycall_webhook_news_not_understood_total") >= 0
    assert await server.scraped("maycall_http_requests_total", door="webhook", status="400") == 1


async def test_who_listens_and_what_they_are_told_is_counted(server: Whole) -> None:
    async with server.line() as one, server.line() as other:
        operations = [await line.subscribe("subscription { changes { kind } }") for line in (one, one, other)]
        async with asyncio.timeout(60):
            while await server.scraped("maycall_listeners") < 3:
                pass
        assert await server.scraped("maycall_runs") == 1
        assert await server.scraped("maycall_connections_open", door="graphql socket") == 2
        assert await server.scraped("maycall_graphql_operations_total", kind="subscription", code="OK") == 3
        await server.ask('mutation { createCustomer(input: {phone: "+4915112340000"}) { __typename } }')
        told = [await one.receive(), await one.receive(), await other.receive()]
        assert {message["id"] for message in told} == set(operations)
        assert await server.scraped("maycall_listener_messages_total") == 3
        assert await server.scraped("maycall_listener_message_bytes_total") > 90
        assert await server.scraped("maycall_delivery_lag_seconds_count") == 1
    async with asyncio.timeout(60):
        while await server.scraped("maycall_connections_open"):
            pass
    assert await server.scraped("maycall_listeners") == 0


async def test_who_comes_back_to_what_they_missed_is_not_taken_for_late(server: Whole) -> None:
    begin = (await server.ask("{ changeCursor }"))["changeCursor"]
    await server.ask('mutation { createCustomer(input: {phone: "+4915112340000"}) { __typename } }')
    async with server.line() as line:
        await line.subscribe("subscription ($after: String) { changes(after: $after) { kind } }", after=begin)
        assert (await line.receive())["type"] == "next"
        assert await server.scraped("maycall_listener_messages_total") == 1
        assert await server.scraped("maycall_delivery_lag_seconds_count") == 0


async def test_what_is_done_late_is_told_by_its_duty(server: Whole) -> None:
    resources = server.app.state.resources
    due = resources.now() - timedelta(minutes=3)
    async with resources.database.writing() as session:
        session.add(WebhookDelivery(sha256="0", body=sample("18"), received_at=due, retry_at=due))
    resources.feed.wake_all()
    async with asyncio.timeout(60):
        while not await server.scraped("maycall_clock_lateness_seconds_count", duty="record"):
            pass
    assert await server.scraped("maycall_clock_lateness_seconds_sum", duty="record") >= 180


# --- What waits ---


async def test_what_waits_in_the_database_is_told_by_queue(house: House) -> None:
    await deliver_later(house, timedelta(minutes=2))
    door = MetricsDoor(house.resources, Metrics().registry, Siblings())
    async with near(Route("/metrics", door.read)) as client:
        told = (await client.get("/metrics")).text.splitlines()
    assert 'maycall_queue_waiting{queue="deliveries"} 1.0' in told
    assert 'maycall_queue_due{queue="deliveries"} 1.0' in told
    assert 'maycall_queue_oldest_due_seconds{queue="deliveries"} 120.0' in told


async def test_a_database_that_is_away_keeps_no_other_number_from_being_read(tmp_path: Path) -> None:
    app = create_app(real("postgresql://nobody@127.0.0.1:1/none"), OWN_URL, tmp_path)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        answer = await client.get(f"{OWN_URL}/metrics")
    assert answer.status_code == 200
    assert "maycall_listeners" in answer.text
    assert "maycall_queue" not in answer.text


# --- How it is read ---


async def test_it_is_told_as_openmetrics_to_who_asks_for_that(server: Whole) -> None:
    plain = await server.client.get("/metrics")
    assert plain.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "# EOF" not in plain.text
    asked = await server.client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert asked.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert asked.text.endswith("# EOF\n")


async def test_no_two_apps_of_a_process_share_their_counts(sqlite_url: str, tmp_path: Path) -> None:
    counts = []
    for _ in range(2):
        app = create_app(real(sqlite_url), OWN_URL, tmp_path)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            await client.get(f"{OWN_URL}/health/live")
            counts.append((await client.get(f"{OWN_URL}/metrics")).text.count('door="health"'))
    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize(
    ("client", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("10.3.2.1", {}, 200),
        ("8.8.8.8", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "8.8.8.8"}, 403),
        ("127.0.0.1", {"Forwarded": "for=8.8.8.8"}, 403),
    ],
)
async def test_without_a_token_of_its_own_only_who_is_near_may_read(
    house: House, client: str, headers: dict[str, str], status: int
) -> None:
    door = MetricsDoor(house.resources, Metrics().registry, Siblings())
    async with near(Route("/metrics", door.read), client=(client, 1)) as asking:
        assert (await asking.get("/metrics", headers=headers)).status_code == status


async def test_with_a_token_of_its_own_nobody_else_may_read(house: House) -> None:
    door = MetricsDoor(house.resources, Metrics().registry, Siblings(), "a token to read metrics by")
    async with near(Route("/metrics", door.read), client=("8.8.8.8", 1)) as asking:
        for given in ("", TOKEN, "a token to read metrics b"):
            assert (await asking.get("/metrics", headers={"Authorization": f"Bearer {given}"})).status_code == 401
        right = {"Authorization": "Bearer a token to read metrics by"}
        assert (await asking.get("/metrics", headers=right)).status_code == 200


async def test_whichever_process_is_asked_tells_of_all_that_live_and_names_each(house: House, tmp_path: Path) -> None:
    doors = []
    for place in range(3):
        metrics = Metrics()
        metrics.answered("graphql", "POST", 200 + place, 0.1)
        doors.append(MetricsDoor(house.resources, metrics.registry, Siblings(place, tmp_path)))

    async def read(door: MetricsDoor) -> list[str]:
        async with near(Route("/metrics", door.read)) as client:
            told = (await client.get("/metrics")).text.splitlines()
        return sorted(line for line in told if line.startswith("maycall_http_requests_total"))

    lines = [
        f'maycall_http_requests_total{{door="graphql",method="POST",status="20{place}",worker="{place}"}} 1.0'
        for place in range(3)
    ]
    async with doors[0].running(), doors[1].running():
        async with doors[2].running():
            assert [await read(door) for door in doors] == [lines] * 3
        assert await read(doors[0]) == lines[:2]
        (tmp_path / "2.socket").touch()  # left behind by one that was killed
        assert await read(doors[1]) == lines[:2]
