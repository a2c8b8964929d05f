"""What a type refused → what a person should write instead, and where."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby

from pydantic_core import ErrorDetails

from forecaster.definitions.document import Document
from forecaster.definitions.fields import Schema, fields_at
from forecaster.definitions.problem import (
    LIMIT,
    Mistake,
    Path,
    Place,
    name_shown,
    shortened,
    shown,
)
from forecaster.domain.alert import ID_PATTERN
from forecaster.domain.errors import did_you_mean
from forecaster.domain.faults import Fault, Faults

_OWNERS = {
    "thresholds": "a threshold",
    "alerts": "an alert",
    "license": "a license",
    "coverage": "coverage",
    "for_each": "for_each",
    "compose": "compose",
    "tests": "a test",
    "observations": "an expected observation",
    "documents": "an answer",
}
_EXPECTED = {
    "string_type": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "frozen_set": "a list",
    "model": "a mapping (name: value)",
    "dict": "a mapping (name: value)",
    "mapping": "a mapping (name: value)",
    "date": "a date such as 2024-12-31",
    "datetime": "a moment such as 2024-12-31T06:00:00Z",
    "time_delta": "a duration such as '7 days'",
    "greater_than_equal": "at least {ge}",
    "greater_than": "more than {gt}",
    "less_than_equal": "at most {le}",
    "less_than": "less than {lt}",
    "string_too_short": "{min_length} or more characters",
    "string_too_long": "at most {max_length} characters",
    "too_short": "{min_length} or more entries",
    "too_long": "at most {max_length} entries",
    "string_pattern_mismatch": "text of the form {pattern}",
}
"""Type of an error, or its beginning up to a `_`, → what was expected."""


@dataclass(frozen=True)
class Subject:
    """What was validated: a part of a document, its types as a schema, and its name."""

    document: Document
    schema: Schema
    owner: str
    root: Path = ()

    def fields(self, path: Path) -> Mapping[str, str]:
        """Return the fields that may stand in the mapping at a path."""
        return fields_at(self.schema, path[len(self.root) :])

    def owner_at(self, path: Path) -> str:
        """Name the mapping at a path."""
        names = [step for step in path[len(self.root) :] if isinstance(step, str)]
        return _OWNERS.get(names[-1], repr(names[-1])) if names else self.owner


@dataclass(frozen=True)
class _Refusal:
    """One error of a type at its place in the document."""

    error: ErrorDetails
    path: Path
    beyond: bool  # its location goes on to a branch of a choice, which no document has
    place: Place

    def follows(self, above: set[Path]) -> bool:
        """Say whether it only repeats what is said of a value below it."""
        return self.path in above and (self.beyond or self.error["type"] == "too_short")


def explain(errors: Sequence[ErrorDetails], subject: Subject) -> Iterator[Mistake]:
    """Say for each place what was expected there, what was found, and the nearest right name."""
    refusals = sorted(
        (_located(error, subject) for error in errors),
        key=lambda refusal: (refusal.place, [str(step) for step in refusal.path]),
    )[:LIMIT]
    above = {refusal.path[:depth] for refusal in refusals for depth in range(len(refusal.path))}
    relevant = [refusal for refusal in refusals if not refusal.follows(above)]

    unknown = [r for r in relevant if r.error["type"] == "extra_forbidden"]
    missing = [r for r in relevant if r.error["type"] == "missing"]
    others = [r for r in relevant if r not in unknown and r not in missing]

    meant = set()
    for refusal in unknown:
        known = subject.fields(refusal.path[:-1])
        meant.add((refusal.path[:-1], _nearest(str(refusal.path[-1]), known)))
        yield Mistake(refusal.place, _unknown(refusal, subject, known))
    for refusal in missing:
        if (refusal.path, refusal.error["loc"][-1]) not in meant:
            yield Mistake(refusal.place, _missing(refusal, subject))
    for _, alternatives in groupby(others, key=lambda refusal: refusal.path):
        yield from _wrong(list(alternatives), subject.document)


def _located(error: ErrorDetails, subject: Subject) -> _Refusal:
    path = subject.document.resolve((*subject.root, *error["loc"]))
    if error["type"] == "extra_forbidden":
        return _Refusal(error, path, beyond=False, place=subject.document.key_place(path))
    beyond = error["type"] != "missing" and len(path) < len(subject.root) + len(error["loc"])
    return _Refusal(error, path, beyond=beyond, place=subject.document.place(path))


def _nearest(name: str, known: Mapping[str, str]) -> str | None:
    return next(iter(get_close_matches(shortened(name), known, n=1, cutoff=0.6)), None)


def _unknown(refusal: _Refusal, subject: Subject, known: Mapping[str, str]) -> str:
    name = str(refusal.path[-1])
    owner = subject.owner_at(refusal.path[:-1])
    hint = did_you_mean(shortened(name), tuple(known))
    return f"{name_shown(name)} is not a field of {owner}{hint}"


def _missing(refusal: _Refusal, subject: Subject) -> str:
    name = str(refusal.error["loc"][-1])
    purpose = subject.fields(refusal.path).get(name, "")
    owner = subject.owner_at(refusal.path)
    return f"{owner} needs {name!r}" + (f": {purpose}" if purpose else "")


def _wrong(alternatives: list[_Refusal], document: Document) -> Iterator[Mistake]:
    refusal = alternatives[0]
    problem = refusal.error.get("ctx", {}).get("error")
    if isinstance(problem, Faults):
        for fault in problem.faults:
            yield _at_fault(fault, refusal, document)
    elif isinstance(problem, ValueError):
        yield Mistake(refusal.place, str(problem))
    else:
        found = document.at(refusal.path)
        phrases = dict.fromkeys(_expected(alternative.error) for alternative in alternatives)
        hint = _hint(alternatives, found)
        yield Mistake(
            refusal.place, f"expected {' or '.join(phrases)}, found {shown(found)}{hint}"
        )


def _at_fault(fault: Fault, refusal: _Refusal, document: Document) -> Mistake:
    path = document.resolve((*refusal.path, *fault.at))
    return Mistake(document.place(path), fault.message)


def _expected(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if context.get("pattern") == ID_PATTERN:
        return "lower-case words joined by hyphens, such as 'joint-drills'"
    names = _names(error)
    if names:
        return repr(names[0]) if len(names) == 1 else f"one of {', '.join(names)}"
    for name, phrase in _EXPECTED.items():
        if kind == name or kind.startswith((f"{name}_type", f"{name}_parsing", f"{name}_from")):
            return phrase.format(**{key: _plain(value) for key, value in context.items()})
    return error["msg"].removeprefix("Input should be ").removeprefix("Value error, ")


def _plain(value: object) -> object:
    return f"{value:g}" if isinstance(value, float) else value


def _names(error: ErrorDetails) -> list[str]:
    if error["type"] not in {"enum", "literal_error"}:
        return []
    return re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))


def _hint(alternatives: list[_Refusal], found: object) -> str:
    if isinstance(found, str):
        known = [name for refusal in alternatives for name in _names(refusal.error)]
        near = get_close_matches(shortened(found), known, n=1, cutoff=0.6)
        return f"; did you mean {near[0]!r}?" if near else ""
    wants_text = any(refusal.error["type"] == "string_type" for refusal in alternatives)
    return "; put it in quotes" if wants_text and isinstance(found, int | float) else ""
