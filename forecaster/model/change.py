"""Why an issue says something else than the one before: one cause replaced after the other."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise

from scipy.special import logit

from forecaster.domain.errors import CannotForecast, UnknownName
from forecaster.domain.forecast import Change, Fitted, Headline, Inputs, Previous
from forecaster.domain.observation import Observation
from forecaster.domain.period import Period
from forecaster.model import composite
from forecaster.model.projecting import headline

PARTS = ("revised", "new_data", "time", "definition", "model")
"""The order of replacement."""


def change_since(
    previous: Previous, before: Fitted, inputs: Inputs, fitted: Fitted, now: Headline
) -> Change | None:
    """Split the change of the headline numbers; nothing if the issue before cannot be computed.

    The inputs of the issue before are replaced one after the other until they are this issue's:
    the periods that had a value get their newest versions (revised); those without one get theirs,
    and the drivers all of theirs (new_data); the end moves on over periods covered without a value
    (time); then the definition; then the fit (model). Each part is the difference that its
    replacement makes, so that they sum to the whole. A stage that cannot be computed adds nothing;
    the next that can takes its part. Log-odds are split only if both issues have a first
    threshold. The two ends are not computed again where they are known: `now`, and what the same
    code published before.
    """
    stages = list(_stages(previous.inputs, before, inputs, fitted))
    last = max((place for place, (_, is_new) in enumerate(stages[1:], 1) if is_new), default=0)
    first = previous.headline or _computed(*stages[0][0])
    if first is None:
        return None
    reached = [first]
    for place, (stage, is_new) in enumerate(stages[1:], 1):
        found = now if place == last else _computed(*stage) if is_new else None
        reached.append(found or reached[-1])
    with_odds = reached[0].p is not None and reached[-1].p is not None
    parts = {
        part: _difference(one, other, with_odds=with_odds)
        for part, (one, other) in zip(PARTS, pairwise(reached), strict=True)
    }
    whole = _difference(reached[0], reached[-1], with_odds=with_odds)
    return Change.model_validate(
        {
            "from": previous.issue,
            "median": whole["median"],
            "log_odds": whole.get("log_odds"),
            "parts": parts,
        }
    )


def _computed(inputs: Inputs, fitted: Fitted) -> Headline | None:
    look = composite.headline if inputs.definition.is_factor else headline
    try:
        return look(inputs, fitted)
    except (CannotForecast, UnknownName):  # the latter: a method that is no longer installed
        return None


def _stages(
    old: Inputs, before: Fitted, new: Inputs, fitted: Fitted
) -> Iterator[tuple[tuple[Inputs, Fitted], bool]]:
    """Walk from the old inputs to the new ones; say of each stage whether it differs."""
    seen = _known(old)
    now = _known(new)
    newest = {_place(one): one for one in sorted(seen, key=_recency)}
    valued = {place for place, one in newest.items() if one.value is not None}
    revised = tuple(one for one in seen if _place(one) not in valued)
    revised += tuple(one for one in now if _place(one) in valued)
    ends = [one.period.start for one in seen]
    ends += [one.period.start for one in now if one.value is not None]
    end = max(ends, default=date.max)
    arrived = tuple(one for one in now if one.period.start <= end)
    stage = old
    yield (stage, before), True
    held = seen
    for observations in (revised, arrived, now):
        led = old.drivers if observations is revised else new.drivers
        is_new = _ids(observations) != _ids(held) or led != stage.drivers
        update = {"observations": observations, "drivers": led, "as_of": new.as_of}
        stage = stage.model_copy(update=update)
        yield (stage, before), is_new
        held = observations
    is_new = (new.definition, new.ingredients) != (old.definition, old.ingredients)
    yield (new, before), is_new
    yield (new, fitted), fitted != before


def _known(inputs: Inputs) -> tuple[Observation, ...]:
    return tuple(one for one in inputs.observations if one.known_at <= inputs.as_of)


def _place(one: Observation) -> tuple[str, str, Period]:
    return one.indicator, one.scope, one.period


def _recency(one: Observation) -> tuple[datetime, int]:
    return one.known_at, one.id


def _ids(observations: tuple[Observation, ...]) -> frozenset[int]:
    return frozenset(one.id for one in observations)


def _difference(one: Headline, other: Headline, *, with_odds: bool) -> dict[str, float]:
    parts = {"median": other.median - one.median}
    if with_odds:
        parts["log_odds"] = _log_odds(other) - _log_odds(one)
    return parts


def _log_odds(said: Headline) -> float:
    """Return the log-odds of the first threshold; a stage without one has even odds."""
    return 0.0 if said.p is None else float(logit(said.p))
