"""What happens, as OpenTelemetry's traces: by steps and their times, with nothing about a person in them.

Only loaded where somebody traces. What an exception says is kept out, for it may quote a row; its kind is told.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from models.change import Change, origin

_HEADER = "traceparent"
_propagator = TraceContextTextMapPropagator()


class Tracing:
    def __init__(self, exporter: SpanExporter, service_name: str) -> None:
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": service_name}), shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("maycall")

    @classmethod
    def to(cls, endpoint: str, service_name: str) -> "Tracing":
        """Send to an OTLP/HTTP receiver; what else there is to set, the library takes from its own OTEL_ variables."""
        return cls(OTLPSpanExporter(f"{endpoint}/v1/traces"), service_name)

    @contextmanager
    def step(self, name: str, came_of: Collection[str] = (), *, kind: SpanKind = SpanKind.INTERNAL) -> Iterator[Span]:
        """Take the block for a span: of the one around it, else of the first that it came of; others are linked."""
        around = trace.get_current_span().get_span_context()
        origins = [_read(traceparent) for traceparent in came_of]
        parent = None if around.is_valid or not origins else origins[0]
        links = [Link(_span_context(one)) for one in origins if one is not parent]
        before = None
        with self._tracer.start_as_current_span(
            name, parent, kind, links=links, record_exception=False, set_status_on_exception=False
        ) as span:
            if span.is_recording():
                before = origin.set(written(span))
            try:
                yield span
            except BaseException as fault:
                span.set_status(Status(StatusCode.ERROR, type(fault).__name__))
                raise
            finally:
                if before is not None:
                    origin.reset(before)

    def handed_out(self, told: Sequence[Change], listeners: int, began_at: int) -> None:
        """Add to each change's trace that those who listen have it now."""
        for traceparent, own in groupby(told, key=lambda change: change.traceparent):
            if traceparent is not None:
                span = self._tracer.start_span(
                    "hand out",
                    _read(traceparent),
                    SpanKind.CONSUMER,
                    {"maycall.changes": len([*own]), "maycall.listeners": listeners},
                    start_time=began_at,
                )
                span.end()

    def close(self) -> None:
        """Send what is still to be sent, and end."""
        self._provider.shutdown()


def written(span: Span) -> str:
    """Write down where a span stands, as W3C's traceparent."""
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def _read(traceparent: str) -> Context:
    return _propagator.extract({_HEADER: traceparent}, Context())


def _span_context(context: Context) -> trace.SpanContext:
    return trace.get_current_span(context).get_span_context()
