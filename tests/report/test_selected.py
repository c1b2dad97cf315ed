"""Whom estimates are of: from filters, from denominators, and from who is at risk of an outcome."""

from __future__ import annotations

import pytest

from evaluation.catalogue import catalogue
from evaluation.report.selected import selected, selected_rows
from evaluation.report.weighting import weighting
from evaluation.spec.filters import Filter
from evaluation.spec.loader import read_spec
from evaluation.spec.sample import Sample
from evaluation.spec.shipped import find_spec

RECEIVED_BEFORE = "persons who received in the month before (selected by treatment)"
NOT_BEFORE = "persons who did not receive in the month before"
RECIPIENTS = "recipients (selected by treatment)"

# conditions kept, groups
KEPT = [
    ({"column": "sa_received", "equals": 1}, ("recipients",)),
    ({"column": "sa_received", "at_least": 1}, ("recipients",)),
    ({"column": "sa_received", "one_of": (1,)}, ("recipients",)),
    ({"column": "sa_received", "not_equals": 0}, ("recipients",)),
    ({"column": "sa_received", "missing": False}, ()),
    ({"column": "sa_received", "equals": 0}, ()),
    ({"column": "sa_main_income", "equals": 1}, ("main_income",)),
    ({"column": "no_other_benefit", "equals": 1}, ("no_other_benefit",)),
    ({"column": "sa_exit", "missing": False}, ("at_risk_exit",)),
    ({"column": "sa_exit_work", "equals": 1}, ("at_risk_exit",)),
    ({"column": "sa_entry", "missing": False}, ("at_risk_entry",)),
    ({"column": "sa_entry", "equals": 1}, ("entry",)),
    ({"column": "female", "equals": 1}, ()),
]


@pytest.mark.parametrize(("condition", "groups"), KEPT)
def test_rows_that_conditions_choose(condition, groups):
    kept = Filter(**condition)
    assert selected_rows(Sample(), (kept,)) == groups
    assert selected_rows(Sample(keep=(kept,))) == groups


def test_rows_that_are_dropped_denominators_and_row_kinds():
    without = Filter(column="sa_received", equals=0)
    unknown = Filter(column="sa_exit", missing=True)
    received = Filter(column="sa_received", equals=1)
    assert selected_rows(Sample(drop=(without, unknown))) == ("recipients", "at_risk_exit")
    assert selected_rows(Sample(denominator="recipients"), (received,)) == ("recipients",)
    assert selected_rows(Sample(rows="at_risk_exit"), (received,)) == (
        "at_risk_exit",
        "recipients",
    )
    assert selected_rows(Sample(rows="first_of_year")) == ()


def spec_of(name, **settings):
    path = find_spec(name)
    assert path is not None
    return read_spec(path, catalogue(), settings=settings)


def test_outcomes_that_only_some_are_at_risk_of():
    spec = spec_of("release_at_30")
    flows = selected(spec, spec.model("exit_flow"))
    assert flows.rows == ()
    assert flows.of("sa_exit") == ("at_risk_exit",)
    assert flows.of("sa_entry") == ("at_risk_entry",)
    every = "every row counting once"
    assert weighting(spec, spec.model("stock_kink")) == f"over the population, {every}"
    assert weighting(spec, spec.model("exit_honest")) == f"over {RECEIVED_BEFORE}, {every}"
    assert weighting(spec, spec.model("exit_flow")) == (
        f"over the population, {every}; Left social assistance: of {RECEIVED_BEFORE}; "
        f"Began social assistance: of {NOT_BEFORE}"
    )


def test_filters_of_a_model_and_of_the_sample():
    kept = {"models.main.keep": [{"column": "sa_received", "equals": 1}]}
    spec = spec_of("age_did", **kept)
    assert weighting(spec, spec.model("main")) == f"over {RECIPIENTS}, every row counting once"
    assert weighting(spec, spec.model("path")).startswith("over the population, ")
    inside = spec_of("age_did", **kept, **{"sample.rows": "at_risk_exit", "lang": "nb"})
    assert weighting(inside, inside.model("main")) == (
        "over personer som mottok i måneden før (valgt ut av behandlingen), blant dem mottakere "
        "(valgt ut av behandlingen), der hver rad teller likt"
    )
