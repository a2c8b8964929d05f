"""The schema for editors says yes and no where the service does."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from forecaster.definitions.document import read_document
from forecaster.definitions.schema import indicator_schema
from forecaster.definitions.shipped import shipped_root
from tests.definitions.conftest import Said

_COLLECT = 'collect: {source: history, series: gdelt-cooperation-mass, schedule: "0 6 * * MON"}'


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return indicator_schema()


@pytest.fixture(scope="module")
def validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(schema)


def test_the_schema_is_a_schema(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", sorted(shipped_root().glob("*.yml")), ids=lambda path: path.stem)
def test_the_schema_accepts_what_is_shipped(path: Path, validator: Draft202012Validator) -> None:
    value = read_document(path.read_text()).value

    assert [error.message for error in validator.iter_errors(value)] == []


def test_the_schema_accepts_a_good_definition(good: str, validator: Draft202012Validator) -> None:
    assert validator.is_valid(read_document(good).value)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("role:", "rolle:"),
        ("role: display\n", ""),
        ("role: display", "role: displai"),
        ("frequency: week", "frequency: fortnight"),
        ("unit: reports", "unit: 5"),
        ("source: history", "source: histroy"),
        ("source: history, ", ""),
        ("collect:", "compose: {ratio: [one, other]}\ncollect:"),
        (_COLLECT, "compose: {ratio: [one]}"),
        (_COLLECT, "compose: {ratoi: [one, other]}"),
        (_COLLECT, "compose: {ratio: [one, other], share: [one, other]}"),
        (_COLLECT, "compose: {zscore: {of: one}}"),
        (_COLLECT, "title_of: nothing"),
        ("series:", "serie:"),
        ("series: gdelt-cooperation-mass, ", ""),
        ("source: history", "source: ledger"),
        ("0 6 * * MON", "daily"),
        ("dyad: all", "dyad: some"),
        ("dyad: all", "dyad: [China-Russia]"),
        ("dyad: all", "dyad: all, actor: [CHN]"),
        ("dyad: all", "actor: [China]"),
        ("lag: 1 day", "lag: soon"),
        ("within: 4", "within: 0"),
        ("above: 10", "above: 10, below: 1"),
        ("above: 10, ", ""),
        ("id: surge,", "id: Surge,"),
        ("probability: surge, ", ""),
        ("clear_below: 0.5", "clear_above: 0.5"),
        ("for: 2", "for: 0"),
        ("grade: full", "grade: none"),
        ("from: 2018-01-01, ", ""),
        ("redistribution: derived", "redistribution: maybe"),
        ("family: real", "family: really"),
        ("family: real", "methods: [astrology]"),
    ],
)
def test_the_schema_refuses_what_the_service_refuses(
    good: str, said: Said, validator: Draft202012Validator, right: str, wrong: str
) -> None:
    text = good.replace(right, wrong)

    assert text != good
    assert said(text)
    assert not validator.is_valid(read_document(text).value)


def test_coverage_may_be_one_span_or_several(good: str, validator: Draft202012Validator) -> None:
    several = good.replace("{from: 2018-01-01", "[{from: 2018-01-01").replace("full}", "full}]")

    assert validator.is_valid(yaml.load(several, yaml.BaseLoader) | read_document(several).value)


def test_every_field_is_described(schema: dict[str, Any]) -> None:
    bare = [
        f"{owner}.{name}"
        for owner, each in {"Declaration": schema, **schema["$defs"]}.items()
        for name, field in each.get("properties", {}).items()
        if not {"description", "$ref", "anyOf"} & field.keys()
    ]

    assert bare == []


def test_defaults_are_those_of_the_service(schema: dict[str, Any]) -> None:
    defaults = {name: field.get("default") for name, field in schema["properties"].items()}

    assert defaults["family"] == "auto"
    assert defaults["lag"] == "1 day"
    assert schema["$defs"]["Collect"]["properties"]["schedule"]["default"] == "0 6 * * *"
