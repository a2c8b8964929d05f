"""Ask the model in few words, and look whether its answer is sound."""

from itertools import pairwise

import numpy as np

from forecaster.domain.forecast import Projection, Request
from forecaster.domain.indicator import Family
from forecaster.model.family import FloatArray
from forecaster.model.issuing import answer
from tests.model.series import (
    definition,
    inputs,
)


def project(
    values: list[float] | FloatArray, family: Family = Family.REAL, *, above: float = 1.0
) -> Projection:
    return answer(
        Request(inputs=inputs(values, definition(family=family, above=above)))
    ).projection


def well_formed(found: Projection) -> bool:
    ordered = all(
        low <= high for step in found.steps for low, high in pairwise(step.quantiles.values())
    )
    numbers = [
        *(value for step in found.steps for value in (step.mean, *step.quantiles.values())),
        *(value for one in found.probabilities for value in (one.p, one.baseline_p, *one.p_90)),
        found.trend.level,
        found.trend.slope,
        *found.trend.slope_90,
    ]
    likely = all(0 < one.p < 1 and 0 < one.baseline_p < 1 for one in found.probabilities)
    nested = all(
        0 < end <= p <= number
        for one in found.probabilities
        for p, end, number in (
            (one.p, one.p_end, one.expected_exceedances),
            (one.baseline_p, one.baseline_p_end, one.baseline_expected_exceedances),
        )
        if end is not None and number is not None
    )
    return ordered and likely and nested and bool(np.isfinite(numbers).all())
