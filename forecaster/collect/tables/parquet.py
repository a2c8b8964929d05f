"""Read a Parquet file in a process of its own: from standard input, to JSON on standard output.

A file may be made so that its reader dies, runs out of memory or never ends; then only this dies.
"""

import io
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl


def read(body: bytes, *, wanted: Sequence[str], most: int, limit: int) -> Mapping[str, Any]:
    """Return the names of all columns, and the rows of the wanted ones or why there are none."""
    columns: list[str] = []
    try:
        columns += pl.read_parquet_schema(io.BytesIO(body))
        if not set(wanted) <= set(columns):
            return {"columns": columns, "rows": []}
        frame = pl.read_parquet(io.BytesIO(body), columns=list(wanted), n_rows=most + 1)
        _check_size(frame, most=most, limit=limit)
        rows = [
            {key: _cell(cell) for key, cell in row.items()} for row in frame.iter_rows(named=True)
        ]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        return {"error": f"cannot be read as Parquet: {error}"}
    except ValueError as error:
        return {"columns": columns, "error": str(error)}
    return {"columns": columns, "rows": rows}


def _check_size(frame: pl.DataFrame, *, most: int, limit: int) -> None:
    """Refuse what would not fit as plain values: one stored text may stand in every row."""
    if frame.height > most:
        raise ValueError(f"has more than {most:,} rows; see max_rows")
    lengths = [column.str.len_bytes() for column in frame.select(pl.col(pl.String))]
    if frame.estimated_size() + sum(int(length.sum()) for length in lengths) > limit:
        raise ValueError(f"unpacks to more than {limit:,} bytes")


def _cell(cell: Any) -> Any:  # a Parquet file may hold anything
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, date):
        return [(cell.date() if isinstance(cell, datetime) else cell).isoformat()]
    if cell is None or isinstance(cell, str | int | float):
        return cell
    raise ValueError(f"holds a {type(cell).__name__}; expected text, numbers or dates")


if __name__ == "__main__":
    json.dump(read(sys.stdin.buffer.read(), **json.loads(sys.argv[1])), sys.stdout)
