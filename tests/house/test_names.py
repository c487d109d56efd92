import re

from tests.house.tree import ROOT, files

SAYS_NOTHING = re.compile(r"(utils?|helpers?|common|core|base|misc|services?|managers?)", re.IGNORECASE)
# Where somebody's machine keeps things, and where packages come from: both are theirs to choose.
MACHINE = re.compile(r"(?<![\w.}-])/(?:work|root|home/[a-z][\w-]*|Users/[a-z][\w-]*)/")
REGISTRY = re.compile(r"pypi\.org|pythonhosted\.org|registry\.(?:npmjs|yarnpkg)\.(?:org|com)|index[-_]url")


def found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}"
        for path in files()
        for number, line in enumerate((ROOT / path).read_text(errors="ignore").splitlines(), 1)
        if pattern.search(line)
    ]


def test_every_file_is_named_after_what_is_in_it() -> None:
    code = [path for path in files() if path.suffix in {".py", ".ts", ".tsx"}]
    assert [f"{path}" for path in code if any(map(SAYS_NOTHING.fullmatch, (*path.parts[:-1], path.stem)))] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert found(MACHINE) == []


def test_no_file_names_a_package_registry() -> None:
    assert found(REGISTRY) == []
