"""What Prometheus reads: counts, durations and depths, under few labels, none of which says who.

One registry for each app. What can be read where it is anyway is read when it is asked for, and costs nothing before.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, GCCollector, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.pool import QueuePool

from actions.backlog import Backlog
from actions.observer import Operated
from actions.resources import Resources
from graph.live import Hub
from models.change import Change
from whatsapp.cloud_api import Refused, Unanswered, Unreached
from whatsapp.errors import Code
from whatsapp.events import CallMoved, Delivery, News, PermissionReplied, TemplateChanged
from whatsapp.exchange import Exchange

from . import logs

_SHORT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LONG = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400)
_POINTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_META_CODES = frozenset(code.value for code in Code)
_NO_TIME = timedelta()


class Metrics:
    """What is counted as it happens."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        made = self.registry
        self._requests = Counter(
            "maycall_http_requests", "Requests that were answered.", ["door", "method", "status"], registry=made
        )
        self._request_seconds = Histogram(
            "maycall_http_request_duration_seconds",
            "How long an answer took, without streams and sockets.",
            ["door"],
            buckets=_SHORT,
            registry=made,
        )
        self._open = Gauge(
            "maycall_connections_open", "Connections that last: sockets and event streams.", ["door"], registry=made
        )
        self._operations = Counter(
            "maycall_graphql_operations",
            "GraphQL operations by their kind and their first error's code, OK without one.",
            ["kind", "code"],
            registry=made,
        )
        self._operation_seconds = Histogram(
            "maycall_graphql_operation_duration_seconds",
            "How long an operation took; a subscription, until it listened.",
            ["kind"],
            buckets=_SHORT,
            registry=made,
        )
        self._cost = Histogram(
            "maycall_graphql_operation_cost_points",
            "What an operation was charged before it ran.",
            ["kind"],
            buckets=_POINTS,
            registry=made,
        )
        self._refusals = Counter(
            "maycall_refusals", "Mutations that were answered by an expected no.", ["code"], registry=made
        )
        self._deliveries = Counter(
            "maycall_webhook_deliveries", "Deliveries by WhatsApp that came for the first time.", registry=made
        )
        self._news = Counter(
            "maycall_webhook_news", "Pieces of news in WhatsApp's deliveries, by their kind.", ["kind"], registry=made
        )
        self._skipped = Counter(
            "maycall_webhook_news_not_understood", "Pieces of WhatsApp's deliveries that were skipped.", registry=made
        )
        self._not_recorded = Counter(
            "maycall_webhook_news_not_recorded", "Failed tries to record a piece of news, which is kept.", registry=made
        )
        self._webhook_lag = Histogram(
            "maycall_webhook_lag_seconds",
            "From WhatsApp's own time of a piece of news, in whole seconds, until it was recorded.",
            buckets=_LONG,
            registry=made,
        )
        self._delivery_lag = Histogram(
            "maycall_delivery_lag_seconds",
            "From recording a change until it was handed to those who listen, once for each distinct subscription.",
            buckets=_SHORT,
            registry=made,
        )
        self._exchanges = Counter(
            "maycall_whatsapp_requests",
            "What was said to WhatsApp, by what came of it; `code` is Meta's, where it refused.",
            ["operation", "outcome", "code"],
            registry=made,
        )
        self._exchange_seconds = Histogram(
            "maycall_whatsapp_request_duration_seconds",
            "How long WhatsApp took to answer.",
            ["operation"],
            buckets=_SHORT,
            registry=made,
        )
        self._lateness = Histogram(
            "maycall_clock_lateness_seconds",
            "From the moment at which something was due until it was done, by duty; `tell` is what ran out.",
            ["duty"],
            buckets=_LONG,
            registry=made,
        )
        self._clock_faults = Counter(
            "maycall_clock_faults", "Rounds of a duty that failed and are tried again.", ["duty"], registry=made
        )
        ProcessCollector(registry=made)
        GCCollector(registry=made)

    def answered(self, door: str, method: str, status: int, seconds: float | None) -> None:
        """Count an answer; of a connection that lasts, without its time."""
        self._requests.labels(door, method, str(status)).inc()
        if seconds is not None:
            self._request_seconds.labels(door).observe(seconds)

    def lasting(self, door: str) -> AbstractContextManager[object]:
        """Count a connection as open while the block lasts."""
        return self._open.labels(door).track_inprogress()

    def recorded(self, read: Delivery, now: datetime) -> None:
        self._deliveries.inc()
        self._skipped.inc(len(read.skipped))
        for news in read.news:
            self._news.labels(type(news).__name__).inc()
            happened_at = _moment_of(news)
            if happened_at is not None:
                self._webhook_lag.observe(max(now - happened_at, _NO_TIME).total_seconds())

    def not_recorded(self) -> None:
        self._not_recorded.inc()

    def operated(self, done: Operated) -> None:
        self._operations.labels(done.kind, next(iter(done.codes), "OK")).inc()
        self._operation_seconds.labels(done.kind).observe(done.seconds)
        if done.cost is not None:
            self._cost.labels(done.kind).observe(done.cost)
        for code in done.refused:
            self._refusals.labels(code.value).inc()

    def handed_out(self, told: Sequence[Change], now: datetime) -> None:
        for change in told:
            self._delivery_lag.observe(max(now - change.recorded_at, _NO_TIME).total_seconds())

    def exchanged(self, exchange: Exchange, seconds: float) -> None:
        outcome, code = _outcome(exchange.answer)
        self._exchanges.labels(exchange.operation, outcome, code).inc()
        self._exchange_seconds.labels(exchange.operation).observe(seconds)

    def done(self, duty: str, late: timedelta) -> None:
        self._lateness.labels(duty).observe(max(late, _NO_TIME).total_seconds())

    def failed(self, duty: str) -> None:
        self._clock_faults.labels(duty).inc()


def _moment_of(news: News) -> datetime | None:
    match news:
        case PermissionReplied(reply=reply):
            return reply.at
        case CallMoved(event=event):
            return event.at
        case TemplateChanged():
            return None
        case _:
            return news.at


def _outcome(answer: object) -> tuple[str, str]:
    match answer:
        case Refused(error=error):
            return "refused", str(error.code) if error.code in _META_CODES else "other"
        case Unreached():
            return "unreached", ""
        case Unanswered() | None:
            return "unanswered", ""
        case _:
            return "taken", ""


@dataclass(frozen=True, slots=True, eq=False)
class Standing(Collector):
    """What is read where it stands at the moment it is asked for."""

    resources: Resources
    hub: Hub

    def collect(self) -> Iterable[Metric]:
        """Give what is so in this process."""
        hub, feed = self.hub, self.resources.feed
        yield _gauge("maycall_listeners", "Subscriptions that are listened to.", hub.listeners)
        yield _gauge("maycall_runs", "Distinct subscriptions, each executed once for all its listeners.", hub.distinct)
        yield _counter("maycall_listener_messages", "Messages handed to listeners.", hub.traffic.messages)
        yield _counter("maycall_listener_message_bytes", "Bytes of messages handed to listeners.", hub.traffic.size)
        yield _counter("maycall_listeners_let_go", "Listeners that did not keep up.", hub.traffic.let_go)
        yield _gauge("maycall_inbox_waiting", "Deliveries that wait to be recorded.", len(self.resources.inbox))
        yield _gauge("maycall_broadcaster_heard", "1 while other servers are heard, else 0.", int(feed.hears))
        yield _counter("maycall_log_lines_lost", "Lines of the log that could not be written.", logs.lost.lines)
        pool = self.resources.database.engine.pool
        if isinstance(pool, QueuePool):
            states = {"in_use": pool.checkedout(), "idle": pool.checkedin()}
            yield _gauges("maycall_database_connections", "Connections to the database.", "state", states)


def depths(found: Backlog) -> Iterable[Metric]:
    """Give what waits in the database, which is the same for all servers."""
    oldest = {queue: age.total_seconds() for queue, age in found.oldest.items()}
    yield _gauges("maycall_queue_waiting", "Rows that are kept in a queue, due or not.", "queue", found.waiting)
    yield _gauges("maycall_queue_due", "Rows of a queue whose moment has come.", "queue", found.due)
    yield _gauges("maycall_queue_oldest_due_seconds", "For how long the oldest of them is due.", "queue", oldest)


def documented(registry: CollectorRegistry) -> dict[str, str]:
    """Give what each of our metrics is, by the name it is exposed under."""
    nothing = Backlog(waiting={}, due={}, oldest={})
    families = [*registry.collect(), *depths(nothing)]
    return {
        f"{family.name}_total" if family.type == "counter" else family.name: family.documentation
        for family in families
        if family.name.startswith("maycall_")
    }


def _gauge(name: str, documentation: str, value: float) -> Metric:
    return GaugeMetricFamily(name, documentation, value=value)


def _counter(name: str, documentation: str, value: float) -> Metric:
    return CounterMetricFamily(name, documentation, value=value)


def _gauges(name: str, documentation: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, documentation, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
