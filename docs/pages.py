# ruff: noqa: INP001 it is a script
"""Write the pages of the documentation: the reference of the API, and what is written by hand, ready for `make docs`.

.venv/bin/python docs/pages.py FOLDER, in which zensical then builds the site.
"""

import inspect
import json
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import relpath
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    NullValueNode,
    build_schema,
    get_named_type,
    is_required_argument,
    is_required_input_field,
    print_ast,
)

ROOT = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path.insert(0, f"{ROOT}")

from graph.costs import MUTATION  # noqa: E402
from graph.schema import schema as strawberry_schema  # noqa: E402 the path has to be known first
from rules.access import Scope  # noqa: E402

WRITTEN = {
    "docs/partners.md": "partners.md",
    "CHANGELOG.md": "changelog.md",
    "clients/python/README.md": "clients/python.md",
    "clients/typescript/README.md": "clients/typescript.md",
    "docs/reference/whatsapp-calling.md": "whatsapp-calling.md",
}  # the rest of docs/ keeps its place
NOT_SHOWN = {"docs/releases", "docs/images"}
STANDARD = {"Boolean", "Float", "ID", "Int", "String"}

STYLE = """
.md-typeset .md-typeset__scrollwrap { margin-inline: 0; }
.md-typeset .md-typeset__table { display: block; padding: 0; }
.md-typeset .md-typeset__table table:not([class]) { display: table; width: 100%; }
.md-typeset table:not([class]) td:first-child { white-space: nowrap; }
.md-typeset table:not([class]) tr:target, .md-typeset code:target { background: #ffd54f55; }
"""
SITE = """
[project]
site_name = "Maycall"
site_description = "May I call? Who may be rung on WhatsApp right now, and live news of every change."
docs_dir = "pages"
site_dir = "site"
use_directory_urls = false
extra_css = ["site.css"]
nav = NAVIGATION

[project.theme]
language = "en"
font = false
features = [
  "content.code.copy", "navigation.indexes", "navigation.prune", "navigation.sections", "navigation.top", "toc.follow"
]

[[project.theme.palette]]
media = "(prefers-color-scheme: light)"
scheme = "default"
toggle.icon = "lucide/sun"
toggle.name = "Switch to dark mode"

[[project.theme.palette]]
media = "(prefers-color-scheme: dark)"
scheme = "slate"
toggle.icon = "lucide/moon"
toggle.name = "Switch to light mode"
"""

_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!https?:|#)([^)#\s]+)(#[^)]*)?\)")
_SCOPE = re.compile(r"\w+_with\(Scope\.(\w+)\)")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the reference: its file, its title, what it says first, and the types it shows."""

    file: str
    title: str
    lead: str
    kinds: tuple[GraphQLNamedType, ...]


def write(folder: Path) -> None:
    """Write every page, and what zensical has to know, into a folder that is emptied before."""
    shutil.rmtree(folder, ignore_errors=True)
    texts = dict((*reference(), *written()))
    for file, text in texts.items():
        (folder / "pages" / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / "pages" / file).write_text(text)
    shutil.copytree(ROOT / "docs" / "images", folder / "pages" / "images")
    (folder / "pages" / "site.css").write_text(STYLE)
    (folder / "zensical.toml").write_text(SITE.replace("NAVIGATION", _navigation(texts)))


def _navigation(files: Iterable[str]) -> str:
    """Give the order of the pages: what partners need, the API, and then the rest as it is found."""
    partners = ["partners.md", "clients/python.md", "clients/typescript.md", "changelog.md"]
    api = ["reference/index.md", *(f"reference/{page.file}" for page in pages(_served()))]
    rest = sorted(file for file in files if "/" not in file and file not in ("index.md", *partners))
    decisions = ["decisions/index.md", *sorted(file for file in files if file.startswith("decisions/"))]
    sections = {
        "Building on it": partners,
        "The API": api,
        "Running it": rest,
        "Decisions": list(dict.fromkeys(decisions)),
    }
    listed = ", ".join(f'{{ "{title}" = {json.dumps(pages)} }}' for title, pages in sections.items())
    return f'[{{ "Maycall" = "index.md" }}, {listed}]'


def _served() -> GraphQLSchema:
    return build_schema(strawberry_schema.as_str())


# --- The reference ---


def reference(schema: GraphQLSchema | None = None) -> Iterator[tuple[str, str]]:
    """Give file and text of every page that is made of the schema."""
    served = schema or _served()
    shown = pages(served)
    places = {kind.name: f"{page.file}#{anchor(kind.name)}" for page in shown for kind in page.kinds}
    for page in shown:
        writer = Writer(page, places, served)
        yield f"reference/{page.file}", "\n\n".join(writer.page()) + "\n"
    yield "reference/index.md", _contents(shown)


def pages(schema: GraphQLSchema) -> list[Page]:
    """Sort all types of a schema onto pages."""
    own = [kind for name, kind in schema.type_map.items() if not name.startswith("__") and name not in STANDARD]
    roots = [kind for kind in (schema.query_type, schema.mutation_type, schema.subscription_type) if kind]
    refusals = [
        kind
        for kind in own
        if isinstance(kind, GraphQLObjectType) and any(above.name == "Refusal" for above in kind.interfaces)
    ]
    results = [kind for kind in own if isinstance(kind, GraphQLUnionType)]
    successes = [kind for kind in own if isinstance(kind, GraphQLObjectType) and kind.name.endswith("Success")]
    lists = [kind for kind in own if kind.name.endswith(("Connection", "Edge")) or kind.name == "PageInfo"]
    elsewhere = {kind.name for kind in (*roots, *refusals, *results, *successes, *lists)}

    def of(*kinds: type) -> tuple[GraphQLNamedType, ...]:
        return tuple(kind for kind in own if isinstance(kind, kinds) and kind.name not in elsewhere)

    titles = {
        "Query": (
            "queries.md",
            "Queries",
            "What can be read. Every operation needs a token with the scope that is named.",
        ),
        "Mutation": (
            "mutations.md",
            "Mutations",
            (
                "What can be done. Each takes one input, and gives its success or a [refusal](refusals.md), after which"
                " nothing has been changed and nothing was sent."
            ),
        ),
        "Subscription": (
            "subscriptions.md",
            "Subscriptions",
            (
                "What can be watched, over WebSocket or server-sent events. Each change brings its `cursor`: come back"
                " `after` it, and nothing is missed and nothing comes twice."
            ),
        ),
    }
    return [
        *(Page(*titles[root.name], (root,)) for root in roots),
        Page("objects.md", "Objects", "What there is.", of(GraphQLObjectType)),
        Page(
            "results.md",
            "Results",
            "What a mutation may give: ask for `__typename`, or match its success and `... on Refusal`.",
            (*results, *successes),
        ),
        Page(
            "refusals.md",
            "Refusals",
            "Expected answers that say no. They are data, not errors. All implement [Refusal](interfaces.md#refusal).",
            tuple(refusals),
        ),
        Page(
            "inputs.md",
            "Inputs",
            "What is given. What has no default and no `!` may be left out.",
            of(GraphQLInputObjectType),
        ),
        Page(
            "enums.md",
            "Enums",
            "Values. New ones may be added to those that are read: be ready for a value that is not listed here.",
            of(GraphQLEnumType),
        ),
        Page("lists.md", "Lists", "Pages of lists, as the Relay specification has them.", tuple(lists)),
        Page("interfaces.md", "Interfaces", "What several types have in common.", of(GraphQLInterfaceType)),
        Page("scalars.md", "Scalars", "Single values beyond GraphQL's own.", of(GraphQLScalarType)),
    ]


def _elements(kind: GraphQLNamedType) -> dict[str, GraphQLField]:
    return dict(kind.fields) if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) else {}


def anchor(*names: str) -> str:
    return "-".join(names).lower()


def scopes(kind: str, field: str) -> list[str]:
    """Tell which scopes a field of a type asks of its token, beside those of what is selected in it."""
    found = _made_as(kind, field)
    if found is None or found.base_resolver is None:
        return []
    asked = _SCOPE.findall(inspect.getsource(found.base_resolver.wrapped_func))
    return [Scope[name].value for name in dict.fromkeys(asked)]


def points(kind: str, field: str) -> int:
    """Tell what a root's field costs by itself, where that is more than what is selected in it."""
    found = _made_as(kind, field)
    told: int = found.metadata.get("points", 0) if found else 0
    return told or (MUTATION if kind == "Mutation" else 0)


def _made_as(kind: str, field: str) -> Any:
    name_of = strawberry_schema.config.name_converter.get_graphql_name
    made = getattr(strawberry_schema.get_type_by_name(kind), "fields", ())
    return next((candidate for candidate in made if name_of(candidate) == field), None)


class Writer:
    """Writes one page of the reference."""

    def __init__(self, page: Page, places: Mapping[str, str], schema: GraphQLSchema) -> None:
        self._page = page
        self._places = places
        self._schema = schema

    def page(self) -> Iterator[str]:
        yield f"# {self._page.title}\n\n{self._page.lead}"
        if self._page.kinds and self._is_root(self._page.kinds[0]):
            root = self._page.kinds[0]
            yield f"[](){{ #{anchor(root.name)} }}"
            for name, field in sorted(_elements(root).items()):
                yield from self._operation(root.name, name, field)
            return
        for kind in sorted(self._page.kinds, key=lambda kind: kind.name):
            yield f"## {kind.name} {{ #{anchor(kind.name)} }}"
            yield _text(kind.description)
            yield from self._kind(kind)

    def _is_root(self, kind: GraphQLNamedType) -> bool:
        return kind in (self._schema.query_type, self._schema.mutation_type, self._schema.subscription_type)

    def _operation(self, root: str, name: str, field: GraphQLField) -> Iterator[str]:
        yield f"## {name} {{ #{anchor(root, name)} }}"
        yield _text(field.description) + _gone(field.deprecation_reason)
        facts = [f"Gives {self._type(field.type)}"]
        if asked := scopes(root, name):
            facts.append("needs the scope " + " and ".join(f"`{scope}`" for scope in asked))
        if cost := points(root, name):
            facts.append(f"costs {cost} {'point' if cost == 1 else 'points'} beside what is selected")
        yield ", ".join(facts) + "."
        if field.args:
            yield "\n".join(self._given(field.args, anchor(root, name)))

    def _kind(self, kind: GraphQLNamedType) -> Iterator[str]:
        match kind:
            case GraphQLObjectType() | GraphQLInterfaceType():
                if kind.interfaces:
                    yield "Implements " + ", ".join(self._link(above.name) for above in kind.interfaces) + "."
                if isinstance(kind, GraphQLInterfaceType):
                    implementing = sorted(found.name for found in self._schema.get_possible_types(kind))
                    yield "Implemented by " + ", ".join(self._link(name) for name in implementing) + "."
                yield "\n".join(self._fields(kind))
            case GraphQLInputObjectType():
                if kind.is_one_of:
                    yield "Exactly one of them is given."
                yield "\n".join(self._given(kind.fields, anchor(kind.name)))
            case GraphQLEnumType():
                rows = (
                    (self._name(value, kind.name), _text(found.description) + _gone(found.deprecation_reason))
                    for value, found in kind.values.items()
                )
                yield "\n".join(_table(("Value", "What it means"), rows))
            case GraphQLUnionType():
                yield "\n".join(f"- {self._link(member.name)}: {_text(member.description)}" for member in kind.types)
            case GraphQLScalarType() if kind.specified_by_url:
                yield f"Specified at <{kind.specified_by_url}>."

    def _fields(self, kind: GraphQLObjectType | GraphQLInterfaceType) -> Iterator[str]:
        rows = []
        for name, field in kind.fields.items():
            said = [_text(field.description) + _gone(field.deprecation_reason)]
            if asked := scopes(kind.name, name):
                said.append("Needs " + " and ".join(f"`{scope}`" for scope in asked) + ".")
            for argument, found in field.args.items():
                default = f" = `{_default(found)}`" if _default(found) else ""
                said.append(f"`{argument}`: {self._type(found.type)}{default}. {_text(found.description)}")
            rows.append((self._name(name, kind.name), self._type(field.type), "<br>".join(said)))
        yield from _table(("Field", "Type", "What it is"), rows)

    def _given(self, given: Mapping[str, Any], above: str) -> Iterator[str]:
        def rows() -> Iterator[tuple[str, ...]]:
            for name, found in given.items():
                required = (
                    is_required_argument(found)
                    if isinstance(found, GraphQLArgument)
                    else is_required_input_field(found)
                )
                default = f"`{_default(found)}`" if _default(found) else "required" if required else ""
                said = _text(found.description) + _gone(found.deprecation_reason)
                yield f"`{name}`{{ #{above}-{name.lower()} }}", self._type(found.type), default, said

        yield from _table(("Given", "Type", "Without it", "What it is"), rows())

    def _name(self, name: str, kind: str) -> str:
        return f"`{name}`{{ #{anchor(kind, name)} }}"

    def _type(self, kind: Any) -> str:
        before, name, after = f"{kind}".partition(get_named_type(kind).name)
        return f"{_escaped(before)}{self._link(name)}{_escaped(after)}"

    def _link(self, name: str) -> str:
        place = self._places.get(name)
        if place is None:
            return name
        return f"[{name}]({place.removeprefix(self._page.file) if place.startswith(self._page.file) else place})"


def _contents(shown: Iterable[Page]) -> str:
    lines = ["# The API", "Made of the schema that is served, every type, field, argument and value of it."]
    for page in shown:
        names = [kind.name for kind in page.kinds]
        if (
            len(names) == 1
            and isinstance(root := page.kinds[0], GraphQLObjectType)
            and root.name
            in (
                "Query",
                "Mutation",
                "Subscription",
            )
        ):
            links = [f"[`{field}`]({page.file}#{anchor(root.name, field)})" for field in sorted(root.fields)]
        else:
            links = [f"[`{name}`]({page.file}#{anchor(name)})" for name in sorted(names)]
        lines += [f"## [{page.title}]({page.file})", " · ".join(links)]
    return "\n\n".join(lines) + "\n"


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(titles)} |"
    yield f"|{'---|' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _text(description: str | None) -> str:
    return " ".join((description or "").split())


def _gone(reason: str | None) -> str:
    return f" **Deprecated.** {_text(reason)}" if reason else ""


def _escaped(text: str) -> str:
    return text.replace("[", "\\[").replace("]", "\\]")


def _default(given: Any) -> str:
    """Give a default as one writes it; empty where there is none, or it is null."""
    if given.default is None or isinstance(given.default.literal, NullValueNode):
        return ""
    return print_ast(given.default.literal)


# --- What is written by hand ---


def written() -> Iterator[tuple[str, str]]:
    """Give file and text of every page that is written by hand, its links leading where the pages are."""
    places = {source: page for source, page in WRITTEN.items() if (ROOT / source).exists()}
    for path in sorted((ROOT / "docs").rglob("*.md")):
        source = f"{path.relative_to(ROOT)}"
        if not any(source.startswith(folder) for folder in NOT_SHOWN) and ".venv" not in path.parts:
            places.setdefault(source, source.removeprefix("docs/"))
    places["README.md"] = "index.md"
    for source, page in places.items():
        yield page, _led(source, page, places)
    yield "decisions/index.md", _decisions(places)


def _led(source: str, page: str, places: Mapping[str, str]) -> str:
    def lead(found: re.Match[str]) -> str:
        picture, text, target, fragment = found.groups()
        meant = (ROOT / source).parent.joinpath(target).resolve().relative_to(ROOT).as_posix()
        at = {"schema.graphql": "reference/index.md", "docs/decisions": "decisions/index.md"}.get(
            meant, places.get(meant)
        )
        if meant.startswith("docs/images/"):
            at = meant.removeprefix("docs/")
        if at is None:
            return text
        return f"{picture}[{text}]({relpath(at, Path(page).parent.as_posix())}{fragment or ''})"

    return _LINK.sub(lead, (ROOT / source).read_text())


def _decisions(places: Mapping[str, str]) -> str:
    lines = ["# Decisions", "Why things are as they are: a page for each decision that binds.", ""]
    for source, page in places.items():
        if page.startswith("decisions/"):
            title = (ROOT / source).read_text().partition("\n")[0].lstrip("# ")
            lines.append(f"- [{title}]({page.removeprefix('decisions/')})")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write(Path(sys.argv[1]))
