"""Each rule at its limit, one below it, and without evidence, which is never a pass."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evaluation.release.policy import policy_of
from evaluation.release.protection import protection_of
from evaluation.release.rules import (
    cluster_size,
    clusters,
    count,
    differences,
    events,
    formats,
    nk,
    p_ratio,
    points,
    population,
    recodes,
    residual_df,
    rounding,
    small_cells,
    sources,
    support,
    winsorised,
)
from evaluation.release.rules.contract import Subject
from evaluation.release.rules.registry import rules

TEN = count.Limits(rows=10, units=10, zeros="allowed")
SUPPORT = support.Limits(coefficient=10, event_time=11, group_time=12, side=13, level=14, rows=20)
EVENTS = events.Limits(events=10, non_events=5)


def subject(nature: str = "estimate", **more: Any) -> Subject:
    own = {key: more.pop(key) for key in tuple(more) if key in Subject.__dataclass_fields__}
    return Subject("estimates.csv", 1, nature=nature, measured=more, **own)  # type: ignore[arg-type]


CASES = [
    # Rule, limits, what is judged, verdict, measured.
    (count, TEN, subject(rows=10, units=10), "pass", 10),
    (count, TEN, subject(rows=100, units=9), "fail", 9),
    (count, TEN, subject(rows=9, units=9), "fail", 9),
    (count, TEN, subject(rows=100), "review", None),
    (count, TEN, subject(rows=9), "fail", 9),
    (count, TEN, subject(rows=100, units_at_least=10), "pass", 100),
    (count, TEN, subject(rows=100, units_at_least=9), "review", 9),
    (count, TEN, subject("count", rows=0, units=0), "pass", 0),
    (count, TEN, subject("mean", rows=0, units=0), "fail", 0),
    (count, TEN.model_copy(update={"zeros": "disclosive"}), subject("count", rows=0, units=0),
     "fail", 0),
    (count, TEN, subject("word"), "review", None),
    (support, SUPPORT, subject(support_units=10, support_rows=20), "pass", 10),
    (support, SUPPORT, subject(support_units=9, support_rows=20), "fail", 9),
    (support, SUPPORT, subject(support_units=10, support_rows=19), "fail", 19),
    (support, SUPPORT, subject(place="event_time", support_units=10, support_rows=20), "fail", 10),
    (support, SUPPORT, subject(place="group_time", support_units=11, support_rows=20), "fail", 11),
    (support, SUPPORT, subject(place="side", support_units=12, support_rows=20), "fail", 12),
    (support, SUPPORT, subject(place="level", support_units=13, support_rows=20), "fail", 13),
    (support, SUPPORT, subject(place="level", support_units=14, support_rows=20), "pass", 14),
    (support, SUPPORT, subject(rows=5000), "review", None),
    (support, SUPPORT, subject("statistic", support_units=9), "fail", 9),
    (clusters, clusters.Limits(least=3), subject(clusters=3), "pass", 3),
    (clusters, clusters.Limits(least=3), subject(clusters=2), "fail", 2),
    (cluster_size, cluster_size.Limits(units=10), subject(smallest_cluster=10), "pass", 10),
    (cluster_size, cluster_size.Limits(units=10), subject(smallest_cluster=9), "fail", 9),
    (cluster_size, cluster_size.Limits(units=10), subject(smallest_cluster=9, absorbs=True),
     "fail", 9),
    (cluster_size, cluster_size.Limits(units=10, absorbed="review"),
     subject(smallest_cluster=9, absorbs=True), "review", 9),
    (cluster_size, cluster_size.Limits(units=10, absorbed="pass"),
     subject(smallest_cluster_at_least=9, absorbs=True), "pass", 9),
    (cluster_size, cluster_size.Limits(units=10, absorbed="review"), subject(smallest_cluster=9),
     "fail", 9),
    (cluster_size, cluster_size.Limits(units=10), subject(smallest_cluster_at_least=9), "review",
     9),
    (residual_df, residual_df.Limits(least=10), subject(residual_df=10), "pass", 10),
    (residual_df, residual_df.Limits(least=10), subject(residual_df=9), "fail", 9),
    (residual_df, residual_df.Limits(least=10), subject(), "review", None),
    (events, EVENTS, subject(outcome="binary", event_units=10, non_event_units=5), "pass", 10),
    (events, EVENTS, subject(outcome="binary", event_units=9, non_event_units=5), "fail", 9),
    (events, EVENTS, subject(outcome="binary", event_units=10, non_event_units=4), "fail", 4),
    (events, EVENTS, subject(outcome="binary", events=9, non_events=50), "fail", 9),
    # Many rows may all be one person's.
    (events, EVENTS, subject(outcome="binary", events=900, non_events=50), "review", None),
    (events, EVENTS, subject("mean", outcome="binary"), "review", None),
    (nk, nk.Limits(n=2, share=0.9), subject(outcome="nok", two_largest_share=0.9), "pass", 0.9),
    (nk, nk.Limits(n=2, share=0.9), subject(outcome="nok", two_largest_share=0.91), "fail", 0.91),
    (nk, nk.Limits(n=2, share=0.9), subject("mean", outcome="nok"), "review", None),
    (p_ratio, p_ratio.Limits(least=0.1),
     subject(outcome="nok", largest_share=0.5, two_largest_share=0.75), "pass", 0.5),
    (p_ratio, p_ratio.Limits(least=0.1),
     subject(outcome="nok", largest_share=0.5, two_largest_share=0.96), "fail", 0.08),
    (p_ratio, p_ratio.Limits(least=0.1), subject(outcome="nok", largest_share=0.5), "review", None),
    (points, points.Limits(least=10), subject("point", n_point=10), "pass", 10),
    (points, points.Limits(least=10), subject("point", n_point=9), "fail", 9),
    (points, points.Limits(least=10), subject("point"), "review", None),
    (points, points.Limits(least=10), subject("point", n_point=9, support_units=50), "fail", 9),
    (small_cells, small_cells.Limits(below=5, per_cent=50.0),
     subject("part", counts=(4, 4, 5, 5)), "pass", 50),
    (small_cells, small_cells.Limits(below=5, per_cent=50.0),
     subject("part", counts=(4, 4, 4, 5)), "fail", 75),
    (population, population.Limits(units=1000), subject("sample", units=1000), "pass", 1000),
    (population, population.Limits(units=1000), subject("sample", units=999), "fail", 999),
    (population, population.Limits(units=1000), subject("sample"), "review", None),
    (recodes, recodes.Limits(units=10), subject("recode", units=10), "pass", 10),
    (recodes, recodes.Limits(units=10), subject("recode", units=9), "fail", 9),
    (recodes, recodes.Limits(units=10), subject("recode"), "review", None),
    (differences, differences.Limits(units=10), subject(difference_units=10), "pass", 10),
    (differences, differences.Limits(units=10), subject(difference_units=9), "fail", 9),
    (differences, differences.Limits(units=10), subject(difference_units=0), "pass", 0),
    (differences, differences.Limits(units=10), subject("difference"), "review", None),
    (formats, formats.Limits(blocked=("svg",)), Subject("f/a.SVG", nature="file"), "fail", None),
    (formats, formats.Limits(blocked=("svg",)), Subject("f/a.png", nature="file"), "pass", None),
    (formats, formats.Limits(allowed=("png",)), Subject("f/a.csv", nature="file"), "fail", None),
    (formats, formats.Limits(allowed=("png",)), Subject("f/png", nature="file"), "fail", None),
    (rounding, rounding.Limits(base=5), subject("count", value=10, released=True), "pass", 10),
    (rounding, rounding.Limits(base=5), subject("count", value=11, released=True), "fail", 11),
    (sources, sources.Limits(allowed=("synthetic",)), subject(source="synthetic"), "pass", None),
    (sources, sources.Limits(allowed=("synthetic",)), subject(source="registers"), "fail", None),
    (winsorised, winsorised.Limits(low=0.01, high=0.99), subject("mean", outcome="nok"), "review",
     None),
]  # fmt: skip
SILENT = [
    (support, SUPPORT, subject("count", rows=50)),
    (clusters, clusters.Limits(least=3), subject()),
    (cluster_size, cluster_size.Limits(units=10), subject()),
    (events, EVENTS, subject(outcome="nok")),
    (nk, nk.Limits(n=2, share=0.9), subject(outcome="binary")),
    (points, points.Limits(least=10), subject()),
    (points, points.Limits(least=10), subject("point", support_units=9)),
    (small_cells, small_cells.Limits(below=5, per_cent=50.0), subject("part")),
    (rounding, rounding.Limits(base=5), subject("count", value=11)),
    (winsorised, winsorised.Limits(low=0.01, high=0.99), subject(outcome="nok")),
]


@pytest.mark.parametrize(("rule", "limits", "judged", "verdict", "measured"), CASES)
def test_verdicts(rule: Any, limits: Any, judged: Subject, verdict: str, measured: Any) -> None:
    ruling = rule.judge(judged, limits)
    assert (ruling.verdict, ruling.rule) == (verdict, rule.KEY)
    assert ruling.measured == (measured if measured is None else pytest.approx(measured))
    assert (ruling.artefact, ruling.row, ruling.column) == (judged.artefact, judged.row, "")
    assert ruling.message.startswith(f"{judged.artefact}: ")


@pytest.mark.parametrize(("rule", "limits", "judged"), SILENT)
def test_rules_keep_silent_on_what_they_are_not_about(
    rule: Any, limits: Any, judged: Subject
) -> None:
    assert rule.judge(judged, limits) is None


def test_every_rule_has_a_case_of_every_verdict_that_it_can_give() -> None:
    seen = {
        rule.KEY: {verdict for one, _, _, verdict, _ in CASES if one is rule} for rule, *_ in CASES
    }
    assert seen.keys() == rules().keys()
    assert all("fail" in verdicts or key == "winsorised" for key, verdicts in seen.items())


def test_dominance_against_amounts_of_persons() -> None:
    """The rules from two shares are those from the amounts themselves."""
    rng = np.random.default_rng(3)
    refused = 0
    for _ in range(200):
        amounts = np.sort(rng.lognormal(0, 3, rng.integers(3, 8)))[::-1]
        shares = {"largest_share": amounts[0] / amounts.sum(),
                  "two_largest_share": amounts[:2].sum() / amounts.sum()}  # fmt: skip
        judged = subject(outcome="nok", **shares)
        first = nk.judge(judged, nk.Limits(n=2, share=0.9))
        second = p_ratio.judge(judged, p_ratio.Limits(least=0.1))
        assert first is not None and second is not None
        assert (first.verdict == "fail") == (amounts[:2].sum() > 0.9 * amounts.sum())
        assert second.measured == pytest.approx(amounts[2:].sum() / amounts[0])
        assert (second.verdict == "fail") == (amounts[2:].sum() < 0.1 * amounts[0])
        refused += second.verdict == "fail"
    assert 20 < refused < 180


@pytest.mark.parametrize("name", ["acro", "opensafely"])
def test_counts_are_rounded_as_suppression_rounds_them(name: str) -> None:
    policy = policy_of(name)
    limits, protection = policy.limits_of(rounding.Limits), protection_of(policy)
    assert limits is not None
    assert [limits.rounded(n) for n in range(60)] == [protection.rounded(n) for n in range(60)]


def test_midpoints() -> None:
    midpoint = rounding.Limits(base=6, to="midpoint")
    assert [midpoint.rounded(n) for n in (0, 1, 6, 7, 12, 13)] == [0, 3, 3, 9, 9, 15]
    nearest = rounding.Limits(base=5)
    assert [nearest.rounded(n) for n in (0, 2, 3, 7, 8)] == [0, 0, 5, 5, 10]
