"""The README, done: its commands and its GraphQL against a server that its `make run` starts."""

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.ground.processes import SECONDS_BETWEEN_LOOKS, ServerProcess, running_server
from tests.readme.document import ROOT, Block, blocks

# What `make run` does last, done without make between us and the server, so that Ctrl-C reaches it. What it would
# install and build before is left to make, which knows when.
MAKE_RUN = ["sh", "-c", 'eval "$(make --no-print-directory --dry-run run PORT="$2" | tail -n 1)"', "sh"]
PHONE = "919812300457"
SECONDS_TO_COME_TRUE = 60.0
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
OFFER = "\r\n".join(
    [
        "v=0",
        "o=- 4215775240449105457 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:mZ8x",
        "a=ice-pwd:7Yk0tVbq2mCwQ1sPzR5uDfXe",
        f"a=fingerprint:sha-256 {':'.join(['5A'] * 32)}",
        "a=setup:actpass",
        "a=mid:0",
        "a=sendrecv",
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
        "",
    ]
)


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with running_server({"MAYCALL_DATABASE_URL": f"sqlite:///{tmp_path}/maycall.db"}, command=MAKE_RUN) as server:
        yield server


class Reader:
    """Somebody who does what the README says, from its first line to its last."""

    def __init__(self, server: ServerProcess, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.token = (folder / "token").read_text().strip()
        self.variables = {"firstName": "Meera", "sdpOffer": OFFER}
        self.prelude = ""
        self.client = httpx.AsyncClient(
            base_url=server.url, trust_env=False, timeout=60, headers={"Authorization": f"Bearer {self.token}"}
        )

    async def type_in(self, commands: str) -> str:
        """Run the commands in a shell here and give what they print. AssertionError if one fails."""
        here = commands.replace("http://127.0.0.1:8000", self.server.url).replace("var/token", f"{self.folder}/token")
        words = here.replace(".venv/bin/python", sys.executable)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAYCALL_")}
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-euo",
            "pipefail",
            "-c",
            words,
            cwd=ROOT,
            env=environment
            | {"MAYCALL_DATABASE_URL": f"sqlite:///{self.folder}/maycall.db", "NO_PROXY": "127.0.0.1"}
            | {f"MAYCALL_WHATSAPP_{name}": "told" for name in ("ACCESS_TOKEN", "APP_SECRET", "VERIFY_TOKEN")},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, complaints = await process.communicate()
        assert process.returncode == 0, complaints.decode()
        return printed.decode()

    async def ask(self, operation: str) -> Any:
        needed = re.findall(r"\$(\w+):", operation.partition("{")[0])
        asked = {"query": operation, "variables": {name: self.variables[name] for name in needed}}
        response = await self.client.post("/graphql", json=asked)
        assert response.status_code == httpx.codes.OK, response.text
        answer = response.json()
        answer.pop("extensions", None)  # what it cost
        return answer

    def learn(self, answer: Any) -> None:
        """Keep the ids that later steps need."""
        data = answer["data"]
        if "businessNumbers" in data:
            self.variables["businessNumberId"] = data["businessNumbers"][0]["id"]
        if "callPermissions" in data:
            self.variables["customerId"] = data["callPermissions"]["nodes"][0]["customer"]["id"]
        if "startCall" in data:
            self.variables["callId"] = data["startCall"]["call"]["id"]

    async def pick_up(self) -> None:
        """Press Answer on the phone, and wait until that is known here."""
        seen = (await self.client.get(f"/sandbox/phones/{PHONE}")).json()
        wacid = quote(seen["calls"][-1]["wacid"], safe="")
        (await self.client.post(f"/sandbox/phones/{PHONE}/calls/{wacid}", json={"do": "answer"})).raise_for_status()
        talking = "query { calls(first: 1) { nodes { status } } }"
        await come_true(self, talking, {"data": {"calls": {"nodes": [{"status": "IN_PROGRESS"}]}}})

    async def watch_until(self, operation: str, told: Any) -> None:
        """Hold a subscription, from where the log stood at the start, until it brings what is told."""
        address = self.server.url.replace("http:", "ws:") + "/graphql"
        async with connect(
            address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None, open_timeout=60
        ) as socket:
            token = {"Authorization": f"Bearer {self.token}"}
            await socket.send(json.dumps({"type": "connection_init", "payload": token}))
            assert json.loads(await socket.recv()) == {"type": "connection_ack"}
            subscription = {"query": operation, "variables": {"after": self.variables["after"]}}
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": subscription}))
            async for message in socket:
                if not differences(told, json.loads(message)["payload"]):
                    return


def differences(told: Any, got: Any, where: str = "") -> list[str]:
    """List where an answer is not what the README tells: moments and shortened ids may be others."""
    match told, got:
        case dict(), dict():
            if told.keys() != got.keys():
                return [f"{where} has {sorted(got)}, not {sorted(told)}"]
            return [each for key in told for each in differences(told[key], got[key], f"{where}.{key}")]
        case list(), list():
            if len(got) < len(told) or (got and not told):
                return [f"{where} has {len(got)} items"]
            pairs = enumerate(zip(told, got, strict=False))
            return [each for place, (one, other) in pairs for each in differences(one, other, f"{where}[{place}]")]
        case str(), str() if MOMENT.fullmatch(told):
            return [] if MOMENT.fullmatch(got) else [f"{where} is {got}, no moment"]
        case str(), str() if told.endswith("…"):
            return [] if got.startswith(told.rstrip("…")) else [f"{where} is {got}, not {told}"]
    return [] if told == got else [f"{where} is {got!r}, not {told!r}"]


async def come_true(reader: Reader, operation: str, told: Any) -> Any:
    """Give the answer; what is only read may take its time until it is as told."""
    async with asyncio.timeout(SECONDS_TO_COME_TRUE):
        while True:
            answer = await reader.ask(operation)
            if not operation.startswith("query") or not differences(told, answer):
                break
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
    assert differences(told, answer) == []
    return answer


async def follow(reader: Reader, block: Block, after: Block | None) -> None:
    """Do what one block says."""
    if block.kind == "sh":
        printed = await reader.type_in(f"{reader.prelude}\n{block.text}")
        answers = [json.loads(line) for line in printed.splitlines() if line]
        assert answers
        assert [answer for answer in answers if "errors" in answer or "error" in answer] == []
        reader.prelude = reader.prelude or block.text
    if block.kind == "graphql":
        assert after is not None
        assert after.kind == "json", block.text
        told = json.loads(after.text)
        if block.text.startswith("subscription"):
            async with asyncio.timeout(SECONDS_TO_COME_TRUE):
                await reader.watch_until(block.text, told)
            return
        answer = await come_true(reader, block.text, told)
        reader.learn(answer)
        if "startCall" in answer["data"]:
            await reader.pick_up()


async def test_a_reader_who_does_what_it_says_sees_what_it_says(server: ServerProcess, tmp_path: Path) -> None:
    for program in ("bash", "curl"):
        if shutil.which(program) is None:
            pytest.skip(f"no {program} here, which the README's commands are written for")
    reader = Reader(server, tmp_path)
    async with reader.client:
        reader.variables["after"] = (await reader.ask("{ changeCursor }"))["data"]["changeCursor"]
        tour = blocks("The same for programs")
        for block, after in zip(tour, [*tour[1:], None], strict=True):
            await follow(reader, block, after)

        connecting, looking, replaying = (
            block.text for block in blocks("A real WhatsApp number") if block.kind == "sh"
        )
        adding, making = connecting.splitlines()
        # These two ask Meta, of whom there is none here: tests/server does them with one. Here, that they are there.
        assert "--name" in adding
        assert "--name" in await reader.type_in(adding.partition(" add ")[0] + " add --help")
        assert "doctor" in await reader.type_in(f"{looking} --help")
        printed = await reader.type_in(making)
        assert "deliveries would change 0 things" in await reader.type_in(replaying)
        reader.client.headers["Authorization"] = f"Bearer {printed.split()[-1]}"
        assert (await reader.ask("{ viewer { name } }"))["data"] == {"viewer": {"name": "CRM"}}


async def test_the_start_says_where_to_look_as_it_says(server: ServerProcess, tmp_path: Path) -> None:
    (told,) = (block.text for block in blocks("Two commands") if block.kind == "text")
    here = told.replace("http://127.0.0.1:8000", server.url).replace("mc_…", (tmp_path / "token").read_text().strip())
    printed = [line.strip() for line in server.logs().splitlines()]
    assert [line for line in here.splitlines() if line.strip() not in printed] == []
