"""Every file says how much news it held, whoever acted in it; odd rows are counted, not lost."""

from structlog.testing import capture_logs

from forecaster.collect.asking.fetch import Fetcher
from tests.collect.runs import AT, run
from tests.servers.gdelt import Gdelt, csv, row


def size_of(server: Gdelt, fetcher: Fetcher, *rows: str) -> int | None:
    server.publish(AT, rows)
    [batch] = run(server, fetcher).batches
    return batch.slots[0].size


def test_root_events_of_any_actors_are_the_exposure(server: Gdelt, fetcher: Fetcher) -> None:
    strangers = [row(one="USA", other="GBR"), row(one="", other=""), row(root=False, place="x")]
    assert size_of(server, fetcher, row(), *strangers) == 3


def test_repeated_and_mirrored_reports_expose_once(server: Gdelt, fetcher: Fetcher) -> None:
    mirrored = row(one="RUS", other="CHN", code="057", url="https://example.org/b")
    elsewhere = row(place="RS")
    assert size_of(server, fetcher, row(), row(), mirrored, elsewhere) == 2


def test_the_exposure_does_not_depend_on_what_is_counted(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT, [row(), row(code="190", quad_class=4)])
    sizes = [
        batch.slots[0].size
        for options in ({"codes": ["05"]}, {"codes": ["19"]}, {"quad_classes": [2]})
        for batch in run(server, fetcher, **options).batches
    ]
    assert sizes == [2, 2, 2]


def test_rows_of_another_shape_are_counted_and_said(server: Gdelt, fetcher: Fetcher) -> None:
    odd = ["short\trow", row() + "\tone more", "x"]
    with capture_logs() as logs:
        server.publish(AT, csv([row(), row("20270101"), row(place="x"), *odd]) + b"\r\n\n")
        [batch] = run(server, fetcher).batches
    assert batch.rows == 6
    assert len(batch.sightings) == 2
    [said] = [entry for entry in logs if entry["event"] == "rows_left_out"]
    assert (said["odd_shape"], said["senseless"]) == (3, 1)


def test_a_report_says_who_told_it(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT, [row(url="https://news.example.co.uk/1")])
    assert [seen.outlet for seen in run(server, fetcher).sightings] == ["example.co.uk"]
