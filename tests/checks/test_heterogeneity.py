"""Levels of a column: one interacted regression, its joint test and adjusted differences."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from evaluation.catalogue import catalogue
from evaluation.checks._level_tests import level_covariance, level_number, level_test
from evaluation.checks._numbers import Number
from evaluation.commands.remarks import remarks
from evaluation.errors import SpecError
from evaluation.estimators.contract import Influence
from evaluation.inference.max_t import simultaneous
from evaluation.pipeline import run_spec
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import read_settings

PERSONS, MUNIS = 720, 24
MONTHS = [201609, 201610, 201611, 201612, 201701, 201702, 201703, 201704]
REFORM = dt.date(2017, 1, 1)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    generator = np.random.default_rng(8)
    n = PERSONS * len(MONTHS)
    person = np.repeat(np.arange(PERSONS), len(MONTHS))
    ym = np.tile(MONTHS, PERSONS)
    muni = person % MUNIS
    old = (person // MUNIS) % 2
    post = (ym >= 201701).astype(int)
    regime = np.array(["mild", "strict", "none"], dtype=object)[muni % 3]
    female = (person // (2 * MUNIS)) % 2
    effect = np.select([regime == "mild", regime == "strict"], [0.1, 0.8], 0.3)
    y = effect * old * post + 0.2 * female + 0.1 * (muni % 5) * post + generator.normal(size=n)
    rows = pd.DataFrame({"person": person, "ym": ym, "muni": muni, "old": old, "post": post,
                         "regime": regime, "female": female, "y": np.round(y, 3)})  # fmt: skip
    rows["age"] = generator.integers(-12, 12, n)
    rows["z"] = np.round(rows["y"] + 0.3 * (rows["age"] >= 0) * (rows["regime"] == "mild"), 3)
    starts = np.array([201611, 201701, 201703, 0])[muni % 4]
    rows["cohort"] = starts
    rows["g"] = np.round(generator.normal(size=n) + 0.5 * ((starts > 0) & (ym >= starts)), 3)
    rows["y2"] = rows["y"] + 0.5
    rows["many"] = person % 500
    rows["one"] = 1
    rows["vary"] = generator.integers(0, 2, n)
    rows["few"] = np.where(muni < 2, "small", "large")
    rows.loc[person == 7, "regime"] = None
    return rows


@pytest.fixture(scope="module")
def folder(frame, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("levels")
    frame.to_parquet(path / "rows.parquet", index=False)
    return path


MAIN = {"id": "main", "estimand": "att", "estimator": "twfe", "cluster": "muni", "variance": "cr1"}
DID = {"kind": "did", "reform_date": REFORM, "treated": {"column": "old", "equals": 1}}


def spec_of(folder: Path, by: tuple[str, ...] = ("regime",), **changes: Any):
    tables: dict[str, Any] = {
        "schema_version": 1,
        "id": "levels",
        "title": "Levels",
        "panel": {"source": "file", "path": "rows.parquet", "unit": "person", "time": "ym",
                  "time_unit": "month"},
        "outcomes": {"y": {"column": "y", "kind": "continuous"}},
        "design": DID,
        "models": [MAIN],
        "heterogeneity": [{"by": list(by), "models": ["main"]}],
        **changes,
    }  # fmt: skip
    return build_spec(
        tables, catalogue(), settings=read_settings(()),
        origin=Origin(folder=folder), label="levels",
    )  # fmt: skip


def subgroup_rows(record: Any) -> dict[str, Any]:
    return {row.subgroup: row for row in record.estimates if row.subgroup}


def verdict_of(record: Any, by: str = "regime") -> Any:
    return next(one for one in record.checks if one.check == "heterogeneity" and one.term == by)


@pytest.fixture(scope="module", params=["auto", "microdata"])
def record(request, folder):
    return run_spec(spec_of(folder, ("regime", "female")), engine=request.param)


@pytest.mark.parametrize("by", ["regime", "female"])
def test_equals_the_interacted_regression(record, frame, by: str) -> None:
    """Levels of municipalities share no cluster; both sexes share all."""
    rows = frame.dropna(subset=["regime"]) if by == "regime" else frame
    levels = sorted(rows[by].unique())
    parts = [f"C({by})", f"C({by}):old", f"C({by}):post"]
    for at, level in enumerate(levels):
        rows = rows.assign(**{f"d{at}": (rows[by] == level) * rows["old"] * rows["post"]})
    formula = "y ~ " + " + ".join([*parts, *(f"d{at}" for at in range(len(levels)))])
    fit = smf.ols(formula, rows).fit(
        cov_type="cluster", cov_kwds={"groups": rows["muni"], "use_correction": False}
    )
    names = [f"d{at}" for at in range(len(levels))]
    plain = fit.cov_params().loc[names, names].to_numpy()
    found = subgroup_rows(record)
    own = [found[f"{by} = {level}"] for level in levels]
    for at, row in enumerate(own):
        assert row.estimate == pytest.approx(fit.params[f"d{at}"], abs=1e-9)
    # Each level keeps the small-sample factor of its own fit.
    factors = np.array([row.std_error for row in own]) / np.sqrt(np.diag(plain))
    for row, factor in zip(own, factors, strict=True):
        g, n = row.n_clusters, row.n_obs
        assert factor**2 == pytest.approx(g / (g - 1) * (n - 1) / (n - 4), rel=1e-9)
    covariance = plain * np.outer(factors, factors)
    first, second = (f"{by} = {level}" for level in levels[:2])
    pair = found[f"{first} less {second.removeprefix(f'{by} = ')}"]
    change = np.r_[1.0, -1.0, np.zeros(len(levels) - 2)]
    assert pair.std_error == pytest.approx(np.sqrt(change @ covariance @ change), rel=1e-9)
    contrasts = np.c_[np.ones(len(levels) - 1), -np.eye(len(levels) - 1)]
    values = contrasts @ [row.estimate for row in own]
    joint = values @ np.linalg.solve(contrasts @ covariance @ contrasts.T, values)
    verdict = verdict_of(record, by)
    assert verdict.statistic == pytest.approx(joint, rel=1e-9)
    nu, q = min(row.n_clusters for row in own) - 1, len(levels) - 1
    scaled = (nu - q + 1) / (nu * q) * joint
    assert verdict.p_value == pytest.approx(stats.f.sf(scaled, q, nu - q + 1), rel=1e-9)


def test_rows_and_words(record) -> None:
    found = subgroup_rows(record)
    assert list(found)[:3] == ["regime = mild", "regime = none", "regime = strict"]
    assert list(found)[6:] == ["female = 0", "female = 1", "female = 0 less 1"]
    for name in ("mild less none", "mild less strict", "none less strict"):
        row = found[f"regime = {name}"]
        assert (row.term, row.status) == ("difference", "ok")
        assert row.conf_low < row.estimate < row.conf_high
        assert (row.p_value < 0.05) == (row.conf_low > 0 or row.conf_high < 0)
    verdict = verdict_of(record)
    assert verdict.verdict == "levels differ"
    assert "3 levels; largest difference" in verdict.message
    details = {one.name: one.value for one in record.details if one.check == "heterogeneity"
               and one.term == "regime"}  # fmt: skip
    assert details["rows_without_a_level"] == len(MONTHS)
    assert details["regime = mild less strict: minimum_detectable"] > 0
    low, high = (details[f"regime = mild: conf_{end}_adjusted"] for end in ("low", "high"))
    assert low < found["regime = mild"].conf_low and high > found["regime = mild"].conf_high


def test_cells_answer_levels_without_a_further_pass(folder, monkeypatch) -> None:
    from evaluation.cells import gather

    built: list[tuple[str, ...]] = []
    plain = gather.build_cells

    def counted(relation: Any, plan: Any, passes: Any, *rest: Any) -> Any:
        built.extend(one.key for one in passes)
        return plain(relation, plan, passes, *rest)

    monkeypatch.setattr(gather, "build_cells", counted)
    record = run_spec(spec_of(folder))
    assert len(built) == 1 and "regime" in built[0]
    assert verdict_of(record).verdict == "levels differ"
    details = {one.name: one.value for one in record.details if one.check == "heterogeneity"}
    assert {details[f"regime = {level}: engine"] for level in ("mild", "none", "strict")} == {
        "cells"
    }


EVENTS = {**MAIN, "estimand": "att_by_event_time", "estimator": "twfe_event_study"}
STAGGERED = {"kind": "staggered_did", "cohort": {"column": "cohort", "never": 0}}
GROUPS = {**MAIN, "estimator": "group_time_att"}
CUT = {"kind": "rd", "running_variable": {"column": "age"}, "cutoff": 0, "treated_side": "above"}
LOCAL = {"id": "main", "estimand": "itt_at_cutoff", "estimator": "rd_robust",
         "bandwidth": {"fixed": 8}}  # fmt: skip


@pytest.mark.parametrize(
    ("column", "design", "model"),
    [("y", DID, EVENTS), ("g", STAGGERED, GROUPS), ("z", CUT, LOCAL),
     ("z", CUT, {**LOCAL, "cluster": "muni", "variance": "cr1"})],
    ids=["event study", "staggered", "cutoff", "cutoff by municipality"],
)  # fmt: skip
def test_other_estimators(folder, frame, column: str, design: Any, model: Any) -> None:
    changed = {"outcomes": {"y": {"column": column, "kind": "continuous"}}, "design": design,
               "models": [model]}  # fmt: skip
    runs = [run_spec(spec_of(folder, **changed), engine=engine) for engine in ("auto", "microdata")]
    for one in runs:
        assert verdict_of(one).verdict in ("levels differ", "no difference detected"), one.checks
    cells, rows = (list(one.estimates) for one in runs)
    assert len(cells) == len(rows) > 6
    for a, b in zip(cells, rows, strict=True):
        assert (a.subgroup, a.term, a.event_time, a.n_obs) == (
            b.subgroup, b.term, b.event_time, b.n_obs
        )  # fmt: skip
        assert a.estimate == pytest.approx(b.estimate, abs=1e-9)
        assert a.std_error == pytest.approx(b.std_error, rel=1e-7)
    alone = run_spec(
        spec_of(folder, **changed, heterogeneity=[],
                sample={"keep": [{"column": "regime", "equals": "mild"}]})
    )  # fmt: skip
    level = [one for one in cells if one.subgroup == "regime = mild" and one.term != "average"]
    assert [one.estimate for one in level] == pytest.approx(
        [one.estimate for one in alone.estimates], abs=1e-9
    )


REFUSED = [
    ("one", "heterogeneity: 'one' has 1 level in the sample of main: there is nothing"),
    ("y2", "heterogeneity: 'y2' has too many values to compare as levels; cut or recode it"),
    ("many", "heterogeneity: 'many' has 500 levels in the sample of main, more than 20; cut or"),
]


@pytest.mark.parametrize(("by", "says"), REFUSED)
def test_columns_that_split_nothing(folder, by: str, says: str) -> None:
    record = run_spec(spec_of(folder, (by,)))
    verdict = verdict_of(record, by)
    assert verdict.verdict == "refused" and verdict.message.startswith(says)
    (row,) = (one for one in record.estimates if one.subgroup)
    assert (row.subgroup, row.status, row.estimate) == (by, "refused", None)


def test_a_level_with_few_clusters_is_refused(folder) -> None:
    record = run_spec(spec_of(folder, ("few",)))
    found = subgroup_rows(record)
    assert found["few = large"].status == "ok"
    assert found["few = small"].status == "refused"
    assert found["few = small"].reason.startswith("2 clusters, fewer than 5, tell no error")
    told = [line for line in remarks(record) if "few = small" in line]
    assert len(told) == 1 and "2 clusters, fewer than 5" in told[0]
    assert verdict_of(record, "few").verdict == "refused"


def test_rules(folder) -> None:
    cases = [
        ({"by": ["y"], "models": ["main"]}, "heterogeneity.1.by: 'y' is outcome 'y'"),
        ({"by": ["regime"], "models": ["mian"]}, "no model 'mian'; did you mean main"),
        ({"by": ["ym"], "models": ["main"]}, "'ym' is the panel's unit or time"),
        ({"by": ["regime", "regime"], "models": ["main"]}, "names 'regime' 2 times"),
    ]
    for table, says in cases:
        with pytest.raises(SpecError, match=says):
            spec_of(folder, heterogeneity=[table])


def number(estimate: float, error: float, values: Any, labels: Any, df: float | None) -> Number:
    influence = Influence(np.asarray(values, float)[:, None], tuple(labels), "muni", 1.0)
    return Number(estimate, error, None, df, 10, len(labels), influence)


def test_covariance_matches_clusters_by_what_they_are() -> None:
    one = number(1.0, np.sqrt(6.0), [1.0, 2.0, 1.0], "abc", 2)
    other = number(2.0, 2 * np.sqrt(5.0), [2.0, 1.0], "ca", 1)
    found = level_covariance((one, other), None)
    # a: 1 x 1, c: 1 x 2, the second scaled by 2 to its printed error.
    assert found == pytest.approx(np.array([[6.0, 6.0], [6.0, 20.0]]))
    blind = Number(2.0, 2.0, None, None, 10, None)
    assert level_covariance((one, blind), None) is None
    assert level_covariance((one, blind), True) == pytest.approx(np.diag([6.0, 4.0]))


def test_max_t_by_quadrature() -> None:
    """Two independent t-ratios over one chi: P(max < c) integrated over the chi."""
    df, estimates = 9.0, np.array([2.5, 0.3])
    found = simultaneous(estimates, np.eye(2), df)
    grid = (np.arange(20_000) + 0.5) / 20_000
    chi = np.sqrt(stats.chi2.ppf(grid, df) / df)
    inside = np.mean((2 * stats.norm.cdf(found.critical * chi) - 1) ** 2)
    assert inside == pytest.approx(0.95, abs=0.004)
    exact = 1 - np.mean((2 * stats.norm.cdf(2.5 * chi) - 1) ** 2)
    assert found.p_values[0] == pytest.approx(exact, abs=0.005)
    alone = simultaneous(estimates[:1], np.eye(1), df)
    assert alone.p_values[0] == pytest.approx(2 * stats.t.sf(2.5, df))


def test_level_test_without_variance() -> None:
    same = [number(value, 1.0, [1.0], "a", 8) for value in (1.0, 1.0)]
    found = level_test(same, level_covariance(same, None))
    assert found.p_value is None
    assert found.differences[0].std_error is None
    assert level_number is not None


def test_every_level_has_its_own_truth(folder, monkeypatch) -> None:
    """Levels of a world are named as its cells name them: whole numbers may be floats there."""
    from evaluation.checks import known_truth
    from evaluation.checks._subgroups import subgroups_of
    from evaluation.data.functionals.contract import Key, Truth
    from evaluation.data.truth import Truths
    from evaluation.estimators.fitting import fit_models
    from evaluation.estimators.refitting import Refitting
    from evaluation.estimators.supplying import Request, supply_of

    spec = spec_of(folder, ("female",))
    request = Request(spec, source=Request(spec).opened())
    supply = supply_of(request, lambda stage: nullcontext())
    results = fit_models(spec, supply)
    found = subgroups_of(spec, supply, results, Refitting(request, None, supply))
    values = {"": 0.5, "female=0": 0.25, "female=1.0": 0.75}
    true = {Key("att", subgroup=one): Truth(value, 0.01, 0) for one, value in values.items()}
    monkeypatch.setattr(known_truth, "truths", lambda *given: Truths(true))
    (one,) = found
    known = tuple(known_truth._of_levels(spec, one, None, lambda: None))
    assert [(k.label, k.superpopulation.value) for k in known] == [
        ("female = 0", 0.25), ("female = 1", 0.75)
    ]  # fmt: skip
