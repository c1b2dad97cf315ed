"""The randomisation check: what it permutes, what it says, what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.checks.randomisation import distinct_assignments

CHECK = '[[checks]]\nkind = "randomisation"\nmodel = "main"\nseed = 1\ndraws = 199\n'


def details_of(result):
    rows = result.details
    rows = rows[rows["check"] == "randomisation"]
    return dict(zip(rows["name"], rows["value"], strict=True))


@pytest.mark.parametrize("variance", ["cr1", "cr3"])
@pytest.mark.parametrize("kind", ["staggered", "did"])
def test_the_assignment_itself_gives_the_estimate_and_its_t(ask, did, kind, variance):
    model = f'cluster = "town"\ncontrols = ["x"]\nvariance = "{variance}"'
    design = {"design": did} if kind == "did" else {}
    by = {
        name: ask(CHECK + f'statistic = "{name}"', model=model, **design)
        for name in ("coefficient", "studentised")
    }
    row = by["coefficient"].estimates.iloc[0]
    (beta,) = by["coefficient"].checks.query("check == 'randomisation'")["statistic"]
    (t,) = by["studentised"].checks.query("check == 'randomisation'")["statistic"]
    error = row["std_error"]
    if variance == "cr3":
        rows = by["coefficient"].details
        error = float(rows[rows["name"] == "cr1_std_error"]["value"].iloc[0])
    assert beta == pytest.approx(row["estimate"], rel=1e-9)
    assert t == pytest.approx(row["estimate"] / error, rel=1e-9)


def test_an_effect_is_found_and_none_is_not(ask, make_towns):
    (found,) = (
        ask(CHECK, frame=make_towns(effect=4.0))
        .checks.query("check == 'randomisation'")
        .itertuples()
    )
    assert found.verdict == "rejected" and found.p_value == pytest.approx(1 / 200)
    (none,) = (
        ask(CHECK, frame=make_towns(effect=0.0))
        .checks.query("check == 'randomisation'")
        .itertuples()
    )
    assert none.verdict == "not rejected" and none.p_value > 0.05
    assert "exact only for the sharp hypothesis" in none.message


def test_strata_and_unknown_ones(ask, make_towns):
    frame = make_towns()
    frame["region"] = frame["region"].where(frame["town"] != 4)
    result = ask(CHECK + 'strata = "region"', frame=frame)
    details = details_of(result)
    assert (int(details["clusters_permuted"]), int(details["clusters_held"])) == (29, 1)
    (row,) = result.checks.query("check == 'randomisation'").itertuples()
    assert "inside region" in row.message
    # The column of a check takes no row out of the model.
    assert result.estimates["n_obs"].iloc[0] == len(frame)


def test_estimates_do_not_depend_on_the_check(ask):
    assert ask(CHECK).estimates.equals(ask("").estimates)


REFUSED = [
    ({"effects": ("year",)}, "effects of cluster and period"),
    ({"effects": ("town", "year", "adopted")}, ""),
    ({"effects": ("town", "year", "late")}, ""),
    ({"effects": ("town", "year", "age")}, "and no others"),
    ({"model": 'cluster = ["town", "year"]'}, "exactly one cluster"),
    ({"model": 'variance = "hc1"'}, "exactly one cluster"),
    ({"model": 'cluster = "region"'}, "inside clusters"),
]


@pytest.mark.parametrize(("changes", "words"), REFUSED)
def test_refusals_say_why(ask, make_towns, changes, words):
    frame = make_towns().assign(age=lambda rows: rows["id"] % 7)
    (row,) = (
        ask(CHECK, frame=frame, **changes).checks.query("check == 'randomisation'").itertuples()
    )
    assert (row.verdict == "refused") == bool(words) and words in row.message


def test_treatment_inside_clusters_is_refused(ask, make_towns, did):
    frame = make_towns()
    frame["adopted"] = frame["id"] % 2
    (row,) = (
        ask(CHECK, design=did, frame=frame).checks.query("check == 'randomisation'").itertuples()
    )
    assert row.verdict == "refused" and "inside clusters" in row.message


def test_strata_that_differ_inside_clusters_are_refused(ask):
    (row,) = ask(CHECK + 'strata = "late"').checks.query("check == 'randomisation'").itertuples()
    assert row.verdict == "refused" and "differs inside clusters" in row.message


def test_one_treated_town_takes_the_coefficient(ask, make_towns, did):
    frame = make_towns(effect=0.0)
    frame["adopted"] = (frame["town"] == 3).astype(int)
    (row,) = (
        ask(CHECK, design=did, frame=frame).checks.query("check == 'randomisation'").itertuples()
    )
    assert row.verdict == "refused" and "statistic = 'coefficient'" in row.message
    result = ask(CHECK + 'statistic = "coefficient"', design=did, frame=frame)
    details = details_of(result)
    assert float(details["distinct_assignments"]) == pytest.approx(30)
    assert float(details["smallest_p_value"]) == pytest.approx(1 / 30)


def test_strata_that_all_adopt_alike_leave_nothing_to_permute(ask, make_towns, did):
    frame = make_towns()
    frame["region"] = frame["adopted"].astype(str)
    (row,) = (
        ask(CHECK + 'strata = "region"', design=did, frame=frame)
        .checks.query("check == 'randomisation'")
        .itertuples()
    )
    assert row.verdict == "refused" and "nothing to permute" in row.message


def test_assignments_are_counted():
    kind = np.array([0, 0, 1, 1, 2, 0])
    assert distinct_assignments(kind, np.zeros(6, dtype=int)) == pytest.approx(60)
    assert distinct_assignments(kind, np.array([0, 0, 0, 1, 1, -1])) == pytest.approx(6)


@pytest.mark.parametrize("rule", ["drop", "keep_as_always"])
def test_towns_treated_from_the_start_are_held(ask, make_towns, rule):
    frame = make_towns()
    frame.loc[frame["town"].isin([1, 5]), "start"] = 2010
    design = (
        'kind = "staggered_did"\ncohort = { column = "start", never = 0 }\nunbalanced = "keep"\n'
        f'always_treated = "{rule}"'
    )
    result = ask(CHECK, design=design, model='cluster = "town"', frame=frame)
    (row,) = result.checks.query("check == 'randomisation'").itertuples()
    estimate = result.estimates.iloc[0]
    assert row.statistic == pytest.approx(estimate["estimate"] / estimate["std_error"], rel=1e-9)
    assert int(details_of(result)["clusters_permuted"]) == 28
    beside = ask(CHECK, design=design, frame=frame)
    (row,) = beside.checks.query("check == 'randomisation'").itertuples()
    assert (row.verdict == "refused") == (rule == "keep_as_always")


@pytest.mark.parametrize("kind", ["staggered", "did"])
@pytest.mark.parametrize("check", ["randomisation", "wild_bootstrap"])
def test_cells_say_what_rows_say(ask, make_towns, did, kind, check):
    frame = make_towns()
    frame["region"] = frame["region"].where(frame["town"] != 4)
    text = CHECK.replace("randomisation", check)
    text += 'strata = "region"' if check == "randomisation" else ""
    design = {"design": did} if kind == "did" else {}
    by = {
        engine: ask(text, frame=frame, engine=engine, **design) for engine in ("microdata", "auto")
    }
    for engine, result in zip(("microdata", "cells"), by.values(), strict=True):
        details = result.details
        assert set(details[details["name"] == "engine"]["value"]) == {engine}
    rows, cells = (result.checks[result.checks["check"] == check].iloc[0] for result in by.values())
    assert cells["statistic"] == pytest.approx(rows["statistic"], rel=1e-9)
    assert (cells["p_value"], cells["verdict"]) == (rows["p_value"], rows["verdict"])
