"""The cluster bootstrap check: words, details, refusals."""

from __future__ import annotations

import pytest

CHECK = '[[checks]]\nkind = "cluster_bootstrap"\nmodel = "main"\nseed = 1\ndraws = 199\n'


def only(result):
    (row,) = result.checks.query("check == 'cluster_bootstrap'").itertuples()
    return row


def test_an_effect_is_found_and_none_is_not(ask, make_towns):
    found = only(ask(CHECK, frame=make_towns(effect=4.0)))
    assert found.verdict == "rejected" and found.p_value == pytest.approx(1 / 200)
    assert only(ask(CHECK, frame=make_towns(effect=0.0, seed=1))).verdict == "not rejected"


def test_details_are_those_of_the_draws(ask):
    result = ask(CHECK)
    estimate = result.estimates.iloc[0]
    row = only(result)
    assert row.statistic == pytest.approx(estimate["estimate"] / estimate["std_error"], rel=1e-9)
    details = result.details.query("check == 'cluster_bootstrap'")
    named = dict(zip(details["name"], details["value"], strict=True))
    for kind in ("studentised", "percentile"):
        assert float(named[f"{kind}_low"]) < estimate["estimate"] < float(named[f"{kind}_high"])
    assert float(named["std_error"]) == pytest.approx(estimate["std_error"], rel=0.3)
    assert int(named["draws_without_the_coefficient"]) == 0


def test_refusals_say_why(ask, make_towns, did):
    assert "names none" in only(ask(CHECK, model='variance = "hc1"')).message
    frame = make_towns()
    frame["adopted"] = (frame["town"] == 3).astype(int)
    row = only(ask(CHECK, design=did, frame=frame))
    assert row.verdict == "refused" and "one treated cluster" in row.message
