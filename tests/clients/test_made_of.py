"""What the clients are made of: a released schema, and operations that every newer one still answers."""

import json
import zipfile
from hashlib import sha256
from pathlib import Path
from subprocess import run
from sysconfig import get_path

import pytest
from graphql import OperationDefinitionNode, OperationType, build_schema, concat_ast, parse, print_ast, validate

from graph.schema import schema
from server.releases import FOLDER, released
from tests.clients.languages import PYTHON, ROOT, TYPESCRIPT

OPERATIONS = sorted((ROOT / "clients" / "operations").glob("*.graphql"))
DOCUMENT = concat_ast([parse(path.read_text()) for path in OPERATIONS])
NAMES = {
    definition.name.value
    for definition in DOCUMENT.definitions
    if isinstance(definition, OperationDefinitionNode) and definition.name
}
MADE = {"python": PYTHON / "src" / "maycall" / "api", "typescript": TYPESCRIPT / "src" / "api"}


@pytest.mark.parametrize("language", MADE)
def test_a_client_is_made_of_the_last_release_and_of_the_operations_as_they_are(language: str) -> None:
    last = released()[-1].version
    digest = sha256(b"".join(path.read_bytes() for path in [FOLDER / f"{last}.graphql", *OPERATIONS]))
    made_of = json.loads((MADE[language] / "made_of.json").read_text())
    assert made_of == {"release": last, "sha256": digest.hexdigest()}, "make clients makes them anew"


def test_every_operation_is_answered_by_the_schema_that_is_served() -> None:
    assert validate(build_schema(schema.as_str()), DOCUMENT) == []


def test_both_languages_have_all_operations() -> None:
    python, typescript = (MADE["python"] / "client.py").read_text(), (MADE["typescript"] / "graphql.ts").read_text()
    assert {name for name in NAMES if f'operation_name="{name}"' not in python} == set()
    assert {name for name in NAMES if f"export const {name}Document" not in typescript} == set()


def test_every_subscription_begins_after_a_cursor_that_can_be_given() -> None:
    watching = [
        definition
        for definition in DOCUMENT.definitions
        if isinstance(definition, OperationDefinitionNode) and definition.operation is OperationType.SUBSCRIPTION
    ]
    assert watching
    for subscription in watching:
        [field] = subscription.selection_set.selections
        given = {argument.name.value: print_ast(argument.value) for argument in field.arguments or ()}  # type: ignore[attr-defined] # it is a field
        assert given["after"] == "$after"


def test_the_python_package_has_all_that_is_needed_and_says_that_it_is_typed(tmp_path: Path) -> None:
    uv = f"{get_path('scripts')}/uv"
    build = [uv, "build", "--quiet", "--offline", "--wheel", "--out-dir", f"{tmp_path}", f"{PYTHON}"]
    run(build, check=True, capture_output=True)  # noqa: S603 our own words, no shell
    [wheel] = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    sources = {f"{path.relative_to(PYTHON / 'src')}" for path in (PYTHON / "src").rglob("*.py")}
    assert sources | {"maycall/py.typed"} <= packed
