"""The guide for partners, done by a stranger: every command of it, in both languages, against what `make run` starts.

Only what would load packages is left out: the clients are there already, from the same folders.
"""

import ast
import asyncio
import json
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from graph.faults import Code
from tests.clients.languages import SECONDS_TO_SAY_IT, Language, is_here, surroundings
from tests.ground.processes import ServerProcess, running_server
from tests.readme.document import GUIDE, ROOT, Block, blocks, headings
from tests.readme.test_tour import MAKE_RUN, differences

DONE = "--done--"
LOADING = ("make run", "pip install", "npm ci")
LASTING = ("examples/watch.", "examples/call.", "curl -sN")


def is_like(told: str, line: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, told.split("…"))), line) is not None


@dataclass
class Watcher:
    """A command that goes on, and what it is told to print."""

    process: asyncio.subprocess.Process
    told: list[str]
    lines: list[str] = field(default_factory=list)
    said: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def listen(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            async with self.said:
                if line.strip() and not line.startswith(b":"):
                    self.lines.append(line.decode().strip())
                self.said.notify_all()

    async def says(self, count: int) -> None:
        """Wait until it has printed that many lines, and compare them."""
        try:
            async with asyncio.timeout(SECONDS_TO_SAY_IT), self.said:
                await self.said.wait_for(lambda: len(self.lines) >= count)
        except TimeoutError:
            pass  # what is missing is told below
        assert len(self.lines) >= count, self.lines
        assert [line for told, line in zip(self.told, self.lines, strict=False) if not is_like(told, line)] == []


class Stranger:
    """Somebody with two terminals and the guide: what is typed, and what else is running meanwhile."""

    def __init__(self, server: ServerProcess, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._shell: asyncio.subprocess.Process
        self._watchers: list[tuple[Watcher, asyncio.Task[None]]] = []
        self.has_node = is_here(Language.TYPESCRIPT)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Stranger"]:
        self._shell = await self._started("bash", "-euo", "pipefail", "-s")
        try:
            yield self
        finally:
            self._shell.kill()
            await self._shell.wait()
            await self._forget()

    async def follow(self, heading: str) -> None:
        """Do what a section says."""
        section = blocks(heading, GUIDE)
        for block, after in zip(section, [*section[1:], None], strict=False):
            if block.kind != "sh" or any(word in block.text for word in LOADING):
                continue
            if "node " in block.text and not self.has_node:
                continue
            told = after if after is not None and after.kind in ("json", "text") else None
            if any(word in block.text for word in LASTING):
                assert told is not None, block.text
                await self._watch(block, told)
            else:
                await self._do(block, told)
        for watcher, _ in self._watchers:
            await watcher.says(len(watcher.told))
        await self._forget()

    async def _do(self, block: Block, told: Block | None) -> None:
        if '"do": "answer"' in block.text:
            ringing = self._watchers[-1][0]
            await ringing.says(ringing.told.index("RINGING") + 1)
        printed = await self._type_in(block.text)
        match told:
            case Block("json", text):
                answer = json.loads(printed)
                answer.pop("extensions", None)  # what it cost
                assert differences(json.loads(text), answer) == [], block.text
            case Block("text", text):
                lines = text.splitlines()
                assert [line for line in zip(lines, printed.splitlines(), strict=True) if not is_like(*line)] == []
            case None:
                assert '"error' not in printed, printed

    async def _type_in(self, words: str) -> str:
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f"{self._here(words)}\necho; echo {DONE}\n".encode())
        printed = ""
        async with asyncio.timeout(SECONDS_TO_SAY_IT):
            while not printed.endswith(f"{DONE}\n"):
                line = (await self._shell.stdout.readline()).decode()
                assert line, f"{words}\n\n{printed}"
                printed += line
        return printed.removesuffix(f"{DONE}\n").strip()

    async def _watch(self, block: Block, told: Block) -> None:
        # A terminal of its own, in which the same was said first.
        begin = [block.text for block in blocks("Begin", GUIDE) if block.text.startswith("export ")]
        words = self._here("\n".join([*begin, f"exec {block.text}"]))
        watcher = Watcher(await self._started("bash", "-c", words), told.text.splitlines())
        self._watchers.append((watcher, asyncio.create_task(watcher.listen())))
        await watcher.says(1)

    async def _forget(self) -> None:
        for watcher, listening in self._watchers:
            if watcher.process.returncode is None:
                watcher.process.kill()
            await listening
            await watcher.process.wait()
        self._watchers.clear()

    def _here(self, words: str) -> str:
        return (
            words.replace("http://127.0.0.1:8000", self._server.url)
            .replace("var/try/bin/python", sys.executable)
            .replace("var/", f"{self._folder}/")
        )

    async def _started(self, *words: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *words,
            cwd=ROOT,
            env=surroundings(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )


async def test_a_stranger_who_does_what_the_guide_says_sees_what_it_says(tmp_path: Path) -> None:
    for program in ("bash", "curl"):
        if shutil.which(program) is None:
            pytest.skip(f"no {program} here, which the guide's commands are written for")
    environment = {"MAYCALL_DATABASE_URL": f"sqlite:///{tmp_path}/maycall.db"}
    async with (
        running_server(environment, command=MAKE_RUN) as server,
        Stranger(server, tmp_path).at_work() as stranger,
    ):
        for heading in headings(GUIDE):
            await stranger.follow(heading)


def test_everything_the_guide_and_the_clients_point_to_is_there() -> None:
    pages = [GUIDE, ROOT / "CHANGELOG.md", *ROOT.glob("clients/*/README.md")]
    for page in pages:
        links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text())
        assert [link for link in links if not (page.parent / link).exists()] == [], page


def test_the_guide_says_what_to_do_about_every_code_that_an_error_may_have() -> None:
    rows = [line.split("|")[1] for line in GUIDE.read_text().splitlines() if re.match(r"\| `[A-Z_]+`", line)]
    told = {code for row in rows for code in re.findall(r"`([A-Z_]+)`", row)}
    assert told == set(Code)


@pytest.mark.parametrize("page", [GUIDE, ROOT / "clients" / "python" / "README.md"])
def test_the_python_in_it_is_python(page: Path) -> None:
    shown = re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    assert shown
    for text in shown:
        compile(text, f"{page}", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
