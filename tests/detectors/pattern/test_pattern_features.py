"""What is learned from is what kernels and reference compare, to the bit."""

import numpy as np
import pytest

from fastdefect.detectors.pattern.features import features
from fastdefect.reference.pattern import features as truth


@pytest.mark.parametrize("logged", [0, 3, 5])
def test_features_are_those_of_the_reference(logged: int) -> None:
    random = np.random.default_rng(logged)
    sums = random.integers(0, 49 * 24_480, (5, 400)).astype(np.int32)
    sums[logged:] -= 10_000
    floors = np.r_[random.integers(1, 5000, logged), np.zeros(5 - logged)].astype(np.int32)
    found = features(sums, floors, logged)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, truth(sums, floors, logged))
