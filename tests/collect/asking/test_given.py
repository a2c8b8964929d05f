"""Answers that are given beforehand stand in for the network."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from forecaster.collect.asking.archive import Archive, Remembered
from forecaster.collect.asking.given import Given, Saved
from forecaster.domain.example import Reply
from forecaster.domain.observation import Document


def asked(transport: httpx.BaseTransport, *urls: str) -> list[tuple[int, str]]:
    with httpx.Client(transport=transport) as client:
        answers = [client.get(url) for url in urls]
    return [(answer.status_code, answer.text) for answer in answers]


def test_a_star_stands_for_anything_and_the_rest_for_itself() -> None:
    given = Given({"https://example.org/a?x=*": [Reply(text="1")]})

    assert asked(given, "https://example.org/a?x=2&y=3", "https://example.org/b?x=2") == [
        (200, "1"),
        (404, ""),
    ]
    assert given.unfitting == ("https://example.org/b?x=2",)


def test_several_answers_come_in_order_and_the_last_one_stays() -> None:
    given = Given({"https://example.org/*": [Reply(text="1"), Reply(text="2", status=503)]})

    assert asked(given, *["https://example.org/a"] * 3) == [(200, "1"), (503, "2"), (503, "2")]


def test_the_first_pattern_that_fits_answers() -> None:
    given = Given({"*/a": [Reply(text="a")], "*": [Reply(text="rest")]})

    assert asked(given, "https://x.org/b", "https://x.org/a") == [(200, "rest"), (200, "a")]


def test_headers_are_sent_along() -> None:
    given = Given({"*": [Reply(text="a", headers={"Content-Type": "text/csv"})]})

    with httpx.Client(transport=given) as client:
        assert client.get("https://x.org/").headers["Content-Type"] == "text/csv"


def test_saved_answers_are_found_by_the_last_part_of_the_address(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("A")
    (tmp_path / "b b.csv").write_text("B")

    assert asked(
        Saved(tmp_path),
        "https://x.org/data/a.csv?key=1",
        "https://x.org/b%20b.csv",
        "https://x.org/c.csv",
        "https://x.org/",
    ) == [(200, "A"), (200, "B"), (404, ""), (404, "")]


def test_a_single_saved_answer_is_the_answer_to_everything(tmp_path: Path) -> None:
    (tmp_path / "only.json").write_text("{}")

    assert asked(Saved(tmp_path), "https://x.org/?q=1") == [(200, "{}")]


@pytest.mark.parametrize("is_kept", [True, False])
def test_an_archive_answers_with_what_it_remembers(tmp_path: Path, is_kept: bool) -> None:
    archive, url = Archive(tmp_path), "https://x.org/list"
    digest = archive.put(b"kept") if is_kept else f"sha256:{'0' * 64}"
    moment = datetime(2026, 3, 4, tzinfo=UTC)
    noted = Document(digest=digest, url=url, fetched_at=moment, status=200, size=4)
    archive.remember(Remembered(document=noted))

    assert asked(Saved(tmp_path), url) == [(200, "kept") if is_kept else (404, "")]


def test_a_key_is_known_by_its_placeholder() -> None:
    given = Given({"https://x.org/?key={key:fred}": [Reply(text="a")]})

    assert asked(given, "https://x.org/?key=%7Bkey%3Afred%7D") == [(200, "a")]
