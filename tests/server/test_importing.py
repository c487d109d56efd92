"""`import-customers` as an operator types it."""

import asyncio
from pathlib import Path

import pytest
from sqlmodel import col, select

from models.customer import Customer
from models.database import Database
from tests.ground.house import open_house

from .test_commands import WHATSAPP, Command, Ended

HEADER = "name,phone,external_id,tags,timezone\n"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.fixture
def filled(sqlite_url: str) -> str:
    """Give the URL of a database with a business in it."""

    async def fill() -> None:
        async with open_house(sqlite_url):
            pass

    asyncio.run(fill())
    return sqlite_url


class Importing:
    """Writes a file and has it imported."""

    def __init__(self, run: Command, url: str, folder: Path) -> None:
        self._run, self._url, self.folder = run, url, folder

    def __call__(self, content: str | bytes, *options: str) -> Ended:
        file = self.folder / "customers.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        environment = WHATSAPP | {"MAYCALL_DATABASE_URL": self._url}
        return self._run(environment, "import-customers", str(file), *options)

    def known(self) -> dict[str | None, Customer]:
        async def read() -> list[Customer]:
            database = Database(self._url)
            try:
                async with database.reading() as session:
                    return list(await session.exec(select(Customer).order_by(col(Customer.id))))
            finally:
                await database.close()

        return {customer.phone: customer for customer in asyncio.run(read())}


@pytest.fixture
def importing(run: Command, filled: str, tmp_path: Path) -> Importing:
    return Importing(run, filled, tmp_path)


def test_a_file_is_imported_and_a_second_time_changes_nothing(importing: Importing) -> None:
    content = HEADER + 'Asha Rao,+919800000001,C-1,"vip; north",Asia/Kolkata\n\nLi,+8613800000002,,,\n'
    ended = importing(content)
    assert ended.code == 0, ended
    assert "2 customers created, 0 changed, 0 as they were; 0 lines refused." in ended.output
    asha = importing.known()["+919800000001"]
    assert (asha.name, asha.external_id, asha.tags, asha.timezone) == (
        "Asha Rao",
        "C-1",
        ["north", "vip"],
        "Asia/Kolkata",
    )
    assert "0 customers created, 0 changed, 2 as they were; 0 lines refused." in importing(content).output


def test_refused_lines_are_told_by_their_number_and_kept_in_the_report(importing: Importing) -> None:
    report = importing.folder / "refused.csv"
    ended = importing(
        HEADER
        + "A,+919800000001,,,\n"
        + '"B\nof two lines",+919800000002,,,\n'
        + "C,12,,,\n"
        + "D,+919800000001,,,\n"
        + "E,+919800000005,,,,,surplus\n",
        "--report",
        str(report),
    )
    assert ended.code == 1
    assert "2 customers created, 0 changed, 0 as they were; 3 lines refused." in ended.output
    assert "line 5: '12' is" in ended.output
    assert "line 6: Line 2 has the phone +919800000001 too." in ended.output
    assert "line 7: It has 7 values, and the first line names 5 columns." in ended.output
    assert sorted(line.split(",")[0] for line in report.read_text().splitlines()) == ["5", "6", "7", "line"]


def test_a_dry_run_only_tells(importing: Importing) -> None:
    ended = importing(HEADER + "Asha,+919800000001,,,\n", "--dry-run")
    assert "1 customers would be created" in ended.output
    assert "+919800000001" not in importing.known()


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffname;phone;tags\nJosé;+34600000001;a,b\n".encode(),
        "Full Name\tMobile Number\tLabels\nJosé\t+34 600 000 001\ta|b\n".encode(),
        "name;phone;tags\r\nJosé;+34600000001;a,b\r\n".encode("utf-16"),
        'Phone,"Name",TAGS\n+34600000001,José,"a,b"'.encode(),
    ],
    ids=["mark and semicolons", "tabs", "utf-16", "quotes"],
)
def test_files_as_spreadsheets_write_them_are_read(importing: Importing, content: bytes) -> None:
    ended = importing(content)
    assert ended.code == 0, ended
    jose = importing.known()["+34600000001"]
    assert (jose.name, jose.tags) == ("José", ["a", "b"])


def test_phones_without_a_country_are_of_the_region(importing: Importing) -> None:
    assert importing("phone\n098123 00999\n").code == 1
    assert importing("phone\n098123 00999\n", "--region", "in").code == 0
    assert "+919812300999" in importing.known()


def test_columns_that_are_not_known_are_named_and_left_out(importing: Importing) -> None:
    assert "left out: shoe size." in importing("phone,shoe size\n+34600000001,44\n").output


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("", (), "The file is empty."),
        ("name,shoe\nA,44\n", (), "No column says who the customers are."),
        ("phone,mobile\n1,2\n", (), "The columns 'phone' and 'mobile' are both the phone."),
        ("phone,name\n+34600000001,Jos\xe9\n".encode("latin-1"), (), "The file is not written in UTF-8."),
        ("phone\n", ("--region", "XX"), "'XX' is not a country."),
        ("phone\n", ("--encoding", "klingon"), "'klingon' is no encoding"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(
    importing: Importing, content: str | bytes, options: tuple[str, ...], message: str
) -> None:
    ended = importing(content, *options)
    assert ended.code == 1
    assert ended.errors.startswith(message), ended


def test_an_encoding_can_be_named(importing: Importing) -> None:
    content = "phone,name\n+34600000001,José\n".encode("windows-1252")
    assert importing(content, "--encoding", "windows-1252").code == 0
    assert importing.known()["+34600000001"].name == "José"


def test_a_long_file_is_imported_in_batches(importing: Importing) -> None:
    lines = [f"+9198000{number:05}\n" for number in range(1001)]
    ended = importing("phone\n" + "".join([*lines, lines[0]]))
    assert "1001 customers created, 0 changed, 0 as they were; 1 lines refused." in ended.output
    assert "line 1003: Line 2 has the phone" in ended.output
