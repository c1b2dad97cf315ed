"""Verdicts on whole runs: every number is spoken to, and what is not known is never a pass."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from evaluation.data.panel import FlowStep
from evaluation.release.foreseen import foreseen
from evaluation.release.policy import policy_of
from evaluation.release.ruling import ruling_of_file, rulings_of, verdict_of, verdicts_of
from evaluation.report.language import language_of
from evaluation.results import Detail, Ruling
from tests.release.judged import GOOD, estimate, evidence, record

DEFAULT = policy_of("registry_default")
SYNTHETIC = {
    "source": "synthetic", "world": "published_null", "persons": 500, "seed": 1,
    "unit": "person_id", "time": "ym", "time_unit": "month", "period": "month",
}  # fmt: skip
ALL = ("registry_default", "statistics_norway", "microdata_no", "opensafely", "acro")


def of(rulings: tuple[Ruling, ...], artefact: str, row: int) -> dict[str, str]:
    return {one.rule: one.verdict for one in rulings if (one.artefact, one.row) == (artefact, row)}


@pytest.mark.parametrize("name", ALL)
def test_a_number_with_all_its_evidence_passes(name: str) -> None:
    one = record([estimate()], evidence("estimates.csv", 1, **GOOD))
    rulings = rulings_of(one, policy_of(name))
    assert verdict_of(rulings, "estimates.csv", 1, "estimate") == "pass"
    assert verdicts_of(rulings)["estimates.csv"] == "pass"
    assert verdicts_of(rulings)["table:main"] == "pass"


@pytest.mark.parametrize("name", ALL)
def test_a_number_without_evidence_is_for_review(name: str) -> None:
    rulings = rulings_of(record([estimate()]), policy_of(name))
    assert verdict_of(rulings, "estimates.csv", 1, "estimate") == "review"
    assert verdicts_of(rulings)["table:main"] == "review"
    assert verdict_of(rulings, "estimates.csv", 2, "estimate") == "review", "nobody has spoken"


@pytest.mark.parametrize("statistic", sorted(GOOD))
def test_each_missing_statistic_that_the_default_asks_for_is_seen(statistic: str) -> None:
    kind = "nok" if statistic.endswith("_share") else "binary"
    outcomes = {"employed": {"column": "employed", "kind": kind}}
    known = {name: value for name, value in GOOD.items() if name != statistic}
    one = record([estimate()], evidence("estimates.csv", 1, **known), outcomes=outcomes)
    expected = "pass" if statistic == "clusters" else "review"
    assert verdict_of(rulings_of(one, DEFAULT), "estimates.csv", 1) == expected


def test_the_worst_number_is_the_verdict_on_the_artefact() -> None:
    rows = [estimate(), estimate(event_time=2), estimate(event_time=-1, estimate=0.0,
            std_error=None, conf_low=None, conf_high=None)]  # fmt: skip
    found = evidence("estimates.csv", 1, **GOOD)
    found += evidence("estimates.csv", 2, **{**GOOD, "support_units": 4})
    rulings = rulings_of(record(rows, found), DEFAULT)
    assert [verdict_of(rulings, "estimates.csv", row) for row in (1, 2, 3)] == [
        "pass", "fail", "pass"
    ]  # fmt: skip
    assert of(rulings, "estimates.csv", 3) == {"own": "pass"}, "the reference is zero by itself"
    assert verdicts_of(rulings)["estimates.csv"] == "fail"
    failed = [one for one in rulings if one.verdict == "fail" and one.artefact == "estimates.csv"]
    assert [(one.rule, one.measured, one.threshold) for one in failed] == [("support", 4, 10)]
    assert failed[0].message == (
        "main employed event time 2: 4 units in the smallest event time, fewer than 10"
    )


def test_evidence_of_a_column_is_that_columns_alone() -> None:
    found = evidence("estimates.csv", 1, **GOOD)
    found += evidence("estimates.csv", 1, "p_value", support_units=3)
    rulings = rulings_of(record([estimate(p_value=0.2)], found), DEFAULT)
    assert verdict_of(rulings, "estimates.csv", 1, "p_value") == "fail"
    assert verdict_of(rulings, "estimates.csv", 1, "estimate") == "pass"
    assert verdict_of(rulings, "estimates.csv", 1) == "fail"


def test_own_counts_are_evidence_of_a_row() -> None:
    few = record([estimate(n_obs=9, n_units=5, n_clusters=2)])
    found = of(rulings_of(few, DEFAULT), "estimates.csv", 1)
    assert (found["count"], found["clusters"]) == ("fail", "fail")


def test_details() -> None:
    def detail(name: str, value: Any, term: str = "") -> Detail:
        return Detail("judged", "main", "", "employed", term, name, value)

    rows = [
        detail("parameters", 4), detail("rows dropped: missing employed", 2),
        detail("rows dropped: missing employed", 0), detail("engine", "cells"),
        detail("note", "Oslo"), detail("baseline_mean", 0.5), detail("leave_one_out_low", 0.1),
        detail("largest_leverage", 0.2), detail("parameters", None),
    ]  # fmt: skip
    one = record([estimate()], evidence("estimates.csv", 1, **GOOD), details=rows)
    rulings = rulings_of(one, DEFAULT)
    verdicts = [verdict_of(rulings, "details.csv", row) for row in range(1, 9)]
    assert verdicts == ["pass", "fail", "review", "pass", "review", "review", "review", "review"]
    assert of(rulings, "details.csv", 7)["differences"] == "review"
    assert of(rulings, "details.csv", 6)["events"] == "review"
    assert not of(rulings, "details.csv", 9)
    assert not any("Oslo" in ruling.message for ruling in rulings)


def test_steps_of_the_sample_are_counts_and_differences() -> None:
    flow = (FlowStep("read", 5000, 900), FlowStep("keep", 4990, 897), FlowStep("drop", 70, 8))
    rulings = rulings_of(record(flow=flow), DEFAULT)
    assert of(rulings, "flow", 1) == {"count": "pass"}
    assert of(rulings, "flow", 2) == {"count": "pass", "differences": "fail"}
    assert of(rulings, "flow", 3) == {"count": "fail", "differences": "pass"}
    assert verdicts_of(rulings)["table:sample_flow"] == "fail"


def test_a_table_of_small_cells_is_blocked_whole() -> None:
    flow = tuple(FlowStep(f"step {units}", units, units) for units in (4000, 3, 2))
    rulings = rulings_of(record(flow=flow), policy_of("microdata_no"))
    blocked = [one for one in rulings if one.rule == "small_cells" and one.row == 0]
    assert {one.artefact: one.verdict for one in blocked}["flow"] == "fail"
    assert verdict_of(rulings, "flow", 1, "rows") == "fail", "the large cell stays too"


def test_the_population_of_a_study() -> None:
    flow = (FlowStep("read", 50_000, 999),)
    rulings = rulings_of(record(flow=flow), policy_of("microdata_no"))
    assert ("population", "fail") in {(one.rule, one.verdict) for one in rulings}


MONTHS_24 = {
    "source": "file", "path": "rows.csv", "unit": "person", "time": "ym", "time_unit": "month",
    "period": "month", "window": (dt.date(2013, 1, 1), dt.date(2014, 12, 31)),
}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "units", "rows"),
    [
        ("count", "units", "rows"),
        ("support", "support_units", "support_rows"),
        ("events", "event_units", "events"),
    ],
)
def test_rows_bound_the_persons_behind_them(rule: str, units: str, rows: str) -> None:
    """24 months: 217 rows are of 10 persons at least, 216 may be of 9."""
    others = {name: value for name, value in GOOD.items() if name != units}
    # Too few rows of events are too few persons; of other rows another minimum speaks.
    for counted, verdict in ((217, "pass"), (216, "review")):
        found = evidence("estimates.csv", 1, **{**others, rows: counted})
        known = record([estimate()], found, panel=MONTHS_24)
        assert of(rulings_of(known, DEFAULT), "estimates.csv", 1)[rule] == verdict
        open_ended = record([estimate()], found)
        assert of(rulings_of(open_ended, DEFAULT), "estimates.csv", 1)[rule] == "review"
    found = evidence("estimates.csv", 1, **{**others, "events": 9, "non_events": 90})
    if rule == "events":
        assert of(rulings_of(record([estimate()], found), DEFAULT), "estimates.csv", 1)[
            rule
        ] == "fail"  # fmt: skip


def test_no_rules_at_all_are_for_synthetic_persons_alone() -> None:
    none = policy_of("none")
    real = rulings_of(record([estimate()]), none)
    assert set(verdicts_of(real).values()) == {"fail"}
    assert verdict_of(real, "estimates.csv", 1, "estimate") == "fail"
    synthetic = rulings_of(record([estimate()], panel=SYNTHETIC), none)
    assert set(verdicts_of(synthetic).values()) == {"pass"}
    assert verdict_of(synthetic, "estimates.csv", 1, "estimate") == "pass"


def test_counts_must_be_rounded_when_they_leave() -> None:
    acro = policy_of("acro")
    one = record([estimate(n_obs=5003, n_units=2000)], evidence("estimates.csv", 1, **GOOD))
    assert "rounding" not in {ruling.rule for ruling in rulings_of(one, acro)}
    left = rulings_of(one, acro, released=True)
    assert verdict_of(left, "estimates.csv", 1, "n_obs") == "fail"
    assert verdict_of(left, "estimates.csv", 1, "n_units") == "pass"
    assert verdict_of(left, "estimates.csv", 1, "estimate") == "pass"


def test_what_was_suppressed_is_not_judged() -> None:
    hidden = {"estimate": None, "std_error": None, "conf_low": None, "conf_high": None}
    row = replace(estimate(), **hidden, status="refused", reason="suppressed: support")
    flow = (FlowStep("read", 5000, 900), FlowStep("keep", None, None))  # type: ignore[arg-type]
    rulings = rulings_of(record([row], flow=flow), DEFAULT, released=True)
    assert not of(rulings, "estimates.csv", 1)
    assert not of(rulings, "flow", 2)


@pytest.mark.parametrize(
    ("name", "policy", "verdict"),
    [
        ("figures/a.svg", "acro", "fail"),
        ("figures/a.png", "acro", "pass"),
        ("figures/a.svg", "registry_default", "fail"),
        ("tables/a.csv", "registry_default", "pass"),
        ("run.log", "registry_default", "fail"),
    ],
)
def test_files_by_their_format(name: str, policy: str, verdict: str) -> None:
    assert [one.verdict for one in ruling_of_file(name, policy_of(policy))] == [verdict]


@pytest.mark.parametrize("lang", ["en", "nb"])
@pytest.mark.parametrize("name", (*ALL, "none"))
def test_what_a_policy_will_refuse_can_be_said_before_any_data(name: str, lang: str) -> None:
    outcomes = {"employed": {"column": "employed", "kind": "binary"},
                "income": {"column": "income", "kind": "nok"}}  # fmt: skip
    checks = [{"kind": "leave_one_out", "model": "main"}]
    derive = {"band": {"op": "cut", "column": "age_months", "at": [300], "labels": ["a", "b"]}}
    spec = record(outcomes=outcomes, checks=checks, derive=derive, lang=lang).spec
    words = language_of(lang)
    found = foreseen(spec, policy_of(name))
    said = [words.text(one.key, **one.values) for one in found]
    assert said and all(said)
    keys = {one.key for one in found}
    wanted = {
        "registry_default": {"policy.differences", "policy.events", "policy.dominance"},
        "microdata_no": {"policy.recodes", "policy.population", "policy.winsorised"},
        "opensafely": {"policy.rounding"}, "acro": {"policy.formats"}, "none": {"policy.source"},
    }  # fmt: skip
    assert wanted.get(name, set()) <= keys


def test_fewer_persons_than_a_study_must_have_are_seen_in_the_text() -> None:
    spec = record(panel=SYNTHETIC).spec
    assert "policy.population_below" in {
        one.key for one in foreseen(spec, policy_of("microdata_no"))
    }
