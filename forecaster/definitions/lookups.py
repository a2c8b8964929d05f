"""Files of YAML in `lookups/` → what the names that sources use stand for, as declared."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, Field, RootModel, ValidationError

from forecaster.definitions.document import Document, read_document
from forecaster.definitions.explain import Subject, explain
from forecaster.definitions.fields import schema_of
from forecaster.definitions.load import problem_of, refusal, text_of, within
from forecaster.definitions.problem import Mistake, Place, Problem, shown
from forecaster.domain.actors import Actor
from forecaster.domain.base import Frozen
from forecaster.domain.errors import DefinitionsRefused, did_you_mean
from forecaster.domain.lookups import Lookups, folded

FOLDER = "lookups"
_SUFFIXES = {".yml", ".yaml"}
_FEED_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"

Names = Mapping[str, str]
"""Folded names → what each stands for."""
Placed = Iterator[tuple[str, str, tuple[str | int, ...]]]
"""A name, what it stands for, and the way to it in the file."""


class Actors(RootModel[dict[Actor, tuple[Annotated[str, Field(min_length=1)], ...]]]):
    """Country codes → the names that stand for each."""


class Feed(Frozen):
    """Where a feed lies, and whose it is."""

    url: str = Field(pattern=r"^https?://[^\s/]+\S*$", description="its address")
    publisher: str = Field(min_length=1, max_length=120, description="whom to name as its source")
    note: str = Field(default="", max_length=500, description="what one should know of it")


class Feeds(RootModel[dict[Annotated[str, Field(pattern=_FEED_PATTERN, max_length=60)], Feed]]):
    """Names of feeds → where each lies."""


@dataclass(frozen=True)
class LoadedLookups:
    """What the files declare together, what is wrong with some, and each file that counts."""

    lookups: Lookups
    problems: tuple[Problem, ...]
    files: Mapping[Path, Names]


@dataclass
class KeptLookups:
    """The lookups as the files have them now; a file that broke counts as it last was good."""

    roots: Sequence[Path]
    files: Mapping[Path, Names] = field(default_factory=dict)

    def __call__(self) -> Lookups:
        """Read the files again."""
        loaded = load_lookups(self.roots, self.files)
        self.files = loaded.files
        return loaded.lookups


def load_lookups(
    roots: Sequence[Path], before: Mapping[Path, Names] = MappingProxyType({})
) -> LoadedLookups:
    """Read the lookups of every root; a later root adds names, and takes over those it repeats.

    A broken file takes no other down: it counts as it was `before`, or not at all.
    """
    problems: list[Problem] = []
    files: dict[Path, Names] = {}
    kinds: dict[str, dict[str, str]] = {kind: {} for kind in _KINDS}
    for root in roots:
        for kind, path in _listed(root, problems):
            try:
                files[path] = read_lookup(path, root)
            except FileNotFoundError:
                continue  # it vanished since the folder was listed
            except DefinitionsRefused as error:
                problems += [each for each in error.problems if isinstance(each, Problem)]
                if path in before:
                    files[path] = before[path]
            kinds[kind] |= files.get(path, {})
    return LoadedLookups(Lookups(**kinds), tuple(sorted(problems)), files)


def read_lookup(path: Path, root: Path | None = None) -> Names:
    """Return the names that one file declares; `DefinitionsRefused` lists its faults."""
    if path.stem not in _KINDS:
        raise refusal(path, [Mistake(Place(1, 1), _stranger(path.stem))])
    text = text_of(path, within(root, path) if root else path)
    document = read_document(text)
    kind = _KINDS[path.stem]
    names, mistakes = _declared(document, kind) if text.strip() else ({}, [_EMPTY])
    if mistakes:
        raise refusal(path, mistakes)
    return names


def is_lookup(path: Path) -> bool:
    """Say whether a file is one of names, not one of an indicator."""
    return path.parent.name == FOLDER


def _listed(root: Path, problems: list[Problem]) -> Iterator[tuple[str, Path]]:
    """Walk through the files of a root's folder, of each kind one."""
    seen: dict[str, Path] = {}
    for path in sorted((root / FOLDER).glob("*")):
        if path.suffix.lower() not in _SUFFIXES or path.name.startswith("."):
            continue
        if path.stem not in _KINDS:
            problems.append(problem_of(path, _stranger(path.stem)))
        elif path.stem in seen:
            problems.append(problem_of(path, f"{seen[path.stem].name} holds the same lookup"))
        else:
            seen[path.stem] = path
            yield path.stem, path


def _stranger(stem: str) -> str:
    return f"no lookup is named {stem[:60]!r}{did_you_mean(stem, tuple(_KINDS))}"


def _declared(document: Document, kind: "_Kind") -> tuple[dict[str, str], list[Mistake]]:
    """Return what a document declares, or what is wrong with it."""
    if document.mistakes:
        return {}, [*document.mistakes]
    if not isinstance(document.value, dict):
        return {}, [Mistake(Place(1, 1), f"expected {kind.form}, found {shown(document.value)}")]
    try:
        kind.model.model_validate_json(json.dumps(document.value), strict=True)
    except ValidationError as error:
        subject = Subject(document, schema_of(kind.model), kind.owner)
        return {}, [*explain(error.errors(include_url=False), subject)]
    names: dict[str, str] = {}
    mistakes = []
    for name, meaning, path in kind.placed(document):
        other = names.setdefault(folded(name), meaning)
        if other != meaning:
            message = f"{name[:60]!r} stands for {other} already; a name stands for one alone"
            mistakes.append(Mistake(document.place(path), message))
    return names, mistakes


def _of_actors(document: Document) -> Placed:
    value = document.value
    for code, names in value.items() if isinstance(value, dict) else ():
        for at, name in enumerate(names if isinstance(names, list) else ()):
            yield str(name), code, (code, at)


def _of_feeds(document: Document) -> Placed:
    value = document.value
    for name in value if isinstance(value, dict) else ():
        yield name, str(document.at((name, "url"))), (name,)


@dataclass(frozen=True)
class _Kind:
    model: type[BaseModel]
    owner: str
    form: str
    placed: Callable[[Document], Placed]


_KINDS = MappingProxyType(
    {
        "actors": _Kind(Actors, "actors", "lines such as 'CHN: [China]'", _of_actors),
        "words": _Kind(Actors, "words", "lines such as 'CHN: [Chinese, Beijing]'", _of_actors),
        "feeds": _Kind(
            Feeds, "feeds", "lines such as 'tass: {url: https://…, publisher: TASS}'", _of_feeds
        ),
    }
)
_EMPTY = Mistake(Place(1, 1), "the file is empty; delete it, or write down what its names mean")
