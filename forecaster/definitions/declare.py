"""A read document → the definition that it declares, or everything that is wrong with it."""

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches

from pydantic import BaseModel, ValidationError

from forecaster import plugins
from forecaster.definitions.document import Document, Value
from forecaster.definitions.explain import Subject, explain
from forecaster.definitions.fields import schema_of
from forecaster.definitions.options import COLLECT_FIELDS, CannotLoad, options_of
from forecaster.definitions.problem import Mistake, Place, name_shown, shortened, shown
from forecaster.definitions.schedule import check_schedule
from forecaster.domain.alert import ID_PATTERN
from forecaster.domain.errors import UnknownName, did_you_mean
from forecaster.domain.for_each import ForEach
from forecaster.domain.indicator import Declaration, Definition

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_PLACEHOLDERS = {"a", "b", "dyad", "actor"}
_FILLED = {("title",), ("collect",), ("compose",)}
_LONGEST_ID = 60


def declare(document: Document, name: str) -> Definition | list[Mistake]:
    """Return the definition of that name, or every mistake that the document makes."""
    if document.mistakes and document.value is None:
        return [*document.mistakes]
    if not isinstance(document.value, dict):
        message = f"expected fields such as 'title: Joint drills', found {shown(document.value)}"
        return [Mistake(Place(1, 1), message)]

    found = [mistake for check in _CHECKS for mistake in check(document, name)]
    definition: Definition | None = None
    try:
        definition = Definition.model_validate_json(_payload(document.value, name), strict=True)
    except ValidationError as error:
        errors = [each for each in error.errors(include_url=False) if each["loc"] != ("id",)]
        subject = Subject(document, schema_of(Declaration), "an indicator")
        found += explain(errors, subject)

    unread = {mistake.place for mistake in document.mistakes}
    mistakes = [*document.mistakes, *(each for each in found if each.place not in unread)]
    return definition if definition and not mistakes else mistakes


def _payload(value: dict[str, Value], name: str) -> str:
    """Arrange what the file says as the types have it; in one order, for one digest.

    Tests keep their own order: of the patterns of addresses the first one that fits counts.
    """
    fields = {**value, "id": name}
    if isinstance(coverage := value.get("coverage"), dict):
        fields["coverage"] = [coverage]
    if isinstance(collect := value.get("collect"), dict):
        shared = {key: collect[key] for key in COLLECT_FIELDS if key in collect}
        fields["collect"] = {**shared, "options": _options(collect)}
    tests = {"tests": fields.pop("tests")} if "tests" in fields else {}
    ordered = json.loads(json.dumps(fields, sort_keys=True))
    return json.dumps({**ordered, **tests})


def _options(collect: dict[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in collect.items() if key not in COLLECT_FIELDS}


def _of_name(document: Document, name: str) -> Iterator[Mistake]:
    if ("id",) in document.keys:
        message = "'id' is not a field of an indicator; the file's name is the id"
        yield Mistake(document.key_place(("id",)), message)
    if not re.fullmatch(ID_PATTERN, name) or len(name) > _LONGEST_ID:
        words = "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:_LONGEST_ID].strip("-")
        better = f"; rename the file, for example to {words}.yml" if words[:1].isalpha() else ""
        yield Mistake(
            Place(1, 1),
            "the file's name is the indicator's id: expected lower-case words joined by hyphens, "
            f"found {name_shown(name)}{better}",
        )


def _of_collect(document: Document, _: str) -> Iterator[Mistake]:
    collect, source = document.at(("collect",)), document.at(("collect", "source"))
    if not isinstance(collect, dict):
        return
    if source is None:
        yield from _near_misses(document, collect)
    elif isinstance(source, str):
        try:
            options = options_of(source)
        except (UnknownName, CannotLoad) as error:
            yield Mistake(document.place(("collect", "source")), str(error))
        else:
            yield from _of_options(document, collect, options, source)


def _near_misses(document: Document, collect: dict[str, Value]) -> Iterator[Mistake]:
    for key in collect:
        near = get_close_matches(shortened(key), COLLECT_FIELDS, cutoff=0.6)
        if near and key not in COLLECT_FIELDS:
            hint = did_you_mean(shortened(key), COLLECT_FIELDS)
            place = document.key_place(("collect", key))
            yield Mistake(place, f"{name_shown(key)} is not a field of collect{hint}")


def _of_options(
    document: Document, collect: dict[str, Value], options: type[BaseModel], source: str
) -> Iterator[Mistake]:
    try:
        options.model_validate_json(json.dumps(_options(collect)), strict=True)
    except ValidationError as error:
        schema = schema_of(options)
        shared: dict[str, object] = {key: {} for key in COLLECT_FIELDS}
        subject = Subject(
            document,
            {**schema, "properties": {**schema.get("properties", {}), **shared}},
            f"collect from {source!r}",
            root=("collect",),
        )
        yield from explain(error.errors(include_url=False), subject)


def _of_schedule(document: Document, _: str) -> Iterator[Mistake]:
    path = ("collect", "schedule")
    schedule = document.at(path)
    if isinstance(schedule, str):
        try:
            check_schedule(schedule)
        except ValueError as error:
            yield Mistake(document.place(path), str(error))


def _of_methods(document: Document, _: str) -> Iterator[Mistake]:
    methods = document.at(("methods",))
    named = methods if isinstance(methods, list) else []
    known = plugins.names("methods") if named else ()
    for place, name in enumerate(named):
        if isinstance(name, str) and name not in known:
            message = str(UnknownName("method", shortened(name), known))
            yield Mistake(document.place(("methods", place)), message)


def _of_placeholders(document: Document, _: str) -> Iterator[Mistake]:
    """Find placeholders that no scope would fill."""
    allowed = _allowed_placeholders(document)
    if allowed is None:
        return
    for path, place in document.values.items():
        text = document.at(path) if path[:1] in _FILLED else None
        for name in dict.fromkeys(_PLACEHOLDER.findall(text)) if isinstance(text, str) else ():
            if name not in allowed and (path == ("title",) or name in _PLACEHOLDERS):
                yield Mistake(place, _misfit(name, allowed))


def _allowed_placeholders(document: Document) -> tuple[str, ...] | None:
    """List what `for_each` fills; none, if it is wrong itself."""
    for_each = document.at(("for_each",))
    try:
        return ForEach.model_validate(for_each).placeholders if for_each else ()
    except ValidationError:
        return None


def _misfit(name: str, allowed: tuple[str, ...]) -> str:
    if not allowed:
        return f"{{{name}}} stands for nothing without 'for_each'"
    fitting = " ".join(f"{{{each}}}" for each in allowed)
    return f"{{{shortened(name)}}} is not a placeholder of this 'for_each'; known: {fitting}"


_CHECKS = (_of_name, _of_collect, _of_schedule, _of_methods, _of_placeholders)
