"""Each operation, told to whoever watches: its kind, how long it took, its errors' codes and its refusals."""

import time
from collections.abc import Iterator

from strawberry.extensions import SchemaExtension

from actions.observer import Operated

from .context import Context
from .faults import codes_of
from .refusals import listening


class Observed(SchemaExtension):
    """Stands around everything else, so that what it sees is what the caller is told."""

    def on_operation(self) -> Iterator[None]:
        context: Context = self.execution_context.context
        if context.log is not None:  # a stream's, on nobody's behalf: whoever joins it is told of where they join
            yield
            return
        began = time.perf_counter()
        observer = context.resources.observer
        with observer.step("graphql"), listening() as refused:
            yield
            kind = self._kind()
            codes = codes_of(getattr(self.execution_context.result, "errors", None) or [])
            seconds = time.perf_counter() - began
            cost = self.execution_context.extensions_results.get("cost", {}).get("requested")
            observer.operated(Operated(kind, seconds, codes, refused if kind == "mutation" else [], cost))

    def _kind(self) -> str:
        try:
            return self.execution_context.operation_type.value
        except Exception:  # noqa: BLE001 the library has a different one for each thing that is wrong with a document
            return "unknown"
