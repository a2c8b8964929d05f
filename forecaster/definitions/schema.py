"""The JSON Schema of an indicator's YAML, for editors: from the types that check it."""

from typing import Any

from forecaster import plugins
from forecaster.definitions.options import COLLECT_FIELDS, CannotLoad, options_of
from forecaster.domain.indicator import Declaration

Schema = dict[str, Any]

_TITLE = "Indicator of Forecaster"
_HINT = "# yaml-language-server: $schema=http://127.0.0.1:8000/v1/schemas/indicator.json"


def indicator_schema() -> Schema:
    """Return the schema (2020-12) of one file, with the options of every installed source."""
    schema = Declaration.model_json_schema()
    definitions = schema.pop("$defs")
    properties = schema["properties"]
    properties["lag"]["default"] = "1 day"
    properties["methods"]["items"]["enum"] = list(plugins.names("methods"))
    one = properties["coverage"]["items"]
    properties["coverage"] = {
        "description": properties["coverage"]["description"],
        "anyOf": [one, {"type": "array", "items": one}],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:forecaster:schema:indicator",
        **schema,
        "title": _TITLE,
        "description": f"What one YAML file says; its name is the indicator's id. {_HINT}",
        "$defs": {**definitions, **_collect(definitions["Collect"])},
    }


def _collect(shared: Schema) -> Schema:
    """Describe `collect:`: the source decides which options may stand beside it."""
    sources = list(plugins.names("sources"))
    fields = {name: shared["properties"][name] for name in COLLECT_FIELDS}
    fields["source"] = {**fields["source"], "enum": sources}
    branches: list[Schema] = []
    definitions: Schema = {}
    for source in sources:
        branch, own = _options(source)
        chosen = {"properties": {"source": {"const": source}}, "required": ["source"]}
        branches.append({"if": chosen, "then": branch})
        definitions |= own
    return {
        **definitions,
        "Collect": {
            "type": "object",
            "title": "Collect",
            "description": shared["description"],
            "properties": fields,
            "required": ["source"],
            "allOf": branches,
        },
    }


def _options(source: str) -> tuple[Schema, Schema]:
    """Return what `collect:` may hold for a source, and the definitions to which it refers."""
    try:
        schema = options_of(source).model_json_schema(ref_template=f"#/$defs/{source}.{{model}}")
    except CannotLoad as error:
        return {"description": str(error)}, {}
    own = {f"{source}.{name}": each for name, each in schema.pop("$defs", {}).items()}
    shared = dict.fromkeys(COLLECT_FIELDS, True)
    schema["properties"] = {**shared, **schema.get("properties", {})}
    return {**schema, "additionalProperties": False}, own
