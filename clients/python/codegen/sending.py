from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from typing import Any


class Sending(ABC):
    """What has to be known to send operations and to read their answers."""

    @abstractmethod
    async def execute(
        self,
        query: str,
        operation_name: str | None = None,
        variables: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Send a query or a mutation, and give the answer."""

    @abstractmethod
    def get_data(self, response: Any) -> dict[str, Any]:
        """Give the data of an answer."""

    @abstractmethod
    def execute_ws(
        self,
        query: str,
        operation_name: str | None = None,
        variables: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Give the data of each change that a subscription brings."""
