"""Group-time effects of a staggered adoption, and its permutation."""

from __future__ import annotations

from pathlib import Path

from pieces.road import Call, facts, files_of, passes_and_fits, spec_on

PERIODS = 12
CLUSTERS, MONTHS = 356, 96


def adoption_rows(units: int):
    """Simulate whole kroner of units in twelve periods; municipalities adopt or never do."""
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(2021)
    first = draw.choice([0, 4, 6, 8, 10], size=CLUSTERS, p=[0.4, 0.15, 0.15, 0.15, 0.15])
    muni = draw.integers(0, CLUSTERS, units)
    period = np.arange(1, PERIODS + 1)
    rows = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(units), PERIODS),
            "period": np.tile(period, units),
            "muni": np.repeat(muni, PERIODS),
            "first_treat": np.repeat(first[muni], PERIODS),
        }
    )
    after = (rows["first_treat"] > 0) & (rows["period"] >= rows["first_treat"])
    level = np.repeat(draw.normal(0, 5_000, units), PERIODS)
    noise = draw.normal(0, 10_000, len(rows))
    rows["y"] = np.rint(30_000 + level + 100 * rows["period"] + 500 * after + noise).astype("int32")
    return rows


def adoption_file(folder: Path, units: int) -> None:
    """Write the simulated units to one parquet file in a folder."""
    folder.mkdir()
    adoption_rows(units).to_parquet(folder / "units.parquet", index=False)


def adoption_read(folder: Path):
    import pandas as pd

    return pd.read_parquet(files_of(folder)[0])


def adoption_spec(folder: Path):
    """Return all group-time effects and four averages, clustered by municipality."""
    design = {"kind": "staggered_did", "cohort": {"column": "first_treat", "never": 0}}
    model = {
        "estimand": "att_gt",
        "estimator": "group_time_att",
        "aggregate": ["simple", "event_time", "cohort", "period"],
        "cluster": "muni",
        "variance": "cr1",
    }
    return spec_on(
        folder,
        {**design, "unbalanced": "keep"},
        [model],
        panel={"unit": "unit", "time": "period", "time_unit": "integer"},
        outcomes={"y": {"column": "y", "kind": "nok"}},
    )


def adoption(folder: Path) -> Call:
    return passes_and_fits(folder, adoption_spec(folder), histories=True)


def adoption_facts(folder: Path) -> Call:
    return facts(folder, adoption_spec(folder))


def adoption_csdid(folder: Path) -> Call:
    import contextlib
    import io

    from csdid.att_gt import ATTgt

    rows = adoption_read(folder)

    def call() -> float:
        with contextlib.redirect_stdout(io.StringIO()):
            names = {"yname": "y", "tname": "period", "idname": "unit", "gname": "first_treat"}
            model = ATTgt(data=rows, control_group=["nevertreated"], clustervar="muni", **names)
            model.fit(est_method="reg", bstrap=False)
            model.aggte("simple", bstrap=False, cband=False)
        return float(model.atte["overall_att"])

    return call


def adoption_differences(folder: Path) -> Call:
    from differences import ATTgt

    rows = adoption_read(folder)
    indexed = rows.assign(cohort=rows["first_treat"].where(rows["first_treat"] > 0)).set_index(
        ["unit", "period"]
    )

    def fit(part) -> float:
        model = ATTgt(data=part, cohort_column="cohort", base_period="varying")
        model.fit("y", est_method="reg", control_group="never_treated", progress_bar=False)
        for kind in ("event", "cohort", "time"):
            model.aggregate(kind)
        return float(model.aggregate("simple").iloc[0, 0])

    fit(indexed[indexed.index.get_level_values(0) < 2_000])
    return lambda: fit(indexed)


def permutation(draws: int) -> Call:
    """Permute an adoption over municipalities; the number of rows behind the cells is no matter."""
    import numpy as np

    from evaluation.cells.assignment import Assignment
    from evaluation.inference.permutation import permute

    draw = np.random.default_rng(17)
    starts = np.array([MONTHS, 24, 36, 48, 60, 72])
    paths = (np.arange(MONTHS) >= starts[:, None]).astype(float)
    assigned = Assignment(
        weight=draw.integers(50, 5_000, (CLUSTERS, MONTHS)).astype(float),
        y=draw.normal(0.5, 0.05, (CLUSTERS, MONTHS)),
        controls=np.zeros((CLUSTERS, MONTHS, 0)),
        scatter=np.full((CLUSTERS, 1, 1), 1.0),
        paths=paths,
        kind=draw.integers(0, len(starts), CLUSTERS),
        factor=1.0,
    )
    permute(assigned, 10, np.random.default_rng(1))

    def call() -> float:
        return permute(assigned, draws, np.random.default_rng(1)).p_coefficient

    return call
