"""A UN Comtrade that knows some lines of trade and answers as the real one does."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

CHN, RUS, IRN, PRK = 156, 643, 364, 408


def line(  # noqa: PLR0917  (in the order in which the real rows have them)
    period: str, reporter: int, partner: int, flow: str, value: Any, code: str = "TOTAL"
) -> dict[str, Any]:
    """Write one row: what the reporter says of its imports (M) or exports (X)."""
    return {
        "typeCode": "C",
        "freqCode": "M" if len(period) > 4 else "A",
        "period": period,
        "reporterCode": reporter,
        "partnerCode": partner,
        "partner2Code": 0,
        "flowCode": flow,
        "cmdCode": code,
        "customsCode": "C00",
        "motCode": 0,
        "cifvalue": value if flow == "M" else None,
        "fobvalue": value if flow == "X" else None,
        "primaryValue": value,
    }


def answer(*rows: dict[str, Any], error: str = "") -> bytes:
    said = {"elapsedTime": "0.01 secs", "count": len(rows), "data": rows, "error": error}
    return json.dumps(said).encode()


@dataclass
class Comtrade:
    """Answers with those of its rows that are asked for, and remembers what it was asked."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        wanted = {name: value.split(",") for name, value in request.url.params.items()}
        found = [
            row
            for row in self.rows
            if all(str(row[name]) in values for name, values in wanted.items())
        ]
        return httpx.Response(200, content=answer(*found))
