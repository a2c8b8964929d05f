"""Drivers are held against the whole catalogue, and mistakes told where they stand."""

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
OF_THE_WORLD = COLLECTED.replace(", {a}-{b}", "").replace(
    "for_each: {dyad: [CHN-RUS, IRN-RUS]}\n", ""
)


def told(folder: Path, **files: str) -> tuple[list[str], list[str]]:
    """Return the ids that are good and what is said of the others, without the folder."""
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text)
    loaded = load_catalogue([folder])
    said = [str(problem).removeprefix(f"{folder}/") for problem in loaded.problems]
    return [definition.id for definition in loaded.catalogue], said


def driven(by: str) -> str:
    return COLLECTED + f"drivers: {by}\n"


def test_a_driver_of_the_same_scopes_or_of_the_world_or_of_shorter_periods_is_good(
    tmp_path: Path,
) -> None:
    good, said = told(
        tmp_path,
        acts=driven("[displays, days, prices]"),
        displays=COLLECTED,
        days=COLLECTED.replace("month", "day"),
        prices=OF_THE_WORLD,
    )

    assert (len(good), said) == (4, [])


@pytest.mark.parametrize(
    ("drivers", "complaint"),
    [
        ("[dispays]", "9:11: no indicator named 'dispays'; did you mean 'displays'?"),
        ("[displays, displays]", "9:21: 'displays' stands there twice"),
        ("[acts]", "9:11: nothing drives itself; its own past is known to every method"),
        ("[weeks]", "9:11: 'weeks' is told by the week: no month is made of whole weeks"),
        ("[one]", "9:11: 'one' has no series of IRN-RUS, and none of the world"),
        ("[closed]", "9:11: nothing may be shown of 'closed'"),
    ],
)
def test_a_driver_that_does_not_fit_is_told_where_it_stands(
    tmp_path: Path, drivers: str, complaint: str
) -> None:
    good, said = told(
        tmp_path,
        acts=driven(drivers),
        displays=COLLECTED,
        weeks=COLLECTED.replace("month", "week"),
        one=COLLECTED.replace(", IRN-RUS", ""),
        closed=COLLECTED.replace('"yes"', '"no"'),
    )

    assert "acts" not in good
    assert len(said) == 1
    assert said[0].startswith(f"acts.yml:{complaint}")


def test_what_leads_back_to_what_it_drives_is_a_circle(tmp_path: Path) -> None:
    good, said = told(
        tmp_path,
        acts=driven("[rate]"),
        rate=MONTHLY + "compose: {ratio: [acts, displays]}\n",
        displays=COLLECTED,
    )

    assert good == ["displays", "rate"]
    assert said == [
        "acts.yml:9:11: a circle: acts → rate → acts; nothing is driven by itself",
    ]


def test_a_driver_whose_file_is_broken_takes_nobody_down(tmp_path: Path) -> None:
    good, said = told(tmp_path, acts=driven("[displays]"), displays="title: [")

    assert good == ["acts"]
    assert len(said) == 1
