"""The template that a request was sent as, with what was put into it."""

from collections.abc import Mapping
from typing import Any

import strawberry


@strawberry.type(description="A parameter of a template, and what was put into it.")
class SentParameter:
    name: str = strawberry.field(description="Its name or number; with `header.` before it where it stands there.")
    value: str = strawberry.field(description="What was put in its place.")


@strawberry.type(description="The template that a request was sent as.")
class SentTemplate:
    name: str = strawberry.field(description="Its name.")
    language: str = strawberry.field(description="Its language, such as en.")
    parameters: list[SentParameter] = strawberry.field(description="What was put into it, by name.")


def shown_sent_template(content: Mapping[str, Any]) -> SentTemplate:
    """Show a template as it is kept with its request: name, language and parameters by their names."""
    parameters = [SentParameter(name=name, value=value) for name, value in sorted(content["parameters"].items())]
    return SentTemplate(name=content["name"], language=content["language"], parameters=parameters)
