"""Answers of UN Comtrade that are wrong: each has a named error, and nothing of them is kept."""

from pathlib import Path

import httpx
import pytest

from forecaster.collect.source import Errand
from forecaster.domain.errors import CollectError, SourceChanged, SourceUnavailable
from tests.collect.errands import NOW, QUICK, answering, define, open_source
from tests.servers.comtrade import CHN, RUS, answer, line

GOOD = line("202602", CHN, RUS, "X", 5)


def error_of(folder: Path, response: httpx.Response) -> CollectError:
    """Say with which error an answer is refused."""
    options = {"preview": True, "pace_seconds": 0, "periods": 1}
    definition = define("comtrade", options, for_each={"dyad": ["CHN-RUS"]})
    fetcher = answering(folder, lambda _: response)
    with pytest.raises(CollectError) as caught:
        list(open_source(definition).collect(Errand(definition, NOW, fetcher, ())))
    return caught.value


def replaced(old: str, new: str) -> bytes:
    return answer(GOOD).replace(old.encode(), new.encode())


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"", SourceUnavailable, "cut off after 0 bytes"),
        (answer(GOOD)[:-10], SourceUnavailable, "cut off"),
        (b"<html>Sorry</html>", SourceChanged, "is no JSON"),
        (b'{"data": "\xff"}', SourceChanged, "is no JSON"),
        (b"\xff\xfe{", SourceChanged, "is no JSON"),
        (b"[]", SourceChanged, "no JSON object"),
        (b"[" * 100_000 + b"]" * 100_000, SourceChanged, "is no JSON"),
        (b'{"count": 0}', SourceChanged, "no list 'data'"),
        (b'{"data": {}}', SourceChanged, "no list 'data'"),
        (b'{"data": [1]}', SourceChanged, "no list 'data'"),
        (replaced("primaryValue", "value"), SourceChanged, "without primaryValue"),
        (replaced('"primaryValue": 5', '"primaryValue": null'), SourceChanged, "without primary"),
        (replaced('"primaryValue": 5', '"primaryValue": NaN'), SourceChanged, "holds NaN"),
        (replaced('"primaryValue": 5', '"primaryValue": Infinity'), SourceChanged, "holds Inf"),
        (replaced('"primaryValue": 5', '"primaryValue": 1e999'), SourceChanged, "no value in"),
        (replaced('"primaryValue": 5', '"primaryValue": "6,804"'), SourceChanged, "no value in"),
        (replaced('"primaryValue": 5', '"primaryValue": true'), SourceChanged, "no value in"),
        (replaced('"primaryValue": 5', '"primaryValue": -5'), SourceChanged, "no value in"),
        (answer(line("202604", CHN, RUS, "X", 5)), SourceChanged, "202604: nobody asked"),
        (answer(line("202602", CHN, RUS, "X", 5, "01")), SourceChanged, "01: nobody asked"),
        (answer(GOOD, line("202602", CHN, RUS, "X", 6)), SourceChanged, "is 5 and also 6"),
        (answer(error="Invalid cmdCode"), SourceChanged, "Invalid cmdCode"),
        (
            b'{"statusCode": 429, "message": "Rate limit is exceeded."}',
            SourceUnavailable,
            "Rate limit",
        ),
        (
            b'{"statusCode": 403, "message": "Out of call volume quota."}',
            SourceUnavailable,
            "volume quota",
        ),
        (answer(*[GOOD] * 500), SourceChanged, "as many as one answer may"),
    ],
)
def test_an_answer_that_is_wrong_is_refused(
    tmp_path: Path, body: bytes, kind: type[CollectError], said: str
) -> None:
    error = error_of(tmp_path, httpx.Response(200, content=body))
    assert type(error) is kind
    assert said in str(error)


def test_an_answer_that_is_cut_off_is_not_kept(tmp_path: Path) -> None:
    error_of(tmp_path, httpx.Response(200, content=answer(GOOD)[:-10]))
    assert not list((tmp_path / "archive").rglob("*.zst"))


def test_an_answer_that_is_too_big_is_refused(tmp_path: Path) -> None:
    body = answer(GOOD) + b" " * QUICK.max_bytes
    assert "is bigger than" in str(error_of(tmp_path, httpx.Response(200, content=body)))


@pytest.mark.parametrize(
    ("status", "kind"), [(401, SourceChanged), (429, SourceUnavailable), (500, SourceUnavailable)]
)
def test_a_status_is_what_the_fetcher_makes_of_it(
    tmp_path: Path, status: int, kind: type[CollectError]
) -> None:
    assert type(error_of(tmp_path, httpx.Response(status))) is kind
