"""A small fleet as `make fleet` starts it: asked at one server, answered on the phone, seen at the other."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from fleet.environment import fleet_of
from fleet.leftovers import end_leftovers
from tests.ground.processes import ServerProcess, free_port, running_server
from tests.readme.document import blocks

from .street import MEERA, TOKEN, Maycall, Phones, until, watching

# What `make fleet` would do, done without make between us and the fleet, so that Ctrl-C reaches it.
MAKE_FLEET = 'eval "$(make --no-print-directory --dry-run fleet PORT="$2" | tail -n 1) --folder $FOLDER"'
CHANGES = """subscription($after: String) { callPermissionChanged(after: $after) {
  status callPermission { customer { name } } } }"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder that PostgreSQL may enter too, which runs as nobody where root runs the tests."""
    with tempfile.TemporaryDirectory(prefix="maycall-fleet-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        end_leftovers(Path(folder))  # of a fleet that a failed test has killed


@asynccontextmanager
async def fleet(folder: Path, port: int) -> AsyncIterator[ServerProcess]:
    running = running_server(
        {"FOLDER": f"{folder}", "MAYCALL_BOOTSTRAP_TOKEN": TOKEN},
        port=port,
        command=["sh", "-c", MAKE_FLEET, "sh"],
    )
    async with running as process:
        await said(process, "The fleet is ready. Ctrl-C stops it.")
        yield process


async def said(process: ServerProcess, words: str) -> None:
    async def look() -> bool:
        return words in process.logs()

    await until(look, seconds=60)


def where_the_readme_looks(port: int) -> list[str]:
    [told] = [block.text for block in blocks("A small fleet") if block.kind == "text"]
    for place in range(3):
        told = told.replace(f":{8000 + place}/", f":{port + place}/")
    return [line.strip() for line in told.replace("mc_…", TOKEN).splitlines()]


def members(folder: Path) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if fleet_of(process) == f"{folder}"]


async def test_a_fleet_serves_one_business_at_two_servers_survives_a_kill_and_finds_its_data_again(
    folder: Path,
) -> None:
    for program in ("sh", "make"):
        if shutil.which(program) is None:
            pytest.skip(f"no {program} here, which starts a fleet")
    port = free_port(in_a_row=3)
    here, there = Maycall(f"http://127.0.0.1:{port}"), Maycall(f"http://127.0.0.1:{port + 1}")
    phones = Phones(f"http://127.0.0.1:{port + 2}")

    async with fleet(folder, port) as process:
        printed = [line.strip() for line in process.logs().splitlines()]
        assert [line for line in where_the_readme_looks(port) if line not in printed] == []
        async with watching(there.url, CHANGES) as watch:
            asked = await here.request()
            assert asked["__typename"] == "RequestCallPermissionSuccess", asked
            await phones.press(f"/phones/{MEERA}/reply", answer="permanent")
            news, _ = await watch.until(lambda news: bool(news["status"] == "PERMANENT"))
        assert news["callPermission"]["customer"] == {"name": "Meera Kulkarni"}

        [server] = [one for one in members(folder) if one.cmdline()[-3:] == ["serve", "--port", f"{port}"]]
        server.kill()
        await said(process, f"server {port} was ended by SIGKILL. It is started again in 0.5 s.")
        await said(process, f"server {port} is back.")
        assert (await here.permission())["status"] == "PERMANENT"
        assert members(folder)
        assert await process.stop() == 0
        assert members(folder) == []
        assert "is killed" not in process.logs()
        assert "Traceback" not in process.logs()

    async with fleet(folder, port):
        for maycall in (here, there):
            assert (await maycall.permission())["status"] == "PERMANENT"
