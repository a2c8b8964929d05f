"""Compositions are held against the whole catalogue, and mistakes told where they stand."""

from pathlib import Path

import pytest

from forecaster.definitions.load import load_catalogue

MONTHLY = """\
title: Made, {a}-{b}
role: operational
for_each: {dyad: [CHN-RUS, IRN-RUS]}
unit: units
frequency: month
attribution: Nobody
license: {name: CC0, redistribution: "yes"}
"""
COLLECTED = MONTHLY + "collect: {source: history, series: x}\n"


def told(folder: Path, **files: str) -> tuple[list[str], list[str]]:
    """Return the ids that are good and what is said of the others, without the folder."""
    for name, text in files.items():
        (folder / f"{name.replace('_', '-')}.yml").write_text(text)
    loaded = load_catalogue([folder])
    said = [str(problem).removeprefix(f"{folder}/") for problem in loaded.problems]
    return [definition.id for definition in loaded.catalogue], said


def made_of(said: str) -> str:
    return MONTHLY + f"compose: {said}\n"


def test_a_composition_of_what_is_there_is_good(tmp_path: Path) -> None:
    good, said = told(tmp_path, acts=COLLECTED, rate=made_of("{ratio: [acts, acts]}"))

    assert (good, said) == (["acts", "rate"], [])


@pytest.mark.parametrize(
    ("composition", "complaint"),
    [
        ("{ratio: [acts, actts]}", "8:25: no indicator named 'actts'; did you mean 'acts'?"),
        (
            '{ratio: [acts, {indicator: acts, scope: "{a}"}]}',
            (
                "8:25: 'acts' has no series of CHN, IRN; its scopes are CHN-RUS, IRN-RUS: "
                "name one with {indicator: acts, scope: …}"
            ),
        ),
        (
            "{ratio: [acts, {indicator: acts, aggregate: sum}]}",
            "8:25: nothing is to be joined: 'acts' is told by the month, too",
        ),
        (
            "{zscore: {of: weeks, window: 9}}",
            (
                "8:24: 'weeks' is told by the week: no month is made of whole weeks; "
                "an input has our periods, or shorter ones that lie in them"
            ),
        ),
        (
            "{rolling: {of: days, window: 9}}",
            (
                "8:25: 'days' is told by the day: say how a month is made of them with "
                "{indicator: days, aggregate: sum} (or mean, or last)"
            ),
        ),
        (
            "{after_events: {of: days, events: acts, within: 9}}",
            "8:44: 'acts' is told by the month, but 'days' by the day",
        ),
        (
            "{after_events: {of: weeks, events: weeks, within: 9}}",
            "8:45: 'weeks' is told by the week, which does not lie whole in a month",
        ),
        (
            "{after_events: {of: days, events: {indicator: days, over: 3}, within: 9}}",
            (
                "8:44: after_events counts in the periods of its inputs, each as it is: "
                "leave this out"
            ),
        ),
    ],
)
def test_an_input_that_does_not_fit_is_told_at_its_place(
    tmp_path: Path, composition: str, complaint: str
) -> None:
    good, said = told(
        tmp_path,
        acts=COLLECTED,
        days=COLLECTED.replace("month", "day"),
        weeks=COLLECTED.replace("month", "week"),
        rate=made_of(composition),
    )

    assert good == ["acts", "days", "weeks"]
    assert f"rate.yml:{complaint}" in said


def test_a_finer_input_fits_once_it_is_said_how_it_is_joined(tmp_path: Path) -> None:
    days = COLLECTED.replace("month", "day")
    rate = made_of("{rolling: {of: {indicator: days, aggregate: sum}, window: 9}}")

    assert told(tmp_path, days=days, rate=rate) == (["days", "rate"], [])


def test_a_circle_is_named_in_full_and_takes_nobody_else_down(tmp_path: Path) -> None:
    good, said = told(
        tmp_path,
        acts=COLLECTED,
        one=made_of("{ratio: [two, acts]}"),
        two=made_of("{ratio: [three, acts]}"),
        three=made_of("{ratio: [one, acts]}"),
        apart=made_of("{ratio: [acts, acts]}"),
    )

    assert good == ["acts", "apart"]
    assert [one.split(": ", 1)[1] for one in said] == [
        "a circle: one → two → three → one; nothing can be composed of itself",
        "a circle: three → one → two → three; nothing can be composed of itself",
        "a circle: two → three → one → two; nothing can be composed of itself",
    ]


def test_what_is_composed_of_itself_is_a_circle(tmp_path: Path) -> None:
    _, said = told(tmp_path, one=made_of("{zscore: {of: one, window: 9}}"))

    assert said == ["one.yml:8:24: a circle: one → one; nothing can be composed of itself"]


def test_an_input_whose_file_is_broken_takes_no_composition_down(tmp_path: Path) -> None:
    good, said = told(tmp_path, acts="title: [", rate=made_of("{ratio: [acts, acts]}"))

    assert good == ["rate"]
    assert len(said) == 1


def test_a_placeholder_that_no_scope_fills_is_told(tmp_path: Path) -> None:
    rate = made_of('{ratio: [acts, {indicator: acts, scope: "{actor}"}]}')

    _, said = told(tmp_path, acts=COLLECTED, rate=rate)

    assert "{actor} is not a placeholder of this 'for_each'" in said[0]
