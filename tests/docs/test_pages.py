"""The documentation's pages: everything the API has is on them, and every link leads somewhere."""

import re
import subprocess
from pathlib import Path
from posixpath import dirname, normpath

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, build_schema

from docs.pages import STANDARD, anchor, points, reference, scopes, write, written
from graph.schema import schema
from tests.readme.document import ROOT

SERVED = build_schema(schema.as_str())
ZENSICAL = ROOT / "docs" / ".venv" / "bin" / "zensical"
LINK = re.compile(r"(?<!\\)\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return dict([*reference(), *written()])


def anchors(text: str) -> set[str]:
    """Give what can be linked to on a page: ids that were set, and those that headings get."""
    plain = FENCED.sub("", text)
    titles = [re.sub(r"[^\w\- ]", "", title.lower()).strip() for title in re.findall(r"^#+ (.+)$", plain, re.MULTILINE)]
    return {*re.findall(r"\{ #([\w-]+) \}", plain), *(title.replace(" ", "-") for title in titles)}


def test_every_type_field_argument_and_value_has_its_place_and_its_description(texts: dict[str, str]) -> None:
    whole = "\n".join(text for file, text in texts.items() if file.startswith("reference/"))
    placed = set(re.findall(r"\{ #([\w-]+) \}", whole))
    missing: set[str] = set()
    for name, kind in SERVED.type_map.items():
        if name.startswith("__") or name in STANDARD:
            continue
        said = [kind.description]
        expected = {anchor(name)}
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            expected |= {anchor(name, field) for field in kind.fields}
            said += [field.description for field in kind.fields.values()]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            arguments = [argument for field in kind.fields.values() for argument in field.args.values()]
            said += [argument.description for argument in arguments]
        if isinstance(kind, GraphQLEnumType):
            expected |= {anchor(name, value) for value in kind.values}
            said += [value.description for value in kind.values.values()]
        missing |= expected - placed
        is_root = kind in (SERVED.query_type, SERVED.mutation_type, SERVED.subscription_type)
        shown = said[1:] if is_root else said
        missing |= {text for text in shown if text and " ".join(text.split()).replace("|", "\\|") not in whole}
    assert missing == set()


def test_a_deprecation_a_default_and_what_is_required_are_told() -> None:
    changing = build_schema("""
        type Query {
          "Old."
          shoes(size: Int! = 42, colour: Colour! = RED, left: Boolean!, lace: Lace): Int
            @deprecated(reason: "Use `boots` instead. Goes away after 2027-05-01.")
        }
        enum Colour { RED BLUE @deprecated(reason: "Use `RED` instead. Goes away after 2027-05-01.") }
        input Lace { long: Boolean! wide: Boolean = false }
    """)
    told = "\n".join(text for _, text in reference(changing))
    assert "Old. **Deprecated.** Use `boots` instead. Goes away after 2027-05-01." in told
    assert "| `size`{ #query-shoes-size } | Int! | `42` |" in told
    assert "| [Colour](enums.md#colour)! | `RED` |" in told
    assert "| `left`{ #query-shoes-left } | Boolean! | required |" in told
    assert "| `wide`{ #lace-wide } | Boolean | `false` |" in told
    assert "| `BLUE`{ #colour-blue } |  **Deprecated.** Use `RED` instead." in told


def test_the_scope_that_an_operation_needs_and_what_it_costs_are_told(texts: dict[str, str]) -> None:
    assert scopes("Mutation", "requestCallPermission") == ["permissions:request"]
    assert scopes("Query", "viewer") == []
    assert (points("Mutation", "startCall"), points("Mutation", "createCustomer")) == (20, 5)
    assert (
        "Gives [StartCallResult](results.md#startcallresult)!, needs the scope `calls:write`, costs 20 points"
        in texts["reference/mutations.md"]
    )


def test_no_link_is_dead(texts: dict[str, str]) -> None:
    known = {file: anchors(text) for file, text in texts.items()}
    pictures = {f"images/{path.name}" for path in (ROOT / "docs" / "images").iterdir()}
    dead = []
    for file, text in texts.items():
        for target, fragment in LINK.findall(FENCED.sub("", text)):
            page = normpath(f"{dirname(file)}/{target}".lstrip("/")) if target else file
            if page not in known and page not in pictures:
                dead.append(f"{file}: {target}")
            elif fragment and fragment not in known[page]:
                dead.append(f"{file}: {target}#{fragment}")
    assert dead == []


def test_the_site_is_built_of_them_and_loads_nothing_from_elsewhere(tmp_path: Path, texts: dict[str, str]) -> None:
    if not ZENSICAL.exists():
        pytest.skip("what builds the documentation is not installed: make docs does")
    write(tmp_path / "docs")
    build = [f"{ZENSICAL}", "build", "--strict", "--config-file", f"{tmp_path}/docs/zensical.toml"]
    built = subprocess.run(build, check=False, capture_output=True, text=True)  # noqa: S603 our own words, no shell
    assert built.returncode == 0, built.stdout + built.stderr
    site = tmp_path / "docs" / "site"
    for file in texts:
        page = (site / file.replace(".md", ".html")).read_text()
        assert re.findall(r'<(?:script|img|iframe)[^>]* src="https?:|<link[^>]* href="https?:', page) == [], file
    assert (site / "search.json").stat().st_size > 0
