"""One question to the model, one answer: fit or update, look ahead, say what changed."""

from collections.abc import Callable, Mapping

from forecaster.domain.errors import CannotForecast, UnknownName
from forecaster.domain.forecast import (
    Answer,
    Change,
    Fitted,
    Headline,
    Inputs,
    Projection,
    Request,
)
from forecaster.domain.indicator import Family
from forecaster.model import composite
from forecaster.model.change import change_since
from forecaster.model.fitting import fit
from forecaster.model.projecting import project


def answer(request: Request) -> Answer:
    """Forecast one series as it is known; raise `CannotForecast` with the reason if it cannot.

    Without a fit in the inputs everything is learnt anew; with one its parameters stay fixed. The
    same request gives the same answer, wherever it is computed.
    """
    said = request.previous.words if request.previous else {}
    projection, fitted = _project(request.inputs, said)
    change = _change(request, fitted, projection.headline)
    if request.previous is not None and request.inputs.definition.is_factor:
        projection = composite.explained(projection, request.previous, request.inputs, fitted)
    return Answer(projection=projection, fitted=fitted, change=change)


def _project(inputs: Inputs, said: Mapping[str, str]) -> tuple[Projection, Fitted]:
    """Use the given fit; learn anew without one, or where the values no longer suit it.

    They left the family that was inferred; or an input of a factor is no longer there.
    """
    learn, look = _way(inputs)
    if inputs.fitted is not None:
        try:
            return look(inputs, inputs.fitted, said), inputs.fitted
        except CannotForecast:
            is_settled = inputs.definition.family is not Family.AUTO
            if is_settled and not inputs.definition.is_factor:
                raise
    fitted = learn(inputs)
    return look(inputs, fitted, said), fitted


def _way(
    inputs: Inputs,
) -> tuple[Callable[[Inputs], Fitted], Callable[[Inputs, Fitted, Mapping[str, str]], Projection]]:
    """Return how a series is learnt and looked ahead; of a factor, its inputs are."""
    if inputs.definition.is_factor:
        return composite.fit, composite.project
    return fit, project


def _change(request: Request, fitted: Fitted, now: Headline) -> Change | None:
    previous = request.previous
    if previous is None:
        return None
    try:
        before = previous.inputs.fitted or _way(previous.inputs)[0](previous.inputs)
    except (CannotForecast, UnknownName):  # the latter: a method that is no longer installed
        return None
    return change_since(previous, before, request.inputs, fitted, now)
