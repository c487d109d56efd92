from datetime import date
from pathlib import Path

import pytest
from graphql import build_schema, print_schema
from typer.testing import CliRunner

from actions.faults import BadInputError
from graph.schema import schema
from server import cli, releases
from server.releases import broken, freeze, released, surprising, unannounced

PROMISED = """
type Query {
  customer(id: ID, phone: String): Customer
  oldest: Customer
  report: Report @deprecated(reason: "Use `customer` instead. Goes away after 2026-11-01.")
  search(by: Filter, limit: Int @deprecated(reason: "Use `first` instead. Goes away after 2026-11-01.")): [Thing!]!
}
type Customer implements Node { id: ID! age: Int name: String }
type Report { lines: [Line!]! }
type Line { text: String! }
interface Node { id: ID! }
union Thing = Customer | Line
enum Status { ON OFF GONE @deprecated(reason: "Use `OFF` instead. Goes away after 2026-11-01.") }
input Filter { status: Status = ON }
"""
BEFORE, AFTER = date(2026, 11, 1), date(2026, 11, 2)


def changed(old: str, new: str) -> str:
    assert old in PROMISED
    return PROMISED.replace(old, new)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(releases, "FOLDER", tmp_path)
    return tmp_path


def test_what_partners_of_the_last_release_rely_on_is_still_served() -> None:
    last = released()[-1]
    assert broken(last.schema, schema.as_str(), date.max) == []


def test_what_is_deprecated_says_what_to_use_instead_and_until_when_it_is_there() -> None:
    assert unannounced(schema.as_str()) == []
    assert unannounced(changed("Use `OFF` instead. Goes", "Goes")) == ["Status.GONE"]
    assert unannounced(changed("Use `first` instead. Goes away after 2026-11-01.", "Old.")) == ["Query.search(limit)"]


def test_what_stays_and_what_is_added_breaks_nothing() -> None:
    assert broken(PROMISED, PROMISED, AFTER) == []
    assert broken(PROMISED, changed("name: String }", "name: String born: String }"), AFTER) == []
    assert broken(PROMISED, changed("status: Status = ON", "status: Status = ON tag: String"), AFTER) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  oldest: Customer\n", "", ["Query.oldest was removed."]),
        ("oldest: Customer", "oldest: Report", ["Query.oldest changed type from Customer to Report."]),
        (", phone: String", "", ["Argument Query.customer(phone:) was removed."]),
        (", phone: String", ", phone: String!", ["phone"]),
        ("(id: ID,", "(id: ID, born: String!,", ["born"]),
        ("name: String }", "}", ["Customer.name was removed."]),
        ("ON OFF", "OFF", ["Status.ON"]),
        ("status: Status = ON }", "status: Status = ON tag: String! }", ["tag"]),
        ("Customer | Line", "Customer", ["Line"]),
        ("Customer implements Node {", "Customer {", ["Node"]),
    ],
)
def test_what_goes_or_takes_more_unannounced_is_refused(old: str, new: str, told: list[str]) -> None:
    found = broken(PROMISED, changed(old, new), AFTER)
    assert len(found) == len(told), found
    assert all(text in change for text, change in zip(told, found, strict=True)), found


def test_what_was_deprecated_may_go_once_its_day_is_over_and_not_before() -> None:
    later = (
        PROMISED.replace(
            '  report: Report @deprecated(reason: "Use `customer` instead. Goes away after 2026-11-01.")', ""
        )
        .replace(', limit: Int @deprecated(reason: "Use `first` instead. Goes away after 2026-11-01.")', "")
        .replace('GONE @deprecated(reason: "Use `OFF` instead. Goes away after 2026-11-01.")', "")
        .replace("type Report { lines: [Line!]! }", "")
    )
    assert len(broken(PROMISED, later, BEFORE)) == 4
    assert broken(PROMISED, later, AFTER) == []


def test_a_type_goes_with_the_last_field_that_leads_to_it_and_stays_while_there_is_another() -> None:
    gone = changed("type Line { text: String! }", "").replace(" | Line", "").replace("lines: [Line!]!", "lines: Int")
    found = broken(PROMISED, gone, AFTER)
    assert [change for change in found if "Line" in change] != []


def test_what_is_deprecated_only_now_may_not_go_yet() -> None:
    just_so = changed("oldest: Customer", 'oldest: Customer @deprecated(reason: "Use `customer` instead.")')
    assert len(broken(just_so, changed("  oldest: Customer\n", ""), AFTER)) == 1


def test_what_a_program_may_not_be_ready_for_is_told() -> None:
    assert surprising(PROMISED, changed("ON OFF", "ON OFF BROKEN")) == ["Enum value Status.BROKEN was added."]
    assert len(surprising(PROMISED, changed("status: Status = ON", "status: Status = OFF"))) == 1
    assert surprising(PROMISED, changed("name: String }", "name: String born: String }")) == []


def test_releases_are_in_order_of_their_numbers(folder: Path) -> None:
    for version in ("0.2.0", "0.9.0", "0.10.0"):
        assert freeze(version, PROMISED) == folder / f"{version}.graphql"
    assert [release.version for release in released()] == ["0.2.0", "0.9.0", "0.10.0"]
    with pytest.raises(BadInputError, match=r"older than 0\.10\.0"):
        freeze("0.9.1", PROMISED)
    with pytest.raises(BadInputError, match="no version"):
        freeze("next", PROMISED)


def test_the_command_refuses_to_break_a_promise_and_says_how_to_go_about_it(folder: Path) -> None:
    served = schema.as_str() + "\n"
    freeze("0.1.0", served)
    assert CliRunner().invoke(cli.app, ["schema", "--check"]).exit_code == 0

    promised = print_schema(build_schema(served.replace("type Viewer {", "type Viewer {\n  shoeSize: Int", 1)))
    freeze("0.1.0", promised)
    refused = CliRunner().invoke(cli.app, ["schema", "--check"])
    assert refused.exit_code == 1
    assert "Viewer.shoeSize was removed." in refused.stderr
    assert "@deprecated first" in refused.stderr
    assert CliRunner().invoke(cli.app, ["schema", "--release", "0.2.0"]).exit_code == 1
    assert [release.version for release in released()] == ["0.1.0"]

    (folder / "0.1.0.graphql").write_text(served)
    assert CliRunner().invoke(cli.app, ["schema", "--release", "0.2.0"]).exit_code == 0
    assert released()[-1].schema == served
