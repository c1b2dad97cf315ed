"""Samples that differ by few persons are found by their sizes, and never passed as far apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluation.release.differencing import against_ledger, gap_between, within
from evaluation.release.ledger import Entry, Ledger
from evaluation.release.samples import Sample

BASE = Sample("a", "a main y", "y", "frame", "one", 48_000, 1_000, 400, 48, "", 1)
OTHER = replace(BASE, frame="other", definition="two")
NEEDED = 10


@pytest.mark.parametrize(
    ("two", "verdict", "units"),
    [
        (BASE, None, None),
        # The same rows asked for twice in one run, by models that differ in what is no sample.
        (replace(BASE, definition="two"), None, None),
        # Elsewhere the same sizes may be an exchange of persons.
        (OTHER, "review", 0),
        (replace(OTHER, units=997, rows=47_900), "fail", 3),
        (replace(OTHER, units=991, rows=47_568), "fail", 9),
        (replace(OTHER, units=990, rows=47_520), None, None),
        # 3 rows are of at most 3 persons.
        (replace(OTHER, rows=47_997), "fail", 1),
        # 400 rows are of at least 9 persons in 48 months, and of at most 400.
        (replace(OTHER, rows=47_600), "review", 9),
        # A month less: every person has a row less.
        (replace(OTHER, rows=47_000), None, None),
        # 3 persons more and a month more for all: at least 21 persons differ.
        (replace(OTHER, units=1_003, rows=49_003), None, None),
        (replace(OTHER, units=None), "review", None),
        # Far apart in all, but not in the group that identifies the number.
        (replace(BASE, definition="two", rows=24_000, units=500, treated_units=397), "fail", 3),
        (replace(BASE, definition="two", rows=24_000, units=500, treated_units=200), None, None),
    ],
)
def test_gap_between_two_samples(two: Sample, verdict: str | None, units: int | None) -> None:
    for gap in (gap_between(BASE, two, NEEDED), gap_between(two, BASE, NEEDED)):
        assert (None if gap is None else gap.verdict) == verdict
        assert (None if gap is None else gap.units) == units


def test_nothing_close_passes() -> None:
    """Whatever two samples of persons and months are drawn, a pass means enough persons differ."""
    random, months, passed = np.random.default_rng(1), 12, 0
    for _ in range(2_000):
        first = random.random((60, months)) < random.uniform(0.2, 0.95)
        second = first.copy()
        changed = random.choice(60, random.integers(0, 25), replace=False)
        if random.random() < 0.5:
            second[changed] = False
        else:
            second[np.ix_(changed, random.choice(months, 3, replace=False))] ^= True
        samples = [
            Sample("a", "", "y", f"{at}", f"{at}", int(one.sum()), int(one.any(1).sum()), None,
                   months)
            for at, one in enumerate((first, second))
        ]  # fmt: skip
        if gap_between(samples[0], samples[1], NEEDED) is None:
            passed += 1
            assert (first != second).any(axis=1).sum() >= NEEDED
    assert passed > 200


def test_within_a_run_the_later_of_two_fails() -> None:
    wide = replace(BASE, label="a wide y", definition="two", units=1_003, rows=48_100, row=2)
    (one,) = within([BASE, wide], NEEDED)
    assert (one.artefact, one.row, one.rule, one.verdict) == (
        "estimates.csv", 2, "differences", "fail",
    )  # fmt: skip
    assert (one.measured, one.threshold) == (3, NEEDED)
    assert (
        one.message == "a wide y: differs by 3 units and 100 rows from the sample behind a main y"
    )


def test_levels_are_compared_with_the_whole_and_not_with_each_other() -> None:
    women = replace(BASE, definition="w", level="sex = 2", units=500, rows=24_000, row=2)
    men = replace(BASE, definition="m", level="sex = 1", units=497, rows=23_900, row=3)
    assert within([BASE, women, men], NEEDED) == ()
    nearly = replace(women, units=996, rows=47_800)
    assert [one.row for one in within([BASE, nearly], NEEDED)] == [2]


def test_other_outcomes_cannot_be_subtracted() -> None:
    other = replace(OTHER, statistic="z", units=997, rows=47_900)
    assert within([BASE, other], NEEDED) == ()


def test_an_earlier_release_is_named_with_its_day() -> None:
    entry = Entry(
        "b", "f" * 64, "2026-01-31T12:00:00+00:00", {}, (replace(BASE, label="b main y"),)
    )
    close = replace(OTHER, units=997, rows=47_900)
    (one,) = against_ledger([close], Ledger((entry,)), NEEDED)
    assert one.verdict == "fail"
    assert one.message == (
        "a main y: differs by 3 units and 100 rows from the sample behind b main y, "
        "released 2026-01-31"
    )
