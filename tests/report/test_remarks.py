"""What the terminal says of checks, and whose."""

from types import SimpleNamespace

from evaluation.commands.remarks import remarks
from evaluation.report.language import language_of
from evaluation.results import Check, WorthRow


def verdict(model, message, check="dose", term="potential"):
    return Check("spec", check, model, "", term, None, None, "stated", message)


def lines(*checks):
    return said(checks=checks)


def said(checks=(), worth=(), exploratory=None):
    words = language_of("en")
    record = SimpleNamespace(
        estimates=(), checks=checks, worth=worth, words=words, exploratory=exploratory or {}
    )
    return list(remarks(record))


def test_a_model_that_changed_after_it_was_frozen_is_named():
    assert said(exploratory={"main": "the model has changed since"}) == [
        "main: Exploratory: the model has changed since"
    ]


def test_models_are_named_where_a_check_judges_several():
    one, two, other = verdict("a", "1"), verdict("b", "1"), verdict("c", "2")
    assert lines(one) == ["dose: potential: stated (1)"]
    assert lines(one, two, other) == [
        "dose: a, b: potential: stated (1)",
        "dose: c: potential: stated (2)",
    ]


def test_a_smallest_effect_names_its_unit_once():
    assert lines(verdict("a", "1 per person", "equivalence", "per_person")) == [
        "equivalence: stated (1 per person)"
    ]


def test_a_worth_is_its_sum_with_its_interval():
    item = WorthRow("spec", "budget", "NOK", 12, outcome="y", value=1.0, conf_low=0.0)
    total = WorthRow("spec", "budget", "NOK", 12, value=2183.4, conf_low=-8337.9, conf_high=13544.8)
    lost = WorthRow("spec", "months", "months", None, status="refused", reason="no sum without y")
    assert said(worth=(item, total, lost)) == [
        "budget: 2183 NOK per person over 12 months (95 % interval \N{MINUS SIGN}8338 to 13545)",
        "months: refused (no sum without y)",
    ]
