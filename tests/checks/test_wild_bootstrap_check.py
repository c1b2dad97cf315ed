"""The wild bootstrap check: which coefficients, which words, which refusals."""

from __future__ import annotations

import numpy as np
import pytest

CHECK = '[[checks]]\nkind = "wild_bootstrap"\nmodel = "main"\nseed = 1\ndraws = 199\n'


def only(result):
    return list(result.checks.query("check == 'wild_bootstrap'").itertuples())


def test_the_statistic_is_the_t_of_the_model(ask):
    result = ask(CHECK)
    (row,) = only(result)
    estimate = result.estimates.iloc[0]
    assert row.statistic == pytest.approx(estimate["estimate"] / estimate["std_error"], rel=1e-9)
    assert 0.0 < row.p_value <= 1.0
    assert "199 Rademacher draws" in row.message
    details = result.details[result.details["check"] == "wild_bootstrap"]
    named = dict(zip(details["name"], details["value"], strict=True))
    assert float(named["conf_low"]) < estimate["estimate"] < float(named["conf_high"])
    assert 0.0 < float(named["p_value_unrestricted"]) <= 1.0


def test_verdict_follows_the_p_value_and_the_value_tested(ask, make_towns):
    far = only(ask(CHECK, frame=make_towns(effect=4.0)))[0]
    assert far.verdict == "rejected" and far.p_value == pytest.approx(1 / 200)
    near = only(ask(CHECK + "null = 4.0", frame=make_towns(effect=4.0)))[0]
    assert near.verdict == "not rejected" and "a value of 4" in near.message


def test_the_same_bytes_twice_and_other_seeds_differ(ask):
    first, second = (only(ask(CHECK))[0] for _ in range(2))
    assert first.p_value == second.p_value and first.message == second.message
    other = only(ask(CHECK.replace("seed = 1", "seed = 2")))[0]
    assert other.message != first.message or other.p_value != first.p_value


def test_every_event_time_is_tested(ask, did):
    model = 'cluster = "town"\n'
    result = ask(CHECK.replace('model = "main"', 'model = "path"') + PATH, design=did, model=model)
    rows = only(result)
    path = result.estimates.query("model_id == 'path'")
    *single, joint = rows
    assert [row.term for row in single] == [f"event time {int(t)}" for t in path["event_time"]]
    assert np.allclose([row.statistic for row in single], path["estimate"] / path["std_error"])
    assert joint.term == "before the reform" and "4 coefficients" in joint.message
    # With cr1 it is the statistic of the pre-trend test.
    pretrends = ask(PATH + PRETRENDS, design=did, model=model).checks.query("check == 'pretrends'")
    assert joint.statistic == pytest.approx(pretrends["statistic"].iloc[0], rel=1e-8)


PATH = """
[[models]]
id = "path"
estimand = "att_by_event_time"
estimator = "twfe_event_study"
fixed_effects = ["town", "year"]
cluster = "town"
"""


PRETRENDS = '[[checks]]\nkind = "pretrends"\nmodel = "path"\n'


@pytest.mark.parametrize(
    ("model", "words"),
    [('cluster = ["town", "year"]', "names 2"), ('variance = "hc1"', "names none")],
)
def test_refusals_say_why(ask, model, words):
    (row,) = only(ask(CHECK, model=model))
    assert row.verdict == "refused" and words in row.message


def test_one_treated_town_is_refused(ask, make_towns, did):
    frame = make_towns()
    frame["adopted"] = (frame["town"] == 3).astype(int)
    (row,) = only(ask(CHECK, design=did, frame=frame))
    assert row.verdict == "refused" and "one treated cluster" in row.message


def test_few_towns_list_every_pattern_of_signs(ask, make_towns, did):
    frame = make_towns()
    frame = frame[frame["town"] < 8]
    (row,) = only(ask(CHECK, design=did, frame=frame))
    assert "all 128 patterns of signs" in row.message


def test_moments_are_held_only_where_a_check_asks(ask):
    from evaluation.estimators.registry import estimator

    seen = []
    twfe = estimator("twfe")
    inner = twfe.fit

    def watched(data, setting):
        fit = inner(data, setting)
        seen.append((fit.moments is not None, fit.assignment is not None))
        return fit

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(twfe, "fit", watched)
        ask("")
        ask(CHECK)
        ask(CHECK.replace("wild_bootstrap", "randomisation"))
    assert seen == [(False, False), (True, False), (False, True)]
