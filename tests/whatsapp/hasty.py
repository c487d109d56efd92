"""A loop on which nobody waits, and a client that needs no server: what it would have heard is given to it."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from whatsapp.cloud_api import CloudApi, Recipient, Refused, Unanswered, Unreached
from whatsapp.errors import MetaError

NUMBER = "529183746501122"
MEERA = Recipient("+919812300457", None)
Result = TypeVar("Result")
Answer = dict[str, Any] | Refused | Unreached | Unanswered


class HastySelector(selectors.DefaultSelector):
    """Waits for nothing; it only adds up for how long it was told to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waited = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.waited += timeout or 0.0
        return super().select(0)


class HastyLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._hasty = HastySelector()
        super().__init__(self._hasty)

    def time(self) -> float:
        return self._hasty.waited


def hastily(work: Coroutine[Any, Any, Result]) -> Result:
    with asyncio.Runner(loop_factory=HastyLoop) as runner:
        return runner.run(work)


def now() -> float:
    return round(asyncio.get_running_loop().time(), 6)


class Meta(CloudApi):
    """Answers with these, the last of them for ever, and notes what it was to say, and when."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__("http://127.0.0.1:9", "EAAB-token", timedelta(seconds=10))
        self.answers = list(answers)
        self.moments: list[float] = []
        self.said: list[tuple[str, str, dict[str, Any]]] = []

    async def _speak(self, method: str, path: str, *, until: float | None = None, **content: Any) -> Answer:  # noqa: ARG002 it answers at once
        self.moments.append(now())
        self.said.append((method, path, content))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def no(code: int) -> Refused:
    return Refused(MetaError(code, "", "no"))
