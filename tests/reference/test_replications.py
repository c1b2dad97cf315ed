"""The shipped replication specs give the published figures, to the digits given."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import evaluation as ad
from evaluation.spec.shipped import find_spec

# spec, model, outcome, place (estimand, cohort, period, event time, term), column, figure, decimals
HEADLINE = ("", "", "", None, "")
FIGURES = [
    # Mastering 'Metrics, table 4.1
    ("mlda", "column_1", "all", HEADLINE, "estimate", 7.66, 2),
    ("mlda", "column_1", "all", HEADLINE, "std_error", 1.51, 2),
    ("mlda", "column_2", "all", HEADLINE, "estimate", 9.55, 2),
    ("mlda", "column_2", "all", HEADLINE, "std_error", 1.83, 2),
    ("mlda", "column_3", "all", HEADLINE, "estimate", 9.75, 2),
    ("mlda", "column_3", "all", HEADLINE, "std_error", 2.06, 2),
    ("mlda", "column_4", "all", HEADLINE, "estimate", 9.61, 2),
    ("mlda", "column_4", "all", HEADLINE, "std_error", 2.29, 2),
    ("mlda", "column_1", "mva", HEADLINE, "estimate", 4.53, 2),
    ("mlda", "column_1", "mva", HEADLINE, "std_error", 0.72, 2),
    ("mlda", "column_2", "mva", HEADLINE, "estimate", 4.66, 2),
    ("mlda", "column_2", "mva", HEADLINE, "std_error", 1.09, 2),
    ("mlda", "column_3", "mva", HEADLINE, "estimate", 4.76, 2),
    ("mlda", "column_3", "mva", HEADLINE, "std_error", 1.08, 2),
    ("mlda", "column_4", "mva", HEADLINE, "estimate", 5.89, 2),
    ("mlda", "column_4", "mva", HEADLINE, "std_error", 1.33, 2),
    # Callaway and Sant'Anna (2021), R package did
    ("mpdta", "cs", "lemp", HEADLINE, "estimate", -0.0400, 4),
    ("mpdta", "cs", "lemp", HEADLINE, "std_error", 0.0120, 4),
    *(
        ("mpdta", "cs", "lemp", ("att_gt", cohort, period, None, ""), "estimate", figure, 4)
        for cohort, figures in {
            "2004": (-0.0105, -0.0704, -0.1373, -0.1008),
            "2006": (0.0065, -0.0028, -0.0046, -0.0412),
            "2007": (0.0305, -0.0027, -0.0311, -0.0261),
        }.items()
        for period, figure in zip(("2004", "2005", "2006", "2007"), figures, strict=True)
    ),
    *(
        ("mpdta", "cs", "lemp", ("att_by_event_time", "", "", time, ""), "estimate", figure, 4)
        for time, figure in enumerate((-0.0199, -0.0510, -0.1373, -0.1008))
    ),
    *(
        ("mpdta", "cs", "lemp", (estimand, "", "", None, "average"), column, figure, 4)
        for estimand, column, figure in (
            ("att_by_event_time", "estimate", -0.0772),
            ("att_by_event_time", "std_error", 0.0200),
            ("att_by_cohort", "estimate", -0.0310),
            ("att_by_cohort", "std_error", 0.0124),
            ("att_by_period", "estimate", -0.0417),
            ("att_by_period", "std_error", 0.0160),
        )
    ),
    ("mpdta", "cs_lpop", "lemp", HEADLINE, "estimate", -0.0417517721, 10),
    # rdrobust's Senate example
    ("senate", "sharp", "vote", HEADLINE, "estimate", 7.414, 3),
    ("senate", "sharp", "vote", HEADLINE, "std_error", 1.459, 3),
    ("senate", "sharp", "vote", HEADLINE, "conf_low", 4.094, 3),
    ("senate", "sharp", "vote", HEADLINE, "conf_high", 10.919, 3),
    # fixest's simulated panel
    ("base_did", "path", "y", ("", "", "", 4, ""), "estimate", 6.606229, 6),
    ("base_did", "path", "y", ("", "", "", 4, ""), "std_error", 1.120494, 6),
    ("base_did", "path", "y", ("", "", "", -5, ""), "estimate", -1.403045, 6),
    ("base_did", "path", "y", ("", "", "", -5, ""), "std_error", 1.110267, 6),
    # its staggered panel, Sun and Abraham (2021)
    ("base_stagg", "sunab", "y", HEADLINE, "estimate", -1.133749, 6),
    ("base_stagg", "sunab", "y", HEADLINE, "std_error", 0.205070, 6),
    ("base_stagg", "sunab", "y", ("", "", "", 0, ""), "estimate", -5.188, 3),
    ("base_stagg", "sunab", "y", ("", "", "", 0, ""), "std_error", 0.2211, 4),
    ("base_stagg", "sunab", "y", ("", "", "", 8, ""), "estimate", 6.244, 3),
    ("base_stagg", "sunab", "y", ("", "", "", 8, ""), "std_error", 0.2976, 4),
    # Cheng and Hoekstra (2013), table 5
    ("castle", "states_and_years", "l_homicide", HEADLINE, "estimate", 0.0801, 4),
    ("castle", "states_and_years", "l_homicide", HEADLINE, "std_error", 0.0342, 4),
    ("castle", "regions_by_year", "l_homicide", HEADLINE, "estimate", 0.0946, 4),
    ("castle", "regions_by_year", "l_homicide", HEADLINE, "std_error", 0.0279, 4),
    ("castle", "covariates", "l_homicide", HEADLINE, "estimate", 0.0937, 4),
    ("castle", "covariates", "l_homicide", HEADLINE, "std_error", 0.0290, 4),
    # Kolesár and Rothe (2018)
    ("cghs", "local_linear", "log_earnings", HEADLINE, "estimate", 0.02129, 5),
    ("cghs", "local_linear", "log_earnings", HEADLINE, "std_error", 0.03272, 5),
    ("cghs", "global_quartic", "log_earnings", HEADLINE, "estimate", 0.05482, 5),
    ("cghs", "global_quartic", "log_earnings", HEADLINE, "std_error", 0.02975, 5),
    ("cghs", "bounded_misspecification", "log_earnings", HEADLINE, "estimate", 0.02129, 5),
    ("cghs", "bounded_misspecification", "log_earnings", HEADLINE, "std_error", 0.03272, 5),
    ("cghs", "bounded_misspecification", "log_earnings", HEADLINE, "conf_low", -0.13219, 5),
    ("cghs", "bounded_misspecification", "log_earnings", HEADLINE, "conf_high", 0.17499, 5),
    # Ludwig and Miller (2007) in RDHonest's checks and, for the last, rdrobust's
    ("headst", "uniform_18", "mortality", HEADLINE, "estimate", -1.1982581306, 10),
    ("headst", "uniform_18", "mortality", HEADLINE, "std_error", 0.6608206598, 10),
    ("headst", "uniform_18", "mortality", HEADLINE, "conf_low", -7.081, 3),
    ("headst", "uniform_18", "mortality", HEADLINE, "conf_high", 4.684, 3),
    ("headst", "uniform_18_nn", "mortality", HEADLINE, "std_error", 0.6955768728, 10),
    ("headst", "uniform_18_nn", "mortality", HEADLINE, "conf_low", -7.138, 3),
    ("headst", "uniform_18_nn", "mortality", HEADLINE, "conf_high", 4.742, 3),
    ("headst", "uniform_9", "mortality", HEADLINE, "estimate", -1.895, 3),
    ("headst", "robust", "mortality", HEADLINE, "estimate", -2.382, 3),
    # Arkhangelsky et al. (2021), table 1; the three decimals are those of R's synthdid
    ("prop99", "sdid", "packs", HEADLINE, "estimate", -15.604, 3),
    ("prop99", "did", "packs", HEADLINE, "estimate", -27.349, 3),
    ("prop99", "sc_published", "packs", HEADLINE, "estimate", -19.6, 1),
    # Our own: the optimum at which the published synthetic control had not quite arrived
    ("prop99", "sc", "packs", HEADLINE, "estimate", -19.5136, 4),
]


@cache
def _result(spec_id: str, data: Path) -> ad.Result:
    path = find_spec(spec_id)
    assert path is not None
    return ad.run(path, set={"DATA": str(data)})


@pytest.mark.parametrize(
    ("spec", "model", "outcome", "place", "column", "figure", "digits"), FIGURES
)
def test_published_figure(
    shared_data: Path,
    spec: str,
    model: str,
    outcome: str,
    place: tuple[str, str, str, int | None, str],
    column: str,
    figure: float,
    digits: int,
) -> None:
    estimand, cohort, period, event_time, term = place
    rows = [
        row
        for row in _result(spec, shared_data).record.estimates
        if (row.model_id, row.outcome, row.cohort, row.period, row.term)
        == (model, outcome, cohort, period, term)
        and estimand in ("", row.estimand)
        and (cohort or row.event_time == event_time)
    ]
    assert len(rows) == 1
    assert round(getattr(rows[0], column), digits) == pytest.approx(
        figure, abs=10.0 ** -(digits + 3)
    )


def test_senate_bandwidth(shared_data: Path) -> None:
    record = _result("senate", shared_data).record
    assert round(float(str(record.detail("sharp", "vote", "bandwidth_below"))), 3) == 17.754


def test_pre_test_of_mpdta(shared_data: Path) -> None:
    record = _result("mpdta", shared_data).record
    assert round(float(str(record.detail("cs", "lemp", "pretest_p_value"))), 3) == 0.168


def test_published_stopping_rule_lies_near_the_optimum(shared_data: Path) -> None:
    record = _result("prop99", shared_data).record
    # 0.0016 packs for synthetic DiD, a tenth of a pack for the control: one percent of its error.
    assert float(str(record.detail("sdid", "packs", "estimate_at_optimum"))) == pytest.approx(
        -15.6054, abs=5e-5
    )
    control = next(row for row in record.estimates if row.model_id == "sc")
    assert record.detail("sc_published", "packs", "estimate_at_optimum") == control.estimate
    assert (control.std_error, control.n_clusters, control.p_value) == (None, None, 3 / 39)


def test_head_start_with_everything_calibrated(shared_data: Path) -> None:
    """RDHonest's default: the bound by rule of thumb, the bandwidth of least worst error."""
    record = _result("headst", shared_data).record

    def detail(name: str) -> float:
        return float(str(record.detail("calibrated", "mortality", name)))

    assert round(detail("curvature_bound"), 8) == 0.29939992
    assert round(detail("bandwidth"), 5) == 3.98048
    assert detail("n_obs_within_below") + detail("n_obs_within_above") == 239
    assert round(float(str(record.detail("uniform_18", "mortality", "maximum_bias"))), 3) == 4.796
    row = next(row for row in record.estimates if row.model_id == "calibrated")
    assert row.status == "warned" and "calibrated" in row.reason
