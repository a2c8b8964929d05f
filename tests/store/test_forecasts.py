"""Issues and fits come back as they were, in the order in which they were made."""

import pytest
from sqlalchemy import JSON, type_coerce, update

from forecaster.domain.errors import UnknownName
from forecaster.domain.observation import SeriesKey
from forecaster.domain.publication import Draft, Kind
from forecaster.store import forecasts, publications
from forecaster.store.database import Database
from forecaster.store.tables import FitRow, IssueRow
from tests.store.samples import KEY, NOW, fit, issue, projection

CHANGE = {
    "from": "i0",
    "median": 0.1,
    "log_odds": None,
    "parts": {"new_data": {"median": 0.1, "log_odds": 0}},
}


def test_an_issue_comes_back_as_it_was(database: Database) -> None:
    full = issue("i1", fit="f1", projection=projection(), refusal=None, change=CHANGE)
    with database.begin() as session:
        forecasts.add_fit(session, fit("f1"))
        forecasts.add(session, full)

    with database.read() as session:
        read = forecasts.get(session, "i1")

    assert read == full
    assert read.model_dump_json(by_alias=True) == full.model_dump_json(by_alias=True)


def test_a_fit_comes_back_as_it_was(database: Database) -> None:
    with database.begin() as session:
        forecasts.add_fit(session, fit("f1"))
        forecasts.add_fit(session, fit("f2", code="2"))

    with database.read() as session:
        assert forecasts.fit(session, "f1") == fit("f1")
        assert forecasts.latest_fit(session, KEY) == fit("f2", code="2")
        assert forecasts.latest_fit(session, SeriesKey("visits", "IRN-RUS")) is None


def test_what_was_kept_before_some_fields_were_there_is_read_all_the_same(
    database: Database,
) -> None:
    old_fit = fit("f1").model_dump(mode="json")
    old_issue = issue("i1", projection=projection(), refusal=None).model_dump(mode="json")
    for name in ("against", "n_effective", "converged", "one_step_scores"):
        del old_fit["fitted"][name]
    for name in ("trained", "converged"):
        del old_issue["projection"]["method"][name]
    del old_issue["projection"]["against"]
    with database.begin() as session:
        forecasts.add_fit(session, fit("f1"))
        forecasts.add(session, issue("i1"))
        session.exec(update(FitRow).values(fit=type_coerce(old_fit, JSON)))
        session.exec(update(IssueRow).values(issue=type_coerce(old_issue, JSON)))

    with database.read() as session:
        assert forecasts.fit(session, "f1") == fit("f1")
        assert (
            forecasts.get(session, "i1").projection
            == issue("i1", projection=projection()).projection
        )


def test_a_number_that_is_none_is_refused(database: Database) -> None:
    broken = fit("f1").fitted.model_copy(update={"parameters": {"scale": float("nan")}})

    with pytest.raises(Exception, match="not JSON compliant"), database.begin() as session:
        forecasts.add_fit(session, fit("f1").model_copy(update={"fitted": broken}))


def test_the_latest_issue_is_the_last_one_made(database: Database) -> None:
    with database.begin() as session:
        for made in (issue("z"), issue("a"), issue("m", scope="IRN-RUS")):
            forecasts.add(session, made)

    with database.read() as session:
        assert forecasts.latest(session, KEY) == issue("a")
        assert forecasts.latest(session, SeriesKey("other", "CHN-RUS")) is None
        assert forecasts.all_latest(session) == (issue("a"), issue("m", scope="IRN-RUS"))


def test_the_issues_after_one_come_oldest_first(database: Database) -> None:
    with database.begin() as session:
        for made in (issue("z"), issue("a"), issue("m", scope="IRN-RUS"), issue("b")):
            forecasts.add(session, made)

    with database.read() as session:
        assert [one.id for one in forecasts.after(session, KEY, None)] == ["z", "a", "b"]
        assert [one.id for one in forecasts.after(session, KEY, "z")] == ["a", "b"]
        assert forecasts.after(session, KEY, "b") == ()


def test_the_newest_issues_of_a_fit_come_oldest_first(database: Database) -> None:
    with database.begin() as session:
        for name in ("f1", "f2"):
            forecasts.add_fit(session, fit(name))
        for name, of in (("z", "f1"), ("a", "f1"), ("m", "f2"), ("b", "f1")):
            forecasts.add(session, issue(name, fit=of))

    with database.read() as session:
        found = [one.id for one in forecasts.newest_of_fit(session, fit("f1"), 2)]

    assert found == ["a", "b"]


def test_unknown_names_are_said_to_be_unknown(database: Database) -> None:
    with database.read() as session:
        with pytest.raises(UnknownName, match="no issue named 'i9'"):
            forecasts.get(session, "i9")
        with pytest.raises(UnknownName, match="no fit named 'f9'"):
            forecasts.fit(session, "f9")


def test_an_issue_is_unpublished_until_a_publication_renders_it(database: Database) -> None:
    with database.begin() as session:
        for made in (issue("z"), issue("a")):
            forecasts.add(session, made)
        same_name = Draft(kind=Kind.SCHEMA, key="x", source="z")
        publications.publish(session, same_name, lambda _: b"", now=NOW)
        before = forecasts.unpublished(session)
        draft = Draft(kind=Kind.FORECAST, key=str(KEY), source="z")
        publications.publish(session, draft, lambda _: b"", now=NOW)

    with database.read() as session:
        assert [one.id for one in before] == ["z", "a"]
        assert [one.id for one in forecasts.unpublished(session)] == ["a"]
