"""How much one operation may ask for, and how what asks for more is refused: before it costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .faults import Code, CodedError

DEEPEST_VARIABLES = 32  # lists and objects in each other
MOST_VALUES = 50_000  # in all variables of an operation
MOST_REPEATS = 30  # of one name among the fields of one selection: to compare each with each takes their square


@dataclass(frozen=True, slots=True)
class Limits:
    """What an installation allows one operation."""

    document: int = 100_000  # characters
    tokens: int = 2000
    depth: int = 10  # fields in each other
    aliases: int = 30
    root_fields: int = 20
    mutations: int = 4  # fields of one mutation operation
    page: int = 100  # nodes in one page, or asked for by their ids at once
    cost: int = 5000  # points
    points: int = 60_000  # that all operations of one token may cost in a minute; 0: without end


STANDARD = Limits()


def beyond(
    name: str, message: str, maximum: int, found: int, code: Code = Code.GRAPHQL_VALIDATION_FAILED
) -> CodedError:
    """Refuse what goes over a limit; the error names it, for programs too."""
    error = CodedError(code, message)
    error.extensions = {**(error.extensions or {}), "limit": {"name": name, "maximum": maximum, "found": found}}
    return error


def check(document: str, variables: Mapping[str, Any] | None, limits: Limits) -> None:
    """See to it that a document can be read and its variables looked at. CodedError where they are too large."""
    if len(document) > limits.document:
        message = (
            f"The document has {len(document):,} characters, and {limits.document:,} are the most."
            " Send long texts as variables."
        )
        raise beyond("document", message, limits.document, len(document), Code.GRAPHQL_PARSE_FAILED)
    _check_variables(variables)


def _check_variables(variables: Mapping[str, Any] | None) -> None:
    """Refuse those that are too many, too deep in each other, or have zero bytes, which PostgreSQL keeps in no text."""
    values, depth = 0, 0
    level: list[Any] = [variables or {}]
    while level:
        inner: list[Any] = []
        for value in level:
            if isinstance(value, Mapping):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
            elif isinstance(value, str) and "\0" in value:
                raise CodedError(Code.BAD_USER_INPUT, "A text may not have a zero byte (U+0000) in it.")
        values, depth = values + len(inner), depth + 1
        if values > MOST_VALUES:
            message = f"The variables have more than {MOST_VALUES:,} values. Send them in several operations."
            raise beyond("variables", message, MOST_VALUES, values, Code.BAD_USER_INPUT)
        if inner and depth > DEEPEST_VARIABLES:
            message = f"The variables are nested more than {DEEPEST_VARIABLES} levels deep."
            raise beyond("variablesDepth", message, DEEPEST_VARIABLES, depth, Code.BAD_USER_INPUT)
        level = inner
