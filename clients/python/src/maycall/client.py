"""Maycall from Python: typed operations, and subscriptions that resume by themselves."""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator
from typing import Any, Self

import httpx
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from .api.base_model import UNSET
from .api.client import Operations
from .faults import MaycallError, ThrottledError, UnreachableError, fault_of
from .pauses import Pauses
from .watching import Watch

_ONLY_FOR_NOW = frozenset({502, 503, 504})


class Maycall(Operations):
    """One workspace of a Maycall server, as the holder of a token may see and use it.

    Every operation of `clients/operations` is a method. Those that change something give their success or a
    `Refusal`; errors are raised as `MaycallError`. What may be asked again without harm, and what the server puts off
    (THROTTLED), is asked again for up to `patience` seconds. A subscription is an async iterator that never ends by
    itself: it comes back after its last cursor for as long as it takes, and raises what coming back cannot mend.
    """

    def __init__(
        self, url: str, token: str, *, patience: float = 30.0, http_client: httpx.AsyncClient | None = None
    ) -> None:
        """Speak with the server at `url`, such as http://127.0.0.1:8000."""
        endpoint = url.rstrip("/").removesuffix("/graphql") + "/graphql"
        authorization = {"Authorization": f"Bearer {token}"}
        self.url = endpoint
        self._credentials = authorization
        self._http = http_client or httpx.AsyncClient(timeout=httpx.Timeout(30.0, connect=10.0))
        self._patience = patience

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def execute(
        self,
        query: str,
        operation_name: str | None = None,
        variables: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> httpx.Response:
        """Send an operation, again if that can do no harm. MaycallError when there is no answer to it."""
        given, may_be_repeated = _repeatable(query, variables or {})
        content = {"query": query, "operationName": operation_name, "variables": _as_json(given)}
        headers = {"Accept": "application/graphql-response+json, application/json"} | self._credentials
        pauses, until = Pauses(), time.monotonic() + self._patience
        while True:
            trouble: MaycallError
            try:
                response = await self._http.post(self.url, json=content, headers=headers, **kwargs)
            except httpx.TransportError as error:
                trouble = UnreachableError(f"{self.url} could not be asked: {str(error) or type(error).__name__}.")
                was_never_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                if not (was_never_sent or may_be_repeated):
                    raise trouble from error
                pause = pauses.next()
            else:
                throttled = _throttled(response)
                if throttled is not None:  # it is told before anything is done
                    trouble, pause = throttled, throttled.retry_after
                elif response.status_code in _ONLY_FOR_NOW and may_be_repeated:
                    trouble, pause = UnreachableError(f"{self.url} answers {response.status_code}."), pauses.next()
                else:
                    return response
            if time.monotonic() + pause > until:
                raise trouble
            await asyncio.sleep(pause)

    def get_data(self, response: Any) -> dict[str, Any]:
        """Give the data of an answer. FaultError where it brings errors."""
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or not ("data" in answer or "errors" in answer):
            raise UnreachableError(f"{self.url} answered {response.status_code}, and not as a GraphQL server does.")
        if answer.get("errors"):
            raise fault_of(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data

    async def execute_ws(
        self,
        query: str,
        operation_name: str | None = None,
        variables: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Give each change of a subscription once, whatever happens to the connection meanwhile."""
        given = _as_json(variables or {})
        if given.get("after") is None:  # from now on: where that is must be known before a first connection is lost
            given["after"] = await self.change_cursor()
        watch = Watch(
            "ws" + self.url.removeprefix("http"),
            self._credentials,
            {"query": query, "operationName": operation_name, "variables": given},
        )
        async for data in watch.changes(**kwargs):
            yield data


def _repeatable(query: str, variables: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Tell whether an operation does no harm when it is sent twice. One that takes an idempotency key is given one."""
    asked = variables.get("input")
    if not isinstance(asked, BaseModel):
        return variables, query.lstrip().startswith("query")
    if "idempotency_key" not in type(asked).model_fields:
        return variables, False
    key = asked.idempotency_key or str(uuid.uuid4())  # type: ignore[attr-defined] # it was just looked for
    return variables | {"input": asked.model_copy(update={"idempotency_key": key})}, True


def _as_json(variables: dict[str, Any]) -> dict[str, Any]:
    """Give what was given; the server has a default for the rest."""
    return {name: _plain(value) for name, value in variables.items() if value is not UNSET}


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return to_jsonable_python(value)


def _throttled(response: httpx.Response) -> ThrottledError | None:
    if b"THROTTLED" not in response.content:
        return None
    try:
        fault = fault_of(response.json()["errors"])
    except (ValueError, LookupError, TypeError):
        return None
    return fault if isinstance(fault, ThrottledError) else None
