"""Message templates: made, checked and filled in as Meta does (templates, "call permission request")."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .errors import MetaError
from .fields import Fields

_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")
_NAMED = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_POSITIONAL = re.compile(r"\{\{\s*([0-9]+)\s*\}\}")
_COMPONENTS = frozenset({"HEADER", "BODY", "FOOTER", "BUTTONS", "CALL_PERMISSION_REQUEST"})
_LONGEST_BODY = 1024
_LONGEST_LINE = 60


class TemplateStatus(StrEnum):
    """What has become of a template, in the words of its status webhook."""

    APPROVED = "APPROVED"
    PENDING = "PENDING"
    REJECTED = "REJECTED"
    PAUSED = "PAUSED"
    DISABLED = "DISABLED"


class ParameterFormat(StrEnum):
    """How a template names its blanks."""

    NAMED = "named"
    POSITIONAL = "positional"


@dataclass(frozen=True, slots=True)
class Template:
    """A template of one WhatsApp business account."""

    id: str
    waba_id: str
    name: str
    language: str
    category: str
    parameter_format: ParameterFormat
    body: str
    header: str | None = None
    footer: str | None = None
    asks_permission: bool = True
    status: TemplateStatus = TemplateStatus.APPROVED

    def blanks(self, text: str | None) -> list[str]:
        """List the names or numbers of the blanks in one of its texts, each once, in order."""
        pattern = _NAMED if self.parameter_format is ParameterFormat.NAMED else _POSITIONAL
        return list(dict.fromkeys(pattern.findall(text or "")))


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template with its blanks filled in."""

    header: str | None
    body: str
    footer: str | None


def _malformed(sentence: str) -> MetaError:
    return MetaError(100, sentence)


def _components(asked: Fields) -> dict[str, Fields]:
    found: dict[str, Fields] = {}
    for component in asked.inner_list("components"):
        kind = component.text("type").upper()
        if kind not in _COMPONENTS:
            raise _malformed(f"{component.where('type')} {kind} is not known.")
        if kind in found:
            raise _malformed(f"There can be only one component of type {kind}.")
        found[kind] = component
    if "BODY" not in found:
        raise _malformed("Component of type BODY is required.")
    if {"BUTTONS", "CALL_PERMISSION_REQUEST"} <= set(found):
        raise _malformed("call_permission_request cannot be combined with other interactive components.")
    return found


def made(asked: Fields, template_id: str, waba_id: str) -> Template:
    """Make a template out of the body of POST message_templates. Raises MetaError 100."""
    name, language = asked.text("name"), asked.text("language")
    if not _NAME.fullmatch(name):
        raise _malformed("name must be at most 512 lower-case letters, digits and underscores.")
    if not _LANGUAGE.fullmatch(language):
        raise _malformed("language must be a code such as en or pt_BR.")
    category = asked.one_of("category", ("MARKETING", "UTILITY", "AUTHENTICATION"))
    written = (asked.optional_text("parameter_format") or "positional").lower()
    if written not in set(ParameterFormat):
        raise _malformed("parameter_format must be named or positional.")
    components = _components(asked)
    asks_permission = "CALL_PERMISSION_REQUEST" in components
    if asks_permission and category == "AUTHENTICATION":
        raise _malformed("A call permission request must be of category MARKETING or UTILITY.")
    header = components.get("HEADER")
    if header is not None and header.optional_text("format") not in (None, "TEXT"):
        raise _malformed("A call permission request's header must be of format TEXT.")
    made_template = Template(
        id=template_id,
        waba_id=waba_id,
        name=name,
        language=language,
        category=category,
        parameter_format=ParameterFormat(written),
        body=components["BODY"].text("text", longest=_LONGEST_BODY),
        header=None if header is None else header.text("text", longest=_LONGEST_LINE),
        footer=components["FOOTER"].text("text", longest=_LONGEST_LINE) if "FOOTER" in components else None,
        asks_permission=asks_permission,
    )
    _check_blanks(made_template, components["BODY"])
    return made_template


def _check_blanks(template: Template, body: Fields) -> None:
    named = template.parameter_format is ParameterFormat.NAMED
    other = _POSITIONAL if named else _NAMED
    if other.search(template.body):
        raise _malformed(f"The body's blanks are not {template.parameter_format.value}.")
    blanks = template.blanks(template.body)
    if not named and blanks != [str(number) for number in range(1, len(blanks) + 1)]:
        raise _malformed("The body's blanks must be numbered {{1}}, {{2}}, … in order.")
    if blanks and not body.has("example"):
        raise _malformed("The body has blanks, so it needs an example.")


def _texts(template: Template, sent: Fields | None, blanks: list[str]) -> dict[str, str]:
    """Match the parameters sent with the blanks. Raises MetaError 132000 or 132012."""
    parameters = [] if sent is None else sent.inner_list("parameters")
    if len(parameters) != len(blanks):
        part = "body" if sent is None else sent.text("type").lower()
        raise MetaError(
            132000,
            f"{part}: number of localizable_params ({len(parameters)}) does not match the expected number of params "
            f"({len(blanks)})",
        )
    filled: dict[str, str] = {}
    for number, parameter in enumerate(parameters, start=1):
        if parameter.optional_text("type") != "text":
            raise MetaError(132012, f"{parameter.where('type')} must be text.")
        key = str(number)
        if template.parameter_format is ParameterFormat.NAMED:
            key = parameter.optional_text("parameter_name") or ""
            if key not in blanks or key in filled:
                raise MetaError(
                    132012, f"{parameter.where('parameter_name')} must be one of {', '.join(blanks)}, each once."
                )
        filled[key] = parameter.text("text", longest=_LONGEST_BODY)
    return filled


def _fill(template: Template, text: str, texts: dict[str, str]) -> str:
    pattern = _NAMED if template.parameter_format is ParameterFormat.NAMED else _POSITIONAL
    return pattern.sub(lambda blank: texts[blank.group(1)], text)


def rendered(template: Template, sent: Fields) -> Rendered:
    """Fill the blanks with the `template` object of a message. Raises MetaError 100, 132000 or 132012."""
    parts: dict[str, Fields] = {}
    for component in sent.inner_list("components"):
        kind = component.text("type").lower()
        if kind == "call_permission_request":
            raise _malformed("The call_permission_request component is not repeated when sending.")
        if kind not in {"header", "body"} or kind in parts:
            raise MetaError(132012, f"The template takes no component {kind} here.")
        parts[kind] = component
    header = None
    if template.header is not None:
        header_texts = _texts(template, parts.get("header"), template.blanks(template.header))
        header = _fill(template, template.header, header_texts)
    elif "header" in parts:
        raise MetaError(132012, "The template has no header.")
    body_texts = _texts(template, parts.get("body"), template.blanks(template.body))
    return Rendered(header, _fill(template, template.body, body_texts), template.footer)


def check_sendable(template: Template) -> None:
    """Refuse a template that is not approved. Raises MetaError 132001, 132015 or 132016."""
    match template.status:
        case TemplateStatus.PAUSED:
            raise MetaError(132015, f"The template {template.name} is paused due to low quality.")
        case TemplateStatus.DISABLED:
            raise MetaError(132016, f"The template {template.name} has been paused too often and is disabled.")
        case TemplateStatus.PENDING | TemplateStatus.REJECTED:
            raise MetaError(132001, f"template name ({template.name}) does not exist in {template.language}")
        case TemplateStatus.APPROVED:
            return


def as_listed(template: Template) -> dict[str, Any]:
    """Show it as GET message_templates does."""
    components: list[dict[str, Any]] = []
    if template.header is not None:
        components.append({"type": "HEADER", "format": "TEXT", "text": template.header})
    components.append({"type": "BODY", "text": template.body})
    if template.footer is not None:
        components.append({"type": "FOOTER", "text": template.footer})
    if template.asks_permission:
        components.append({"type": "CALL_PERMISSION_REQUEST"})
    return {
        "name": template.name,
        "parameter_format": template.parameter_format.value.upper(),
        "components": components,
        "language": template.language,
        "status": template.status.value,
        "category": template.category,
        "id": template.id,
    }


def may_we_call(waba_id: str, template_id: str) -> Template:
    """Give the one template every account has approved from the start."""
    return Template(
        id=template_id,
        waba_id=waba_id,
        name="may_we_call",
        language="en",
        category="UTILITY",
        parameter_format=ParameterFormat.NAMED,
        body="Hi {{first_name}}, may we call you on WhatsApp about {{topic}}?",
        footer="You can change this any time",
    )
