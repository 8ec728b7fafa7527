"""model.py - kameng_describe() as Python objects, in the shapes that src/json/fields.hpp documents.

A type or key that is not known here is an error: a generator that passes over what it does not
understand would print wrong types in silence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterator

NO_DEFAULT = object()
SIMPLE_TYPES = (
    "boolean", "integer", "string", "money", "currency", "id", "headers", "document",
)  # fmt: skip
TYPE_KEYS = {"type", "min", "max", "values", "prefix", "item", "fields", "struct"}
FIELD_KEYS = {"name", "required", "doc", "secret", "personal", "default", "example"}


@dataclass
class Type:
    kind: str
    min: int | None = None
    max: int | None = None
    values: list[str] = field(default_factory=list)
    prefix: str = ""
    item: Type | None = None
    fields: list[Field] = field(default_factory=list)

    @staticmethod
    def read(document: dict[str, Any], where: str) -> Type:
        kind = document["type"]
        if kind not in SIMPLE_TYPES and kind not in ("list", "map", "object"):
            raise ValueError(f"{where}: unknown type {kind!r}")
        item = document.get("item")
        return Type(
            kind=kind,
            min=document.get("min"),
            max=document.get("max"),
            values=document.get("values", []),
            prefix=document.get("prefix", ""),
            item=Type.read(item, f"{where}[]") if item is not None else None,
            fields=[Field.read(part, where) for part in document.get("fields", [])],
        )

    @staticmethod
    def read_object(document: dict[str, Any], where: str) -> Type:
        """A whole document's shape."""
        made = Type.read(document, where)
        if made.kind != "object":
            raise ValueError(f"{where}: {made.kind} where an object is expected")
        return made

    def walk(self, path: str = "") -> Iterator[tuple[str, Field]]:
        """Every field below, depth first: ("lines[].sku_id", field)."""
        for part in self.fields:
            here = f"{path}{part.name}"
            yield here, part
            inner, suffix = part.type, ""
            while inner.item is not None:
                suffix += "[]" if inner.kind == "list" else ".*"
                inner = inner.item
            yield from inner.walk(f"{here}{suffix}.")


@dataclass
class Field:
    name: str
    type: Type
    required: bool
    doc: str
    secret: bool = False
    personal: str = ""
    default: Any = NO_DEFAULT
    example: Any = NO_DEFAULT

    @staticmethod
    def read(document: dict[str, Any], where: str) -> Field:
        here = f"{where}.{document['name']}"
        unknown = set(document) - TYPE_KEYS - FIELD_KEYS
        if unknown:
            raise ValueError(f"{here}: unknown keys {sorted(unknown)}")
        return Field(
            name=document["name"],
            type=Type.read(document, here),
            required=document["required"],
            doc=document["doc"],
            secret=document.get("secret", False),
            personal=document.get("personal", ""),
            default=document.get("default", NO_DEFAULT),
            example=document.get("example", NO_DEFAULT),
        )


@dataclass
class Reason:
    reason: str
    status: str
    retry: str


@dataclass
class Limit:
    per_minute: int
    burst: int


@dataclass
class Operation:
    name: str
    summary: str
    permission: str
    writes: bool
    since: Any
    stability: str
    answers_secret: bool
    limit: Limit | None
    reasons: list[Reason]
    request: Type
    answer: Type

    @property
    def noun(self) -> str:
        return self.name.split(".")[0]

    @property
    def verb(self) -> str:
        return self.name.split(".")[1]

    @property
    def pascal(self) -> str:
        """OrderPlace"""
        return pascal(self.name)


@dataclass
class StatusRow:
    name: str
    number: int
    http: int
    when: str


@dataclass
class Api:
    version: str
    api_version: int
    statuses: list[StatusRow]
    config: Type
    context: Type
    operations: list[Operation]
    common_reasons: list[Reason]

    @staticmethod
    def read(document: dict[str, Any]) -> Api:
        operations = [
            Operation(
                name=part["name"],
                summary=part["summary"],
                permission=part["permission"],
                writes=part["kind"] == "write",
                since=part["since"],
                stability=part["stability"],
                answers_secret=part["answers_secret"],
                limit=Limit(**part["limit"]) if part["limit"] else None,
                reasons=_reasons(part["reasons"]),
                request=Type.read_object(part["request"], f"{part['name']} request"),
                answer=Type.read_object(part["answer"], f"{part['name']} answer"),
            )
            for part in document["operations"]
        ]
        return Api(
            version=document["library"]["version"],
            api_version=document["library"]["api_version"],
            statuses=[StatusRow(**row) for row in document["statuses"]],
            config=Type.read_object(document["config"], "config"),
            context=Type.read_object(document["context"], "context"),
            operations=sorted(operations, key=lambda operation: operation.name),
            common_reasons=_reasons(document["common_reasons"]),
        )

    def nouns(self) -> dict[str, list[Operation]]:
        grouped: dict[str, list[Operation]] = {}
        for operation in self.operations:
            grouped.setdefault(operation.noun, []).append(operation)
        return grouped


def _reasons(rows: list[dict[str, Any]]) -> list[Reason]:
    made = [Reason(row["reason"], row["status"], row["retry"]) for row in rows]
    return sorted(made, key=lambda row: row.reason)


def pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.replace(".", "_").split("_"))


def camel(name: str) -> str:
    whole = pascal(name)
    return whole[:1].lower() + whole[1:]
