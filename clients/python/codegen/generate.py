"""Make src/maycall/api of a released schema and the shared operations: .venv/bin/python codegen/generate.py SCHEMA.

ariadne-codegen writes it. What is changed afterwards: what implements Refusal is one in Python too, a union and an enum
take what a newer server may add, inputs are made with Python's names, and no name says its operation's twice.
"""

import ast
import json
import re
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parents[1]
OPERATIONS = HERE.parent / "operations"
MADE = HERE / "src" / "maycall" / "api"
TOOLS = Path(sys.executable).parent

REFUSAL = '''

class Refusal(BaseModel):
    """An expected no: nothing was changed, and nothing was sent."""

    typename__: str = Field(alias="__typename")
    code: RefusalCode
    message: str
    available_at: Optional[datetime] = Field(alias="availableAt")
'''
OPEN_ENUM = '''

class Open(str, Enum):
    """An enum that takes values which a newer server may have: their name is their value."""

    @classmethod
    def _missing_(cls, value: object) -> "Optional[Open]":
        if not isinstance(value, str):
            return None
        newer = str.__new__(cls, value)
        newer._name_ = newer._value_ = value
        return newer

'''
KEPT_IN_REFUSAL = re.compile(r"    (?:code|message|available_at): .*\n")


def main(schema: Path) -> None:
    """Generate, change, and write down of what it was made."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text(configuration(schema))
        subprocess.run([TOOLS / "ariadne-codegen", "--config", config], cwd=HERE, check=True)  # noqa: S603 our own words
    doubled = doubled_names()
    refusals: set[str] = set()
    for path in sorted(MADE.glob("*.py")):
        text = path.read_text()
        for long, short in doubled.items():
            text = re.sub(rf"\b{long}\b", short, text)
        text = with_refusals(text, refusals)
        match path.name:
            case "enums.py":
                text = text.replace("import Enum\n", f"import Enum\nfrom typing import Optional\n{OPEN_ENUM}", 1)
                text = text.replace("(str, Enum):", "(Open):").replace("class Open(Open)", "class Open(str, Enum)")
            case "fragments.py":
                text = text.replace("\n\nclass ", f"{REFUSAL}\n\nclass ", 1)
            case "input_types.py":
                text = re.sub(r'alias="(\w+)"', r'validation_alias="\1", serialization_alias="\1"', text)
        path.write_text(text)
    client, package = MADE / "client.py", MADE / "__init__.py"
    client.write_text(returning_refusals(client.read_text(), refusals))
    package.write_text(
        package.read_text()
        .replace("from .fragments import (", "from .fragments import (Refusal,", 1)
        .replace("__all__ = [", '__all__ = ["Refusal",', 1)
    )
    (MADE / "made_of.json").write_text(json.dumps(made_of(schema), indent=2) + "\n")
    for tidying in (["check", "--select", "I,F401", "--fix"], ["format"]):
        subprocess.run([TOOLS / "ruff", *tidying, "--quiet", "--isolated", "--line-length", "120", MADE], check=True)  # noqa: S603 our own words


def configuration(schema: Path) -> str:
    return f"""
[tool.ariadne-codegen]
schema_path = "{schema.resolve()}"
queries_path = "{OPERATIONS}"
target_package_name = "{MADE.name}"
target_package_path = "{MADE.parent}"
client_name = "Operations"
base_client_name = "Sending"
base_client_file_path = "{HERE / "codegen" / "sending.py"}"
include_comments = "none"
include_all_inputs = false
include_all_enums = false
plugins = ["ariadne_codegen.contrib.shorter_results.ShorterResultsPlugin"]

[tool.ariadne-codegen.scalars.DateTime]
type = "datetime.datetime"

[tool.ariadne-codegen.scalars.Date]
type = "datetime.date"

[tool.ariadne-codegen.scalars.Duration]
type = "str"
"""


def doubled_names() -> dict[str, str]:
    """Find shorter names for classes that are called StartCallStartCallLimitReached."""
    names = {
        statement.name
        for path in MADE.glob("*.py")
        for statement in ast.parse(path.read_text()).body
        if isinstance(statement, ast.ClassDef)
    }
    shorter = {name: re.sub(r"^(\w+?)\1+(?=[A-Z])", r"\1", name) for name in names}
    return {name: short for name, short in shorter.items() if short != name and short not in names}


def with_refusals(text: str, refusals: set[str]) -> str:
    """Let what has a refusal's fields be a Refusal, and a union of them take those not known yet."""
    for name, bases, body in re.findall(r"^class (\w+)\((\w+)\):\n((?:    .*\n)+)", text, re.MULTILINE):
        if "typename__: Literal" in body and "code: RefusalCode" in body:
            refusals.add(name)
            above = "Refusal" if bases == "BaseModel" else f"{bases}, Refusal"
            text = text.replace(
                f"class {name}({bases}):\n{body}", f"class {name}({above}):\n{KEPT_IN_REFUSAL.sub('', body)}"
            )
    if any(name in text for name in refusals) and "discriminator=" in text:
        text = re.sub(r'(\w+: Union\[(?:\s*"\w+",)+)', r'\1 "Refusal",', text)
        text = text.replace('discriminator="typename__"', 'union_mode="left_to_right"')
        text = text.replace("from .base_model", "from .fragments import Refusal\nfrom .base_model", 1)
    return text


def returning_refusals(client: str, refusals: set[str]) -> str:
    def wider(union: re.Match[str]) -> str:
        names = set(re.findall(r"\w+", union[1]))
        return f"-> Union[{union[1]}, Refusal]:" if names & refusals else union[0]

    # What is given can be closed, and says so.
    client = re.sub(r"-> AsyncIterator\[(\w+)\]:", r"-> AsyncGenerator[\1, None]:", client)
    client = client.replace("import AsyncIterator", "import AsyncGenerator")
    client = re.sub(r"-> Union\[([\w\s,]+?),?\s*\]:", wider, client)
    return client.replace("from .enums", "from .fragments import Refusal\nfrom .enums", 1)


def made_of(schema: Path) -> dict[str, str]:
    """Tell of what it was made: the release, and a digest of its schema and the operations."""
    digest = sha256(schema.read_bytes())
    for path in sorted(OPERATIONS.glob("*.graphql")):
        digest.update(path.read_bytes())
    return {"release": schema.stem, "sha256": digest.hexdigest()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
