"""Columns of a source in the types that the rest of the program knows."""

from decimal import Decimal

import numpy as np
import pandas as pd

from evaluation.data.plain import plain_columns


def test_decimals_are_numbers_and_text_stays_text():
    frame = pd.DataFrame(
        {"w": [None, Decimal("1.5"), Decimal("2")], "t": [None, "a", "b"], "none": [None] * 3},
        dtype=object,
    )
    plain = plain_columns(frame)
    assert plain["w"].dtype == np.float64
    assert plain["w"].tolist()[1:] == [1.5, 2.0] and np.isnan(plain["w"][0])
    pd.testing.assert_frame_equal(plain[["t", "none"]], frame[["t", "none"]])
