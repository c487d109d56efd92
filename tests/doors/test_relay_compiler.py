"""Relay's own compiler reads the schema as it is, and what it makes of a project is answered."""

import asyncio
import re
import shutil
from pathlib import Path

import orjson
import pytest
from graphql import parse, validate

from graph.schema import schema
from tests.graph.asking import Api, id_of
from tests.ground.house import House
from tests.ground.node import SECONDS, node

HERE = Path(__file__).parent
SCHEMA = HERE.parents[1] / "schema.graphql"


async def compiled(folder: Path) -> dict[str, str]:
    """Compile the project in a folder of its own; give what it would send, by the operations' names."""
    project = shutil.copytree(HERE / "relay", folder / "relay")
    shutil.copy(SCHEMA, project)
    (project / "made").mkdir()
    documents = project / "documents.json"
    documents.write_text("{}")
    program = node()
    assert program is not None
    compiler = await asyncio.create_subprocess_exec(
        program,
        HERE / "node_modules" / "relay-compiler" / "cli.js",
        "relay.config.json",
        cwd=project,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(SECONDS):
            said, _ = await compiler.communicate()
    finally:
        if compiler.returncode is None:
            compiler.kill()
            await compiler.wait()
    assert compiler.returncode == 0, said.decode()
    texts: list[str] = list(orjson.loads(documents.read_bytes()).values())
    return {re.findall(r"(?:query|mutation|subscription) (\w+)", text)[0]: text for text in texts}


@pytest.mark.usefixtures("packages")
async def test_relays_compiler_takes_the_schema_and_what_it_makes_of_a_project_is_answered(
    house: House, api: Api, tmp_path: Path
) -> None:
    for number in range(3):
        await house.business.customer(name=f"Customer {number}", phone=f"+91981230050{number}")
    made = await compiled(tmp_path)
    assert set(made) == {
        "CustomersQuery",
        "CustomersPageQuery",
        "CustomerQuery",
        "CustomerCallsPageQuery",
        "PermissionAskMutation",
        "PermissionCreateCustomerMutation",
        "PermissionDeleteCustomerMutation",
        "PermissionChangedSubscription",
    }
    for name, text in made.items():
        assert validate(schema._schema, parse(text)) == [], name  # noqa: SLF001 it has no other way in

    first = (await api.answer(made["CustomersQuery"], count=2))["data"]["customers"]
    names = [edge["node"]["name"] for edge in first["edges"]]
    info = first["pageInfo"]
    while info["hasNextPage"]:
        data = (await api.answer(made["CustomersPageQuery"], count=2, cursor=info["endCursor"]))["data"]
        names += [edge["node"]["name"] for edge in data["customers"]["edges"]]
        info = data["customers"]["pageInfo"]
    assert sorted(names) == ["Caio Prado", "Customer 0", "Customer 1", "Customer 2", "Meera Kulkarni"]

    own = id_of(house.meera)
    screen = (await api.answer(made["CustomerQuery"], id=own, numbers=[]))["data"]["node"]
    assert (screen["__typename"], screen["id"], screen["name"]) == ("Customer", own, "Meera Kulkarni")
    page = (await api.answer(made["CustomerCallsPageQuery"], id=own, count=5))["data"]["node"]
    assert (page["id"], page["calls"]["edges"]) == (own, [])
