"""Lanes of a linear model share its paths."""

import numpy as np
import pytest

from forecaster.model import linear, pool
from forecaster.model.linear import Outlook

SHARES = np.array([[0.5, 0.3, 0.2]])


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("n_paths", [100, 1000])
def test_a_pool_takes_every_lane_of_a_member_by_its_share(weight: float, n_paths: int) -> None:
    drawn = linear.paths(still(), np.full((n_paths, 2), 0.5))[0]

    mixed = pool.mix(np.stack([drawn, drawn + 3]), np.array([weight, 1 - weight]))

    seen = np.bincount(mixed[:, 0].astype(int), minlength=6) / n_paths
    expected = np.concatenate([weight * SHARES[0], (1 - weight) * SHARES[0]])
    np.testing.assert_allclose(seen, expected, atol=2 / n_paths)


def still() -> Outlook:
    """Return three lanes that stay at 0, 1 and 2."""
    return Outlook(
        means=np.arange(3.0)[None, :, None] * np.ones((1, 3, 2)),
        group=np.array([0]),
        responses=np.ones((1, 3, 2)),
        spreads=np.zeros((1, 3)),
        shares=SHARES,
        shapes=np.zeros((1, 41)),
    )
