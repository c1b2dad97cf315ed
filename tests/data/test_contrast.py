"""The operation ``contrast``: its mean over a group is the difference of the means of two parts."""

import numpy as np
import pandas as pd
import pytest

from evaluation.data.derive.contract import Rows
from evaluation.data.derive.contrast import Options, apply
from evaluation.errors import DataError

OPTIONS = Options(column="y", part="part", by="town")


def rows(frame: pd.DataFrame) -> Rows:
    own = frame.loc[:, ["y", "part", "town"]]
    return Rows(own, "derive.gap", time=frame["t"].to_numpy(np.int64))


def drawn(seed: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = 400
    return pd.DataFrame(
        {
            "y": rng.normal(size=n),
            "part": rng.choice([0.0, 1.0, np.nan], size=n, p=[0.5, 0.3, 0.2]),
            "town": rng.choice(["a", "b", "c"], size=n),
            "t": rng.integers(24000, 24004, size=n),
        }
    )


def test_its_mean_is_the_difference_of_two_means() -> None:
    frame = drawn()
    frame.loc[::17, "y"] = np.nan
    frame["gap"] = apply(rows(frame), OPTIONS)
    known = frame.dropna(subset=["y", "part"])
    for _, group in known.groupby(["town", "t"]):
        means = group.groupby("part")["y"].mean()
        assert group["gap"].mean() == pytest.approx(means[1.0] - means[0.0], abs=1e-12)


def test_rows_of_neither_part_are_missing() -> None:
    frame = drawn()
    found = apply(rows(frame), OPTIONS)
    assert (np.isnan(found) == frame["part"].isna()).all()


def test_a_group_with_one_part_is_missing() -> None:
    frame = pd.DataFrame({"y": [1.0, 3.0, 5.0], "part": [1, 0, 1], "town": [1, 1, 2], "t": 5})
    np.testing.assert_array_equal(apply(rows(frame), OPTIONS), [2.0, -6.0, np.nan])


def test_a_part_is_0_or_1() -> None:
    frame = drawn().assign(part=2.0)
    with pytest.raises(DataError, match=r"derive\.gap\.part: column 'part' must hold 0 and 1"):
        apply(rows(frame), OPTIONS)
