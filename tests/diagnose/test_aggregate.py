"""The table of a world: against a design whose answers are known, and against plain numpy."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from evaluation.catalogue import catalogue
from evaluation.diagnose.aggregate import diagnoses_of
from evaluation.diagnose.page import write_diagnosis
from evaluation.diagnose.replicate import Number, Replication
from evaluation.diagnose.verdicts import Judged, verdict_of
from evaluation.diagnose.worlds import in_world
from evaluation.inference.detection import detection
from evaluation.inference.simulation_errors import Measured
from evaluation.report.diagnosed import failing_designs, read_diagnoses
from evaluation.report.language import language_of
from evaluation.results import Diagnosis
from evaluation.spec.design_digest import design_digest
from evaluation.spec.loader import read_spec
from evaluation.spec.spec import Spec
from tests.diagnose.diagnosed_toy import TOY


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Spec:
    path = tmp_path_factory.mktemp("toy") / "toy.toml"
    path.write_text(TOY, encoding="utf-8")
    return in_world(read_spec(path, catalogue()), "published_null")


def number(estimate: float, error: float | None, truth: float | None, **other) -> Number:
    half = None if error is None else 1.959963984540054 * error
    values = {
        "low": None if half is None else estimate - half,
        "high": None if half is None else estimate + half,
        "p_value": None if error is None else float(2 * stats.norm.sf(abs(estimate) / error)),
        "centre": estimate,
        "centre_error": error,
        "truth_error": None if truth is None else 0.0,
        "cautious": False,
    } | other
    return Number(
        "main", "employed", "att_relative", "", estimate=estimate, std_error=error, truth=truth,
        **values,
    )  # fmt: skip


def drawn(estimates: np.ndarray, errors: np.ndarray, truth: float) -> list[Replication]:
    return [
        Replication((number(float(one), float(error), truth),))
        for one, error in zip(estimates, errors, strict=True)
    ]


def only(rows: tuple[Diagnosis, ...]) -> Diagnosis:
    (row,) = rows
    return row


def test_a_design_whose_bias_coverage_and_errors_are_known(spec: Spec) -> None:
    """Normal with bias b and a standard error k times the spread: everything has a formula."""
    rng = np.random.default_rng(11)
    truth, bias, spread, times = 0.5, 0.3, 1.0, 0.8
    count = 4000
    estimates = rng.normal(truth + bias, spread, count)
    row = only(diagnoses_of(spec, drawn(estimates, np.full(count, times), truth), "d"))
    cut = 1.959963984540054 * times
    covered = stats.norm.cdf(cut - bias) - stats.norm.cdf(-cut - bias)
    mean = truth + bias
    power = stats.norm.sf(cut - mean) + stats.norm.cdf(-cut - mean)
    wrong = stats.norm.cdf(-cut - mean) / power
    size = mean * (stats.norm.sf(cut - mean) - stats.norm.cdf(-cut - mean))
    size += stats.norm.pdf(cut - mean) + stats.norm.pdf(cut + mean)
    for value, error, exact in (
        (row.bias, row.bias_error, bias),
        (row.bias_in_std_errors, row.bias_in_std_errors_error, bias / times),
        (row.rmse, row.rmse_error, math.hypot(bias, spread)),
        (row.spread, row.spread_error, spread),
        (row.std_error_ratio, row.std_error_ratio_error, times / spread),
        (row.coverage, row.coverage_error, covered),
        (row.power, row.power_error, power),
        (row.type_s, row.type_s_error, wrong),
        (row.type_m, row.type_m_error, size / power / truth),
    ):
        assert value is not None and error is not None and 0 < error < 0.05
        assert abs(value - exact) < 4 * error
    assert row.size is None and row.verdict == "biased" and row.design == "d"


def test_the_table_is_plain_numpy(spec: Spec) -> None:
    rng = np.random.default_rng(12)
    estimates, errors = rng.normal(0.2, 1.0, 50), rng.uniform(0.5, 1.5, 50)
    row = only(diagnoses_of(spec, drawn(estimates, errors, 0.2), "d"))
    low, high = estimates - 1.959963984540054 * errors, estimates + 1.959963984540054 * errors
    significant = np.abs(estimates / errors) > 1.959963984540054
    assert row.bias == pytest.approx(np.mean(estimates) - 0.2)
    assert row.bias_error == pytest.approx(np.std(estimates, ddof=1) / np.sqrt(50))
    assert row.rmse == pytest.approx(np.sqrt(np.mean((estimates - 0.2) ** 2)))
    assert row.std_error_ratio == pytest.approx(np.mean(errors) / np.std(estimates, ddof=1))
    assert row.coverage == np.mean((low <= 0.2) & (high >= 0.2))
    assert row.power == np.mean(significant)
    assert row.type_s == pytest.approx(np.mean(estimates[significant] < 0))
    assert row.type_m == pytest.approx(np.mean(np.abs(estimates[significant])) / 0.2)
    assert row.power_error == pytest.approx(np.sqrt(row.power * (1 - row.power) / 50))


def test_without_an_effect_rejections_are_size(spec: Spec) -> None:
    rng = np.random.default_rng(13)
    row = only(diagnoses_of(spec, drawn(rng.normal(0, 1, 2000), np.ones(2000), 0.0), "d"))
    assert row.power is None and row.type_s is None and row.type_m is None
    assert row.size is not None and abs(row.size - 0.05) < 4 * (row.size_error or 0)
    assert row.verdict == "holds"
    assert detection(0.0, 1.0).power == pytest.approx(0.05)


def test_bias_is_judged_by_what_the_interval_stands_on(spec: Spec) -> None:
    """A bias-corrected estimator prints a biased estimate and an interval that holds the truth."""
    rng = np.random.default_rng(14)
    found = []
    for centre in rng.normal(0.0, 1.0, 2000):
        half = 1.959963984540054
        one = number(
            float(centre) + 0.5, 0.7, 0.0, centre=float(centre), centre_error=1.0,
            low=float(centre) - half, high=float(centre) + half,
        )  # fmt: skip
        found.append(Replication((one,)))
    row = only(diagnoses_of(spec, found, "d"))
    assert row.bias == pytest.approx(0.5 + (row.centre_bias or 0))
    assert abs(row.bias_in_std_errors or 1) < 0.1 and row.verdict == "holds"


def test_failures_are_counted_and_keep_their_reason(spec: Spec) -> None:
    failed = Replication(failures=(("main", "employed", "one cluster"),))
    refused = Replication(refused="the sample is empty")
    some = drawn(np.array([0.1, 0.2]), np.ones(2), 0.0)
    row = only(diagnoses_of(spec, [*some, failed, failed, refused], "d"))
    assert (row.replications, row.failed, row.reason) == (5, 3, "one cluster")
    none = only(diagnoses_of(spec, [failed, failed], "d"))
    assert (none.failed, none.verdict, none.bias) == (2, "no_estimate", None)
    (told,) = failing_designs([none], language_of("en"))
    assert "no estimate in any draw (one cluster)" in told.sentence


def test_numbers_without_error_or_truth_are_not_judged(spec: Spec) -> None:
    placebo = [Replication((number(0.1, None, 0.0),))] * 3
    assert only(diagnoses_of(spec, placebo, "d")).verdict == "not_judged"
    unknown = [Replication((number(0.1, 1.0, None),))] * 3
    row = only(diagnoses_of(spec, unknown, "d"))
    assert row.verdict == "no_truth" and row.bias is None and row.std_error_ratio is None


def test_verdicts_on_bounds_are_shares_of_draws(spec: Spec) -> None:
    words = ("ruled_out", "ruled_out", "ruled_out", "effect_found")
    found = [
        Replication(one.numbers, (), (("main", "employed", "per_person", word),))
        for one, word in zip(drawn(np.zeros(4), np.ones(4), 0.0), words, strict=True)
    ]
    row = only(diagnoses_of(spec, found, "d"))
    shares = (row.ruled_out, row.not_ruled_out, row.effect_found, row.uninformative)
    assert (row.bound, shares) == ("per_person", (0.75, 0.0, 0.25, 0.0))


@pytest.mark.parametrize(
    ("bias", "error", "coverage", "cautious", "count", "verdict"),
    [
        (0.0, 0.022, 0.95, False, 2000, "holds"),
        (0.0, 0.022, 0.99, False, 2000, "over_covers"),
        (0.0, 0.022, 0.90, False, 2000, "under_covers"),
        (0.4, 0.022, 0.93, False, 2000, "biased"),
        (0.15, 0.022, 0.95, False, 2000, "undecided"),
        (0.4, 0.022, 0.99, True, 2000, "holds"),
        (0.0, 0.022, 0.90, True, 2000, "under_covers"),
        (0.4, 0.022, 1.0, True, 20, "undecided"),
        (0.1, 0.3, 1.0, False, 12, "undecided"),
        (3.0, 0.3, 0.1, False, 12, "biased"),
        (0.0, math.nan, 0.95, False, 2000, "not_judged"),
    ],
)
def test_verdicts(
    bias: float, error: float, coverage: float, cautious: bool, count: int, verdict: str
) -> None:
    assert verdict_of(Judged(count, 1, Measured(bias, error), coverage, cautious)) == verdict


def test_more_lines_ask_for_more_before_a_design_is_said_to_fail() -> None:
    seen = Measured(0.25, 0.04)
    assert verdict_of(Judged(600, 1, seen, 0.95, False)) == "biased"
    assert verdict_of(Judged(600, 200, seen, 0.95, False)) == "undecided"


@pytest.mark.parametrize("lang", ["en", "nb"])
def test_page_and_files_are_the_same_bytes_and_escape_names(
    spec: Spec, lang: str, tmp_path: Path
) -> None:
    rng = np.random.default_rng(15)
    own = spec.model_copy(update={"lang": lang, "title": "A <b> & more"})
    rows = diagnoses_of(own, drawn(rng.normal(1.0, 1, 40), np.ones(40), 0.0), design_digest(own))
    for name in ("one", "two"):
        write_diagnosis(own, {"published_null": rows}, tmp_path / name)
    for file in ("published_null.csv", "index.html", "figures/diagnosis.png"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    page = (tmp_path / "one" / "index.html").read_text(encoding="utf-8")
    assert "A &lt;b&gt; &amp; more" in page and "http" not in page.split("</style>")[1]
    (told,) = failing_designs(rows, language_of(lang))
    assert told.sentence in page
    assert read_diagnoses(tmp_path / "one") == rows
