"""Which fields may stand at a place, read off the JSON Schema of the types themselves."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

Schema = Mapping[str, Any]


@cache
def schema_of(model: type[BaseModel]) -> Schema:
    """Return the JSON Schema of a type; it never changes, and takes a while to make."""
    return model.model_json_schema()


def fields_at(schema: Schema, path: tuple[str | int, ...]) -> dict[str, str]:
    """Return the fields of the mapping to which a path leads, each with its description."""
    nodes = list(_shapes(schema, schema))
    for step in path:
        if isinstance(step, str):
            fields = [_field(node, step) for node in nodes]
            nodes = [shape for field in fields for shape in _shapes(schema, field)]
    return {
        name: _description(schema, field)
        for node in nodes
        for name, field in node.get("properties", {}).items()
    }


def _field(node: Schema, name: str) -> Schema:
    """Return what a node says of a field; a mapping with names of one's own says it of all."""
    others = node.get("additionalProperties", {})
    found = node.get("properties", {}).get(name, others)
    return found if isinstance(found, dict) else {}


def _shapes(schema: Schema, node: Schema) -> Iterator[Schema]:
    """Yield a node, what it refers to, its alternatives, and what it is a list of."""
    yield node
    inner = [node["items"]] if "items" in node else []
    if "$ref" in node:
        inner.append(schema["$defs"][node["$ref"].removeprefix("#/$defs/")])
    for each in (*inner, *node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _shapes(schema, each)


def _description(schema: Schema, field: Schema) -> str:
    return next((str(s["description"]) for s in _shapes(schema, field) if "description" in s), "")
