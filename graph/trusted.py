"""Documents known beforehand: a manifest of trusted ones, and those that clients register as they go (APQ).

A request names a document by its hash instead of sending it: as `documentId` (GraphQL over HTTP), or as
`extensions.persistedQuery.sha256Hash` (Apollo's automatic persisted queries).
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import orjson
import structlog
from graphql import GraphQLError, GraphQLSchema, parse, specified_rules

from .documents import mistakes
from .faults import Code, CodedError
from .limits import Limits

MOST_REGISTERED = 1000  # documents that clients registered, on this server
MOST_REGISTERED_CHARACTERS = 10_000_000  # in all of them
MOST_NOTED = 1000  # untrusted documents told of in the log: each once

_PREFIX = "sha256:"
_HASH = re.compile("[0-9a-f]{64}")

_log = structlog.get_logger()


class Mode(StrEnum):
    OFF = "off"  # any document is run
    AUDIT = "audit"  # any document is run, and those not in the manifest are told of in the log
    ENFORCE = "enforce"  # only those in the manifest are run


class ManifestError(Exception):
    """A manifest cannot be used: a sentence that says why."""


def read_manifests(path: Path, schema: GraphQLSchema, limits: Limits) -> dict[str, str]:
    """Read a manifest of trusted documents, or a folder of them: each can be run here. ManifestError otherwise.

    A manifest is a JSON object from hash to document (Relay, graphql-codegen), or Apollo's manifest of operations.
    """
    paths = sorted(path.glob("*.json")) if path.is_dir() else [path]
    return {name: text for own in paths for name, text in _read(own, schema, limits).items()}


def _read(path: Path, schema: GraphQLSchema, limits: Limits) -> dict[str, str]:
    try:
        content = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise ManifestError(f"The manifest {path} cannot be read: {error}.") from error
    documents = dict(_entries(content, path))
    for name, text in documents.items():
        try:
            found = mistakes(schema, parse(text, max_tokens=limits.tokens), specified_rules, limits)
        except GraphQLError as error:
            found = [error]
        if found:
            raise ManifestError(f"The document {name[:80]} in {path} cannot be run here: {found[0].message}")
    return documents


def _entries(content: Any, path: Path) -> Iterator[tuple[str, str]]:
    pairs: list[Any]
    match content:
        case {"operations": list(operations)}:
            pairs = [(own.get("id"), own.get("body")) if isinstance(own, dict) else () for own in operations]
        case dict():
            pairs = [*content.items()]
        case _:
            pairs = [()]
    for pair in pairs:
        match pair:
            case (str(name), str(text)):
                yield name.removeprefix(_PREFIX), text
            case _:
                raise ManifestError(
                    f"The manifest {path} is neither an object from hash to document nor Apollo's list of operations."
                )


class Request(Protocol):
    """What names a document, in whatever comes in."""

    @property
    def query(self) -> str | None: ...
    @property
    def document_id(self) -> str | None: ...
    @property
    def extensions(self) -> dict[str, Any] | None: ...
    @property
    def operation_name(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as a message on a WebSocket puts it."""

    query: str | None
    document_id: str | None
    extensions: dict[str, Any] | None
    operation_name: str | None


@dataclass(frozen=True, slots=True)
class Named:
    """How a request names its document."""

    name: str
    automatic: bool  # by Apollo's protocol, whose clients send the document when they are told that it is not known


@dataclass(slots=True)
class Documents:
    """All that a server knows of documents before they come."""

    trusted: Mapping[str, str] = field(default_factory=dict)
    mode: Mode = Mode.OFF
    automatic: bool = False  # clients may register documents
    _registered: OrderedDict[tuple[UUID, str], str] = field(default_factory=OrderedDict)
    _characters: int = 0
    _noted: OrderedDict[str, None] = field(default_factory=OrderedDict)
    untrusted: int = 0  # how many operations came with a document that is not trusted, in the modes that look
    _texts: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._texts = frozenset(self.trusted.values())

    def resolve(self, workspace_id: UUID, request: Request) -> str | None:
        """Give the document that a request is about; None where it has and names none.

        CodedError where it names one that is not known, or may not be run.
        """
        named, text = _named(request), request.query or None
        if named is not None:
            text = self._named(workspace_id, named, text)
        if text is not None and self.mode is not Mode.OFF and text not in self._texts:
            self._note(text, request.operation_name)
        return text

    def _named(self, workspace_id: UUID, named: Named, text: str | None) -> str:
        known = self.trusted.get(named.name)
        if text is None:
            if known is None and self.automatic:
                known = self._registered.get((workspace_id, named.name))
                if known is not None:
                    self._registered.move_to_end((workspace_id, named.name))
            if known is None:
                raise self._unknown(named)
            return known
        if known == text:
            return text
        if _HASH.fullmatch(named.name) is None or hashlib.sha256(text.encode()).hexdigest() != named.name:
            message = "The document is another than the one that its hash names. Send the SHA-256 of exactly this text."
            raise CodedError(Code.BAD_USER_INPUT, message)
        if self.automatic and self.mode is not Mode.ENFORCE:
            self._register(workspace_id, named.name, text)
        return text

    def _unknown(self, named: Named) -> CodedError:
        if not named.automatic:
            return CodedError(Code.DOCUMENT_NOT_FOUND, "No document is registered here under this documentId.")
        if self.automatic and self.mode is not Mode.ENFORCE:
            return CodedError(Code.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
        return CodedError(Code.PERSISTED_QUERY_NOT_SUPPORTED, "PersistedQueryNotSupported")

    def _register(self, workspace_id: UUID, name: str, text: str) -> None:
        """Remember a document for this workspace: what one registers, another cannot find."""
        if (workspace_id, name) in self._registered:
            return
        self._registered[workspace_id, name] = text
        self._characters += len(text)
        while len(self._registered) > MOST_REGISTERED or self._characters > MOST_REGISTERED_CHARACTERS:
            self._characters -= len(self._registered.popitem(last=False)[1])

    def _note(self, text: str, operation_name: str | None) -> None:
        """Refuse an untrusted document, or tell of it once."""
        self.untrusted += 1
        if self.mode is Mode.ENFORCE:
            message = "Only registered documents are run here. Add this one to the manifest, or ask by a documentId."
            raise CodedError(Code.DOCUMENT_NOT_TRUSTED, message)
        name = hashlib.sha256(text.encode()).hexdigest()
        if name not in self._noted:
            self._noted[name] = None
            if len(self._noted) > MOST_NOTED:
                self._noted.popitem(last=False)
            _log.warning("document_not_trusted", sha256=name, operation=(operation_name or "")[:80])


def _named(request: Request) -> Named | None:
    """Read how a request names its document. CodedError where it cannot be read."""
    if request.document_id:
        return Named(request.document_id.removeprefix(_PREFIX), automatic=False)
    persisted = (request.extensions or {}).get("persistedQuery")
    match persisted:
        case None:
            return None
        case {"version": 1, "sha256Hash": str(name)}:
            return Named(name, automatic=True)
        case _:
            message = 'Name a document by extensions: {"persistedQuery": {"version": 1, "sha256Hash": "…"}}.'
            raise CodedError(Code.BAD_USER_INPUT, message)
