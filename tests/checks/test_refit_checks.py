"""Checks that estimate again: equal to the question asked by hand, and what they say."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from evaluation.checks.composition import holm


def asked(kind, options="", model="main"):
    return f'[[checks]]\nkind = "{kind}"\nmodel = "{model}"\n{options}'


def rows(result, kind):
    found = result.checks[result.checks["check"] == kind]
    return list(found.assign(term=found["term"].astype(object).fillna("")).itertuples())


def row(result, kind, term=None):
    found = [one for one in rows(result, kind) if term is None or one.term == term]
    assert len(found) == 1
    return found[0]


def details(result, kind, term=None):
    chosen = result.details[result.details["check"] == kind]
    if term is not None:
        chosen = chosen[chosen["term"] == term]
    return dict(zip(chosen["name"], chosen["value"], strict=True))


def estimate(result, model="main"):
    found = result.estimates[result.estimates["model_id"] == model].iloc[0]
    return found["estimate"], found["std_error"]


CR3 = 'variance = "cr3"'


def test_a_wider_gap_is_the_model_with_other_controls(ask_ages, make_ages):
    found = details(ask_ages(asked("carry_over")), "carry_over")
    frame = make_ages()
    age = frame["age_months"]
    by_hand = estimate(ask_ages("", frame=frame[(age < 360) | (age >= 396)]))
    assert float(found["estimate control at least 33"]) == pytest.approx(by_hand[0], rel=1e-9)
    assert float(found["estimate control at least 33: std_error"]) == pytest.approx(by_hand[1])


def test_the_error_of_a_difference_is_that_of_the_cluster_bootstrap(ask_ages, make_ages):
    """The influences say what resampling of towns says, within the error of 60 draws."""
    frame = make_ages()
    result = ask_ages(asked("carry_over", "gaps = [24]"), frame=frame)
    error = float(details(result, "carry_over")["difference control at least 33: std_error"])
    generator = np.random.default_rng(0)
    age = frame["age_months"].to_numpy()
    differences = []
    for _ in range(200):
        drawn = generator.integers(0, 30, 30)
        weight = np.bincount(drawn, minlength=30)[frame["town"].to_numpy()]
        near = did(frame, weight * (age < 420) * ((age < 360) | (age >= 372)))
        far = did(frame, weight * (age < 420) * ((age < 360) | (age >= 396)))
        differences.append(far - near)
    assert error == pytest.approx(np.std(differences, ddof=1), rel=0.25)


def did(frame, weight):
    """Return the weighted two-by-two difference in differences of ages below thirty."""
    young, post = frame["age_months"].to_numpy() < 360, frame["ym"].to_numpy() >= 201701
    means = [np.average(frame["y"], weights=weight * (young == a) * (post == b))
             for a, b in ((1, 1), (1, 0), (0, 1), (0, 0))]  # fmt: skip
    return means[0] - means[1] - means[2] + means[3]


@pytest.mark.parametrize("seed", range(3))
def test_carry_over_is_found_and_none_is_not(ask_ages, make_ages, seed):
    clean = row(ask_ages(asked("carry_over"), frame=make_ages(seed=seed)), "carry_over")
    assert clean.verdict == "not detected" and "power" in clean.message
    reached = ask_ages(asked("carry_over"), frame=make_ages(seed=seed, carried=0.5))
    found = row(reached, "carry_over")
    assert found.verdict == "violation found" and "att_relative" in found.message


def test_the_treated_side_can_move_too(ask_ages):
    found = details(ask_ages(asked("carry_over", 'side = "treated"')), "carry_over")
    assert {"estimate treated below 29", "estimate treated below 28"} <= set(found)


def test_announced_months_are_the_effect_of_a_reform_that_came_then(ask_ages, make_ages):
    frame = make_ages(announced=0.4)
    result = ask_ages(asked("anticipation"), frame=frame)
    found = row(result, "anticipation", "announced")
    assert found.verdict == "violation found"
    told = float(details(result, "anticipation", "announced")["estimate from 2016-07-01"])
    early = frame[frame["ym"] < 201701].copy()
    # July 2016 becomes January 2017, and earlier halves keep their place.
    early["ym"] = early["ym"].where(early["ym"] != 201607, 201701)
    assert told == pytest.approx(estimate(ask_ages("", frame=early))[0], rel=1e-9)
    further = row(result, "anticipation", "further left out")
    assert further.verdict == "violation found"


def test_no_anticipation_is_rarely_found(ask_ages, make_ages):
    verdicts = [
        one.verdict
        for seed in range(4)
        for one in rows(ask_ages(asked("anticipation"), frame=make_ages(seed=seed)), "anticipation")
    ]
    # Eight tests at five per cent: two or more in one of twenty such lists.
    assert verdicts.count("violation found") <= 1 and set(verdicts) <= {
        "violation found",
        "not detected",
    }


def test_dropped_months_count_as_announced_and_left_out(ask_ages, make_ages):
    dropped = "drop_periods = [[2016-07-01, 2016-12-31]]"
    result = ask_ages(asked("anticipation"), frame=make_ages(announced=0.4), sample=dropped)
    found = row(result, "anticipation", "announced")
    assert found.verdict == "violation found" and "leaves announced months out" in found.message
    assert row(result, "anticipation", "further left out").verdict == "not detected"


def test_anticipation_under_staggered_adoption(ask):
    result = ask(asked("anticipation"), effects=(), model='cluster = "town"')
    assert {one.verdict for one in rows(result, "anticipation")} == {"not detected"}
    assert "1 period earlier" in row(result, "anticipation", "announced").message


@pytest.mark.parametrize("fitted", ["moments", "fits"])
def test_leaving_out_is_the_model_without_each_town(ask_ages, make_ages, ask, make_towns, fitted):
    if fitted == "moments":
        frame, answer = make_ages(), ask_ages
    else:
        frame = make_towns()

        def answer(check, frame):
            # Without a cluster of its own kind of moments every town needs a fit.
            return ask(check, frame=frame, model='cluster = "town"\nvariance = "cr1"')

    result = answer(asked("leave_one_out"), frame=frame)
    found = details(result, "leave_one_out")
    by_hand = [
        estimate(answer("", frame=frame[frame["town"] != town]))[0]
        for town in sorted(frame["town"].unique())[:6]
    ]
    low, high = float(found["leave_one_out_low"]), float(found["leave_one_out_high"])
    assert low <= min(by_hand) and max(by_hand) <= high
    number = estimate(result)[0]
    assert (
        max(abs(one - number) for one in by_hand) <= abs(float(found["largest_influence"])) + 1e-12
    )


def test_the_range_is_that_of_the_jackknife(ask_ages):
    result = ask_ages(asked("leave_one_out"), model=CR3)
    found = details(result, "leave_one_out")
    own = result.details[result.details["check"].isna()]
    known = dict(zip(own["name"], own["value"], strict=True))
    for name in ("leave_one_out_low", "leave_one_out_high"):
        assert float(found[name]) == pytest.approx(float(known[name]), rel=1e-9)


def test_one_town_that_decides_is_seen_and_never_named(ask_ages, make_ages):
    frame = make_ages(effect=0.02, seed=3)
    hit = (frame["town"] == 17) & (frame["age_months"] < 360) & (frame["ym"] >= 201701)
    frame.loc[hit, "y"] += 6.0
    result = ask_ages(asked("leave_one_out"), frame=frame)
    found = row(result, "leave_one_out")
    assert float(details(result, "leave_one_out")["largest_share_of_jackknife_variance"]) > 0.5
    assert "17" not in found.message.replace("0.17", "")
    assert row(ask_ages(asked("leave_one_out")), "leave_one_out").verdict == "no cluster decides"


def test_effective_clusters_are_those_of_the_fit(ask_ages):
    result = ask_ages(asked("effective_clusters"), model=CR3)
    found = details(result, "effective_clusters")
    own = result.details[result.details["check"].isna()]
    known = dict(zip(own["name"], own["value"], strict=True))
    pairs = {
        "effective_clusters_by_rows": "effective_clusters",
        "effective_clusters_by_leverage": "effective_clusters_leverage",
        "largest_leverage": "largest_leverage",
        "std_error_cr1": "cr1_std_error",
    }
    for name, of_fit in pairs.items():
        assert float(found[name]) == pytest.approx(float(known[of_fit]), rel=1e-9)
    assert float(found["std_error_cr3"]) == pytest.approx(estimate(result)[1], rel=1e-9)


def test_few_and_not_few_clusters(ask_ages, make_ages):
    few = row(ask_ages(asked("effective_clusters")), "effective_clusters")
    assert few.verdict == "few" and "wild_bootstrap" in few.message and "t(29)" in few.message
    result = ask_ages(asked("effective_clusters", "few = 20.0"))
    assert row(result, "effective_clusters").verdict == "not few"
    frame = make_ages()
    frame["town"] = frame["town"].where(frame.index % 3 == 0, 0)
    result = ask_ages(asked("effective_clusters", "few = 20.0"), frame=frame)
    assert row(result, "effective_clusters").verdict == "few"


@pytest.mark.parametrize("kind", ["leave_one_out", "effective_clusters"])
def test_clusters_of_no_column_are_refused(ask, kind):
    found = row(ask(asked(kind), model='variance = "hc1"'), kind)
    assert found.verdict == "refused" and "name one in the model" in found.message


def test_a_covariate_is_the_outcome_of_the_same_design(ask_ages, make_ages):
    frame = make_ages(moved=0.1)
    result = ask_ages(asked("composition", 'columns = ["female"]'), frame=frame)
    found = details(result, "composition", "female")
    by_hand = estimate(ask_ages("", frame=frame.assign(y=frame["female"])))
    assert float(found["estimate"]) == pytest.approx(by_hand[0], rel=1e-9)
    assert float(found["std_error"]) == pytest.approx(by_hand[1], rel=1e-9)
    assert row(result, "composition", "female").verdict == "violation found"
    assert row(result, "composition", "all columns").verdict == "violation found"


def test_composition_that_stays_is_not_detected(ask_ages, make_ages):
    frame = make_ages()
    frame["half"] = np.random.default_rng(5).normal(size=len(frame))
    columns = 'columns = ["female", "half"]'
    result = ask_ages(asked("composition", columns), frame=frame)
    assert {one.verdict for one in rows(result, "composition")} == {"not detected"}
    joint = row(result, "composition", "all columns")
    ratios = [row(result, "composition", name).statistic for name in ("female", "half")]
    assert joint.statistic == pytest.approx(np.sum(np.square(ratios)), rel=0.5)


def test_holm_steps_down():
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": None}) == {
        "a": pytest.approx(0.03),
        "b": pytest.approx(0.06),
        "c": pytest.approx(0.06),
        "d": None,
    }


def test_parts_are_the_model_on_their_rows(ask_ages, make_ages):
    options = 'by = "dose"\nat = [0.5]'
    found = details(ask_ages(asked("dose_response", options)), "dose_response")
    frame = make_ages()
    by_hand = [estimate(ask_ages("", frame=part))
               for part in (frame[frame["dose"] < 0.5], frame[frame["dose"] >= 0.5])]  # fmt: skip
    names = ("estimate below 0.5", "estimate at least 0.5")
    for name, (number, error) in zip(names, by_hand, strict=True):
        assert float(found[name]) == pytest.approx(number, rel=1e-9)
        assert float(found[f"{name}: std_error"]) == pytest.approx(error, rel=1e-9)
    # Towns lie in one part each: the trend of two parts is the difference of independent numbers.
    assert float(found["trend"]) == pytest.approx(by_hand[1][0] - by_hand[0][0], rel=1e-9)
    assert float(found["trend_std_error"]) == pytest.approx(
        np.hypot(by_hand[0][1], by_hand[1][1]), rel=1e-9
    )


@pytest.mark.parametrize(("by_dose", "verdict"), [(1.0, "rises with the dose"),
                                                  (-1.0, "falls with the dose"),
                                                  (0.0, "no trend detected")])  # fmt: skip
def test_trends_over_quantiles(ask_ages, make_ages, by_dose, verdict):
    result = ask_ages(asked("dose_response", 'by = "dose"'), frame=make_ages(by_dose=by_dose))
    assert row(result, "dose_response").verdict == verdict
    assert details(result, "dose_response")["strata"] == "4"


def lost(frame, share, seed=0):
    """Return the frame with some outcomes missing: more of them under treatment."""
    generator = np.random.default_rng(seed)
    chance = 0.05 + share * ((frame["age_months"] < 360) & (frame["ym"] >= 201701))
    return frame.assign(y=frame["y"].where(generator.random(len(frame)) >= chance))


def test_retention_that_treatment_decides_is_found(ask_ages, make_ages):
    frame = lost(make_ages(), 0.1)
    result = ask_ages(asked("attrition", "least = -6.0\nmost = 6.0"), frame=frame)
    found = details(result, "attrition", "retention")
    by_hand = estimate(ask_ages("", frame=frame.assign(y=frame["y"].notna().astype(float))))
    assert float(found["estimate"]) == pytest.approx(by_hand[0], rel=1e-9)
    assert float(found["std_error"]) == pytest.approx(by_hand[1], rel=1e-9)
    assert row(result, "attrition", "retention").verdict == "violation found"
    bounds = details(result, "attrition", "bounds")
    assert float(bounds["lee_low"]) < 0.5 < float(bounds["lee_high"])
    assert float(bounds["manski_low"]) < float(bounds["lee_low"])
    assert float(bounds["lee_high"]) < float(bounds["manski_high"])
    shown = row(result, "attrition", "bounds")
    assert shown.verdict == "bounds exclude zero" and "nobody's outcome" in shown.message


def test_outcomes_missing_at_random_are_rarely_found(ask_ages, make_ages):
    frame = make_ages()
    results = [ask_ages(asked("attrition"), frame=lost(frame, 0.0, seed)) for seed in range(4)]
    found = [row(one, "attrition", "retention") for one in results]
    quiet = [one for one in found if one.verdict == "not detected"]
    assert len(quiet) >= 3 and all("power 80%" in one.message for one in quiet)
    assert "Manski's need least and most" in row(results[0], "attrition", "bounds").message


def test_nothing_missing_says_where_leavers_are(ask_ages):
    found = row(ask_ages(asked("attrition")), "attrition")
    assert found.verdict == "refused" and "lead_months" in found.message


OTHER = """
[[models]]
id = "other"
estimand = "att"
estimator = "twfe"
cluster = "town"
"""


def test_the_same_estimate_agrees_exactly_and_says_what_differs(ask_ages):
    other = OTHER + 'fixed_effects = ["town", "ym"]\nvariance = "cr3"\n'
    found = row(ask_ages(asked("agreement"), model=other), "agreement")
    assert found.verdict == "agree exactly" and found.term == "main and other"
    assert "variance: cr1 against cr3" in found.message
    assert "small-sample correction" in found.message


def test_a_difference_has_the_variance_of_its_influences(ask_ages, make_ages):
    frame = make_ages()
    keep = 'fixed_effects = ["town", "ym"]\nkeep = [{ column = "dose", below = 0.5 }]\n'
    result = ask_ages(asked("agreement"), model=OTHER + keep, frame=frame)
    found = row(result, "agreement")
    (low, low_error), (every, _) = estimate(result, "other"), estimate(result)
    # The difference of half from whole is nearly half the difference of halves, which are
    # independent: the towns are apart.
    high, high_error = estimate(ask_ages("", frame=frame[frame["dose"] >= 0.5]))
    expected = ((low - high) / np.hypot(low_error, high_error)) ** 2
    assert found.statistic == pytest.approx(expected, rel=0.25)
    assert "rows used" in found.message
    assert float(details(result, "agreement")["largest_difference"]) == pytest.approx(low - every)


def test_forbidden_comparisons_are_named_with_their_weight(ask, make_towns):
    """A balanced panel of towns whose effects grow: the two-way estimate is too small."""
    frame = make_towns(effect=0.0)
    frame = frame.drop_duplicates(["town", "year"]).set_index(["town", "year"])
    grid = pd.MultiIndex.from_product([range(30), range(2010, 2018)], names=["town", "year"])
    start = frame.groupby("town")["start"].first()
    full = grid.to_frame(index=False).assign(start=lambda f: f["town"].map(start))
    since = (full["year"] - full["start"] + 1).where(full["start"] > 0, 0).clip(lower=0)
    noise = np.random.default_rng(2).normal(0.0, 0.1, len(full))
    full = full.assign(id=full["town"], y=since + noise)
    other = """
[[models]]
id = "cs"
estimand = "att"
estimator = "group_time_att"
cluster = "town"
"""
    design = 'kind = "staggered_did"\ncohort = { column = "start", never = 0 }'
    result = ask(other + asked("agreement"), frame=full, design=design, model='cluster = "town"')
    found = row(result, "agreement")
    assert found.verdict == "differ" and found.term == "main and cs"
    share = re.search(r"already treated as controls, ([\d.]+)% of its weight", found.message)
    bacon = ask(asked("bacon"), frame=full, design=design, model='cluster = "town"')
    weight = float(details(bacon, "bacon")["forbidden_weight"])
    assert share is not None and float(share[1]) == pytest.approx(100 * weight, abs=0.051)
    assert float(details(result, "agreement")["largest_difference"]) > 0


def test_models_without_influence_are_compared_numerically(ask_ages):
    other = OTHER.replace('cluster = "town"', 'variance = "hc1"')
    found = row(ask_ages(asked("agreement"), model=other), "agreement")
    assert found.verdict == "compared numerically" and np.isnan(found.p_value)


NAMED = [
    ("carry_over", ""),
    ("anticipation", ""),
    ("leave_one_out", ""),
    ("effective_clusters", ""),
    ("composition", 'columns = ["female"]'),
    ("dose_response", 'by = "dose"'),
    ("attrition", ""),
]


@pytest.mark.parametrize(("kind", "options"), NAMED)
def test_cells_and_rows_say_the_same(ask_ages, make_ages, kind, options):
    frame = lost(make_ages(), 0.0)
    by = [ask_ages(asked(kind, options), engine=engine, frame=frame)
          for engine in ("auto", "microdata")]  # fmt: skip
    for first, second in zip(rows(by[0], kind), rows(by[1], kind), strict=True):
        assert (first.verdict, first.term) == (second.verdict, second.term)
        assert first.statistic == pytest.approx(second.statistic, rel=1e-6, nan_ok=True)
        assert "pass" not in first.verdict


def test_given_cells_answer_dates_and_refuse_other_groups(ask_ages, make_ages, tmp_path):
    from evaluation import run

    make_ages().to_parquet(tmp_path / "ages.parquet")
    check = asked("placebo_date") + asked("carry_over")
    expected = row(ask_ages(check), "placebo_date")
    run(tmp_path / "ages.toml", out=tmp_path / "out")
    folders = [one.parent for one in (tmp_path / "out").rglob("cells.json")]
    given = [run(tmp_path / "ages.toml", cells=one) for one in folders if holds_model(one)]
    assert given
    for result in given:
        assert row(result, "placebo_date").message == expected.message
        refused = row(result, "carry_over")
        assert refused.verdict == "refused" and "run without --cells" in refused.message


def holds_model(folder):
    """Whether cells are those of the spec itself, not those that variants shared."""
    return "ad_control_" not in (folder / "cells.json").read_text(encoding="utf-8")
