"""The pages of an answer are turned to the last one, once each, and on one host."""

from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import ValidationError

from forecaster.collect.asking.fetch import Fetched
from forecaster.collect.endpoints.expressions import find
from forecaster.collect.endpoints.paging import Pages, next_address, walk, with_parameter
from forecaster.domain.errors import DocumentAbsent, SourceChanged
from forecaster.domain.observation import Document
from tests.collect.errands import NOW

URL = "https://example.org/x?q=1"


@dataclass(frozen=True)
class Page:
    url: str
    tree: dict[str, Any]

    @property
    def fetched(self) -> Fetched:
        digest = repr(self.tree)
        return Fetched(
            Document(digest=digest, url=self.url, fetched_at=NOW, status=200, size=1),
            b"",
            unchanged=False,
        )

    @property
    def size(self) -> int:
        return len(self.tree.get("rows", ()))

    def find(self, expression: str) -> object:
        return find(self.tree, expression)


def turned(pages: dict[str, Any] | None, answers: dict[str, dict[str, Any]]) -> list[str]:
    """Turn the pages and return the addresses in the order in which they were asked for."""
    asked = []

    def get(url: str) -> Page:
        asked.append(url)
        if url not in answers:
            raise DocumentAbsent(url)
        return Page(url, answers[url])

    walked = list(walk(Pages.model_validate(pages) if pages else None, URL, get))
    assert [page.url for page in walked] == [url for url in asked if url in answers]
    return asked


def test_without_pages_there_is_one() -> None:
    assert turned(None, {URL: {"rows": [1]}}) == [URL]


LINK = {"style": "next_link", "next": "next"}
PAGE = {"style": "page", "parameter": "page"}
OFFSET = {"style": "offset", "parameter": "from"}
CURSOR = {"style": "cursor", "next": "meta.cursor", "parameter": "after"}


@pytest.mark.parametrize("last", [{}, {"next": None}, {"next": ""}, {"next": False}])
def test_links_are_followed_until_there_is_none(last: dict[str, Any]) -> None:
    answers = {URL: {"next": "/y?page=2"}, "https://example.org/y?page=2": last}
    assert turned(LINK, answers) == list(answers)


def test_links_that_go_in_a_circle_call_a_person() -> None:
    answers = {URL: {"next": "/y"}, "https://example.org/y": {"next": URL}}
    with pytest.raises(SourceChanged, match="its pages go in a circle"):
        turned(LINK, answers)


@pytest.mark.parametrize(
    "link",
    [
        "https://other.example/x",
        "https://example.org.other.example/",
        "https://example.org@other.example/",
        "https://example.org:8443/x",
        "//other.example/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://[",
    ],
)
def test_a_link_to_another_host_is_refused(link: str) -> None:
    with pytest.raises(SourceChanged, match="its next page is"):
        turned(LINK, {URL: {"next": link}})


@pytest.mark.parametrize("found", [{"a": 1}, [1], True, 1.5])
@pytest.mark.parametrize("style", [LINK, CURSOR])
def test_what_is_no_link_is_refused(style: dict[str, Any], found: object) -> None:
    with pytest.raises(SourceChanged, match="expected the next page"):
        turned(style, {URL: {"next": found, "meta": {"cursor": found}}})


def test_a_link_stays_encrypted_and_loses_its_fragment() -> None:
    assert next_address(URL, " http://EXAMPLE.org/y?p=2#top ") == "https://EXAMPLE.org/y?p=2"


def test_a_key_that_a_link_repeats_becomes_a_name_again() -> None:
    here = "https://example.org/x?api_key={key:FRED}&p=1"
    found = next_address(here, "/x?api_key=s3cret&p=2")
    assert found == "https://example.org/x?p=2&api_key={key:FRED}"


def test_pages_are_counted_until_one_is_empty() -> None:
    answers = {URL: {"rows": [1]}, f"{URL}&page=2": {"rows": [2]}, f"{URL}&page=3": {"rows": []}}
    assert turned(PAGE, answers) == list(answers)


def test_pages_are_counted_until_one_is_absent() -> None:
    assert turned(PAGE, {URL: {"rows": [1]}}) == [URL, f"{URL}&page=2"]


@pytest.mark.parametrize("style", [LINK, PAGE])
def test_an_absent_first_page_is_absent(style: dict[str, Any]) -> None:
    with pytest.raises(DocumentAbsent):
        turned(style, {})


def test_pages_are_counted_from_a_first_one_to_a_total() -> None:
    answers = {f"{URL}&page={page}": {"rows": [page], "pages": "2"} for page in (0, 1)}
    assert turned(PAGE | {"first": 0, "total": "pages"}, answers) == list(answers)


@pytest.mark.parametrize("total", [None, "many", True, -1])
def test_a_total_that_is_no_number_calls_a_person(total: object) -> None:
    with pytest.raises(SourceChanged, match=r"'pages' found .*; expected a number"):
        turned(PAGE | {"total": "pages"}, {URL: {"rows": [1], "pages": total}})


def test_a_source_that_does_not_heed_the_page_calls_a_person() -> None:
    answers = {URL: {"rows": [1]}, f"{URL}&page=2": {"rows": [1]}}
    with pytest.raises(SourceChanged, match="does the source know 'page'"):
        turned(PAGE, answers)


def test_offsets_go_on_by_as_many_rows_as_there_were() -> None:
    answers = {
        URL: {"rows": [1, 2]},
        f"{URL}&from=2": {"rows": [3]},
        f"{URL}&from=3": {"rows": []},
    }
    assert turned(OFFSET, answers) == list(answers)


def test_offsets_end_at_the_total() -> None:
    answers = {URL: {"rows": [1, 2], "n": 3}, f"{URL}&from=2": {"rows": [3], "n": 3}}
    assert turned(OFFSET | {"total": "n"}, answers) == list(answers)


def test_cursors_are_sent_as_they_were_given() -> None:
    answers = {URL: {"meta": {"cursor": "a&b="}}, f"{URL}&after=a%26b%3D": {"meta": {"cursor": 7}}}
    answers[f"{URL}&after=7"] = {"meta": {}}
    assert turned(CURSOR, answers) == list(answers)


def test_the_same_cursor_twice_calls_a_person() -> None:
    answers = {URL: {"meta": {"cursor": "a"}}, f"{URL}&after=a": {"meta": {"cursor": "a"}}}
    with pytest.raises(SourceChanged, match="its pages go in a circle"):
        turned(CURSOR, answers)


def test_more_pages_than_agreed_are_no_answer() -> None:
    answers = {URL: {"rows": [1]}, **{f"{URL}&page={n}": {"rows": [n]} for n in range(2, 9)}}
    with pytest.raises(SourceChanged, match="has more than 3 pages"):
        turned(PAGE | {"max": 3}, answers)


@pytest.mark.parametrize(
    "pages", [{"style": "page"}, CURSOR | {"parameter": None}, LINK | {"total": "x"}]
)
def test_a_style_has_its_own_fields(pages: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Pages.model_validate(pages)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.b/c", "https://a.b/c?p=2"),
        ("https://a.b/c?p=1&q=3", "https://a.b/c?q=3&p=2"),
        ("https://a.b/c?%70=1#x", "https://a.b/c?p=2"),
    ],
)
def test_a_parameter_is_set_once(url: str, expected: str) -> None:
    assert with_parameter(url, "p", "2") == expected
