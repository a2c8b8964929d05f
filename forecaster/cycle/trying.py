"""Run the tests that stand in a definition's file, with the code that production runs."""

import math
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from forecaster.alert import rules
from forecaster.collect.asking.given import Given
from forecaster.cycle.given_series import series_given
from forecaster.cycle.rehearsing import Stage, staged
from forecaster.domain.example import Example, Expected
from forecaster.domain.faults import Fault
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Observation, SeriesKey
from forecaster.domain.period import Period
from forecaster.domain.run import Run, RunStatus
from forecaster.model.composed import compose

_CLOSE = 1e-6
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_SOON_AFTER = timedelta(minutes=1)


def failures(definition: Definition, example: Example) -> tuple[Fault, ...]:
    """Run one test; say what came otherwise than it expects, and where that is written."""
    trial = {"run": _of_run, "alerts": _of_alerts, "series": _of_series}[example.given.kind]
    return tuple(trial(definition, example))


def _of_run(definition: Definition, example: Example) -> Iterator[Fault]:
    transport = Given(example.given.replies)
    moments = example.moments or (_when_all_is_known(definition, example),)
    with tempfile.TemporaryDirectory(prefix="forecaster-") as folder:
        root = Path(folder)
        _lay_out(root, example.given.files or {})
        with staged(
            _of_small(definition, example), transport, now=moments[0], roots=(root,)
        ) as stage:
            run = [stage.collect(now, example.span) for now in moments][-1]
            yield from _of_ending(run, example, transport)
            yield from _of_observations(stage, example)


def _of_small(definition: Definition, example: Example) -> Definition:
    """Leave aside how many rows a source has as a rule: a test is given a few."""
    if example.expect.status is not RunStatus.OK:
        return definition
    lenient = definition.assertions.model_copy(update={"rows": None, "rows_change": None})
    return definition.model_copy(update={"assertions": lenient})


def _when_all_is_known(definition: Definition, example: Example) -> datetime:
    days = [each.period for each in example.expect.observations or ()]
    last = Period.containing(max(days), definition.frequency)
    return definition.known_at(last) + _SOON_AFTER


def _lay_out(root: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def _of_ending(run: Run, example: Example, transport: Given) -> Iterator[Fault]:
    """Compare how the run ended; an address that nobody answered is the likely cause."""
    expect = example.expect
    if run.status is not expect.status:
        why = f": {run.error}" if run.error else ""
        unfitting = ", ".join(transport.unfitting[:3])
        hint = f" (asked for and not given: {unfitting})" if unfitting and run.error else ""
        yield Fault(
            f"expected the run to end as {expect.status}, it ended as {run.status}{why}{hint}",
            ("expect", "status"),
        )
    elif expect.error is not None and expect.error not in (run.error or ""):
        found = f"it says: {run.error}" if run.error else "there is none"
        yield Fault(f"expected an error that holds {expect.error!r}; {found}", ("expect", "error"))


def _of_observations(stage: Stage, example: Example) -> Iterator[Fault]:
    known = {
        (key.scope, seen.period): seen for key, series in stage.known().items() for seen in series
    }
    yield from _compared(stage.definition, known, example)


def _compared(
    definition: Definition, known: Mapping[tuple[str, Period], Observation], example: Example
) -> Iterator[Fault]:
    wanted = {}
    for place, each in enumerate(example.expect.observations or ()):
        scope = each.scope or definition.scopes[0]
        period = Period.containing(each.period, definition.frequency)
        wanted[scope, period] = each
        seen = known.get((scope, period))
        if seen is None:
            told = _told(known.values(), scope)
            message = f"nothing is known of {scope}, {definition.frequency} of {period}{told}"
            yield Fault(message, ("expect", "observations", place))
        else:
            yield from _differences(each, seen, ("expect", "observations", place))
    if example.expect.only:
        for (scope, period), seen in known.items():
            if (scope, period) not in wanted and seen.value is not None:
                yield Fault(
                    f"there is also {seen.value:g} of {scope}, {definition.frequency} of {period}",
                    ("expect", "only"),
                )


def _told(known: Iterable[Observation], scope: str) -> str:
    periods = [f"{seen.period}" for seen in known if seen.scope == scope]
    return f"; of it there is {', '.join(periods[-3:])}" if periods else ""


def _differences(
    wanted: Expected, seen: Observation, at: tuple[str | int, ...]
) -> Iterator[Fault]:
    found = seen.missing or seen.value
    if wanted.missing is not None and seen.missing is not wanted.missing:
        yield Fault(f"expected {wanted.missing}, found {_shown(found)}", (*at, "missing"))
    elif wanted.value is not None and not _is_close(wanted.value, seen.value):
        yield Fault(f"expected {_shown(wanted.value)}, found {_shown(found)}", (*at, "value"))
    if wanted.base is not None and not _is_close(wanted.base, seen.base):
        message = f"expected an n of {_shown(wanted.base)}, found {_shown(seen.base)}"
        yield Fault(message, (*at, "n"))
    if wanted.doubtful is not None and wanted.doubtful != (seen.doubtful is not None):
        found_so = f"it is: {seen.doubtful}" if seen.doubtful else "it is not"
        wish = "doubtful" if wanted.doubtful else "not doubtful"
        yield Fault(f"expected the value to be {wish}; {found_so}", (*at, "doubtful"))


def _is_close(wanted: float, found: float | None) -> bool:
    return found is not None and math.isclose(wanted, found, rel_tol=_CLOSE, abs_tol=_CLOSE)


def _shown(value: object) -> str:
    return (
        "nothing" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)
    )


def _of_alerts(definition: Definition, example: Example) -> Iterator[Fault]:
    """Show the numbers to the rules, issue by issue, and look where they stand."""
    by_id = {rule.id: rule for rule in definition.alerts}
    for name, wanted in (example.expect.alerts or {}).items():
        rule, at = by_id[name], ("expect", "alerts", name)
        given = example.given
        numbers = (
            given.values
            if rule.probability is None
            else (given.probabilities or {}).get(rule.probability)
        )
        if numbers is None:
            what = "values" if rule.probability is None else f"probabilities of {rule.probability}"
            yield Fault(f"the alert watches {what}; none are given", at)
            continue
        key = SeriesKey(definition.id, definition.scopes[0])
        states = rules.followed(rule, key, numbers, since=_LONG_AGO)
        state = states[-1] if states else rules.initial(rule, key, _LONG_AGO)
        if state.status is not wanted:
            yield Fault(f"expected {wanted}, found {state.status} ({state.reason})", at)


def _of_series(definition: Definition, example: Example) -> Iterator[Fault]:
    """Compose what is given, and compare what came of it."""
    if definition.compose is None:
        message = f"series are given to what is composed; {definition.id} has a source"
        yield Fault(message, ("given", "series"))
        return
    if definition.is_factor:
        message = "a factor is estimated, and not composed of a few values: test its alerts"
        yield Fault(message, ("given", "series"))
        return
    known: dict[tuple[str, Period], Observation] = {}
    for scope in definition.scopes:
        given = series_given(definition, definition.compose, scope, example.given.series or {})
        if not isinstance(given, Fault):
            seen = compose(definition, scope, given)
            known |= {(scope, one.period): one for one in seen}
        elif scope in {each.scope or scope for each in example.expect.observations or ()}:
            yield given
    yield from _compared(definition, known, example)
