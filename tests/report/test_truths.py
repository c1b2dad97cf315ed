"""Whether an interval holds the truth."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from evaluation.report.truths import holds_truth
from evaluation.results import Estimate


@pytest.mark.parametrize(
    ("low", "high", "truth", "held"),
    [
        (-1.0, 1.0, 0.0, True),
        (0.1, 1.0, 0.0, False),
        (None, None, 0.0, None),
        (-1.0, 1.0, None, None),
    ],
)
def test_holds_truth(low, high, truth, held):
    row = Estimate("s", "m", "twfe", "att", "y", estimate=0.5, conf_low=low, conf_high=high)
    record = SimpleNamespace(detail=lambda *key: truth)
    assert holds_truth(record, row) is held
