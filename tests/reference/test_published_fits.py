"""Published figures, recomputed by the estimators and compared to the digits printed."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from evaluation.data.model_data import ModelData
from evaluation.estimators import (
    group_time_att,
    rd_polynomial,
    rd_robust,
    twfe,
    twfe_event_study,
)
from evaluation.estimators.contract import Setting
from evaluation.spec.variance import Inference

NO_CLUSTER = Inference((), "hc1", distribution="normal")
UNSCALED = Inference((), "hc0")

CONTINUOUS = SimpleNamespace(column="running", discrete=False)


def setting(kind, inference, options, effects=(), controls=(), estimand="att", **design):
    return Setting(
        estimand=estimand,
        inference=inference,
        controls=tuple(controls),
        fixed_effects=effects,
        design=SimpleNamespace(kind=kind, treatment=None, running_variable=CONTINUOUS, **design),
        options=options,
    )


def codes(column):
    return pd.factorize(column, sort=True)[0].astype(np.int64)


@dataclass(frozen=True)
class Printed:
    """A number as printed: it is met where ours rounds to it."""

    text: str

    def __eq__(self, other):
        places = len(self.text.split(".")[1])
        return abs(float(self.text) - other) <= 0.5 * 10**-places + 1e-12

    __hash__ = None


MLDA = [
    # outcome, bandwidth, order, slopes, estimate, standard error
    ("all", 2, 1, "common", "7.66", "1.51"),
    ("all", 2, 2, "separate", "9.55", "1.83"),
    ("all", 1, 1, "common", "9.75", "2.06"),
    ("all", 1, 2, "separate", "9.61", "2.29"),
    ("mva", 2, 1, "common", "4.53", ".72"),
    ("mva", 2, 2, "separate", "4.66", "1.09"),
    ("mva", 1, 1, "common", "4.76", "1.08"),
    ("mva", 1, 2, "separate", "5.89", "1.33"),
]


@pytest.mark.parametrize(("outcome", "width", "order", "slopes", "estimate", "error"), MLDA)
def test_drinking_age_in_age_cells(shared_data, outcome, width, order, slopes, estimate, error):
    frame = pd.read_csv(shared_data / "mlda_agecell.csv").dropna(subset=[outcome])
    data = ModelData(
        outcome=outcome,
        y=frame[outcome].to_numpy(np.float64),
        columns=pd.DataFrame(index=range(len(frame))),
        running=(frame["agecell"] - 21).to_numpy(np.float64),
    )
    options = rd_polynomial.Options(order=order, slopes=slopes, bandwidth={"fixed": width})
    found = rd_polynomial.fit(data, setting("rd", NO_CLUSTER, options, treated_side="above"))
    assert Printed(estimate) == found.terms[0].estimate
    assert Printed(error) == found.terms[0].std_error
    assert found.n_obs == {2: 48, 1: 24}[width]


def drinking_age(shared_data: Path, weighted: bool) -> ModelData:
    frame = pd.read_parquet(shared_data / "mlda_deaths_state_year.parquet")
    frame = frame[
        (frame["agegr"] == "18-20 yrs") & (frame["year"] <= 1983) & (frame["dtype"] == "all")
    ].reset_index(drop=True)
    return ModelData(
        outcome="mrate",
        y=frame["mrate"].to_numpy(np.float64),
        columns=pd.DataFrame(
            {
                "state": codes(frame["state"].astype(str)),
                "year": frame["year"].astype(int),
                **{
                    f"trend_{s}": np.where(frame["state"] == s, frame["year"] - 1970, 0.0)
                    for s in frame["state"].unique()
                },
            }
        ),
        weight=frame["pop"].to_numpy(np.float64) if weighted else None,
        dose=frame["legal"].to_numpy(np.float64),
    )


@pytest.mark.parametrize(
    ("weighted", "trends", "estimate", "error"),
    [
        (False, False, "10.80", "4.59"),
        (False, True, "8.47", "5.10"),
        (True, False, "12.41", "4.60"),
        (True, True, "9.65", "4.64"),
    ],
)
def test_drinking_age_by_state_and_year(shared_data, weighted, trends, estimate, error):
    data = drinking_age(shared_data, weighted)
    controls = [name for name in data.columns if name.startswith("trend_")] if trends else []
    inference = Inference(("state",), "cr1", fixed_effects="full")
    found = twfe.fit(data, setting("did", inference, twfe.Options(), ("state", "year"), controls))
    assert (found.n_obs, found.n_clusters) == (714, 51)
    assert Printed(estimate) == found.terms[0].estimate
    assert Printed(error) == found.terms[0].std_error


def test_the_count_of_effects_is_the_difference_between_two_errors(shared_data):
    data = drinking_age(shared_data, weighted=False)
    errors = {}
    for rule in ("full", "nested"):
        inference = Inference(("state",), "cr1", fixed_effects=rule)
        found = twfe.fit(data, setting("did", inference, twfe.Options(), ("state", "year")))
        errors[rule] = found.terms[0].std_error
    assert Printed("4.592") == errors["full"]
    # 65 parameters against 15: one slope, the constant, 50 states (not charged) and 13 years.
    assert errors["nested"] == pytest.approx(errors["full"] * np.sqrt((714 - 65) / (714 - 15)))


@pytest.mark.parametrize(
    ("block", "estimate", "error"),
    [
        (0, ".0801", ".0342"),
        (1, ".0946", ".0279"),
        (2, ".0937", ".0290"),
    ],
)
def test_castle_doctrine(shared_data, block, estimate, error):
    frame = pd.read_parquet(shared_data / "castle_cheng_hoekstra.parquet")
    regions = [name for name in frame.columns if name.startswith("r20")]
    covariates = [
        "l_police",
        "unemployrt",
        "poverty",
        "l_income",
        "l_prisoner",
        "l_lagprisoner",
        "blackm_15_24",
        "whitem_15_24",
        "blackm_25_44",
        "whitem_25_44",
        "l_exp_subsidy",
        "l_exp_pubwelfare",
    ]
    controls = [[], regions, regions + covariates][block]
    data = ModelData(
        outcome="l_homicide",
        y=frame["l_homicide"].to_numpy(np.float64),
        columns=frame[["sid", "year", *controls]].reset_index(drop=True),
        weight=frame["popwt"].to_numpy(np.float64),
        dose=frame["cdl"].to_numpy(np.float64),
    )
    inference = Inference(("sid",), "cr1")
    found = twfe.fit(data, setting("did", inference, twfe.Options(), ("sid", "year"), controls))
    assert Printed(estimate) == found.terms[0].estimate
    assert Printed(error) == found.terms[0].std_error


def test_event_study_of_base_did(shared_data):
    frame = pd.read_csv(shared_data / "base_did.csv")
    data = ModelData(
        outcome="y",
        y=frame["y"].to_numpy(np.float64),
        columns=frame[["id", "period", "x1"]],
        unit=codes(frame["id"]),
        period=frame["period"].to_numpy(np.int64),
        treated=frame["treat"].to_numpy(np.float64),
        post=frame["post"].to_numpy(np.float64),
        event_time=(frame["period"] - 6).to_numpy(np.float64),
    )
    inference = Inference(("id",), "cr1")
    options = twfe_event_study.Options(reference=-1)
    found = twfe_event_study.fit(
        data, setting("did", inference, options, ("id", "period"), ("x1",))
    )
    by_period = {term.event_time + 6: term for term in found.terms}
    assert Printed("6.606229") == by_period[10].estimate
    assert Printed("1.120494") == by_period[10].std_error
    assert Printed("-1.403045") == by_period[1].estimate
    assert Printed("1.110267") == by_period[1].std_error
    # 1.115768 counts period among the effects nested in units: k = 11 instead of 20.
    wrong = by_period[10].std_error * np.sqrt((1080 - 20) / (1080 - 11))
    assert Printed("1.115768") == wrong


def highest_schooling(shared_data: Path) -> ModelData:
    frame = pd.read_parquet(shared_data / "rdhonest_cghs.parquet")
    return ModelData(
        outcome="log_earnings",
        y=np.log(frame["earnings"].to_numpy(np.float64)),
        columns=frame[["yearat14"]],
        running=(frame["yearat14"] - 1947).to_numpy(np.float64),
    )


CGHS = [
    # options, estimate, published error, error when clustered by the running variable
    (
        rd_polynomial.Options(order=1, bandwidth={"fixed": 6}),
        "0.02129",
        "0.03272",
        "0.0199",
    ),
    (rd_polynomial.Options(order=4, slopes="common"), "0.05482", "0.02975", "0.0148"),
]


@pytest.mark.parametrize(("options", "estimate", "error", "clustered"), CGHS)
def test_school_leaving_age(shared_data, options, estimate, error, clustered):
    data = highest_schooling(shared_data)
    # The source prints the error without n / (n - k); with it the first rounds to 0.03273.
    found = rd_polynomial.fit(data, setting("rd", UNSCALED, options, treated_side="above"))
    assert Printed(estimate) == found.terms[0].estimate
    assert Printed(error) == found.terms[0].std_error
    inference = Inference(("yearat14",), "cr1", distribution="normal")
    shrunk = rd_polynomial.fit(data, setting("rd", inference, options, treated_side="above"))
    assert Printed(clustered) == shrunk.terms[0].std_error
    assert "running variable" in shrunk.warnings[0]


def head_start(shared_data: Path) -> ModelData:
    frame = pd.read_parquet(shared_data / "rdhonest_headst.parquet").dropna(subset=["mortHS"])
    return ModelData(
        outcome="mortHS",
        y=frame["mortHS"].to_numpy(np.float64),
        columns=pd.DataFrame(index=range(len(frame))),
        running=frame["povrate"].to_numpy(np.float64),
    )


def test_head_start(shared_data):
    data = head_start(shared_data)
    for width, estimate in ((18, "-1.1983"), (9, "-1.895")):
        options = rd_polynomial.Options(bandwidth={"fixed": width})
        found = rd_polynomial.fit(data, setting("rd", UNSCALED, options, treated_side="above"))
        assert Printed(estimate) == found.terms[0].estimate
        if width == 18:
            assert Printed(".6608") == found.terms[0].std_error
    nearest = Inference((), "nn", distribution="normal")
    found = rd_robust.fit(data, setting("rd", nearest, rd_robust.Options(), treated_side="above"))
    assert Printed("-2.382") == found.terms[0].estimate


def test_senate():
    package = importlib.util.find_spec("rdrobust")
    path = Path(package.origin).parent / "data" / "rdrobust_RDsenate.csv"
    frame = pd.read_csv(path).dropna(subset=["vote", "margin"])
    data = ModelData(
        outcome="vote",
        y=frame["vote"].to_numpy(np.float64),
        columns=pd.DataFrame(index=range(len(frame))),
        running=frame["margin"].to_numpy(np.float64),
    )
    nearest = Inference((), "nn", distribution="normal")
    found = rd_robust.fit(data, setting("rd", nearest, rd_robust.Options(), treated_side="above"))
    term, details = found.terms[0], {key: value for _, key, value in found.details}
    assert (Printed("7.414"), Printed("1.459")) == (term.estimate, term.std_error)
    assert (Printed("4.094"), Printed("10.919")) == (term.conf_low, term.conf_high)
    assert Printed("17.754") == details["bandwidth_below"] == details["bandwidth_above"]
    assert found.n_obs == 1297


def county_teens(shared_data: Path) -> ModelData:
    frame = pd.read_csv(shared_data / "mpdta.csv").sort_values(["countyreal", "year"])
    return ModelData(
        outcome="lemp",
        y=frame["lemp"].to_numpy(np.float64),
        columns=frame[["countyreal", "lpop"]].reset_index(drop=True),
        unit=codes(frame["countyreal"]),
        period=frame["year"].to_numpy(np.int64),
        period_labels={year: str(year) for year in range(2003, 2008)},
        cohort=np.where(frame["first_treat"] == 0, np.inf, frame["first_treat"]),
        cohort_labels={year: str(year) for year in (2004, 2006, 2007)},
    )


def minimum_wage(shared_data: Path, controls: tuple[str, ...] = ()):
    options = group_time_att.Options(
        aggregate=("simple", "event_time", "cohort", "period"), method="dr" if controls else None
    )
    design = {
        "control_group": "never_treated",
        "anticipation": 0,
        "unbalanced": None,
        "always_treated": None,
    }
    inference = Inference((), "hc1")
    chosen = setting("staggered_did", inference, options, (), controls, "att_gt", **design)
    return group_time_att.fit(county_teens(shared_data), chosen)


GROUP_TIME = {
    "2004": ("-.0105", "-.0704", "-.1373", "-.1008"),
    "2006": (".0065", "-.0028", "-.0046", "-.0412"),
    "2007": (".0305", "-.0027", "-.0311", "-.0261"),
}


def test_minimum_wage_group_time_effects(shared_data):
    found = minimum_wage(shared_data)
    for cohort, printed in GROUP_TIME.items():
        own = [term for term in found.terms if term.estimand == "att_gt" and term.cohort == cohort]
        assert [term.period for term in own] == ["2004", "2005", "2006", "2007"]
        assert [Printed(text) for text in printed] == [term.estimate for term in own]


def test_minimum_wage_averages(shared_data):
    found = minimum_wage(shared_data)
    average = {t.estimand: t for t in found.terms if t.term == "average" or t.estimand == "att"}
    printed = {
        "att": ("-.0400", ".0120"),
        "att_by_event_time": ("-.0772", ".0200"),
        "att_by_cohort": ("-.0310", ".0124"),
        "att_by_period": ("-.0417", ".0160"),
    }
    for estimand, (estimate, error) in printed.items():
        assert Printed(estimate) == average[estimand].estimate
        assert Printed(error) == average[estimand].std_error
    assert found.terms[0].estimand == "att"
    by_event = {t.event_time: t.estimate for t in found.terms if t.estimand == "att_by_event_time"}
    for event, text in enumerate(("-.0199", "-.0510", "-.1373", "-.1008")):
        assert Printed(text) == by_event[event]
    details = {key: value for _, key, value in found.details}
    assert Printed(".168") == details["pretest_p_value"]


def test_minimum_wage_given_population(shared_data):
    found = minimum_wage(shared_data, ("lpop",))
    assert Printed("-.0417517721") == found.terms[0].estimate
