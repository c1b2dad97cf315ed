"""Records as they leave: what goes with a failing number, and what is printed in its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.data.panel import FlowStep
from evaluation.release.policy import Policy, policy_of
from evaluation.release.suppression import Suppressed, suppress
from evaluation.report.record import Record
from evaluation.report.rows import DIFFERENCE
from evaluation.results import Check, Detail, Estimate, Evidence, Ruling
from tests.report import page_records

NORWAY = ("statistics_norway", Path())
IDENTITY = {"total": "y0", "parts": ("y1", "y2")}


def row(outcome: str, n: int = 900, **more: object) -> Estimate:
    """Return a row on so many rows and units."""
    numbers = {"estimate": 0.0123456789, "std_error": 0.01, "n_obs": n, "n_units": n}
    return Estimate("tiny", "main", "twfe", "att_relative", outcome, **numbers | more)


def failing(artefact: str, at: int, rule: str = "support") -> Ruling:
    """Return a ruling that refuses one row."""
    return Ruling(artefact, at, "", rule, 1, 10, "fail", "1 unit, fewer than 10")


def left(record: Record, *rulings: Ruling, policy: Policy | None = None) -> Suppressed:
    """Return a record as it leaves."""
    return suppress(record, rulings, policy or policy_of(*NORWAY))


def wide(record: Record) -> Record:
    """Return a record whose sample tells nothing."""
    return replace(record, flow=(FlowStep("rows read", 5000, 3000),))


def test_a_refused_estimate_keeps_its_row_and_takes_its_details_and_words() -> None:
    rows = (row("y0"), row("y1"))
    details = (
        Detail("tiny", "main", "", "y0", "", "uniform_low", -0.1),
        Detail("tiny", "main", "", "y0", "", "engine", "cells"),
        Detail("tiny", "main", "", "y1", "", "uniform_low", -0.2),
    )
    check = Check("tiny", "pretrends", "main", "y0", "", 1.0, 0.2, "not detected", "by 0.0123")
    gone = left(
        wide(page_records.record(rows, details=details, checks=(check,))),
        failing("estimates.csv", 1),
    )
    first, second = gone.record.estimates
    assert (first.estimate, first.std_error, first.status) == (None, None, "refused")
    assert (first.reason, first.n_obs) == ("suppressed: support", 900)
    assert second == rows[1]
    assert [one.value for one in gone.record.details] == [None, "cells", -0.2]
    assert gone.record.checks[0].statistic is None
    assert "0.0123" not in gone.record.checks[0].message
    assert gone.record.checks[0].verdict == "not detected"


def test_a_part_of_an_identity_takes_another_with_it() -> None:
    labels = ("Either", "Work", "Education")
    record = page_records.record((row("y0"), row("y1", 800), row("y2", 700)), labels)
    spec = record.spec.model_copy(
        update={"identities": (type(record.spec).model_fields["identities"].annotation
                               .__args__[0](**IDENTITY),)}
    )  # fmt: skip
    gone = left(wide(replace(record, spec=spec)), failing("estimates.csv", 2))
    assert [one.estimate is None for one in gone.record.estimates] == [False, True, True]
    assert "follow" in gone.record.estimates[2].reason


def test_a_level_does_not_follow_from_another_and_their_difference() -> None:
    rows = (
        row("y0", 900),
        row("y0", 500, subgroup="region = a"),
        row("y0", 400, subgroup="region = b"),
        row("y0", 900, subgroup="region = a less b", term=DIFFERENCE),
    )
    gone = left(wide(page_records.record(rows)), failing("estimates.csv", 2))
    assert [one.estimate is None for one in gone.record.estimates] == [False, True, True, False]


def test_a_small_level_takes_the_next_and_not_the_total() -> None:
    rows = (
        row("y0", 900),
        row("y0", 700, subgroup="region = a"),
        row("y0", 198, subgroup="region = b"),
        row("y0", 2, subgroup="region = c"),
    )
    gone = left(wide(page_records.record(rows)))
    assert [one.n_obs for one in gone.record.estimates] == [900, 700, None, None]
    assert gone.record.estimates[3].estimate is None
    assert gone.record.estimates[3].reason == "suppressed: count"


def test_a_step_that_takes_few_persons_out_is_told_with_the_next() -> None:
    record = page_records.record((row("y0", 4900),))
    flow = (
        FlowStep("rows read", 9000, 5000),
        FlowStep("keep adults", 8000, 4998),
        FlowStep("drop movers", 7000, 4900),
    )
    evidence = tuple(Evidence("tiny", "flow", at, "", "units", 1) for at in (1, 2, 3))
    gone = left(replace(record, flow=flow, evidence=evidence)).record
    assert [one.units for one in gone.flow] == [5000, 4900]
    assert [one.step for one in gone.flow] == ["rows read", "keep adults; drop movers"]
    assert [one.row for one in gone.evidence] == [1, 2]


def test_a_hidden_baseline_takes_what_is_a_share_of_it() -> None:
    details = (
        Detail("tiny", "main", "", "y0", "", "baseline_mean", 2 / 400),
        Detail("tiny", "main", "", "y0", "", "baseline_rows", 400),
        Detail("tiny", "main", "", "y0", "", "per_cent_of_baseline", 17.0),
    )
    gone = left(wide(page_records.record((row("y0"),), details=details)))
    assert [one.value for one in gone.record.details] == [None, 400, None]


def test_rounding_leaves_no_exact_count_nor_quotient() -> None:
    details = (
        Detail("tiny", "main", "", "y0", "", "baseline_mean", 123 / 457),
        Detail("tiny", "main", "", "y0", "", "baseline_rows", 457),
    )
    record = wide(page_records.record((row("y0", 901),), details=details))
    gone = left(record, policy=policy_of("opensafely", Path())).record
    assert gone.estimates[0].n_obs == 903
    assert gone.estimates[0].estimate == 0.01235
    assert [one.value for one in gone.details] == [pytest.approx(123 / 459, abs=5e-5), 459]


def test_nothing_is_hidden_where_there_are_no_rules() -> None:
    record = page_records.record((row("y0", 2),))
    gone = left(record, policy=policy_of("none", Path()))
    assert gone.suppressed == ()
    assert gone.record.estimates == record.estimates
    assert gone.record.flow == record.flow
