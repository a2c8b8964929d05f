"""Any JSON endpoint: rows, dates and values are found by expressions of JMESPath."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar, Self

from pydantic import Field, model_validator

from forecaster.collect.asking.fetch import Fetched
from forecaster.collect.endpoints import expressions
from forecaster.collect.endpoints.body import complaint, refuse_no_json
from forecaster.collect.endpoints.endpoint import EndpointOptions
from forecaster.collect.endpoints.gather import Cell, gather
from forecaster.collect.endpoints.request import Request, filled, quoted
from forecaster.collect.source import Batch, Errand
from forecaster.domain.errors import SourceChanged
from forecaster.domain.faults import Fault, refuse

_EXPRESSIONS = ("rows", "error", "date", "value", "n", "distinct")
_ANY_NAMES = {"a": "x", "b": "x", "dyad": "x", "actor": "x"}


class HttpJsonOptions(EndpointOptions):
    """What is asked, and where in the answer it stands; places are expressions of JMESPath."""

    rows: str = Field(
        default="@",
        description="expression that finds the list of rows, from the whole answer",
    )
    error: str | None = Field(
        default=None,
        description="expression that finds what the source says is wrong, where it answers 200",
    )

    @model_validator(mode="after")
    def _expressions_are_well_formed(self) -> Self:
        places: list[tuple[tuple[str | int, ...], str | None]] = [
            ((name,), getattr(self, name)) for name in _EXPRESSIONS
        ]
        places += [(("scope", at), text) for at, text in enumerate(self.scope or ())]
        faults = []
        for where, text in places:
            try:
                if text is not None:
                    expressions.check(filled(text, _ANY_NAMES))
            except (ValueError, SourceChanged) as error:
                faults.append(Fault(str(error), where))
        refuse(*faults)
        return self


@dataclass(frozen=True)
class HttpJson:
    """Gives the values of a JSON endpoint, request by request."""

    Options: ClassVar = HttpJsonOptions
    shipped: ClassVar = False
    options: HttpJsonOptions

    def collect(self, errand: Errand) -> Iterator[Batch]:
        """Give what the endpoint has on every scope."""
        return gather(
            self.options,
            errand,
            lambda fetched, request: read(self.options, fetched, request),
            verify=refuse_no_json,
            select=self.options.rows,
            escape=quoted,
        )


@dataclass(frozen=True)
class JsonPage:
    """One answer: the whole of it, and its rows."""

    fetched: Fetched
    tree: object
    rows: tuple[object, ...]

    @property
    def size(self) -> int:
        """Count the rows."""
        return len(self.rows)

    @cached_property
    def fields(self) -> frozenset[str] | None:
        """Return the keys of the rows, where they have keys."""
        keyed = [row for row in self.rows if isinstance(row, dict)]
        return frozenset(str(key) for row in keyed for key in row) if keyed else None

    def find(self, expression: str) -> object:
        """Return what an expression finds in the whole."""
        return expressions.find(self.tree, expression)

    def cells(self) -> Iterator[tuple[str, Cell]]:
        """Walk through the rows; a cell is what an expression finds in its row."""
        for number, row in enumerate(self.rows, 1):
            place = f"row {number} of {self.fetched.document.url}"
            yield place, partial(expressions.find, row)

    def absent(self, place: str) -> str | None:
        """Say where an expression leaves the first row, if it finds nothing in any."""
        if any(expressions.find(row, place) is not None for row in self.rows):
            return None
        return expressions.absent(self.rows[0], place)


def read(options: HttpJsonOptions, fetched: Fetched, request: Request) -> JsonPage:
    """Read an answer.

    Raises:
        SourceChanged: No JSON, or no list where the rows were expected.
        SourceUnavailable: The source itself asks to come again.
    """
    url = fetched.document.url
    try:
        tree: object = json.loads(fetched.body.removeprefix(b"\xef\xbb\xbf"), parse_constant=str)
    except RecursionError as error:
        raise SourceChanged(f"{url}: the JSON is nested too deeply to be data") from error
    except ValueError as error:
        raise SourceChanged(f"{url} is no JSON in UTF-8: {str(error)[:300]}") from error
    said = expressions.find(tree, options.error) if options.error else None
    if said:
        raise complaint(f"{url} answered that something is wrong", expressions.shown(said))
    rows = expressions.find(tree, request.select)
    if not isinstance(rows, list):
        reason = expressions.gap(tree, request.select)
        raise SourceChanged(f"{url}: {request.select!r} is no list of rows: {reason}")
    return JsonPage(fetched, tree, tuple(rows))
