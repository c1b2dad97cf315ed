"""The decomposition of a model: published figures, exact sums, differences said, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import evaluation as ad
from evaluation.spec.shipped import find_spec

CHECK = '[[checks]]\nkind = "bacon"\nmodel = "main"\n'
PLAIN = 'cluster = "town"'


def balanced():
    """Return forty units in eight years; a third never adopt."""
    generator = np.random.default_rng(1)
    unit, year = np.divmod(np.arange(40 * 8), 8)
    start = np.array([0, 2013, 2015, 2016, 2014])[unit % 5]
    effect = 0.3 * np.where(start > 0, np.maximum(year + 2011 - start, 0), 0)
    return pd.DataFrame(
        {
            "id": unit,
            "town": unit,
            "year": year + 2010,
            "start": start,
            "adopted": (start > 0).astype(int),
            "on": ((start > 0) & (year + 2010 >= start)).astype(int),
            "x": generator.normal(size=len(unit)),
            "y": effect + generator.normal(size=len(unit)) + 0.1 * unit,
        }
    )


def rows_of(result):
    return {row.term: row for row in result.record.checks if row.check == "bacon"}


def details_of(result, term=""):
    found = [d for d in result.record.details if d.check == "bacon" and d.term == term]
    return {d.name: d.value for d in found}


def test_published_decomposition(shared_data):
    """R package bacondecomp, mathematics requirements of states, to the digits printed."""
    result = ad.run(find_spec("math_reform"), set={"DATA": str(shared_data)})
    published = {
        "earlier v later treated": (0.06353, 0.02868),
        "later v earlier treated": (0.05265, 0.03375),
        "treated v untreated": (0.88382, -0.00129),
    }
    for kind, (weight, estimate) in published.items():
        found = details_of(result, kind)
        assert (round(found["weight"], 5), round(found["estimate"], 5)) == (weight, estimate)
    total = details_of(result)
    assert round(total["weighted_sum"], 5) == 0.00246
    assert abs(total["difference"]) < 1e-9 * abs(total["coefficient"])
    assert rows_of(result)[""].verdict == "forbidden comparisons weigh 5.3%"


@pytest.mark.parametrize("engine", ["auto", "microdata"])
def test_balanced_panel_adds_up(ask, engine):
    for effects in (("id", "year"), ("year",)):
        result = ask(CHECK, model='cluster = "town"', effects=effects, frame=balanced(),
                     engine=engine)  # fmt: skip
        found = details_of(result)
        (estimate,) = (row.estimate for row in result.record.estimates)
        assert found["coefficient"] == estimate
        assert found["weighted_sum"] == pytest.approx(estimate, rel=1e-9)
        assert "add up to the coefficient" in rows_of(result)[""].message
        kinds = [row for term, row in rows_of(result).items() if term]
        weights = [details_of(result, row.term)["weight"] for row in kinds]
        assert sum(weights) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("model", "drop", "words"),
    [
        ('cluster = "town"\ncontrols = ["x"]', (), "the model has controls"),
        (PLAIN, (3, 50, 51), "units or their weights differ between periods"),
    ],
)
def test_what_moves_the_coefficient_is_said(ask, model, drop, words):
    frame = balanced().drop(index=list(drop))
    result = ask(CHECK, model=model, effects=("id", "year"), frame=frame)
    found, message = details_of(result), rows_of(result)[""].message
    assert found["difference"] == pytest.approx(found["weighted_sum"] - found["coefficient"])
    assert abs(found["difference"]) > 1e-6 and words in message and "differs" in message


def test_cells_and_rows_decompose_alike(ask):
    """Persons in towns of unequal size that change from year to year."""
    one, other = (
        ask(CHECK, model=PLAIN, frame=None, engine=engine) for engine in ("microdata", "auto")
    )
    for term in rows_of(one):
        for name, value in details_of(one, term).items():
            assert value == pytest.approx(details_of(other, term)[name], rel=1e-9), name
    assert "differs" in rows_of(one)[""].message


def test_always_treated_units_are_left_out_as_the_model_does(ask):
    frame = balanced()
    early = frame["start"] == 2013
    frame.loc[early, "start"] = 2009
    result = ask(CHECK, model=PLAIN, effects=("id", "year"), frame=frame)
    found = details_of(result)
    assert found["weighted_sum"] == pytest.approx(found["coefficient"], rel=1e-9)
    assert "later v always treated" not in rows_of(result)


TREATMENT = 'kind = "did"\ntreatment = { column = "on" }'


def test_a_treatment_column_is_read_off_units(ask):
    result = ask(CHECK, design=TREATMENT, model=PLAIN, effects=("id", "year"), frame=balanced(),
                 engine="microdata")  # fmt: skip
    found = details_of(result)
    assert found["weighted_sum"] == pytest.approx(found["coefficient"], rel=1e-9)
    assert found["comparisons"] == 16


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.assign(on=f["on"] * 0.5), "other values than 0 and 1"),
        (lambda f: f.assign(on=f["on"] * (f["year"] < 2017)), "switches off"),
        (lambda f: f[f["start"].isin([0, 2014])], "one comparison only"),
    ],
)
def test_treatments_without_a_decomposition_are_refused(ask, change, words):
    result = ask(CHECK, design=TREATMENT, model=PLAIN, effects=("id", "year"),
                 frame=change(balanced()), engine="microdata")  # fmt: skip
    (row,) = rows_of(result).values()
    assert row.verdict == "refused" and words in row.message


def test_a_cohort_without_rows_in_a_period_is_refused(ask):
    frame = balanced()
    frame = frame[~((frame["start"] == 2014) & (frame["year"] == 2012))]
    (row,) = rows_of(ask(CHECK, model=PLAIN, effects=("id", "year"), frame=frame)).values()
    assert row.verdict == "refused" and "no rows in some period" in row.message


def test_two_groups_and_two_sides_are_refused(ask, did):
    (row,) = rows_of(ask(CHECK, design=did)).values()
    assert row.verdict == "refused" and "not staggered" in row.message


def test_other_estimators_are_refused(ask):
    text = (
        '[[models]]\nid = "cs"\nestimand = "att_gt"\nestimator = "group_time_att"\n'
        '[[checks]]\nkind = "bacon"\nmodel = "cs"\n'
    )
    (row,) = rows_of(ask(text, model=PLAIN, frame=balanced())).values()
    assert row.verdict == "refused" and "twfe" in row.message
