"""Files of YAML → the catalogue of definitions, and everything that is wrong with the others."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG

from forecaster.definitions.characters import MAX_BYTES, decode
from forecaster.definitions.composing import Neighbours, misfits
from forecaster.definitions.declare import declare
from forecaster.definitions.document import Document, read_document
from forecaster.definitions.driving import misled
from forecaster.definitions.problem import Mistake, Place, Problem, Unreadable, in_order
from forecaster.domain.errors import DefinitionsRefused
from forecaster.domain.indicator import Definition

_SUFFIXES = {".yml", ".yaml"}
_TOP = Place(1, 1)


@dataclass(frozen=True)
class Loaded:
    """What the files say: the good definitions by id, and the problems of the others."""

    catalogue: tuple[Definition, ...]
    problems: tuple[Problem, ...]
    overridden: tuple[str, ...]  # ids that a later root took over from an earlier one
    sources: Mapping[str, Path]
    refused: tuple[str, ...]  # ids whose file stands but is wrong: keep what was in force before
    complete: bool  # every root could be listed: only then is an absent file a deleted one


def read_file(path: Path, text: str | None = None) -> Definition:
    """Return what a file, or a text in its name, declares; `DefinitionsRefused` lists faults."""
    try:
        content = text_of(path, path) if text is None else text
    except FileNotFoundError as error:
        raise refusal(path, [Mistake(_TOP, "there is no such file")]) from error
    definition, _ = _declared(path, content)
    return definition


def load_catalogue(roots: Sequence[Path]) -> Loaded:
    """Read the definitions that lie directly in the roots; a later root overrides by id."""
    shelf = _Shelf()
    for root in roots:
        shelf.list_root(root)
    for name, path in list(shelf.chosen.items()):
        shelf.read(name, path)
    shelf.check_neighbours()
    return shelf.loaded()


@dataclass
class _Shelf:
    """What was found so far while the roots are read."""

    chosen: dict[str, Path] = field(default_factory=dict)
    roots: dict[Path, Path] = field(default_factory=dict)
    good: dict[str, Definition] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)  # of what names others
    rules: dict[str, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    overridden: set[str] = field(default_factory=set)
    complete: bool = True

    def list_root(self, root: Path) -> None:
        try:
            paths = sorted(path for path in root.iterdir() if _is_definition(path))
        except OSError as error:
            self.problems.append(problem_of(root, f"cannot be listed: {error.strerror}"))
            self.complete = False
            return
        within: dict[str, Path] = {}
        for path in paths:
            if path.stem in within:
                other = within[path.stem].name
                self.problems.append(problem_of(path, f"{other} stands for the same indicator"))
            else:
                within[path.stem] = path
        self.overridden |= within.keys() & self.chosen.keys()
        for name, path in within.items():
            self.chosen.pop(name, None)  # so that earlier roots come first
            self.chosen[name], self.roots[path] = path, root

    def read(self, name: str, path: Path) -> None:
        try:
            real = within(self.roots[path], path)
            definition, document = _declared(path, text_of(path, real))
            self._check_rules(path, definition, document)
            self._check_names(path, definition, document)
        except FileNotFoundError:
            return  # it vanished since the root was listed
        except DefinitionsRefused as error:
            self.problems += [each for each in error.problems if isinstance(each, Problem)]
            self.refused.add(name)
        else:
            self.good[name] = definition
            self.rules |= {rule.id: path for rule in definition.alerts}
            if definition.compose is not None or definition.drivers:
                self.documents[name] = document

    def check_neighbours(self) -> None:
        """Set aside what names others, as inputs or drivers, that do not fit; the rest stands."""
        neighbours = Neighbours(dict(self.good), frozenset(self.refused))
        for name, document in self.documents.items():
            asked = (self.good[name], document, neighbours)
            found = [*misfits(*asked), *misled(*asked)]
            if found:
                path = self.chosen[name]
                self.problems += [mistake.in_file(_shown(path)) for mistake in in_order(found)]
                self.refused.add(name)
                del self.good[name]

    def _check_rules(self, path: Path, definition: Definition, document: Document) -> None:
        taken = [
            Mistake(
                document.place(("alerts", place, "id")),
                f"{_shown(self.rules[rule.id])} has an alert {rule.id!r} already; "
                "each needs an id of its own, over all files",
            )
            for place, rule in enumerate(definition.alerts)
            if rule.id in self.rules
        ]
        if taken:
            raise refusal(path, taken)

    def _check_names(self, path: Path, definition: Definition, document: Document) -> None:
        standing = [
            Mistake(
                document.place(("formerly", place)),
                f"{_shown(self.chosen[former])} still stands; a rename takes the old file away",
            )
            for place, former in enumerate(definition.formerly)
            if former in self.chosen
        ]
        if standing:
            raise refusal(path, standing)

    def loaded(self) -> Loaded:
        return Loaded(
            catalogue=tuple(self.good[name] for name in sorted(self.good)),
            problems=tuple(sorted(self.problems)),
            overridden=tuple(sorted(self.overridden)),
            sources={name: self.chosen[name] for name in sorted(self.good)},
            refused=tuple(sorted(self.refused)),
            complete=self.complete,
        )


def _is_definition(path: Path) -> bool:
    return path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")


def within(root: Path, path: Path) -> Path:
    """Follow links, but not out of the root."""
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(os.path.realpath(root)):
        message = "a link that leads out of the directory is not followed"
        raise refusal(path, [Mistake(_TOP, message)])
    return real


def text_of(path: Path, real: Path) -> str:
    """Read a file as text; `DefinitionsRefused` names it by its path."""
    try:
        if not S_ISREG(real.stat().st_mode):
            raise refusal(path, [Mistake(_TOP, "not a file")])
        with real.open("rb") as file:
            return decode(file.read(MAX_BYTES + 1))
    except FileNotFoundError:
        raise
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise refusal(path, [Mistake(_TOP, message)]) from error
    except Unreadable as error:
        raise refusal(path, [error.mistake]) from error


def _declared(path: Path, text: str) -> tuple[Definition, Document]:
    document = read_document(text)
    result = declare(document, path.stem)
    if isinstance(result, Definition):
        return result, document
    raise refusal(path, result)


def refusal(path: Path, mistakes: Iterable[Mistake]) -> DefinitionsRefused:
    """Say what is wrong with a file."""
    return DefinitionsRefused([mistake.in_file(_shown(path)) for mistake in in_order(mistakes)])


def problem_of(path: Path, message: str) -> Problem:
    """Say what is wrong with a file as a whole."""
    return Mistake(_TOP, message).in_file(_shown(path))


def _shown(path: Path) -> str:
    """Write a path so that it can be printed, whatever bytes its name has."""
    return os.fsencode(path).decode(errors="replace")
