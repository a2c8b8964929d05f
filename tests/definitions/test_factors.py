"""What a factor may rest on is held against the whole catalogue, and told where it stands."""

from pathlib import Path

import pytest

from tests.definitions.test_composing import COLLECTED, MONTHLY, made_of, told

INPUTS = {
    "acts": COLLECTED,
    "talks": COLLECTED,
    "days": COLLECTED.replace("month", "day"),
    "weeks": COLLECTED.replace("month", "week"),
    "quarters": COLLECTED.replace("month", "quarter"),
    "years": COLLECTED.replace("month", "year"),
    "elsewhere": COLLECTED.replace("[CHN-RUS, IRN-RUS]", "[CHN-PRK]"),
    "partly": COLLECTED.replace("[CHN-RUS, IRN-RUS]", "[CHN-RUS, CHN-PRK]"),
}


def test_inputs_of_every_length_up_to_a_quarter_serve(tmp_path: Path) -> None:
    depth = made_of(
        "{factor: [acts, quarters, {indicator: weeks, aggregate: mean}, "
        "{indicator: days, aggregate: sum}]}"
    )

    good, said = told(tmp_path, **INPUTS, depth=depth)

    assert said == []
    assert "depth" in good


def test_an_input_may_lack_some_of_the_scopes(tmp_path: Path) -> None:
    _, said = told(tmp_path, **INPUTS, depth=made_of("{factor: [acts, talks, partly]}"))

    assert said == []


@pytest.mark.parametrize(
    ("last", "complaint"),
    [
        ("actts", "no indicator named 'actts'; did you mean 'acts'?"),
        (
            "elsewhere",
            (
                "'elsewhere' has no series of CHN-RUS, IRN-RUS; its scopes are CHN-PRK: "
                "name one with {indicator: elsewhere, scope: …}"
            ),
        ),
        ("years", "'years' is told by the year: a factor takes months, quarters or shorter"),
        (
            "weeks",
            (
                "'weeks' is told by the week: say how a month is made of them with "
                "{indicator: weeks, aggregate: mean} (or last; of days, sum)"
            ),
        ),
        (
            "{indicator: weeks, aggregate: sum}",
            "'weeks' is told by the week, of which a month has four or five: take the mean",
        ),
        (
            "{indicator: quarters, aggregate: mean}",
            "nothing is to be joined: 'quarters' is told by the quarter",
        ),
        ("{indicator: acts, scope: CHN-RUS, over: 3}", "leave 'over' out"),
        ("depth", "nothing is composed of it"),
        ("talks", "'talks' stands there twice; it would count double"),
    ],
)
def test_an_input_that_does_not_fit_is_told_at_its_place(
    tmp_path: Path, last: str, complaint: str
) -> None:
    good, said = told(tmp_path, **INPUTS, depth=made_of(f"{{factor: [acts, talks, {last}]}}"))

    assert good == sorted(INPUTS)
    assert any(one.startswith("depth.yml:8:33: ") and complaint in one for one in said)


def test_two_inputs_are_too_few(tmp_path: Path) -> None:
    _, said = told(tmp_path, **INPUTS, depth=made_of("{factor: [acts, talks]}"))

    assert len(said) == 1
    assert said[0].startswith("depth.yml:8:")
    assert "3" in said[0]


@pytest.mark.parametrize(
    ("field", "place", "complaint"),
    [
        (
            "family: count\n",
            "9:9",
            "a factor is told in standard deviations",
        ),
        ("methods: [naive]\n", "9:10", "a factor looks ahead by itself: it takes no methods"),
        ("drivers: [acts]\n", "9:10", "a factor looks ahead by itself: it takes no drivers"),
        ("forecast: false\n", "9:11", "a factor has no values that could serve others"),
    ],
)
def test_what_a_factor_cannot_be_is_told(
    tmp_path: Path, field: str, place: str, complaint: str
) -> None:
    depth = made_of("{factor: [acts, talks, quarters]}") + field

    _, said = told(tmp_path, **INPUTS, depth=depth)

    assert len(said) == 1
    assert said[0].startswith(f"depth.yml:{place}: {complaint}")


def test_a_factor_is_told_by_the_month_alone(tmp_path: Path) -> None:
    weekly = MONTHLY.replace("month", "week") + "compose: {factor: [acts, talks, quarters]}\n"

    _, said = told(tmp_path, **INPUTS, depth=weekly)

    assert said == ["depth.yml:8:10: a factor is told by the month, and 'frequency' is week"]


def test_a_factor_leads_nothing(tmp_path: Path) -> None:
    depth = made_of("{factor: [acts, talks, quarters]}")

    _, said = told(tmp_path, **INPUTS, depth=depth, led=COLLECTED + "drivers: [depth]\n")

    assert said == [
        "led.yml:9:11: 'depth' is a factor, another one with every vintage: it can lead nothing"
    ]


def test_nothing_is_composed_of_a_factor(tmp_path: Path) -> None:
    depth = made_of("{factor: [acts, talks, quarters]}")

    good, said = told(tmp_path, **INPUTS, depth=depth, change=made_of("{ratio: [acts, depth]}"))

    assert "depth" in good
    assert said == [
        (
            "change.yml:8:25: 'depth' is a factor, another one with every vintage: "
            "nothing is composed of it"
        )
    ]
