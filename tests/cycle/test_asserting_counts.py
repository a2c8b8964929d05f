"""What is asserted of a counting source holds, too: a bad day is neither counted nor a zero."""

from datetime import datetime
from pathlib import Path

from forecaster.domain.observation import Missing
from forecaster.domain.run import RunStatus
from tests.collect.headlined import item, rss
from tests.cycle.test_headlines import VISITS, day, live, root, server
from tests.servers.gdelt import Answer, Gdelt

__all__ = ["root", "server"]  # fixtures


def asserted(folder: Path, rows: str) -> None:
    (folder / "indicators" / "visits.yml").write_text(f"{VISITS}assertions: {{rows: {rows}}}\n")


def visits(number: int, at: datetime) -> bytes:
    return rss(*(item(f"Russia visits China {each}", date=at) for each in range(number)))


def test_days_of_too_few_rows_are_not_watched_days(
    root: Path, database_url: str, server: Gdelt
) -> None:
    asserted(root, "{min: 3}")
    server.answer("news.xml", Answer(visits(4, day(0))))
    assert live(root, database_url, day(0))[0] is RunStatus.OK
    for number in range(1, 8):
        server.answer("news.xml", Answer(visits(1, day(number))))
        status, known = live(root, database_url, day(number))
        assert status is RunStatus.CHANGED

    [week] = known
    assert (week.value, week.missing) == (None, Missing.INCOMPLETE)


def test_a_week_with_far_too_many_rows_on_one_day_is_doubtful(
    root: Path, database_url: str, server: Gdelt
) -> None:
    asserted(root, "{max: 3}")
    for number in range(8):
        server.answer("news.xml", Answer(visits(9 if number == 3 else 1, day(number))))
        _, known = live(root, database_url, day(number))

    [week] = known
    assert week.doubtful == "9 rows were read; assertions.rows.max is 3"
