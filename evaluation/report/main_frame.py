"""The main table: one row for each headline number, with the truth where it is known."""

from __future__ import annotations

import pandas as pd

from evaluation.report.places import is_headline
from evaluation.report.record import Record


def main_table(record: Record) -> pd.DataFrame:
    """Return outcome, model, estimand, estimate, error, interval, truth and counts.

    Numbers are those of ``estimates.csv``; printing rounds them.
    """
    rows = [row for row in record.estimates if is_headline(row)]
    return pd.DataFrame(
        {
            "outcome": [row.outcome for row in rows],
            "model": [row.model_id for row in rows],
            "estimand": [row.estimand for row in rows],
            "estimate": [row.estimate for row in rows],
            "std_error": [row.std_error for row in rows],
            "conf_low": [row.conf_low for row in rows],
            "conf_high": [row.conf_high for row in rows],
            "truth": [record.detail(row.model_id, row.outcome, "truth") for row in rows],
            "n_obs": [row.n_obs for row in rows],
            "status": [row.status for row in rows],
        }
    )
