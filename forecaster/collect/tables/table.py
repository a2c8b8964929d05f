"""Read the CSV files of ours and of the operator, row by row; every error names file and line."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from forecaster.domain.errors import SourceChanged

T = TypeVar("T")
Row = Mapping[str, str]
_MOST_SHOWN = 20


def files_by_root(roots: Sequence[Path], folder: str) -> Iterator[tuple[Path, ...]]:
    """Walk through the roots, each once, and give the CSV files in a folder of theirs."""
    for root in dict.fromkeys(root.resolve() for root in roots):
        yield tuple(sorted((root / folder).glob("*.csv")))


def rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """Walk through the rows of a file with exactly these columns, each with its place.

    Raises:
        SourceChanged: Other columns, a row of another length, no CSV, or no UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            if header != list(columns):
                raise SourceChanged(
                    f"{path}:1: the columns are {','.join(header)}; expected {','.join(columns)}"
                )
            for row in reader:
                place = f"{path}:{reader.line_num}"
                if len(row) != len(columns):
                    raise SourceChanged(f"{place}: {len(row)} columns; expected {len(columns)}")
                yield place, dict(zip(columns, row, strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise SourceChanged(f"{path}: not a CSV file in UTF-8: {error}") from error


def parse(placed: Iterable[tuple[str, Row]], read: Callable[[Row], T]) -> list[tuple[str, T]]:
    """Read every row; if any is wrong, raise one `SourceChanged` that lists them all."""
    parsed, wrong = [], []
    for place, row in placed:
        try:
            parsed.append((place, read(row)))
        except ValidationError as error:
            wrong += [f"{place}: {reason}" for reason in _reasons(error)]
    if wrong:
        more = [f"… and {len(wrong) - _MOST_SHOWN} more"] if len(wrong) > _MOST_SHOWN else []
        raise SourceChanged("\n".join([*wrong[:_MOST_SHOWN], *more]))
    return parsed


def _reasons(error: ValidationError) -> Iterator[str]:
    for found in error.errors(include_url=False):
        where = ".".join(str(part) for part in found["loc"])
        reason = found["msg"].removeprefix("Value error, ")
        yield f"{where}: {reason}" if where else reason
