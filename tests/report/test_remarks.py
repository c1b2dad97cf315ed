"""What the terminal says of checks, and whose."""

from types import SimpleNamespace

from evaluation.commands.remarks import remarks
from evaluation.results import Check


def verdict(model, message, check="dose", term="potential"):
    return Check("spec", check, model, "", term, None, None, "stated", message)


def lines(*checks):
    return list(remarks(SimpleNamespace(estimates=(), checks=checks)))


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
