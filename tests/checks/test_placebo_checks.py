"""Placebo dates and groups: what they estimate, when they speak, what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evaluation.checks import common_shocks
from evaluation.checks._ages import bands
from evaluation.checks._overlap import Window, effective_placebos
from evaluation.checks._placebos import Placebos


def asked(kind, options=""):
    return f'[[checks]]\nkind = "{kind}"\nmodel = "main"\n{options}'


def row(result, kind):
    (found,) = result.checks[result.checks["check"] == kind].itertuples()
    return found


def details(result, kind):
    rows = result.details[result.details["check"] == kind]
    return dict(zip(rows["name"], rows["value"], strict=True))


def estimate(result):
    return result.estimates["estimate"].iloc[0], result.estimates["std_error"].iloc[0]


def test_a_placebo_date_is_the_model_at_that_date_on_rows_before_the_reform(ask_ages, make_ages):
    found = details(ask_ages(asked("placebo_date", "dates = [2015-01-01]")), "placebo_date")
    frame = make_ages()
    frame = frame[frame["ym"] < 201701].copy()
    # The same question by hand: two years later, so that January 2015 becomes the reform.
    frame["ym"] += 200
    by_hand = estimate(ask_ages("", frame=frame))
    assert float(found["placebo 2015-01-01"]) == pytest.approx(by_hand[0], rel=1e-9)
    assert float(found["placebo 2015-01-01: std_error"]) == pytest.approx(by_hand[1], rel=1e-9)


def test_dates_are_spread_over_what_lies_before_the_announcement(ask_ages):
    dropped = "drop_periods = [[2016-07-01, 2016-12-31]]"
    found = details(ask_ages(asked("placebo_date"), sample=dropped), "placebo_date")
    dates = [name for name in found if name.startswith("placebo 20") and ":" not in name]
    assert dates == [f"placebo {y}-{m}-01" for y, m in ((2014, "01"), (2014, "07"), (2015, "01"),
                                                         (2015, "07"))]  # fmt: skip
    assert int(found["placebos"]) == 4


@pytest.mark.parametrize("seed", range(4))
def test_a_drift_before_the_reform_is_found_and_none_is_not(ask_ages, make_ages, seed):
    clean = row(ask_ages(asked("placebo_date"), frame=make_ages(seed=seed)), "placebo_date")
    assert clean.verdict == "beyond the placebo range"
    assert "ranks 1 of 6 by size" in clean.message and "a rank, not a p-value" in clean.message
    assert np.isnan(clean.p_value)
    drift = ask_ages(asked("placebo_date"), frame=make_ages(seed=seed, drift=0.2))
    assert row(drift, "placebo_date").verdict == "violation found"


def test_an_estimate_of_nothing_most_often_ranks_within(ask_ages, make_ages):
    found = [
        row(ask_ages(asked("placebo_date"), frame=make_ages(effect=0.0, seed=seed)), "placebo_date")
        for seed in range(5)
    ]
    within = [one.verdict == "within the placebo range" for one in found]
    assert ["ranks 1 of" not in one.message for one in found] == within
    assert sum(within) >= 3


@pytest.mark.parametrize("shift", [1, 2])
def test_cohorts_that_adopt_earlier_are_cut_where_they_did(ask, make_towns, shift):
    by_group = {"effects": (), "model": MODEL}
    result = ask(asked("placebo_date", f"earlier = [{shift}]"), **by_group)
    found = details(result, "placebo_date")
    frame = make_towns()
    frame = frame[(frame["start"] == 0) | (frame["year"] < frame["start"])].copy()
    frame["start"] = np.where(frame["start"] > 0, frame["start"] - shift, 0)
    by_hand = estimate(ask("", frame=frame, **by_group))
    name = f"placebo {shift} {'period' if shift == 1 else 'periods'} earlier"
    assert float(found[name]) == pytest.approx(by_hand[0], rel=1e-9)
    assert float(found[f"{name}: std_error"]) == pytest.approx(by_hand[1], rel=1e-9)


MODEL = 'cluster = "town"'


def test_a_placebo_group_is_the_model_between_those_groups(ask_ages, make_ages):
    ages = "ages = [{ treated = [31, 33], control = [35, 37] }]"
    found = details(ask_ages(asked("placebo_group", ages)), "placebo_group")
    frame = make_ages()
    age = frame["age_months"]
    inside = ((age >= 372) & (age < 408)) | ((age >= 420) & (age < 456))
    # The same question by hand: the younger band moved below thirty.
    frame = frame[inside].assign(age_months=np.where(age[inside] < 408, 350, 380))
    by_hand = estimate(ask_ages("", frame=frame))
    name = "placebo ages 31-33 v 35-37"
    assert float(found[name]) == pytest.approx(by_hand[0], rel=1e-9)
    assert float(found[f"{name}: std_error"]) == pytest.approx(by_hand[1], rel=1e-9)


def test_another_change_at_other_ages_is_found(ask_ages, make_ages):
    clean = row(ask_ages(asked("placebo_group")), "placebo_group")
    assert clean.verdict == "beyond the placebo range"
    moved = ask_ages(asked("placebo_group"), frame=make_ages(older=0.8))
    assert row(moved, "placebo_group").verdict == "violation found"


def test_groups_by_any_column(ask_ages):
    groups = (
        'groups = [{ id = "doses", treated = { column = "dose", below = 0.5 }, '
        'control = { column = "dose", at_least = 0.5 } }]'
    )
    found = details(ask_ages(asked("placebo_group", groups)), "placebo_group")
    assert "placebo doses" in found and found["placebos"] == "1"


REFUSED = [
    ("common_shocks", "dates = [2017-06-01]", "is not before 2017-01-01"),
    ("placebo_date", "least = 30", "no date has 30 months on both sides"),
    ("placebo_group", "ages = [{ treated = [30, 31], control = [33, 34] }]", "begin at 31"),
    ("placebo_group", "ages = [{ treated = [60, 61], control = [63, 64] }]", "no rows"),
    ("common_shocks", "ages = [{ treated = [28, 29], control = [31, 32] }]", "crosses 30"),
    ("common_shocks", "ages = [{ treated = [31, 31], control = [33, 33] }]\nevery = 60",
     "at least 4 are needed"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "options", "words"), REFUSED)
def test_what_cannot_be_asked_is_refused_with_its_reason(ask_ages, kind, options, words):
    found = row(ask_ages(asked(kind, options)), kind)
    assert found.verdict == "refused" and words in found.message


@pytest.mark.parametrize("kind", ["placebo_group", "common_shocks", "carry_over", "attrition"])
def test_staggered_adoption_has_no_groups_to_move(ask, kind):
    found = row(ask(asked(kind)), kind)
    assert found.verdict == "refused" and "staggered_did" in found.message


@pytest.mark.parametrize("seed", range(2))
def test_shocks_to_age_groups_exceed_the_standard_error(ask_ages, make_ages, seed):
    clean = row(
        ask_ages(asked("common_shocks", "every = 12"), frame=make_ages(seed=seed)), "common_shocks"
    )
    assert clean.verdict == "not detected"
    result = ask_ages(asked("common_shocks", "every = 12"), frame=make_ages(seed=seed, shock=0.3))
    found, told = row(result, "common_shocks"), details(result, "common_shocks")
    assert found.verdict == "shocks exceed the standard error"
    number, std_error = estimate(result)
    low, high = float(told["placebo_interval_low"]), float(told["placebo_interval_high"])
    assert (low + high) / 2 == pytest.approx(number)
    assert (high - low) / 2 > 2 * 1.96 * std_error


def test_the_statistic_is_the_root_mean_square_of_ratios(ask_ages, make_ages):
    result = ask_ages(asked("common_shocks", "every = 12"), frame=make_ages(shock=0.3))
    found = details(result, "common_shocks")
    names = [one for one in found if one.startswith("placebo ages") and ":" not in one]
    ratios = [float(found[one]) / float(found[f"{one}: std_error"]) for one in names]
    ratios += [
        float(found[one]) / float(found[f"{one}: std_error"])
        for one in found
        if one.startswith("placebo own groups") and ":" not in one
    ]
    assert len(ratios) == int(found["placebos"])
    expected = np.sqrt(np.mean(np.square(ratios)))
    assert float(found["root_mean_square_t"]) == pytest.approx(expected, rel=1e-9)


def test_bands_skip_the_ages_at_which_rules_change(ask_ages):
    found = details(ask_ages(asked("common_shocks", "every = 18")), "common_shocks")
    names = {one.split(",")[0] for one in found if one.startswith("placebo ages")}
    pairs = [one.removeprefix("placebo ages ").replace(" v ", "-").split("-") for one in names]
    assert pairs
    for first, _, _, last in pairs:
        assert not any(int(first) < age <= int(last) for age in (25, 30))


def test_placebos_that_overlap_are_worth_fewer():
    one = Window((31, 33), (35, 37), 0, 12, 24)
    apart = Window((38, 40), (42, 44), 0, 12, 24)
    shifted = Window((31, 33), (35, 37), 0, 6, 24)
    assert effective_placebos((one, one, one)) == pytest.approx(1.0)
    assert effective_placebos((one, apart)) == pytest.approx(2.0)
    # Contrasts of one window with its reform at a half and at a quarter: r² = 1 / 3.
    assert effective_placebos((one, shifted)) == pytest.approx(4 / (2 + 2 / 3))


def test_chance_allows_what_overlapping_placebos_do():
    """Under independent errors the limit is passed about as often as it says."""
    windows = [Window((a, a + 2), (a + 4, a + 6), 0, d, 48) for a in (31, 33, 35) for d in (12, 24)]
    ages, months = np.arange(31, 42), np.arange(48)
    shapes = []
    for one in windows:
        group = np.isin(ages, range(one.treated[0], one.treated[1] + 1)) / 3.0
        group = group - np.isin(ages, range(one.control[0], one.control[1] + 1)) / 3.0
        side = np.where(months >= one.date, 1 / (48 - one.date), -1 / one.date)
        shapes.append(np.outer(group, side).ravel())
    shapes = np.array(shapes) / np.linalg.norm(shapes, axis=1)[:, None]
    draws = np.random.default_rng(0).normal(size=(4000, shapes.shape[1])) @ shapes.T
    df = effective_placebos(tuple(windows))
    passed = np.mean(np.mean(draws**2, axis=1) > stats.chi2.ppf(0.975, df) / df)
    assert 0.015 < passed < 0.045


def test_bands_stay_inside_the_ages_of_a_synthetic_panel(load_bands):
    assert [pair.label for pair in load_bands((25, 40), 31)] == [
        "ages 31-33 v 35-37",
        "ages 33-35 v 37-39",
    ]
    assert load_bands((25, 34), 31) == []


@pytest.fixture
def load_bands(root):
    from evaluation import load_spec

    def found(ages, youngest):
        path = root / "specs" / "reform_2017" / "age_did.toml"
        return list(bands(load_spec(path, set={"panel.ages": list(ages)}), youngest))

    return found


def test_rank_counts_ties_against_the_estimate():
    placebos = Placebos(np.array([-3.0, 1.0, 2.0]), np.array([-3.0, 1.0, 2.0]))
    assert [placebos.rank(one) for one in (4.0, -3.0, 0.5)] == [1, 2, 4]
    assert placebos.spread == pytest.approx(np.sqrt(14 / 3))


@pytest.mark.parametrize("kind", ["placebo_date", "placebo_group"])
def test_cells_and_rows_give_the_same_placebos(ask_ages, kind):
    by = {engine: details(ask_ages(asked(kind), engine=engine), kind)
          for engine in ("auto", "microdata")}  # fmt: skip
    assert list(by["auto"]) == list(by["microdata"])
    for name, value in by["auto"].items():
        if name.endswith("refused"):
            assert value == by["microdata"][name]
        else:
            assert float(value) == pytest.approx(float(by["microdata"][name]), rel=1e-8)


@pytest.mark.parametrize("clusters", [8, 19, 60])
def test_spreads_allow_for_errors_that_are_estimated(clusters):
    draws = np.random.default_rng(clusters).standard_t(clusters, size=(40_000, 12)) ** 2
    scale, share = common_shocks._squares_of_t(clusters)
    limit = stats.chi2.ppf(0.975, 12 * share) / (12 * share) * scale
    assert (draws.mean(axis=1) > limit).mean() == pytest.approx(0.025, abs=0.003)
    assert common_shocks._squares_of_t(np.inf) == (1.0, 1.0)
