"""The shipped definitions of endpoints, and what they make of an answer."""

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import httpx
import yaml

from forecaster.definitions.shipped import shipped_root
from forecaster.domain.indicator import Definition
from tests.collect.asked import Respond

ENDPOINTS = (
    "article-readers",
    "dollar-index",
    "goods-trade",
    "military-spending",
    "ofac-documents",
    "oil-price",
    "taiwan-market-manifold",
    "taiwan-market-polymarket",
    "taiwan-question-metaculus",
)
KEYS = {"fred": "0123456789abcdef", "metaculus": "0123456789abcdef"}


def declared(name: str) -> dict[str, Any]:
    """Read a shipped file as it stands."""
    content: dict[str, Any] = yaml.safe_load((shipped_root() / f"{name}.yml").read_text("utf-8"))
    return content


def shipped(name: str, **options: Any) -> Definition:
    """Return a shipped definition, some options of its source changed."""
    fields = {key: value for key, value in declared(name).items() if key != "tests"}
    # in the order of its digest, as the catalogue has it
    collect: dict[str, Any] = json.loads(json.dumps(fields["collect"], sort_keys=True))
    kept = {key: collect.pop(key) for key in ("source", "schedule") if key in collect}
    fields["collect"] = kept | {"options": collect | options}
    return Definition.model_validate(fields | {"id": name})


def answering_by(documents: Mapping[str, str | bytes]) -> Respond:
    """Answer by the first pattern that fits an address; what fits none is absent."""

    def respond(request: httpx.Request) -> httpx.Response:
        for pattern, body in documents.items():
            if fnmatchcase(str(request.url), pattern.replace("[", "[[]")):
                return httpx.Response(200, content=body)
        return httpx.Response(404)

    return respond
