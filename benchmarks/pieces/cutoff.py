"""The regression discontinuity at age 30 in months, clustered by person."""

from __future__ import annotations

from pathlib import Path

from pieces.road import Call, files_of, floor, passes_and_fits, spec_on

CUTOFF = 360
WIDTHS = tuple(range(6, 26))


def cutoff_spec(folder: Path):
    """Return the bandwidth of the rule and twenty fixed ones, clustered by person."""
    design = {
        "kind": "rd",
        "running_variable": {"column": "age_months", "discrete": True},
        "cutoff": CUTOFF,
        "treated_side": "below",
        "donut": 1,
    }
    model = {"estimand": "itt_at_cutoff", "estimator": "rd_robust", "cluster": "person_id"}
    return spec_on(folder, design, [model, *({**model, "bandwidth": {"fixed": h}} for h in WIDTHS)])


def floor_cutoff(folder: Path) -> Call:
    return floor(folder, "age_months", ("employed", "person_id", "ym", "age_months * employed"))


def cutoff_grid(folder: Path) -> Call:
    return passes_and_fits(folder, cutoff_spec(folder))


def cutoff_rdrobust(folder: Path) -> Call:
    import contextlib
    import io
    import warnings

    import pyarrow.parquet as pq
    from rdrobust import rdrobust

    columns = ["age_months", "person_id", "employed"]
    rows = pq.ParquetDataset(files_of(folder)).read(columns=columns).to_pandas()
    rows = rows[rows["age_months"] != CUTOFF]
    x = rows["age_months"].to_numpy(float) - CUTOFF

    def call() -> float:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            y, person = rows["employed"].to_numpy(float), rows["person_id"].to_numpy()
            found = rdrobust(y, x, cluster=person)
        return -float(found.coef.iloc[0, 0])

    return call
