"""DOC 2.0's own bytes, read in place."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from forecaster.collect.gdelt import doc as wire
from forecaster.domain.errors import CollectError, SourceChanged, SourceUnavailable
from forecaster.domain.period import Frequency, Period
from tests.collect.doc import Doc, counted, defined

pytestmark = pytest.mark.payloads

BESIDE = Path(__file__).parents[2].parent / "shared" / "payloads"
PAYLOADS = Path(os.environ.get("FORECASTER_PAYLOADS", BESIDE)) / "gdelt_doc_api"
WEEK = Period(frequency=Frequency.WEEK, start=date(2017, 1, 2))


def payload(name: str) -> bytes:
    return (PAYLOADS / name).read_bytes()


def week_of_2017(folder: Path, **options: object) -> float | None:
    doc = Doc(folder, timelinevolraw=payload("timelinevolraw_daily_2017.json"))
    window = (datetime(2017, 1, 2, tzinfo=UTC), datetime(2017, 1, 9, tzinfo=UTC))
    [batch] = doc.run(window=window, **options).batches
    first = batch.readings[0]
    assert first.period == WEEK
    assert first.base == 592774 + 757916 + 822862 + 830028 + 766969 + 520691 + 488784
    return first.value


def test_a_recorded_volume_is_counted_week_by_week(tmp_path: Path) -> None:
    assert week_of_2017(tmp_path, measure="count") == 17


def test_a_recorded_volume_is_a_share_of_all_articles(tmp_path: Path) -> None:
    assert week_of_2017(tmp_path) == pytest.approx(17 / 4_780_024)


def test_a_recorded_tone_is_weighed(tmp_path: Path) -> None:
    volumes = json.loads(payload("timelinetone_daily_trimmed4.json"))
    for point in volumes["timeline"][0]["data"]:
        point |= {"value": 1, "norm": 100}
    doc = Doc(
        tmp_path,
        timelinetone=payload("timelinetone_daily_trimmed4.json"),
        timelinevolraw=json.dumps(volumes),
    )
    window = (datetime(2026, 6, 12, tzinfo=UTC), datetime(2026, 6, 15, tzinfo=UTC))
    ran = doc.run(
        "timelinetone",
        window=window,
        now=datetime(2026, 6, 20, tzinfo=UTC),
        changes={"frequency": "day"},
    )
    values = [reading.value for batch in ran.batches for reading in batch.readings]
    assert values == [0.5981, -2.5441, 0.9219, -1.7129]


def test_a_recorded_list_of_articles_is_counted(tmp_path: Path) -> None:
    now = datetime(2026, 8, 29, 12, tzinfo=UTC)
    ran = Doc(tmp_path, artlist=payload("artlist.json")).run(
        "artlist", window=(now - timedelta(hours=36), now), now=now, changes={"frequency": "day"}
    )
    day = Period(frequency=Frequency.DAY, start=date(2026, 8, 28))
    reading = counted(defined("artlist", {"frequency": "day"}), ran, day)
    articles = json.loads(payload("artlist.json"))["articles"]
    assert ran.error is None
    assert reading.value == len(articles)
    assert reading.details["outlets"] == len({article["domain"] for article in articles})


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("error_country.txt", SourceChanged),
        ("error_maxrecords.txt", SourceChanged),
        ("error_query_length.txt", SourceChanged),
        ("error_rate_limit.txt", SourceUnavailable),
    ],
)
def test_a_recorded_error_is_quoted(name: str, kind: type[CollectError]) -> None:
    with pytest.raises(kind) as refused:
        wire.verify(payload(name))
    assert payload(name).decode().strip() in str(refused.value)


def test_the_recorded_limit_of_requests_is_a_pause() -> None:
    with pytest.raises(SourceUnavailable) as refused:
        wire.verify(payload("error_rate_limit.txt"))
    assert refused.value.retry_after == timedelta(minutes=1)
