"""Cells that agree in a key are one group, in the order of the key, whatever is missing in it."""

import numpy as np
import pandas as pd
import pytest

from evaluation.cells import model_cells


@pytest.mark.parametrize("largest", [2**62, 50])
def test_groups_are_those_of_pandas(monkeypatch, largest):
    monkeypatch.setattr(model_cells, "LARGEST_CODE", largest)
    rng = np.random.default_rng(7)
    key = [rng.integers(-1, top, 400) for top in (4, 3, 9)]
    first, group = model_cells._groups(key, 400)
    told = pd.DataFrame(dict(enumerate(key))).groupby([0, 1, 2], sort=True).ngroup()
    np.testing.assert_array_equal(group, told)
    for codes in key:
        np.testing.assert_array_equal(codes[first][group], codes)
    assert [int(np.flatnonzero(group == at)[0]) for at in range(len(first))] == first.tolist()


def test_no_key_is_one_group():
    first, group = model_cells._groups([], 5)
    assert first.tolist() == [0]
    assert group.tolist() == [0] * 5
