"""What is said of an estimand and of its assumptions: what is identified, and which checks run."""

from __future__ import annotations

import pytest

from evaluation.catalogue import catalogue
from evaluation.checks.registry import check_names
from evaluation.report import spoken_to as speaking
from evaluation.report.language import language_of
from evaluation.report.statements import model_statements
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec

TRENDS = "parallel trends: without treatment both groups would have moved alike"
SIDE = "nobody chooses the side on which to lie"
SPILLOVER = "treatment of one group does not reach the other"
RECEIVED = {"column": "sa_exit", "missing": False}


def said(name, **settings):
    """Return the statements of a shipped spec by model."""
    path = find_spec(name)
    assert path is not None
    spec = read_spec(path, catalogue(), settings=settings)
    return {one.model_id: one for one in model_statements(spec)}


def test_checks_of_the_model_and_of_others():
    found = said("age_did")
    main, path = (dict(found[one].assumptions) for one in ("main", "path"))
    assert (
        main[TRENDS] == "checked here by placebo_date and common_shocks; on model path by pretrends"
    )
    assert path[TRENDS] == "checked here by pretrends and trend_sensitivity"
    assert path["no anticipation at event time -3"] == "checked on model main by anticipation"


def test_outcomes_that_another_model_leaves_out_are_not_spoken_for():
    found = said("age_did", **{"models.path.outcomes": ["employed"]})
    words = dict(found["main"].assumptions)[TRENDS]
    assert words.endswith("; on model path by pretrends (Employed)")
    path = dict(said("reform_2017_age")["path"].assumptions)
    assert path[SPILLOVER] == "checked on model main by carry_over (Employed)"


@pytest.mark.parametrize("model", ["main", "path"])
def test_other_rows_are_not_spoken_for(model):
    """Recipients may move otherwise than everyone, and the other way round."""
    found = said("age_did", **{f"models.{model}.keep": [RECEIVED]})
    assert "model path" not in dict(found["main"].assumptions)[TRENDS]


def test_a_check_of_the_whole_sample_speaks_to_other_outcomes():
    found = {key: dict(one.assumptions) for key, one in said("release_at_30").items()}
    assert found["stock_kink"][SIDE] == "checked on model exit_flow by selection_near_cutoff"
    assert found["stock_kink"]["nothing else changes at the cutoff"] == (
        "checked on model exit_flow by other_rules"
    )
    early = said("release_at_30", **{"models.exit_flow.periods": "pre"})
    assert dict(early["stock_kink"].assumptions)[SIDE].startswith("not checked here; ")


def test_gaps_between_gaps_need_checks_of_their_own():
    words = next(iter(dict(said("reform_2017_age")["by_prior_use"].assumptions).values()))
    kinds = "pretrends, placebo_date, placebo_group or common_shocks"
    assert words == f"not checked here; {kinds} would speak to it"


def test_staggering_is_assumed_away_only_where_adoption_may_be_staggered():
    together = [text for one in said("age_did").values() for text, _ in one.assumptions]
    assert not [text for text in together if "staggered" in text]
    apart = said("municipal_adoption")
    for model in ("static", "two_way"):
        assert [text for text, _ in apart[model].assumptions if text.endswith("is staggered")]
    dose = said("dose")["main"]
    assert [text for text, _ in dose.assumptions if text.endswith("is staggered")]
    assert not any("placebo" in words for _, words in dose.assumptions[:1])


def test_what_a_comparison_of_groups_identifies():
    controls = "less the effect on control rows"
    found = said("age_did")
    assert all(f", {controls}; " in found[one].estimand for one in ("main", "path"))
    att = said("age_did", **{"models.main.estimand": "att"})["main"]
    assert "rows after the reform if control rows are not affected, otherwise less" in att.estimand
    hazard = said("entry_exit_2017")["linear"]
    assert "at risk if control rows are not affected, otherwise less" in hazard.estimand
    for one in said("municipal_adoption").values():
        assert "control rows" not in one.estimand


def test_what_is_named_exists():
    assert set(check_names()) >= speaking.OF_ROWS | speaking.OF_SAMPLE
    assert frozenset().union(*speaking.ALIKE) <= set(language_of("en").texts)
