"""Why an issue says something else than the one before: one cause replaced after the other."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise

from forecaster.domain.errors import CannotForecast, UnknownName
from forecaster.domain.forecast import Change, Fitted, Inputs, Previous
from forecaster.domain.observation import Observation
from forecaster.model.projecting import Headline, headline

PARTS = ("revised", "new_data", "time", "definition", "model")
"""The order of replacement."""


def change_since(
    previous: Previous, before: Fitted, inputs: Inputs, fitted: Fitted
) -> Change | None:
    """Split the change of the headline numbers; nothing if the issue before cannot be computed.

    The inputs of the issue before are replaced one after the other until they are this issue's:
    the periods that had a value get their newest versions (revised); those without one get theirs,
    and the drivers all of theirs (new_data); the end moves on over periods covered without a value
    (time); then the definition; then the fit (model). Each part is the difference that its
    replacement makes, so that they sum to the whole. A stage that cannot be computed adds nothing;
    the next that can takes its part.
    Log-odds are split only if both issues have a first threshold.
    """
    reached: list[Headline] = []
    for stage, is_new in _stages(previous.inputs, before, inputs, fitted):
        try:
            reached.append(headline(*stage) if is_new else reached[-1])
        except (CannotForecast, UnknownName):  # the latter: a method that is no longer installed
            if not reached:
                return None
            reached.append(reached[-1])
    with_odds = reached[0].log_odds is not None and reached[-1].log_odds is not None
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


def _stages(
    old: Inputs, before: Fitted, new: Inputs, fitted: Fitted
) -> Iterator[tuple[tuple[Inputs, Fitted], bool]]:
    """Walk from the old inputs to the new ones; say of each stage whether it differs."""
    seen = _known(old)
    now = _known(new)
    newest = {one.period: one for one in sorted(seen, key=_recency)}
    valued = {period for period, one in newest.items() if one.value is not None}
    revised = tuple(one for one in seen if one.period not in valued)
    revised += tuple(one for one in now if one.period in valued)
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
    yield (new, before), new.definition != old.definition
    yield (new, fitted), fitted != before


def _known(inputs: Inputs) -> tuple[Observation, ...]:
    return tuple(one for one in inputs.observations if one.known_at <= inputs.as_of)


def _recency(one: Observation) -> tuple[datetime, int]:
    return one.known_at, one.id


def _ids(observations: tuple[Observation, ...]) -> frozenset[int]:
    return frozenset(one.id for one in observations)


def _difference(one: Headline, other: Headline, *, with_odds: bool) -> dict[str, float]:
    parts = {"median": other.median - one.median}
    if with_odds:
        parts["log_odds"] = (other.log_odds or 0.0) - (one.log_odds or 0.0)
    return parts
