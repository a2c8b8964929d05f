"""How a rule moves: the named cases, then any sequence at all."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.alert.rules import Telling, initial, next_state, tell
from forecaster.domain.alert import AlertState, AlertStatus, Evidence, Rule, Severity
from forecaster.domain.observation import SeriesKey

NOW = datetime(2026, 1, 5, tzinfo=UTC)
KEY = SeriesKey("media-cooperation", "CHN-RUS")
RULE = Rule.model_validate(
    {"id": "surge-likely", "probability": "surge", "above": 0.6, "clear_below": 0.5, "for": 2}
)
STALE = object()
NONE = object()


def evidence(number: int, said: object) -> Evidence:
    value = 0.9 if said is STALE else None if said is NONE else said
    moment = NOW + timedelta(days=number)
    return Evidence(issue=f"issue-{number}", value=value, stale=said is STALE, observed_at=moment)


def walk(said: list[object], rule: Rule = RULE) -> list[AlertState]:
    states = [initial(rule, KEY, NOW)]
    for number, one in enumerate(said, start=1):
        states.append(next_state(rule, states[-1], evidence(number, one)))
    return states


def statuses(*said: object) -> list[str]:
    return [str(state.status) for state in walk(list(said))[1:]]


def told(states: list[AlertState]) -> list[str | None]:
    steps = pairwise(states)
    return [event for before, after in steps if (event := tell(before, after).event)]


def test_a_rule_that_has_seen_nothing_is_inactive() -> None:
    state = initial(RULE, KEY, NOW)

    assert (state.status, state.streak, state.reason) == (AlertStatus.INACTIVE, 0, "no issue yet")
    assert state.key == KEY


def test_a_rule_fires_only_after_as_many_new_issues_as_it_asks_for() -> None:
    assert statuses(0.7, 0.8) == ["pending", "firing"]


def test_a_rule_that_asks_for_one_issue_fires_at_once() -> None:
    rule = Rule(id="now", value="last", above=3)

    assert [state.status for state in walk([4.0], rule)] == ["inactive", "firing"]


def test_the_same_issue_twice_changes_nothing() -> None:
    before = next_state(RULE, initial(RULE, KEY, NOW), evidence(1, 0.7))

    assert next_state(RULE, before, evidence(1, 0.7)) is before


def test_a_pending_streak_is_broken_by_an_issue_that_does_not_cross() -> None:
    states = walk([0.7, 0.55, 0.7])

    assert [state.status for state in states[1:]] == ["pending", "inactive", "pending"]
    assert states[2].reason == "streak broken"


def test_a_firing_rule_between_its_two_levels_stays_as_it_was() -> None:
    states = walk([0.7, 0.7, 0.55])

    assert states[-1].status is AlertStatus.FIRING
    assert states[-1].reason == "between the levels"


def test_a_firing_rule_resolves_under_its_lower_level() -> None:
    states = walk([0.7, 0.7, 0.49])

    assert (states[-1].status, states[-1].reason) == (AlertStatus.INACTIVE, "cleared")


def test_an_inactive_rule_between_its_two_levels_stays_inactive() -> None:
    states = walk([0.55])

    assert (states[-1].status, states[-1].reason) == (AlertStatus.INACTIVE, "between the levels")


@pytest.mark.parametrize("silence", [STALE, NONE], ids=["stale", "missing"])
@pytest.mark.parametrize(
    ("spoken", "status", "streak"),
    [([], "inactive", 0), ([0.7], "pending", 1), ([0.7, 0.7], "firing", 2)],
)
def test_silence_moves_nothing(
    spoken: list[object], status: str, streak: int, silence: object
) -> None:
    states = walk([*spoken, silence, silence])

    assert (states[-1].status, states[-1].streak) == (status, streak)
    assert states[-1].value == states[len(spoken)].value
    assert states[-1].since == states[len(spoken)].since


def test_a_streak_goes_on_after_silence() -> None:
    assert statuses(0.7, STALE, NONE, 0.7)[-1] == "firing"


def test_a_stale_value_on_the_safe_side_does_not_resolve() -> None:
    firing = walk([0.7, 0.7])[-1]
    stale = Evidence(issue="later", value=0.1, stale=True, observed_at=NOW)

    assert next_state(RULE, firing, stale).status is AlertStatus.FIRING


def test_each_state_names_its_reason() -> None:
    states = walk([0.1, 0.7, NONE, STALE, 0.8, 0.9, 0.2])

    assert [state.reason for state in states[1:]] == [
        "not crossed", "crossed 1 of 2", "no value", "stale", "crossed 2 of 2",
        "still beyond the level", "cleared",
    ]  # fmt: skip


def test_a_rule_may_watch_from_below() -> None:
    rule = Rule(id="low", value="last", below=2, clear_above=4)

    states = walk([1.0, 3.0, 5.0], rule)

    assert [state.status for state in states[1:]] == ["firing", "firing", "inactive"]


def test_an_episode_keeps_its_name_until_it_is_resolved_and_no_longer() -> None:
    episodes = [state.episode for state in walk([0.7, 0.7, STALE, 0.8, 0.1, 0.1, 0.7, 0.7])]

    assert episodes[:2] == [None, None]
    assert len(set(episodes[2:6])) == 1
    assert episodes[6:8] == [None, None]
    assert episodes[8] not in {None, episodes[2]}


def test_the_same_past_gives_the_same_episode() -> None:
    assert walk([0.7, 0.7])[-1].episode == walk([0.7, 0.7])[-1].episode


def test_since_is_the_moment_of_the_last_change_of_status() -> None:
    states = walk([0.7, 0.7, 0.7])

    assert states[-1].since == NOW + timedelta(days=2)


def test_the_severity_is_that_of_the_rule_as_it_is_now() -> None:
    firing = walk([0.7, 0.7])[-1]
    louder = RULE.model_copy(update={"severity": Severity.CRITICAL})

    assert next_state(louder, firing, evidence(3, 0.8)).severity is Severity.CRITICAL


def test_only_the_start_and_the_end_of_a_firing_are_told() -> None:
    states = walk([0.1, 0.7, 0.7, 0.8, 0.55, 0.1, 0.1])

    tellings = [tell(before, after) for before, after in pairwise(states)]

    assert tellings == [
        Telling(None, "still inactive"),
        Telling(None, "still pending"),
        Telling("alert.firing", "began to fire"),
        Telling(None, "still firing"),
        Telling(None, "still firing"),
        Telling("alert.resolved", "cleared"),
        Telling(None, "still inactive"),
    ]


LEVELS = st.floats(-10, 10)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    low, high = sorted((draw(LEVELS), draw(LEVELS)))
    sides = draw(
        st.sampled_from([
            {"above": high, "clear_below": low}, {"above": high},
            {"below": low, "clear_above": high}, {"below": low},
        ])
    )  # fmt: skip
    return Rule.model_validate(
        {"id": "any", "value": "last", "for": draw(st.integers(1, 4)), **sides}
    )


SAID = st.lists(st.one_of(LEVELS, st.just(STALE), st.just(NONE)), max_size=40)


@given(rules(), SAID)
def test_firing_and_resolved_alternate_whatever_comes(rule: Rule, said: list[object]) -> None:
    events = told(walk(said, rule))

    assert events == ["alert.firing", "alert.resolved"] * (len(events) // 2) + (
        ["alert.firing"] if len(events) % 2 else []
    )


@given(rules(), SAID)
def test_each_end_names_the_episode_of_its_own_beginning(rule: Rule, said: list[object]) -> None:
    states = walk(said, rule)
    named = [after.episode for before, after in pairwise(states) if tell(before, after).event]

    assert named[1::2] == named[0::2][: len(named[1::2])]
    assert len(set(named)) == len(named[0::2])
    assert None not in named


@given(rules(), SAID, st.data())
def test_any_issue_may_come_again_and_any_restart_may_come_between(
    rule: Rule, said: list[object], data: st.DataObject
) -> None:
    state = initial(rule, KEY, NOW)
    states = [state]
    for number, one in enumerate(said, start=1):
        for _ in range(data.draw(st.integers(1, 3))):
            state = next_state(rule, state, evidence(number, one))
            state = AlertState.model_validate_json(state.model_dump_json())
            states.append(state)

    assert state == walk(said, rule)[-1]
    assert told(states) == told(walk(said, rule))


@given(rules(), SAID)
def test_a_rule_fires_exactly_when_enough_spoken_issues_in_a_row_have_crossed(
    rule: Rule, said: list[object]
) -> None:
    firing, streak = False, 0
    expected = []
    for one in said:
        if isinstance(one, float):
            streak = streak + 1 if rule.crosses(one) else 0
            firing = not rule.clears(one) if firing else streak >= rule.updates
        expected.append(firing)

    assert [state.status == "firing" for state in walk(said, rule)[1:]] == expected


@given(rules(), st.lists(st.sampled_from([STALE, NONE]), max_size=20))
def test_silence_alone_never_moves_a_rule(rule: Rule, said: list[object]) -> None:
    assert {state.status for state in walk(said, rule)} == {AlertStatus.INACTIVE}
