"""One YAML text → plain values, each with its line and column; nothing clever is understood.

Refused: tags, anchors, aliases, merge keys, duplicate keys, keys that are not text, several
documents, invisible characters, more than 1 MB, more than 20 levels or 5,000 values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import yaml

from forecaster.definitions.characters import check_text, forbidden_in, refusal_of
from forecaster.definitions.problem import LIMIT, Mistake, Path, Place, Unreadable, name_shown
from forecaster.definitions.scalars import Scalar, read_plain

MAX_DEPTH = 20
MAX_VALUES = 5_000

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_ADVICE = {
    "mapping values are not allowed": "is this line indented like its neighbours, "
    "and is text that holds ': ' in quotes?",
    "cannot start any token": "indent with spaces, not tabs, "
    "and put text that begins with @, ` or % in quotes",
    "a tab character": "indent with spaces, not tabs",
    "unexpected end of stream": "a quote is opened and never closed",
    "',' or ']'": "'[' is opened and not closed, or a comma is missing",
    "',' or '}'": "'{' is opened and not closed, or a comma is missing",
}
"""What the parser complains of → what a person may have meant to do."""

Value = Scalar | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True)
class Document:
    """The values of a text, where each key and value stands, and what was refused."""

    value: Value
    keys: Mapping[Path, Place]
    values: Mapping[Path, Place]
    mistakes: tuple[Mistake, ...]

    def resolve(self, loc: Sequence[str | int]) -> Path:
        """Follow a location as far as the text has it; steps that it has not are passed over."""
        path: Path = ()
        for step in loc:
            if (*path, step) in self.values:
                path = (*path, step)
        return path

    def at(self, path: Path) -> Value:
        """Return the value to which a path leads, or none."""
        value: Any = self.value if path in self.values else None
        for step in path if path in self.values else ():
            value = value[step]
        return value  # type: ignore[no-any-return]  # each step chose between list and mapping

    def place(self, path: Path) -> Place:
        """Return where a value stands."""
        return self.values.get(path, Place(1, 1))

    def key_place(self, path: Path) -> Place:
        """Return where the key of a value stands."""
        return self.keys.get(path) or self.place(path)


def read_document(text: str, loader: type = _LOADER) -> Document:
    """Read a YAML text; what it holds that is refused is listed in `mistakes`."""
    reader = _Reader(yaml.parse(text, Loader=loader))
    value: Value = None
    try:
        check_text(text)
        value = reader.document()
    except Unreadable as error:
        reader.mistakes.append(error.mistake)
    except yaml.YAMLError as error:
        reader.mistakes.append(_of_syntax(error))
    return Document(value, reader.keys, reader.values, tuple(reader.mistakes))


def _of_syntax(error: yaml.YAMLError) -> Mistake:
    problem = getattr(error, "problem", None) or "it cannot be parsed"
    place = _place_of(getattr(error, "problem_mark", None))
    for complaint, advice in _ADVICE.items():
        if complaint in problem:
            opened = getattr(error, "context_mark", None) if "is opened" in advice else None
            return Mistake(_place_of(opened) if opened else place, f"not valid YAML: {advice}")
    return Mistake(place, f"not valid YAML: {problem}")


def _place_of(mark: Any) -> Place:  # the marks of the two parsers are not one type
    return Place(1, 1) if mark is None else Place(mark.line + 1, mark.column + 1)


@dataclass(frozen=True)
class _Reader:
    """Builds values from parser events; goes on after what it can refuse without losing track."""

    events: Iterator[yaml.Event]
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    count: Iterator[int] = field(default_factory=count)

    def document(self) -> Value:
        value: Value = None
        found = False
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if found:
                    raise Unreadable(_place_of(event.start_mark), "a file holds one definition")
                found = True
                value = self.node(next(self.events), ())
        if not found:
            raise Unreadable(Place(1, 1), "the file is empty; a definition begins with 'title:'")
        return value

    def node(self, event: yaml.Event, path: Path) -> Value:
        place = self.values[path] = _place_of(event.start_mark)
        if len(path) > MAX_DEPTH:
            raise Unreadable(place, f"more than {MAX_DEPTH} levels deep")
        if next(self.count) >= MAX_VALUES:
            raise Unreadable(place, f"more than {MAX_VALUES:,} keys and values")
        self._refuse_extras(event, place)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._scalar(event, place) if isinstance(event, yaml.ScalarEvent) else None

    def _mapping(self, path: Path) -> Value:
        value: dict[str, Value] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            place = _place_of(event.start_mark)
            key = self._key(event, path, place)
            if key is None:
                self._aside().node(next(self.events), (*path, ""))
            elif key in value:
                first = self.keys[*path, key].line
                self._refuse(place, f"{name_shown(key)} stands twice; first on line {first}")
                self._aside().node(next(self.events), (*path, ""))
            else:
                self.keys[*path, key] = place
                value[key] = self.node(next(self.events), (*path, key))
        return value

    def _sequence(self, path: Path) -> Value:
        value: list[Value] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            value.append(self.node(event, (*path, len(value))))
        return value

    def _key(self, event: yaml.Event, path: Path, place: Place) -> str | None:
        key = self._aside().node(event, (*path, ""))
        if key == "<<":
            self._refuse(place, "merge keys are not understood; write the fields out")
        elif not isinstance(key, str):
            self._refuse(place, "the name of a field is text")
        else:
            return key
        return None

    def _aside(self) -> "_Reader":
        """Read on without remembering where the values stand."""
        return _Reader(self.events, mistakes=self.mistakes, count=self.count)

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> Scalar:
        text: str = event.value
        at = forbidden_in(text)
        if at is not None:
            self._refuse(place, refusal_of(text[at]))
        if not event.implicit[0]:
            return text
        try:
            return read_plain(text)
        except ValueError as error:
            self._refuse(place, str(error))
            return None

    def _refuse_extras(self, event: Any, place: Place) -> None:
        anchor: Any = getattr(event, "anchor", None)
        tag: Any = getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(place, f"{name_shown(anchor)} is an alias; write the value out")
        elif anchor is not None:
            self._refuse(place, f"{name_shown(anchor)} is an anchor; only plain YAML is read")
        elif tag is not None:
            self._refuse(place, f"{name_shown(tag)} is a tag; only plain YAML is read")

    def _refuse(self, place: Place, message: str) -> None:
        if len(self.mistakes) < LIMIT:
            self.mistakes.append(Mistake(place, message))
